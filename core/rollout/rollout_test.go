package rollout_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/node/nodetest"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/rollout"
)

// TestStrategies rolls out to six nodes with faults. What is told must be what is there.
func TestStrategies(t *testing.T) {
	imports := "POST /data/import"
	for name, c := range map[string]struct {
		how   rollout.Strategy
		fault func(*world)
		want  string // see says
	}{
		"all at once":          {rollout.Strategy{}, nil, "finished VVVVVV"},
		"canary and batches":   {rollout.Strategy{Canary: 1, Batch: 2}, nil, "finished V|VV|VV|V"},
		"a failing canary":     {rollout.Strategy{Canary: 1, StopAfter: 3}, func(w *world) { w.fault(imports, nodetest.Die, "n1") }, "stopped F|ppppp"},
		"stops after one":      {rollout.Strategy{Batch: 2, Parallel: 1}, func(w *world) { w.fault(imports, nodetest.Die, "n3") }, "stopped VV|Fp|pp"},
		"stops after two":      {rollout.Strategy{Batch: 2, Parallel: 1, StopAfter: 2}, func(w *world) { w.fault(imports, nodetest.Die, "n1", "n3") }, "stopped FV|Fp|pp"},
		"goes on with fewer":   {rollout.Strategy{Batch: 2, StopAfter: 3}, func(w *world) { w.fault(imports, nodetest.Die, "n1", "n3") }, "finished FV|FV|VV"},
		"hangs":                {rollout.Strategy{StopAfter: 2}, func(w *world) { w.fault(imports, nodetest.Hang, "n2") }, "finished VFVVVV"},
		"dies after it":        {rollout.Strategy{StopAfter: 2}, func(w *world) { w.fault(imports, nodetest.DieAfter, "n2") }, "finished VFVVVV"},
		"never comes back":     {rollout.Strategy{StopAfter: 2}, func(w *world) { w.fault(imports, nodetest.Gone, "n2") }, "finished VFVVVV"},
		"answers garbage":      {rollout.Strategy{StopAfter: 2}, func(w *world) { w.fault(imports, nodetest.Garbage, "n2") }, "finished VFVVVV"},
		"credentials expire":   {rollout.Strategy{StopAfter: 2}, func(w *world) { w.fault("", nodetest.Denied, "n2") }, "finished VFVVVV"},
		"loses an entry":       {rollout.Strategy{StopAfter: 2}, func(w *world) { w.node("n2").Loses[ref("rules/q")] = true }, "finished VFVVVV"},
		"refuses an entry":     {rollout.Strategy{StopAfter: 2}, func(w *world) { w.node("n2").Refuses[ref("rules/q")] = "no" }, "finished VFVVVV"},
		"a rule does not run":  {rollout.Strategy{StopAfter: 2}, func(w *world) { w.node("n2").Stuck["q"] = "no broker" }, "finished VFVVVV"},
		"does not list a rule": {rollout.Strategy{StopAfter: 2}, func(w *world) { w.node("n2").Unlists["q"] = true }, "finished VFVVVV"},
		"brings back":          {rollout.Strategy{StopAfter: 2, RollbackOnError: true}, func(w *world) { w.node("n2").Loses[ref("rules/q")] = true }, "finished VRVVVV"},
		"does not bring back":  {rollout.Strategy{StopAfter: 2, RollbackOnError: true}, func(w *world) { w.fault(imports, nodetest.DieAfter, "n2") }, "finished VFVVVV"},
		"changed since": {rollout.Strategy{StopAfter: 2}, func(w *world) {
			w.node("n2").Do(func(e *nodetest.Engine) { e.Holds.Set(ref("streams/t"), `CREATE STREAM t () WITH (DATASOURCE="else")`) })
		}, "finished VFVVVV"},
		"changed elsewhere": {rollout.Strategy{}, func(w *world) {
			w.node("n2").Do(func(e *nodetest.Engine) { e.Holds.Set(ref("streams/u"), `CREATE STREAM u () WITH (DATASOURCE="else")`) })
		}, "finished VVVVVV"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := open(t, 6)
			id := w.planned(c.how)
			if c.fault != nil {
				c.fault(w)
			}
			w.do(w.Start, id)
			w.want(id, "Start", c.want)
		})
	}
}

// until waits for a rollout to stand somewhere.
func (w *world) until(id, want string) {
	w.t.Helper()
	var got string
	for begun := time.Now(); got != want; time.Sleep(5 * time.Millisecond) {
		if got = w.says(id); time.Since(begun) > 10*time.Second {
			w.t.Fatalf("the rollout is %q, and never became %q (%s)", got, want, w.reasons(id))
		}
	}
}

func TestRetry(t *testing.T) {
	w := open(t, 3)
	id := w.planned(rollout.Strategy{Canary: 1})
	w.fault("POST /data/import", nodetest.Die, "n1")
	w.do(w.Start, id)
	w.want(id, "Start", "stopped F|pp")
	w.do(w.Retry, id)
	w.want(id, "Retry of what fails still", "stopped F|pp")
	w.well()
	w.do(w.Retry, id)
	w.want(id, "Retry", "finished V|VV")
	if _, err := w.Retry(ctx, operator, id); core.CodeOf(err) != core.Conflict {
		t.Errorf("Retry where nothing failed: %v", err)
	}
}

