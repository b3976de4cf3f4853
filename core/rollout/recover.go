package rollout

import (
	"context"
	"fmt"
	"slices"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/node"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/transfer"
)

// Recover takes up what an earlier process has left under way, in the background. Nodes
// that were being applied to are read: one that holds all that was planned is verified, any
// other failed. Then the rollout goes on where it was made to, and else waits for somebody;
// its reason says which.
func (s *Service) Recover(ctx context.Context) error {
	all, err := s.Store.Rollouts(ctx, 0)
	if err != nil {
		return fmt.Errorf("looking for rollouts that were under way: %w", err)
	}
	for _, r := range all {
		if !r.State.Working() {
			continue
		}
		w, u, err := s.open(ctx, actor(r.Actor), r.ID, r.State)
		if err != nil {
			s.log(fmt.Errorf("taking up rollout %s: %w", r.ID, err)) // the others are taken up, and the console starts
			continue
		}
		s.launch(ctx, w, u, (*run).recover)
	}
	return nil
}

// What is said of a rollout that was taken up.
const (
	goesOn = "the console was started anew, and goes on by itself"
	waits  = "the console ended while it was under way; it waits for somebody to go on"
	begins = "the console ended while plans were made; it waits for somebody to start it"
)

// recover finds out where the nodes stand, and goes on or waits.
func (u *run) recover(ctx context.Context) error {
	was := u.r.State
	u.r.Reason = "the console was started anew, and reads what was under way"
	if err := u.save(); err != nil {
		return err
	}
	u.recount()
	if rests, err := u.readBack(ctx); rests || err != nil {
		return err
	}
	if was == RollingBack {
		u.rest(Stopped, "the console ended while it was rolled back; it waits for somebody")
		return nil
	}
	if was == Planning {
		return u.planOn(ctx)
	}
	if u.nextWave() == 0 {
		return u.finish()
	}
	if !u.r.Strategy.Resume {
		u.rest(Paused, waits)
		return nil
	}
	if stopped, err := u.stopped(ctx); stopped || err != nil {
		return err
	}
	u.r.Reason = goesOn
	if err := u.save(); err != nil {
		return err
	}
	return u.waves(ctx)
}

// planOn makes the plans that are missing. One that had begun goes on where these hold
// nothing new, any other begins where it was made to; else somebody is waited for.
func (u *run) planOn(ctx context.Context) error {
	if u.r.Strategy.Resume && u.r.Wave > 0 {
		return u.planAgain(ctx)
	}
	if u.r.Strategy.Resume && u.r.Auto {
		return u.planThenRun(ctx)
	}
	done, err := u.planAll(ctx)
	if done && err == nil {
		u.rest(Planned, begins)
	}
	return err
}

// recount counts the nodes that failed since somebody set the rollout to work, also those
// that were brought back at once.
func (u *run) recount() {
	since := u.r.Since.Truncate(time.Millisecond) // as targets are stored
	for _, t := range u.all() {
		if (t.State == Failed || t.State == RolledBack) && !t.Updated.Before(since) {
			u.failed()
		}
	}
}

// readOn reads the nodes that did not answer before somebody paused, and goes on.
func (u *run) readOn(ctx context.Context) error {
	if rests, err := u.readBack(ctx); rests || err != nil {
		return err
	}
	return u.planAgain(ctx)
}

// underWay returns the nodes that were being applied to, or rolled back.
func (u *run) underWay() (some []Target) {
	for _, t := range u.all() {
		if t.State == Applying || t.State == Undoing {
			some = append(some, t)
		}
	}
	return some
}

// readBack reads the nodes under way. Where somebody paused before all did answer, it
// reports that the rollout rests: the others are read when somebody goes on.
func (u *run) readBack(ctx context.Context) (rests bool, err error) {
	patience := u.Patience
	if patience == 0 {
		patience = defaultPatience
	}
	u.until = u.now().Add(patience)
	err = u.each(ctx, u.r.Strategy.Parallel, u.underWay(), func(t Target) (bool, error) {
		if t.State == Undoing {
			return true, u.settleBack(ctx, t)
		}
		if !t.Begun {
			t.State = Waiting // nothing was sent
			return true, u.put(t)
		}
		return true, u.settle(ctx, t)
	})
	if s, _ := u.work.wanted(); err != nil || s != Paused || len(u.underWay()) == 0 || ctx.Err() != nil {
		return false, err
	}
	u.rest(u.halt())
	return true, nil
}

// later reports whether a node that does not answer is read when somebody goes on.
func (u *run) later(err error) bool {
	asked, _ := u.work.wanted()
	state, _ := node.StateOf(err)
	return err != nil && asked == Paused && state == node.Unreachable
}

