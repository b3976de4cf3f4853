package main

import (
	"fmt"
	"go/build"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"unicode"
)

// dependenciesTitle begins the part of README.md that lists what the program is made of.
const dependenciesTitle = "## Dependencies\n"

// TestDependencies holds the list in README.md to the modules that are in this test's
// program. With -update it writes the list.
func TestDependencies(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the list is that of Linux")
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || len(info.Deps) < 10 {
		t.Fatalf("the program does not tell its modules: %v", info)
	}
	var table strings.Builder
	table.WriteString("| module | version | licence |\n|---|---|---|\n")
	for _, m := range info.Deps {
		fmt.Fprintf(&table, "| %s | %s | %s |\n", m.Path, m.Version, licence(t, m))
	}
	name := filepath.Join(root, "README.md")
	readme, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	before, after, found := strings.Cut(string(readme), dependenciesTitle)
	begin := strings.Index(after, "| module |")
	if !found || begin < 0 {
		t.Fatalf("README.md has no list under %q", dependenciesTitle)
	}
	want := before + dependenciesTitle + after[:begin] + table.String()
	if *update {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want != string(readme) {
		t.Errorf("the list in README.md is out of date, run: go test ./cmd/console -run TestDependencies -update\nwant\n%s", &table)
	}
}

// licences are told by what stands in no other of them. The first that fits counts.
var licences = []struct{ name, sentence string }{
	{"Apache-2.0", "Apache License"},
	{"MPL-2.0", "Mozilla Public License"},
	{"BSD-3-Clause", "Neither the name"},
	{"BSD-3-Clause", "contributors may be used to endorse or promote products"},
	{"BSD-2-Clause", "Redistributions in binary form must reproduce"},
	{"ISC", "Permission to use, copy, modify, and/or distribute"},
	{"MIT", "Permission is hereby granted, free of charge"},
}

// licence returns the licence of a module, as its files say.
func licence(t *testing.T, m *debug.Module) string {
	t.Helper()
	// In the order of their names, LICENSE comes before those of parts.
	var files []string
	for _, pattern := range []string{"LICEN[CS]E*", "COPYING*"} {
		found, err := filepath.Glob(filepath.Join(moduleCache(), escaped(m.Path)+"@"+escaped(m.Version), pattern))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, known := range licences {
			if strings.Contains(strings.Join(strings.Fields(string(text)), " "), known.sentence) {
				return known.name
			}
		}
	}
	t.Errorf("the licence of %s is not known: %v", m.Path, files)
	return "?"
}

// moduleCache returns the folder of the modules that were downloaded.
func moduleCache() string {
	if dir := os.Getenv("GOMODCACHE"); dir != "" {
		return dir
	}
	return filepath.Join(filepath.SplitList(build.Default.GOPATH)[0], "pkg", "mod")
}

// escaped returns a path as the cache has it: a capital letter is a small one behind
// an exclamation mark.
func escaped(path string) string {
	var b strings.Builder
	for _, r := range path {
		if unicode.IsUpper(r) {
			b.WriteByte('!')
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	return filepath.FromSlash(b.String())
}
