package streamsql

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
)

// A verdict is what the engine answered to the import of one statement.
type verdict struct {
	Section, Name, SQL, Err, Src string
	OK                           bool
}

func readVerdicts(t *testing.T) []verdict {
	const file = "../../../shared/conformance/sql.jsonl"
	f, err := os.Open(file)
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("%s is not there; the agreement with the engine is not measured", file)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []verdict
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var v verdict
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	return all
}

// ours returns what an import of the statement would answer by our parser, and the engine's answer without
// the words that the import puts around those of the parser.
func ours(v verdict) (got, want string) {
	if v.Section == "rules" {
		want = strings.TrimPrefix(v.Err, "Parse SQL "+v.SQL+" error: ")
		if want != v.Err {
			want = strings.TrimSuffix(want, ".")
		}
		return ourRule(v.SQL), want
	}
	return ourSource(v), v.Err
}

func ourRule(sql string) string {
	s, err := Check(sql, nil)
	switch {
	case errors.Is(err, ErrNotSelect):
		return fmt.Sprintf("SQL %s is not a select statement.", sql)
	case err != nil:
		return err.Error()
	case s == nil:
		return "Rule r has neither sql nor graph."
	}
	return ""
}

func ourSource(v verdict) string {
	st, err := ParseStatement(v.SQL)
	if err != nil {
		return err.Error()
	}
	c, ok := st.(*Create)
	kind := strings.TrimSuffix(v.Section, "s")
	switch {
	case !ok:
		return fmt.Sprintf("Invalid %s statement: %s", kind, v.SQL)
	case c.Table != (kind == "table"):
		return fmt.Sprintf("%s %s is not found", kind, c.Name)
	case c.Name != v.Name:
		return fmt.Sprintf("Replace %[1]s fails: the sql statement must update the %[1]s source.", v.Name)
	case c.Options.Temp:
		return fmt.Sprintf("Replace %s fails: cannot replace with temp option.", v.Name)
	case c.Options.Kind == "lookup" && c.Table && c.Options.Type == "sql":
		return "Replace table fails: lookup source type sql not found."
	}
	return ""
}

// TestConformance compares our verdicts with the engine's, and our words with its words.
func TestConformance(t *testing.T) {
	count := map[string]int{}
	agree := map[string]int{}
	errs, sameWords := 0, 0
	for _, v := range readVerdicts(t) {
		got, want := ours(v)
		count[v.Src]++
		if (got == "") == v.OK {
			agree[v.Src]++
		} else {
			t.Logf("%s %s %q\n got %q\nwant %q", v.Src, v.Section, v.SQL, got, want)
		}
		if got != "" && !v.OK {
			errs++
			if got == want {
				sameWords++
			} else {
				t.Logf("words: %q\n got %q\nwant %q", v.SQL, got, want)
			}
		}
	}
	t.Logf("verdicts: cases %d of %d, mutants %d of %d; words: %d of %d",
		agree["case"], count["case"], agree["mutant"], count["mutant"], sameWords, errs)
	if agree["case"] < count["case"] || agree["mutant"] < count["mutant"] {
		t.Error("a verdict differs from the engine's")
	}
	if errs-sameWords > 1 {
		t.Errorf("%d errors differ from the engine's in their words, want 1", errs-sameWords)
	}
}

// TestPrintedConformance prints every statement that the engine accepts: the text has the same verdict,
// the same tree, and is printed the same again.
func TestPrintedConformance(t *testing.T) {
	n := 0
	for _, v := range readVerdicts(t) {
		if !v.OK {
			continue
		}
		n++
		if v.Section == "rules" {
			s, err := Check(v.SQL, nil)
			if err != nil || s == nil {
				t.Errorf("parsing %q: %v", v.SQL, err)
				continue
			}
			printed := Print(s)
			again, err := Check(printed, nil)
			checkPrinted(t, v.SQL, printed, s, again, err)
			continue
		}
		s, err := ParseStatement(v.SQL)
		if err != nil {
			t.Errorf("parsing %q: %v", v.SQL, err)
			continue
		}
		printed := Print(s)
		again, err := ParseStatement(printed)
		checkPrinted(t, v.SQL, printed, s, again, err)
		if got := ourSource(verdict{Section: v.Section, Name: v.Name, SQL: printed}); got != "" {
			t.Errorf("parsing %q, printed %q: %s", v.SQL, printed, got)
		}
	}
	t.Logf("%d statements printed", n)
}
