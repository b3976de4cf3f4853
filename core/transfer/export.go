package transfer

import (
	"context"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/deps"
	"ekuiper-console/core/plan"
)

// Export returns all that a node holds. The bundle must not be written to.
func (s *Service) Export(ctx context.Context, by core.Caller, node string) (plan.Snapshot, error) {
	if err := by.Require(core.Viewer); err != nil {
		return plan.Snapshot{}, err
	}
	if err := known(node); err != nil {
		return plan.Snapshot{}, err
	}
	return s.Nodes.Snapshot(ctx, node)
}

// ExportRules returns rules with all that they need, and why. A rule that is not
// there is a NotFound error that names it; an empty name is an Invalid one.
func (s *Service) ExportRules(ctx context.Context, by core.Caller, node string, ids []string) (*deps.Set, error) {
	snapshot, err := s.Export(ctx, by, node)
	if err != nil {
		return nil, err
	}
	roots := make([]core.Ref, 0, len(ids))
	for i, id := range ids {
		if id == "" {
			return nil, core.WithHint(core.Errorf(core.Invalid, "rule id %d of %d is empty", i+1, len(ids)), "give the names of rules, or none at all")
		}
		roots = append(roots, core.Ref{Kind: core.Rule, Name: id})
	}
	return s.ready(node, snapshot).Closure(roots)
}

// Status returns the errors of the last import into a node. An empty report means
// that all of it was accepted.
func (s *Service) Status(ctx context.Context, by core.Caller, node string) (*bundle.Bundle, error) {
	if err := by.Require(core.Viewer); err != nil {
		return nil, err
	}
	if err := known(node); err != nil {
		return nil, err
	}
	return s.Nodes.Report(ctx, node)
}
