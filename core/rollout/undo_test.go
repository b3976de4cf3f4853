package rollout_test

import (
	"context"
	"strings"
	"testing"

	"ekuiper-console/core"
	"ekuiper-console/core/node/nodetest"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/rollout"
)

// back rolls all of a rollout back.
func (w *world) back(ctx context.Context, by core.Caller, id string) (rollout.Rollout, error) {
	return w.Rollback(ctx, by, id, 0)
}

// TestUnknownEnd rolls a node back, or tries it again, of which nobody could say what
// became of it: what somebody else did to it meanwhile stays.
func TestUnknownEnd(t *testing.T) {
	const theirs = `CREATE STREAM u () WITH (DATASOURCE="theirs")`
	for name, c := range map[string]struct {
		mode   plan.Mode
		change func(*nodetest.Engine) // what somebody does while it is away
		want   string
		says   string
	}{
		"all of it":          {plan.Partial, nil, "finished R", "holds again"},
		"all of a full one":  {plan.Full, nil, "finished R", "holds again"},
		"half of it":         {plan.Partial, func(e *nodetest.Engine) { e.Holds.Delete(ref("rules/q")) }, "finished R", "holds again"},
		"half of a full one": {plan.Full, func(e *nodetest.Engine) { e.Holds.Delete(ref("streams/t")) }, "finished R", "holds again"},
		"none of it": {plan.Partial, func(e *nodetest.Engine) {
			e.Holds.Delete(ref("rules/q"))
			e.Holds.Delete(ref("streams/t"))
		}, "finished R", "holds again"},
		"a new entry": {plan.Partial, func(e *nodetest.Engine) { e.Holds.Set(ref("streams/u"), theirs) }, "finished F", "n1 was changed since: the stream u"},
		"one less":    {plan.Partial, func(e *nodetest.Engine) { e.Holds.Delete(ref("rules/r")) }, "finished F", "n1 was changed since: the rule r"},
		"another text of ours": {
			plan.Full, func(e *nodetest.Engine) { e.Holds.Set(ref("streams/t"), strings.Replace(theirs, " u ", " t ", 1)) }, "finished F", "n1 was changed since: the stream t",
		},
		"another text of before": {
			plan.Partial, func(e *nodetest.Engine) { e.Holds.Set(ref("streams/s"), strings.Replace(theirs, " u ", " s ", 1)) }, "finished F", "n1 was changed since: the stream s",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := open(t, 1)
			r, err := w.Plan(ctx, operator, rollout.Request{Document: []byte(brings), Mode: c.mode, Nodes: w.all()})
			if err != nil {
				t.Fatal(err)
			}
			w.Wait(ctx, r.ID)
			w.fault("POST /data/import", nodetest.Gone, "n1")
			w.do(w.Start, r.ID)
			w.want(r.ID, "Start of what never comes back", "finished F")
			w.well()
			if c.change != nil {
				w.node("n1").Do(c.change)
			}
			w.do(w.back, r.ID)
			w.want(r.ID, "Rollback", c.want)
			if reasons := w.reasons(r.ID); !strings.Contains(reasons, c.says) {
				t.Errorf("reasons: %s, want %q in them", reasons, c.says)
			}
		})
	}
}

// TestRetryOfUnknownEnd tries a node again which somebody changed since: a rollback then
// brings back what they made of it, and not what was there before them.
func TestRetryOfUnknownEnd(t *testing.T) {
	w := open(t, 1)
	id := w.planned(rollout.Strategy{})
	w.fault("POST /data/import", nodetest.Gone, "n1")
	w.do(w.Start, id)
	w.well()
	w.node("n1").Do(func(e *nodetest.Engine) {
		e.Holds.Delete(ref("rules/q"))
		e.Holds.Delete(ref("streams/t"))
		e.Holds.Set(ref("streams/u"), `CREATE STREAM u () WITH (DATASOURCE="theirs")`)
	})
	w.do(w.Retry, id)
	w.want(id, "Retry", "finished V")
	w.do(w.back, id)
	if got := w.says(id); got != "finished R" || !w.node("n1").Has(`{"streams":{"u":"CREATE STREAM u () WITH (DATASOURCE=\"theirs\")"}}`) || w.node("n1").Has(brings) {
		t.Errorf("rolled back it is %q, and not what somebody made of it", got)
	}
}

// TestRollbackBreaksOff rolls back again what was brought back, and could not say so.
func TestRollbackBreaksOff(t *testing.T) {
	w := open(t, 1)
	id := w.planned(rollout.Strategy{})
	w.do(w.Start, id)
	w.fault("POST /data/import", nodetest.Gone, "n1")
	w.do(w.back, id)
	w.want(id, "Rollback that breaks off", "finished F")
	w.well()
	w.do(w.back, id)
	w.want(id, "Rollback again", "finished R")
}
