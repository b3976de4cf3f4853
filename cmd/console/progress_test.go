package main

import (
	"bytes"
	"strings"
	"testing"

	"ekuiper-console/core/transfer"
)

func TestProgressLine(t *testing.T) {
	var out bytes.Buffer
	line := progressLine{&out}
	for _, p := range []transfer.Progress{
		{Stage: transfer.Reading},
		{Stage: transfer.Fetching, Done: 0, Total: 3, Read: 14_320_000},
		{Stage: transfer.Fetching, Done: 2, Total: 3, Read: 14_320_000, Size: 40_000_000},
		{Stage: transfer.Committing},
	} {
		line.show(p)
	}
	line.end()
	want := "|reading|fetching: 0 of 3 files, 14.3 MB|fetching: 2 of 3 files, 14.3 of 40.0 MB|committing|"
	if got := strings.ReplaceAll(out.String(), clearLine, "|"); got != want {
		t.Errorf("the line shows %q\nwant %q", got, want)
	}
	nobody := (&process{stderr: &out}).progress()
	out.Reset()
	nobody.show(transfer.Progress{Stage: transfer.Reading})
	if nobody.end(); out.Len() > 0 {
		t.Errorf("what is no terminal gets %q", out.String())
	}
}
