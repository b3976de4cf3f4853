//go:build !windows

package disk

import (
	"io/fs"
	"syscall"

	"golang.org/x/sys/unix"
)

var remedies = []remedy{
	{syscall.ENOSPC, "the disk is full: make room on it, then try again"},
	{syscall.EDQUOT, "the quota is used up: make room, then try again"},
	{syscall.EFBIG, "no file may be that large on this disk: use another"},
	{syscall.EROFS, "the file system is read-only: make it writable, or give another folder"},
	{fs.ErrPermission, "let the console write into this folder, or give another"},
}

// ReadOnly reports whether a folder is on a file system that nobody can write to.
func ReadOnly(dir string) bool { return unix.Access(dir, unix.W_OK) == unix.EROFS }
