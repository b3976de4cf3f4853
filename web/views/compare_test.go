package views

import (
	"fmt"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"ekuiper-console/core"
	"ekuiper-console/core/compare"
)

// What a comparison shows, a row a line: its class and the two cells, deletions in
// brackets and insertions in braces.
func TestCompareRows(t *testing.T) {
	words := strings.NewReplacer("<del>", "[", "</del>", "]", "<ins>", "{", "</ins>", "}")
	tests := []struct {
		kind          core.Kind
		old, new, row string
	}{
		{core.Rule, `{"id":"r","sql":"SELECT a FROM s"}`, `{"id":"r","sql":"SELECT b FROM s"}`, `chg 4 removed SELECT [a]|4 added SELECT {b}`},
		{core.Connection, `{"c":{"password":"hunter2"}}`, `{"c":{"password":"hunter3"}}`, `chg 3 removed "password": "[••••••]"|3 added "password": "{•••••• (changed)}"`},
		{core.Stream, ``, `CREATE STREAM s () WITH (FORMAT="<b>")`, `add |1 added CREATE STREAM s () WITH (FORMAT="<b>")`},
		{core.Rule, `{"id":"r","name":"x"}`, `{"id":"r"}`, `del 3 removed "name": "x"|`},
		{core.Rule, `{"id":"r","a":1,"b":2,"c":3}`, `{"id":"r","a":1.0,"c":3,"b":2}`, `fold 6 unchanged lines`},
	}
	for _, tt := range tests {
		rows := compare.Rows(tt.kind, tt.old, tt.new, 0)
		text, _ := render(t, compareRows(rows, "two texts"))
		_, doc := render(t, templ.Raw("<table>"+words.Replace(text)))
		var shown []string
		for _, tr := range elements(doc, "tr") {
			cells := elements(tr, "td")
			switch len(cells) {
			case 1:
				shown = append(shown, attr(tr, "class")+" "+textOf(cells[0]))
			case 4:
				shown = append(shown, fmt.Sprint(attr(tr, "class"), " ", strings.TrimSpace(textOf(cells[0])+" "+textOf(cells[1])), "|", strings.TrimSpace(textOf(cells[2])+" "+textOf(cells[3]))))
			}
		}
		if got := strings.Join(shown, "\n"); !strings.Contains("\n"+got+"\n", "\n"+tt.row+"\n") {
			t.Errorf("comparing %s\nwith %s shows\n%s\nwant a row %s", tt.old, tt.new, got, tt.row)
		}
		if strings.Contains(text, "hunter") {
			t.Errorf("comparing %s shows its secret:\n%s", tt.old, text)
		}
	}
}

func TestLongCompare(t *testing.T) {
	rows := make([]compare.Row, shownRows+7)
	if text, _ := render(t, compareRows(rows, "long")); !strings.Contains(text, "and 7 more lines") {
		t.Error("a long comparison does not say how much more there is")
	}
}

func TestCutSpans(t *testing.T) {
	line := []Span{{"a", "one"}, {"", "two"}, {"b", "three"}}
	for n, want := range map[int]string{0: "[] [{a one} { two} {b three}]", 3: "[{a one}] [{ two} {b three}]", 4: "[{a one} { t}] [{ wo} {b three}]", 20: "[{a one} { two} {b three}] []"} {
		before, after := cutSpans(line, n)
		if got := fmt.Sprint(before, " ", after); got != want {
			t.Errorf("cutSpans(%d) = %s, want %s", n, got, want)
		}
	}
}
