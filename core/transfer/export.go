package transfer

import (
	"context"
	"fmt"

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
	return deps.New(snapshot.Bundle).Closure(roots)
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

// History returns up to limit revisions below before, the newest first; from the
// newest where before is 0.
func (s *Service) History(ctx context.Context, by core.Caller, node string, before int64, limit int) ([]plan.Revision, error) {
	if err := by.Require(core.Viewer); err != nil {
		return nil, err
	}
	if err := known(node); err != nil {
		return nil, err
	}
	return s.Journal.Revisions(ctx, node, before, limit)
}

// Changes returns what one revision did. A revision that is not there is a NotFound
// error.
func (s *Service) Changes(ctx context.Context, by core.Caller, node string, revision int64) ([]plan.Change, error) {
	found, err := s.History(ctx, by, node, revision+1, 1)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 || found[0].Number != revision {
		return nil, core.Errorf(core.NotFound, "%s has no revision %d", node, revision)
	}
	changes, err := s.Journal.Changes(ctx, node, revision)
	if err != nil {
		return nil, fmt.Errorf("reading revision %d: %w", revision, err)
	}
	return changes, nil
}
