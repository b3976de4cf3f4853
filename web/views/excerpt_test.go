package views

import (
	"strings"
	"testing"
)

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
		{`SELECT avg(a) FROM b -- all`, `[hk SELECT] [hf avg](a) [hk FROM] b [hc -- all]`},
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
