package bundle

import (
	_ "embed"
	"iter"

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
	sections [core.NumKinds]section
}

// Get returns the text of an entry.
func (b *Bundle) Get(ref core.Ref) (text string, ok bool) { return b.sections[ref.Kind].get(ref.Name) }

// Set puts a text under ref, in place of what was there.
func (b *Bundle) Set(ref core.Ref, text string) { b.sections[ref.Kind].set(ref.Name, text) }

// Delete takes an entry out. It does nothing where there is none.
func (b *Bundle) Delete(ref core.Ref) { b.sections[ref.Kind].delete(ref.Name) }

// Clone returns a copy that shares nothing with b but the texts, as far as anybody can
// see. It costs what was set and deleted since b was settled.
func (b *Bundle) Clone() *Bundle {
	c := &Bundle{}
	for k := range b.sections {
		c.sections[k] = b.sections[k].clone()
	}
	return c
}

// Settle makes b cheap to clone and to go through in order, however large it is, and returns
// it: what b holds is then shared with its clones for as long as neither changes it.
func (b *Bundle) Settle() *Bundle {
	for k := range b.sections {
		b.sections[k].settle()
	}
	return b
}

// Len returns the number of entries.
func (b *Bundle) Len() int {
	n := 0
	for k := range b.sections {
		n += b.sections[k].len()
	}
	return n
}

// Count returns the number of entries of one kind.
func (b *Bundle) Count(k core.Kind) int { return b.sections[k].len() }

// Names returns the names of the entries of one kind, sorted. They must not be changed:
// others may be given the same.
func (b *Bundle) Names(k core.Kind) []string { return b.sections[k].names() }

// Section yields the names and texts of the entries of one kind, in no order.
func (b *Bundle) Section(k core.Kind) iter.Seq2[string, string] { return b.sections[k].all }

// All yields every entry in install order, by name within a kind.
func (b *Bundle) All() iter.Seq2[core.Ref, string] {
	return func(yield func(core.Ref, string) bool) {
		for _, k := range core.InstallOrder() {
			for _, name := range b.Names(k) {
				text, _ := b.sections[k].get(name)
				if !yield(core.Ref{Kind: k, Name: name}, text) {
					return
				}
			}
		}
	}
}

// Equal reports whether two bundles hold the same entries with the same texts.
func (b *Bundle) Equal(other *Bundle) bool {
	for k := range b.sections {
		if !b.sections[k].equal(&other.sections[k]) {
			return false
		}
	}
	return true
}
