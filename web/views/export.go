package views

import (
	"context"
	"io"
	"net/url"
	"slices"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/deps"
)

// ExportPage picks rules, shows what comes along and why, and says how the document is
// to be. All of it is one form that posts to /ui/export; GET /ui/export takes the same
// fields. q, tag and status say which rules the table shows, and page which part of
// them. What is picked is carried along: rule names a picked rule, also one that the
// table does not show; every is a filter, encoded, of which all rules are picked; except
// names a rule that is not, in spite of that; shown names a rule whose box the table
// has. pick is "match" to add all that the filter finds, "none" to drop all, "known" to
// drop what the node does not have. secrets, connections and format are the options.
// The document is downloaded by posting the form to /ui/export/download, all there is
// with the field all.
type ExportPage struct {
	Layout
	Filter  RuleFilter
	Tags    []string  // of all rules
	Rules   []RuleRow // of this page of the table
	Page    int       // counts from 1
	Pages   int
	Found   int // rules that the filter finds
	Total   int // rules on the node
	Options ExportOptions

	PickedRules []string // sorted
	Picked      int      // how many
	Unknown     []string // named and not on the node; then there is no closure
	rules       []string // what the form carries of the choice
	every       []string
	except      []string

	Closure     *Closure // nil where nothing is picked
	Secrets     int      // how many are masked
	Connections int      // how many the node has
	Size        int      // of the document, in bytes
	Preview     string   // the beginning of the document, laid out to be read, secrets masked
	Curl        string   // the same export from a shell; empty where it would be too long
}

// RuleFilter says which rules the table shows.
type RuleFilter struct{ Text, Tag, Status string }

// Encode writes the filter as a query.
func (f RuleFilter) Encode() string {
	values := url.Values{}
	for name, value := range map[string]string{"q": f.Text, "tag": f.Tag, "status": f.Status} {
		if value != "" {
			values.Set(name, value)
		}
	}
	return values.Encode()
}

// ruleStatuses are the statuses of rules on a node that does not run them, with what
// they are called and their marks.
var ruleStatuses = []struct {
	value, mark string
	text        Key
}{
	{"started", "ok", "export.started"},
	{"stopped", "skipped", "export.stopped"},
}

// ExportOptions say how the document is to be. The zero options mask secrets.
type ExportOptions struct {
	Plain          bool // secrets as they are
	AllConnections bool
	YAML           bool // the engine's v2 form
	SelfContained  bool // a zip archive with the files that entries name
}

// secretsText says what becomes of secrets.
func (o ExportOptions) secretsText() Key {
	if o.Plain {
		return "export.secrets.in"
	}
	return "export.secrets.out"
}

// askedFor says why a part comes along that nothing needs.
func askedFor(item deps.Item) Key {
	if item.Ref.Kind == core.Connection {
		return "export.connections.asked"
	}
	return "export.asked"
}

// RuleRow is one rule of the table.
type RuleRow struct {
	ID      string
	Name    string // what people call it; may be empty
	SQL     string // may be empty
	Tags    []string
	Stopped bool
	Picked  bool
}

// Choose says which rules are picked, all of them sorted, and what the form carries of
// that: rules that are picked by name, filters of which all are, and rules that are not
// in spite of that.
func (p *ExportPage) Choose(picked, rules, every, except []string) {
	p.PickedRules, p.Picked, p.rules, p.every, p.except = picked, len(picked), rules, every, except
	for i := range p.Rules {
		_, p.Rules[i].Picked = slices.BinarySearch(picked, p.Rules[i].ID)
	}
}

// carried is a hidden field.
type carried struct{ name, value string }

// carry returns what of the choice the table does not show.
func (p ExportPage) carry() []carried {
	shown := make(map[string]bool, len(p.Rules))
	for _, r := range p.Rules {
		shown[r.ID] = true
	}
	var fields []carried
	add := func(name string, values []string) {
		for _, value := range values {
			if name == "every" || !shown[value] {
				fields = append(fields, carried{name, value})
			}
		}
	}
	add("rule", p.rules)
	add("rule", p.Unknown)
	add("every", p.every)
	add("except", p.except)
	return fields
}

// unfiltered is the address of the page without a filter, with what is picked.
func (p ExportPage) unfiltered() string {
	values := url.Values{}
	for _, f := range p.carry() {
		values.Add(f.name, f.value)
	}
	if len(values) == 0 {
		return "/ui/export"
	}
	return "/ui/export?" + values.Encode()
}

// filtered reports whether the table shows less than all rules.
func (p ExportPage) filtered() bool { return p.Filter != RuleFilter{} }

// used returns how many connections the picked rules use.
func (p ExportPage) used() int {
	if p.Closure == nil {
		return 0
	}
	return p.Closure.used
}

// PreviewLines is how many lines of the document the page shows.
const PreviewLines = 12

// preview returns the beginning of the document.
func (p ExportPage) preview() []ExcerptLine {
	return head(strings.TrimSuffix(p.Preview, "\n"), PreviewLines)
}

// Render writes the page.
func (p ExportPage) Render(ctx context.Context, w io.Writer) error { return p.view().Render(ctx, w) }
