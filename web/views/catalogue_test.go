package views

import (
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/a-h/templ/parser/v2"
	"github.com/a-h/templ/parser/v2/visitor"

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
		used["kind."+k.Key()], used["noun."+k.Key()], used["about."+k.Key()] = true, true, true
	}
	for r := core.Viewer; r <= core.Admin; r++ {
		used["role."+r.String()] = true
	}
	return used
}

// phrase is a text of the catalogue as its file has it: the file's name and the forms.
type phrase struct {
	file  string
	forms map[string]string
}

// fields returns the names of what a text has to fill in, sorted, each once.
func (p phrase) fields() string {
	var names []string
	for _, form := range p.forms {
		for _, m := range regexp.MustCompile(`{{\.(\w+)}}`).FindAllStringSubmatch(form, -1) {
			names = append(names, m[1])
		}
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), " ")
}

// phrasesOf returns the texts of a language by key. A key that stands twice fails the test.
func phrasesOf(t *testing.T, language Language) map[string]phrase {
	t.Helper()
	names, err := fs.Glob(locales, "locales/"+string(language)+"/*.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("no texts in %s: %v", language, err)
	}
	found := make(map[string]phrase)
	for _, name := range names {
		data, err := locales.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]any
		if err := json.Unmarshal(data, &texts); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for key, text := range texts {
			if n := strings.Count("\n"+string(data), "\n  \""+key+"\":"); n != 1 || found[key].file != "" {
				t.Errorf("%s has %s %d times, and %q has it too", name, key, n, found[key].file)
			}
			found[key] = phrase{path.Base(name), formsOf(text)}
		}
	}
	return found
}

// formsOf returns the forms of a text; one that is the same for all numbers has the form
// other.
func formsOf(text any) map[string]string {
	forms := make(map[string]string)
	if all, ok := text.(map[string]any); ok {
		for name, form := range all {
			forms[name], _ = form.(string)
		}
	} else {
		forms["other"], _ = text.(string)
	}
	return forms
}

func TestCatalogue(t *testing.T) {
	texts := phrasesOf(t, "en")
	used := usedKeys(t)
	for key := range used {
		if _, ok := texts[key]; !ok {
			t.Errorf("the sources name %s, which is not in the catalogue: add it to locales/en, and to the same file of every other language", key)
		}
	}
	for key := range texts {
		if !used[key] {
			t.Errorf("the catalogue has %s, which nothing names", key)
		}
	}
}

// Every language of the switch says all that English says, in files of the same names.
func TestTranslations(t *testing.T) {
	english := phrasesOf(t, "en")
	for _, l := range languages[1:] {
		texts := phrasesOf(t, l.language)
		for key, original := range english {
			text, ok := texts[key]
			switch file := "locales/" + string(l.language) + "/" + original.file; {
			case !ok:
				t.Errorf("%s is missing: add it to %s; in English it reads %q", key, file, original.forms["other"])
			case text.file != original.file:
				t.Errorf("%s stands in %s: move it to %s", key, text.file, file)
			case text.fields() != original.fields():
				t.Errorf("%s in %s fills in %q, in English %q", key, file, text.fields(), original.fields())
			case text.forms["other"] == "":
				t.Errorf("%s in %s says nothing", key, file)
			}
		}
		for key, text := range texts {
			if _, ok := english[key]; !ok {
				t.Errorf("locales/%s/%s has %s, which English has not: remove it", l.language, text.file, key)
			}
		}
	}
}

// lax finds what a Chinese text spells against the habits that doc.go names: no blank
// between a character and a letter or number, and punctuation of half a width.
var lax = regexp.MustCompile(`\p{Han}[A-Za-z0-9]|[A-Za-z0-9]\p{Han}|\p{Han}[,.:;!?()]|[,;!?()]\p{Han}|\s[，。：；！？（）]|[，。：；！？（）]\s`)

func TestChinese(t *testing.T) {
	for key, text := range phrasesOf(t, "zh") {
		for form, words := range text.forms {
			if found := lax.FindString(words); found != "" {
				t.Errorf("%s in locales/zh/%s reads %q: spell %q as doc.go says", key, text.file, words, found)
			}
			if form != "other" {
				t.Errorf("%s in locales/zh/%s has the form %s, which Chinese has not", key, text.file, form)
			}
		}
	}
}

