package disk

import (
	"io/fs"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"ekuiper-console/core"
)

func TestTold(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("other errors there")
	}
	tests := []struct {
		err       error
		code      core.Code
		want, tip string
	}{
		{syscall.ENOSPC, core.Unwritable, "keeping a file: write x: no space left on device", "the disk is full"},
		{syscall.EDQUOT, core.Unwritable, "keeping a file: write x: disk quota exceeded", "the quota is used up"},
		{syscall.EFBIG, core.Unwritable, "keeping a file: write x: file too large", "no file may be that large"},
		{syscall.EROFS, core.Unwritable, "keeping a file: write x: read-only file system", "the file system is read-only"},
		{syscall.EACCES, core.Unwritable, "keeping a file: write x: permission denied", "let the console write"},
		{syscall.EIO, core.Internal, "keeping a file: write x: input/output error", ""},
	}
	for _, tt := range tests {
		err := Told("keeping a file", &fs.PathError{Op: "write", Path: "x", Err: tt.err})
		if err.Error() != tt.want || !strings.HasPrefix(core.HintOf(err), tt.tip) || (core.HintOf(err) == "") != (tt.tip == "") || core.CodeOf(err) != tt.code {
			t.Errorf("Told(%v) = %v (%s), code %d", tt.err, err, core.HintOf(err), core.CodeOf(err))
		}
	}
	if err := Told("keeping a file", nil); err != nil {
		t.Errorf("Told(nil) = %v", err)
	}
}
