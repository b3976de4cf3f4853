package views

import (
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"ekuiper-console/core"
)

// sourceText returns the templates and the Go files, those that are
// generated and tests excepted.
func sourceText(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, pattern := range []string{"*.go", "*.templ"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_templ.go") || strings.HasSuffix(name, "_test.go") {
				continue
			}
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			b.Write(data)
		}
	}
	return b.String()
}

// usedKeys returns the keys that the sources name, and those that they make of kinds
// and roles.
func usedKeys(t *testing.T) map[string]bool {
	used := map[string]bool{"role.nobody": true}
	for _, m := range regexp.MustCompile(`"([a-z][a-z0-9]*(?:\.[a-z0-9-]+)+)"`).FindAllStringSubmatch(sourceText(t), -1) {
		if !strings.HasSuffix(m[1], ".css") && !strings.HasSuffix(m[1], ".js") && !strings.HasSuffix(m[1], ".svg") {
			used[m[1]] = true
		}
	}
	for _, k := range core.InstallOrder() {
		used["kind."+k.Key()], used["noun."+k.Key()] = true, true
	}
	for r := core.Viewer; r <= core.Admin; r++ {
		used["role."+r.String()] = true
	}
	return used
}

// englishKeys returns where each key of the English texts stands. A key that stands
// twice fails the test.
func englishKeys(t *testing.T) map[string]string {
	names, err := fs.Glob(locales, "locales/en/*.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("no English texts: %v", err)
	}
	found := make(map[string]string)
	for _, name := range names {
		data, err := locales.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]any
		if err := json.Unmarshal(data, &texts); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for key := range texts {
			if n := strings.Count("\n"+string(data), "\n  \""+key+"\":"); n != 1 || found[key] != "" {
				t.Errorf("%s has %s %d times, and %q has it too", name, key, n, found[key])
			}
			found[key] = name
		}
	}
	return found
}

func TestCatalogue(t *testing.T) {
	texts := englishKeys(t)
	used := usedKeys(t)
	for key := range used {
		if _, ok := texts[key]; !ok {
			t.Errorf("the sources name %s, which is not in the catalogue", key)
		}
	}
	for key := range texts {
		if !used[key] {
			t.Errorf("the catalogue has %s, which nothing names", key)
		}
	}
}

func TestNumbers(t *testing.T) {
	ctx := WithLanguage(context.Background(), "xx, en;q=0.5")
	for n, want := range map[int]string{0: "0 entries failed", 1: "1 entry failed", 12345: "12,345 entries failed"} {
		if got := tn(ctx, "result.failed", n); got != want {
			t.Errorf("tn(result.failed, %d) = %q, want %q", n, got, want)
		}
	}
	for n, want := range map[int]string{1: "1 byte", 999: "999 bytes", 1000: "1.0 KB", 48200: "48.2 KB", 999949: "999.9 KB", 999950: "1.0 MB", 5e9: "5.0 GB"} {
		if got := size(ctx, n); got != want {
			t.Errorf("size(%d) = %q, want %q", n, got, want)
		}
	}
}

// A language is one more folder; what it lacks is said in English.
func TestLanguages(tb *testing.T) {
	files := fstest.MapFS{
		"locales/en/a.json": {Data: []byte(`{"a": "yes", "b": {"one": "{{.Count}} rule", "other": "{{.Count}} rules"}}`)},
		"locales/en/b.json": {Data: []byte(`{"c": "more"}`)},
		"locales/zh/a.json": {Data: []byte(`{"a": "是", "b": {"other": "{{.Count}} 条规则"}}`)},
	}
	texts := readCatalogue(files)
	for _, c := range []struct{ accept, want string }{
		{"zh-CN,zh;q=0.9,en;q=0.8", "zh 是 1 条规则 more"}, {"en-GB", "en yes 1 rule more"}, {"fr", "en yes 1 rule more"}, {"", "en yes 1 rule more"},
	} {
		ctx := context.WithValue(context.Background(), languageKey{}, newSpeaker(texts, c.accept))
		if got := strings.Join([]string{lang(ctx), t(ctx, "a"), tn(ctx, "b", 1), t(ctx, "c")}, " "); got != c.want {
			tb.Errorf("%q reads %q, want %q", c.accept, got, c.want)
		}
	}
}
