//go:build unix

package main

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"ekuiper-console/core/disk"
)

// lock takes a file for this process alone, until it unlocks it or ends.
func lock(name string) (unlock func(), err error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, disk.Told("opening the lock", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("locking %s: %w", name, err), f.Close())
	}
	return func() { f.Close() }, nil
}
