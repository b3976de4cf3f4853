package rollout

import (
	"context"
	"fmt"
	"slices"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
	"ekuiper-console/core/plan"
)

// defaultPlanners is how many nodes are planned at once. Planning waits for nodes most of
// the time.
const defaultPlanners = 16

// planThenRun makes the plans of a new rollout, and starts it where nobody wants to look.
func (u *run) planThenRun(ctx context.Context) error {
	if done, err := u.planAll(ctx); !done || err != nil {
		return err
	}
	if !u.r.Auto || u.nextWave() == 0 {
		u.rest(Planned, "")
		return nil
	}
	if err := u.Shelf.ReviewGroups(context.WithoutCancel(ctx), u.r.ID); err != nil {
		return err
	}
	u.r.State, u.r.Reason, u.r.Updated = Running, "", u.now()
	if err := u.Store.PutRollout(context.WithoutCancel(ctx), u.r, audit.New(u.now(), u.by, audit.RolloutStart, u.r.ID).Saying(told(u.r))); err != nil {
		return err
	}
	return u.waves(ctx)
}

// planAll makes the plans that are missing, and the waves. It reports false where it was
// put to rest before that was done.
func (u *run) planAll(ctx context.Context) (bool, error) {
	u.known = map[string]bool{}
	var todo []Target
	for _, t := range u.all() {
		u.known[t.Group] = true
		if t.State == Unplanned {
			todo = append(todo, t)
		}
	}
	planners := u.Planners
	if planners == 0 {
		planners = defaultPlanners
	}
	err := u.each(ctx, planners, todo, func(t Target) (bool, error) {
		if s, _ := u.work.wanted(); s != "" || ctx.Err() != nil {
			return false, nil
		}
		return true, u.plan(ctx, t)
	})
	if err != nil {
		return false, err
	}
	if err := context.Cause(ctx); err != nil {
		return false, err
	}
	if s, by := u.work.wanted(); s == Cancelled {
		return false, u.skip("cancelled by " + by)
	}
	return true, u.deal()
}

// plan makes the plan of one node.
func (u *run) plan(ctx context.Context, t Target) error {
	p, err := u.preview(ctx, u.request(t.Node))
	if ctx.Err() != nil {
		return nil // the console ends: it stays without a plan
	}
	t.State, t.Reason, t.Group, t.Changes = Blocked, "", "", 0
	if err != nil {
		t.Reason = reason(err)
		return u.put(t)
	}
	if n := p.Count(plan.Rejected); n > 0 {
		i := slices.IndexFunc(p.Steps, func(s plan.Step) bool { return s.Action == plan.Rejected })
		t.Reason = refusal(n, p.Steps[i].Ref, p.Steps[i].Fault())
		return u.put(t)
	}
	t.State = Waiting
	t.Group, t.Changes = digest(p)
	if err := u.group(ctx, t.Group, p); err != nil {
		return err
	}
	return u.put(t)
}

// refusal says how many entries are rejected, and of the first of them why.
func refusal(n int, first core.Ref, why core.Finding) string {
	return excerpt(fmt.Sprintf("%d rejected, the first: the %s %s: %s", n, first.Kind.Noun(), first.Name, why.Message))
}

// group keeps the group of a plan, where it is a new one.
func (u *run) group(ctx context.Context, id string, p *plan.Plan) error {
	u.mu.Lock()
	known, most := u.known[id], maxChanges
	if len(u.known) > fullGroups {
		most = fewChanges
	}
	u.known[id] = true
	u.mu.Unlock()
	if known {
		return nil
	}
	return u.Shelf.PutGroup(context.WithoutCancel(ctx), u.r.ID, groupOf(id, p, most))
}

// deal puts the nodes that have a plan and no wave into waves: the canaries first, then
// one batch after the other. Nodes without anything to do come last, so that a canary is
// one that tells something.
func (u *run) deal() error {
	var open []Target
	last := 0
	for _, t := range u.all() {
		last = max(last, t.Wave)
		if t.State == Waiting && t.Wave == 0 {
			open = append(open, t)
		}
	}
	slices.SortStableFunc(open, func(a, b Target) int { return min(b.Changes, 1) - min(a.Changes, 1) })
	size := u.r.Strategy.Batch
	if last == 0 && u.r.Strategy.Canary > 0 {
		size = u.r.Strategy.Canary
	}
	dealt := open
	for wave := last + 1; len(open) > 0; wave++ {
		if size == 0 {
			size = len(open)
		}
		n := min(size, len(open))
		for i := range open[:n] {
			open[i].Wave = wave
		}
		open, u.r.Waves, size = open[n:], wave, u.r.Strategy.Batch
	}
	u.mu.Lock()
	for _, t := range dealt {
		u.targets[t.Position] = t
	}
	u.mu.Unlock()
	return u.Board.PutTargets(context.Background(), u.r.ID, dealt...)
}

// told sums a rollout up for the audit log.
func told(r Rollout) string {
	return fmt.Sprintf("%v, %d nodes", r.Mode, r.Tally.Nodes())
}

// actor is who acts for somebody after the request of theirs is over.
func actor(name string) core.Caller {
	return core.Caller{Name: name, Role: core.Operator, Via: "task"}
}
