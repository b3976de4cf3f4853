package handlers_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
	"ekuiper-console/core/rollout"
	"ekuiper-console/db"
)

// BenchmarkBoard draws the board of a rollout over 500 nodes in the middle of it, of which
// every tenth has a plan of its own.
func BenchmarkBoard(b *testing.B) {
	const nodes = 500
	s := open(b)
	store := s.server.Rollouts.Store.(*db.DB)
	r := rollout.Rollout{ID: "board", By: "ann", Created: time.Now(), State: rollout.Running, Wave: 2, Waves: 5}
	targets := make([]rollout.Target, nodes)
	states := []rollout.Standing{rollout.Verified, rollout.Waiting, rollout.Failed, rollout.Applying}
	for i := range targets {
		targets[i] = rollout.Target{
			Node: fmt.Sprintf("node%03d", i), Position: i, Wave: 1 + i/100, State: states[i%len(states)], Group: fmt.Sprint(min(i%10, 1) * 1000), Changes: 1000,
			Reason: "1 not as planned, the first: the node does not hold the rule r afterwards, and does not say why",
		}
		if i%10 == 0 {
			targets[i].Group = fmt.Sprint(i)
		}
	}
	if err := store.MakeRollout(ctx, r, []byte("{}"), targets, audit.New(time.Now(), root, audit.RolloutPlan, r.ID)); err != nil {
		b.Fatal(err)
	}
	for i := range targets {
		if err := store.PutGroup(ctx, r.ID, rollout.Group{ID: targets[i].Group, Created: 1000, Changes: make([]rollout.Change, 100)}); err != nil {
			b.Fatal(err)
		}
	}
	browser := s.signedIn(core.Operator)
	for b.Loop() {
		if a := s.open(browser, "/ui/rollouts/board"); a.StatusCode != http.StatusOK {
			b.Fatal(a.Status)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/page")
}
