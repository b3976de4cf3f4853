package disk

import (
	"io/fs"

	"golang.org/x/sys/windows"
)

var remedies = []remedy{
	{windows.ERROR_DISK_FULL, "the disk is full: make room on it, then try again"},
	{windows.ERROR_DISK_QUOTA_EXCEEDED, "the quota is used up: make room, then try again"},
	{windows.ERROR_WRITE_PROTECT, "the disk is write-protected: make it writable, or give another folder"},
	{fs.ErrPermission, "let the console write into this folder, or give another"},
}

// ReadOnly reports nothing here: what cannot be written to shows when it is written to.
func ReadOnly(string) bool { return false }
