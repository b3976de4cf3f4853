package bundle

import (
	_ "embed"
	"iter"
	"maps"
	"slices"

	"ekuiper-console/core"
)

// Sample is the example document of the engine's documentation: all twelve
// sections, two rules, a stream and a table among them.
//
//go:embed testdata/seed.json
var Sample []byte

// Bundle is a set of entries, each a text under a kind and a name. The zero value
// is empty and ready for use. It is safe for use by many readers at once as long
// as nobody writes.
type Bundle struct {
	sections [core.NumKinds]map[string]string
}

// Get returns the text of an entry.
func (b *Bundle) Get(ref core.Ref) (text string, ok bool) {
	text, ok = b.sections[ref.Kind][ref.Name]
	return text, ok
}

// Set puts a text under ref, in place of what was there.
func (b *Bundle) Set(ref core.Ref, text string) {
	if b.sections[ref.Kind] == nil {
		b.sections[ref.Kind] = map[string]string{}
	}
	b.sections[ref.Kind][ref.Name] = text
}

// Delete takes an entry out. It does nothing where there is none.
func (b *Bundle) Delete(ref core.Ref) { delete(b.sections[ref.Kind], ref.Name) }

// Clone returns a copy that shares nothing with b but the texts.
func (b *Bundle) Clone() *Bundle {
	c := &Bundle{}
	for k := range b.sections {
		c.sections[k] = maps.Clone(b.sections[k])
	}
	return c
}

// Len returns the number of entries.
func (b *Bundle) Len() int {
	n := 0
	for k := range b.sections {
		n += len(b.sections[k])
	}
	return n
}

// Count returns the number of entries of one kind.
func (b *Bundle) Count(k core.Kind) int { return len(b.sections[k]) }

// Names returns the names of the entries of one kind, sorted.
func (b *Bundle) Names(k core.Kind) []string {
	return slices.Sorted(maps.Keys(b.sections[k]))
}

// Section yields the names and texts of the entries of one kind, in no order.
func (b *Bundle) Section(k core.Kind) iter.Seq2[string, string] { return maps.All(b.sections[k]) }

// All yields every entry in install order, by name within a kind.
func (b *Bundle) All() iter.Seq2[core.Ref, string] {
	return func(yield func(core.Ref, string) bool) {
		for _, k := range core.InstallOrder() {
			for _, name := range b.Names(k) {
				if !yield(core.Ref{Kind: k, Name: name}, b.sections[k][name]) {
					return
				}
			}
		}
	}
}

// Equal reports whether two bundles hold the same entries with the same texts.
func (b *Bundle) Equal(other *Bundle) bool {
	for k := range b.sections {
		if !maps.Equal(b.sections[k], other.sections[k]) {
			return false
		}
	}
	return true
}
