package transfer

import (
	"context"
	"fmt"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
)

// plan makes the plan of an import from the state of now.
func (s *Service) plan(ctx context.Context, req Request, doc document, files *fetches) (*plan.Plan, error) {
	current, err := s.Nodes.Snapshot(ctx, req.Node)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", req.Node, err)
	}
	hash := planHash(req, doc, current.State)
	if req.Plan != "" && req.Plan != hash {
		return nil, moved(req.Node, current.State)
	}
	next, sheet, err := layOut(ctx, req, doc, current, files)
	if err != nil {
		return nil, err
	}
	p := sheet.Plan(req.Leave...)
	req.guard(p)
	if err := ctx.Err(); err != nil {
		return nil, cancelled(err)
	}
	p.Unknown, p.Hash, p.Restart = doc.unknown, hash, req.restart(p)
	p.Unread = req.unreads(p, next)
	if n := p.Count(plan.Delete); req.NoDelete && n > 0 {
		return nil, core.WithHint(core.Errorf(core.Conflict, "the import would delete %d entries, which nobody has confirmed", n), "look at the bundle again, and confirm")
	}
	return p, nil
}

// layOut reads the files that an import needs, and returns the sheet on which it is
// planned, and what the document says to the node.
func layOut(ctx context.Context, req Request, doc document, current plan.Snapshot, files *fetches) (*bundle.Bundle, *plan.Sheet, error) {
	next, lost := doc.over(req, current.Bundle)
	switch {
	case req.NoFetch && len(req.Files) > 0: // what came along can be looked into all the same
		files.get(ctx, given(wanted(req.Mode, current.Bundle, next, req.Leave), req.Files))
	case !req.NoFetch:
		files.get(ctx, wanted(req.Mode, current.Bundle, next, req.Leave))
	}
	if err := ctx.Err(); err != nil {
		return nil, nil, cancelled(err)
	}
	if files.trouble != nil {
		return nil, nil, files.trouble
	}
	req.report(Checking)
	files.past = doc.artifacts
	c := newChecker(req.Mode, current, next, files)
	check := c.check
	if req.Restores > 0 {
		check = trusting(check, doc.artifacts)
	}
	check = lost.refusing(check)
	if req.Progress != nil {
		check = counted(ctx, &req, next.Len(), check)
	}
	sheet := plan.NewSheet(req.Mode, current, next, check, c.ahead.look) // takes as long as many checks
	req.checking(0, next.Len())
	return next, sheet, nil
}

// counted tells how many entries were checked, and checks none any more once the context
// has ended.
func counted(ctx context.Context, req *Request, total int, check plan.Check) plan.Check {
	n := 0
	return func(e plan.Entry) plan.Verdict {
		if n++; n%tellEvery == 0 {
			req.checking(n, total)
		}
		if ctx.Err() != nil {
			return plan.Verdict{Text: e.Text}
		}
		return check(e)
	}
}

// tellEvery is after how many entries an import tells how far it has come.
const tellEvery = 1024

// cancelled is the error of an import whose context has ended.
func cancelled(err error) error {
	return core.Errorf(core.Cancelled, "the import was cancelled: %w", err)
}

// moved is the error of an import whose plan is no longer that of now.
func moved(node string, now plan.State) error {
	return core.WithHint(core.Errorf(core.Conflict, "%s has moved since the plan was made: it is at revision %d", node, now.Revision),
		"nothing was changed; look at the plan of now, and apply that")
}

// trusting makes warnings of the faults that a check finds: what a revision held is
// brought back as it was, to the letter.
func trusting(check plan.Check, artifacts map[core.Ref]plan.Artifact) plan.Check {
	return func(e plan.Entry) plan.Verdict {
		v := check(e)
		for i := range v.Findings {
			if f := &v.Findings[i]; f.Severity == core.Fault {
				f.Severity, f.Message = core.Warn, "brought back as it was: "+f.Message
			}
		}
		v.Text, v.Artifact = e.Text, nil
		if a, ok := artifacts[e.Ref]; ok {
			v.Artifact = &a
		}
		return v
	}
}
