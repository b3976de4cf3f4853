package views

import (
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/compare"
)

// Bounds of what is shown of an entry's text: how much of it is laid out, in bytes, and
// how much of that is shown, in lines and characters of a line.
const (
	maxLaidOut   = 256 << 10
	maxTextLines = 1000
	maxTextLine  = 4000
)

// laidOut returns the lines of a text laid out for reading, secrets masked, and how many
// there are in all. A text that is too large for that is shown as it stands.
func laidOut(k core.Kind, text string) (lines []ExcerptLine, all int) {
	if len(text) > maxLaidOut {
		return exact(k, text)
	}
	return numbered(compare.Pretty(k, text))
}

// numbered returns the first lines of a text in colours, and how many there are in all.
func numbered(text string) (lines []ExcerptLine, all int) {
	for line := range strings.SplitSeq(text, "\n") {
		if all++; all <= maxTextLines {
			lines = append(lines, ExcerptLine{Number: all, Spans: window(paint(line), 0, maxTextLine)})
		}
	}
	return lines, all
}
