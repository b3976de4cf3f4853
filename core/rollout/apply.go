package rollout

import (
	"context"
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
	result, err := u.send(ctx, &t)
	if err != nil && context.Cause(ctx) != nil && core.CodeOf(err) == core.Cancelled {
		return u.put(was) // the console ends, and nothing was sent
	}
	if u.judge(&t, result, err); t.State == Verified {
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

// elsewhere is the revision at which the rollout left a node that others changed since: none.
const elsewhere = -1

// send imports the bundle into a node. What would change must be what was reviewed.
func (u *run) send(ctx context.Context, t *Target) (*transfer.Result, error) {
	left, base := int64(elsewhere), int64(0)
	if t.Begun {
		var err error
		if left, err = u.leftAt(ctx, t); core.CodeOf(err) == core.Conflict {
			left = elsewhere
		} else if err != nil {
			return nil, err
		}
	}
	u.noteHealth(ctx, t)
	req := u.request(t.Node)
	req.Approve = func(p *plan.Plan) error {
		base = p.Base.Revision
		if id, _ := digest(p); id != t.Group {
			return core.Errorf(core.Conflict, "what would change is not what was reviewed: %s has moved since; nothing was written, and a retry plans it anew", t.Node)
		}
		return nil
	}
	req.Begins = func() error {
		if left != base {
			t.Before = base // else it is what was there before an earlier try
		}
		t.Begun, t.After = true, 0
		return u.put(*t)
	}
	return u.bring(ctx, req)
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
