package transfer

import (
	"context"
	"fmt"
	"slices"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
)

// rollback brings back what a node held before an import of which it did not do all as
// planned. What came of that is a warning of the result.
func (s *Service) rollback(ctx context.Context, by core.Caller, req Request, result *Result) {
	ill := slices.ContainsFunc(result.Deviations, func(d plan.Deviation) bool { return d.What != plan.Differs })
	if !req.Rollback || !result.Written || !ill {
		return
	}
	back := Request{Node: req.Node, Mode: plan.Full, Note: fmt.Sprintf("undoes revision %d, which did not come as planned", result.Revision), Task: req.Task}
	if back.Restores = result.Base; back.Restores == 0 {
		back.Document = nothing
	}
	undone, err := s.bring(context.WithoutCancel(ctx), by, back)
	f := core.Finding{Severity: core.Warn, Offset: -1}
	switch {
	case err != nil:
		f.Message = fmt.Sprintf("bringing revision %d back: %v", result.Base, err)
	case len(undone.Deviations) > 0:
		result.RolledBack = undone.Revision
		f.Message = fmt.Sprintf("revision %d was brought back, and did not come as planned either: %s", result.Base, undone.Deviations[0].Message)
	default:
		result.RolledBack = undone.Revision
		f.Message = fmt.Sprintf("revision %d was brought back", result.Base)
	}
	result.Warnings = append(result.Warnings, f)
}
