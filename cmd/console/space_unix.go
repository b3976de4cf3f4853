//go:build unix

package main

import "golang.org/x/sys/unix"

// freeSpace returns how many bytes may still be written below a folder.
func freeSpace(dir string) (uint64, error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return 0, err
	}
	return fs.Bavail * uint64(fs.Bsize), nil
}
