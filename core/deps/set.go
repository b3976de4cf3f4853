package deps

import (
	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/resource"
)

// Part is an entry, or one configuration key of it.
type Part struct {
	Ref core.Ref
	Key string // empty for the whole entry
}

// String returns the part as "sourceConfig/mqtt/td".
func (p Part) String() string {
	if p.Key == "" {
		return p.Ref.String()
	}
	return p.Ref.String() + "/" + p.Key
}

// Item is a part of a closure, with why it is there.
type Item struct {
	Part
	Why  resource.Why // empty for what was asked for
	From Part         // the part that needs it; the zero part for what was asked for
}

// Gap is a need that nothing in the bundle serves.
type Gap struct {
	resource.Need
	From Part
}

// Set is what some entries need to work elsewhere.
type Set struct {
	Bundle  *bundle.Bundle // the entries; of configurations only the keys that are needed
	Items   []Item         // one for each part, in install order
	Links   []Link         // every need of a part of the set, and what serves it
	Missing []Gap          // in the order of the parts that need them
}

// Chain returns the parts that lead from what was asked for to the item, both
// included.
func (s *Set) Chain(item Item) []Part {
	from := map[Part]Part{}
	for _, i := range s.Items {
		from[i.Part] = i.From
	}
	chain := []Part{item.Part}
	for p := item.From; p != (Part{}); p = from[p] {
		chain = append([]Part{p}, chain...)
	}
	return chain
}
