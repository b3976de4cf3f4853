package transfer

import (
	"context"
	"fmt"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
)

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

// Revision returns one revision, or a NotFound error.
func (s *Service) Revision(ctx context.Context, by core.Caller, node string, number int64) (plan.Revision, error) {
	found, err := s.History(ctx, by, node, number+1, 1)
	if err != nil {
		return plan.Revision{}, err
	}
	if number < 1 || len(found) == 0 || found[0].Number != number {
		return plan.Revision{}, core.Errorf(core.NotFound, "%s has no revision %d", node, number)
	}
	return found[0], nil
}

// Changes returns what one revision did. A revision that is not there is a NotFound
// error.
func (s *Service) Changes(ctx context.Context, by core.Caller, node string, revision int64) ([]plan.Change, error) {
	if _, err := s.Revision(ctx, by, node, revision); err != nil {
		return nil, err
	}
	changes, err := s.Journal.Changes(ctx, node, revision)
	if err != nil {
		return nil, fmt.Errorf("reading revision %d: %w", revision, err)
	}
	return changes, nil
}

// At returns what a node held at a revision; at 0 it held nothing. A revision that is
// not there is a NotFound error. The bundle must not be written to.
func (s *Service) At(ctx context.Context, by core.Caller, node string, revision int64) (*bundle.Bundle, error) {
	if revision == 0 {
		return &bundle.Bundle{}, by.Require(core.Viewer)
	}
	if _, err := s.Revision(ctx, by, node, revision); err != nil {
		return nil, err
	}
	past, err := s.Journal.At(ctx, node, revision)
	return past.Bundle, err
}

// Diff returns what leads from what a node held at one revision to what it held at
// another, which may be the older one, in install order. Revision 0 is the empty node.
func (s *Service) Diff(ctx context.Context, by core.Caller, node string, from, to int64) ([]plan.Change, error) {
	next, err := s.At(ctx, by, node, to)
	if err != nil {
		return nil, err
	}
	old, err := s.At(ctx, by, node, from)
	if err != nil {
		return nil, err
	}
	return between(old, next), nil
}

// between returns what leads from one bundle to another: what is new or other, and then
// what goes.
func between(old, next *bundle.Bundle) []plan.Change {
	var changes []plan.Change
	for ref, text := range next.All() {
		was, there := old.Get(ref)
		switch {
		case !there:
			changes = append(changes, plan.Change{Action: plan.Create, Ref: ref, New: text})
		case was != text:
			changes = append(changes, plan.Change{Action: plan.Replace, Ref: ref, Old: was, New: text})
		}
	}
	for ref, text := range old.All() {
		if _, stays := next.Get(ref); !stays {
			changes = append(changes, plan.Change{Action: plan.Delete, Ref: ref, Old: text})
		}
	}
	return changes
}
