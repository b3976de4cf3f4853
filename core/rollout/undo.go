package rollout

import (
	"context"
	"errors"
	"fmt"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/transfer"
)

// nothing is the bundle of a node that held nothing.
var nothing = []byte("{}")

// undo brings back what a node held before it was applied to, and keeps what was read back.
// Why is the reason for which that is done at once, or empty.
// A node that was changed since by somebody else stays as it is.
func (u *run) undo(ctx context.Context, t Target, why string) error {
	was := t
	t.State = Undoing
	if err := u.put(t); err != nil {
		return err
	}
	result, err := u.giveBack(ctx, &was)
	switch {
	case err != nil && context.Cause(ctx) != nil && core.CodeOf(err) == core.Cancelled:
		return u.put(was) // the console ends, and nothing was sent
	case err == nil && len(result.Deviations) > 0:
		err = errors.New(result.Deviations[0].Message)
	case err == nil && len(result.Rejected) > 0:
		first := &result.Rejected[0]
		err = errors.New(refusal(len(result.Rejected), first.Ref, first.Fault()))
	}
	if err != nil {
		was.State, was.Reason = Failed, since(why, "not rolled back: "+reason(err))
		if result != nil && result.Written {
			was.After = result.Revision
		}
		return u.put(was)
	}
	t.State, t.Begun, t.After = RolledBack, false, result.Revision
	t.Reason = since(why, fmt.Sprintf("holds again what it held at revision %d", t.Before))
	return u.put(t)
}

// giveBack imports what a node held before, unless it was changed since. From the moment
// that something is sent it is not known what the node holds.
func (u *run) giveBack(ctx context.Context, was *Target) (*transfer.Result, error) {
	left, err := u.leftAt(ctx, was)
	if err != nil {
		return nil, err
	}
	req := u.restore(was)
	req.Approve = func(p *plan.Plan) error {
		if p.Base.Revision != left {
			return core.Errorf(core.Conflict, "%s was changed since: it is at revision %d, the rollout left it at %d", was.Node, p.Base.Revision, left)
		}
		return nil
	}
	req.Begins = func() error {
		was.After = 0
		return nil
	}
	return u.bring(ctx, req)
}

// restore returns the import that brings back what a node held before.
func (u *run) restore(t *Target) transfer.Request {
	req := transfer.Request{Node: t.Node, Restores: t.Before, Mode: plan.Full, Atomic: true, Restart: u.r.Restart, Note: "rollout " + u.r.ID + " rolled back", Fresh: true}
	if t.Before == 0 {
		req.Document = nothing
	}
	return req
}

// since says what became of a node after it failed by itself, if it did.
func since(why, what string) string {
	if why == "" {
		return what
	}
	return fmt.Sprintf("%s; it failed before: %s", what, why)
}

// leftAt returns the revision at which the rollout left a node. Where its end is not known
// the node is read: if it holds anything that neither was there before nor comes from the
// rollout, somebody changed it since, and that is a Conflict error.
func (u *run) leftAt(ctx context.Context, t *Target) (int64, error) {
	if t.After != 0 {
		return t.After, nil
	}
	makes, err := u.preview(ctx, u.request(t.Node))
	if err != nil {
		return 0, err
	}
	_, foreign, err := u.foreign(ctx, t, makes)
	if err == nil && foreign != nil {
		err = core.Errorf(core.Conflict, "%s was changed since: the %s %s neither was there before nor comes from the rollout; look at its history and decide there", t.Node, foreign.Kind.Noun(), foreign.Name)
	}
	return makes.Base.Revision, err
}

// foreign returns what would bring a node back, and an entry of the node that neither was
// there before nor comes from the rollout, or nil. Makes is what the rollout would still do
// to it.
func (u *run) foreign(ctx context.Context, t *Target, makes *plan.Plan) (back *plan.Plan, foreign *core.Ref, err error) {
	if back, err = u.preview(ctx, u.restore(t)); err != nil {
		return nil, nil, err
	}
	if back.Base != makes.Base {
		return nil, nil, core.Errorf(core.Conflict, "%s was changed since: it changes while it is looked at; try again in a moment", t.Node)
	}
	own, err := u.own(ctx, t.Node, makes)
	if err != nil {
		return nil, nil, err
	}
	steps := map[core.Ref]*plan.Step{}
	for i := range makes.Steps {
		steps[makes.Steps[i].Ref] = &makes.Steps[i]
	}
	for i := range back.Steps {
		s := &back.Steps[i]
		if !s.Action.Changes() {
			continue
		}
		fine := explained(s, steps[s.Ref], makes.Mode)
		if merges(s, makes.Mode) && s.Action != plan.Create {
			fine = blended(s, own[s.Ref])
		}
		if !fine {
			return back, &s.Ref, nil
		}
	}
	return back, nil, nil
}

// explained reports whether the rollout is why a node does not hold an entry as before.
// Back brings the entry back, and makes is what the rollout would still do to it; nil for
// nothing. A full import that broke off may have deleted anything.
func explained(back, makes *plan.Step, mode plan.Mode) bool {
	switch {
	case done(back):
		return true // the engine wrote it in a form of its own
	case back.Action == plan.Create:
		return mode == plan.Full || makes != nil && makes.Action == plan.Create
	}
	return makes != nil && (makes.Action == plan.Unchanged || done(makes))
}
