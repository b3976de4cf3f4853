package views

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/url"
	"slices"

	"ekuiper-console/core"
	"ekuiper-console/core/deps"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/secret"
)

// EntryPage is one entry with all that is known of it. It lives at
// /ui/inventory/{section}/{name}?view=, loads itself again while what is around the
// entry is being looked for, and links to its text at …/text.
type EntryPage struct {
	Layout
	Ref      core.Ref
	Text     string
	Exact    bool // the text as it stands is shown, not laid out
	Findings []core.Finding
	History  []plan.Touch   // the newest first
	Artifact *plan.Artifact // the file that it names, where it was kept
	Needs    []deps.Link
	UsedBy   []deps.Link // the first of them
	Users    int         // how many there are in all
	Pending  bool        // what it needs and what uses it is still being looked for
}

// shownLinks bounds what is listed of what an entry needs and of what uses it.
const shownLinks = 50

// Render writes the page.
func (p EntryPage) Render(ctx context.Context, w io.Writer) error { return p.view().Render(ctx, w) }

// frame tells the layout the title, and to load the page again while it is incomplete.
func (p EntryPage) frame() frame {
	f := frame{title: p.Ref.Name, active: "inventory"}
	if f.title == "" {
		f.title = p.Ref.String()
	}
	if p.Pending {
		f.refresh = 3
	}
	return f
}

// tab is the address of a view of the text.
func (p EntryPage) tab(view string) string {
	path := entryPath(p.Ref, "")
	if view == "" {
		return path
	}
	u, err := url.Parse(path)
	if err != nil {
		panic(err) // a path that was escaped always parses
	}
	values := u.Query()
	values.Set("view", view)
	u.RawQuery = values.Encode()
	return u.String()
}

// shown returns the lines of the chosen view, and how many there are in all.
func (p EntryPage) shown() (lines []ExcerptLine, all int) {
	if p.Exact {
		return exact(p.Ref.Kind, p.Text)
	}
	return laidOut(p.Ref.Kind, p.Text)
}

// ruleFacts are what a rule says of itself.
type ruleFacts struct {
	Name      string
	Version   string
	Tags      []string
	Triggered *bool
}

// rule reads the entry as a rule. Of one that cannot be read nothing is known.
func (p EntryPage) rule() (facts ruleFacts, ok bool) {
	if p.Ref.Kind != core.Rule {
		return facts, false
	}
	return facts, json.Unmarshal([]byte(p.Text), &facts) == nil
}

// status names whether the rule starts by itself.
func (f ruleFacts) status() Key {
	if f.Triggered != nil && !*f.Triggered {
		return "status.stopped"
	}
	return "status.started"
}

// keys returns the configuration keys of the entry.
func (p EntryPage) keys() []string {
	var fields map[string]json.RawMessage
	if !keyed(p.Ref.Kind) || json.Unmarshal([]byte(p.Text), &fields) != nil {
		return nil
	}
	return slices.Sorted(maps.Keys(fields))
}

// lacking counts the needs that nothing serves.
func (p EntryPage) lacking() int {
	n := 0
	for _, l := range p.Needs {
		if l.Missing() {
			n++
		}
	}
	return n
}

// faults counts the findings that would keep the entry out.
func (p EntryPage) faults() int {
	n := 0
	for _, f := range p.Findings {
		if f.Severity == core.Fault {
			n++
		}
	}
	return n
}

// ordered returns the needs, those that nothing serves first.
func (p EntryPage) ordered() []deps.Link {
	links := slices.Clone(p.Needs)
	slices.SortStableFunc(links, func(a, b deps.Link) int {
		switch {
		case a.Missing() == b.Missing():
			return 0
		case a.Missing():
			return -1
		}
		return 1
	})
	return links
}

// exact returns the lines of a text as it stands, secrets masked, and how many there are
// in all.
func exact(k core.Kind, text string) (lines []ExcerptLine, all int) {
	return numbered(secret.MaskEntry(k, text))
}

// touchText says how a revision came to touch the entry: by which restore, or with which
// note.
func touchText(ctx context.Context, c plan.Touch) string {
	switch {
	case c.Restores > 0:
		return " " + t(ctx, "history.restore.of", "Revision", count(ctx, int(c.Restores)))
	case c.Note != "":
		return " " + t(ctx, "history.note", "Note", c.Note)
	}
	return ""
}
