package compare

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"pgregory.net/rapid"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGolden compares the texts of testdata. A file x.txtar has an old and a new text,
// each named by its kind, and then what they are laid out and how they are compared.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		old, new := a.Files[0], a.Files[1]
		kind, ok := core.KindOf(strings.TrimPrefix(old.Name, "old "))
		if !ok {
			t.Fatalf("%s: no kind in %s", file, old.Name)
		}
		was, is := strings.TrimSuffix(string(old.Data), "\n"), strings.TrimSuffix(string(new.Data), "\n")
		a.Files = []txtar.File{old, new,
			{Name: "pretty", Data: []byte(Pretty(kind, was) + "\n")},
			{Name: "rows", Data: []byte(drawn(Rows(kind, was, is, 1)))},
			{Name: "unified", Data: []byte(Unified(kind, was, is))},
		}
		got := txtar.Format(a)
		if *update {
			if err := os.WriteFile(file, got, 0o666); err != nil {
				t.Fatal(err)
			}
		} else if want, err := os.ReadFile(file); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: got\n%s", file, got)
		}
	}
}

// drawn writes rows, changed words in brackets.
func drawn(rows []Row) string {
	var b strings.Builder
	for _, r := range rows {
		if r.Kind == Fold {
			fmt.Fprintf(&b, "... %d\n", r.Folded)
			continue
		}
		sign := map[RowKind]string{Context: "=", Changed: "~", Added: "+", Deleted: "-"}[r.Kind]
		if r.Secret {
			sign = "!"
		}
		fmt.Fprintf(&b, "%s %d|%s\n  %d|%s\n", sign, r.Old.Number, spans(r.Old), r.New.Number, spans(r.New))
	}
	return b.String()
}

