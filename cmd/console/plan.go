package main

import (
	"fmt"

	"ekuiper-console/core/plan"
	"ekuiper-console/core/transfer"
)

type planCmd struct {
	targetFlags
	formatFlag
	File    string `arg:"" help:"The bundle; - for standard input."`
	Partial bool   `help:"Plan a partial import."`
	Restart bool   `help:"Plan a restart of the node where something comes into use only then."`
	JSON    bool   `name:"json" help:"Print the plan as JSON."`
}

// signs stand before the entries of a plan.
var signs = [plan.NumActions]string{"+", "~", "-", "=", "=", "!"}

// Run shows the plan. The exit code is 1 when an entry would be rejected, else 2 when
// there are changes.
func (c *planCmd) Run(p *process) error {
	rejected, changes, err := c.print(p)
	switch {
	case err != nil:
		return err
	case rejected:
		return exit(exitTrouble)
	case changes:
		return exit(exitChanges)
	}
	return nil
}

// show prints the plan for import --dry-run, whose exit code is that of the import.
func (c *planCmd) show(p *process, atomic bool) error {
	rejected, _, err := c.print(p)
	if err != nil || !rejected {
		return err
	}
	if atomic {
		fmt.Fprintln(p.stderr, "nothing would be applied: with --atomic all must be accepted")
	}
	return exit(exitTrouble)
}

// print makes the plan and prints it.
func (c *planCmd) print(p *process) (rejected, changes bool, err error) {
	doc, err := readInput(p, c.File)
	if err != nil {
		return false, false, err
	}
	t, err := c.target(p)
	if err != nil {
		return false, false, err
	}
	defer t.close()
	report, err := t.previewBundle(p, importRequest{doc: doc, format: c.of(c.File, doc), partial: c.Partial, restart: c.Restart})
	if err != nil {
		return false, false, err
	}
	counts := report.Counts()
	rejected = counts[plan.Rejected] > 0
	changes = counts[plan.Create]+counts[plan.Replace]+counts[plan.Delete] > 0
	if c.JSON {
		return rejected, changes, printJSON(p, report)
	}
	printPlan(p, report, counts)
	return rejected, changes, nil
}

// printPlan writes a line for every entry that would change, and what is to be said of
// it.
func printPlan(p *process, l *plan.Listing, n [plan.NumActions]int) {
	for _, f := range l.Warnings {
		fmt.Fprintf(p.stderr, "warning: %s\n", placed(f))
	}
	for _, s := range l.Steps {
		if s.Action.Changes() || s.Action == plan.Rejected {
			fmt.Fprintf(p.stdout, "%s %v\n", signs[s.Action], s.Ref)
		}
		for _, f := range s.Findings {
			fmt.Fprintf(p.stdout, "    %v: %s\n", f.Severity, oneLine(f.Message))
		}
	}
	fmt.Fprintf(p.stdout, "%d to create, %d to replace, %d to delete, %d unchanged, %d rejected\n",
		n[plan.Create], n[plan.Replace], n[plan.Delete], n[plan.Unchanged]+n[plan.Kept], n[plan.Rejected])
}

// previewBundle plans an import into the data folder.
func (l *local) previewBundle(p *process, req importRequest) (*plan.Listing, error) {
	made, err := l.service.Preview(p.ctx, caller(), transfer.Request{Node: l.node, Document: req.doc, Format: req.format, Mode: mode(req.partial), Restart: req.restart})
	if err != nil {
		return nil, err
	}
	return made.Listing(), nil
}
