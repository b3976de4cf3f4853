package views

import (
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"net/url"
	"slices"
	"strconv"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
)

// ReviewPage is the third step of an import, and the page of a restore: every change
// before it is made. It lives at /ui/import/{id}/review and takes show (what a chip
// shows), q, page, since and note. Its form posts to the same address with plan and base (the hash and
// the revision of what is shown), shown (every entry with a box), take (those that are ticked), strict
// (atomic or valid), confirm, note, and an action: tick keeps what is ticked, found,
// rejected and all leave out or take in bulk, apply begins the import. A row loads what
// differs from /ui/import/{id}/review/diff.
type ReviewPage struct {
	Layout
	Draft   Draft
	Plan    *plan.Plan
	Choices plan.Choices
	Files   int // that applying it reads

	Show  Show
	Query string
	Page  int          // counts from 1
	Pages int          // at least 1
	Found int          // steps that the chip and the search find
	Steps []*plan.Step // of them, those of this page

	Disturbs map[core.Ref]plan.Disturbed // of them: who uses what they replace or delete

	Anew   bool              // the plan was made anew since somebody looked
	Since  int64             // then, the revision that they looked at
	Moved  map[core.Ref]bool // what has changed since
	Came   []plan.Revision   // the revisions that changed it, the newest first
	Undone []plan.Revision   // of a restore: those that it takes back, the newest first, as many as are listed
	Note   string            // the note that was given, of a restore the reason
	Error  Key               // empty, or why nothing was applied

	tally tally
}

// Why an import was not begun.
const (
	NotConfirmed Key = "review.unconfirmed" // a full reset without the node's name
	NoReason     Key = "review.noreason"    // a restore without a reason
	Blocked      Key = "review.blocked"     // all or nothing, and something is rejected
	Ticked       Key = "review.ticked"      // the plan was made anew for what is ticked
)

// Show names the steps that a chip of the review shows. The empty one shows all, the
// unchanged ones folded.
type Show string

// chip is one filter of the review.
type chip struct {
	show    Show
	text    Key
	mark    string
	actions []plan.Action
}

// chips are the filters, in order.
var chips = []chip{
	{"create", "chip.create", "create", []plan.Action{plan.Create}},
	{"replace", "chip.replace", "replace", []plan.Action{plan.Replace}},
	{"delete", "chip.delete", "delete", []plan.Action{plan.Delete}},
	{"unchanged", "chip.unchanged", "unchanged", []plan.Action{plan.Unchanged, plan.Kept}},
	{"rejected", "chip.rejected", "rejected", []plan.Action{plan.Rejected}},
	{"left-out", "chip.left", "left", []plan.Action{plan.LeftOut}},
}

// ParseShow reads the field show. What it does not know is the empty Show.
func ParseShow(s string) Show {
	for _, c := range chips {
		if string(c.show) == s {
			return c.show
		}
	}
	return ""
}

// Actions returns what is shown of a plan in this mode, with a search or without. None
// means all. What a full reset deletes is listed on its own, and what stays as it is
// folded, unless they are looked for.
func (s Show) Actions(mode plan.Mode, searched bool) []plan.Action {
	for _, c := range chips {
		if c.show == s {
			return c.actions
		}
	}
	switch {
	case searched:
		return nil
	case mode == plan.Full:
		return []plan.Action{plan.Create, plan.Replace, plan.Rejected, plan.LeftOut}
	}
	return []plan.Action{plan.Create, plan.Replace, plan.Delete, plan.Rejected, plan.LeftOut}
}

// Render writes the page.
func (p ReviewPage) Render(ctx context.Context, w io.Writer) error {
	p.tally = newTally(p.Plan)
	return p.view().Render(ctx, w)
}

// path is the address of the review, with something behind it.
func (p ReviewPage) path(behind string) string { return draftPath(p.Draft.ID) + "/review" + behind }

// at is the address of the review with a chip, a search and a page.
func (p ReviewPage) at(show Show, query string, page int) string {
	v := url.Values{}
	for name, value := range map[string]string{"show": string(show), "q": query} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if page > 1 {
		v.Set("page", strconv.Itoa(page))
	}
	if p.Anew {
		v.Set("since", strconv.FormatInt(p.Since, 10))
	}
	if len(v) == 0 {
		return p.path("")
	}
	return p.path("?" + v.Encode())
}

