package views

import (
	"context"
	"io"

	"ekuiper-console/core"
	"ekuiper-console/core/node"
)

// InventoryPage lists the entries of a node. It lives at /ui/inventory?q=&page= with all
// sections and at /ui/inventory/{section}?q=&tag=&status=&page= with one.
type InventoryPage struct {
	Layout
	Section *core.Kind         // nil for all
	Counts  [core.NumKinds]int // entries, by kind
	Filter  Filter
	Tags    []string // of all rules, sorted
	Entries []EntryRow
	Pager   Pager
	Found   int       // how many entries the filter finds
	Runs    node.Runs // what the node said of its rules; of the embedded one it says nothing
}

// Filter is what entries are looked for by. The zero Filter asks for all.
type Filter struct {
	Query  string
	Tag    string // of rules
	Status string // of rules: "started" or "stopped"
}

// EntryRow is one entry of a list.
type EntryRow struct {
	Ref  core.Ref
	Text string
}

// shownTags bounds the tags that the filter proposes. Any other can be typed.
const shownTags = 200

// Render writes the page.
func (p InventoryPage) Render(ctx context.Context, w io.Writer) error { return p.view().Render(ctx, w) }

// path is the address of the page without its filter.
func (p InventoryPage) path() string {
	if p.Section == nil {
		return "/ui/inventory"
	}
	return sectionPath(*p.Section)
}

// turn is the address of another page of the list.
func (p InventoryPage) turn(page int) string {
	return withQuery(p.path(), "q", p.Filter.Query, "tag", p.Filter.Tag, "status", p.Filter.Status, "page", pageNumber(page))
}

// title names the section.
func (p InventoryPage) title(ctx context.Context) string {
	if p.Section == nil {
		return t(ctx, "inventory.title")
	}
	return label(ctx, *p.Section)
}

// ofRules reports whether the page lists rules, which have tags and a status.
func (p InventoryPage) ofRules() bool { return p.Section != nil && *p.Section == core.Rule }

// running reports whether the page says what rules do.
func (p InventoryPage) running() bool { return p.ofRules() && !p.Runs.At.IsZero() }

// Listed reports whether the page lists entries rather than sections.
func (p InventoryPage) Listed() bool { return p.Section != nil || p.Filter != Filter{} }

// filters says what is looked for; nothing where all is shown.
func (p InventoryPage) filters(ctx context.Context) string {
	var words []string
	for _, f := range []struct {
		text  Key
		value string
	}{{"inventory.filter.text", p.Filter.Query}, {"inventory.filter.tag", p.Filter.Tag}, {"inventory.filter.status", statusText(ctx, p.Filter.Status)}} {
		if f.value != "" {
			words = append(words, t(ctx, f.text, "Value", f.value))
		}
	}
	return listed(ctx, words)
}

// statuses are the choices of a rule's status.
var statuses = []struct {
	value string
	text  Key
}{{"", "status.any"}, {"started", "status.started"}, {"stopped", "status.stopped"}}

// statusText names a status; the empty one has no name.
func statusText(ctx context.Context, value string) string {
	for _, s := range statuses {
		if s.value == value && value != "" {
			return t(ctx, s.text)
		}
	}
	return ""
}
