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
	return t.lit == lit && (t.kind == keyword || t.kind == symbol)
}

// class is the literal of keywords and symbols and the class of everything else.
func (t token) class() string {
	if name, ok := kindNames[t.kind]; ok {
		return name
	}
	return t.lit
}

// reserved holds the words that name a stream, field or alias only between backquotes.
var reserved = wordSet(`SELECT AS FROM WHERE AND OR GROUP HAVING ORDER BY DESC ASC FILTER INNER LEFT RIGHT FULL
	CROSS JOIN ON CASE WHEN THEN DEFAULT ELSE END IN NOT BETWEEN LIKE OVER PARTITION REPLACE EXCEPT INVISIBLE
	TRUE FALSE DD HH MI SS MS LIMIT`)

var timeUnits = wordSet("DD HH MI SS MS")

func wordSet(words string) map[string]bool {
	set := make(map[string]bool)
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// Reserved reports whether a word, in any case, must stand between backquotes to be used as a name.
func Reserved(word string) bool {
	return reserved[strings.ToUpper(word)]
}
