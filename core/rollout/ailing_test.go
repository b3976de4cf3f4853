package rollout_test

import (
	"strings"
	"testing"

	"ekuiper-console/core/node/nodetest"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/rollout"
)

// TestRecoverAiling takes up a rollout whose node holds all, and has a rule that did not run
// before and still does not: it is held against the import that wrote it.
func TestRecoverAiling(t *testing.T) {
	before := map[string]string{"the rule": strings.Replace(brings, "nop", "log", 1), "its stream": strings.Replace(brings, `\"b\"`, `\"c\"`, 1)}
	for name, c := range map[string]struct {
		mode plan.Mode
		was  string // what of the bundle was there in another form
		want string
	}{
		"a rule that was written":          {plan.Partial, "the rule", "finished F"},
		"a rule that stays as it is":       {plan.Partial, "its stream", "finished V"},
		"a rule that a full import leaves": {plan.Full, "its stream", "finished F"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := open(t, 1)
			w.node("n1").Take(before[c.was])
			w.node("n1").Do(func(e *nodetest.Engine) { e.Stuck["q"] = "no broker" })
			r, err := w.Plan(ctx, operator, rollout.Request{Document: []byte(brings), Mode: c.mode, Nodes: w.all(), Strategy: rollout.Strategy{OnlyHealthy: true}})
			if err != nil {
				t.Fatal(err)
			}
			w.Wait(ctx, r.ID)
			w.node("n1").Take(brings)
			if c.mode == plan.Full {
				w.node("n1").Do(func(e *nodetest.Engine) {
					e.Holds.Delete(ref("rules/r"))
					e.Holds.Delete(ref("streams/s"))
				})
			}
			w.leave(r.ID, rollout.Running, "A")
			targets, err := w.db.Targets(ctx, r.ID)
			if err != nil {
				t.Fatal(err)
			}
			targets[0].Ailing = []string{"q"}
			if err := w.db.PutTargets(ctx, r.ID, targets...); err != nil {
				t.Fatal(err)
			}
			w.Service = w.service()
			if err := w.Recover(ctx); err != nil {
				t.Fatal(err)
			}
			w.Wait(ctx, r.ID)
			if got, why := w.says(r.ID), w.reasons(r.ID); got != c.want || strings.HasSuffix(got, "F") && !strings.Contains(why, "the rule q does not run") {
				t.Errorf("the rollout is %q (%s), want %q", got, why, c.want)
			}
		})
	}
}