// TestRetryAfterHalf retries a node that took half of the bundle: what is left was not
// reviewed, and a person looks at it first.
func TestRetryAfterHalf(t *testing.T) {
	w := open(t, 2)
	id := w.planned(rollout.Strategy{StopAfter: 2})
	w.node("n1").Loses[ref("rules/q")] = true
	w.do(w.Start, id)
	w.want(id, "Start", "finished FV")
	w.well()
	w.do(w.Retry, id)
	w.want(id, "Retry", "planned pV")
	groups, err := w.Groups(ctx, viewer, id, 0)
	if err != nil || len(groups) != 2 || groups[1].Reviewed == groups[0].Reviewed {
		t.Errorf("groups: %+v, %v", groups, err)
	}
	w.do(w.Start, id)
	w.want(id, "Start of what is left", "finished VV")
	w.do(func(ctx context.Context, by core.Caller, id string) (rollout.Rollout, error) {
		return w.Rollback(ctx, by, id, 0)
	}, id)
	w.want(id, "Rollback to what was there before both", "finished RR")
}

func TestBlocked(t *testing.T) {
	w := open(t, 3)
	w.fault("GET", nodetest.Die, "n2")
	id := w.planned(rollout.Strategy{})
	w.want(id, "Plan", "planned pbp")
	if reasons := w.reasons(id); !strings.Contains(reasons, "n2: node n2 is unreachable") {
		t.Errorf("reasons: %s", reasons)
	}
	w.well()
	w.do(w.Retry, id)
	w.want(id, "Retry of the blocked", "planned p|pp")
	w.do(w.Start, id)
	w.want(id, "Start", "finished V|VV")
}

func TestVariables(t *testing.T) {
	w := open(t, 3)
	doc := `{"streams":{"t":"CREATE STREAM t () WITH (DATASOURCE=\"${line}\")","u":"CREATE STREAM u () WITH (DATASOURCE=\"$${line}\")"}}`
	r, err := w.Plan(ctx, operator, rollout.Request{Document: []byte(doc), Nodes: w.all()})
	if err != nil {
		t.Fatal(err)
	}
	w.Wait(ctx, r.ID)
	groups, err := w.Groups(ctx, viewer, r.ID, 0)
	if err != nil || len(groups) != 2 || groups[0].Nodes != 2 || groups[0].Created != 2 || len(groups[0].Changes) != 2 || groups[0].Changes[0].Diff == "" {
		t.Errorf("groups: %+v, %v", groups, err)
	}
	r, err = w.Plan(ctx, operator, rollout.Request{Document: []byte(strings.ReplaceAll(doc, "{line}", "{shift}")), Nodes: []string{"n3", "n1", "n3"}})
	if err != nil {
		t.Fatal(err)
	}
	w.Wait(ctx, r.ID)
	w.want(r.ID, "Plan with a variable that has no value", "planned bb")
	if reasons := w.reasons(r.ID); !strings.Contains(reasons, "${shift} has no value on n3") {
		t.Errorf("reasons: %s", reasons)
	}
	if _, err := w.Start(ctx, operator, r.ID); core.CodeOf(err) != core.Conflict {
		t.Errorf("Start with nothing to apply to: %v", err)
	}
}

func TestRollbackOfAWave(t *testing.T) {
	w := open(t, 4)
	id := w.planned(rollout.Strategy{Canary: 1, Batch: 2})
	w.do(w.Start, id)
	back := func(wave int) func(context.Context, core.Caller, string) (rollout.Rollout, error) {
		return func(ctx context.Context, by core.Caller, id string) (rollout.Rollout, error) {
			return w.Rollback(ctx, by, id, wave)
		}
	}
	w.do(back(2), id)
	w.want(id, "Rollback of wave 2", "finished V|RR|V")
	w.node("n4").Do(func(e *nodetest.Engine) { e.Holds.Delete(ref("streams/s")) })
	w.do(back(0), id)
	w.want(id, "Rollback of all, with one that somebody changed", "finished R|RR|F")
	if reasons := w.reasons(id); !strings.Contains(reasons, "n4 was changed since") {
		t.Errorf("reasons: %s", reasons)
	}
	if _, err := w.Rollback(ctx, operator, id, 2); core.CodeOf(err) != core.Conflict {
		t.Errorf("Rollback of what is rolled back: %v", err)
	}
}

// TestPauseOfRollback ends a rollback before the next node, and goes on with it.
func TestPauseOfRollback(t *testing.T) {
	w := open(t, 3)
	id := w.planned(rollout.Strategy{Parallel: 1})
	w.do(w.Start, id)
	back := func(ctx context.Context, by core.Caller, id string) (rollout.Rollout, error) {
		return w.Rollback(ctx, by, id, 0)
	}
	w.live.Times = quick
	w.live.Times.Import = 3 * time.Second
	w.fault("POST /data/import", nodetest.Hang, "n1")
	if _, err := back(ctx, operator, id); err != nil {
		t.Fatal(err)
	}
	w.until(id, "rolling-back rVV")
	if _, err := w.Pause(ctx, operator, id); err != nil {
		t.Errorf("Pause: %v", err)
	}
	w.Wait(ctx, id)
	w.want(id, "Pause of a rollback", "finished FVV")
	w.well()
	w.do(back, id)
	w.want(id, "Rollback again", "finished RRR")
}

