package streamsql

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestCalls finds the calls of every clause: all the functions of the text are called f1, f2 and so on, in this order.
func TestCalls(t *testing.T) {
	const sql = `SELECT f1(f2(a), [f3(b)]), * REPLACE(f4(c) AS c), CASE f5(x) WHEN f6(y) THEN f7(z) ELSE f8() END,
		lag(a) OVER (PARTITION BY f9(a) WHEN f10(b)), row_number() OVER (ORDER BY f11(c))
		FROM demo INNER JOIN b ON f12(a) = 1 WHERE a IN (f13(1), 2) AND f14(b) BETWEEN f15(1) AND f16(2)
		GROUP BY statewindow(f17(a), f18(b)) FILTER (WHERE f19(a)) OVER (WHEN f20(b) PARTITION BY f21(c)), f22(d)
		HAVING f23(a)[f24(b):f25(c)]->d > 1 ORDER BY f26(a) DESC`
	s, err := ParseSelect(sql)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for c := range Calls(s) {
		if got := sql[c.Pos():c.NameEnd]; got != c.Name {
			t.Errorf("the name of the call of %s is at %q", c.Name, got)
		}
		if c.Name == "lag" || c.Name == "row_number" {
			continue
		}
		n++
		if want := fmt.Sprint("f", n); c.Name != want {
			t.Errorf("call %d is of %s, want %s", n, c.Name, want)
		}
	}
	if n != 26 {
		t.Errorf("%d calls, want 26", n)
	}
	if found := CheckCalls(s, nil); len(found) != 26 {
		t.Errorf("%d unknown functions, want 26", len(found))
	}
	known := func(name string) bool { return strings.HasPrefix(name, "f") }
	if found := CheckCalls(s, known); len(found) != 0 {
		t.Errorf("findings when all are known: %v", found)
	}
	for c := range Calls(s) {
		if c.Name != "f1" {
			t.Errorf("first call is of %s", c.Name)
		}
		break
	}
}

func TestSources(t *testing.T) {
	const sql = "SELECT * FROM topic/# AS a LEFT JOIN `my t` ON a.x = 1 CROSS JOIN c"
	s, err := ParseSelect(sql)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, src := range s.Sources() {
		got = append(got, fmt.Sprintf("%s|%s|%s|%s", src.Name, src.Alias, sql[src.Pos():src.NameEnd], sql[src.Pos():src.End()]))
	}
	want := []string{"topic/#|a|topic/#|topic/# AS a", "my t||`my t`|`my t`", "c||c|c"}
	if !slices.Equal(got, want) {
		t.Errorf("Sources() = %q, want %q", got, want)
	}
}

func TestOptions(t *testing.T) {
	const sql = `CREATE TABLE t () WITH (DATASOURCE="a", datasource="b", SHARED=true, VERSION="V1", KIND="Lookup", RETAIN_SIZE="-3", CONF_KEY="")`
	st, err := ParseStatement(sql)
	if err != nil {
		t.Fatal(err)
	}
	c := st.(*Create)
	o := c.Options
	if !c.Table || c.Name != "t" || sql[c.NameSpan.From:c.NameSpan.To] != "t" {
		t.Errorf("create = %+v", c)
	}
	if o.DataSource != "b" || !o.Shared || o.Version != "v1" || o.Kind != "lookup" || o.RetainSize != -3 {
		t.Errorf("options = %+v", o)
	}
	if !o.Has("CONF_KEY") || o.Has("FORMAT") {
		t.Errorf("Has(CONF_KEY) = %v, Has(FORMAT) = %v, want true, false", o.Has("CONF_KEY"), o.Has("FORMAT"))
	}
	if g := o.Given[1]; g.Name != "DATASOURCE" || sql[g.ValueSpan.From:g.ValueSpan.To] != `"b"` {
		t.Errorf("second option is %+v", g)
	}
}

// TestNotSelect tells statements of another kind, and broken ones, from broken SELECTs.
func TestNotSelect(t *testing.T) {
	for _, c := range []struct {
		sql       string
		notSelect bool
	}{
		{"CREATE STREAM a () WITH ()", true}, {"hello", true}, {"SHOW STREAMS", true}, {"CREATE x", false}, {"SELECT", false},
	} {
		_, err := ParseSelect(c.sql)
		if err == nil || errors.Is(err, ErrNotSelect) != c.notSelect {
			t.Errorf("ParseSelect(%q): %v, want ErrNotSelect %v", c.sql, err, c.notSelect)
		}
	}
}

// TestFirst checks that Check reports what the engine meets first, be it in the syntax or in a call.
func TestFirst(t *testing.T) {
	for _, c := range []struct{ sql, want string }{
		{"SELECT nosuch(a FROM demo", "function nosuch not found"},
		{"SELECT abs(a, nosuch( FROM demo", "function nosuch not found"},
		{"SELECT abs(a, b) FROM demo WHERE", "validate function abs error: Expect 1 arguments but found 2."},
		{"SELECT abs(a, b FROM demo", `found function call "abs", expected ), but with "FROM".`},
		{"SELECT a IN (nosuch(b)) FROM demo", "expect elements for IN expression, but function nosuch not found"},
	} {
		if _, err := Check(c.sql, nil); err == nil || err.Error() != c.want {
			t.Errorf("Check(%q): %v, want %s", c.sql, err, c.want)
		}
	}
}

func TestNearest(t *testing.T) {
	candidates := []string{"FROM", "WHERE", "tumblingwindow", "abs"}
	for word, want := range map[string]string{"form": "FROM", "wher": "WHERE", "tumblingwndow": "tumblingwindow", "xyz": "", "": "", "foo": ""} {
		if got := Nearest(word, candidates); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}
