package rollout_test

import (
	"testing"
	"time"

	"ekuiper-console/core/node/nodetest"
	"ekuiper-console/core/rollout"
)

// TestPauseWhileRead pauses while the next console waits for the node under way to answer:
// it is read when somebody goes on, and not known to have failed before.
func TestPauseWhileRead(t *testing.T) {
	for name, c := range map[string]struct {
		left string
		act  func(*world, string)
		want string
	}{
		"goes on":           {"Ap", func(w *world, id string) { w.do(w.Resume, id) }, "finished VV"},
		"tries it again":    {"Ap", func(w *world, id string) { w.do(w.Retry, id) }, "finished VV"},
		"cancels":           {"Ap", func(w *world, id string) { w.do(w.Cancel, id) }, "cancelled Fs"},
		"rolls it back":     {"Ap", func(w *world, id string) { w.do(w.back, id) }, "stopped Rp"},
		"nothing else left": {"AV", func(w *world, id string) { w.do(w.Resume, id) }, "finished VV"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := open(t, 2)
			id := w.planned(rollout.Strategy{})
			w.node("n1").Take(brings)
			if c.left[1] == 'V' {
				w.node("n2").Take(brings)
			}
			if err := w.db.ReviewGroups(ctx, id); err != nil {
				t.Fatal(err)
			}
			w.leave(id, rollout.Running, c.left)
			w.fault("", nodetest.Die, "n1")
			asked := w.node("n1").Called("GET /data/export")
			w.Service = w.service()
			w.Patience = time.Hour
			if err := w.Recover(ctx); err != nil {
				t.Fatal(err)
			}
			for w.node("n1").Called("GET /data/export") == asked {
				time.Sleep(time.Millisecond)
			}
			w.do(w.Pause, id)
			w.want(id, "Pause", "paused a"+c.left[1:])
			w.well()
			c.act(w, id)
			w.want(id, name, c.want)
		})
	}
}
