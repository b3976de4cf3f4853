package bundlev2

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
)

func encode(tb testing.TB, b *bundle.Bundle) string {
	tb.Helper()
	var out bytes.Buffer
	if err := Encode(b, &out); err != nil {
		tb.Fatal(err)
	}
	return out.String()
}

// sameBundle returns how two bundles differ in meaning, or "".
func sameBundle(a, b *bundle.Bundle) string {
	if a.Len() != b.Len() {
		return fmt.Sprintf("%d entries and %d", a.Len(), b.Len())
	}
	for ref, text := range a.All() {
		other, ok := b.Get(ref)
		if !ok || !Same(ref.Kind, text, other) {
			return fmt.Sprintf("%v:\n%q\n%q", ref, text, other)
		}
	}
	return ""
}

// anyText draws texts that YAML could take for something else, among others.
func anyText() *rapid.Generator[string] {
	tricky := []string{"", "~", "null", "true", "no", "1", "-1.50", "0x1F", "1e3", "2001-01-01", "<<", "=", "*a", "&a", "!x", "- a", "a: b", "# c", "a #b", "'", `"`, `\`,
		"a\nb", "a\n", "\n a\n  b\n\n", " a ", "\t", "a\r\nb", "\u0000", "\u0085", "\u2028", "\ufeff", "界", "🙂", "%2E", "a.b", "%", "---", "...", "{", "[", "|", ">", "@", "`", "a\u007fb"}
	return rapid.OneOf(rapid.SampledFrom(tricky), rapid.String())
}

// anyJSON draws JSON texts, with numbers of any size and digits.
func anyJSON(depth int) *rapid.Generator[string] {
	leaves := []*rapid.Generator[string]{
		rapid.Map(anyText(), func(s string) string { return string(appendString(nil, s)) }),
		rapid.StringMatching(`-?(0|[1-9][0-9]{0,40})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?`),
		rapid.SampledFrom([]string{"null", "true", "false"}),
	}
	if depth == 0 {
		return rapid.OneOf(leaves...)
	}
	array := rapid.Map(rapid.SliceOfN(anyJSON(depth-1), 0, 4), func(e []string) string { return "[ " + strings.Join(e, " ,") + "]" })
	return rapid.OneOf(append(leaves, array, anyObject(depth-1))...)
}

func anyObject(depth int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		members := rapid.MapOfN(anyText(), anyJSON(depth), 0, 4).Draw(t, "members")
		if name := rapid.SampledFrom([]string{"", "triggered", "Triggered"}).Draw(t, "triggered"); name != "" {
			members[name] = "false"
		}
		var parts []string
		for name, value := range members {
			parts = append(parts, string(appendString(nil, name))+" : "+value)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	})
}

// anyBundle draws bundles whose entries are of their usual shapes, and of none.
func anyBundle() *rapid.Generator[*bundle.Bundle] {
	return rapid.Custom(func(t *rapid.T) *bundle.Bundle {
		b := &bundle.Bundle{}
		for range rapid.IntRange(0, 8).Draw(t, "n") {
			ref := core.Ref{Kind: core.Kind(rapid.IntRange(0, core.NumKinds-1).Draw(t, "kind")), Name: anyText().Draw(t, "name")}
			b.Set(ref, rapid.OneOf(anyObject(2), anyObject(1), anyText(), anyJSON(1)).Draw(t, "text"))
		}
		return b
	})
}

// TestNothingIsLost: what is written and read again means the same.
func TestNothingIsLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := anyBundle().Draw(t, "bundle")
		var out bytes.Buffer
		if err := Encode(b, &out); err != nil {
			t.Fatal(err)
		}
		again, unknown, err := Decode(out.Bytes())
		if err != nil || unknown != nil {
			t.Fatalf("Decode: %v %v\n%s", err, unknown, out.String())
		}
		if differ := sameBundle(b, again); differ != "" {
			t.Fatalf("%s\n%s", differ, out.String())
		}
	})
}

func TestSample(t *testing.T) {
	b, _, err := bundle.Decode(bundle.Sample)
	if err != nil {
		t.Fatal(err)
	}
	text := encode(t, b)
	for _, want := range []string{
		"\n  demo:\n    sql: CREATE STREAM demo () WITH (DATASOURCE=\"users\", FORMAT=\"JSON\")\n",
		"\n  rule1:\n    triggered: true\n    id: rule1\n    sql: SELECT * FROM demo\n    actions:\n      - log: {}\n",
		"\nscripts:\n  area:\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the sample has no %q:\n%s", want, text)
		}
	}
	again, _, err := Decode([]byte(text))
	if err != nil || sameBundle(b, again) != "" {
		t.Errorf("Decode: %v %s", err, sameBundle(b, again))
	}
	if got := encode(t, &bundle.Bundle{}); got != "streams: {}\nrules: {}\n" {
		t.Errorf("an empty bundle is %q", got)
	}
}