// diffPath is where what differs in an entry is shown.
func (p ReviewPage) diffPath(ref core.Ref) string {
	return p.path("/diff?" + url.Values{"ref": {ref.String()}}.Encode())
}

// rowID is the id of the row of an entry.
func rowID(ref core.Ref) string {
	h := fnv.New64a()
	io.WriteString(h, ref.String())
	return fmt.Sprintf("row-%x", h.Sum64())
}

// rowPath leads to the row of an entry: on this page where it is there, else where a
// search finds it.
func (p ReviewPage) rowPath(ref core.Ref) string {
	if slices.ContainsFunc(p.Steps, func(s *plan.Step) bool { return s.Ref == ref }) {
		return "#" + rowID(ref)
	}
	return p.at("", ref.Name, 1) + "#" + rowID(ref)
}

// restore reports whether the draft brings a revision back.
func (p ReviewPage) restore() bool { return p.Draft.Restores > 0 }

// same reports whether there is nothing to apply and nothing to say.
func (p ReviewPage) same() bool {
	return p.changes()+p.tally.all[plan.Rejected]+p.tally.all[plan.LeftOut] == 0
}

// changes counts the entries that would be written or deleted.
func (p ReviewPage) changes() int { return p.writes() + p.tally.all[plan.Delete] }

// writes counts the entries that would be created or replaced.
func (p ReviewPage) writes() int { return p.tally.all[plan.Create] + p.tally.all[plan.Replace] }

// rejected counts the entries that a check keeps out.
func (p ReviewPage) rejected() int { return p.tally.all[plan.Rejected] }

// deletions reports whether the page lists what is deleted on its own.
func (p ReviewPage) deletions() bool {
	return p.Plan.Mode == plan.Full && p.tally.all[plan.Delete] > 0 && p.unfiltered() && p.Page == 1
}

// unfiltered reports whether neither a chip nor a search is set.
func (p ReviewPage) unfiltered() bool { return p.Show == "" && p.Query == "" }

// confirms reports whether the node's name is asked for.
func (p ReviewPage) confirms() bool { return p.tally.all[plan.Delete] > 0 && !p.restore() }

// title is what the page is called.
func (p ReviewPage) title(ctx context.Context) string {
	switch {
	case p.same():
		return t(ctx, "draft.same")
	case p.restore():
		return t(ctx, "review.restore", "Revision", count(ctx, int(p.Draft.Restores)))
	}
	return t(ctx, "review.title", "Name", ownName(ctx, p.Draft.Name))
}

// button says what applying does.
func (p ReviewPage) button(ctx context.Context) string {
	deleted := count(ctx, p.tally.all[plan.Delete])
	switch {
	case p.restore():
		return tn(ctx, "review.bringback", p.changes())
	case p.tally.all[plan.Delete] == 0:
		return tn(ctx, "review.apply", p.changes())
	case p.writes() == 0:
		return t(ctx, "review.delete", "Deleted", deleted)
	}
	return t(ctx, "review.reset", "Deleted", deleted, "Applied", count(ctx, p.writes()))
}

// sectionRows is the rows of one section on this page.
type sectionRows struct {
	kind  core.Kind
	steps []*plan.Step
	quiet bool // the section ends here, and its unchanged entries follow in a line
}

// groups returns the rows of this page by section.
func (p ReviewPage) groups() []sectionRows {
	var all []sectionRows
	for _, s := range p.Steps {
		if n := len(all); n == 0 || all[n-1].kind != s.Ref.Kind {
			all = append(all, sectionRows{kind: s.Ref.Kind})
		}
		g := &all[len(all)-1]
		g.steps = append(g.steps, s)
	}
	for i := range all {
		last := i == len(all)-1 && p.Page < p.Pages
		all[i].quiet = p.unfiltered() && !last && p.tally.unchanged(all[i].kind) > 0
	}
	return all
}

// still returns the sections of which every entry of the bundle is on the node already.
func (p ReviewPage) still() (kinds []core.Kind, entries int) {
	if !p.unfiltered() || p.Page < p.Pages {
		return nil, 0
	}
	for _, k := range core.DocumentOrder() {
		n := p.tally.of[k]
		if same := p.tally.unchanged(k); same > 0 && n[plan.Create]+n[plan.Replace]+n[plan.Rejected]+n[plan.LeftOut] == 0 {
			kinds, entries = append(kinds, k), entries+same
		}
	}
	return kinds, entries
}
