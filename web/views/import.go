package views

import (
	"context"
	"io"
)

// ImportPage is the first step of an import: bring a bundle. It posts
// multipart/form-data to /ui/import with one of: bundle (files, several), text,
// address, or sample=1. A waiting draft posts action=remove to /ui/import/{id}.
type ImportPage struct {
	Layout
	Waiting []Draft // brought before and not applied yet
	From    Source
	Text    string // what was pasted
	Address string // what was typed as an address
	Error   Key    // empty or NothingBrought
	Problem *Problem
	Empty   bool // the node holds nothing yet
}

// NothingBrought is the error of a form that was sent with nothing in it.
const NothingBrought Key = "import.nothing"

// Source is where a bundle comes from; the field from of the query.
type Source string

// The sources.
const (
	FromFile    Source = "file"
	FromPaste   Source = "paste"
	FromAddress Source = "address"
)

// ParseSource reads a source. What it does not know is FromFile.
func ParseSource(s string) Source {
	if from := Source(s); from == FromPaste || from == FromAddress {
		return from
	}
	return FromFile
}

// sources are the tabs, in order.
var sources = []struct {
	from Source
	text Key
}{
	{FromFile, "import.from.file"},
	{FromPaste, "import.from.paste"},
	{FromAddress, "import.from.address"},
}

// Draft is a bundle that was brought and is not applied yet.
type Draft struct {
	ID     string
	Name   string // of the file, or what stands for it
	Size   int    // in bytes
	SHA256 string // hexadecimal; may be empty in lists

	Restores int64 // the revision that it brings back; 0 for a document
}

// curl returns the command that imports a file from a shell.
func (p ImportPage) curl() string {
	return `curl -H "Authorization: Bearer $TOKEN" -d @import.json "` + p.Server + `/data/import?partial=1"`
}

// Render writes the page.
func (p ImportPage) Render(ctx context.Context, w io.Writer) error { return p.view().Render(ctx, w) }
