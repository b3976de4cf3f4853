package views

import (
	"slices"

	"ekuiper-console/core"
	"ekuiper-console/core/deps"
	"ekuiper-console/core/deps/drawing"
	"ekuiper-console/core/resource"
)

// shownParts bounds the parts that the export lists of a section.
const shownParts = 20

// Closure is what the page tells of a set: what it shows, and of the rest the counts. It
// holds little, however large the set is.
type Closure struct {
	entries int
	used    int // connections that something needs
	missing int
	gaps    []shownGap // the first of what is missing
	groups  []group
	drawing *drawing.Drawing
}

// NewClosure looks through a set once.
func NewClosure(s *deps.Set) *Closure {
	c := &Closure{entries: s.Bundle.Len(), missing: len(s.Missing), drawing: drawing.New(s)}
	way := newTrail(s)
	for _, g := range first(s.Missing, shownParts) {
		c.gaps = append(c.gaps, shownGap{g, way.to(g.From)})
	}
	for _, item := range s.Items {
		if item.Ref.Kind == core.Connection && item.Why != "" {
			c.used++
		}
	}
	c.groups = groups(s, way)
	return c
}

// shownGap is something that is missing, with the way to what needs it.
type shownGap struct {
	deps.Gap
	way []deps.Part
}

// shownItem is something that comes along, with the way to what needs it.
type shownItem struct {
	deps.Item
	way []deps.Part
}

// group is what comes along of one kind.
type group struct {
	kind  core.Kind
	count int
	parts []shownItem
}

// groups sorts the items of a set by kind: what was asked for first, then in the order
// of a document.
func groups(s *deps.Set, way trail) []group {
	var all [core.NumKinds]group
	for _, item := range s.Items {
		g := &all[item.Ref.Kind]
		g.kind = item.Ref.Kind
		g.count++
		if len(g.parts) < shownParts {
			g.parts = append(g.parts, shownItem{item, way.to(item.From)})
		}
	}
	list := make([]group, 0, core.NumKinds)
	if all[core.Rule].count > 0 {
		list = append(list, all[core.Rule])
	}
	for _, k := range core.DocumentOrder() {
		if k != core.Rule && all[k].count > 0 {
			list = append(list, all[k])
		}
	}
	return list
}

// partName is the name of a part within its section.
func partName(p deps.Part) string {
	if p.Key == "" {
		return p.Ref.Name
	}
	return p.Ref.Name + "/" + p.Key
}

// gapName is the name of what is missing.
func gapName(g deps.Gap) string {
	if g.Key == "" {
		return g.Name
	}
	return g.Name + "/" + g.Key
}

// trail knows from where each part of a set is needed. It answers for many parts what
// Set.Chain answers for one.
type trail map[deps.Part]deps.Part

// newTrail reads the items of a set.
func newTrail(s *deps.Set) trail {
	way := make(trail, len(s.Items))
	for _, item := range s.Items {
		way[item.Part] = item.From
	}
	return way
}

// to returns the parts that lead from what was asked for to a part, both included.
func (way trail) to(p deps.Part) []deps.Part {
	var chain []deps.Part
	for range len(way) + 1 {
		if p == (deps.Part{}) {
			break
		}
		chain = append(chain, p)
		p = way[p]
	}
	slices.Reverse(chain)
	return chain
}

// why is how an entry needs another, and what it lacks when the other is missing.
type why struct {
	verb  Key
	lacks Key
}

// whys tells the ways to need something.
var whys = map[resource.Why]why{
	resource.ReadsFrom:  {"why.reads", "lacks.reads"},
	resource.SourceType: {"why.source-type", "lacks.source-type"},
	resource.SinkType:   {"why.sink-type", "lacks.sink-type"},
	resource.Calls:      {"why.calls", "lacks.calls"},
	resource.SourceKey:  {"why.source-key", "lacks.source-key"},
	resource.SinkKey:    {"why.sink-key", "lacks.sink-key"},
	resource.Connects:   {"why.connects", "lacks.connects"},
	resource.Decodes:    {"why.decodes", "lacks.decodes"},
	resource.Mentions:   {"why.mentions", "lacks.mentions"},
	resource.Fed:        {"why.fed", "lacks.fed"},
}
