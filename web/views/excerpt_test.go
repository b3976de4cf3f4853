package views

import (
	"strings"
	"testing"
)

func TestMask(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`{"password":"a b","user":"u"}`, `{"password":"••••••","user":"u"}`},
		{`{"PassWd" : "a\"b"}`, `{"PassWd" : "••••••"}`},
		{`{"password":"a\\","x":"y"}`, `{"password":"••••••","x":"y"}`},
		{`"mqtt":"{\"td\":{\"password\":\"a\\\"b\",\"qos\":1}}"`, `"mqtt":"{\"td\":{\"password\":\"••••••\",\"qos\":1}}"`},
		{`{"apiKey":"k","accessKeyId":"k","private_key":"k"}`, `{"apiKey":"••••••","accessKeyId":"••••••","private_key":"••••••"}`},
		{`{"key":"k","keyed":"k","monkey":"k"}`, `{"key":"k","keyed":"k","monkey":"k"}`},
		{`{"token":12345}`, `{"token":••••••}`},
		{`{"token":null,"secret":true}`, `{"token":null,"secret":true}`},
		{`{"tokens":["a","b"],"x":1}`, `{"tokens":[••••••],"x":1}`},
		{`{"secrets":{"password":"a"}}`, `{"secrets":{"password":"••••••"}}`},
		{`{"password":""}`, `{"password":""}`},
		{"{\"password\":\"cut off\n\"x\":1", "{\"password\":\"••••••\n\"x\":1"},
	} {
		if got, _ := mask(c.text, 0); got != c.want {
			t.Errorf("mask(%s)\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}

func TestMaskMoves(t *testing.T) {
	text := `{"token":"abcdefghijkl","sql":"S"}`
	for _, c := range []struct{ place, want string }{{"sql", "sql"}, {"token", "token"}, {"def", dots}} {
		masked, at := mask(text, strings.Index(text, c.place))
		if got := masked[at:]; !strings.HasPrefix(got, c.want) {
			t.Errorf("mask moved %q to %q, want %q", c.place, got, c.want)
		}
	}
}

func FuzzMask(f *testing.F) {
	f.Add(`{"password":"a\"b"}`, 5)
	f.Add(`"x":"{\"token\":[1,2]`, 30)
	f.Fuzz(func(t *testing.T, text string, at int) {
		at = min(max(at, 0), len(text))
		masked, moved := mask(text, at)
		if moved < 0 || moved > len(masked) {
			t.Errorf("mask(%q, %d) moved the offset to %d of %d", text, at, moved, len(masked))
		}
	})
}

// drawn writes an excerpt as plain lines, ">" before the bad one.
func drawn(lines []ExcerptLine) string {
	var b strings.Builder
	for _, l := range lines {
		var text string
		for _, s := range l.Spans {
			text += s.Text
		}
		if l.Bad {
			b.WriteString(">" + text + "\n " + l.Indent + l.Caret + "\n")
		} else {
			b.WriteString(" " + text + "\n")
		}
	}
	return b.String()
}

func TestExcerpt(t *testing.T) {
	long := strings.Repeat("x", 300)
	for _, c := range []struct {
		text         string
		line, column int
		want         string
	}{
		{"a\nbc def\ng\nh", 2, 4, " a\n>bc def\n    ^^^\n g\n"},
		{"a", 1, 1, ">a\n ^\n"},
		{"é€ x", 1, 4, ">é€ x\n    ^\n"},
		{"\ta b", 1, 4, ">\ta b\n \t  ^\n"},
		{"a", 9, 9, ">a\n  ^\n"},
		{`{"token":"abcdefgh","x":y}`, 1, 25, `>{"token":"••••••","x":y}` + "\n" + strings.Repeat(" ", 23) + "^\n"},
		{long + " bad " + long, 1, 302, ">…" + strings.Repeat("x", 23) + " bad " + strings.Repeat("x", 68) + "…\n" + strings.Repeat(" ", 26) + "^^^\n"},
		{"a", 0, 0, ""},
	} {
		if got := drawn(excerpt(c.text, c.line, c.column, 1)); got != c.want {
			t.Errorf("excerpt(%.40q, %d, %d)\n got %q\nwant %q", c.text, c.line, c.column, got, c.want)
		}
	}
}

func TestPaint(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{`SELECT avg(a) FROM b -- all`, `[hk SELECT] avg(a) [hk FROM] b [hc -- all]`},
		{`  "a": "b", 1.5`, `  "a": [hs "b"][hp ,] [hn 1.5]`},
		{`"a": "cut \" off`, `"a": [hs "cut \" off]`},
	} {
		var got string
		for _, s := range paint(c.line) {
			if s.Class == "" {
				got += s.Text
			} else {
				got += "[" + s.Class + " " + s.Text + "]"
			}
		}
		if got != c.want {
			t.Errorf("paint(%s)\n got %s\nwant %s", c.line, got, c.want)
		}
	}
}
