package main

import "strings"

// excerptWidth is how many characters of a line an excerpt shows.
const excerptWidth = 100

// excerpt returns the line of a text where something is, and a line with a caret under
// the place. It returns nothing where there is no place, or nothing to see.
func excerpt(text string, line, column int) []string {
	lines := strings.Split(text, "\n")
	if line < 1 || line > len(lines) || strings.TrimSpace(lines[line-1]) == "" {
		return nil
	}
	shown := []rune(strings.Map(plain, lines[line-1]))
	at := min(max(column-1, 0), len(shown))
	from := max(0, min(at-excerptWidth/2, len(shown)-excerptWidth))
	shown = shown[from:min(len(shown), from+excerptWidth)]
	return []string{string(shown), strings.Repeat(" ", at-from) + "^"}
}

// plain keeps control characters from moving the caret.
func plain(r rune) rune {
	if r < ' ' || r == 0x7f {
		return ' '
	}
	return r
}

// onLine returns a text, as of a node elsewhere, without what would steer a terminal.
func onLine(text string) string { return strings.Map(plain, text) }
