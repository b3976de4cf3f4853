package views

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"ekuiper-console/core"
	"ekuiper-console/core/secret"
)

// Problem is why a text cannot be used, with the place in it.
type Problem struct {
	Message string
	Hint    string // what to do about it; may be empty
	Line    int    // 1-based; 0 where there is no place
	Column  int    // 1-based, in characters
	Excerpt []ExcerptLine
}

// NewProblem returns a problem with the lines around its place. A line of 0 means that
// there is no place.
func NewProblem(text string, line, column int, message, hint string) *Problem {
	return &Problem{Message: message, Hint: hint, Line: line, Column: column, Excerpt: excerpt(text, line, column, 3)}
}

// ExcerptLine is one line of a text, secrets masked.
type ExcerptLine struct {
	Number int
	Spans  []Span
	Bad    bool   // the place of an error is on it
	Indent string // on a bad line, what stands before the caret, as blanks
	Caret  string // on a bad line, as many carets as the word has characters
}

// Span is a piece of a line in one colour.
type Span struct {
	Class string // of the style sheet; empty for plain text
	Text  string
}

// Bounds of what an excerpt shows of a line, in characters. Before the place of an
// error it is so little that the place is in sight on a phone.
const (
	maxLine   = 200
	maxBefore = 24
	maxAfter  = 72
)

// maxExcerpt bounds how much of a text is looked at on either side of a place, in bytes.
const maxExcerpt = 64 << 10

// excerpt returns the lines of a text around a place, as many before as after it, or
// nothing where there is no place.
func excerpt(text string, line, column, around int) []ExcerptLine {
	if line < 1 {
		return nil
	}
	at := offset(text, line, column)
	before, after := text[max(0, at-maxExcerpt):at], text[at:min(len(text), at+maxExcerpt)]
	before, after = lastLines(before, around), firstLines(after, around)
	first := strings.Count(text[:at], "\n") - strings.Count(before, "\n") + 1
	chunk, at := secret.Mask(before+after, len(before))
	bad, column := core.Position(chunk, at)
	var lines []ExcerptLine
	for i, s := range strings.Split(chunk, "\n") {
		if i+1 == bad {
			lines = append(lines, badLine(first+i, s, column))
		} else {
			lines = append(lines, ExcerptLine{Number: first + i, Spans: window(paint(s), 0, maxLine)})
		}
	}
	return lines
}

// lastLines returns the last line of s with n before it.
func lastLines(s string, n int) string {
	at := len(s)
	for range n + 1 {
		if at = strings.LastIndexByte(s[:at], '\n'); at < 0 {
			return s
		}
	}
	return s[at+1:]
}

// firstLines returns the first line of s with n after it.
func firstLines(s string, n int) string {
	at := 0
	for range n + 1 {
		end := strings.IndexByte(s[at:], '\n')
		if end < 0 {
			return s
		}
		at += end + 1
	}
	return s[:at-1]
}

// head returns the first lines of a text.
func head(text string, n int) []ExcerptLine {
	var lines []ExcerptLine
	for s := range strings.SplitSeq(text, "\n") {
		if len(lines) == n {
			break
		}
		masked, _ := secret.Mask(s, 0)
		lines = append(lines, ExcerptLine{Number: len(lines) + 1, Spans: window(paint(masked), 0, maxLine)})
	}
	return lines
}

// badLine returns a line with a caret under a column. Of a long line it keeps what
// stands around the column.
func badLine(n int, s string, column int) ExcerptLine {
	runes := []rune(s)
	at := min(column-1, len(runes))
	from, to := 0, len(runes)
	if to > maxBefore+maxAfter {
		from, to = max(0, at-maxBefore), min(to, at+maxAfter)
	}
	before := string(runes[from:at])
	if from > 0 {
		before = "…" + before
	}
	width := max(1, utf8.RuneCountInString(word.FindString(string(runes[at:to]))))
	return ExcerptLine{
		Number: n, Spans: window(paint(s), from, to), Bad: true,
		Indent: blank(before), Caret: strings.Repeat("^", width),
	}
}

var word = regexp.MustCompile(`^[\pL\pN_]+`)

// blank returns s with everything but tabs replaced by blanks.
func blank(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, s)
}

// offset returns the byte offset of a line and column, the end of the text at most.
func offset(text string, line, column int) int {
	at := 0
	for ; line > 1; line-- {
		end := strings.IndexByte(text[at:], '\n')
		if end < 0 {
			return len(text)
		}
		at += end + 1
	}
	for ; column > 1 && at < len(text) && text[at] != '\n'; column-- {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	return at
}
