package plan

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
)

// parse reads entries of the form "rules/a=1 streams/s=2".
func parse(t testing.TB, notation string) *bundle.Bundle {
	t.Helper()
	b := &bundle.Bundle{}
	for _, field := range strings.Fields(notation) {
		name, text, _ := strings.Cut(field, "=")
		ref, err := core.ParseRef(name)
		if err != nil {
			t.Fatal(err)
		}
		b.Set(ref, text)
	}
	return b
}

var signs = [NumActions]string{"+", "~", "-", "=", "^", "!", "o"}

// notate writes the steps of a plan as "+streams/s ~rules/a".
func notate(p *Plan) string {
	var out []string
	for _, s := range p.Steps {
		out = append(out, signs[s.Action]+s.Ref.String())
	}
	return strings.Join(out, " ")
}

// noBad refuses the text "bad" and stores "up" for "low".
func noBad(e Entry) Verdict {
	switch e.Text {
	case "bad":
		return Verdict{Text: e.Text, Findings: []core.Finding{{Severity: core.Fault, Ref: e.Ref, Message: "it is bad"}}}
	case "low":
		return Verdict{Text: "up"}
	}
	return Verdict{Text: e.Text}
}

func TestNew(t *testing.T) {
	tests := []struct {
		mode                Mode
		current, next, want string
	}{
		{Partial, "", "rules/a=1 streams/s=1", "+streams/s +rules/a"},
		{Partial, "rules/a=1 rules/b=1", "rules/a=2", "~rules/a"},
		{Partial, "rules/a=1", "rules/a=1", "=rules/a"},
		{Partial, "rules/a=up", "rules/a=low", "=rules/a"},
		{Partial, "rules/a=1", "rules/a=bad", "!rules/a"},
		{Partial, "rules/a=bad", "rules/a=bad", "=rules/a"},
		{Partial, "nativePlugins/p=1 Schema/s=1 scripts/f=1", "nativePlugins/p=2 Schema/s=1 scripts/f=2", "^nativePlugins/p =Schema/s ~scripts/f"},
		{Full, "nativePlugins/p=1", "nativePlugins/p=2", "~nativePlugins/p"},
		{Full, "streams/s=1 rules/a=1 rules/b=1 uploads/u=1", "rules/c=1", "-rules/b -rules/a -streams/s -uploads/u +rules/c"},
		{Full, "rules/a=1", "rules/a=bad", "-rules/a !rules/a"},
		{Full, "rules/a=1", "", "-rules/a"},
		{Full, "", "", ""},
	}
	for _, tt := range tests {
		p := New(tt.mode, Snapshot{Bundle: parse(t, tt.current)}, parse(t, tt.next), noBad)
		if got := notate(p); got != tt.want {
			t.Errorf("New(%v, %q, %q)\n got %s\nwant %s", tt.mode, tt.current, tt.next, got, tt.want)
		}
	}
}

// TestLeave plans with a check that refuses a rule unless there is a stream s.
func TestLeave(t *testing.T) {
	needsStream := func(e Entry) Verdict {
		if _, ok := e.After.Get(core.Ref{Kind: core.Stream, Name: "s"}); e.Ref.Kind == core.Rule && !ok {
			return Verdict{Text: e.Text, Findings: []core.Finding{{Severity: core.Fault, Ref: e.Ref, Message: "no stream"}}}
		}
		return Verdict{Text: e.Text}
	}
	tests := []struct {
		mode                       Mode
		current, next, leave, want string
	}{
		{Partial, "", "rules/a=1 streams/s=1", "rules/a", "+streams/s orules/a"},
		{Partial, "", "rules/a=1 streams/s=1", "streams/s", "ostreams/s !rules/a"},
		{Partial, "streams/s=1", "rules/a=1 streams/s=2", "streams/s", "ostreams/s +rules/a"},
		{Partial, "streams/s=1", "streams/s=1", "streams/s rules/z", "ostreams/s"},
		{Full, "streams/s=1 rules/b=1", "rules/a=1", "streams/s", "-rules/b ostreams/s +rules/a"},
		{Full, "streams/s=1 rules/b=1", "rules/a=1", "rules/b", "orules/b -streams/s !rules/a"},
		{Full, "streams/s=1 rules/a=1", "streams/s=2 rules/a=2", "rules/a", "~streams/s orules/a"},
		{Full, "", "rules/a=1", "rules/a", "orules/a"},
	}
	for _, tt := range tests {
		var leave []core.Ref
		for ref := range parse(t, tt.leave).All() {
			leave = append(leave, ref)
		}
		p := New(tt.mode, Snapshot{Bundle: parse(t, tt.current)}, parse(t, tt.next), needsStream, leave...)
		if got := notate(p); got != tt.want {
			t.Errorf("New(%v, %q, %q) without %q\n got %s\nwant %s", tt.mode, tt.current, tt.next, tt.leave, got, tt.want)
		}
	}
}