// look returns what would become of a node, of which nobody knows where it stands.
func (u *run) look(ctx context.Context, req transfer.Request) (p *plan.Plan, err error) {
	err = u.patiently(ctx, func() (err error) {
		p, err = u.preview(ctx, req)
		return err
	})
	return p, err
}

// settle reads a node that was being applied to, and judges by what it holds.
func (u *run) settle(ctx context.Context, t Target) error {
	why, err := u.undone(ctx, &t)
	if ctx.Err() != nil || u.later(err) {
		return nil // the console ends again, or waits: who goes on looks
	}
	t.State = Failed
	switch {
	case err != nil:
		t.After, t.Reason = 0, "the console ended while it was applied to, and what it holds is not known: "+reason(err)
	case why != "":
		t.Reason = "the console ended while it was applied to: " + why
	default:
		t.State, t.Reason = Verified, "read back after the console was started anew"
	}
	if t.State == Failed {
		u.failed()
	}
	return u.put(t)
}

// undone reads a node that was being applied to, and returns what of the rollout is not
// done; nothing where all is.
func (u *run) undone(ctx context.Context, t *Target) (why string, err error) {
	p, err := u.look(ctx, u.request(t.Node))
	if err != nil {
		return "", err
	}
	t.After = p.Base.Revision
	back, foreign, err := u.foreign(ctx, t, p)
	if foreign != nil || err != nil {
		t.After = 0 // not all of it comes from the rollout, for all that is known
	}
	ill, err := u.Doctor.Ailing(ctx, t.Node)
	if err != nil {
		return "", err
	}
	ill = slices.DeleteFunc(ill, func(rule string) bool {
		return !names(p, rule) || slices.Contains(t.Ailing, rule) && !answersFor(p.Mode, back, rule)
	})
	stayed, err := u.stayed(ctx, *t)
	switch left := missing(p); {
	case err != nil:
		return "", err
	case left > 0:
		return fmt.Sprintf("%d changes are missing", left), nil
	case len(ill) > 0:
		return fmt.Sprintf("the rule %s does not run", ill[0]), nil
	case stayed:
		return "it holds all that was planned, and has not restarted since; restart it by hand", nil
	}
	return "", nil
}

// settleBack reads a node that was being rolled back, and judges by what it holds.
func (u *run) settleBack(ctx context.Context, t Target) error {
	p, err := u.look(ctx, u.restore(&t))
	if ctx.Err() != nil || u.later(err) {
		return nil // the console ends again, or waits: who goes on looks
	}
	u.failed() // before that
	t.State, t.After = Failed, 0
	if err != nil {
		t.Reason = "the console ended while it was rolled back, and what it holds is not known: " + reason(err)
	} else if left := missing(p); left > 0 {
		t.Reason = fmt.Sprintf("the console ended while it was rolled back: %d changes are missing", left)
	} else {
		t.State, t.Begun, t.After = RolledBack, false, p.Base.Revision
		t.Reason = fmt.Sprintf("holds again what it held at revision %d", t.Before)
	}
	return u.put(t)
}

// stayed reports whether a node was to restart, and has been running since before.
func (u *run) stayed(ctx context.Context, t Target) (bool, error) {
	if !u.r.Restart {
		return false, nil
	}
	groups, err := u.Shelf.Groups(ctx, u.r.ID, 0)
	if err != nil || !slices.ContainsFunc(groups, func(g Group) bool { return g.ID == t.Group && g.Late > 0 }) {
		return false, err
	}
	about, err := u.Doctor.About(ctx, u.by, t.Node)
	return about.UpTime > u.now().Sub(t.Updated), err
}

// missing counts what a plan still changes.
func missing(p *plan.Plan) (n int) {
	for i := range p.Steps {
		s := &p.Steps[i]
		if s.Action == plan.Rejected || s.Action.Changes() && !done(s) {
			n++
		}
	}
	return n
}

// answersFor reports whether a rule must run after an import, though it did not before: one
// that was written, and after a full import any. Back brings back what was there; nil where
// that is not known.
func answersFor(mode plan.Mode, back *plan.Plan, rule string) bool {
	return mode == plan.Full || back == nil || slices.ContainsFunc(back.Steps, func(s plan.Step) bool {
		return s.Ref == core.Ref{Kind: core.Rule, Name: rule} && s.Action.Changes() && !done(&s)
	})
}

// names reports whether a plan is about a rule.
func names(p *plan.Plan, rule string) bool {
	return slices.ContainsFunc(p.Steps, func(s plan.Step) bool { return s.Ref == core.Ref{Kind: core.Rule, Name: rule} })
}