func TestDecode(t *testing.T) {
	tests := []struct{ doc, want string }{ // entries as "section/name = text"
		{"", ""},
		{"# nothing\n", ""},
		{"null\n", ""},
		{"rules:\nstreams: ~\n", ""},
		{"streams: {demo: {sql: 'CREATE STREAM demo ()'}}", "streams/demo = CREATE STREAM demo ()"},
		{"Tables:\n  t:\n    sql: |-\n      CREATE TABLE t\n      ()\n", "tables/t = CREATE TABLE t\n()"},
		{"rules: {r1: {triggered: false, id: r1, sql: SELECT * FROM demo, actions: [{log: {}}], mine: 1}}",
			`rules/r1 = {"triggered":false,"id":"r1","sql":"SELECT * FROM demo","actions":[{"log":{}}],"mine":1}`},
		{"sourceConfig:\n  sources.mqtt.k: {server: tcp://h:1883, qos: 1}\n  sources.mqtt.a.b: {}\n  sources.a%2Eb%25.k: ~\n  sources.empty: {}\n",
			`sourceConfig/a.b% = {"k":null}` + "\n" + `sourceConfig/empty = {}` + "\n" + `sourceConfig/mqtt = {"k":{"server":"tcp://h:1883","qos":1},"a.b":{}}`},
		{"connectionConfig: {connections.mqtt.c: {n: 123456789012345678901234567890, f: 1.50, h: 0x1F, o: 0o17, s: 1_000, d: .5, day: 2001-01-01, no: no}}",
			`connectionConfig/mqtt = {"c":{"n":123456789012345678901234567890,"f":1.50,"h":31,"o":15,"s":1000,"d":0.5,"day":"2001-01-01","no":"no"}}`},
		{"service: {s: {name: s, file: f}}\nschema: {protobuf_a: {type: protobuf}}", `Schema/protobuf_a = {"type":"protobuf"}` + "\n" + `Service/s = {"name":"s","file":"f"}`},
		{"rules:\n  a: &a {id: x, options: {qos: 1}}\n  b: *a\n  c: {<<: *a, id: c}\n",
			`rules/a = {"id":"x","options":{"qos":1}}` + "\n" + `rules/b = {"id":"x","options":{"qos":1}}` + "\n" + `rules/c = {"id":"c","options":{"qos":1}}`},
		{"uploads: {1: {name: 1}}", `uploads/1 = {"name":1}`},
		{"scripts: {f: 'as it is'}", `scripts/f = as it is`},
		{`{"rules": {"r": {"sql": "\u00e4"}}}`, `rules/r = {"sql":"ä"}`},
	}
	for _, tt := range tests {
		b, _, err := Decode([]byte(tt.doc))
		if err != nil {
			t.Errorf("Decode(%q): %v", tt.doc, err)
			continue
		}
		var got []string
		for ref, text := range b.All() {
			got = append(got, ref.String()+" = "+text)
		}
		if strings.Join(got, "\n") != tt.want {
			t.Errorf("Decode(%q)\n got %s\nwant %s", tt.doc, strings.Join(got, "\n"), tt.want)
		}
	}
	if _, unknown, err := Decode([]byte("dashboards: {}\nrules: {}\nx: 1")); err != nil || fmt.Sprint(unknown) != "[dashboards x]" {
		t.Errorf("unknown sections are %v, %v", unknown, err)
	}
}

func TestRefusals(t *testing.T) {
	tests := []struct{ doc, want string }{
		{"rules: [", "2:1"}, // replaced below by what the library says
		{"- a\n", "1:1 the document is no mapping of names to values"},
		{"just a text", "1:1 the document is no mapping of names to values"},
		{"rules: 5", "1:8 the section rules is no mapping of names to values"},
		{"rules:\n  r: [1]\n", ""},
		{"rules:\n  r: 5\n", "2:6 rules/r is neither an object nor a text"},
		{"streams:\n  s: {}\n", "2:6 the stream s has no sql"},
		{"streams:\n  s: {sql: 5}\n", "2:12 streams/s is neither an object nor a text"},
		{"rules:\n  a: {}\n  b: {}\n  a: {}\n", "4:3 a is there already, in line 2"},
		{"rules:\n  a: {}\nstreams: {}\nrules: {}\n", "4:1 rules is there already, in line 1"},
		{"rules:\n  a: {}\nRules: {}\n", "3:8 the section rules is there already"},
		{"rules:\n  a: {id: 1, sql: x, id: 2}\n", "2:22 id is there already, in line 2"},
		{"sinkConfig:\n  sources.mqtt.k: {}\n", "2:3 sources.mqtt.k isn't valid conf key"},
		{"sinkConfig:\n  mqtt: {}\n", "2:3 mqtt isn't valid conf key"},
		{"sinkConfig:\n  sinks.a.k: {}\n  sinks.a: {}\n", "3:3 the configuration of a is there already"},
		{"rules:\n  a: {n: .inf}\n", "2:10 .inf has no form in JSON"},
		{"rules:\n  a: {n: !mine 5}\n", "2:10 the tag !mine has no form in JSON"},
		{"rules:\n  a: {[1]: 2}\n", "2:7 a name must be a text"},
		{"rules:\n  a: {<<: 5}\n", "2:11 what is merged in must be a mapping"},
		{"rules:\n  界: {n: .nan}\n", "2:10 .nan has no form in JSON"},
	}
	for _, tt := range tests[1:] {
		_, _, err := Decode([]byte(tt.doc))
		if tt.want == "" {
			if err != nil {
				t.Errorf("Decode(%q): %v", tt.doc, err)
			}
			continue
		}
		e, ok := errors.AsType[*bundle.SyntaxError](err)
		if !ok {
			t.Errorf("Decode(%q) = %v, want %s", tt.doc, err, tt.want)
			continue
		}
		if got := fmt.Sprintf("%d:%d %s", e.Line, e.Column, e.Msg); got != tt.want {
			t.Errorf("Decode(%q) = %s, want %s", tt.doc, got, tt.want)
		}
		if line, column := core.Position(tt.doc, e.Offset); line != e.Line || column != e.Column {
			t.Errorf("Decode(%q): offset %d is at %d:%d, want %d:%d", tt.doc, e.Offset, line, column, e.Line, e.Column)
		}
	}
	for _, doc := range []string{"rules: [", "a: b: c", "\tx: 1", "rules: {}\n---\nstreams: {}", "rules: *none", "a: \x00"} {
		_, _, err := Decode([]byte(doc))
		if e, ok := errors.AsType[*bundle.SyntaxError](err); !ok || e.Line == 0 || e.Column == 0 || e.Msg == "" {
			t.Errorf("Decode(%q) = %v, want a place", doc, err)
		}
	}
}

