package transfer

import (
	"context"
	"maps"
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
	picked := map[string]bool{}
	for _, q := range c.Every {
		q.Kinds = []core.Kind{core.Rule}
		for _, ref := range l.find(q) {
			picked[ref.Name] = true
		}
	}
	chosen := &Chosen{Choice: Choice{Every: c.Every}}
	names := distinct(c.Rules)
	for _, id := range distinct(c.Except) {
		if _, named := slices.BinarySearch(names, id); picked[id] && !named {
			chosen.Except = append(chosen.Except, id)
		}
	}
	for _, id := range names {
		switch _, there := snapshot.Bundle.Get(core.Ref{Kind: core.Rule, Name: id}); {
		case !there:
			chosen.Unknown = append(chosen.Unknown, id)
		case !picked[id]:
			chosen.Rules = append(chosen.Rules, id)
		}
	}
	for _, id := range chosen.Except {
		delete(picked, id)
	}
	for _, id := range chosen.Rules {
		picked[id] = true
	}
	chosen.Picked = slices.Sorted(maps.Keys(picked))
	return chosen, nil
}

// distinct returns each of some names once, sorted.
func distinct(names []string) []string { return slices.Compact(slices.Sorted(slices.Values(names))) }
