package views

import (
	"time"

	"github.com/a-h/templ"

	"ekuiper-console/core"
	"ekuiper-console/core/node"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/rollout"
)

// rolloutFixtures are the pages of rollouts in states that differ, by name.
func rolloutFixtures() map[string]templ.Component {
	nodes := []NodeRow{
		{Node: node.Node{Name: "plant-1", Labels: map[string]string{"line": "3"}}, Health: node.Health{State: node.Online}},
		{Node: node.Node{Name: longName, Labels: map[string]string{longName: longName}}, Health: node.Health{State: node.Unreachable}},
	}
	filled := RolloutForm{
		Mode: plan.Full, Nodes: map[string]bool{"plant-1": true}, Labels: "line=3", Note: "for the night shift", Restart: true,
		Strategy: rollout.Strategy{Canary: 1, Batch: 20, Parallel: 8, StopAfter: 3, PauseSeconds: 600, OnlyHealthy: true, RollbackOnError: true, Resume: true},
	}
	return map[string]templ.Component{
		"rollouts":            RolloutsPage{Layout: signedIn, Rollouts: []rollout.Rollout{someRollout(rollout.Running), someRollout(rollout.Finished), someRollout(rollout.Cancelled)}},
		"rollouts-none":       RolloutsPage{Layout: signedIn},
		"rollouts-viewer":     RolloutsPage{Layout: viewer},
		"rollout-new":         RolloutNewPage{Layout: signedIn, Nodes: nodes},
		"rollout-new-draft":   RolloutNewPage{Layout: signedIn, Nodes: nodes, Draft: &drafts()[0], Form: filled},
		"rollout-new-wrong":   RolloutNewPage{Layout: signedIn, Nodes: nodes, Form: filled, Problem: "no node is chosen", Hint: "name nodes, or labels that some of them have"},
		"rollout-new-none":    RolloutNewPage{Layout: signedIn},
		"rollout-planning":    rolloutBoard(signedIn, rollout.Planning),
		"rollout-planned":     rolloutBoard(signedIn, rollout.Planned),
		"rollout-running":     rolloutBoard(signedIn, rollout.Running),
		"rollout-paused":      rolloutBoard(signedIn, rollout.Paused),
		"rollout-stopped":     rolloutBoard(signedIn, rollout.Stopped),
		"rollout-finished":    rolloutBoard(signedIn, rollout.Finished),
		"rollout-viewer":      rolloutBoard(viewer, rollout.Stopped),
		"rollout-abandoned":   abandonedRollout(),
		"rollout-unconfirmed": unconfirmedRollout(),
		"rollout-back":        ConfirmPage{Layout: signedIn, What: RollBack, Name: longName + ".json", Count: 498, Back: RolloutPath("x")},
		"rollout-back-wave":   ConfirmPage{Layout: signedIn, What: RollBackWave, Name: "line3.json", Wave: 2, Count: 1, Back: RolloutPath("x"), Error: RollbackMoved},
		"rollout-remove":      ConfirmPage{Layout: signedIn, What: RemoveRollout, Name: longName + ".json", Back: RolloutPath("x")},
	}
}

// abandonedRollout is one that broke off and could not say so.
func abandonedRollout() RolloutPage {
	p := rolloutBoard(signedIn, rollout.Running)
	p.Abandoned = true
	return p
}

// someRollout is a rollout of which a node failed.
func someRollout(s rollout.State) rollout.Rollout {
	r := rollout.Rollout{
		ID: "nyr5g73wsrt5vxi2", Name: longName + ".json", Note: "for the night shift", By: "m.keller", Actor: "m.keller",
		Created: time.Date(2026, 11, 19, 14, 32, 58, 0, time.UTC), Mode: plan.Full, State: s, Reason: "a node of the first wave failed", Wave: 1, Waves: 2,
		Strategy: rollout.Strategy{Canary: 2, Batch: 20, Parallel: 8, StopAfter: 1, PauseSeconds: 600, OnlyHealthy: true, RollbackOnError: true, Resume: s == rollout.Running},
		Tally:    rollout.Tally{rollout.Verified: 1, rollout.Failed: 1, rollout.Waiting: 498, rollout.Blocked: 1},
	}
	if s == rollout.Running {
		r.Next = r.Created.Add(time.Hour)
	}
	return r
}

// rolloutBoard is the page of such a rollout.
func rolloutBoard(l Layout, s rollout.State) RolloutPage {
	diff := "@@ -1,1 +1,1 @@\n-CREATE STREAM old ()\n+CREATE STREAM new ()\n"
	return RolloutPage{
		Layout: l, Rollout: someRollout(s), Others: 2,
		Groups: []rollout.Group{
			{ID: "one", Nodes: 498, Created: 1, Replaced: 1, Deleted: 200, Late: 1, Changes: []rollout.Change{
				{Action: plan.Create, Ref: core.Ref{Kind: core.Rule, Name: longName}},
				{Action: plan.Replace, Ref: core.Ref{Kind: core.Stream, Name: "s"}, Diff: diff},
			}},
			{ID: "two", Nodes: 1},
		},
		Waves: []RolloutWave{
			{Number: 1, Tally: rollout.Tally{rollout.Verified: 1, rollout.Failed: 1}, Undoable: 2},
			{Number: 2, Tally: rollout.Tally{rollout.Waiting: 498}},
		},
		Targets: []rollout.Target{
			{Node: "plant-1", Wave: 1, State: rollout.Verified, Changes: 202, Begun: true, Before: 3, After: 4},
			{Node: longName, Wave: 1, State: rollout.Failed, Changes: 202, Begun: true, Before: 3, After: 4, Reason: "1 not as planned, the first: the node does not hold the rule r afterwards, and does not say why"},
			{Node: "plant-3", State: rollout.Blocked, Reason: "node plant-3 is unreachable: connection refused"},
		},
		Found: 501, Pager: NewPager(1, 501, 50),
	}
}

// unconfirmedRollout is the page of one that deletes entries and was started without its
// confirmation.
func unconfirmedRollout() RolloutPage {
	p := rolloutBoard(signedIn, rollout.Planned)
	p.Deletes, p.Error = true, RolloutNotConfirmed
	p.Problem, p.Hint = "rollout nyr5g73wsrt5vxi2 is under way", "pause it first"
	p.Show, p.Targets = rollout.Applying, nil
	return p
}
