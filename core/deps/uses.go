package deps

import (
	"cmp"
	"slices"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/resource"
)

// Link is a need of a part, with what serves it.
type Link struct {
	resource.Need
	From Part
	To   Part // zero where nothing serves the need
}

// Missing reports whether the need is not served.
func (l Link) Missing() bool { return l.To == Part{} }

// Needs returns what a part needs directly, one link for each part that serves a need
// and one for a need that is not served. Of a configuration without a key it returns
// the needs of all keys. What is built in, and what may be absent and is, has no link.
// What is needed twice in the same way is there once.
func (g *Graph) Needs(p Part) []Link {
	f := g.about(p.Ref)
	if f == nil {
		return nil
	}
	if p.Key != "" || len(f.extras().keys) == 0 {
		return withoutRepeats(g.links(p))
	}
	var all []Link
	for _, s := range f.extras().keys {
		all = append(all, withoutRepeats(g.links(Part{p.Ref, s.key}))...)
	}
	return all
}

// withoutRepeats returns the links of one part without those that lead where an earlier
// one leads, for the same reason.
func withoutRepeats(links []Link) []Link {
	type way struct {
		why resource.Why
		to  Part
	}
	seen := make(map[way]bool, len(links))
	return slices.DeleteFunc(links, func(l Link) bool {
		w := way{l.Why, l.To}
		repeated := seen[w]
		seen[w] = true
		return repeated && !l.Missing()
	})
}

// links returns what exactly this part needs.
func (g *Graph) links(p Part) []Link {
	f := g.about(p.Ref)
	if f == nil {
		return nil
	}
	var links []Link
	for _, need := range f.needsOf(p.Key) {
		parts, required := g.serve(need)
		for _, served := range parts {
			links = append(links, Link{need, p, served})
		}
		if required && len(parts) == 0 {
			links = append(links, Link{Need: need, From: p})
		}
	}
	return links
}

// uses are the needs of all entries, the other way round.
type uses struct {
	by   map[core.Ref][]use // by the entry that serves the need
	fed  map[string][]use   // by memory topic or filter: who reads what is fed into it
	gaps []use              // by the entry that has the need
}

// use is one need of one entry.
type use struct {
	by   *facts
	need int
}

func (u use) link(to Part) Link { return Link{u.by.needs[u.need], u.by.part(u.need), to} }

// readUses serves every need there is. Topics are only noted: every reader may have
// many writers.
func (g *Graph) readUses() *uses {
	g.readAll()
	u := &uses{by: map[core.Ref][]use{}, fed: map[string][]use{}}
	for _, section := range g.known {
		for _, f := range section {
			for i, n := range f.needs {
				g.noteUse(u, n, use{f, i})
			}
		}
	}
	slices.SortFunc(u.gaps, compareUses)
	for _, users := range u.by {
		slices.SortFunc(users, compareUses)
	}
	return u
}

// compareUses orders uses by the entry that has the need.
func compareUses(a, b use) int {
	return cmp.Or(a.by.ref.Compare(b.by.ref), cmp.Compare(a.need, b.need))
}

func (g *Graph) noteUse(u *uses, n resource.Need, by use) {
	if n.Why == resource.Fed {
		u.fed[n.Name] = append(u.fed[n.Name], by)
		return
	}
	part, required := g.server(n)
	switch {
	case part != Part{}:
		u.by[part.Ref] = append(u.by[part.Ref], by)
	case required:
		u.gaps = append(u.gaps, by)
	}
}

// UsedBy returns the needs that an entry serves directly: of a configuration by key,
// then by the part that has the need. Who needs an entry twice in the same way is there
// once. A graph that is not complete reads all entries for it.
func (g *Graph) UsedBy(ref core.Ref) []Link {
	all := g.uses()
	var links []Link
	for _, u := range all.by[ref] {
		to, _ := g.server(u.by.needs[u.need])
		links = append(links, u.link(to))
	}
	for filter, readers := range all.fed {
		if g.feeds(ref, filter) {
			for _, u := range readers {
				links = append(links, u.link(Part{Ref: ref}))
			}
		}
	}
	slices.SortFunc(links, compareUsers)
	return slices.CompactFunc(links, func(a, b Link) bool { return a.From == b.From && a.To == b.To && a.Why == b.Why })
}

// Users returns up to limit of the links of UsedBy, by the entry that has the need, and
// how many there are in all. It is for entries that very many others use.
func (g *Graph) Users(ref core.Ref, limit int) (links []Link, total int) {
	if ref.Kind == core.Rule { // which topics feed, and few read the same one
		links = g.UsedBy(ref)
		return links[:min(limit, len(links))], len(links)
	}
	all := g.uses().by[ref]
	for len(all) > 0 {
		n := 1 // uses by the same entry stand together
		for n < len(all) && all[n].by == all[0].by {
			n++
		}
		if n == 1 && total >= limit {
			total++
		} else {
			distinct := g.distinct(all[:n])
			links = append(links, distinct[:max(0, min(len(distinct), limit-total))]...)
			total += len(distinct)
		}
		all = all[n:]
	}
	return links, total
}

// distinct returns the links of some uses without those that lead where an earlier one
// leads, for the same reason.
func (g *Graph) distinct(uses []use) []Link {
	var links []Link
	for _, u := range uses {
		to, _ := g.server(u.by.needs[u.need])
		link := u.link(to)
		if !slices.ContainsFunc(links, func(l Link) bool { return l.From == link.From && l.To == to && l.Why == link.Why }) {
			links = append(links, link)
		}
	}
	return links
}

// feeds reports whether an entry is a rule that writes to a memory topic that a filter
// names.
func (g *Graph) feeds(ref core.Ref, filter string) bool {
	if ref.Kind != core.Rule {
		return false
	}
	return slices.ContainsFunc(g.about(ref).extras().topics, func(topic string) bool { return matches(filter, topic) })
}

func compareUsers(a, b Link) int {
	return cmp.Or(
		strings.Compare(a.To.Key, b.To.Key), a.From.Ref.Compare(b.From.Ref), strings.Compare(a.From.Key, b.From.Key),
		cmp.Compare(a.Why, b.Why), strings.Compare(a.Name, b.Name), strings.Compare(a.Need.Key, b.Need.Key))
}

// Missing returns up to limit needs of the whole bundle that nothing serves, by the
// entry that has them, and how many there are in all. A graph that is not complete
// reads all entries for it.
func (g *Graph) Missing(limit int) (gaps []Gap, total int) {
	all := g.uses().gaps
	for _, u := range all[:min(max(limit, 0), len(all))] {
		gaps = append(gaps, Gap{u.by.needs[u.need], u.by.part(u.need)})
	}
	return gaps, len(all)
}

// Lacking returns how many needs nothing serves, by the kind of the entry that has them.
// A graph that is not complete reads all entries for it.
func (g *Graph) Lacking() (n [core.NumKinds]int) {
	for _, u := range g.uses().gaps {
		n[u.by.ref.Kind]++
	}
	return n
}