func TestReport(t *testing.T) {
	p := New(Partial, Snapshot{Bundle: &bundle.Bundle{}}, parse(t, "rules/a=bad rules/b=1 scripts/c=bad"), noBad)
	if want := parse(t, ""); p.Report().Equal(want) {
		t.Error("Report is empty")
	}
	var got []string
	for ref, msg := range p.Report().All() {
		got = append(got, ref.String()+": "+msg)
	}
	if s := strings.Join(got, ", "); s != "scripts/c: it is bad, rules/a: it is bad" {
		t.Errorf("Report = %s", s)
	}
}

func TestCheckSeesWhatWillBeThere(t *testing.T) {
	seen := map[string]string{}
	check := func(e Entry) Verdict {
		text, ok := e.After.Get(core.Ref{Kind: core.Stream, Name: "s"})
		seen[e.Ref.String()] = fmt.Sprint(text, ok)
		return noBad(e)
	}
	current := Snapshot{Bundle: parse(t, "streams/s=old")}
	New(Partial, current, parse(t, "scripts/f=1 streams/s=new rules/a=1"), check)
	New(Full, current, parse(t, "uploads/u=1 streams/s=bad tables/t=1"), check)
	want := map[string]string{"scripts/f": "oldtrue", "streams/s": "false", "rules/a": "newtrue", "uploads/u": "false", "tables/t": "false"}
	for ref, w := range want {
		if seen[ref] != w {
			t.Errorf("the check of %s saw streams/s = %s, want %s", ref, seen[ref], w)
		}
	}
}

func TestOutcome(t *testing.T) {
	p := New(Full, Snapshot{Bundle: parse(t, "rules/a=1 rules/b=1")}, parse(t, "rules/a=2 streams/s=bad scripts/f=1"), noBad)
	o := p.Outcome(true)
	if got := o.Total(); got != (Section{Created: 1, Replaced: 1, Deleted: 1, Rejected: 1}) {
		t.Errorf("Total = %+v", got)
	}
	if len(o.Sections) != core.NumKinds || o.Sections[0].Key != "streams" || o.Sections[11].Key != "scripts" {
		t.Errorf("Sections = %+v", o.Sections)
	}
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	var back Outcome
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	again, _ := json.Marshal(back)
	if string(again) != string(text) || !strings.Contains(string(text), `"rejected":[{"ref":"streams/s"`) {
		t.Errorf("Outcome changes on its way through JSON:\n%s\n%s", text, again)
	}
}

// entries draws a bundle over few names and texts, so that plans meet.
func entries(t *rapid.T, label string) *bundle.Bundle {
	b := &bundle.Bundle{}
	for range rapid.IntRange(0, 12).Draw(t, label) {
		kind := core.Kind(rapid.IntRange(0, core.NumKinds-1).Draw(t, "kind"))
		name := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "name")
		b.Set(core.Ref{Kind: kind, Name: name}, rapid.SampledFrom([]string{"1", "2", "low", "bad"}).Draw(t, "text"))
	}
	return b
}

// TestPlanProperties holds for every plan: applying it leads where its mode says, it
// is the same each time, and planning again finds nothing left to do.
func TestPlanProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		current, next := entries(t, "current"), entries(t, "next")
		mode := rapid.SampledFrom([]Mode{Partial, Full}).Draw(t, "mode")
		p := New(mode, Snapshot{Bundle: current}, next, noBad)
		after := current.Clone()
		for _, s := range p.Steps {
			switch s.Action {
			case Create, Replace:
				after.Set(s.Ref, s.New)
			case Delete:
				after.Delete(s.Ref)
			}
		}
		for ref, text := range next.All() {
			got, ok := after.Get(ref)
			_, was := current.Get(ref)
			switch {
			case mode == Partial && was && ref.Kind.Partial() == core.Keep:
			case text == "bad" && mode == Full && ok && !p.kept(ref):
				t.Fatalf("%v was refused and is there", ref)
			case text != "bad" && got != noBad(Entry{Text: text}).Text && got != text:
				t.Fatalf("%v = %q, want %q", ref, got, text)
			}
		}
		if n := after.Len(); mode == Full && n > next.Len() || mode == Partial && n < current.Len() {
			t.Fatalf("%v import of %d entries over %d leaves %d", mode, next.Len(), current.Len(), n)
		}
		if again := New(mode, Snapshot{Bundle: current}, next, noBad); notate(again) != notate(p) {
			t.Fatalf("planned twice: %s and %s", notate(p), notate(again))
		}
		if again := New(mode, Snapshot{Bundle: after}, next, noBad); !again.Empty() {
			t.Fatalf("planned after it was applied: %s", notate(again))
		}
	})
}

// kept reports whether an entry stays as it is.
func (p *Plan) kept(ref core.Ref) bool {
	for _, s := range p.Steps {
		if s.Ref == ref && (s.Action == Unchanged || s.Action == Kept) {
			return true
		}
	}
	return false
}
