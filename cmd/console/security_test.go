package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestSecurityTable holds SECURITY.md to the tests that it names, and to the rule that
// what is met has a test.
func TestSecurityTable(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "SECURITY.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) != 6 || !strings.ContainsAny(cells[1], "✓◐✗") {
			continue
		}
		rows++
		named := strings.TrimSpace(cells[4])
		if named == "" && strings.Contains(cells[1], "✓") {
			t.Errorf("nothing tests that this is met: %s", line)
		}
		for one := range strings.SplitSeq(named, ",") {
			if one = strings.TrimSpace(one); one != "" && !testExists(t, one) {
				t.Errorf("there is no test %s, named in: %s", one, line)
			}
		}
	}
	if rows < 40 {
		t.Errorf("SECURITY.md has %d requirements only", rows)
	}
}

// testExists reports whether there is a test, given as "package Name" or, of the scripts
// of commands, as "package name.txtar".
func testExists(t *testing.T, named string) bool {
	t.Helper()
	dir, name, _ := strings.Cut(named, " ")
	if strings.HasSuffix(name, ".txtar") {
		return exists(filepath.Join(root, dir, "testdata", name))
	}
	files, err := filepath.Glob(filepath.Join(root, dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	declared := regexp.MustCompile(`(?m)^func ` + regexp.QuoteMeta(name) + `\(t \*testing\.T\)`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if declared.Match(text) {
			return true
		}
	}
	return false
}
