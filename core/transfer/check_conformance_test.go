package transfer

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/fetch"
	"ekuiper-console/core/plan"
)

// recorded is where the engine's recorded verdicts are, beside the project.
const recorded = "../../../shared/conformance"

// intended are the entries that we judge otherwise than the engine did, and why.
var intended = []struct{ section, text, why string }{
	{"Schema", `{"type": "nope", "name": "s", "content": "x"}`, "the engine held an entry of this name already and passed over this one"},
}

// row is one entry with what the engine said of it, in each mode.
type row struct {
	Section string `json:"section"`
	Name    string `json:"name"`
	Text    string `json:"text"`
	Partial *bool  `json:"partial_ok"`
	PartErr string `json:"partial_err"`
	Full    *bool  `json:"full_ok"`
	FullErr string `json:"full_err"`
}

// verdict returns what the engine said in a mode, or nil where it said nothing or died.
func (r row) verdict(mode plan.Mode) (*bool, string) {
	if mode == plan.Partial {
		return r.Partial, r.PartErr
	}
	return r.Full, r.FullErr
}

func readRows(t *testing.T) (rows []row, world *bundle.Bundle) {
	f, err := os.Open(filepath.Join(recorded, "entries.jsonl"))
	if err != nil {
		t.Skipf("the engine's recorded verdicts are not here: %v", err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r row
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
	data, err := os.ReadFile(filepath.Join(recorded, "context.json"))
	if err != nil {
		t.Fatal(err)
	}
	if world, _, err = bundle.Decode(data); err != nil {
		t.Fatal(err)
	}
	return rows, world
}

// judged returns the message under which an import of one entry into a world would refuse it, or "".
func judged(mode plan.Mode, world *bundle.Bundle, ref core.Ref, text string) string {
	next := world.Clone()
	next.Set(ref, text)
	files := &fetches{open: &fetch.Fetcher{Roots: []string{"/"}}}
	current := plan.Snapshot{Bundle: &bundle.Bundle{}}
	files.get(context.Background(), wanted(mode, current.Bundle, next, nil))
	p := plan.New(mode, current, next, newChecker(mode, current, next, files).check)
	msg, _ := p.Report().Get(ref)
	return msg
}

// tally counts rows by section and mode.
type tally struct{ rows, agree, refusals, texts int }

// TestConformance compares imports with the engine's, for every section and mode.
func TestConformance(t *testing.T) {
	rows, world := readRows(t)
	for _, mode := range []plan.Mode{plan.Full, plan.Partial} {
		sections := map[string]*tally{}
		all := &tally{}
		for _, r := range rows {
			ok, want := r.verdict(mode)
			if ok == nil {
				continue
			}
			kind, _ := core.KindOf(r.Section)
			got := judged(mode, world, core.Ref{Kind: kind, Name: r.Name}, r.Text)
			if sections[r.Section] == nil {
				sections[r.Section] = &tally{}
			}
			for _, n := range []*tally{all, sections[r.Section]} {
				n.count(r, *ok, got, want)
			}
			if (got == "") != *ok && !r.intended() {
				t.Logf("%v %s/%s %.400s\n  got %q\n want %q", mode, r.Section, r.Name, r.Text, got, want)
			} else if got != want && got != "" && testing.Verbose() {
				t.Logf("%v text of %s/%s %.400s\n  got %q\n want %q", mode, r.Section, r.Name, r.Text, got, want)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(sections)) {
			t.Logf("%v %s: %v", mode, name, sections[name])
		}
		t.Logf("%v: %v", mode, all)
		if all.agree*100 < all.rows*99 {
			t.Errorf("%v: only %d of %d verdicts agree", mode, all.agree, all.rows)
		}
	}
}

func (n *tally) count(r row, ok bool, got, want string) {
	n.rows++
	if (got == "") == ok || r.intended() {
		n.agree++
	}
	if !ok {
		n.refusals++
		if got == want {
			n.texts++
		}
	}
}

func (n *tally) String() string {
	return fmt.Sprintf("%d of %d verdicts agree, %d of %d texts of refusals", n.agree, n.rows, n.texts, n.refusals)
}

func (r row) intended() bool {
	return slices.ContainsFunc(intended, func(i struct{ section, text, why string }) bool { return i.section == r.Section && i.text == r.Text })
}
