package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/compare"
	"ekuiper-console/core/plan"
)

type historyCmd struct {
	targetFlags
	Revision int64 `arg:"" optional:"" help:"Show what this revision did."`
	Limit    int   `default:"20" help:"How many revisions to list (${default})."`
	JSON     bool  `name:"json" help:"Print as JSON."`
}

// Run lists revisions, the newest first, or shows one.
func (c *historyCmd) Run(p *process) error {
	if c.Revision != 0 {
		return (&diffCmd{targetFlags: c.targetFlags, From: c.Revision - 1, To: &c.Revision, Brief: true, JSON: c.JSON}).Run(p)
	}
	t, err := c.source(p)
	if err != nil {
		return err
	}
	defer t.close()
	revisions, err := t.revisions(p, c.Limit)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(p, append([]plan.Revision{}, revisions...))
	}
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	for _, r := range revisions {
		fmt.Fprintf(w, "%d\t%s\t%s\t%v\t+%d ~%d -%d\t%s\n", r.Number, r.Time.UTC().Format(time.RFC3339), r.By, r.Mode, r.Created, r.Replaced, r.Deleted, note(r))
	}
	return w.Flush()
}

// note says what is to be said of a revision.
func note(r plan.Revision) string {
	if r.Restores > 0 {
		return oneLine(fmt.Sprintf("restores %d %s", r.Restores, r.Note))
	}
	return oneLine(r.Note)
}

type diffCmd struct {
	targetFlags
	From  int64  `arg:"" help:"A revision; 0 is the empty node."`
	To    *int64 `arg:"" optional:"" help:"Another one, older or newer; what is there now where it is not given."`
	Brief bool   `help:"Only name the entries."`
	JSON  bool   `name:"json" help:"Print as JSON."`
}

// Run shows what leads from one revision to another.
func (c *diffCmd) Run(p *process) error {
	t, err := c.source(p)
	if err != nil {
		return err
	}
	defer t.close()
	to := int64(newest)
	if c.To != nil {
		to = *c.To
	}
	d, err := t.diff(p, c.From, to)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(p, d)
	}
	for _, ch := range d.Changes {
		c.print(p, ch)
	}
	return nil
}

// print writes a line for an entry, and what changes in its text.
func (c *diffCmd) print(p *process, ch change) {
	note := ""
	if ch.Same {
		note = " (means the same)"
	}
	fmt.Fprintf(p.stdout, "%s %v%s\n", signs[ch.Action], ch.Ref, note)
	if c.Brief {
		return
	}
	for line := range strings.Lines(ch.Diff) {
		fmt.Fprintf(p.stdout, "    %s\n", strings.TrimRight(line, "\n"))
	}
}

type restoreCmd struct {
	targetFlags
	Revision int64      `arg:"" help:"The revision to bring back; 0 is the empty node."`
	Note     string     `help:"Why, for the history."`
	Leave    []core.Ref `placeholder:"SECTION/NAME" help:"Leave this entry as it is."`
	DryRun   bool       `help:"Only show what would happen."`
	Restart  bool       `help:"Restart the node where something comes into use only then: for nodes that run elsewhere."`
	JSON     bool       `name:"json" help:"Print the result as JSON."`
}

// Run brings a revision back, which makes a new one.
func (c *restoreCmd) Run(p *process) error {
	t, err := c.source(p)
	if err != nil {
		return err
	}
	defer t.close()
	r, err := t.restore(p, restoreRequest{c.Revision, c.Note, c.Leave, c.DryRun, c.Restart})
	if err != nil {
		return err
	}
	return r.print(p, c.JSON)
}

// print writes what became of it, or the plan.
func (r *restored) print(p *process, asJSON bool) error {
	switch {
	case r.Plan != nil && asJSON:
		return printJSON(p, r.Plan)
	case r.Plan != nil:
		printPlan(p, r.Plan, r.Plan.Counts())
	case asJSON:
		return printJSON(p, r.Outcome)
	default:
		fmt.Fprintln(p.stdout, summary(r.Outcome))
	}
	return nil
}

type showCmd struct {
	targetFlags
	Ref  core.Ref `arg:"" placeholder:"SECTION/NAME" help:"The entry, such as rules/rule1."`
	Raw  bool     `help:"Only print the text, as it is stored, secrets included."`
	JSON bool     `name:"json" help:"Print as JSON, secrets included."`
}

// Run shows an entry: its text with secrets masked, what is wrong with it, what it needs
// and what needs it, and what happened to it.
func (c *showCmd) Run(p *process) error {
	t, err := c.source(p)
	if err != nil {
		return err
	}
	defer t.close()
	e, err := t.show(p, c.Ref)
	if err != nil {
		return err
	}
	switch {
	case c.JSON:
		return printJSON(p, e)
	case c.Raw:
		_, err := fmt.Fprintln(p.stdout, e.Text)
		return err
	}
	fmt.Fprintln(p.stdout, compare.Pretty(c.Ref.Kind, e.Text))
	for _, f := range e.Findings {
		fmt.Fprintf(p.stdout, "%v: %s\n", f.Severity, placed(f))
	}
	for _, l := range e.Needs {
		fmt.Fprintln(p.stdout, "needs", l.needed())
	}
	for _, l := range e.UsedBy {
		fmt.Fprintf(p.stdout, "used by %s (%s)\n", l.From, l.Why)
	}
	for _, h := range e.History {
		fmt.Fprintf(p.stdout, "revision %d: %v by %s, %s\n", h.Revision, h.Action, h.By, h.Time.UTC().Format(time.RFC3339))
	}
	return nil
}

// needed names what a link leads to.
func (l link) needed() string {
	if l.To != "" {
		return fmt.Sprintf("%s (%s)", l.To, l.Why)
	}
	return fmt.Sprintf("%s (%s), which is missing", strings.Trim(l.Name+"/"+l.Key, "/"), l.Why)
}
