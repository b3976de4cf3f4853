package streamsql

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// TestDepth checks that no nesting exhausts the stack, and that chains of any length are no nesting.
func TestDepth(t *testing.T) {
	const n = 10_000
	for _, c := range []struct{ before, part, after string }{
		{"SELECT ", "(", ""}, {"SELECT ", "a[", ""}, {"SELECT ", "f(", ""}, {"SELECT ", "IN ", ""}, {"SELECT a", " IN (a", ""},
		{"SELECT ", "CASE ", ""}, {"SELECT ", "* REPLACE(", ""}, {"SELECT ", "lag(a) OVER (WHEN ", ""},
		{"CREATE STREAM d (a ", "ARRAY(", ""}, {"CREATE STREAM d (a ", "STRUCT(a ", ""},
	} {
		text := c.before + strings.Repeat(c.part, n) + c.after
		_, err := ParseSelect(text)
		var e *Error
		if !errors.As(err, &e) || !strings.Contains(e.Msg, "nested more than") {
			t.Errorf("parsing %.30q: %v, want an error about nesting", text, err)
		}
	}
	for _, part := range []string{" + a", "->b", "[0]", " IN a", " BETWEEN 1 AND 2", ", a", "*b+c", " LIKE 'x'", "/ /**/ *", "-/**/-1"} {
		s, err := ParseSelect("SELECT a" + strings.Repeat(part, n) + " FROM demo")
		if err != nil {
			t.Errorf("parsing a chain of %q: %v", part, err)
			continue
		}
		CheckCalls(s, nil)
		if again, err := ParseSelect(Print(s)); err != nil || again == nil {
			t.Errorf("parsing a printed chain of %q: %v", part, err)
		}
	}
}

// TestLinear checks that a text four times as long does not take much more than four times as long.
func TestLinear(t *testing.T) {
	const size = 10_000
	deep := strings.Repeat("f(", MaxDepth-2) + "a" + strings.Repeat(")", MaxDepth-2)
	for _, c := range []struct{ before, part, after string }{
		{"SELECT a", " + a", " FROM d"}, {"SELECT a", ", '" + `\'"` + "'", " FROM d"}, {"SELECT '", `\'"`, ""}, {"SELECT \"", `\"`, ""},
		{"SELECT a", " /* - */ -- x\n", " FROM d"}, {"SELECT a FROM ", "a/", " AS x"}, {"SELECT a", "[-/**/1]", " FROM d"},
		{"SELECT a FROM d", " CROSS JOIN a", ""}, {"SELECT * FROM d GROUP BY count(a)", " + a", ""}, {"SELECT a", ", " + deep, " FROM d"},
		{"SELECT `", "a", ""}, {"SELECT ", "9", ""}, {"SELECT ", "9.", ""}, {"SELECT * ", "EXCEPT(a) REPLACE(b AS c) ", "FROM d"},
		{"CREATE STREAM d (", "a STRUCT(b BIGINT),", ") WITH ()"}, {"CREATE STREAM d () WITH (", `TYPE="a" ,,`, ")"},
	} {
		short := parseTime(c.before + strings.Repeat(c.part, size/len(c.part)) + c.after)
		long := parseTime(c.before + strings.Repeat(c.part, 4*size/len(c.part)) + c.after)
		if long > 100*time.Millisecond && long > 16*short {
			t.Errorf("parsing %.20q repeated: %v, and four times as much: %v", c.before+c.part, short, long)
		}
	}
}

// parseTime is the least time that a text takes of three times.
func parseTime(text string) time.Duration {
	least := time.Hour
	for range 3 {
		start := time.Now()
		if s, err := Check(text, func(string) bool { return true }); err == nil {
			Lint(text, s)
			Print(s)
		}
		if s, err := ParseStatement(text); err == nil && s != nil {
			Print(s)
		}
		least = min(least, time.Since(start))
	}
	return least
}