func spans(l Line) string {
	var b strings.Builder
	for _, s := range l.Spans {
		if s.Changed {
			b.WriteString("[" + s.Text + "]")
		} else {
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

func TestSame(t *testing.T) {
	for _, c := range []struct {
		kind core.Kind
		a, b string
		same bool
	}{
		{core.Rule, `{"a":1,"b":[1,2]}`, "{\n\"b\": [1.0, 20e-1], \"a\": 1e0}", true},
		{core.Rule, `{"a":[1,2]}`, `{"a":[2,1]}`, false},
		{core.Rule, `{"a":[]}`, `{"a":{}}`, false},
		{core.Rule, `{"a":1}`, `{"a":"1"}`, false},
		{core.Rule, `{"a":null}`, `{}`, false},
		{core.Rule, `{"a":"x\ny"}`, `{"a":"x\ny\n"}`, false},
		{core.Rule, `{"a":"x,"}`, `{"a":"x"}`, false},
		{core.Rule, `{"a":"x,\ny"}`, `{"a":"x\ny"}`, false},
		{core.Rule, `{"a":"<\u00e9"}`, `{"a":"\u003cé"}`, true},
		{core.Rule, `{"a":100000000000000000001}`, `{"a":100000000000000000002}`, false},
		{core.Rule, `{"sql":"select  a from d -- all"}`, `{"sql":"SELECT a FROM d"}`, true},
		{core.Rule, `{"sql":"SELECT a FROM d;"}`, `{"sql":"SELECT a FROM d"}`, false},
		{core.Rule, `{"sql":"SELECT A FROM d"}`, `{"sql":"SELECT a FROM d"}`, false},
		{core.Rule, `{"name":"select  a from d"}`, `{"name":"SELECT a FROM d"}`, false},
		{core.Script, `{"sql":"select  a from d"}`, `{"sql":"SELECT a FROM d"}`, false},
		{core.Connection, `{"a":{"password":"x"}}`, `{"a":{"password":"y"}}`, false},
		{core.Connection, `{"a":{"password":"••••••"}}`, `{"a":{"password":"y"}}`, false},
		{core.Connection, `{"a":{"password":"x"}}`, `{"a": {"pass\u0077ord":"x"} }`, true},
		{core.Connection, `{"a":{"token":10}}`, `{"a":{"token":1e1}}`, true},
		{core.Connection, `{"s":"tcp://u:x@h"}`, `{"s":"tcp://u:y@h"}`, false},
		{core.Stream, `create stream d () with (FORMAT="json", DATASOURCE="x");`, `CREATE STREAM d ( ) WITH (DATASOURCE="x", FORMAT="json")`, true},
		{core.Stream, `create stream d (a float) with (FORMAT="json")`, `create stream d (a bigint) with (FORMAT="json")`, false},
		{core.Stream, `create table d () with ()`, `create stream d () with ()`, false},
		{core.Stream, `no  stream`, `no stream`, false},
		{core.Stream, ``, `x`, false},
		{core.Rule, `{"a":`, `{"a": `, false},
		{core.Rule, ``, ``, true},
	} {
		if got := Same(c.kind, c.a, c.b); got != c.same {
			t.Errorf("Same(%v, %s, %s) = %v", c.kind, c.a, c.b, got)
		}
		changes := strings.ContainsAny(drawn(Rows(c.kind, c.a, c.b, 0)), "~!+-")
		if unified := Unified(c.kind, c.a, c.b); changes == c.same || unified == "" != c.same {
			t.Errorf("comparing %v, %s, %s shows changes: %v\n%s", c.kind, c.a, c.b, changes, unified)
		}
	}
}

func TestCanonical(t *testing.T) {
	for _, c := range []struct{ number, want string }{
		{"0", "0"}, {"-0.0", "0"}, {"0e5", "0"}, {"1", "1e0"}, {"100", "1e2"}, {"1E2", "1e2"}, {"1.50", "15e-1"}, {"-0.0015e+3", "-15e-1"},
		{"1e99999999999", "1e99999999999"},
	} {
		if got := canonical(c.number); got != c.want {
			t.Errorf("canonical(%s) = %s, want %s", c.number, got, c.want)
		}
	}
}

// TestMarked marks words; a vertical bar parts the old line from the new one.
func TestMarked(t *testing.T) {
	long := strings.Repeat("é", maxMarked)
	for _, c := range []struct{ old, new, want string }{
		{`"qos": 1`, `"qos": 2`, `"qos": [1]|"qos": [2]`},
		{`a b c`, `a c`, `a [b ]c|a c`},
		{`WHERE a > 1 AND b`, `WHERE x < 1 AND b`, `WHERE [a >] 1 AND b|WHERE [x <] 1 AND b`},
		{`grün`, `grau`, `[grün]|[grau]`},
		{``, `a`, `|[a]`},
		{long + "è" + long, long + "ê" + long, long + "[è]" + long + "|" + long + "[ê]" + long},
		{long + long, long, long + "[" + long + "]|" + long},
	} {
		a, b := new(marker).mark(c.old, c.new)
		if got := spans(Line{Spans: a}) + "|" + spans(Line{Spans: b}); got != c.want {
			t.Errorf("mark(%.60s, %.60s)\n got %.200s\nwant %.200s", c.old, c.new, got, c.want)
		}
	}
}

// TestFold compares lines of one letter, with one line around each change.
func TestFold(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"abcdefg", "abcdefg", "7"}, {"a", "a", "a"}, {"abcdefg", "abcxefg", "2c~e2"}, {"abcdefg", "xbcdefg", "~b5"},
		{"abcdefg", "abxdefx", "ab~def~"}, {"abcdef", "abxdef", "ab~d2"}, {"abcde", "abxde", "ab~de"}, {"abc", "", "---"}, {"", "abc", "+++"},
		{"abcdefgh", "abcdeffgh", "5f+gh"}, {"abcde", "bcd", "-bcd-"}, {"abcdef", "bcde", "-b2e-"},
	} {
		lines := func(s string) string { return strings.Join(strings.Split(s, ""), "\n") }
		var got string
		for _, r := range Rows(core.Rule, lines(c.old), lines(c.new), 1) {
			got += map[RowKind]string{Context: r.Old.Text(), Changed: "~", Added: "+", Deleted: "-", Fold: fmt.Sprint(r.Folded)}[r.Kind]
		}
		if got != c.want {
			t.Errorf("Rows(%s, %s) = %s, want %s", c.old, c.new, got, c.want)
		}
	}
}

// sides returns the lines of either side of rows.
func sides(rows []Row) (old, new string) {
	var a, b []string
	for _, r := range rows {
		if r.Old.Number > 0 {
			a = append(a, r.Old.Text())
		}
		if r.New.Number > 0 {
			b = append(b, r.New.Text())
		}
	}
	return strings.Join(a, "\n"), strings.Join(b, "\n")
}

// check holds Rows to what it promises for any two texts.
func check(t interface{ Fatalf(string, ...any) }, kind core.Kind, old, new string) {
	a, b := Pretty(kind, old), Pretty(kind, new)
	rows := Rows(kind, old, new, -1)
	if gotA, gotB := sides(rows); gotA != a || gotB != b {
		t.Fatalf("the sides of Rows(%v, %q, %q) are\n%q and\n%q, not\n%q and\n%q", kind, old, new, gotA, gotB, a, b)
	}
	changes := 0
	for _, r := range rows {
		if r.Kind != Context {
			changes++
		}
	}
	if same := Same(kind, old, new); same != (changes == 0) {
		t.Fatalf("Same(%v, %q, %q) = %v, with %d changes", kind, old, new, same, changes)
	}
	if !Same(kind, old, old) || Unified(kind, old, old) != "" {
		t.Fatalf("%q differs from itself", old)
	}
	folded := 0
	for _, r := range Rows(kind, old, new, 1) {
		if folded += max(r.Folded, 1); r.Kind == Fold && r.Folded == 0 {
			t.Fatalf("Rows(%q, %q) folds nothing", old, new)
		}
	}
	if folded != len(rows) {
		t.Fatalf("Rows(%q, %q) has %d rows, folded %d", old, new, len(rows), folded)
	}
}

func TestRowsAny(t *testing.T) {
	names := rapid.SampledFrom([]string{"id", "sql", "SQL", "actions", "a", "password", "token", "server"})
	values := rapid.SampledFrom([]any{nil, true, 1, 1.5, "", "x", "x\ny", "SELECT a, b FROM c", "select a,b from c", []any{"x", 1}, "tcp://u:hush@h", `{"password":"hush"}`})
	hushed := rapid.SampledFrom([]any{"hush", "hush\"", []any{"hush", 1}, map[string]any{"password": "hush"}})
	object := rapid.Custom(func(t *rapid.T) map[string]any {
		m := rapid.MapOfN(names, values, 0, 5).Draw(t, "members")
		if rapid.Bool().Draw(t, "secret") {
			m["password"] = hushed.Draw(t, "password")
		}
		if rapid.Bool().Draw(t, "nested") {
			m["options"] = map[string]any{"token": hushed.Draw(t, "token"), "a": values.Draw(t, "a")}
		}
		return m
	})
	text := rapid.Custom(func(t *rapid.T) string {
		data, err := json.Marshal(object.Draw(t, "object"))
		if err != nil {
			t.Fatal(err)
		}
		return string(data[:rapid.SampledFrom([]int{len(data), len(data) - 1}).Draw(t, "length")])
	})
	rapid.Check(t, func(t *rapid.T) {
		old, new := text.Draw(t, "old"), text.Draw(t, "new")
		check(t, core.Rule, old, new)
		if strings.Contains(Unified(core.Rule, old, new)+Unified(core.Rule, "", new), "hush") {
			t.Fatalf("comparing %s with %s tells a secret", old, new)
		}
	})
}

func FuzzRows(f *testing.F) {
	b, _, err := bundle.Decode(bundle.Sample)
	if err != nil {
		f.Fatal(err)
	}
	for ref, text := range b.All() {
		f.Add(uint8(ref.Kind), text, strings.ReplaceAll(text, "a", "b"))
	}
	f.Add(uint8(core.Rule), strings.Repeat("[", 70)+"\"a\\nb\""+strings.Repeat("]", 70), "a\n\nb")
	f.Fuzz(func(t *testing.T, kind uint8, old, new string) {
		check(t, core.Kind(kind%core.NumKinds), old, new)
	})
}
