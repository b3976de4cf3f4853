package views

import (
	"context"
	"slices"

	"ekuiper-console/core"
	"ekuiper-console/core/compare"
	"ekuiper-console/core/plan"
)

// ChangeList is what happened to entries, a page at a time. Its links lead back to the
// page that it stands on, with show, the action that is listed, page, and open, the
// place on the page of an entry whose texts are compared whatever their size.
type ChangeList struct {
	Path    string   // of the page that it stands on
	Query   []string // names and values that the page takes besides
	Counts  [plan.Delete + 1]int
	Only    *plan.Action // nil for all
	Pager   Pager
	Changes []plan.Change // of this page, those of one section after another
	Open    int           // counts from 1; 0 for none
	Apart   bool          // the entries are those of another node than the pages are about
}

// Listed returns how many changes there are on all pages of the list.
func (l ChangeList) Listed() int {
	if l.Only != nil {
		return l.Counts[*l.Only]
	}
	return l.Counts[plan.Create] + l.Counts[plan.Replace] + l.Counts[plan.Delete]
}

// href is the address of the page with another filter or place.
func (l ChangeList) href(only string, page, open int) string {
	pairs := append(slices.Clone(l.Query), "show", only, "page", pageNumber(page))
	if open > 0 {
		pairs = append(pairs, "open", number(int64(open)))
	}
	return withQuery(l.Path, pairs...)
}

// turn is the address of another page of the list.
func (l ChangeList) turn(page int) string { return l.href(l.only(), page, 0) }

// only is the action that is listed, as addresses have it.
func (l ChangeList) only() string {
	if l.Only == nil {
		return ""
	}
	return l.Only.String()
}

// inlined bounds the texts that a page of changes compares unasked, in bytes.
const inlined = 128 << 10

// changeRow is one line of a list of changes.
type changeRow struct {
	plan.Change
	place int           // on the page, from 1
	rows  []compare.Row // of an entry that was replaced
	text  []ExcerptLine // of one that was created or deleted
	more  int           // lines of it that are not shown
	large bool          // the texts are shown only when they are asked for
}

// changeGroup is the changes of one section.
type changeGroup struct {
	kind core.Kind
	rows []changeRow
}

// groups returns the changes by section. What is compared is bounded, so that a page of
// large texts comes as quickly as any other.
func (l ChangeList) groups() []changeGroup {
	var groups []changeGroup
	at := map[core.Kind]int{}
	left := inlined
	for i, c := range l.Changes {
		row := changeRow{Change: c, place: i + 1}
		size := len(c.Old) + len(c.New)
		if row.large = size > left && row.place != l.Open; !row.large {
			left -= min(size, left)
			row.compare()
		}
		g, known := at[c.Ref.Kind]
		if !known {
			g = len(groups)
			at[c.Ref.Kind] = g
			groups = append(groups, changeGroup{kind: c.Ref.Kind})
		}
		groups[g].rows = append(groups[g].rows, row)
	}
	return groups
}

// compare fills in what is shown of the texts.
func (r *changeRow) compare() {
	if r.Action == plan.Replace {
		r.rows = compare.Rows(r.Ref.Kind, r.Old, r.New, around)
		return
	}
	var all int
	r.text, all = laidOut(r.Ref.Kind, r.Old+r.New)
	r.more = all - len(r.text)
}

// same reports whether the texts of a replaced entry mean the same.
func (r changeRow) same() bool {
	if r.large || r.Action != plan.Replace {
		return false
	}
	for _, row := range r.rows {
		if row.Kind != compare.Context && row.Kind != compare.Fold {
			return false
		}
	}
	return true
}

// what says in a few words what happened to the entry.
func (r changeRow) what(ctx context.Context) string {
	switch {
	case r.Action != plan.Replace:
		return preview(r.Ref.Kind, r.Old+r.New)
	case r.large:
		return t(ctx, "changes.large", "Size", size(ctx, max(len(r.Old), len(r.New))))
	}
	return countLines(ctx, r.rows)
}

// mark is the mark of the change.
func (r changeRow) mark() string {
	if r.same() {
		return "unchanged"
	}
	return actionMarks[r.Action]
}

// changeChip is a filter of a list of changes.
type changeChip struct {
	text    Key
	mark    string // empty for all
	count   int
	href    string
	current bool
}

// chips returns the filters: all, and one for each action.
func (l ChangeList) chips() []changeChip {
	chips := []changeChip{{text: "changes.all", href: l.href("", 1, 0), current: l.Only == nil}}
	for a := plan.Create; a <= plan.Delete; a++ {
		chips[0].count += l.Counts[a]
		chips = append(chips, changeChip{
			text: markWords[actionMarks[a]], mark: actionMarks[a], count: l.Counts[a],
			href: l.href(a.String(), 1, 0), current: l.Only != nil && *l.Only == a,
		})
	}
	return chips
}