// TestBombs: small documents that stand for large ones are refused.
func TestBombs(t *testing.T) {
	laughs := "a: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
	for i := range 12 {
		laughs += fmt.Sprintf("a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i+1, i+1, i, i, i, i, i, i, i, i)
	}
	long := "a: &a " + strings.Repeat("x", 1<<20) + "\nuploads:\n"
	for i := range 100 {
		long += fmt.Sprintf("  u%d: {content: *a}\n", i)
	}
	for name, doc := range map[string]string{
		"many":   laughs + "rules: {r: {x: *a12}}",
		"large":  long,
		"circle": "rules: {r: &a {x: *a}}",
		"merges": "rules: {r: &a {<<: *a}}",
		"keys":   "x: &a [*a]\nrules: *a",
	} {
		if _, _, err := Decode([]byte(doc)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestIndex(t *testing.T) {
	const doc = "streams:\n  demo:\n    sql: CREATE STREAM demo ()\nrules:\n  r:\n    id: r\n    sql: SELECT\n    actions:\n      - log: {}\nsinkConfig:\n  sinks.rest.k:\n    url: x\n"
	b, _, err := Decode([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	x := NewIndex([]byte(doc))
	tests := []struct{ ref, at, want string }{
		{"streams/demo", "", "3:10"}, {"streams/demo", "demo", "3:10"}, {"rules/r", "", "6:5"}, {"rules/r", "SELECT", "7:10"}, {"rules/r", "log", "9:9"},
		{"sinkConfig/rest", `"x"`, "12:10"}, {"rules/none", "", "0:0"},
	}
	for _, tt := range tests {
		ref, err := core.ParseRef(tt.ref)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := b.Get(ref)
		offset := -1
		if tt.at != "" {
			offset = strings.Index(text, tt.at)
		}
		line, column := x.Position(ref, offset)
		if got := fmt.Sprintf("%d:%d", line, column); got != tt.want {
			t.Errorf("%s of %s is at %s, want %s", tt.at, tt.ref, got, tt.want)
		}
	}
}

func TestIs(t *testing.T) {
	sample, _, err := bundle.Decode(bundle.Sample)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		doc  string
		want bool
	}{
		{encode(t, sample), true}, {encode(t, &bundle.Bundle{}), true}, {"# mine\n---\nRules :\n  r: {}", true}, {"\ufeffstreams: {}", true},
		{string(bundle.Sample), false}, {"", false}, {"not json", false}, {"[]", false}, {`{rules: {}}`, false}, {"dashboards: {}", false}, {"a\n  rules: x", false},
	}
	for _, tt := range tests {
		if got := Is([]byte(tt.doc)); got != tt.want {
			t.Errorf("Is(%.40q) = %v, want %v", tt.doc, got, tt.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{"rules: {r: {a: 1}}", "a: &a [*a]\nrules: *a", "sourceConfig: {sources.a.b: {}}", "rules: {a: &x {b: 1}, c: {<<: *x}}", "%YAML 1.1\n--- {}", "? [a]\n: b"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		b, _, err := Decode(data)
		if err != nil {
			if e, ok := errors.AsType[*bundle.SyntaxError](err); !ok || e.Offset > len(data) {
				t.Fatalf("Decode(%q) = %#v", data, err)
			}
			return
		}
		again, _, err := Decode([]byte(encode(t, b)))
		if err != nil || sameBundle(b, again) != "" {
			t.Fatalf("written and read again: %v %s", err, sameBundle(b, again))
		}
	})
}
