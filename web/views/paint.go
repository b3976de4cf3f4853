package views

import (
	"regexp"
	"strings"

	"ekuiper-console/core/secret"
)

// token finds what is coloured in a line of SQL or JSON: comments, strings, numbers,
// words, and punctuation.
var token = regexp.MustCompile(`(--.*)|("(?:[^"\\]|\\.)*(?:"|$)|'(?:[^'\\]|\\.)*(?:'|$))(\s*:)?|(\b\d+(?:\.\d+)?\b)|([A-Za-z_]\w*)|([{}\[\],:])`)

// keyword finds the words of both languages.
var keyword = regexp.MustCompile(`(?i)^(select|from|where|group|by|having|order|limit|inner|left|right|full|cross|join|on|as|and|or|not|in|between|like|create|stream|table|with|case|when|then|else|end|array|struct|bigint|float|string|datetime|boolean|bytea|true|false|null)$`)

// maxPaint bounds the lines that are coloured, in bytes; longer ones keep their ink.
const maxPaint = 8 << 10

// paint cuts a line into spans.
func paint(line string) []Span {
	if len(line) > maxPaint {
		return []Span{{"", line}}
	}
	var spans []Span
	done := 0
	add := func(class string, from, to int) {
		if from > done {
			spans = append(spans, Span{"", line[done:from]})
		}
		spans = append(spans, Span{class, line[from:to]})
		done = to
	}
	for _, m := range token.FindAllStringSubmatchIndex(line, -1) {
		switch {
		case m[2] >= 0:
			add("hc", m[2], m[3])
		case m[6] >= 0: // a string before a colon is a name and keeps its ink
		case m[4] >= 0 && strings.Contains(line[m[4]:m[5]], secret.Dots):
			add("hm", m[4], m[5])
		case m[4] >= 0:
			add("hs", m[4], m[5])
		case m[8] >= 0:
			add("hn", m[8], m[9])
		case m[10] >= 0 && keyword.MatchString(line[m[10]:m[11]]):
			add("hk", m[10], m[11])
		case m[10] >= 0 && strings.HasPrefix(line[m[11]:], "("):
			add("hf", m[10], m[11])
		case m[12] >= 0:
			add("hp", m[12], m[13])
		}
	}
	if done < len(line) {
		spans = append(spans, Span{"", line[done:]})
	}
	return spans
}

// window keeps what stands between two characters of a painted line, and says with an
// ellipsis where something is left out.
func window(line []Span, from, to int) []Span {
	var kept []Span
	if from > 0 {
		kept = append(kept, Span{"", "…"})
	}
	at := 0
	for _, s := range line {
		runes := []rune(s.Text)
		lo, hi := max(from-at, 0), min(to-at, len(runes))
		if lo < hi {
			kept = append(kept, Span{s.Class, string(runes[lo:hi])})
		}
		at += len(runes)
	}
	if to < at {
		kept = append(kept, Span{"", "…"})
	}
	return kept
}
