package streamsql

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// A lexer cuts a text into tokens from left to right and looks at no byte more than a fixed number of times.
type lexer struct {
	text string
	pos  int
}

// next returns the next token, leaving out white space and comments. At the end it returns eof for ever.
func (l *lexer) next() token {
	for {
		l.blanks()
		start := l.pos
		if start >= len(l.text) {
			return token{kind: eof, lit: "EOF", pos: start, end: start}
		}
		k, lit, comment := l.scan()
		if !comment {
			return token{kind: k, lit: lit, pos: start, end: l.pos}
		}
	}
}

// blanks skips white space.
func (l *lexer) blanks() {
	for l.pos < len(l.text) && strings.IndexByte(" \t\n\r", l.text[l.pos]) >= 0 {
		l.pos++
	}
}

// peek returns the byte at the position, or 0 at the end.
func (l *lexer) peek() byte {
	if l.pos < len(l.text) {
		return l.text[l.pos]
	}
	return 0
}

// scan reads one token or comment, which begins at the position.
func (l *lexer) scan() (k kind, lit string, comment bool) {
	c := l.text[l.pos]
	switch {
	case isLetter(c):
		k, lit = l.word()
		return k, lit, false
	case isDigit(c), c == '.' && l.pos+1 < len(l.text) && isDigit(l.text[l.pos+1]):
		k, lit = l.number()
		return k, lit, false
	case c == '"':
		k, lit = l.doubleQuoted()
		return k, lit, false
	case c == '\'':
		k, lit = l.singleQuoted()
		return k, lit, false
	case c == '`':
		return ident, l.backquoted(), false
	}
	return l.symbol(c)
}

func (l *lexer) word() (kind, string) {
	start := l.pos
	for l.pos < len(l.text) && (isLetter(l.text[l.pos]) || isDigit(l.text[l.pos]) || l.text[l.pos] == '_') {
		l.pos++
	}
	lit := l.text[start:l.pos]
	if upper := strings.ToUpper(lit); reserved[upper] {
		return keyword, upper
	}
	return ident, lit
}

// number reads digits and points; whether they make a number is for the parser to say.
func (l *lexer) number() (kind, string) {
	start, k := l.pos, integer
	for ; l.pos < len(l.text) && (isDigit(l.text[l.pos]) || l.text[l.pos] == '.'); l.pos++ {
		if l.text[l.pos] == '.' {
			k = number
		}
	}
	return k, l.text[start:l.pos]
}

func (l *lexer) backquoted() string {
	l.pos++
	start := l.pos
	n := strings.IndexByte(l.text[start:], '`')
	if n < 0 {
		l.pos = len(l.text)
		return l.text[start:]
	}
	l.pos += n + 1
	return l.text[start : start+n]
}

func (l *lexer) doubleQuoted() (kind, string) {
	start := l.pos
	for l.pos++; l.pos < len(l.text); l.pos++ {
		switch l.text[l.pos] {
		case '\\':
			l.pos++
		case '"':
			l.pos++
			return unquote(doubleQuoted, l.text[start:l.pos])
		}
	}
	l.pos = len(l.text)
	return illegal, l.text[start:]
}

// singleQuoted rewrites the string as a double-quoted one, because that is how the engine reads and shows it.
func (l *lexer) singleQuoted() (kind, string) {
	var b strings.Builder
	b.WriteByte('"')
	for l.pos++; l.pos < len(l.text); l.pos++ {
		switch c := l.text[l.pos]; {
		case c == '\'':
			l.pos++
			b.WriteByte('"')
			return unquote(singleQuoted, b.String())
		case c == '"':
			b.WriteString(`\"`)
		case c == '\\' && l.pos+1 < len(l.text):
			l.pos++
			if l.text[l.pos] != '\'' {
				b.WriteByte('\\')
			}
			b.WriteByte(l.text[l.pos])
		default:
			b.WriteByte(c)
		}
	}
	return illegal, b.String()
}

func unquote(k kind, quoted string) (kind, string) {
	s, err := strconv.Unquote(quoted)
	if err != nil {
		return illegal, "invalid string: " + quoted
	}
	return k, s
}

// symbol reads an operator, a bracket or a comment. Blanks are allowed inside the operators
// of two characters, and "!" alone is "=": both as the engine reads them.
func (l *lexer) symbol(c byte) (k kind, lit string, comment bool) {
	switch c {
	case '!', '<', '>':
		l.pos++
		return symbol, l.comparison(c), false
	case '-':
		return l.dash()
	case '/':
		if strings.HasPrefix(l.text[l.pos:], "/*") {
			return l.blockComment()
		}
	}
	if strings.IndexByte("+*/%&|^=.,:;#()[]", c) >= 0 {
		l.pos++
		return symbol, string(rune(c)), false
	}
	_, n := utf8.DecodeRuneInString(l.text[l.pos:])
	l.pos += n
	return illegal, "", false
}

func (l *lexer) comparison(c byte) string {
	after := l.pos
	l.blanks()
	if l.peek() == '=' {
		l.pos++
		return string(rune(c)) + "="
	}
	l.pos = after
	if c == '!' {
		return "="
	}
	return string(rune(c))
}

func (l *lexer) dash() (k kind, lit string, comment bool) {
	l.pos++
	after := l.pos
	l.blanks()
	switch l.peek() {
	case '>':
		l.pos++
		return symbol, "->", false
	case '-':
		n := strings.IndexByte(l.text[l.pos:], '\n')
		if n < 0 {
			n = len(l.text) - l.pos
		}
		l.pos += n
		return 0, "", true
	}
	l.pos = after
	return symbol, "-", false
}

func (l *lexer) blockComment() (k kind, lit string, comment bool) {
	n := strings.Index(l.text[l.pos+2:], "*/")
	if n < 0 {
		l.pos = len(l.text)
		return illegal, "", false
	}
	l.pos += n + 4
	return 0, "", true
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
