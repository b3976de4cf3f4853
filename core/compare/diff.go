package compare

import (
	"cmp"
	"slices"

	"github.com/aymanbagabas/go-udiff/lcs"
)

// edits returns what of a list gives way to what of another, in order. It takes about
// n log n steps: lines that each list has once are matched first, as many as stand in
// the same order, and only what lies between them is searched, with a limit on how many
// differences are told apart there.
func edits(old, new []string) []lcs.Diff {
	var all []lcs.Diff
	from, to := trim(old, new)
	found := anchors(old[from.old:to.old], new[from.new:to.new])
	for i, m := range found {
		found[i] = match{from.old + m.old, from.new + m.new}
	}
	for _, m := range append(found, to) {
		all = append(all, gap(old, new, from, m)...)
		from = match{m.old + 1, m.new + 1}
	}
	return all
}

// trim returns what is left of two lists without what they begin and end with alike.
func trim(old, new []string) (from, to match) {
	n := min(len(old), len(new))
	for from.old < n && old[from.old] == new[from.old] {
		from.old++
	}
	from.new = from.old
	to = match{len(old), len(new)}
	for to.old > from.old && to.new > from.new && old[to.old-1] == new[to.new-1] {
		to.old--
		to.new--
	}
	return from, to
}

// gap returns the edits between two places.
func gap(old, new []string, from, to match) []lcs.Diff {
	a, b := old[from.old:to.old], new[from.new:to.new]
	if len(a) == 0 && len(b) == 0 {
		return nil
	}
	if len(a) == 0 || len(b) == 0 {
		return []lcs.Diff{{Start: from.old, End: to.old, ReplStart: from.new, ReplEnd: to.new}}
	}
	found := lcs.DiffLines(a, b)
	for i := range found {
		found[i].Start += from.old
		found[i].End += from.old
		found[i].ReplStart += from.new
		found[i].ReplEnd += from.new
	}
	return found
}

// match is a place in either of two lists.
type match struct{ old, new int }

// anchors returns matches of lines that both lists have exactly once, as many as there
// are in ascending order.
func anchors(old, new []string) []match {
	type count struct{ old, new, at int }
	lines := make(map[string]count, len(old))
	for i, s := range old {
		c := lines[s]
		lines[s] = count{c.old + 1, 0, i}
	}
	for _, s := range new {
		if c, ok := lines[s]; ok {
			lines[s] = count{c.old, c.new + 1, c.at}
		}
	}
	var once []match
	for i, s := range new {
		if c := lines[s]; c.old == 1 && c.new == 1 {
			once = append(once, match{c.at, i})
		}
	}
	return ascending(once)
}

// ascending returns as many matches as ascend in both lists. They are in the order of
// the new one.
func ascending(matches []match) []match {
	var ends []int                      // for each length, the match that the lowest run of it ends with
	before := make([]int, len(matches)) // the match before in its run
	for i, m := range matches {
		n, _ := slices.BinarySearchFunc(ends, m.old, func(end, old int) int { return cmp.Compare(matches[end].old, old) })
		before[i] = -1
		if n > 0 {
			before[i] = ends[n-1]
		}
		ends = append(ends[:n], append([]int{i}, ends[min(n+1, len(ends)):]...)...)
	}
	run := make([]match, len(ends))
	if len(ends) > 0 {
		for n, i := len(ends)-1, ends[len(ends)-1]; i >= 0; n, i = n-1, before[i] {
			run[n] = matches[i]
		}
	}
	return run
}
