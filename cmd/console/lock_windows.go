package main

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/windows"

	"ekuiper-console/core/disk"
)

// lock takes a file for this process alone, until it unlocks it or ends.
func lock(name string) (unlock func(), err error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, disk.Told("opening the lock", err)
	}
	const mode = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	if err := windows.LockFileEx(windows.Handle(f.Fd()), mode, 0, 1, 0, new(windows.Overlapped)); err != nil {
		return nil, errors.Join(fmt.Errorf("locking %s: %w", name, err), f.Close())
	}
	return func() { f.Close() }, nil
}
