package transfer

import (
	"context"
	"fmt"
	"slices"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
)

// rollback brings back what a node held before an import of which it did not do all as
// planned. What came of that is a warning of the result. A node that did not answer to the
// end may still be at work: two imports at once would leave it with a mixture.
func (s *Service) rollback(ctx context.Context, by core.Caller, req Request, result *Result) {
	ill := slices.ContainsFunc(result.Deviations, func(d plan.Deviation) bool { return d.What != plan.Differs })
	if !req.Rollback || !result.Written || !ill {
		return
	}
	if slices.ContainsFunc(result.Deviations, func(d plan.Deviation) bool { return d.What == plan.BrokeOff }) {
		result.warn("nothing was brought back, since the node did not answer to the end and may still be at work")
		return
	}
	back := &Request{Node: req.Node, Mode: plan.Full, Note: fmt.Sprintf("undoes revision %d, which did not come as planned", result.Revision), Task: req.Task, Restart: req.Restart}
	if back.Restores = result.Base; back.Restores == 0 {
		back.Document = nothing
	}
	undone, err := s.bring(context.WithoutCancel(ctx), by, back)
	if err != nil {
		result.warn(fmt.Sprintf("bringing revision %d back: %v", result.Base, err))
		return
	}
	if len(undone.Rejected) > 0 && !undone.Written {
		result.warn(fmt.Sprintf("revision %d was not brought back: %s", result.Base, undone.Rejected[0].Fault().Message))
		return
	}
	result.RolledBack = undone.Revision
	if len(undone.Deviations) > 0 {
		result.warn(fmt.Sprintf("revision %d was brought back, and did not come as planned either: %s", result.Base, undone.Deviations[0].Message))
		return
	}
	result.warn(fmt.Sprintf("revision %d was brought back", result.Base))
}

// warn adds a warning about the import as a whole.
func (r *Result) warn(message string) {
	r.Warnings = append(r.Warnings, core.Finding{Severity: core.Warn, Offset: -1, Message: message})
}
