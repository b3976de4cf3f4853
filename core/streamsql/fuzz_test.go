package streamsql

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// sameTree compares trees but for the places of their nodes.
var sameTree = cmp.Options{
	cmp.FilterPath(func(p cmp.Path) bool {
		switch p.Last().String() {
		case ".Span", ".NameEnd", ".NameSpan", ".ValueSpan":
			return true
		}
		return false
	}, cmp.Ignore()),
	cmpopts.EquateNaNs(),
}

var selects = []string{
	"", "-- c", "SELECT * FROM demo", "SELECT a, b AS c INVISIBLE FROM a/b/# AS t INNER JOIN x ON t.a = x.b;",
	"SELECT * EXCEPT(a) REPLACE(b + 1 AS c) FROM `my demo` CROSS JOIN `a.b` AS t",
	"SELECT a - /**/-1, -.5, 5., 'it\\'s', \"\\u00e9\", a[1:], a[-1], a[b], a[]->c.d, 2 * a[0] FROM demo",
	"SELECT CASE a WHEN 1 THEN 2 ELSE 3 END FROM d WHERE a NOT IN (1, 2) AND b BETWEEN 1 AND 2 + 3 OR c NOT LIKE \"a%\"",
	"SELECT lag(a) OVER (PARTITION BY b, c WHEN d > 1), row_number() OVER (ORDER BY a b DESC, c) FROM demo",
	"SELECT count(*) FROM d GROUP BY slidingwindow(ss, 10) FILTER (WHERE a > 1) OVER (WHEN a PARTITION BY b) HAVING x ORDER BY a LIMIT 3",
	"SELECT meta(a->b), mqtt(topic), IN (1), IN IN (2), [1:2] FROM", "SELECT a ! b, a < = b, t1. , *.id FROM demo demo",
	"SELECT row_number() OVER (ORDER BY) FROM a AS `` b", "SELECT (0)FROM ORDER BY",
}

var statements = []string{
	"", `CREATE STREAM demo () WITH (DATASOURCE="a", FORMAT="json");`,
	`CREATE TABLE t (a ARRAY(STRUCT(b BIGINT DEFAULT -1, c STRING,)), d FLOAT DEFAULT .5) WITH (KIND="lookup" TYPE="memory", KEY="id", SHARED=TRUE)`,
	"SHOW STREAMS", "DROP TABLE `a b`", "DESCRIBE STREAM x y", "EXPLAIN TABLE t", "\"CREATE\" 'STREAM' `` () `WITH` (\"key\"=\"\\xff\")",
	`CREATE STREAM d (a STRUCT(b BIGINT) WITH, c "BOOLEAN" DEFAULT 'true') WITH (EXTRA="{\"a\":1}")`,
}

func FuzzParseSelect(f *testing.F) {
	for _, s := range selects {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseSelect(text)
		checkError(t, text, err)
		Check(text, func(name string) bool { return len(name)%2 == 0 })
		if s == nil {
			return
		}
		checkTree(t, text, s)
		for _, e := range append(CheckCalls(s, nil), Lint(text, s)...) {
			checkError(t, text, e)
		}
		printed := Print(s)
		again, err := ParseSelect(printed)
		checkPrinted(t, text, printed, s, again, err)
	})
}

func FuzzParseStatement(f *testing.F) {
	for _, s := range statements {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseStatement(text)
		checkError(t, text, err)
		if s == nil {
			return
		}
		checkTree(t, text, s)
		printed := Print(s)
		again, err := ParseStatement(printed)
		checkPrinted(t, text, printed, s, again, err)
	})
}

// checkError checks that an error has a place within the text.
func checkError(t *testing.T, text string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	if e := err.(*Error); e.Pos < 0 || e.End < e.Pos || e.End > len(text) || e.Msg == "" {
		t.Errorf("parsing %q: bad error %+v", text, e)
	}
}

// checkTree checks that every node lies within its text and within the node it is a part of.
func checkTree(t *testing.T, text string, root Node) {
	t.Helper()
	Walk(root, func(n Node) bool {
		if n.Pos() < 0 || n.End() < n.Pos() || n.End() > len(text) {
			t.Errorf("parsing %q: %T from %d to %d", text, n, n.Pos(), n.End())
		}
		for _, part := range appendParts(nil, n) {
			if part.Pos() < n.Pos() || part.End() > n.End() {
				t.Errorf("parsing %q: %T from %d to %d is not within %T from %d to %d",
					text, part, part.Pos(), part.End(), n, n.Pos(), n.End())
			}
		}
		return true
	})
}

// checkPrinted checks that a printed statement is the same statement, and is printed the same again.
func checkPrinted(t *testing.T, text, printed string, s, again Statement, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("parsing %q, printed %q: %v", text, printed, err)
	}
	if diff := cmp.Diff(s, again, sameTree); diff != "" {
		t.Errorf("parsing %q, printed %q, changed the tree:\n%s", text, printed, diff)
	}
	if twice := Print(again); twice != printed {
		t.Errorf("parsing %q, printed %q, then %q", text, printed, twice)
	}
}
