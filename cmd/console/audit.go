package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"
	"time"

	"ekuiper-console/core/audit"
)

type auditCmd struct {
	dataFlags
	Action string `placeholder:"A" help:"Only this action, such as import."`
	Caller string `placeholder:"NAME" help:"Only what this caller did."`
	Search string `placeholder:"TEXT" help:"Only what has this text in its caller, address, subject or detail."`
	Limit  int    `default:"50" help:"How many events to list (${default}); 0 for all."`
	JSON   bool   `name:"json" help:"Print as JSON, one event a line."`
}

// Run lists events, the newest first.
func (c *auditCmd) Run(p *process) error {
	action, err := audit.ParseAction(c.Action)
	if err != nil {
		return err
	}
	store, err := c.existing(p)
	if err != nil {
		return err
	}
	defer store.Close()
	log, left := &audit.Log{Store: store}, c.Limit
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	for e, err := range log.All(p.ctx, caller(), audit.Query{Action: action, Caller: c.Caller, Text: c.Search}) {
		if err != nil {
			return err
		}
		if err := c.print(p, w, e); err != nil {
			return err
		}
		if left--; left == 0 {
			break
		}
	}
	return w.Flush()
}

// print writes one event.
func (c *auditCmd) print(p *process, w *tabwriter.Writer, e audit.Event) error {
	if c.JSON {
		enc := json.NewEncoder(p.stdout)
		enc.SetEscapeHTML(false)
		return enc.Encode(e)
	}
	who := e.Caller
	if who == "" {
		who = "unknown"
	}
	if e.Addr != "" {
		who += " at " + e.Addr
	}
	what := fmt.Sprintf("%s %s", e.Action, e.Subject)
	if e.Count > 1 {
		what += fmt.Sprintf(" (%d times)", e.Count)
	}
	_, err := fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", e.Time.UTC().Format(time.RFC3339), e.Result, who, what, e.Detail)
	return err
}
