package streamsql

import (
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// checkPattern checks the pattern of a LIKE when it is a string. The engine makes a regular expression
// of it without escaping anything, so brackets and the like must be ones of a regular expression.
func (p *parser) checkPattern(e Expr) {
	s, ok := e.(*String)
	if !ok || isPlain(s.Value) {
		return
	}
	if p.patterns += len(s.Value); p.patterns > MaxPatterns {
		panic(p.tooMuch("patterns of LIKE longer than %d bytes", MaxPatterns))
	}
	if _, err := syntax.Parse(likeToRegexp(s.Value), syntax.Perl); err != nil {
		failAt(s.Span, "invalid LIKE pattern: %v", err)
	}
}

// isPlain reports whether a pattern has only characters that mean nothing to a regular expression.
func isPlain(pattern string) bool {
	for i := range len(pattern) {
		if c := pattern[i]; c < ' ' || c >= utf8.RuneSelf || strings.IndexByte(`\.+*?()|[]{}^$`, c) >= 0 {
			return false
		}
	}
	return true
}

// likeToRegexp makes the regular expression that the engine does: % is any text, _ any character, and both
// stand for themselves after a backslash. A backslash always stands for itself as well.
func likeToRegexp(pattern string) string {
	var b strings.Builder
	b.WriteByte('^')
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '%':
			b.WriteString(".*")
		case c == '_':
			b.WriteByte('.')
		case c == '\\':
			b.WriteString(`\\`)
			if i+1 < len(pattern) && (pattern[i+1] == '%' || pattern[i+1] == '_') {
				i++
				b.WriteByte(pattern[i])
			}
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('$')
	return b.String()
}
