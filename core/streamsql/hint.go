package streamsql

import "strings"

// Nearest returns the candidate that a word is most likely a misspelling of, or "" when none is near.
// Case does not matter.
func Nearest(word string, candidates []string) string {
	const longest = 40
	if word == "" || len(word) > longest {
		return ""
	}
	best, least := "", 1+len(word)/3
	for _, c := range candidates {
		if d := len(c) - len(word); d > least || -d > least {
			continue
		}
		if d := distance(strings.ToLower(word), strings.ToLower(c)); d < least || d == least && best == "" {
			best, least = c, d
		}
	}
	return best
}

// distance counts the letters to insert, delete, replace or swap with the next to turn a into b.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

func didYouMean(word string, candidates []string) string {
	if near := Nearest(word, candidates); near != "" {
		return "did you mean " + near + "?"
	}
	return ""
}

// hint says what is likely meant by the token the parser stopped at.
func (p *parser) hint() string {
	switch {
	case p.tok.kind == illegal && strings.HasPrefix(p.tok.lit, "invalid string"):
		return "a string has no line breaks, and only the escapes of JSON"
	case p.tok.kind == illegal && p.tok.lit != "":
		return "the quote that opens this string is never closed"
	case p.tok.kind == illegal:
		return "a name that begins with this character must stand between backquotes"
	case p.tok.kind == keyword:
		return p.tok.lit + " is a reserved word; between backquotes it is a name"
	}
	return ""
}
