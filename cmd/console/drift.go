package main

import (
	"fmt"
	"io"
	"net/url"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
	"ekuiper-console/core/compare"
	"ekuiper-console/core/drift"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/transfer"
)

type driftCmd struct {
	keepFlags
	Node        string `arg:"" optional:"" help:"Read this node and compare it with its baseline."`
	SetBaseline int64  `placeholder:"REV" xor:"what" help:"Make this revision of the node its baseline."`
	Accept      bool   `xor:"what" help:"Make what the node holds now its baseline."`
	Reapply     bool   `xor:"what" help:"Bring back into the node what its baseline says."`
	Forget      bool   `xor:"what" help:"Take the baseline of the node away."`
	DryRun      bool   `help:"With --reapply: only show what would happen."`
}

// driftReport is how a node stands to its baseline, as it is printed.
type driftReport struct {
	drift.Status
	Changes []change `json:"changes"`
}

// driftDesk is where nodes are compared.
type driftDesk interface {
	// drifts returns how all nodes were doing when they were last compared.
	drifts() ([]drift.Status, error)
	// compare reads a node and compares it.
	compareNow(node string) (driftReport, error)
	// setBaseline makes a revision of a node its baseline; 0 is what it holds now.
	setBaseline(node string, revision int64) (drift.Status, error)
	// forget takes a baseline away.
	forget(node string) error
	// reapply brings a baseline back into its node.
	reapply(node string, dryRun bool) (*restored, error)
}

// Run shows how nodes stand to their baselines, or does what is asked of one.
func (c *driftCmd) Run(p *process) error {
	asked := c.SetBaseline != 0 || c.Accept || c.Reapply || c.Forget
	switch {
	case asked && c.Node == "":
		return core.Errorf(core.Invalid, "name the node that it is about")
	case c.DryRun && !c.Reapply:
		return core.Errorf(core.Invalid, "--dry-run goes with --reapply")
	}
	return c.with(p, func(d keepDesk) error {
		switch {
		case c.Reapply:
			r, err := d.reapply(c.Node, c.DryRun)
			if err != nil {
				return err
			}
			return r.print(p, c.JSON)
		case c.Forget:
			if err := d.forget(c.Node); err != nil {
				return err
			}
			_, err := fmt.Fprintf(p.stdout, "%s has no baseline any more\n", c.Node)
			return err
		case asked:
			s, err := d.setBaseline(c.Node, c.SetBaseline)
			return c.list(p, []drift.Status{s}, err)
		case c.Node != "":
			return c.compare(p, d)
		}
		all, err := d.drifts()
		return c.list(p, all, err)
	})
}

// list prints how nodes stand to their baselines.
func (c *driftCmd) list(p *process, all []drift.Status, err error) error {
	if err != nil {
		return err
	}
	return c.print(p, all, func(w io.Writer) {
		for _, s := range all {
			fmt.Fprintf(w, "%s\t%s\t%s\n", s.Node, s.State, standing(s))
		}
	})
}

// standing says against what a node was compared, when, and what came of it.
func standing(s drift.Status) string {
	if s.Baseline == nil {
		return ""
	}
	text := fmt.Sprintf("baseline %d", s.Baseline.Revision)
	if s.State == drift.Drifted {
		text += fmt.Sprintf(", +%d ~%d -%d", s.Added, s.Changed, s.Missing)
	}
	if !s.Compared.IsZero() {
		text += ", compared " + s.Compared.UTC().Format(time.RFC3339)
	}
	if s.Reason != "" {
		text += ", " + oneLine(s.Reason)
	}
	return text
}

// compare compares the node and prints what is not as its baseline says.
func (c *driftCmd) compare(p *process, d driftDesk) error {
	report, err := d.compareNow(c.Node)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(p, report)
	}
	if err := c.list(p, []drift.Status{report.Status}, nil); err != nil {
		return err
	}
	for _, ch := range report.Changes {
		(&diffCmd{}).print(p, ch)
	}
	return nil
}

func (l localKeep) drifts() ([]drift.Status, error) {
	return l.watch.List(l.p.ctx, caller())
}

func (l localKeep) compareNow(node string) (driftReport, error) {
	report, err := l.watch.Check(l.p.ctx, caller(), node)
	found := driftReport{report.Status, []change{}}
	for _, c := range report.Changes {
		found.Changes = append(found.Changes, change{Action: c.Action, Ref: c.Ref, Diff: compare.Unified(c.Ref.Kind, c.Old, c.New)})
	}
	return found, err
}

func (l localKeep) setBaseline(node string, revision int64) (drift.Status, error) {
	return l.watch.Set(l.p.ctx, caller(), node, revision)
}

func (l localKeep) forget(node string) error { return l.watch.Remove(l.p.ctx, caller(), node) }

func (l localKeep) reapply(node string, dryRun bool) (*restored, error) {
	report, err := l.watch.Report(l.p.ctx, caller(), node)
	if err != nil {
		return nil, err
	}
	if report.Baseline == nil {
		return nil, core.Errorf(core.NotFound, "%s has no baseline", node)
	}
	if !dryRun {
		did := audit.New(time.Now(), caller(), audit.BaselineApply, node).Saying(fmt.Sprintf("revision %d", report.Baseline.Revision))
		if err := l.audit.Record(l.p.ctx, did); err != nil {
			return nil, err
		}
	}
	want := transfer.Request{Node: node, Restores: report.Baseline.Revision, Mode: plan.Full, Note: "re-applies the baseline"}
	return bringBack(l.p, l.service, want, dryRun)
}

// ofNode is the path of something of a node.
func ofNode(node, what string) string { return "nodes/" + url.PathEscape(node) + "/" + what }

func (r remoteKeep) drifts() ([]drift.Status, error) {
	all, err := ask[[]drift.Status](r.remote, r.p, "drift", nil)
	if err != nil {
		return nil, err
	}
	return *all, nil
}

func (r remoteKeep) compareNow(node string) (report driftReport, err error) {
	found, err := ask[driftReport](r.remote, r.p, ofNode(node, "drift?diff=1"), struct{}{})
	if err != nil {
		return report, err
	}
	return *found, nil
}

func (r remoteKeep) setBaseline(node string, revision int64) (s drift.Status, err error) {
	found, err := ask[drift.Status](r.remote, r.p, ofNode(node, "baseline"), instead{map[string]int64{"revision": revision}})
	if err != nil {
		return s, err
	}
	return *found, nil
}

func (r remoteKeep) forget(node string) error {
	_, err := r.call(r.p, "/api/v1/"+ofNode(node, "baseline"), deleting{})
	return err
}

func (r remoteKeep) reapply(node string, dryRun bool) (*restored, error) {
	return r.bringBack(r.p, ofNode(node, "baseline/apply"), restoreRequest{DryRun: dryRun}, dryRun)
}
