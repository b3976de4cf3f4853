package streamsql

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// visited lists the nodes of a statement as they are visited, by their types.
func visited(t *testing.T, text string, leaveOut string) string {
	var names []string
	Walk(parseAny(t, text), func(n Node) bool {
		name := strings.TrimPrefix(fmt.Sprintf("%T", n), "*streamsql.")
		names = append(names, name)
		return name != leaveOut
	})
	return strings.Join(names, " ")
}

func TestWalkOrder(t *testing.T) {
	for text, want := range map[string]string{
		"SELECT a + 1, (b) FROM d": "Select Field Binary Ref Int Field Paren Ref Source",
		"SELECT a FROM d CROSS JOIN e LEFT JOIN f ON a = 'x' WHERE TRUE GROUP BY b HAVING 1.5 ORDER BY d LIMIT 1": "Select Field Ref Source Join Source Join Source Binary Ref String Bool Ref Float SortItem Ref Int",
		"SELECT CASE a WHEN 1 THEN b ELSE 'c' END FROM d":                                                         "Select Field Case Ref When Int Ref String Source",
		"SELECT a[1:b], a[:2], a['x'] FROM d":                                                                     "Select Field Binary Ref Slice Int Ref Field Binary Ref Slice Int Field Binary Ref Index String Source",
		"SELECT a IN (1, b) FROM d":                                                                               "Select Field Binary Ref List Int Ref Source",
		"SELECT a BETWEEN 1 AND b FROM d":                                                                         "Select Field Binary Ref Range Int Ref Source",
		"SELECT * EXCEPT(x) REPLACE(a AS b) FROM d":                                                               "Select Field Star Field Ref Source",
		"SELECT lag(a) OVER (PARTITION BY 1 WHEN b) FROM d":                                                       "Select Field Call Ref Over Int Ref Source",
		"SELECT row_number() OVER (ORDER BY a) FROM d":                                                            "Select Field Call Over SortItem Ref Source",
		"SELECT a FROM d GROUP BY slidingwindow(ss, 1) FILTER (WHERE b) OVER (WHEN 'c' PARTITION BY 2.5)":         "Select Field Ref Source Window TimeUnit Int Ref Over String Float",
		"CREATE STREAM d (a BIGINT DEFAULT 1, b ARRAY(STRUCT(c STRING, e FLOAT))) WITH ()":                        "Create Column Int Column Column Column",
		"DROP STREAM d": "Drop",
	} {
		if got := visited(t, text, ""); got != want {
			t.Errorf("Walk(%s)\n got %s\nwant %s", text, got, want)
		}
	}
	if got := visited(t, "SELECT f(a), b FROM d", "Call"); got != "Select Field Call Field Ref Source" {
		t.Errorf("without the parts of calls: %s", got)
	}
}

// TestCheckCallsNames hints at the names of the caller as at the built-in ones, and asks for them only when it must.
func TestCheckCallsNames(t *testing.T) {
	asked := 0
	names := func() []string {
		asked++
		return []string{"myFilter", "frobnicate"}
	}
	known := func(name string) bool { return name == "myFilter" }
	for _, c := range []struct{ call, hint string }{
		{"myFilter(a)", ""}, {"count(a)", ""}, {"myfliter(a)", "did you mean myFilter?"}, {"frobnikate()", "did you mean frobnicate?"},
		{"cuont(a)", "did you mean count?"}, {"zzzzzz(a)", ""},
	} {
		s, err := ParseSelect("SELECT " + c.call + " FROM d")
		if err != nil {
			t.Fatal(err)
		}
		asked = 0
		found := CheckCalls(s, known, names)
		hint := ""
		if len(found) > 0 {
			hint = found[0].Hint
		}
		if hint != c.hint || asked != len(found) {
			t.Errorf("CheckCalls(%s): hint %q, names asked for %d times, want %q", c.call, hint, asked, c.hint)
		}
	}
}

func TestMaxFindings(t *testing.T) {
	text := "SELECT f() ! 1" + strings.Repeat(", f() ! 1", 2*MaxFindings) + " FROM d"
	s, err := ParseSelect(text)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(CheckCalls(s, nil)); n != MaxFindings {
		t.Errorf("CheckCalls returns %d findings, want %d", n, MaxFindings)
	}
	if n := len(Lint(text, s)); n != MaxFindings {
		t.Errorf("Lint returns %d findings, want %d", n, MaxFindings)
	}
}

// TestFineAllocatesNothing checks that a statement without faults costs the checks no memory.
func TestFineAllocatesNothing(t *testing.T) {
	rules, _ := plant(1)
	s, err := ParseSelect(rules[0])
	if err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(100, func() { CheckCalls(s, nil); Lint(rules[0], s) }); n > 0 {
		t.Errorf("CheckCalls and Lint allocate %v times", n)
	}
	if n := testing.AllocsPerRun(100, func() { ParseSelect(rules[0]) }); n > 25 {
		t.Errorf("ParseSelect allocates %v times, want 25 at most", n)
	}
}

func TestBuiltin(t *testing.T) {
	for name, want := range map[string]string{"count": "count", "TumblingWindow": "tumblingwindow", "": "", "nosuch": "", strings.Repeat("A", 100): ""} {
		if f, ok := Builtin(name); f.Name != want || ok != (want != "") {
			t.Errorf("Builtin(%q) = %q, %v, want %q", name, f.Name, ok, want)
		}
	}
	names := functionNames()
	if !slices.IsSorted(names) {
		t.Error("the built-in functions are not in alphabetical order")
	}
	for word, want := range map[string]bool{"select": true, "Limit": true, "stream": false, "": false, "_a": false, "1": false} {
		if got := Reserved(word); got != want {
			t.Errorf("Reserved(%q) = %v, want %v", word, got, want)
		}
	}
}
