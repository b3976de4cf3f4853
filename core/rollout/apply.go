package rollout

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/transfer"
)

// apply brings the bundle into one node, and keeps what was read back. Its error is one of
// the store: what goes wrong with the node is kept with the target.
func (u *run) apply(ctx context.Context, t Target) error {
	was := t
	t.State, t.Reason, t.Deviations = Applying, "", 0
	if err := u.put(t); err != nil {
		return err
	}
	req, base := u.request(t.Node), int64(0)
	req.Approve = func(p *plan.Plan) error {
		base = p.Base.Revision
		if id, _ := digest(p); id != t.Group {
			return core.Errorf(core.Conflict, "what would change is not what was reviewed: %s has moved since; nothing was written", t.Node)
		}
		return nil
	}
	req.Begins = func() error {
		if !was.Begun || was.After != 0 && was.After != base {
			t.Before = base // else it is what was there before an earlier try
		}
		t.Begun, t.After = true, 0
		return u.put(t)
	}
	result, err := u.bring(ctx, req)
	if err != nil && context.Cause(ctx) != nil && core.CodeOf(err) == core.Cancelled {
		return u.put(was) // the console ends, and nothing was sent
	}
	if u.judge(&t, result, err); t.State == Verified {
		u.noteHealth(ctx, t.Node)
		return u.put(t)
	}
	u.failed()
	if err := u.put(t); err != nil {
		return err
	}
	if u.r.Strategy.RollbackOnError && err == nil && len(result.Deviations) > 0 && !brokeOff(result) {
		return u.undo(ctx, t, t.Reason)
	}
	return nil
}

// judge says what became of an import. It is verified only where the node was read back
// and did all as planned.
func (u *run) judge(t *Target, result *transfer.Result, err error) {
	t.State = Failed
	switch {
	case err != nil:
		t.Reason = reason(err)
	case len(result.Deviations) > 0:
		t.After, t.Deviations = result.Revision, len(result.Deviations)
		t.Reason = fmt.Sprintf("%d not as planned, the first: %s", t.Deviations, excerpt(result.Deviations[0].Message))
	case result.Failed():
		t.Reason = fmt.Sprintf("%d rejected; nothing was written", len(result.Rejected))
	default:
		t.State, t.After = Verified, result.Revision
	}
}

// maxReason bounds what is kept of a reason, in bytes.
const maxReason = 1000

// reason returns the text of an error, as far as it is kept.
func reason(err error) string { return excerpt(err.Error()) }

// excerpt returns the beginning of a text.
func excerpt(text string) string {
	if len(text) <= maxReason {
		return text
	}
	return strings.ToValidUTF8(text[:maxReason], "") + "…"
}

// brokeOff reports whether a node did not answer to the end. It may still be at work: two
// imports at once would leave it with a mixture.
func brokeOff(result *transfer.Result) bool {
	return slices.ContainsFunc(result.Deviations, func(d plan.Deviation) bool { return d.What == plan.BrokeOff })
}

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
	req := transfer.Request{Node: t.Node, Restores: t.Before, Mode: plan.Full, Atomic: true, Restart: u.r.Restart, Note: "rollout " + u.r.ID + " rolled back"}
	if t.Before == 0 {
		req.Document = nothing
	}
	req.Approve = func(p *plan.Plan) error {
		if was.After != 0 && p.Base.Revision != was.After {
			return core.Errorf(core.Conflict, "%s was changed since: it is at revision %d, the rollout left it at %d", t.Node, p.Base.Revision, was.After)
		}
		return nil
	}
	result, err := u.bring(ctx, req)
	switch {
	case err != nil && context.Cause(ctx) != nil && core.CodeOf(err) == core.Cancelled:
		return u.put(was) // the console ends, and nothing was sent
	case err == nil && len(result.Deviations) > 0:
		err = errors.New(result.Deviations[0].Message)
	case err == nil && result.Failed():
		err = core.Errorf(core.Conflict, "%d rejected", len(result.Rejected))
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

// since says what became of a node after it failed by itself, if it did.
func since(why, what string) string {
	if why == "" {
		return what
	}
	return fmt.Sprintf("%s; it failed before: %s", what, why)
}
