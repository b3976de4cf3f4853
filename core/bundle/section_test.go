package bundle

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"ekuiper-console/core"
)

// TestCloneProperties sets, deletes, clones and settles at random, in bundles large enough
// to share, and holds each to a map of its own.
func TestCloneProperties(t *testing.T) {
	type pair struct {
		b    *Bundle
		want map[string]string
	}
	rapid.Check(t, func(t *rapid.T) {
		first := pair{&Bundle{}, map[string]string{}}
		for i := range rapid.SampledFrom([]int{0, 3, maxChanged + 10}).Draw(t, "entries") {
			name := fmt.Sprint(i)
			first.b.Set(core.Ref{Kind: core.Rule, Name: name}, "first")
			first.want[name] = "first"
		}
		all := []pair{first}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			p := rapid.SampledFrom(all).Draw(t, "bundle")
			name := fmt.Sprint(rapid.IntRange(0, 8).Draw(t, "name"))
			ref := core.Ref{Kind: core.Rule, Name: name}
			switch rapid.SampledFrom([]string{"set", "delete", "clone", "settle", "much"}).Draw(t, "act") {
			case "set":
				text := rapid.StringN(0, 3, -1).Draw(t, "text")
				p.b.Set(ref, text)
				p.want[name] = text
			case "delete":
				p.b.Delete(ref)
				delete(p.want, name)
			case "clone":
				all = append(all, pair{p.b.Clone(), maps.Clone(p.want)})
			case "settle":
				p.b.Settle()
			case "much":
				for i := range maxChanged + 1 {
					p.b.Set(core.Ref{Kind: core.Rule, Name: fmt.Sprint(i)}, "much")
					p.want[fmt.Sprint(i)] = "much"
				}
			}
		}
		for _, p := range all {
			if got := maps.Collect(p.b.Section(core.Rule)); !maps.Equal(got, p.want) {
				t.Fatalf("holds %d entries %.200v, want %d %.200v", len(got), got, len(p.want), p.want)
			}
			names := slices.Sorted(maps.Keys(p.want))
			if p.b.Count(core.Rule) != len(p.want) || !slices.Equal(p.b.Names(core.Rule), names) {
				t.Fatalf("counts %d and names %.200v, want %.200v", p.b.Count(core.Rule), p.b.Names(core.Rule), names)
			}
			for name, text := range p.want {
				if got, ok := p.b.Get(core.Ref{Kind: core.Rule, Name: name}); !ok || got != text {
					t.Fatalf("%s is %q, want %q", name, got, text)
				}
			}
		}
	})
}

// BenchmarkClone clones a settled bundle of 100,000 entries and changes one of them.
func BenchmarkClone(b *testing.B) {
	whole := &Bundle{}
	for i := range 100_000 {
		whole.Set(core.Ref{Kind: core.Rule, Name: fmt.Sprint(i)}, "text")
	}
	whole.Settle()
	for b.Loop() {
		whole.Clone().Set(core.Ref{Kind: core.Rule, Name: "5"}, "other")
	}
}
