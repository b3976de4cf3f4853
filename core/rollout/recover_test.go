package rollout_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ekuiper-console/core"
	"ekuiper-console/core/node"
	"ekuiper-console/core/node/nodetest"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/rollout"
	"ekuiper-console/core/transfer"
)

// TestRecover takes up rollouts that a console left which was killed.
func TestRecover(t *testing.T) {
	for name, c := range map[string]struct {
		resume  bool
		state   rollout.State
		left    string // where the nodes stood: a letter each, as says writes it; an A was begun
		holding string // which of the nodes hold the bundle
		want    string
		says    string // in the reason of the rollout
	}{
		"waits":                          {false, rollout.Running, "VAp", "n1 n2", "paused VV|p", "waits for somebody"},
		"goes on":                        {true, rollout.Running, "VAp", "n1 n2", "finished VV|V", "3 of 3"},
		"what was not applied":           {false, rollout.Running, "VAp", "n1", "paused VF|p", "waits for somebody"},
		"stops at what failed":           {true, rollout.Running, "VAp", "n1", "stopped VF|p", "1 failed"},
		"stops at what failed before":    {true, rollout.Running, "FAp", "n2", "stopped FV|p", "1 failed"},
		"stops at what was brought back": {true, rollout.Running, "RAp", "n2", "stopped RV|p", "1 failed"},
		"before it was sent":             {false, rollout.Running, "Vap", "n1", "paused Vp|p", "waits for somebody"},
		"nothing left":                   {false, rollout.Running, "VVA", "n1 n2 n3", "finished VV|V", "3 of 3"},
		"in the middle of a plan":        {false, rollout.Planning, "puu", "", "planned pp|p", "waits for somebody to start it"},
		"while it was rolled back":       {true, rollout.RollingBack, "VrR", "n1 n2", "stopped VF|R", "waits for somebody"},
		"when it had been rolled back":   {true, rollout.RollingBack, "VrR", "n1", "stopped VR|R", "waits for somebody"},
		"brought back at once":           {true, rollout.Running, "Vrp", "n1", "stopped VR|p", "1 failed"},
		"what rests stays":               {true, rollout.Paused, "Vpp", "n1", "paused Vp|p", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := open(t, 3)
			id := w.planned(rollout.Strategy{Batch: 2, Resume: c.resume})
			for _, node := range strings.Fields(c.holding) {
				w.node(node).Take(brings)
			}
			w.leave(id, c.state, c.left)
			w.Service = w.service()
			if err := w.Recover(ctx); err != nil {
				t.Fatal(err)
			}
			w.Wait(ctx, id)
			w.want(id, "Recover", c.want)
			if r, _ := w.Rollout(ctx, viewer, id); !strings.Contains(r.Reason, c.says) {
				t.Errorf("the reason is %q, want %q in it", r.Reason, c.says)
			}
		})
	}
}

// TestBrokenOff goes on with a rollout that nobody works on any more, though it seems so.
func TestBrokenOff(t *testing.T) {
	w := open(t, 3)
	id := w.planned(rollout.Strategy{Batch: 2, Resume: true})
	w.node("n1").Take(brings)
	w.leave(id, rollout.Running, "Vap")
	if _, err := w.Pause(ctx, operator, id); core.CodeOf(err) != core.Conflict {
		t.Errorf("Pause of what nobody works on: %v", err)
	}
	if !w.Abandoned(ctx, id) {
		t.Error("a rollout that nobody works on is not told to be abandoned")
	}
	w.do(w.Resume, id)
	w.want(id, "Resume", "finished VV|V")
	if w.Abandoned(ctx, id) {
		t.Error("a rollout that is finished is told to be abandoned")
	}
}

// poisoned imports as another, and has a fault at one node.
type poisoned struct {
	rollout.Importer
	previews, imports string // the node
}

func (p poisoned) Preview(ctx context.Context, by core.Caller, req transfer.Request) (*plan.Plan, error) {
	if req.Node == p.previews {
		panic("poison")
	}
	return p.Importer.Preview(ctx, by, req)
}

func (p poisoned) Import(ctx context.Context, by core.Caller, req transfer.Request) (*transfer.Result, error) {
	if req.Node == p.imports {
		panic("poison")
	}
	return p.Importer.Import(ctx, by, req)
}

// TestPoison keeps what breaks the work at one node from ending the console, or the work
// at the others.
func TestPoison(t *testing.T) {
	w := open(t, 4)
	w.Importer = poisoned{w.Importer, "n2", "n3"}
	w.Log = nil
	id := w.planned(rollout.Strategy{StopAfter: 2})
	w.want(id, "Plan", "planned pbpp")
	w.do(w.Start, id)
	w.want(id, "Start", "finished VbFV")
}

// TestNothingSent fails at a node before anything is sent: there is nothing to roll back,
// and what others do to the node meanwhile stays.
func TestNothingSent(t *testing.T) {
	w := open(t, 1)
	id := w.planned(rollout.Strategy{})
	w.live.Lock = func(string) (func(), error) { return nil, errors.New("held") }
	w.do(w.Start, id)
	w.want(id, "Start", "finished F")
	w.live.Lock = nil
	w.node("n1").Take(brings)
	if _, err := w.Rollback(ctx, operator, id, 0); core.CodeOf(err) != core.Conflict {
		t.Errorf("Rollback where nothing was sent: %v", err)
	}
}

