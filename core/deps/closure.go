package deps

import (
	"slices"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/resource"
)

// Closure returns the entries that were asked for and all that they need. An entry
// that is not there is a NotFound error that names it. The entries of also come along
// with all that they need, whether they were asked for or not; of those that something
// asked for needs, the reason is that need.
func (g *Graph) Closure(roots []core.Ref, also ...core.Ref) (*Set, error) {
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
	followed := w.followFrom(0)
	for _, ref := range also {
		for _, part := range g.parts(ref) {
			w.reach(Item{Part: part})
		}
	}
	w.followFrom(followed)
	set := &Set{Items: w.items, Links: w.links, Missing: w.missing, Bundle: g.extract(w.items)}
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
	links   []Link
	missing []Gap
}

func (w *walk) reach(item Item) {
	if _, ok := w.seen[item.Part]; !ok {
		w.seen[item.Part] = len(w.items)
		w.items = append(w.items, item)
	}
}

// followFrom reaches all that the items from place i on need, and returns how many items
// there are then.
func (w *walk) followFrom(i int) int {
	for ; i < len(w.items); i++ {
		w.follow(w.items[i].Part)
	}
	return i
}

// parts returns the keys of an entry that has any, else the entry itself; nothing of one
// that is not there.
func (g *Graph) parts(ref core.Ref) []Part {
	f := g.about(ref)
	if f == nil {
		return nil
	}
	if len(f.extras().keys) == 0 {
		return []Part{{Ref: ref}}
	}
	parts := make([]Part, 0, len(f.extras().keys))
	for _, s := range f.extras().keys {
		parts = append(parts, Part{ref, s.key})
	}
	return parts
}

// follow reaches all that a part needs.
func (w *walk) follow(p Part) {
	for _, l := range w.g.links(p) {
		w.links = append(w.links, l)
		if l.Missing() {
			w.missing = append(w.missing, Gap{l.Need, p})
			continue
		}
		w.reach(Item{Part: l.To, Why: l.Why, From: p})
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
		text, _ := g.b.Get(ref)
		if r, _ := resource.Decode(ref, text); r != nil {
			b.Set(ref, r.(*resource.Config).Only(wanted).Stored())
		}
	}
	return b
}
