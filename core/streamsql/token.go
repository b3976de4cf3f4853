package streamsql

import "strings"

// kind is the class of a token.
type kind uint8

const (
	illegal kind = iota
	eof
	ident
	integer
	number
	doubleQuoted
	singleQuoted
	symbol  // an operator or a bracket; the literal says which
	keyword // a reserved word; the literal is upper case
	comment // never leaves the lexer
)

// kindNames are the words the engine uses where it names the class of a token and not its literal.
var kindNames = map[kind]string{
	illegal: "ILLEGAL", eof: "EOF", ident: "IDENT", integer: "INTEGER", number: "NUMBER",
	doubleQuoted: "STRING", singleQuoted: "STRING",
}

// A token is one word of a text. Its literal is what messages show: the upper-case keyword,
// the content of a string, nothing for a character that belongs to no token.
type token struct {
	kind     kind
	lit      string
	pos, end int
}

// is reports whether the token is the given keyword or symbol.
func (t token) is(lit string) bool {
	return t.kind >= symbol && t.lit == lit
}

// class is the literal of keywords and symbols and the class of everything else.
func (t token) class() string {
	if name, ok := kindNames[t.kind]; ok {
		return name
	}
	return t.lit
}

// reserved holds the words that name a stream, field or alias only between backquotes, by their
// first letter, A to Z.
var reserved = byLetter(`SELECT AS FROM WHERE AND OR GROUP HAVING ORDER BY DESC ASC FILTER INNER LEFT RIGHT FULL
	CROSS JOIN ON CASE WHEN THEN DEFAULT ELSE END IN NOT BETWEEN LIKE OVER PARTITION REPLACE EXCEPT INVISIBLE
	TRUE FALSE DD HH MI SS MS LIMIT`)

// byLetter sorts words in capitals by their first letter.
func byLetter(words string) (by [26][]string) {
	for w := range strings.FieldsSeq(words) {
		by[w[0]-'A'] = append(by[w[0]-'A'], w)
	}
	return by
}

// reservedWord returns the reserved word that a word is, in upper case, or "". The word begins with a letter.
func reservedWord(word string) string {
	for _, w := range reserved[word[0]&^0x20-'A'] {
		if len(w) == len(word) && strings.EqualFold(w, word) {
			return w
		}
	}
	return ""
}

// Reserved reports whether a word, in any case, must stand between backquotes to be used as a name.
func Reserved(word string) bool {
	return word != "" && byteClasses[word[0]] == letter && reservedWord(word) != ""
}

// isTimeUnit reports whether a reserved word is a unit of time: days, hours, minutes, seconds or milliseconds.
func isTimeUnit(keyword string) bool {
	switch keyword {
	case "DD", "HH", "MI", "SS", "MS":
		return true
	}
	return false
}

// wordSet makes a set of the words of a text.
func wordSet(words string) map[string]bool {
	set := make(map[string]bool)
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}