// TestNotRestarted takes up a rollout whose node holds all, and was to restart.
func TestNotRestarted(t *testing.T) {
	const was, is = `{"connectionConfig":{"mqtt":"{\"b\":{\"server\":\"tcp://a:1883\"}}"}}`, `{"connectionConfig":{"mqtt":"{\"b\":{\"server\":\"tcp://c:1883\"}}"}}`
	for upTime, want := range map[time.Duration]string{time.Hour: "finished F", 0: "finished V"} {
		w := open(t, 1)
		w.node("n1").Take(was)
		r, err := w.Plan(ctx, operator, rollout.Request{Document: []byte(is), Mode: plan.Partial, Nodes: w.all(), Restart: true})
		if err != nil {
			t.Fatal(err)
		}
		w.Wait(ctx, r.ID)
		w.node("n1").Take(is)
		w.node("n1").Do(func(e *nodetest.Engine) { e.UpTime = upTime })
		w.leave(r.ID, rollout.Running, "A")
		w.Service = w.service()
		if err := w.Recover(ctx); err != nil {
			t.Fatal(err)
		}
		w.Wait(ctx, r.ID)
		if got := w.says(r.ID); got != want {
			t.Errorf("a node that runs for %v: the rollout is %q, want %q (%s)", upTime, got, want, w.reasons(r.ID))
		}
	}
}

// leave stores a rollout as a console leaves it that is killed.
func (w *world) leave(id string, s rollout.State, letters string) {
	w.t.Helper()
	r, err := w.db.Rollout(ctx, id)
	if err != nil {
		w.t.Fatal(err)
	}
	r.State, r.Wave, r.Actor = s, 1, "ann"
	targets, err := w.db.Targets(ctx, id)
	for i := range targets {
		n := &targets[i]
		n.State = map[byte]rollout.Standing{
			'u': rollout.Unplanned, 'p': rollout.Waiting, 'a': rollout.Applying, 'A': rollout.Applying,
			'F': rollout.Failed, 'V': rollout.Verified, 'r': rollout.Undoing, 'R': rollout.RolledBack,
		}[letters[i]]
		if s == rollout.Planning {
			n.Wave = 0
		}
		n.Begun, n.Before = strings.IndexByte("AFVr", letters[i]) >= 0, 1
	}
	if err == nil {
		err = w.db.PutRollout(ctx, r)
	}
	if err == nil {
		err = w.db.PutTargets(ctx, id, targets...)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// TestClose ends the console while nodes are applied to: what was sent is seen through, and
// the next console goes on.
func TestClose(t *testing.T) {
	w := open(t, 4)
	id := w.planned(rollout.Strategy{Parallel: 2, Resume: true, StopAfter: 2})
	w.fault("POST /data/import", nodetest.Hang, "n1")
	if _, err := w.Start(ctx, operator, id); err != nil {
		t.Fatal(err)
	}
	for w.node("n1").Called("POST /data/import") == 0 {
		time.Sleep(time.Millisecond)
	}
	if err := w.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if got := w.says(id); !strings.HasPrefix(got, "running F") {
		t.Errorf("after Close it is %q, want the first to have failed, and the rollout to be taken up", got)
	}
	w.Service = w.service()
	if err := w.Recover(ctx); err != nil {
		t.Fatal(err)
	}
	w.Wait(ctx, id)
	w.want(id, "Recover", "finished FVVV")
}

// TestHonest rolls out with any faults, and whatever somebody does then: what is told to be
// verified or rolled back is.
func TestHonest(t *testing.T) {
	faults := []nodetest.Fault{"", nodetest.Hang, nodetest.Die, nodetest.DieAfter, nodetest.Gone, nodetest.Garbage, nodetest.Denied, nodetest.Broken, nodetest.Moved, nodetest.Missing}
	calls := []string{"POST /data/import", "GET /data/export", "GET /rules", "GET /", ""}
	rapid.Check(t, func(rt *rapid.T) {
		w := open(t, 3)
		w.live.Times = node.Times{Ask: 50 * time.Millisecond, Export: 50 * time.Millisecond, Import: 50 * time.Millisecond, Settle: time.Millisecond, Return: time.Millisecond}
		how := rollout.Strategy{
			Canary: rapid.IntRange(0, 1).Draw(rt, "canary"), Batch: rapid.IntRange(0, 2).Draw(rt, "batch"), StopAfter: rapid.IntRange(1, 3).Draw(rt, "stop"),
			RollbackOnError: rapid.Bool().Draw(rt, "rollback"), OnlyHealthy: rapid.Bool().Draw(rt, "healthy"), Resume: rapid.Bool().Draw(rt, "resume"),
		}
		id := w.planned(how)
		acts := map[string]func(context.Context) error{
			"start":    func(ctx context.Context) error { _, err := w.Start(ctx, operator, id); return err },
			"resume":   func(ctx context.Context) error { _, err := w.Resume(ctx, operator, id); return err },
			"retry":    func(ctx context.Context) error { _, err := w.Retry(ctx, operator, id); return err },
			"rollback": func(ctx context.Context) error { _, err := w.Rollback(ctx, operator, id, 0); return err },
		}
		for range rapid.IntRange(1, 3).Draw(rt, "acts") {
			for _, e := range w.engines {
				call, fault := rapid.SampledFrom(calls).Draw(rt, "call"), rapid.SampledFrom(faults).Draw(rt, "fault")
				lost := rapid.Bool().Draw(rt, "loses")
				e.Do(func(e *nodetest.Engine) {
					e.Faults = map[string]nodetest.Fault{call: fault}
					e.Loses[ref("rules/q")] = lost
				})
			}
			act := rapid.SampledFrom([]string{"start", "start", "resume", "retry", "rollback"}).Draw(rt, "act")
			_ = acts[act](ctx) // where it is a conflict, nothing happens
			w.Wait(ctx, id)
			w.honest(id)
			if t.Failed() {
				rt.Fatalf("after %s: %s, %s", act, w.says(id), w.reasons(id))
			}
		}
	})
}
