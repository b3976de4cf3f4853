package views

import (
	"context"
	"io"
	"net/url"
	"slices"

	"ekuiper-console/core/deps"
)

// ExportPage picks rules and shows what comes along. All of it is one form that posts
// to /ui/export: q and page say which rules the table shows, rule names every picked
// rule, also those that the table does not show, and pick is "page" to add all rules
// of the table or "none" to drop all. GET /ui/export takes the same fields. The rules
// are downloaded by posting the form to /ui/export/download, everything by a GET of it.
type ExportPage struct {
	Layout
	Rules   []RuleRow // of this page of the table
	Query   string    // what was searched for
	Page    int       // counts from 1
	Pages   int
	Found   int       // rules that the search finds
	Total   int       // rules on the node
	Picked  []string  // all picked rules, sorted
	Set     *deps.Set // nil where nothing is picked
	Size    int       // of the document, in bytes
	Curl    string    // the same export from a shell
	Problem string    // why there is no set
}

// RuleRow is one rule of the table.
type RuleRow struct {
	ID     string
	Name   string // what people call it; may be empty
	Tags   []string
	Picked bool
}

// elsewhere returns the picked rules that the table does not show.
func (p ExportPage) elsewhere() []string {
	var ids []string
	for _, id := range p.Picked {
		if !slices.ContainsFunc(p.Rules, func(r RuleRow) bool { return r.ID == id }) {
			ids = append(ids, id)
		}
	}
	return ids
}

// Render writes the page.
func (p ExportPage) Render(ctx context.Context, w io.Writer) error { return p.view().Render(ctx, w) }

// unsearched is the address of the page without a search, with what is picked.
func (p ExportPage) unsearched() string {
	if len(p.Picked) == 0 {
		return "/ui/export"
	}
	return "/ui/export?" + url.Values{"rule": p.Picked}.Encode()
}
