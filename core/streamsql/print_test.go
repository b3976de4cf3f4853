package streamsql

import (
	"strings"
	"testing"
)

// TestPrintExpr prints expressions; an empty form is the text itself.
func TestPrintExpr(t *testing.T) {
	for _, c := range []struct{ text, printed string }{
		{"a", ""}, {"A.b", ""}, {"a.*", ""}, {"*", ""}, {"`a`", "a"}, {"`a b`", ""}, {"`select`", ""}, {"`_a`", ""}, {"``", ""}, {"a.`ü`", ""}, {"t.", "t"},
		{"007", "7"}, {"- 1", "-1"}, {"99999999999999999999", "9223372036854775807"}, {"-99999999999999999999", "-9223372036854775808"},
		{"5.", "5.0"}, {".5", "0.5"}, {"-.50", "-0.5"}, {"100000000000000000000.0", ""},
		{"'a'", `"a"`}, {`'it\'s "x"'`, `"it's \"x\""`}, {`"\u00e9\x41\n"`, `"éA\n"`}, {"true", "TRUE"}, {"ms", "MS"},
		{"(a)", ""}, {"((a + 1))", ""}, {"a+b*c", "a + b * c"}, {"(a+b)*c", "(a + b) * c"}, {"a-b-c", "a - b - c"}, {"a - /**/-1", "a - (-1)"},
		{"a ! b", "a = b"}, {"a ! = b", "a != b"}, {"a < = b", "a <= b"}, {"a or b and c", "a OR b AND c"}, {"a|b^c&d%e", "a | b ^ c & d % e"},
		{"a.b.c", "a.b->c"}, {"a -> b", "a->b"}, {"a->b[ 0 ]", "a->b[0]"}, {"a[-1]", ""}, {"a[]", "a[:]"}, {"a[1:]", ""}, {"a[:x + 1]", ""}, {"a[x:3]", ""}, {"[1]", ""},
		{"2 * a->b", "2 * a->b"}, {"a in (1,'x')", `a IN (1, "x")`}, {"a not in b", "a NOT IN b"}, {"IN (1)", ""}, {"IN IN (1)", "IN (1)"},
		{"a between 1 and 2", "a BETWEEN 1 AND 2"}, {"a not between 1 and 2 + 3", "a NOT BETWEEN 1 AND 2 + 3"}, {"a like 'x%'", `a LIKE "x%"`}, {"a not like b", "a NOT LIKE b"},
		{"case when a>1 then 1 else 2 end", "CASE WHEN a > 1 THEN 1 ELSE 2 END"}, {"case a when 1 then 'x' when 2 then 'y' end", `CASE a WHEN 1 THEN "x" WHEN 2 THEN "y" END`},
		{"CASE WHEN TRUE THEN 1 ELSE 2 WHEN FALSE THEN 3 END", "CASE WHEN TRUE THEN 1 WHEN FALSE THEN 3 ELSE 2 END"},
		{"ABS( a, )", "ABS(a)"}, {"`my f`()", ""}, {"f()", ""}, {"lag(a) over (when b > 1)", "lag(a) OVER (WHEN b > 1)"},
		{"lag(a) OVER (PARTITION BY b, c WHEN d)", ""}, {"row_number() OVER (PARTITION BY a ORDER BY b desc c asc)", "row_number() OVER (PARTITION BY a ORDER BY b DESC, c)"},
		{"tumblingwindow(ss,10)", "TUMBLINGWINDOW(SS, 10)"}, {"countwindow(5, 2) filter (where a > 1)", "COUNTWINDOW(5, 2) FILTER (WHERE a > 1)"},
		{"SLIDINGWINDOW(MS, 5) OVER (WHEN a PARTITION BY b)", ""}, {"SLIDINGWINDOW(MS, 5) OVER ()", ""},
		{"* except(a b,) replace(b+1 as c)", "* EXCEPT(a, b) REPLACE(b + 1 AS c)"},
	} {
		s, err := ParseSelect("SELECT " + c.text + " FROM d")
		if err != nil {
			t.Errorf("parsing %s: %v", c.text, err)
			continue
		}
		want := c.printed
		if want == "" {
			want = c.text
		}
		if got := Print(s.Fields[0].Expr); got != want {
			t.Errorf("Print(%s) = %s, want %s", c.text, got, want)
		}
		if got := Print(s); got != "SELECT "+want+" FROM d" {
			t.Errorf("Print(%s) = %s within a statement", c.text, got)
		}
	}
}

