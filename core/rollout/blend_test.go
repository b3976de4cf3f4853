package rollout_test

import (
	"strings"
	"testing"

	"ekuiper-console/core/node"
	"ekuiper-console/core/node/nodetest"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/rollout"
)

// mqtt is a document with keys of the connection mqtt.
func mqtt(keys string) string {
	return `{"connectionConfig":{"mqtt":"` + strings.ReplaceAll(keys, `"`, `\"`) + `"}}`
}

// Keys of a connection: what is there before, what a rollout brings, and what it makes.
const (
	keyA   = `{"a":{"server":"tcp://a:1883"}}`
	keyB   = `{"b":{"server":"tcp://b:1883","password":"${pw}"}}`
	keysAB = `{"a":{"server":"tcp://a:1883"},"b":{"server":"tcp://b:1883","password":"s3cret"}}`
)

// connected plans a rollout of a connection to a node that holds another.
func connected(t *testing.T, masks bool) (w *world, id string) {
	t.Helper()
	w = open(t, 1)
	w.node("n1").Take(mqtt(keyA))
	w.node("n1").Do(func(e *nodetest.Engine) { e.Masks = masks })
	if _, err := w.live.Nodes.Change(ctx, admin, "n1", node.Change{Variables: &map[string]string{"pw": "s3cret"}}); err != nil {
		t.Fatal(err)
	}
	r, err := w.Plan(ctx, operator, rollout.Request{Document: []byte(mqtt(keyB)), Mode: plan.Partial, Nodes: w.all()})
	if err != nil {
		t.Fatal(err)
	}
	w.Wait(ctx, r.ID)
	return w, r.ID
}

// TestBlended rolls a node back of which nobody could say what became of it, and whose keys
// somebody may have changed meanwhile.
func TestBlended(t *testing.T) {
	const changed = "n1 was changed since: the connection mqtt"
	for name, c := range map[string]struct {
		masks bool
		now   string // what is there when it is rolled back; empty for what the rollout made
		want  string
		says  string
	}{
		"all of it":             {false, "", "finished R", "holds again"},
		"none of it":            {false, keyA, "finished R", "holds again"},
		"all of it, masked":     {true, "", "finished R", "holds again"},
		"a key of theirs":       {false, strings.Replace(keysAB, `{"a"`, `{"theirs":{"server":"tcp://t:1883"},"a"`, 1), "finished F", changed},
		"theirs beside a":       {false, strings.Replace(keyA, `{"a"`, `{"theirs":{"server":"tcp://t:1883"},"a"`, 1), "finished F", changed},
		"theirs, masked":        {true, strings.Replace(keysAB, `{"a"`, `{"theirs":{"server":"tcp://t:1883"},"a"`, 1), "finished F", changed},
		"another value of a":    {false, strings.Replace(keysAB, "//a", "//theirs", 1), "finished F", changed},
		"another value of b":    {false, strings.Replace(keysAB, "//b", "//theirs", 1), "finished F", changed},
		"a is gone":             {false, `{"b":{"server":"tcp://b:1883","password":"s3cret"}}`, "finished F", changed},
		"in a form of its own":  {false, strings.Replace(keysAB, `{"server":"tcp://b:1883"`, `{ "server": "tcp://b:1883"`, 1), "finished R", "holds again"},
		"another b, and masked": {true, strings.Replace(keysAB, "//b", "//theirs", 1), "finished F", changed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, id := connected(t, c.masks)
			w.fault("POST /data/import", nodetest.Gone, "n1")
			w.do(w.Start, id)
			w.well()
			if c.now != "" {
				w.node("n1").Do(func(e *nodetest.Engine) { e.Holds.Set(ref("connectionConfig/mqtt"), c.now) })
			}
			w.do(w.back, id)
			if got, why := w.says(id), w.reasons(id); got != c.want || !strings.Contains(why, c.says) {
				t.Errorf("Rollback: the rollout is %q (%s), want %q and %q", got, why, c.want, c.says)
			}
		})
	}
}

// TestRecoverMasked takes up a rollout whose node holds all that was planned, and does not
// show its secrets.
func TestRecoverMasked(t *testing.T) {
	w, id := connected(t, true)
	w.node("n1").Take(mqtt(keysAB))
	w.leave(id, rollout.Running, "A")
	w.Service = w.service()
	if err := w.Recover(ctx); err != nil {
		t.Fatal(err)
	}
	w.Wait(ctx, id)
	if got := w.says(id); got != "finished V" {
		t.Errorf("the rollout is %q (%s), want it to be verified", got, w.reasons(id))
	}
}

// TestRollbackRejected rolls back what an engine that masks secrets does not let bring back:
// it is told why.
func TestRollbackRejected(t *testing.T) {
	w := open(t, 1)
	w.node("n1").Take(mqtt(`{"a":{"password":"s3cret"}}`))
	w.node("n1").Do(func(e *nodetest.Engine) { e.Masks = true })
	id := w.planned(rollout.Strategy{})
	w.do(w.Start, id)
	w.do(w.back, id)
	if got, why := w.says(id), w.reasons(id); got != "finished F" || !strings.Contains(why, "not rolled back: 1 rejected, the first: the connection mqtt: n1 masks") {
		t.Errorf("the rollout is %q (%s), want what is rejected", got, why)
	}
}
