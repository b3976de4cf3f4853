package views

import (
	"regexp"
	"strings"
)

// dots stand for a secret, whatever its length.
const dots = "••••••"

// secretProperty finds the name of a JSON property that holds a secret, up to its
// value. The document may itself stand in a JSON string, or in one within one, and then
// its quotes carry backslashes.
var secretProperty = regexp.MustCompile(
	`(\\*)"[\w.\-]*(?i:passw(?:or)?d|passphrase|token|secret|credential|(?:private|api|access)[_\-]?key)[\w.\-]*\\*"\s*:\s*`)

// mask replaces the values of secret properties by dots, and returns where a byte
// offset of the text has moved to.
func mask(text string, at int) (masked string, moved int) {
	var b strings.Builder
	done, moved := 0, at
	for _, m := range secretProperty.FindAllStringSubmatchIndex(text, -1) {
		from, to := secretValue(text, m[1], m[3]-m[2])
		if from < done || from == to {
			continue
		}
		b.WriteString(text[done:from])
		switch {
		case at >= to:
			moved += len(dots) - (to - from)
		case at > from:
			moved = b.Len()
		}
		b.WriteString(dots)
		done = to
	}
	b.WriteString(text[done:])
	return b.String(), moved
}

// secretValue returns the bounds of what is to be masked of the value that begins at
// an offset; empty bounds for an object, whose properties are judged by themselves, and
// for null, true and false. The quotes of the value follow as many backslashes as
// depth says.
func secretValue(text string, at, depth int) (from, to int) {
	rest := text[at:]
	switch quote := strings.Repeat(`\`, depth) + `"`; {
	case strings.HasPrefix(rest, quote):
		from = at + len(quote)
		return from, from + closing(text[from:], depth)
	case strings.HasPrefix(rest, "["):
		return at + 1, at + 1 + until(rest[1:], "]\n")
	case strings.HasPrefix(rest, "{"), strings.HasPrefix(rest, "null"), strings.HasPrefix(rest, "true"), strings.HasPrefix(rest, "false"):
		return at, at
	}
	return at, at + until(rest, ",}] \t\r\n\\")
}

// closing returns where the quote that ends a string stands, its backslashes not
// included; the end of the line where there is none. Of a string at depth 1, inside
// another, the quote is \" and a quote within it is \\\".
func closing(s string, depth int) int {
	run := 0
	for i := range len(s) {
		switch s[i] {
		case '\n':
			return i
		case '\\':
			run++
			continue
		case '"':
			if run%(2*(depth+1)) == depth {
				return i - depth
			}
		}
		run = 0
	}
	return len(s)
}

// until returns the index of the first of these characters, or the length of s.
func until(s, chars string) int {
	if i := strings.IndexAny(s, chars); i >= 0 {
		return i
	}
	return len(s)
}
