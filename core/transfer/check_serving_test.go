package transfer

import (
	"fmt"
	"strings"
	"testing"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
)

// served are plugins: p and q are portable ones, whose archives are at their names; a and b
// are native ones that bring f. "p2" is p at another address.
var served = map[string]string{
	"p":  `portablePlugins/p = {"name":"p","file":"https://h/p.zip"}`,
	"p2": `portablePlugins/p = {"name":"p","file":"https://h/p2.zip"}`,
	"q":  `portablePlugins/q = {"name":"q","file":"https://h/q.zip"}`,
	"v":  `Service/v = {"name":"v","file":"https://h/v.zip"}`,
	"v2": `Service/v = {"name":"v","file":"https://h/v2.zip"}`,
	"a":  `nativePlugins/functions_a = {"name":"a","file":"https://h/a.zip","functions":["f"]}`,
	"b":  `nativePlugins/functions_b = {"name":"b","file":"https://h/b.zip","functions":["f"]}`,
	"s":  `streams/s = CREATE STREAM s () WITH (DATASOURCE="x", TYPE="memory")`,
}

// of makes a bundle of served plugins.
func of(t *testing.T, names string) *bundle.Bundle {
	var lines []string
	for name := range strings.FieldsSeq(names) {
		lines = append(lines, served[name])
	}
	return entries(t, lines...)
}

// archives makes what is known of archives: "p:f" brings f, "p!404" could not be had, "p!"
// is refused and unreadable, and "p!f" is refused and would have brought f.
func archives(t *testing.T, words string) *fetches {
	f := &fetches{done: map[string]fetched{}, found: map[core.Ref]found{}}
	for word := range strings.FieldsSeq(words) {
		at := strings.IndexAny(word, ":!")
		ref, _, _ := strings.Cut(served[word[:at]], " = ")
		r, err := core.ParseRef(ref)
		if err != nil {
			t.Fatal(err)
		}
		p := core.Provides{Functions: []string{word[at+1:]}}
		switch {
		case word[at] == ':':
			f.found[r] = found{&plan.Artifact{Provides: p}, nil, &p}
		case p.Functions[0] == "404":
			f.done["https://h/"+word[:at]+".zip"] = fetched{err: core.Errorf(core.Invalid, "404")}
		default:
			f.found[r] = refused(r, core.Errorf(core.Invalid, "refused"))
			if p.Functions[0] != "" {
				f.found[r] = found{nil, f.found[r].findings, &p}
			}
		}
	}
	return f
}

// TestServing has a rule that calls f over what is there (each with its archive known) and what is
// to come.
func TestServing(t *testing.T) {
	const guess = "taken for a part"
	tests := []struct {
		mode                           plan.Mode
		current, next, archives, leave string
		want                           string // "" where f is there, guess, else "<cause> hint"
	}{
		{plan.Partial, "", "p", "p:f", "", ""},
		{plan.Partial, "", "p", "p:g", "", "<> "},
		{plan.Partial, "", "p", "", "", guess},
		{plan.Partial, "", "p", "p!404", "", "<portablePlugins/p> it follows from the error of portablePlugins/p"},
		{plan.Full, "", "p", "p!404", "", "<portablePlugins/p> it follows from the error of portablePlugins/p"},
		{plan.Partial, "", "p", "p!", "", "<portablePlugins/p> it follows from the error of portablePlugins/p"},
		{plan.Partial, "", "p", "p!f", "", "<portablePlugins/p> it follows from the error of portablePlugins/p"},
		{plan.Partial, "", "p", "p!g", "", "<> "},
		{plan.Partial, "", "p q", "p!404 q!404", "", "<> "},
		{plan.Partial, "", "p q", "p!404", "", guess},
		{plan.Partial, "", "p q", "p!f", "", "<portablePlugins/p> it follows from the error of portablePlugins/p"},
		{plan.Partial, "", "p q", "p!404 q:f", "", ""},
		{plan.Partial, "", "p", "", "portablePlugins/p", "<portablePlugins/p> portablePlugins/p is left out; include it, or leave this entry out too"},
		// What is there already serves where what comes is refused or left out, and where a
		// partial import keeps it.
		{plan.Partial, "p", "p2", "p2!404", "", ""},
		{plan.Partial, "v", "v2", "v2!404", "", ""},
		{plan.Full, "v", "v2", "v2:g", "", "<> "},
		{plan.Full, "v", "v2", "v2:g", "Service/v", ""},
		{plan.Full, "p", "p2", "p2!404", "", "<portablePlugins/p> it follows from the error of portablePlugins/p"},
		{plan.Full, "p", "p2", "p2!404", "portablePlugins/p", ""},
		{plan.Full, "p", "p", "", "", ""},
		{plan.Full, "p", "", "", "", "<> "},
		{plan.Full, "p", "", "", "portablePlugins/p", ""},
		// Either of two is enough.
		{plan.Partial, "", "a b", "", "", ""},
		{plan.Partial, "", "a b", "", "nativePlugins/functions_a", ""},
		{plan.Partial, "", "a b", "", "nativePlugins/functions_b", ""},
		{plan.Partial, "", "a b", "b!404", "", ""},
		{plan.Partial, "", "a b", "a!404 b!404", "", "<nativePlugins/functions_a> it follows from the error of nativePlugins/functions_a"},
		{plan.Partial, "a", "b", "b!404", "", ""},
		{plan.Full, "a", "b", "b!404", "", "<nativePlugins/functions_b> it follows from the error of nativePlugins/functions_b"},
	}
	for _, tt := range tests {
		current := plan.Snapshot{Bundle: of(t, tt.current), Artifacts: map[core.Ref]plan.Artifact{}}
		for ref := range current.Bundle.All() {
			current.Artifacts[ref] = plan.Artifact{Provides: core.Provides{Functions: []string{"f"}}}
		}
		next := of(t, tt.next+" s")
		rule := core.Ref{Kind: core.Rule, Name: "r"}
		next.Set(rule, `{"sql":"SELECT f(x) FROM s","actions":[{"log":{}}]}`)
		var leave []core.Ref
		if tt.leave != "" {
			ref, err := core.ParseRef(tt.leave)
			if err != nil {
				t.Fatal(err)
			}
			leave = append(leave, ref)
		}
		c := newChecker(tt.mode, current, next, archives(t, tt.archives))
		sheet := plan.NewSheet(tt.mode, current, next, c.check, c.ahead.look)
		sheet.Plan() // what is left out now and then makes no difference
		got := ""
		for _, s := range sheet.Plan(leave...).Steps {
			if f := s.Fault(); s.Ref == rule && f.Severity == core.Fault {
				got = "<> " + f.Hint
				if f.Cause != nil {
					got = fmt.Sprintf("<%v> %s", f.Cause, f.Hint)
				}
			} else if s.Ref == rule && len(s.Findings) > 0 {
				got = s.Findings[0].Message
			}
		}
		if want := tt.want; got != want && (want != guess || !strings.Contains(got, guess)) {
			t.Errorf("%v of %q over %q, with %q, without %q\n got %s\nwant %s", tt.mode, tt.next, tt.current, tt.archives, tt.leave, got, want)
		}
	}
}
