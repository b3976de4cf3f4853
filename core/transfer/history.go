package transfer

import (
	"context"
	"fmt"
	"slices"

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
	if err := s.known(ctx, node); err != nil {
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

// Changes returns what one revision did, or a part of it. A revision that is not there
// is a NotFound error.
func (s *Service) Changes(ctx context.Context, by core.Caller, node string, revision int64, w plan.Window) ([]plan.Change, error) {
	if _, err := s.Revision(ctx, by, node, revision); err != nil {
		return nil, err
	}
	changes, err := s.Journal.Changes(ctx, node, revision, w)
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
	rev, err := s.Revision(ctx, by, node, revision)
	if err != nil {
		return nil, err
	}
	if now, err := s.Export(ctx, by, node); err == nil && now.State == rev.State() {
		return now.Bundle, nil
	}
	past, err := s.Journal.At(ctx, node, revision)
	return past.Bundle, err
}

// Diff returns what leads from what a node held at one revision to what it held at
// another, which may be the older one, in install order. Revision 0 is the empty node.
// The changes must not be written to.
func (s *Service) Diff(ctx context.Context, by core.Caller, node string, from, to int64) ([]plan.Change, error) {
	var key diffKey
	for i, n := range []int64{to, from} {
		if n == 0 {
			continue
		}
		rev, err := s.Revision(ctx, by, node, n)
		if err != nil {
			return nil, err
		}
		key[i] = rev.State()
	}
	if changes, ok := s.diffed(key); ok {
		return changes, by.Require(core.Viewer)
	}
	next, err := s.At(ctx, by, node, to)
	if err != nil {
		return nil, err
	}
	old, err := s.At(ctx, by, node, from)
	if err != nil {
		return nil, err
	}
	changes := between(old, next)
	s.keepDiff(key, changes)
	return changes, nil
}

// diffKey names a comparison by its two states, what it leads to and what it comes from. The hash of a state tells nodes apart.
type diffKey [2]plan.State

// keptDiffs bounds the comparisons that are kept, for whoever pages through them.
const keptDiffs = 4

// diffed returns a comparison that was made lately.
func (s *Service) diffed(key diffKey) (changes []plan.Change, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	changes, ok = s.diffs[key]
	return changes, ok
}

// keepDiff keeps a comparison, in place of all others where there are many.
func (s *Service) keepDiff(key diffKey, changes []plan.Change) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.diffs == nil || len(s.diffs) >= keptDiffs {
		s.diffs = map[diffKey][]plan.Change{}
	}
	s.diffs[key] = changes
}

// between returns what leads from one bundle to another: what is new or other, and then
// what goes. Only what differs is sorted, because most of two revisions is the same.
func between(old, next *bundle.Bundle) []plan.Change {
	var changes, gone []plan.Change
	for _, k := range core.InstallOrder() {
		for name, text := range next.Section(k) {
			ref := core.Ref{Kind: k, Name: name}
			was, there := old.Get(ref)
			switch {
			case !there:
				changes = append(changes, plan.Change{Action: plan.Create, Ref: ref, New: text})
			case was != text:
				changes = append(changes, plan.Change{Action: plan.Replace, Ref: ref, Old: was, New: text})
			}
		}
		for name, text := range old.Section(k) {
			ref := core.Ref{Kind: k, Name: name}
			if _, stays := next.Get(ref); !stays {
				gone = append(gone, plan.Change{Action: plan.Delete, Ref: ref, Old: text})
			}
		}
	}
	byRef := func(a, b plan.Change) int { return a.Ref.Compare(b.Ref) }
	slices.SortFunc(changes, byRef)
	slices.SortFunc(gone, byRef)
	return append(changes, gone...)
}
