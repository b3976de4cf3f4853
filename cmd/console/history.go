package main

import (
	"fmt"
	"text/tabwriter"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/transfer"
)

type historyCmd struct {
	dataFlags
	Revision int64 `arg:"" optional:"" help:"Show what this revision did."`
	Limit    int   `default:"20" help:"How many revisions to list (${default})."`
	JSON     bool  `name:"json" help:"Print as JSON."`
}

// changeLine is one line of a revision's journal.
type changeLine struct {
	Action plan.Action `json:"action"`
	Ref    core.Ref    `json:"ref"`
	Old    string      `json:"old,omitempty"`
	New    string      `json:"new,omitempty"`
}

// Run lists revisions, the newest first, or shows one.
func (c *historyCmd) Run(p *process) error {
	store, err := c.existing(p)
	if err != nil {
		return err
	}
	defer store.Close()
	service := &transfer.Service{Nodes: store, Journal: store}
	if c.Revision != 0 {
		return c.one(p, service)
	}
	revisions, err := service.History(p.ctx, caller(), transfer.Local, 0, c.Limit)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(p, append([]plan.Revision{}, revisions...))
	}
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	for _, r := range revisions {
		fmt.Fprintf(w, "%d\t%s\t%s\t%v\t+%d ~%d -%d\t%s\n", r.Number, r.Time.UTC().Format(time.RFC3339), r.By, r.Mode, r.Created, r.Replaced, r.Deleted, r.Note)
	}
	return w.Flush()
}

// one shows what a revision did.
func (c *historyCmd) one(p *process, service *transfer.Service) error {
	changes, err := service.Changes(p.ctx, caller(), transfer.Local, c.Revision)
	if err != nil {
		return err
	}
	lines := []changeLine{}
	for _, ch := range changes {
		lines = append(lines, changeLine(ch))
	}
	if c.JSON {
		return printJSON(p, lines)
	}
	for _, ch := range lines {
		fmt.Fprintf(p.stdout, "%s %v\n", signs[ch.Action], ch.Ref)
	}
	return nil
}
