package streamsql

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGolden parses the statements of testdata. A file x.txtar has pairs of a text, named sql, and what comes
// of it, named out: the printed statement or the error, and warnings.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { golden(t, file) })
	}
}

func golden(t *testing.T, file string) {
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var files []txtar.File
	for i, f := range a.Files {
		if f.Name != "sql" {
			continue
		}
		out := []byte(outcome(strings.TrimSuffix(string(f.Data), "\n")))
		files = append(files, f, txtar.File{Name: "out", Data: out})
		if *update {
			continue
		}
		if i+1 == len(a.Files) || a.Files[i+1].Name != "out" {
			t.Errorf("%s has no out", f.Data)
		} else if want := a.Files[i+1].Data; !bytes.Equal(out, want) {
			t.Errorf("parsing %s\n got %s\nwant %s", f.Data, out, want)
		}
	}
	if !*update {
		return
	}
	a.Files = files
	if err := os.WriteFile(file, txtar.Format(a), 0o666); err != nil {
		t.Fatal(err)
	}
}

// outcome parses a text, as a SELECT if it is no other statement, and tells what came of it.
func outcome(text string) string {
	var b strings.Builder
	n, err := ParseStatement(text)
	if n == nil && err == nil {
		var s *Select
		if s, err = Check(text, nil); s != nil {
			n = s
		}
	}
	switch e, failed := err.(*Error); {
	case failed:
		report(&b, text, "error", e)
	case n == nil:
		fmt.Fprintln(&b, "no statement")
	default:
		fmt.Fprintln(&b, Print(n))
		for _, w := range Lint(text, n) {
			report(&b, text, "warning", w)
		}
	}
	return b.String()
}

func report(b *strings.Builder, text, what string, e *Error) {
	line, column := position(text, e.Pos)
	fmt.Fprintf(b, "%d:%d: %s: %s\n", line, column, what, strings.TrimSpace(e.Msg))
	if e.End > e.Pos {
		fmt.Fprintf(b, "at: %s\n", text[e.Pos:e.End])
	}
	if e.Hint != "" {
		fmt.Fprintf(b, "hint: %s\n", e.Hint)
	}
}

// position returns the line and the column of an offset, both counted from 1, the column in runes.
func position(text string, offset int) (line, column int) {
	before := text[:offset]
	start := strings.LastIndexByte(before, '\n') + 1
	return strings.Count(before, "\n") + 1, utf8.RuneCountInString(before[start:]) + 1
}
