package jsonscan

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestFind(t *testing.T) {
	const doc = ` {"a": {"b": [1, "}"], "C": "x"}, "sql": "one", "SQL": "two", "n": null}`
	tests := []struct{ path, want string }{
		{"", `{"a"`},
		{"a", `{"b"`},
		{"a.c", `"x"`},
		{"sql", `"two"`},
		{"n", `null`},
		{"n.x", "-"},
		{"a.b.c", "-"},
		{"z", "-"},
	}
	for _, tt := range tests {
		at, ok := Find(doc, strings.FieldsFunc(tt.path, func(r rune) bool { return r == '.' })...)
		if got := doc[at:]; ok != (tt.want != "-") || ok && !strings.HasPrefix(got, tt.want) {
			t.Errorf("Find(%q) = %q, %v, want %q", tt.path, got, ok, tt.want)
		}
	}
	if _, ok := Find("", "a"); ok {
		t.Error("Find in an empty text found something")
	}
}

func TestInside(t *testing.T) {
	tests := []struct {
		doc    string
		offset int
		want   string
	}{
		{`"abc"`, 1, `bc"`},
		{`"abc"`, 9, `"`},
		{`"a\nb"`, 2, `b"`},
		{`"\u00e9b"`, 2, `b"`},
		{`"\ud83d\ude00b"`, 4, `b"`},
		{`"\ud83d\nb"`, 3, `\nb"`},
	}
	for _, tt := range tests {
		if got := tt.doc[Inside([]byte(tt.doc), 0, tt.offset):]; got != tt.want {
			t.Errorf("Inside(%s, %d) stands at %s, want %s", tt.doc, tt.offset, got, tt.want)
		}
	}
}

// FuzzString holds String and Skip to the standard library.
func FuzzString(f *testing.F) {
	for _, s := range []string{`"a"`, `"\u00e9\ud83d\ude00\ud800x\/\b\""`, "\"\xff\"", `{"a":[1,{"b":"]"}],"c":-1e5}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if !json.Valid(data) {
			return
		}
		s := Scanner{Data: data}
		s.Blanks()
		if s.Skip(); strings.TrimSpace(string(data[s.Pos:])) != "" {
			t.Fatalf("Skip of %q stands at %d", data, s.Pos)
		}
		var want string
		s.Pos = 0
		if s.Blanks(); s.Type() != "string" || json.Unmarshal(data, &want) != nil {
			return
		}
		if got := s.String(); got != want {
			t.Fatalf("String of %q = %q, want %q", data, got, want)
		}
		own := Scanner{Data: bytes.Clone(data)}
		own.Blanks()
		if got := string(own.Unquote()); got != want || own.Pos != s.Pos {
			t.Fatalf("Unquote of %q = %q at %d, want %q at %d", data, got, own.Pos, want, s.Pos)
		}
	})
}

// validity are texts that a JSON parser may misjudge.
var validity = []string{
	``, ` `, `{}`, `[]`, `[ ]`, `{ }`, `[1,]`, `{"a":1,}`, `{"a"}`, `{"a":}`, `{a:1}`, `[1 2]`, `[1]]`, `[[1]`, `{"a":1]`, `1 `, `01`, `-`, `-0`, `-01`, `1.`, `.5`, `1.5e`, `1.5e+`,
	`1e9`, `1E-9`, `+1`, `0x1`, `tru`, `true`, `truex`, `nul`, `null null`, `"a`, `"\"`, `"\x"`, `"\u12"`, `"\u12G4"`, `"\u00e9"`, `"\ud800"`, "\"\x01\"", "\"\t\"", "\"\x7f\xff\"", "\x00", "{\"a\"\x0b:1}",
	"[1]\u00a0", `{"a":{"b":[{},[],"",0,-0.0e0,true,false,null]}}`, `{"a":1}{`, `,`, `:`, `]`, `}`, `[,1]`, `{,"a":1}`, `{"a":1 "b":2}`, `{"a" 1}`, `"a""b"`, `"\`, `"\u`,
}

// TestValid holds Valid to the standard library.
func TestValid(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	for _, s := range append(validity, deep(maxDepth), deep(maxDepth+1), strings.Repeat(`{"a":`, maxDepth+1)) {
		if got, want := Valid([]byte(s)), json.Valid([]byte(s)); got != want {
			t.Errorf("Valid(%.60q) = %v, want %v", s, got, want)
		}
	}
}

// FuzzValue holds Value to the standard library.
func FuzzValue(f *testing.F) {
	for _, s := range append(validity, `{"a":[1,-2.5e3,{"b":null}],"a":{"x":[]}}`, `[1e999]`, `[ true , false ]`) {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if !json.Valid(data) {
			return
		}
		var want any
		err := json.Unmarshal(data, &want)
		s := Scanner{Data: data}
		s.Blanks()
		got, ok := s.Value()
		if s.Blanks(); s.Pos != len(data) || ok != (err == nil) || ok && !reflect.DeepEqual(got, want) {
			t.Fatalf("Value of %q = %#v, %v, up to %d; want %#v, %v", data, got, ok, s.Pos, want, err)
		}
	})
}

// FuzzValid holds Valid to the standard library.
func FuzzValid(f *testing.F) {
	for _, s := range validity {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if got, want := Valid(data), json.Valid(data); got != want {
			t.Fatalf("Valid(%q) = %v, want %v", data, got, want)
		}
	})
}
