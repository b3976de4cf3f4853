package streamsql

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// A byteClass tells what a token may begin with, and what a word goes on with: the classes from letter on.
type byteClass uint8

const (
	unknown byteClass = iota
	blank
	mark // an operator or a bracket, or what one begins with
	quote
	letter
	digit
	underscore
)

var byteClasses = func() (of [256]byteClass) {
	for class, chars := range map[byteClass]string{
		blank: " \t\n\r", mark: "+-*/%&|^=!<>.,:;#()[]", quote: "\"'`", digit: "0123456789", underscore: "_",
	} {
		for _, c := range []byte(chars) {
			of[c] = class
		}
	}
	for c := 'a'; c <= 'z'; c++ {
		of[c], of[c-'a'+'A'] = letter, letter
	}
	return of
}()

// A lexer cuts a text into tokens from left to right and looks at no byte more than a fixed number of times.
// The literal of a token is a part of the text where it can be, so that few tokens cost memory.
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
		if k, lit := l.scan(); k != comment {
			return token{kind: k, lit: lit, pos: start, end: l.pos}
		}
	}
}

// blanks skips white space.
func (l *lexer) blanks() {
	for l.pos < len(l.text) && byteClasses[l.text[l.pos]] == blank {
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
func (l *lexer) scan() (kind, string) {
	c := l.text[l.pos]
	switch byteClasses[c] {
	case letter:
		return l.word()
	case digit:
		return l.number()
	case mark:
		return l.symbol(c)
	case quote:
		return l.quoted(c)
	}
	_, n := utf8.DecodeRuneInString(l.text[l.pos:])
	l.pos += n
	return illegal, ""
}

// word reads a name or a reserved word.
func (l *lexer) word() (kind, string) {
	start := l.pos
	for l.pos < len(l.text) && byteClasses[l.text[l.pos]] >= letter {
		l.pos++
	}
	lit := l.text[start:l.pos]
	if w := reservedWord(lit); w != "" {
		return keyword, w
	}
	return ident, lit
}

// number reads digits and points; whether they make a number is for the parser to say.
func (l *lexer) number() (kind, string) {
	start, k := l.pos, integer
	for ; l.pos < len(l.text) && (l.text[l.pos] == '.' || byteClasses[l.text[l.pos]] == digit); l.pos++ {
		if l.text[l.pos] == '.' {
			k = number
		}
	}
	return k, l.text[start:l.pos]
}

// symbol reads an operator, a bracket or a comment, and a number that begins with a point. Blanks are allowed
// inside the operators of two characters and after the stroke of a comment, and "!" alone is "=": all as the
// engine reads them.
func (l *lexer) symbol(c byte) (kind, string) {
	start := l.pos
	l.pos++
	switch c {
	case '!', '<', '>':
		return symbol, l.comparison(c)
	case '-':
		return l.dash()
	case '/':
		if l.skipTo('*') {
			return l.blockComment()
		}
	case '.':
		if byteClasses[l.peek()] == digit {
			l.pos = start
			return l.number()
		}
	}
	return symbol, l.text[start:l.pos]
}

// comparison reads what begins with !, < or >.
func (l *lexer) comparison(c byte) string {
	equals := l.skipTo('=')
	if equals {
		l.pos++
	}
	switch {
	case c == '<' && equals:
		return "<="
	case c == '<':
		return "<"
	case c == '>' && equals:
		return ">="
	case c == '>':
		return ">"
	case equals:
		return "!="
	}
	return "="
}

// skipTo goes to a character if it is the next but for blanks, and reports whether it is.
func (l *lexer) skipTo(c byte) bool {
	after := l.pos
	l.blanks()
	if l.peek() == c {
		return true
	}
	l.pos = after
	return false
}

// dash reads what begins with a dash that has been read.
func (l *lexer) dash() (kind, string) {
	after := l.pos
	l.blanks()
	switch l.peek() {
	case '>':
		l.pos++
		return symbol, "->"
	case '-':
		n := strings.IndexByte(l.text[l.pos:], '\n')
		if n < 0 {
			n = len(l.text) - l.pos
		}
		l.pos += n
		return comment, ""
	case '.':
		return l.dashPoint()
	}
	l.pos = after
	return symbol, "-"
}

// dashPoint reads on at the point after a dash. With digits after it, both are a part of a number, also where a
// number was subtracted: 1 -.5 is two numbers. Otherwise the engine loses the point.
func (l *lexer) dashPoint() (kind, string) {
	l.pos++
	l.blanks()
	if byteClasses[l.peek()] != digit {
		return symbol, "-"
	}
	_, digits := l.number()
	return number, "-." + digits
}

// negative reads the digits of a number whose sign has been read, blanks before them included. Where there are none
// the engine loses a character.
func (l *lexer) negative() (k kind, lit string, ok bool) {
	l.blanks()
	if byteClasses[l.peek()] == digit {
		k, lit = l.number()
		return k, "-" + lit, true
	}
	_, n := utf8.DecodeRuneInString(l.text[l.pos:])
	l.pos += n
	return illegal, "", false
}

// blockComment reads a comment whose stroke has been read.
func (l *lexer) blockComment() (kind, string) {
	n := strings.Index(l.text[l.pos+1:], "*/")
	if n < 0 {
		l.pos = len(l.text)
		return illegal, ""
	}
	l.pos += n + 3
	return comment, ""
}

// quoted reads a string in either kind of quotes, or a name between backquotes.
func (l *lexer) quoted(c byte) (kind, string) {
	switch c {
	case '"':
		return l.doubleQuoted()
	case '\'':
		return l.singleQuoted()
	}
	return ident, l.backquoted()
}

// backquoted reads a name of any characters. One that is not closed goes to the end of the text.
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

// doubleQuoted reads a string, which is illegal when it is not closed.
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

// singleQuoted rewrites the string as a double-quoted one, because that is how the engine reads and shows it. A
// quote after a backslash makes the engine take the character after it as it is, be it the closing quote.
func (l *lexer) singleQuoted() (kind, string) {
	start := l.pos + 1
	if n := strings.IndexAny(l.text[start:], "'\"\\\n"); n >= 0 && l.text[start+n] == '\'' && utf8.ValidString(l.text[start:start+n]) {
		l.pos = start + n + 1
		return singleQuoted, l.text[start : start+n]
	}
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
			} else if l.pos+1 < len(l.text) {
				b.WriteByte('\'')
				l.pos++
			}
			b.WriteByte(l.text[l.pos])
		default:
			b.WriteByte(c)
		}
	}
	return illegal, b.String()
}

// unquote replaces the escapes of a double-quoted string, all of those of Go.
func unquote(k kind, quoted string) (kind, string) {
	s, err := strconv.Unquote(quoted)
	if err != nil {
		return illegal, "invalid string: " + quoted
	}
	return k, s
}
