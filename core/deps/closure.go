package deps

import (
	"slices"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/resource"
)

// Closure returns the entries that were asked for and all that they need. An entry
// that is not there is a NotFound error that names it.
func (g *Graph) Closure(roots []core.Ref) (*Set, error) {
	w := walk{g: g, seen: map[Part]int{}}
	var unknown []string
	for _, ref := range roots {
		if _, ok := g.b.Get(ref); !ok {
			unknown = append(unknown, ref.Name)
			continue
		}
		w.reach(Item{Part: Part{Ref: ref}})
	}
	if len(unknown) > 0 {
		return nil, unknownError(roots[0].Kind, unknown)
	}
	for i := 0; i < len(w.items); i++ {
		w.follow(w.items[i].Part)
	}
	set := &Set{Items: w.items, Missing: w.missing, Bundle: g.extract(w.items)}
	slices.SortStableFunc(set.Items, func(a, b Item) int {
		if c := a.Ref.Compare(b.Ref); c != 0 {
			return c
		}
		return strings.Compare(a.Key, b.Key)
	})
	return set, nil
}

func unknownError(kind core.Kind, names []string) error {
	if len(names) == 1 {
		return core.Errorf(core.NotFound, "%s %s is not found", kind.Noun(), names[0])
	}
	return core.Errorf(core.NotFound, "%ss %s are not found", kind.Noun(), strings.Join(names, ", "))
}

// walk gathers a closure breadth first, so that the reason for an item is the
// shortest there is.
type walk struct {
	g       *Graph
	seen    map[Part]int
	items   []Item
	missing []Gap
}

func (w *walk) reach(item Item) {
	if _, ok := w.seen[item.Part]; !ok {
		w.seen[item.Part] = len(w.items)
		w.items = append(w.items, item)
	}
}

// follow reaches all that a part needs.
func (w *walk) follow(p Part) {
	for _, need := range w.g.needs(p) {
		parts, required := w.g.serve(need)
		for _, served := range parts {
			w.reach(Item{Part: served, Why: need.Why, From: p})
		}
		if required && len(parts) == 0 {
			w.missing = append(w.missing, Gap{Need: need, From: p})
		}
	}
}

// extract returns the entries of the items, of configurations only the keys.
func (g *Graph) extract(items []Item) *bundle.Bundle {
	b := &bundle.Bundle{}
	keys := map[core.Ref][]string{}
	for _, item := range items {
		if item.Key != "" {
			keys[item.Ref] = append(keys[item.Ref], item.Key)
			continue
		}
		text, _ := g.b.Get(item.Ref)
		b.Set(item.Ref, text)
	}
	for ref, wanted := range keys {
		if c, ok := g.resource(ref).(*resource.Config); ok {
			b.Set(ref, c.Only(wanted).Stored())
		}
	}
	return b
}
