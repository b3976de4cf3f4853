package jsonscan

import (
	"encoding/json"
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
	})
}