// TestPrintSource prints what stands after FROM; an empty form is the text itself.
func TestPrintSource(t *testing.T) {
	for _, c := range []struct{ text, printed string }{
		{"d", ""}, {"a/b/#", ""}, {"a/b/# AS x", ""}, {"`a/` AS x", ""}, {"a/# AS x", ""}, {"/ a / +", "/a/+"}, {"`a`/`b`", "a/b"}, {"d e", "de"}, {"", "``"},
		{"`a b`", ""}, {"`a-b`", ""}, {"`/AS/`", ""}, {"`a/*x*/`", ""}, {"`/*`", ""}, {"`where`", ""}, {"`1`", ""}, {"a AS `b c`", ""},
		{"`x` AS ``", "x"}, {"d inner join e on d.a=e.b", "d INNER JOIN e ON d.a = e.b"}, {"d cross join e as f left join g", "d CROSS JOIN e AS f LEFT JOIN g"},
	} {
		s, err := ParseSelect("SELECT a FROM " + c.text)
		if err != nil {
			t.Errorf("parsing %s: %v", c.text, err)
			continue
		}
		want := c.printed
		if want == "" {
			want = c.text
		}
		printed := Print(s)
		if got := strings.TrimPrefix(printed, "SELECT a FROM "); got != want {
			t.Errorf("Print(%s) = %s, want %s", c.text, got, want)
		}
		again, err := ParseSelect(printed)
		checkPrinted(t, c.text, printed, s, again, err)
	}
}

// TestPrintStatement prints statements that are no SELECT, and clauses of one.
func TestPrintStatement(t *testing.T) {
	for text, want := range map[string]string{
		"create stream `a b` () with ();":                                                  "CREATE STREAM `a b` () WITH ()",
		`CREATE STREAM d (a STRUCT() WITH, c BIGINT) WITH ()`:                              `CREATE STREAM d (a STRUCT() WITH, c BIGINT) WITH ()`,
		`CREATE TABLE t (a bigint, b array(struct(c string,)),) WITH (KEY="k" ,,TYPE="x")`: `CREATE TABLE t (a BIGINT, b ARRAY(STRUCT(c STRING))) WITH (KEY="k", TYPE="x")`,
		`CREATE STREAM d (a FLOAT DEFAULT - 5) WITH (shared=true)`:                         `CREATE STREAM d (a FLOAT DEFAULT -5) WITH (SHARED="TRUE")`,
		"show tables":                 "SHOW TABLES",
		"describe stream a and so on": "DESCRIBE STREAM a",
		"explain table `t`":           "EXPLAIN TABLE t",
		"drop stream `drop it`":       "DROP STREAM `drop it`",
		"SELECT a as b invisible, c FROM d where a group by b, c having e order by f desc, g limit 5;": "SELECT a AS b INVISIBLE, c FROM d WHERE a GROUP BY b, c HAVING e ORDER BY f DESC, g LIMIT 5;",
		"SELECT a FROM d ORDER BY , LIMIT -1": "SELECT a FROM d LIMIT -1",
	} {
		n := parseAny(t, text)
		if got := Print(n); got != want {
			t.Errorf("Print(%s) = %s, want %s", text, got, want)
		}
		if got := Print(parseAny(t, want)); got != want {
			t.Errorf("Print(%s) = %s", want, got)
		}
	}
}

// parseAny parses a statement of any kind.
func parseAny(t *testing.T, text string) Node {
	t.Helper()
	n, err := ParseStatement(text)
	if n != nil || err != nil {
		if err != nil {
			t.Fatalf("parsing %s: %v", text, err)
		}
		return n
	}
	s, err := ParseSelect(text)
	if err != nil {
		t.Fatalf("parsing %s: %v", text, err)
	}
	return s
}
