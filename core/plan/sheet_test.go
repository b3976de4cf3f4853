package plan

import (
	"fmt"
	"hash/fnv"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
)

// curious is a check that looks at the entries that a text names, as "streams/a,rules/b 70",
// and wants that many hints. What it says of the entry hangs on all that it gets.
func curious(e Entry) Verdict {
	var hints int
	var names, seen string
	fmt.Sscan(e.Text, &names, &hints)
	for _, name := range strings.Split(names, ",") {
		if ref, err := core.ParseRef(name); err == nil {
			text, ok := e.After.Get(ref)
			seen += fmt.Sprintf("%s %q %v; ", name, text, ok)
		}
	}
	seen += fmt.Sprint(min(hints, e.Hints), " hints")
	h := fnv.New32a()
	fmt.Fprintln(h, e.Ref, e.Text, e.Old, e.Exists, seen)
	f := core.Finding{Severity: core.Warn, Message: seen}
	if h.Sum32()%4 == 0 {
		f.Severity = core.Fault
	}
	return Verdict{Text: fmt.Sprintf("%s (%d)", e.Text, h.Sum32()%2), Findings: []core.Finding{f}, Hints: hints}
}

func drawBundle(t *rapid.T, refs []core.Ref, label string) *bundle.Bundle {
	b := &bundle.Bundle{}
	for _, ref := range rapid.SliceOfDistinct(rapid.SampledFrom(refs), func(r core.Ref) core.Ref { return r }).Draw(t, label) {
		var asks []string
		for _, other := range rapid.SliceOfN(rapid.SampledFrom(refs), 1, 3).Draw(t, "looks at") {
			asks = append(asks, other.String())
		}
		b.Set(ref, fmt.Sprintf("%s %d", strings.Join(asks, ","), rapid.SampledFrom([]int{0, 0, 0, 70, 150}).Draw(t, "hints")))
	}
	return b
}

// A sheet that made any plans before makes the next one as a new sheet would.
func TestSheet(t *testing.T) {
	var refs []core.Ref
	for _, kind := range []core.Kind{core.Upload, core.Schema, core.Stream, core.Table, core.Rule} {
		refs = append(refs, core.Ref{Kind: kind, Name: "a"}, core.Ref{Kind: kind, Name: "b"})
	}
	rapid.Check(t, func(t *rapid.T) {
		current, next := Snapshot{Bundle: drawBundle(t, refs, "there")}, drawBundle(t, refs, "bundle")
		mode := rapid.SampledFrom([]Mode{Partial, Full}).Draw(t, "mode")
		sheet := NewSheet(mode, current, next, curious, nil)
		for range 6 {
			leave := rapid.SliceOfN(rapid.SampledFrom(refs), 0, 3).Draw(t, "leave")
			got, want := sheet.Plan(leave...), New(mode, current, next, curious, leave...)
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("%v without %v\n got %+v\nwant %+v", mode, leave, got, want)
			}
		}
	})
}

// Of what has not changed nobody is asked again.
func TestSheetAsksAgain(t *testing.T) {
	var asked []string
	check := func(e Entry) Verdict {
		asked = append(asked, e.Ref.String())
		curious(e)
		return Verdict{Text: e.Text}
	}
	next := parse(t, "rules/a=streams/s rules/b=streams/t rules/c=rules/a streams/s=x streams/t=x")
	sheet := NewSheet(Partial, Snapshot{Bundle: &bundle.Bundle{}}, next, check, nil)
	for _, c := range []struct{ leave, want string }{
		{"", "streams/s streams/t rules/a rules/b rules/c"},
		{"", ""},
		{"rules/b", ""},
		{"streams/s", "rules/a"},
		{"streams/t", "rules/a rules/b"},
		{"streams/t rules/a", "rules/c"},
	} {
		asked = nil
		var leave []core.Ref
		for ref := range parse(t, c.leave).All() {
			leave = append(leave, ref)
		}
		sheet.Plan(leave...)
		if got := strings.Join(asked, " "); got != c.want {
			t.Errorf("without %q it asked about %s, want %s", c.leave, got, c.want)
		}
	}
}
