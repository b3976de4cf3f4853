package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/transfer"
)

type importCmd struct {
	targetFlags
	formatFlag
	File    string     `arg:"" help:"The bundle; - for standard input."`
	Partial bool       `help:"Keep what is there and lay the bundle over it. Without it, what the bundle does not name is deleted."`
	Atomic  bool       `help:"Apply nothing unless all is accepted."`
	Leave   []core.Ref `placeholder:"SECTION/NAME" help:"Leave this entry as it is, whatever the bundle says."`
	DryRun  bool       `help:"Only show what would happen."`

	Restart         bool `help:"Restart the node where something comes into use only then: for nodes that run elsewhere."`
	RollbackOnError bool `help:"Bring back what the node held before, where it does not do all as planned: for nodes that run elsewhere."`

	Note string `help:"What history shall say of it."`
	JSON bool   `name:"json" help:"Print the result as JSON."`
}

// importRequest is an import as the command line asks for it.
type importRequest struct {
	doc     []byte
	format  transfer.Format
	partial bool
	atomic  bool
	note    string
	leave   []core.Ref

	rollback bool
	restart  bool
}

// importReport is what became of an import.
type importReport struct {
	Rejected map[string]string `json:"rejected"` // messages by "section/name"
	Warnings []core.Finding    `json:"warnings"`
	Outcome  *plan.Outcome     `json:"outcome"`
}

// Run imports the bundle. Rejected entries are told on stderr, and the exit code is 1.
func (c *importCmd) Run(p *process) error {
	if c.DryRun {
		return (&planCmd{targetFlags: c.targetFlags, formatFlag: c.formatFlag, File: c.File, Partial: c.Partial, Restart: c.Restart, JSON: c.JSON}).show(p, c.Atomic)
	}
	doc, err := readInput(p, c.File)
	if err != nil {
		return err
	}
	t, err := c.target(p)
	if err != nil {
		return err
	}
	defer t.close()
	report, err := t.importBundle(p, importRequest{doc, c.of(c.File, doc), c.Partial, c.Atomic, c.Note, c.Leave, c.RollbackOnError, c.Restart})
	if err != nil {
		return err
	}
	return c.tell(p, report)
}

// tell prints the report, and fails where entries were rejected or a restart went wrong.
func (c *importCmd) tell(p *process, report *importReport) error {
	if c.JSON {
		if err := printJSON(p, report); err != nil {
			return err
		}
	} else {
		tellFindings(p, report)
		fmt.Fprintln(p.stdout, summary(report.Outcome))
	}
	if len(report.Rejected) > 0 || report.Outcome.Undone {
		return exit(exitTrouble)
	}
	return nil
}

// tellFindings writes errors and warnings to stderr, with their hints where they are
// known.
func tellFindings(p *process, report *importReport) {
	for _, f := range report.Warnings {
		fmt.Fprintf(p.stderr, "warning: %s\n", placed(f))
	}
	for _, r := range report.Outcome.Rejected {
		for _, f := range r.Findings {
			fmt.Fprintf(p.stderr, "%v: %s\n", f.Severity, placed(f))
			for _, line := range excerpt(r.Text, f.Line, f.Column) {
				fmt.Fprintf(p.stderr, "    %s\n", line)
			}
			if f.Hint != "" {
				fmt.Fprintf(p.stderr, "hint: %s\n", f.Hint)
			}
		}
	}
}

// placed writes a finding with its entry and its place in the entry's text.
func placed(f core.Finding) string {
	switch {
	case f.Ref == core.Ref{}:
		return f.Message
	case f.Line == 0:
		return fmt.Sprintf("%v: %s", f.Ref, f.Message)
	}
	return fmt.Sprintf("%v:%d:%d: %s", f.Ref, f.Line, f.Column, f.Message)
}

// summary says in one line what became of an import.
func summary(o *plan.Outcome) string {
	n := o.Total()
	switch {
	case o.Written:
		line := fmt.Sprintf("revision %d: %d created, %d replaced, %d deleted, %d unchanged, %d rejected",
			o.Revision, n.Created, n.Replaced, n.Deleted, n.Unchanged+n.Kept, n.Rejected)
		if n.LeftOut > 0 {
			line += fmt.Sprintf(", %d left out", n.LeftOut)
		}
		return line
	case o.Atomic && n.Rejected > 0:
		return fmt.Sprintf("nothing was applied: %d rejected", n.Rejected)
	case n.Rejected > 0:
		return fmt.Sprintf("nothing has changed: %d unchanged, %d rejected", n.Unchanged+n.Kept, n.Rejected)
	}
	return "already up to date"
}

// importBundle imports into the data folder. Where stderr is a terminal it shows how far
// it has come.
func (l *local) importBundle(p *process, req importRequest) (*importReport, error) {
	line := p.progress()
	result, err := l.service.Import(p.ctx, caller(), transfer.Request{
		Node: l.node, Document: req.doc, Format: req.format, Mode: mode(req.partial), Atomic: req.atomic, Note: req.note, Leave: req.leave, Rollback: req.rollback, Restart: req.restart,
		Progress: line.show,
	})
	line.end()
	if err != nil {
		return nil, err
	}
	return reportOf(result.Outcome), nil
}

// reportOf returns what the command line tells of an outcome.
func reportOf(o *plan.Outcome) *importReport {
	report := &importReport{Rejected: map[string]string{}, Outcome: o}
	report.Warnings = append(append([]core.Finding{}, o.Warnings...), plan.UnknownSections(o.Unknown)...)
	for _, r := range o.Rejected {
		report.Rejected[r.Ref.String()] = r.Fault().Message
	}
	return report
}

// readInput reads a file, or standard input for "-".
func readInput(p *process, name string) ([]byte, error) {
	if name == "-" {
		data, err := io.ReadAll(p.stdin)
		if err != nil {
			return nil, fmt.Errorf("reading standard input: %w", err)
		}
		return data, nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("reading the bundle: %w", err)
	}
	return data, nil
}

// printJSON writes a value to stdout for a program to read.
func printJSON(p *process, v any) error {
	enc := json.NewEncoder(p.stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// oneLine writes a text on one line.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
