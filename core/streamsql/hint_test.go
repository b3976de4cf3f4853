package streamsql

import (
	"strings"
	"testing"
)

// TestHints has for each text the beginning of the message and of the hint.
func TestHints(t *testing.T) {
	for _, c := range []struct{ text, msg, hint string }{
		{"SELEC a FROM d", `Found "SELEC"`, "the sql of a rule is one SELECT"},
		{"SELECT a FORM d", `found "FORM", expected FROM.`, "did you mean FROM?"},
		{"SELECT a b FROM d", `found "b", expected FROM.`, "put a comma, or AS, before b"},
		{"CREATE STREAM d (a BIGINT b STRING) WITH ()", `found "b", expect comma or rparen.`, "put a comma before b"},
		{"SELECT a FROM d GRUOP BY b", `found "BY", expected EOF.`, ""},
		{"SELECT a FROM d JOIN e", `found "JOIN", expected EOF.`, "write INNER, LEFT"},
		{"SELECT DISTINCT a FROM d", `found "a", expected FROM.`, "there is no DISTINCT"},
		{"SELECT a FROM d WHERE a IS NULL", `found "IS", expected EOF.`, "there is no IS"},
		{"SELECT a FROM d LIMIT 1 OFFSET 2", `found "OFFSET", expected EOF.`, "there is no OFFSET"},
		{"SELECT order FROM d", `found "ORDER", expected expression.`, "ORDER is a reserved word"},
		{"SELECT a AS 'b' FROM d", `found "b", expected as alias.`, "a name stands between backquotes"},
		{"SELECT 'it''s' FROM d", `found "s", expected FROM.`, "a quote within a string"},
		{`SELECT "a\qb" FROM d`, `found "invalid string:`, "a string holds no line break"},
		{"SELECT 'a FROM d", `found "\"a FROM d"`, "the quote that opens"},
		{"SELECT größe FROM d", `found "", expected FROM.`, "names of other characters"},
		{"SELECT a[1+1] FROM d", `Unexpected token "1".`, "put the index in parentheses"},
		{"SELECT cuont(*) FROM d", "function cuont not found", "did you mean count?"},
		{"CREATE STREAM d WITH ()", `found "WITH", expected lparen`, "the parentheses of the fields"},
		{"CREATE STREAM select () WITH ()", `found "SELECT", expected stream name.`, "SELECT is a reserved word"},
		{"CREATE STREAM d (a INT) WITH ()", `found "INT", expect valid stream field types`, "did you mean BIGINT?"},
		{"CREATE STREAM d (a STRNG) WITH ()", `found "STRNG"`, "did you mean STRING?"},
		{`CREATE STREAM d () WITH (DATASORCE="a")`, `found "DATASORCE", unknown option keys`, "did you mean DATASOURCE?"},
		{"CREATE STREAM d () WITH (TYPE='a')", `found "a", expect string or boolean value`, "the value of an option"},
		{`CREATE STREAM d () WITH (FORMAT="jsno")`, "option 'format=jsno' is invalid", "did you mean json?"},
	} {
		_, err := ParseStatement(c.text)
		if err == nil {
			_, err = Check(c.text, nil)
		}
		e, ok := err.(*Error)
		if !ok {
			t.Errorf("parsing %s: %v, want an *Error", c.text, err)
			continue
		}
		if !strings.HasPrefix(e.Msg, c.msg) || !strings.HasPrefix(e.Hint, c.hint) || (c.hint == "") != (e.Hint == "") {
			t.Errorf("parsing %s:\n got %s\nhint %s\nwant %s\nhint %s", c.text, e.Msg, e.Hint, c.msg, c.hint)
		}
	}
}

// TestWords checks that messages keep the blanks and line ends that the engine's have.
func TestWords(t *testing.T) {
	for text, want := range map[string]string{
		"SELEC * FROM demo":                                 "Found \"SELEC\", Expected SELECT.\n",
		"SELECT a FROM d CROSS JOIN e ON a = b":             "On expression is not required for cross join type.\n",
		"SELECT a FROM d GROUP BY tumblingwindow(ss)":       "The arguments for tumblingwindow should be 2.\n",
		"SELECT a FROM d GROUP BY tumblingwindow(ss, a)":    "The 1 argument for tumblingwindow is expecting interger literal expression. \n",
		"SELECT lag(a) OVER (WHEN x PARTITION BY b) FROM d": "Found \"PARTITION\", expect right parentheses after OVER ",
		"SELECT a[99999999999999999999] FROM d":             "The start index 99999999999999999999 is not an int value in bracket expression.",
		"SELECT a[0:-99999999999999999999] FROM d":          "The end index -99999999999999999999 is not an int value in bracket expression.",
		"SELECT a IN (b IN (\"" + strings.Repeat("x", 9999): "expect elements for IN expression, but expect elements for IN expression, but found \"\\\"" + strings.Repeat("x", 1999) + "…\", expected expression.",
	} {
		if _, err := Check(text, nil); err == nil || err.Error() != want {
			t.Errorf("Check(%.50q): %v, want %q", text, err, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "abc", 0}, {"abc", "abd", 1}, {"abc", "acb", 1}, {"abc", "ab", 1}, {"abc", "xabc", 1}, {"kitten", "sitting", 3}} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
