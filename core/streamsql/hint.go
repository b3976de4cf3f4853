package streamsql

import "strings"

// Nearest returns the candidate that a word is most likely a misspelling of, or "" when none is near.
// Case does not matter.
func Nearest(word string, candidates []string) string {
	const longest = 40
	if word == "" || len(word) > longest {
		return ""
	}
	best, least := "", 1+(len(word)+1)/3
	for _, c := range candidates {
		if d := len(c) - len(word); d >= least || -d >= least {
			continue
		}
		if d := distance(strings.ToLower(word), strings.ToLower(c)); d < least {
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

// didYouMean asks whether the nearest candidate is meant, or says nothing when none is near.
func didYouMean(word string, candidates []string) string {
	if near := Nearest(word, candidates); near != "" {
		return "did you mean " + near + "?"
	}
	return ""
}

// foreignWords are words of other dialects of SQL, and what stands for them here.
var foreignWords = map[string]string{
	"JOIN":     "write INNER, LEFT, RIGHT, FULL or CROSS before JOIN",
	"OUTER":    "leave out OUTER",
	"DISTINCT": "there is no DISTINCT; deduplicate(column, true) keeps one row of each value",
	"IS":       "there is no IS; write isnull(x), or isnull(x) = false",
	"OFFSET":   "there is no OFFSET",
	"UNION":    "there is no UNION; a rule has one SELECT",
	"INTEGER":  "did you mean BIGINT?",
	"INT":      "did you mean BIGINT?",
	"DOUBLE":   "did you mean FLOAT?",
	"NUMBER":   "did you mean FLOAT?",
	"TEXT":     "did you mean STRING?",
	"VARCHAR":  "did you mean STRING?",
	"BLOB":     "did you mean BYTEA?",
	"OBJECT":   "did you mean STRUCT?",
}

// clauseWords begin the clauses of a SELECT; a name at their place may be one of them misspelt.
var clauseWords = strings.Fields("SELECT FROM WHERE GROUP HAVING ORDER LIMIT INNER LEFT RIGHT FULL CROSS")

// frameWords are the reserved words that nobody would take for a field.
var frameWords = wordSet("SELECT FROM WHERE AND OR IN NOT BETWEEN LIKE AS GROUP HAVING JOIN WHEN THEN")

// hint says what is likely meant by the token the parser stopped at.
func (p *parser) hint() string {
	word := strings.ToUpper(p.tok.lit)
	switch p.tok.kind {
	case illegal:
		return illegalHint(word)
	case singleQuoted, doubleQuoted:
		return p.stringHint()
	case keyword, ident:
		if strings.EqualFold(p.lex.text[p.prev.pos:p.prev.end], "DISTINCT") {
			word = "DISTINCT"
		}
		if hint, ok := foreignWords[word]; ok {
			return hint
		}
	}
	if p.tok.kind == ident {
		return didYouMean(word, clauseWords)
	}
	return ""
}

// itemHint says what is wrong with the current token behind an item of a list: a word
// that is no clause misspelt may be the next item, behind a comma that is missing.
func (p *parser) itemHint(instead string) string {
	if hint := p.hint(); hint != "" || p.tok.kind != ident {
		return hint
	}
	return "put " + instead + " before " + p.tok.lit
}

// nameHint says what is wrong with the current token as a name.
func (p *parser) nameHint() string {
	switch p.tok.kind {
	case keyword:
		return p.tok.lit + " is a reserved word; as a name it must stand between backquotes"
	case singleQuoted, doubleQuoted:
		return "a name stands between backquotes, or without quotes"
	}
	return p.hint()
}

// stringHint says what is wrong with a string where none may stand.
func (p *parser) stringHint() string {
	if p.prev.kind == p.tok.kind && p.prev.end == p.tok.pos {
		return "a quote within a string needs a backslash before it"
	}
	return "a name stands between backquotes, or without quotes"
}

// illegalHint says what is wrong with a token that is none, from the literal that the engine shows.
func illegalHint(lit string) string {
	switch {
	case strings.HasPrefix(lit, "INVALID STRING"):
		return "a string holds no line break, and a backslash in it must be written twice"
	case lit != "":
		return "the quote that opens this string is never closed"
	}
	return "names of other characters than letters, digits and _ must stand between backquotes"
}
