package rollout

import (
	"context"
	"fmt"
	"slices"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
)

// open returns what is to be under way of a rollout, which must be in one of some states:
// else it is a Conflict error.
func (s *Service) open(ctx context.Context, by core.Caller, id string, from ...State) (*work, *run, error) {
	if err := by.Require(core.Operator); err != nil {
		return nil, nil, err
	}
	if _, err := s.Store.Rollout(ctx, id); err != nil {
		return nil, nil, err
	}
	w, err := s.begin(id)
	if err != nil {
		return nil, nil, err
	}
	u := &run{Service: s, work: w, by: by}
	if u.r, err = s.Store.Rollout(ctx, id); err == nil && !slices.Contains(from, u.r.State) {
		err = core.Errorf(core.Conflict, "rollout %s is %s", id, u.r.State)
	}
	if err == nil {
		u.targets, err = s.Board.Targets(ctx, id)
	}
	if err == nil {
		u.body, err = s.Shelf.RolloutBody(ctx, id)
	}
	if err != nil {
		s.drop(w)
		return nil, nil, err
	}
	return w, u, nil
}

// set stores that somebody set a rollout to work, and does the work in the background.
func (s *Service) set(ctx context.Context, w *work, u *run, to State, did audit.Action, detail string, do func(*run, context.Context) error) (Rollout, error) {
	now := s.now()
	u.r.State, u.r.Reason, u.r.Actor, u.r.Updated, u.r.Since = to, "", u.by.Name, now, now
	if err := s.Store.PutRollout(ctx, u.r, audit.New(now, u.by, did, u.r.ID).Saying(detail)); err != nil {
		s.drop(w)
		return u.r, err
	}
	r := u.r
	s.launch(ctx, w, u, do)
	return r, nil
}

// Start begins a rollout whose plans somebody has looked at. It takes an operator. One
// without a node that can be applied to, or that was started before, is a Conflict error.
func (s *Service) Start(ctx context.Context, by core.Caller, id string) (Rollout, error) {
	w, u, err := s.open(ctx, by, id, Planned)
	if err != nil {
		return Rollout{}, err
	}
	if !slices.ContainsFunc(u.targets, func(t Target) bool { return t.State == Waiting }) {
		s.drop(w)
		return u.r, core.Errorf(core.Conflict, "rollout %s has no node that it can be applied to", id)
	}
	if err := s.Shelf.ReviewGroups(ctx, id); err != nil {
		s.drop(w)
		return u.r, err
	}
	return s.set(ctx, w, u, Running, audit.RolloutStart, told(u.r), (*run).waves)
}

// Resume goes on with a rollout that waits for somebody, at once. One that broke off without
// being able to say so, as on a full disk, is taken up as after a stop of the console. It
// takes an operator.
func (s *Service) Resume(ctx context.Context, by core.Caller, id string) (Rollout, error) {
	w, u, err := s.open(ctx, by, id, Paused, Stopped, Planning, Running, RollingBack)
	if err != nil {
		return Rollout{}, err
	}
	if u.r.State.Working() {
		return s.set(ctx, w, u, u.r.State, audit.RolloutResume, "", (*run).recover)
	}
	u.atOnce = true
	u.forget()
	if len(u.underWay()) > 0 {
		return s.set(ctx, w, u, Running, audit.RolloutResume, "", (*run).readOn)
	}
	if slices.ContainsFunc(u.targets, func(t Target) bool { return t.State == Unplanned }) {
		return s.set(ctx, w, u, Planning, audit.RolloutResume, "", (*run).planAgain)
	}
	return s.set(ctx, w, u, Running, audit.RolloutResume, "", (*run).waves)
}

// Retry plans the nodes anew that failed, are blocked or were rolled back, and goes on.
// Where some would now change in a way that nobody has reviewed, it waits for somebody to
// look and start it. It takes an operator.
func (s *Service) Retry(ctx context.Context, by core.Caller, id string) (Rollout, error) {
	w, u, err := s.open(ctx, by, id, Planned, Paused, Stopped, Finished)
	if err != nil {
		return Rollout{}, err
	}
	if err := u.giveUp(); err != nil {
		s.drop(w)
		return u.r, err
	}
	fresh := u.r.State == Planned && u.r.Wave == 0
	var again []Target
	for i := range u.targets {
		if t := &u.targets[i]; t.retryable() {
			t.State, t.Reason, t.Updated = Unplanned, "", s.now()
			again = append(again, *t)
		}
	}
	if len(again) == 0 {
		s.drop(w)
		return u.r, core.Errorf(core.Conflict, "no node of rollout %s failed", id)
	}
	u.atOnce = true
	u.forget()
	return s.set(ctx, w, u, Planning, audit.RolloutRetry, fmt.Sprintf("%d nodes", len(again)), func(u *run, ctx context.Context) error {
		if err := s.Board.PutTargets(context.WithoutCancel(ctx), id, again...); err != nil {
			return err
		}
		if fresh {
			return u.planThenRun(ctx)
		}
		return u.planAgain(ctx)
	})
}

