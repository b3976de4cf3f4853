package views

import (
	"context"
	"io"
)

// RevisionPage is one import or restore with what it changed. It lives at
// /ui/history/{n}?show=&page=&open=, links to /ui/history/{n}/bundle, and posts to
// /ui/history/{n}/restore.
type RevisionPage struct {
	Layout
	Entered
	Changes ChangeList
}

// Render writes the page.
func (p RevisionPage) Render(ctx context.Context, w io.Writer) error { return p.view().Render(ctx, w) }

// ComparePage is what leads from one revision to another. It lives at
// /ui/history/diff?from=&to=&show=&page=&open=, where to may be "now", and posts to
// /ui/history/{n}/restore.
type ComparePage struct {
	Layout
	From, To int64
	Now      bool // To is the revision that the node is at, whichever that will be
	Changes  ChangeList
}

// Render writes the page.
func (p ComparePage) Render(ctx context.Context, w io.Writer) error { return p.view().Render(ctx, w) }

// DiffPath is the address of a comparison of two revisions; of one with the present
// where to is 0.
func DiffPath(from, to int64) string {
	if to == 0 {
		return withQuery("/ui/history/diff", "from", number(from), "to", "now")
	}
	return withQuery("/ui/history/diff", "from", number(from), "to", number(to))
}

// title names both sides.
func (p ComparePage) title(ctx context.Context) string {
	if p.Now {
		return t(ctx, "diff.now", "From", count(ctx, int(p.From)))
	}
	return t(ctx, "diff.title", "From", count(ctx, int(p.From)), "To", count(ctx, int(p.To)))
}

// total is how many entries differ.
func (p ComparePage) total() int {
	n := 0
	for _, c := range p.Changes.Counts {
		n += c
	}
	return n
}

// restorable returns the revisions of the two that the node is not at.
func (p ComparePage) restorable() []int64 {
	var all []int64
	for _, n := range []int64{p.From, p.To} {
		if p.mayImport() && n != p.Revision {
			all = append(all, n)
		}
	}
	return all
}
