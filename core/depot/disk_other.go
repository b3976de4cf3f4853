//go:build !windows

package depot

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// remedies are the troubles of a disk that somebody can do something about.
var remedies = []struct {
	err  error
	hint string
}{
	{syscall.ENOSPC, "the disk is full: make room in the data folder"},
	{syscall.EDQUOT, "the quota is used up: make room in the data folder"},
	{syscall.EROFS, "the file system is read-only: give another folder with --data"},
	{fs.ErrPermission, "the console must be allowed to write into its data folder"},
}

// syncFolder brings the names in a folder to the disk.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