func TestPauseAndCancel(t *testing.T) {
	w := open(t, 4)
	id := w.planned(rollout.Strategy{Batch: 1, PauseSeconds: 3600})
	if _, err := w.Pause(ctx, operator, id); core.CodeOf(err) != core.Conflict {
		t.Errorf("Pause of what does not run: %v", err)
	}
	start := func(act func(context.Context, core.Caller, string) (rollout.Rollout, error), stands string) {
		t.Helper()
		if _, err := act(ctx, operator, id); err != nil {
			t.Fatal(err)
		}
		w.until(id, stands)
	}
	start(w.Start, "running V|p|p|p")
	if r, _ := w.Rollout(ctx, viewer, id); time.Until(r.Next) < time.Minute {
		t.Errorf("the next wave begins at %v", r.Next)
	}
	if _, err := w.Resume(ctx, operator, id); core.CodeOf(err) != core.Conflict {
		t.Errorf("Resume of what runs: %v", err)
	}
	start(w.Pause, "paused V|p|p|p")
	w.Wait(ctx, id)
	start(w.Resume, "running V|V|p|p")
	start(w.Cancel, "cancelled V|V|s|s")
	w.Wait(ctx, id)
	for name, act := range map[string]func(context.Context, core.Caller, string) (rollout.Rollout, error){
		"Start": w.Start, "Pause": w.Pause, "Resume": w.Resume, "Cancel": w.Cancel, "Retry": w.Retry,
	} {
		if _, err := act(ctx, operator, id); core.CodeOf(err) != core.Conflict {
			t.Errorf("%s of what is cancelled: %v", name, err)
		}
	}
}

func TestPlan(t *testing.T) {
	w := open(t, 4)
	for name, c := range map[string]struct {
		req  rollout.Request
		by   core.Caller
		want core.Code
	}{
		"a long note":  {rollout.Request{Nodes: []string{"n1"}, Note: strings.Repeat("n", 1<<20)}, operator, core.Invalid},
		"no bundle":    {rollout.Request{Nodes: []string{"n1"}, Document: []byte("{")}, operator, core.Invalid},
		"a viewer":     {rollout.Request{Nodes: []string{"n1"}}, viewer, core.Forbidden},
		"no node":      {rollout.Request{}, operator, core.Invalid},
		"no such node": {rollout.Request{Nodes: []string{"n9"}}, operator, core.NotFound},
		"the local":    {rollout.Request{Nodes: []string{core.Local}}, operator, core.NotFound},
		"no label":     {rollout.Request{Labels: map[string]string{"line": "7"}}, operator, core.Invalid},
		"a strategy":   {rollout.Request{Nodes: []string{"n1"}, Strategy: rollout.Strategy{Batch: -1}}, operator, core.Invalid},
	} {
		if c.req.Document == nil {
			c.req.Document = []byte(brings)
		}
		if _, err := w.Plan(ctx, c.by, c.req); core.CodeOf(err) != c.want {
			t.Errorf("Plan for %s: %v, want code %d", name, err, c.want)
		}
	}
	r, err := w.Plan(ctx, operator, rollout.Request{Document: []byte(brings), Mode: plan.Partial, Nodes: []string{"n4", "n1"}, Labels: map[string]string{"line": "0"}, Start: true})
	if err != nil {
		t.Fatal(err)
	}
	w.Wait(ctx, r.ID)
	w.want(r.ID, "Plan that starts by itself", "finished VVV")
	targets, err := w.Targets(ctx, viewer, r.ID)
	names := []string{}
	for _, n := range targets {
		names = append(names, n.Node)
	}
	if !slices.Equal(names, []string{"n4", "n1", "n3"}) {
		t.Errorf("nodes %v, %v", names, err)
	}
	if all, err := w.List(ctx, viewer, 10); err != nil || len(all) != 1 || all[0].Tally[rollout.Verified] != 3 {
		t.Errorf("List = %+v, %v", all, err)
	}
}

// TestWatch sees every state that a rollout comes into, the last included.
func TestWatch(t *testing.T) {
	w := open(t, 3)
	id := w.planned(rollout.Strategy{Canary: 1, PauseSeconds: 1})
	if _, err := w.Start(ctx, operator, id); err != nil {
		t.Fatal(err)
	}
	verified, last := -1, rollout.State("")
	err := w.Watch(ctx, viewer, id, func(r rollout.Rollout) error {
		if r.Tally[rollout.Verified] < verified {
			t.Errorf("verified went back from %d to %d", verified, r.Tally[rollout.Verified])
		}
		verified, last = r.Tally[rollout.Verified], r.State
		return nil
	})
	if err != nil || verified != 3 || last != rollout.Finished {
		t.Errorf("Watch = %v, the last at %d verified, %s", err, verified, last)
	}
}
