package main

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"ekuiper-console/core/transfer"
)

// progressLine shows on a terminal how far an import has come: one line that is written
// over again and again. Its zero value shows nothing.
type progressLine struct {
	w io.Writer // nil where nobody looks
}

// progress returns the line on stderr, where that is a terminal.
func (p *process) progress() progressLine {
	if f, ok := p.stderr.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return progressLine{f}
	}
	return progressLine{}
}

// clearLine takes what stands on the line away.
const clearLine = "\r\x1b[K"

// show writes what the import does now.
func (l progressLine) show(p transfer.Progress) {
	if l.w != nil {
		fmt.Fprint(l.w, clearLine, progressText(p))
	}
}

// end leaves the line empty for what comes next.
func (l progressLine) end() {
	if l.w != nil {
		fmt.Fprint(l.w, clearLine)
	}
}

// progressText says how far an import is.
func progressText(p transfer.Progress) string {
	switch {
	case p.Total == 0:
		return string(p.Stage)
	case p.Size > 0:
		return fmt.Sprintf("%s: %d of %d files, %s of %s MB", p.Stage, p.Done, p.Total, megabytes(p.Read), megabytes(p.Size))
	}
	return fmt.Sprintf("%s: %d of %d files, %s MB", p.Stage, p.Done, p.Total, megabytes(p.Read))
}

// megabytes writes a number of bytes in millions.
func megabytes(n int64) string { return fmt.Sprintf("%.1f", float64(n)/1e6) }
