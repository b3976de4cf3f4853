package transfer_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/transfer"
	"ekuiper-console/db/dbtest"
)

// desk is a service with drafts.
func desk(t testing.TB) (*transfer.Service, *transfer.Drafts) {
	db := dbtest.Open(t)
	s := &transfer.Service{Nodes: db, Journal: db, Fetch: shelf{"https://h/a.zip": "zip"}}
	t.Cleanup(s.Close)
	return s, &transfer.Drafts{Store: db, Choices: db, Transfer: s}
}

var planSigns = [plan.NumActions]string{"+", "~", "-", "=", "^", "!", "o"}

// notate writes the steps of a plan as "+streams/s ~rules/a".
func notate(p *plan.Plan) string {
	var out []string
	for _, s := range p.Steps {
		out = append(out, planSigns[s.Action]+s.Ref.String())
	}
	return strings.Join(out, " ")
}

func ref(t testing.TB, s string) core.Ref {
	r, err := core.ParseRef(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const twoRules = `
	streams/s = CREATE STREAM s () WITH (DATASOURCE="t")
	rules/a = {"id":"a","sql":"SELECT * FROM s","actions":[{"log":{}}]}
	rules/b = {"id":"b","sql":"SELECT * FROM s","actions":[{"log":{}}]}`

// bring stores lines as a draft.
func bring(t testing.TB, d *transfer.Drafts, lines string) string {
	t.Helper()
	id, err := d.Bring(ctx, operator, transfer.Local, "x.json", transfer.Brought{Text: document(t, lines)})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestReviewFollowsTheChoices(t *testing.T) {
	_, d := desk(t)
	id := bring(t, d, twoRules)
	review := func() *transfer.Review {
		r, err := d.Review(ctx, operator, transfer.Local, id)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if got, want := notate(review().Plan), "+streams/s +rules/a +rules/b"; got != want {
		t.Errorf("at first\n got %s\nwant %s", got, want)
	}
	first := review().Plan
	if review().Plan != first {
		t.Error("the same plan was made twice")
	}
	if err := d.Choose(ctx, operator, id, plan.Choices{Leave: []core.Ref{ref(t, "streams/s"), ref(t, "rules/b")}}); err != nil {
		t.Fatal(err)
	}
	after := review()
	if got, want := notate(after.Plan), "ostreams/s !rules/a orules/b"; got != want {
		t.Errorf("without s and b\n got %s\nwant %s", got, want)
	}
	if after.Plan.Hash == first.Hash || after.Plan.Hash == "" {
		t.Errorf("hashes %q and %q", first.Hash, after.Plan.Hash)
	}
	if got := after.Plan.Steps[1].Fault(); got.Cause == nil || *got.Cause != ref(t, "streams/s") || !strings.HasPrefix(got.Hint, "streams/s is left out; include it") {
		t.Errorf("rules/a follows from %v: %s", got.Cause, got.Hint)
	}
	other := core.Caller{Name: "other", Role: core.Admin}
	if _, err := d.Review(ctx, other, transfer.Local, id); core.CodeOf(err) != core.NotFound {
		t.Errorf("somebody else: %v", err)
	}
}

func TestAnImportIsBoundToItsPlan(t *testing.T) {
	s, d := desk(t)
	id := bring(t, d, twoRules)
	r, err := d.Review(ctx, operator, transfer.Local, id)
	if err != nil {
		t.Fatal(err)
	}
	_, req, err := d.Request(ctx, operator, id)
	if err != nil {
		t.Fatal(err)
	}
	req.Plan = r.Plan.Hash
	run(t, s, plan.Partial, `tables/other = CREATE TABLE other () WITH (DATASOURCE="x")`)
	if _, err := s.Import(ctx, operator, req); core.CodeOf(err) != core.Conflict {
		t.Fatalf("after the node moved: %v", err)
	}
	if moved, err := s.Moved(ctx, operator, transfer.Local, r.Plan.Base.Revision); err != nil || len(moved) != 1 || !moved[ref(t, "tables/other")] {
		t.Errorf("Moved = %v, %v", moved, err)
	}
	if r, err = d.Review(ctx, operator, transfer.Local, id); err != nil {
		t.Fatal(err)
	}
	req.Plan = r.Plan.Hash
	if result, err := s.Import(ctx, operator, req); err != nil || !result.Written {
		t.Errorf("the plan of now: %+v, %v", result, err)
	}
}

func TestLeftOutStaysInAFullReset(t *testing.T) {
	s, _ := desk(t)
	run(t, s, plan.Full, twoRules)
	res, err := s.Import(ctx, operator, transfer.Request{
		Node: transfer.Local, Mode: plan.Full, Leave: []core.Ref{ref(t, "rules/a"), ref(t, "streams/s")},
		Document: document(t, `rules/a = {"id":"a","sql":"SELECT 1 FROM s","actions":[{"log":{}}]}`),
	})
	if err != nil || res.Total().LeftOut != 2 || res.Total().Deleted != 1 {
		t.Fatalf("Import = %+v, %v", res, err)
	}
	now, err := s.Export(ctx, viewer, transfer.Local)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(now.Bundle.Names(core.Rule), " "), "a"; got != want || now.Bundle.Count(core.Stream) != 1 {
		t.Errorf("left %s; want %s and the stream", got, want)
	}
	if text, _ := now.Bundle.Get(ref(t, "rules/a")); !strings.Contains(text, "SELECT *") {
		t.Errorf("rules/a = %s", text)
	}
}

// Whatever came in, and in whatever way, each revision comes back to the letter.
func TestRestoreBringsBackEveryRevision(t *testing.T) {
	pool := []string{
		`streams/s = CREATE STREAM s () WITH (DATASOURCE="t")`, `streams/s = CREATE STREAM s (a BIGINT) WITH (DATASOURCE="t")`,
		`rules/a = {"id":"a","sql":"SELECT * FROM s","actions":[{"log":{}}]}`, `rules/b = {"id":"b","sql":"SELECT a FROM t","actions":[{"log":{}}]}`,
		`tables/t = CREATE TABLE t () WITH (DATASOURCE="t", TYPE="memory", KIND="lookup", KEY="k")`, `sourceConfig/mqtt = {"k":{"server":"a"}}`,
		`sourceConfig/mqtt = {"l":{"server":"b"}}`, `nativePlugins/sources_zmq = {"name":"zmq","file":"https://h/a.zip"}`,
		`uploads/u = {"name":"u","content":"1"}`, `scripts/f = {"id":"f","script":"function f(){}"}`, `rules/bad = nothing`,
	}
	rapid.Check(t, func(r *rapid.T) {
		s, d := desk(t)
		var states []*bundle.Bundle
		for range rapid.IntRange(1, 4).Draw(r, "imports") {
			lines := rapid.SliceOfN(rapid.SampledFrom(pool), 0, 5).Draw(r, "lines")
			run(t, s, plan.Mode(rapid.IntRange(0, 1).Draw(r, "mode")), strings.Join(lines, "\n"))
			now, err := s.Export(ctx, viewer, transfer.Local)
			if err != nil {
				r.Fatal(err)
			}
			if int(now.Revision) > len(states) {
				states = append(states, now.Bundle)
			}
		}
		for range min(len(states), 2) {
			i := rapid.IntRange(0, len(states)-1).Draw(r, "back to")
			id, err := d.Revert(ctx, operator, transfer.Local, int64(i+1))
			if err != nil {
				r.Fatal(err)
			}
			_, req, err := d.Request(ctx, operator, id)
			if err != nil {
				r.Fatal(err)
			}
			req.Note = fmt.Sprint("back to ", i+1)
			if _, err := s.Import(ctx, operator, req); err != nil {
				r.Fatal(err)
			}
			now, err := s.Export(ctx, viewer, transfer.Local)
			if err != nil || !now.Bundle.Equal(states[i]) {
				r.Fatalf("revision %d did not come back: %v", i+1, err)
			}
			last, err := s.History(ctx, viewer, transfer.Local, 0, 1)
			if err != nil || now.Revision > int64(len(states)) && (last[0].Restores == 0 || last[0].Note == "") {
				r.Fatalf("history says %+v, %v", last, err)
			}
		}
	})
}

func TestRevertNeedsARevision(t *testing.T) {
	_, d := desk(t)
	for _, n := range []int64{-1, 1, 7} {
		if _, err := d.Revert(ctx, operator, transfer.Local, n); core.CodeOf(err) != core.NotFound {
			t.Errorf("Revert(%d) = %v", n, err)
		}
	}
}

func TestTheFirstImportIsUndone(t *testing.T) {
	s, d := desk(t)
	run(t, s, plan.Full, twoRules)
	id, err := d.Revert(ctx, operator, transfer.Local, 0)
	if err != nil {
		t.Fatal(err)
	}
	r, err := d.Review(ctx, operator, transfer.Local, id)
	if err != nil || notate(r.Plan) != "-rules/b -rules/a -streams/s" {
		t.Errorf("Review = %+v, %v", r, err)
	}
}

func TestDiff(t *testing.T) {
	s, _ := desk(t)
	run(t, s, plan.Full, twoRules)
	run(t, s, plan.Partial, `streams/s = CREATE STREAM s (a BIGINT) WITH (DATASOURCE="t")`)
	run(t, s, plan.Full, `streams/s = CREATE STREAM s (a BIGINT) WITH (DATASOURCE="t")`)
	tests := []struct {
		from, to int64
		want     string
	}{
		{0, 1, "+streams/s +rules/a +rules/b"},
		{1, 2, "~streams/s"},
		{1, 3, "~streams/s -rules/a -rules/b"},
		{3, 1, "~streams/s +rules/a +rules/b"},
		{2, 2, ""},
	}
	for _, tt := range tests {
		changes, err := s.Diff(ctx, viewer, transfer.Local, tt.from, tt.to)
		var out []string
		for _, c := range changes {
			out = append(out, planSigns[c.Action]+c.Ref.String())
		}
		if got := strings.Join(out, " "); err != nil || got != tt.want {
			t.Errorf("Diff(%d, %d)\n got %s, %v\nwant %s", tt.from, tt.to, got, err, tt.want)
		}
	}
	if _, err := s.Diff(ctx, viewer, transfer.Local, 1, 9); core.CodeOf(err) != core.NotFound {
		t.Errorf("Diff(1, 9) = %v", err)
	}
}

func TestFind(t *testing.T) {
	s, _ := desk(t)
	run(t, s, plan.Full, `
		streams/Sensor = CREATE STREAM Sensor () WITH (DATASOURCE="plant/Ünit")
		streams/other = CREATE STREAM other () WITH (DATASOURCE="t")
		rules/a = {"id":"a","sql":"SELECT * FROM Sensor","actions":[{"log":{}}],"tags":["x","y"]}
		rules/b = {"id":"b","sql":"SELECT * FROM other","actions":[{"log":{}}],"tags":["x"],"triggered":false}
		rules/c = {"id":"c","sql":"SELECT * FROM other","actions":[{"log":{}}]}`)
	rules := []core.Kind{core.Rule}
	tests := []struct {
		q     transfer.Query
		total int
		want  string
	}{
		{transfer.Query{Limit: 10}, 5, "streams/Sensor streams/other rules/a rules/b rules/c"},
		{transfer.Query{Kinds: rules, Limit: 2}, 3, "rules/a rules/b"},
		{transfer.Query{Kinds: rules, Limit: 2, Offset: 2}, 3, "rules/c"},
		{transfer.Query{Kinds: rules, Limit: 2, Offset: 9}, 3, ""},
		{transfer.Query{Text: "sEnSoR", Limit: 10}, 2, "streams/Sensor rules/a"},
		{transfer.Query{Text: "ünit", Limit: 10}, 1, "streams/Sensor"},
		{transfer.Query{Text: "nosuch", Limit: 10}, 0, ""},
		{transfer.Query{Kinds: rules, Tag: "x", Limit: 10}, 2, "rules/a rules/b"},
		{transfer.Query{Kinds: rules, Tag: "x", Status: transfer.RuleStopped, Limit: 10}, 1, "rules/b"},
		{transfer.Query{Kinds: rules, Status: transfer.RuleStarted, Limit: 10}, 2, "rules/a rules/c"},
	}
	for _, tt := range tests {
		for range 2 { // the second time from what is kept
			found, err := s.Find(ctx, viewer, transfer.Local, tt.q)
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, e := range found.Entries {
				out = append(out, e.Ref.String())
			}
			if got := strings.Join(out, " "); got != tt.want || found.Total != tt.total || !slices.Equal(found.Tags, []string{"x", "y"}) {
				t.Errorf("Find(%+v)\n got %s of %d, tags %v\nwant %s of %d", tt.q, got, found.Total, found.Tags, tt.want, tt.total)
			}
		}
	}
}

func TestEntryAndOverview(t *testing.T) {
	s, _ := desk(t)
	run(t, s, plan.Full, `
		streams/s = CREATE STREAM s (a BIGINT) WITH (DATASOURCE="t", CONF_KEY="k")
		rules/a = {"id":"a","sql":"SELECT zz FROM s","actions":[{"log":{}}]}`)
	run(t, s, plan.Partial, `rules/a = {"id":"a","sql":"SELECT nosuch FROM s","actions":[{"log":{}}]}`)
	var e *transfer.Entry
	for e == nil || e.Pending {
		var err error
		if e, err = s.Entry(ctx, viewer, transfer.Local, ref(t, "streams/s"), 0); err != nil {
			t.Fatal(err)
		}
	}
	if len(e.UsedBy) != 1 || e.UsedBy[0].From.Ref != ref(t, "rules/a") || len(e.Needs) != 1 || !e.Needs[0].Missing() || len(e.History) != 1 {
		t.Errorf("Entry(streams/s) = %+v", e)
	}
	e, err := s.Entry(ctx, viewer, transfer.Local, ref(t, "rules/a"), 0)
	if err != nil || len(e.History) != 1 || len(e.Findings) != 1 || !strings.Contains(e.Findings[0].Message, "unknown field") {
		t.Errorf("Entry(rules/a) = %+v, %v", e, err)
	}
	o, err := s.Overview(ctx, viewer, transfer.Local)
	if err != nil || o.Gaps != 1 || o.Counts[core.Rule] != 1 || len(o.Recent) == 0 || o.Broken[0].Name != "mqtt" {
		t.Errorf("Overview = %+v, %v", o, err)
	}
	if _, err := s.Entry(ctx, viewer, transfer.Local, ref(t, "rules/z"), 0); core.CodeOf(err) != core.NotFound {
		t.Errorf("Entry(rules/z) = %v", err)
	}
}

// TestFindSteps asks for steps; actions are written as in plans.
func TestFindSteps(t *testing.T) {
	s, d := desk(t)
	run(t, s, plan.Full, twoRules+"\nstreams/z = CREATE STREAM z () WITH (DATASOURCE=\"t\")\nstreams/y = CREATE STREAM y () WITH (DATASOURCE=\"t\")")
	id := bring(t, d, `
		streams/s = CREATE STREAM s () WITH (DATASOURCE="t")
		streams/bad = oops
		rules/a = {"id":"a","sql":"SELECT x AS needle FROM s","actions":[{"log":{}}]}
		rules/c = {"id":"c","sql":"SELECT * FROM s","actions":[{"log":{}}]}`)
	if err := d.Choose(ctx, operator, id, plan.Choices{Mode: plan.Full}); err != nil {
		t.Fatal(err)
	}
	r, err := d.Review(ctx, operator, transfer.Local, id)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		q    transfer.StepQuery
		want string
	}{
		{transfer.StepQuery{}, "!streams/bad -streams/y -streams/z =streams/s +rules/c ~rules/a -rules/b of 7"},
		{transfer.StepQuery{Offset: 1, Limit: 3}, "-streams/y -streams/z =streams/s of 7"},
		{transfer.StepQuery{Offset: 3, Limit: 2}, "=streams/s +rules/c of 7"},
		{transfer.StepQuery{Offset: 9, Limit: 2}, " of 7"},
		{transfer.StepQuery{Actions: []plan.Action{plan.Create, plan.Delete}}, "-streams/y -streams/z +rules/c -rules/b of 4"},
		{transfer.StepQuery{Text: "NEEDLE"}, "~rules/a of 1"},
		{transfer.StepQuery{Text: "bad"}, "!streams/bad of 1"},
		{transfer.StepQuery{Text: "nowhere"}, " of 0"},
	} {
		found := transfer.FindSteps(r.Plan, c.q)
		got := &plan.Plan{}
		for _, s := range found.Steps {
			got.Steps = append(got.Steps, *s)
		}
		if told := fmt.Sprintf("%s of %d", notate(got), found.Total); told != c.want {
			t.Errorf("FindSteps(%+v)\n got %s\nwant %s", c.q, told, c.want)
		}
	}
}

func TestReviewCountsFiles(t *testing.T) {
	_, d := desk(t)
	id := bring(t, d, `
		nativePlugins/functions_a = {"name":"a","file":"https://h/a.zip"}
		portablePlugins/b = {"name":"b","file":"https://h/a.zip"}
		portablePlugins/c = {"name":"c","file":"https://h/c.zip"}
		nativePlugins/functions_bad = {`)
	for _, want := range []int{2, 2} {
		if r, err := d.Review(ctx, operator, transfer.Local, id); err != nil || r.Files != want {
			t.Errorf("Files = %+v, %v, want %d", r, err, want)
		}
	}
	if err := d.Choose(ctx, operator, id, plan.Choices{Leave: []core.Ref{ref(t, "portablePlugins/c")}}); err != nil {
		t.Fatal(err)
	}
	if r, err := d.Review(ctx, operator, transfer.Local, id); err != nil || r.Files != 1 {
		t.Errorf("without c: %+v, %v", r, err)
	}
}

// TestRework mends what an import has rejected, with and without the draft.
func TestRework(t *testing.T) {
	s, d := desk(t)
	lines := "streams/bad = a < b\nrules/r = {\"id\":\"r\",\"sql\":\"SELECT * FROM bad\",\"actions\":[{\"log\":{}}]}\ntables/long = " + strings.Repeat("x", plan.MaxText+1)
	id := bring(t, d, lines)
	_, req, err := d.Request(ctx, operator, id)
	if err != nil {
		t.Fatal(err)
	}
	result, err := s.Import(ctx, operator, req)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ from, want, missing string }{{id, "!tables/long !streams/bad !rules/r", "[]"}, {"gone", "!streams/bad !rules/r", "[tables/long]"}} {
		again, missing, err := d.Rework(ctx, operator, result.Outcome, transfer.Local, "again.json", c.from)
		if err != nil {
			t.Fatal(err)
		}
		r, err := d.Review(ctx, operator, transfer.Local, again)
		if err != nil || fmt.Sprint(missing) != c.missing || len(r.Plan.Steps) != len(strings.Fields(c.want)) || r.Plan.Count(plan.Rejected) != len(r.Plan.Steps) {
			t.Errorf("Rework from %s: %v, %v\n got %s\nwant %s", c.from, missing, err, notate(r.Plan), c.want)
		}
	}
	again, _ := d.Store.Draft(ctx, mustRework(t, d, result.Outcome))
	if want := "{\n  \"streams\": {\n    \"bad\": \"a < b\"\n  },\n  \"rules\": {\n"; !strings.HasPrefix(string(again.Body), want) {
		t.Errorf("the text to mend is\n%s", again.Body)
	}
	if _, _, err := d.Rework(ctx, operator, &plan.Outcome{}, transfer.Local, "x", ""); core.CodeOf(err) != core.Conflict {
		t.Errorf("nothing to mend: %v", err)
	}
}

func mustRework(t *testing.T, d *transfer.Drafts, o *plan.Outcome) string {
	id, _, err := d.Rework(ctx, operator, o, transfer.Local, "again.json", "")
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestDisturbs(t *testing.T) {
	s, d := desk(t)
	run(t, s, plan.Full, twoRules+`
		streams/idle = CREATE STREAM idle () WITH (DATASOURCE="t")
		rules/c = {"id":"c","sql":"SELECT * FROM s INNER JOIN idle ON s.a = idle.a GROUP BY TUMBLINGWINDOW(ss, 1)","actions":[{"log":{}}]}
		tables/none = CREATE TABLE none () WITH (DATASOURCE="t")`)
	for _, c := range []struct {
		mode         plan.Mode
		bundle, want string
	}{
		{plan.Partial, `streams/s = CREATE STREAM s (a BIGINT) WITH (DATASOURCE="t")`, "streams/s: 3 [rules/a rules/b rules/c]"},
		{plan.Partial, `rules/a = {"id":"a","sql":"SELECT a FROM s","actions":[{"log":{}}]}`, ""},
		{plan.Full, `rules/c = {"id":"c","sql":"SELECT 1 FROM idle","actions":[{"log":{}}]}`, "streams/idle: 1 [rules/c], streams/s: 1 [rules/c]"},
		{plan.Full, ``, ""},
	} {
		id := bring(t, d, c.bundle)
		if err := d.Choose(ctx, operator, id, plan.Choices{Mode: c.mode}); err != nil {
			t.Fatal(err)
		}
		r, err := d.Review(ctx, operator, transfer.Local, id)
		if err != nil {
			t.Fatal(err)
		}
		steps := transfer.FindSteps(r.Plan, transfer.StepQuery{}).Steps
		if _, err := s.Disturbs(ctx, operator, transfer.Local, r.Plan, steps); err != nil {
			t.Fatal(err)
		}
		s.Close() // waits for the graph that was begun
		found, err := s.Disturbs(ctx, operator, transfer.Local, r.Plan, steps)
		if err != nil {
			t.Fatal(err)
		}
		var told []string
		for ref, d := range found {
			told = append(told, fmt.Sprintf("%v: %d %v", ref, d.Total, d.Users))
		}
		slices.Sort(told)
		if got := strings.Join(told, ", "); got != c.want {
			t.Errorf("%v %s disturbs\n got %s\nwant %s", c.mode, c.bundle, got, c.want)
		}
	}
}
