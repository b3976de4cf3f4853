package depot

import (
	"io/fs"

	"golang.org/x/sys/windows"
)

// remedies are the troubles of a disk that somebody can do something about.
var remedies = []struct {
	err  error
	hint string
}{
	{windows.ERROR_DISK_FULL, "the disk is full: make room in the data folder"},
	{windows.ERROR_DISK_QUOTA_EXCEEDED, "the quota is used up: make room in the data folder"},
	{windows.ERROR_WRITE_PROTECT, "the disk is write-protected: give another folder with --data"},
	{fs.ErrPermission, "the console must be allowed to write into its data folder"},
}

// syncFolder does nothing: Windows brings names to the disk by itself, and opens no folder
// to be synchronised.
func syncFolder(string) error { return nil }