// What a template writes as it stands: a string that begins an expression or is added to
// it, a word, and the names of formats, which are the same in all languages.
var (
	literal = regexp.MustCompile(`(?:^|\+)\s*("[^"]*")`)
	wording = regexp.MustCompile(`\pL{2,}`)
	formats = regexp.MustCompile(`SHA-256|JSON|YAML|SQL`)
)

// readable are the attributes that a person reads or hears.
var readable = map[string]bool{"aria-label": true, "title": true, "placeholder": true, "alt": true, "aria-description": true, "data-label": true, "data-done": true, "label": true}

// Templates have no words of their own: all that is read stands in the catalogue.
func TestTemplatesSayNothing(t *testing.T) {
	names, err := filepath.Glob("*.templ")
	if err != nil || len(names) == 0 {
		t.Fatalf("no templates: %v", err)
	}
	for _, name := range names {
		file, err := parser.Parse(name)
		if err != nil {
			t.Fatal(err)
		}
		refuse := func(text string) {
			if found := wording.FindString(formats.ReplaceAllString(text, "")); found != "" {
				t.Errorf("%s says %q by itself: put it into the catalogue", name, strings.TrimSpace(text))
			}
		}
		if err := literals(refuse).VisitTemplateFile(file); err != nil {
			t.Fatal(err)
		}
	}
}

// literals visits what a template writes as it stands, in its texts and in attributes
// that are read.
func literals(found func(text string)) *visitor.Visitor {
	v := visitor.New()
	v.Text = func(n *parser.Text) error {
		found(n.Value)
		return nil
	}
	v.ConstantAttribute = func(n *parser.ConstantAttribute) error {
		if readable[n.Key.String()] {
			found(n.Value)
		}
		return nil
	}
	quoted := func(e parser.Expression) error {
		for _, m := range literal.FindAllStringSubmatch(e.Value, -1) {
			found(m[1])
		}
		return nil
	}
	v.StringExpression = func(n *parser.StringExpression) error { return quoted(n.Expression) }
	v.ExpressionAttribute = func(n *parser.ExpressionAttribute) error {
		if !readable[n.Key.String()] {
			return nil
		}
		return quoted(n.Expression)
	}
	return v
}

func TestNumbers(t *testing.T) {
	ctx := WithLanguage(context.Background(), "xx, en;q=0.5")
	for n, want := range map[int]string{0: "0 entries failed", 1: "1 entry failed", 12345: "12,345 entries failed"} {
		if got := tn(ctx, "result.failed", n); got != want {
			t.Errorf("tn(result.failed, %d) = %q, want %q", n, got, want)
		}
	}
	chinese := WithLanguage(context.Background(), "zh-CN,zh;q=0.9,en;q=0.8")
	for n, want := range map[int]string{0: "0 项失败", 1: "1 项失败", 12345: "12,345 项失败"} {
		if got := tn(chinese, "result.failed", n); got != want {
			t.Errorf("in Chinese tn(result.failed, %d) = %q, want %q", n, got, want)
		}
	}
	at := time.Date(2026, 11, 3, 4, 5, 6, 0, time.Local)
	for want, got := range map[string]string{
		"1 字节": size(chinese, 1), "48.2 KB": size(chinese, 48200), "250 毫秒": took(chinese, 250*time.Millisecond), "1.8 秒": took(chinese, 1800*time.Millisecond),
		"2026-11-03": day(chinese, at), "2026-11-03 04:05": minute(chinese, at), "2026-11-03 04:05:06 " + at.Format("MST"): moment(chinese, at),
	} {
		if got != want {
			t.Errorf("in Chinese a quantity reads %q, want %q", got, want)
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
		if got := strings.Join([]string{string(spoken(ctx)), t(ctx, "a"), tn(ctx, "b", 1), t(ctx, "c")}, " "); got != c.want {
			tb.Errorf("%q reads %q, want %q", c.accept, got, c.want)
		}
	}
}
