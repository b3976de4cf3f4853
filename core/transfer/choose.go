package transfer

import (
	"context"
	"slices"

	"ekuiper-console/core"
)

// Choice picks rules: by name, and by what they have in common.
type Choice struct {
	Rules  []string // by name
	Every  []Query  // all that one of these asks for; only Text, Tag and Status count
	Except []string // not these, whatever Every asks for
}

// Chosen is a choice with what it comes to.
type Chosen struct {
	Choice           // without what makes no difference, sorted
	Picked  []string // the rules, sorted
	Unknown []string // what Rules names and the node does not have, sorted
}

// Choose returns the rules that are picked.
func (s *Service) Choose(ctx context.Context, by core.Caller, node string, c Choice) (*Chosen, error) {
	snapshot, err := s.Export(ctx, by, node)
	if err != nil {
		return nil, err
	}
	l := s.list(node, snapshot)
	var picked []string
	for _, q := range c.Every {
		q.Kinds = []core.Kind{core.Rule}
		picked = union(picked, namesOf(l.find(q)))
	}
	chosen := &Chosen{Choice: Choice{Every: c.Every}}
	names := distinct(c.Rules)
	for _, id := range distinct(c.Except) {
		if !contains(names, id) && contains(picked, id) {
			chosen.Except = append(chosen.Except, id)
		}
	}
	for _, id := range names {
		switch _, there := snapshot.Bundle.Get(core.Ref{Kind: core.Rule, Name: id}); {
		case !there:
			chosen.Unknown = append(chosen.Unknown, id)
		case !contains(picked, id):
			chosen.Rules = append(chosen.Rules, id)
		}
	}
	if len(chosen.Except) > 0 {
		picked = slices.DeleteFunc(picked, func(id string) bool { return contains(chosen.Except, id) })
	}
	chosen.Picked = union(picked, chosen.Rules)
	return chosen, nil
}

// namesOf returns the names of entries.
func namesOf(entries []*Listed) []string {
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Ref.Name
	}
	return names
}

// contains reports whether a name is among sorted ones.
func contains(sorted []string, name string) bool {
	_, found := slices.BinarySearch(sorted, name)
	return found
}

// union returns what is in either of two sorted lists, sorted. There may be very many, which
// are not sorted again.
func union(a, b []string) []string {
	if len(a) == 0 {
		return b
	}
	all := make([]string, 0, len(a)+len(b))
	for _, name := range b {
		n, found := slices.BinarySearch(a, name)
		if all, a = append(all, a[:n]...), a[n:]; !found {
			all = append(all, name)
		}
	}
	return append(all, a...)
}

// distinct returns each of some names once, sorted.
func distinct(names []string) []string { return slices.Compact(slices.Sorted(slices.Values(names))) }
