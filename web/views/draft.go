package views

import (
	"context"
	"io"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
)

// DraftPage is the second step of an import: what the bundle holds and what importing
// it would do. It posts to /ui/import/{id} with action=review and mode (partial or full),
// which leads to the review; with action=save and text; or with action=remove.
type DraftPage struct {
	Layout
	Draft    Draft
	Waiting  []Draft  // the other drafts
	Problem  *Problem // why the text cannot be read; then the rest is empty
	Text     string   // of the draft; empty where it is too large to be edited here
	Rows     []SectionRow
	Unknown  []string // sections of the document that are no part of a bundle
	Rejected int      // entries that a check keeps out
	Partial  Consequence
	Full     Consequence
	Mode     plan.Mode  // what was chosen
	Missing  []core.Ref // entries that should be here, and whose text was too long to be kept
	Edit     bool       // the editor is open
	Stale    string     // why the node was not read anew; empty where it was
}

// SectionRow counts the entries of one section.
type SectionRow struct {
	Kind             core.Kind
	InBundle, OnNode int
}

// Consequence is what an import in one mode would do, in numbers of entries.
type Consequence struct {
	Create, Replace, Delete, Unchanged, Kept, Rejected int
}

// changes returns how many entries would be written or deleted.
func (c Consequence) changes() int { return c.Create + c.Replace + c.Delete }

// same reports whether the import would do nothing and keep nothing out.
func (c Consequence) same() bool { return c.changes()+c.Rejected == 0 }

// full reports whether the full reset was chosen.
func (p DraftPage) full() bool { return p.Mode == plan.Full }

// filled returns the sections that the bundle has entries of.
func (p DraftPage) filled() []SectionRow {
	var rows []SectionRow
	for _, r := range p.Rows {
		if r.InBundle > 0 {
			rows = append(rows, r)
		}
	}
	return rows
}

// total adds the rows up.
func (p DraftPage) total() (t SectionRow) {
	for _, r := range p.Rows {
		t.InBundle += r.InBundle
		t.OnNode += r.OnNode
	}
	return t
}

// stays returns how many entries of the node a partial import leaves as they are.
func (p DraftPage) stays() int { return p.total().OnNode - p.Partial.Replace - p.Partial.Delete }

// shownWaiting bounds the other drafts that the page lists.
const shownWaiting = 3

// shownLines bounds the lines of the draft's text that the page shows beside it.
const shownLines = 33

// preview returns the first lines of the text, secrets masked.
func (p DraftPage) preview() []ExcerptLine { return head(p.Text, shownLines) }

// lines counts the lines of the text.
func (p DraftPage) lines() int { return strings.Count(strings.TrimSuffix(p.Text, "\n"), "\n") + 1 }

// Render writes the page.
func (p DraftPage) Render(ctx context.Context, w io.Writer) error { return p.view().Render(ctx, w) }

// totalText labels the sum of the sections, and says how many are empty.
func (p DraftPage) totalText(ctx context.Context) string {
	empty := core.NumKinds - len(p.filled())
	if empty == 0 {
		return t(ctx, "draft.total")
	}
	return tn(ctx, "draft.total.empty", empty)
}

// partialText says what a partial import leaves alone.
func (p DraftPage) partialText(ctx context.Context) string {
	if p.Partial.same() {
		return t(ctx, "draft.same")
	}
	if p.total().OnNode == 0 {
		return t(ctx, "draft.vacant")
	}
	return tn(ctx, "draft.stay", p.total().OnNode, "Stay", count(ctx, p.stays()))
}

// fullText says what a full reset deletes.
func (p DraftPage) fullText(ctx context.Context) string {
	if p.Full.Delete == 0 {
		return t(ctx, "draft.deletes.none")
	}
	return tn(ctx, "draft.deletes", p.total().OnNode, "Deleted", count(ctx, p.Full.Delete))
}