// planAgain makes the plans that are missing and goes on, where they hold nothing new.
func (u *run) planAgain(ctx context.Context) error {
	if done, err := u.planAll(ctx); !done || err != nil {
		return err
	}
	groups, err := u.Shelf.Groups(ctx, u.r.ID, 0)
	if err != nil {
		return err
	}
	unseen := map[string]bool{}
	for _, g := range groups {
		unseen[g.ID] = !g.Reviewed
	}
	n := 0
	for _, t := range u.all() {
		if t.State == Waiting && t.Changes > 0 && unseen[t.Group] {
			n++
		}
	}
	if n > 0 {
		u.rest(Planned, fmt.Sprintf("on %d nodes other changes are left than were reviewed: look at them and start it", n))
		return nil
	}
	u.r.State, u.r.Reason = Running, ""
	if err := u.save(); err != nil {
		return err
	}
	return u.waves(ctx)
}

// Rollback brings back what the nodes of a wave held before, or of all waves where it is
// 0. It takes an operator. Where there is nothing to bring back it is a Conflict error.
func (s *Service) Rollback(ctx context.Context, by core.Caller, id string, wave int) (Rollout, error) {
	w, u, err := s.open(ctx, by, id, Planned, Paused, Stopped, Finished, Cancelled)
	if err != nil {
		return Rollout{}, err
	}
	if err := u.giveUp(); err != nil {
		s.drop(w)
		return u.r, err
	}
	back := Undoable(u.targets, wave)
	if len(back) == 0 {
		s.drop(w)
		return u.r, core.Errorf(core.Conflict, "there is nothing to roll back")
	}
	what := fmt.Sprintf("wave %d", wave)
	if wave == 0 {
		what = "all waves"
	}
	was := u.r.State
	return s.set(ctx, w, u, RollingBack, audit.RolloutRollback, fmt.Sprintf("%s, %d nodes", what, len(back)), func(u *run, ctx context.Context) error {
		return u.rollBack(ctx, back, was, what)
	})
}

// rollBack brings back what nodes held before.
func (u *run) rollBack(ctx context.Context, back []Target, was State, what string) error {
	err := u.each(ctx, u.r.Strategy.Parallel, back, func(t Target) (bool, error) {
		if s, _ := u.work.wanted(); s != "" || ctx.Err() != nil {
			return false, nil
		}
		return true, u.undo(ctx, t, "")
	})
	if err != nil {
		return err
	}
	kept := 0
	for _, t := range back {
		if u.all()[t.Position].State != RolledBack {
			kept++
		}
	}
	says := fmt.Sprintf("%s was rolled back by %s: %d of %d nodes hold again what they held", what, u.by.Name, len(back)-kept, len(back))
	if !was.Over() {
		was = Finished
		if slices.ContainsFunc(u.all(), func(t Target) bool { return t.State == Waiting || t.State == Unplanned }) {
			was = Stopped
		}
	}
	u.rest(was, says)
	return nil
}

// Pause lets a rollout end before the next node, and wait for somebody; also while it is
// rolled back. It takes an operator. One that does not run is a Conflict error.
func (s *Service) Pause(ctx context.Context, by core.Caller, id string) (Rollout, error) {
	return s.ask(ctx, by, id, Paused, audit.RolloutPause, Running, RollingBack)
}

// Cancel ends a rollout before the next node. Nodes that were applied to stay as they are.
// It takes an operator. One that is over is a Conflict error.
func (s *Service) Cancel(ctx context.Context, by core.Caller, id string) (Rollout, error) {
	r, err := s.ask(ctx, by, id, Cancelled, audit.RolloutCancel, Planning, Running)
	if core.CodeOf(err) != core.Conflict || r.State.Working() {
		return r, err
	}
	w, u, err := s.open(ctx, by, id, Planned, Paused, Stopped)
	if err != nil {
		return r, err
	}
	defer s.drop(w)
	if err := u.giveUp(); err != nil {
		return u.r, err
	}
	u.r.Actor = by.Name
	err = u.skip("cancelled by "+by.Name, audit.New(s.now(), by, audit.RolloutCancel, id))
	return u.r, err
}

// cancelFirst is what to do before a rollout is deleted.
const cancelFirst = "cancel it first"

// Remove deletes a rollout that was never begun, or that is over. What it did to nodes
// stays. It takes an operator. Any other rollout is a Conflict error.
func (s *Service) Remove(ctx context.Context, by core.Caller, id string) error {
	w, u, err := s.open(ctx, by, id, States()...)
	if core.CodeOf(err) == core.Conflict {
		return core.WithHint(err, cancelFirst)
	} else if err != nil {
		return err
	}
	defer s.drop(w)
	if !u.r.Removable() {
		return core.WithHint(core.Errorf(core.Conflict, "rollout %s is %s: only one that was never begun, or that is over, can be deleted", id, u.r.State), cancelFirst)
	}
	return s.Store.RemoveRollout(ctx, id, audit.New(s.now(), by, audit.RolloutRemove, id).Saying(told(u.r)))
}

// ask asks a rollout that is under way for a state.
func (s *Service) ask(ctx context.Context, by core.Caller, id string, to State, did audit.Action, from ...State) (Rollout, error) {
	if err := by.Require(core.Operator); err != nil {
		return Rollout{}, err
	}
	r, err := s.Store.Rollout(ctx, id)
	if err != nil {
		return r, err
	}
	w := s.find(id)
	if w == nil || !slices.Contains(from, r.State) {
		err := core.Errorf(core.Conflict, "rollout %s is %s", id, r.State)
		if w == nil && r.State.Working() {
			err = core.WithHint(err, "nobody works on it any more: go on with it first")
		}
		return r, err
	}
	if err := s.Audit.Record(ctx, audit.New(s.now(), by, did, id)); err != nil {
		return r, err
	}
	w.ask(to, by.Name)
	return r, nil
}
