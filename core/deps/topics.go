package deps

import (
	"slices"
	"strings"

	"ekuiper-console/core"
)

// writersOf returns the rules that write to a memory topic, or to those that a filter
// names, by name.
func (g *Graph) writersOf(topic string) []Part {
	var refs []core.Ref
	if !strings.ContainsAny(topic, "+#") {
		refs = g.writers()[topic]
	} else {
		for written, by := range g.writers() {
			if matches(topic, written) {
				refs = append(refs, by...)
			}
		}
		slices.SortFunc(refs, core.Ref.Compare)
		refs = slices.Compact(refs)
	}
	var parts []Part
	for _, ref := range refs {
		parts = append(parts, Part{Ref: ref})
	}
	return parts
}

// readWriters finds the memory topics of all rules. Where not every entry is known,
// only the rules that can have one are read for it.
func (g *Graph) readWriters() map[string][]core.Ref {
	writers := map[string][]core.Ref{}
	for name, text := range g.b.Section(core.Rule) {
		if !g.complete.Load() && !mayWrite(text) {
			continue
		}
		ref := core.Ref{Kind: core.Rule, Name: name}
		for _, topic := range g.about(ref).extras().topics {
			writers[topic] = append(writers[topic], ref)
		}
	}
	for _, refs := range writers {
		slices.SortFunc(refs, core.Ref.Compare)
	}
	return writers
}

// mayWrite reports whether the JSON of a rule can have a sink of the type memory: JSON
// can spell the letters of the word in one other way only.
func mayWrite(text string) bool {
	return strings.Contains(text, "memory") || strings.Contains(text, `\u`)
}

// matches reports whether a topic is one of those that a filter with the wildcards
// of MQTT names: + for one level, # for all that follow.
func matches(filter, topic string) bool {
	for {
		level, moreLevels, deeper := strings.Cut(filter, "/")
		if level == "#" {
			return true
		}
		name, moreNames, longer := strings.Cut(topic, "/")
		if level != "+" && level != name {
			return false
		}
		if !deeper || !longer {
			next, _, _ := strings.Cut(moreLevels, "/") // a # may stand for no level at all
			return deeper == longer || next == "#"
		}
		filter, topic = moreLevels, moreNames
	}
}
