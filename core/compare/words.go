package compare

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of the comparison of words, in bytes: of one line, and of all lines together.
const (
	maxMarked    = 8 << 10
	maxMarkedAll = 1 << 20
)

// marker marks what differs in lines, word by word until it has seen too much.
type marker struct{ seen int }

// mark returns two lines with marks.
func (m *marker) mark(old, new string) (a, b []Span) {
	m.seen += len(old) + len(new)
	if m.seen > maxMarkedAll || len(old) > maxMarked || len(new) > maxMarked {
		return markedMiddle(old, new)
	}
	return markedWords(old, new)
}

// markedWords marks the words that differ.
func markedWords(old, new string) (a, b []Span) {
	before, after := words(old), words(new)
	at := match{}
	for _, d := range edits(before, after) {
		a = appendWords(a, before[at.old:d.Start], false)
		b = appendWords(b, after[at.new:d.ReplStart], false)
		a = appendWords(a, before[d.Start:d.End], true)
		b = appendWords(b, after[d.ReplStart:d.ReplEnd], true)
		at = match{d.End, d.ReplEnd}
	}
	return appendWords(a, before[at.old:], false), appendWords(b, after[at.new:], false)
}

// words cuts a line into words, blanks and single signs.
func words(s string) []string {
	var all []string
	last, from := sign, 0
	for i, r := range s {
		c := classOf(r)
		if i > from && (c != last || c == sign) {
			all = append(all, s[from:i])
			from = i
		}
		last = c
	}
	if from < len(s) {
		all = append(all, s[from:])
	}
	return all
}

// class is what a character makes with its like.
type class uint8

const (
	sign class = iota
	letter
	blank
)

func classOf(r rune) class {
	switch {
	case unicode.IsLetter(r), unicode.IsNumber(r), unicode.IsMark(r), r == '_':
		return letter
	case unicode.IsSpace(r):
		return blank
	}
	return sign
}

// markedMiddle marks all from the first to the last difference.
func markedMiddle(old, new string) (a, b []Span) {
	n := min(len(old), len(new))
	from := 0
	for from < n && old[from] == new[from] {
		from++
	}
	for from > 0 && from < len(old) && !utf8.RuneStart(old[from]) {
		from--
	}
	end := 0
	for end < n-from && old[len(old)-1-end] == new[len(new)-1-end] {
		end++
	}
	for end > 0 && !utf8.RuneStart(old[len(old)-end]) {
		end--
	}
	mark := func(s string) []Span {
		spans := appendSpan(nil, s[:from], false)
		spans = appendSpan(spans, s[from:len(s)-end], true)
		return appendSpan(spans, s[len(s)-end:], false)
	}
	return mark(old), mark(new)
}

// appendWords appends words as one span.
func appendWords(spans []Span, words []string, changed bool) []Span {
	return appendSpan(spans, strings.Join(words, ""), changed)
}

// appendSpan appends a piece of a line, to the last span where that is of the same
// kind. Blanks between two changes count as changed.
func appendSpan(spans []Span, text string, changed bool) []Span {
	if text == "" {
		return spans
	}
	n := len(spans)
	if n > 0 && changed && !spans[n-1].Changed && n > 1 && strings.TrimSpace(spans[n-1].Text) == "" {
		spans[n-2].Text += spans[n-1].Text
		spans, n = spans[:n-1], n-1
	}
	if n > 0 && spans[n-1].Changed == changed {
		spans[n-1].Text += text
		return spans
	}
	return append(spans, Span{text, changed})
}
