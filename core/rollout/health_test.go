package rollout_test

import (
	"strings"
	"testing"
	"time"

	"ekuiper-console/core/node/nodetest"
	"ekuiper-console/core/rollout"
)

// TestOnlyHealthy has a canary fall ill after it was verified.
func TestOnlyHealthy(t *testing.T) {
	for name, ill := range map[string]func(*nodetest.Engine){
		"a rule stops":       func(e *nodetest.Engine) { e.Stuck["r"] = "no broker" },
		"it does not answer": func(e *nodetest.Engine) { e.Faults = map[string]nodetest.Fault{"": nodetest.Die} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := open(t, 3)
			id := w.planned(rollout.Strategy{Canary: 1, OnlyHealthy: true, PauseSeconds: 1})
			if _, err := w.Start(ctx, operator, id); err != nil {
				t.Fatal(err)
			}
			w.until(id, "running V|pp")
			w.engines[0].Do(ill)
			w.Wait(ctx, id)
			w.want(id, "Start", "stopped V|pp")
			if r, _ := w.Rollout(ctx, viewer, id); !strings.Contains(r.Reason, "not well") {
				t.Errorf("the reason is %q", r.Reason)
			}
			w.engines[0].Do(func(e *nodetest.Engine) { e.Faults, e.Stuck = nil, map[string]string{} })
			w.do(w.Resume, id)
			w.want(id, "Resume", "finished V|VV")
		})
	}
}

// TestHealthAfterRestart has the console end before the second wave. Of a node that the
// next one does not reach at once it waits for an answer, and knows then how it was before.
func TestHealthAfterRestart(t *testing.T) {
	for name, c := range map[string]struct {
		before, after func(*nodetest.Engine)
		patience      time.Duration
		want          string
	}{
		"well":                 {nil, nil, 0, "finished V|VV"},
		"a rule stops":         {nil, stuck, 0, "stopped V|pp"},
		"a rule had stopped":   {stuck, nil, 0, "finished V|VV"},
		"it answers later":     {nil, dead, 0, "finished V|VV"},
		"it never answers":     {nil, dead, time.Nanosecond, "stopped V|pp"},
		"it does not let in":   {nil, func(e *nodetest.Engine) { e.Faults = map[string]nodetest.Fault{"": nodetest.Denied} }, 0, "stopped V|pp"},
		"somebody stops later": {nil, dead, time.Hour, "paused V|pp"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := open(t, 3)
			first := w.node("n1")
			if c.before != nil {
				first.Do(c.before)
			}
			id := w.planned(rollout.Strategy{Canary: 1, OnlyHealthy: true, PauseSeconds: 1, Resume: true})
			if _, err := w.Start(ctx, operator, id); err != nil {
				t.Fatal(err)
			}
			w.until(id, "running V|pp")
			if err := w.Close(ctx); err != nil {
				t.Fatal(err)
			}
			if c.after != nil {
				first.Do(c.after)
			}
			w.Service = w.service()
			w.Patience = c.patience
			asked := first.Called("GET /rules")
			if err := w.Recover(ctx); err != nil {
				t.Fatal(err)
			}
			died := false
			first.Do(func(e *nodetest.Engine) { died = e.Faults[""] == nodetest.Die })
			if died && c.patience != time.Nanosecond {
				for first.Called("GET /rules") == asked {
					time.Sleep(time.Millisecond)
				}
				if c.patience == 0 {
					w.well()
				} else if _, err := w.Pause(ctx, operator, id); err != nil {
					t.Fatal(err)
				}
			}
			w.Wait(ctx, id)
			w.want(id, "Recover", c.want)
		})
	}
}

func stuck(e *nodetest.Engine) { e.Stuck["r"] = "no broker" }

func dead(e *nodetest.Engine) { e.Faults = map[string]nodetest.Fault{"": nodetest.Die} }
