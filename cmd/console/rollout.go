package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
	"ekuiper-console/core/depot"
	"ekuiper-console/core/node"
	"ekuiper-console/core/rollout"
	"ekuiper-console/core/transfer"
	"ekuiper-console/db"
)

type rolloutCmd struct {
	Plan     rolloutPlanCmd     `cmd:"" help:"Plan a rollout: show what a bundle would do to some nodes. Exits with 1 when it cannot be applied to one of them."`
	Start    rolloutStartCmd    `cmd:"" help:"Start a rollout that is planned, and wait until it rests. Exits with 1 when a node failed."`
	List     rolloutListCmd     `cmd:"" help:"List the rollouts, the newest first."`
	Show     rolloutShowCmd     `cmd:"" help:"Show a rollout: its plans, and where every node stands."`
	Pause    rolloutPauseCmd    `cmd:"" help:"Let a rollout wait for somebody before the next node."`
	Resume   rolloutResumeCmd   `cmd:"" help:"Go on with a rollout that waits, and wait until it rests."`
	Cancel   rolloutCancelCmd   `cmd:"" help:"End a rollout before the next node. Nodes that were applied to stay as they are."`
	Retry    rolloutRetryCmd    `cmd:"" help:"Plan the failed nodes anew and go on, where they change nothing else than was reviewed."`
	Rollback rolloutRollbackCmd `cmd:"" help:"Bring back what nodes held before the rollout."`
	Remove   rolloutRemoveCmd   `cmd:"" aliases:"rm" help:"Delete a rollout that was never begun, or that is over. Nodes stay as they are."`
}

// rolloutDesk is where rollouts are: in the data folder, or at a console that runs
// elsewhere.
type rolloutDesk interface {
	// plan makes a rollout.
	plan(ctx context.Context, req rollout.Request) (rollout.Rollout, error)
	// act does what a word of the command line says: start, pause and so on.
	act(ctx context.Context, word, id string, wave int) error
	// remove deletes a rollout.
	remove(ctx context.Context, id string) error
	// list returns the newest rollouts.
	list(ctx context.Context) ([]rollout.Rollout, error)
	// show returns a rollout with its nodes and what it does to them.
	show(ctx context.Context, id string) (*rolloutLine, error)
}

// rolloutLine is a rollout as it is printed.
type rolloutLine struct {
	rollout.Rollout
	Groups  []rollout.Group  `json:"groups"`
	Targets []rollout.Target `json:"targets"`
}

// rolloutFlags say where rollouts are, and which files a bundle of them may name.
type rolloutFlags struct {
	whereFlags
	fetchFlags
}

// withRollouts runs a command on the rollouts that the flags name. One that writes is for
// the console itself, where one serves the data folder: only that knows what is under way.
func (f *rolloutFlags) withRollouts(p *process, writes bool, do func(rolloutDesk) error) (err error) {
	if f.Server != nil {
		r, err := newRemote(f.Server, f.Token, core.Local)
		if err != nil {
			return err
		}
		return do(remoteRollouts{r, p})
	}
	store, err := f.existing(p)
	if err != nil {
		return err
	}
	defer store.Close()
	live, err := f.serving(store, f.PublicURL)
	if err != nil {
		return err
	}
	events := &audit.Log{Store: store, Late: p.untold}
	service := &transfer.Service{Nodes: live, Live: live, Journal: store, Audit: events}
	defer service.Close()
	rollouts := rolloutsOf(service, live, store, events)
	if !writes {
		return do(localRollouts{rollouts, service})
	}
	if service.Fetch, service.Depot, err = f.files(); err != nil {
		return err
	}
	unlock, err := lock(filepath.Join(f.Data, "serve.lock"))
	if err != nil {
		return core.WithHint(core.Errorf(core.Conflict, "a console serves %s: %w", f.Data, err), "give its address with --server")
	}
	defer unlock()
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(p.ctx), shutdownTimeout)
		defer cancel()
		err = errors.Join(err, rollouts.Close(ctx), events.Flush(ctx))
	}()
	if err := rollouts.Recover(p.ctx); err != nil {
		return err
	}
	return do(localRollouts{rollouts, service})
}

// files opens what reads the files that entries name, and where they are kept.
func (f *rolloutFlags) files() (transfer.Fetcher, *depot.Store, error) {
	files, err := f.fetcher(f.Data)
	if err != nil {
		return nil, nil, err
	}
	kept, err := f.depot()
	return files, kept, err
}

// rolloutsOf returns the rollouts of a store.
func rolloutsOf(service *transfer.Service, live *node.Live, store *db.DB, events *audit.Log) *rollout.Service {
	return &rollout.Service{Importer: service, Registry: live.Nodes, Doctor: live, Store: store, Board: store, Shelf: store, Audit: events}
}

type rolloutPlanCmd struct {
	rolloutFlags
	Bundle          string            `arg:"" help:"File of the bundle; - for standard input."`
	Node            []string          `placeholder:"NAME" help:"Node to bring it into; may be given again."`
	Label           map[string]string `mapsep:"none" placeholder:"K=V" help:"Bring it into all nodes with this label; may be given again for those with all of them."`
	Partial         bool              `help:"Keep what is there, and lay the bundle over it."`
	Canary          int               `placeholder:"N" help:"Nodes of the first wave, of which none may fail."`
	Batch           int               `placeholder:"N" help:"Nodes of every further wave; all of them unless it is given."`
	Parallel        int               `default:"4" placeholder:"N" help:"Nodes that are applied to at once (${default})."`
	StopAfter       int               `default:"1" placeholder:"N" help:"Failures after which it stops (${default})."`
	Pause           time.Duration     `placeholder:"D" help:"Time between two waves, such as 10m."`
	OnlyHealthy     bool              `help:"Begin a wave only while all nodes that were verified are well."`
	RollbackOnError bool              `help:"Bring back what a node held, where it does not do all as planned."`
	Restart         bool              `help:"Restart a node where something comes into use only then."`
	Resume          bool              `help:"Go on by itself after a stop of the console."`
	Note            string            `placeholder:"TEXT" help:"What the history of every node shall say."`
	Start           bool              `help:"Start it once it is planned, and wait until it rests."`
	Quiet           bool              `short:"q" help:"Print only the id."`
	JSON            bool              `name:"json" help:"Print as JSON."`
}

// Run plans the rollout.
func (c *rolloutPlanCmd) Run(p *process) error {
	doc, err := readInput(p, c.Bundle)
	if err != nil {
		return err
	}
	return c.withRollouts(p, true, func(d rolloutDesk) error {
		r, err := d.plan(p.ctx, rollout.Request{
			Name: c.name(), Note: c.Note, Document: doc, Format: transfer.Detect, Mode: mode(c.Partial), Nodes: c.Node, Labels: c.Label,
			Restart: c.Restart, Start: c.Start, Strategy: rollout.Strategy{
				Canary: c.Canary, Batch: c.Batch, Parallel: c.Parallel, StopAfter: c.StopAfter, PauseSeconds: int(c.Pause.Seconds()),
				OnlyHealthy: c.OnlyHealthy, RollbackOnError: c.RollbackOnError, Resume: c.Resume,
			},
		})
		if err != nil {
			return err
		}
		shown := *p
		if c.Quiet {
			fmt.Fprintln(p.stdout, r.ID)
			shown.stdout = io.Discard
		}
		return settled(&shown, d, r.ID, c.JSON)
	})
}

// name is what the rollout is called: as the file is, if it is one.
func (c *rolloutPlanCmd) name() string {
	if c.Bundle == "-" {
		return ""
	}
	return filepath.Base(c.Bundle)
}

// pollRollout is how often a rollout that is under way is asked for.
const pollRollout = 200 * time.Millisecond

// settled waits until a rollout rests, and prints it. It ends with 1 where a node failed, or
// cannot be applied to.
func settled(p *process, d rolloutDesk, id string, asJSON bool) error {
	for {
		r, err := d.show(p.ctx, id)
		if err != nil {
			return err
		}
		if !r.State.Working() {
			if err := printRollout(p, r, asJSON); err != nil {
				return err
			}
			if r.Tally[rollout.Failed]+r.Tally[rollout.Blocked] > 0 || r.State == rollout.Stopped {
				return exit(exitTrouble)
			}
			return nil
		}
		select {
		case <-time.After(pollRollout):
		case <-p.ctx.Done():
			return core.Errorf(core.Cancelled, "rollout %s goes on when the console starts, or waits for somebody", id)
		}
	}
}

// printRollout prints a rollout with its plans and nodes.
func printRollout(p *process, r *rolloutLine, asJSON bool) error {
	if asJSON {
		return printJSON(p, r)
	}
	fmt.Fprintf(p.stdout, "%s\n", line(r.Rollout))
	if r.Reason != "" {
		fmt.Fprintf(p.stdout, "%s\n", onLine(r.Reason))
	}
	for _, g := range r.Groups {
		printGroup(p.stdout, g)
	}
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	for _, t := range r.Targets {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\n", t.Wave, t.Node, t.State, onLine(t.Reason))
	}
	return w.Flush()
}

// printGroup prints what equal plans change.
func printGroup(w io.Writer, g rollout.Group) {
	fmt.Fprintf(w, "%d nodes: %d created, %d replaced, %d deleted\n", g.Nodes, g.Created, g.Replaced, g.Deleted)
	for _, c := range g.Changes {
		fmt.Fprintf(w, "  %v %v\n", c.Action, onLine(c.Ref.String()))
	}
	if more := g.Created + g.Replaced + g.Deleted - len(g.Changes); more > 0 {
		fmt.Fprintf(w, "  and %d more\n", more)
	}
}

// line says in one line where a rollout stands.
func line(r rollout.Rollout) string {
	var counts []string
	for _, s := range rollout.Standings() {
		if n := r.Tally[s]; n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n, s))
		}
	}
	return fmt.Sprintf("%s  %s  %v, %s", r.ID, r.State, r.Mode, strings.Join(counts, ", "))
}

type rolloutListCmd struct {
	whereFlags
	JSON bool `name:"json" help:"Print as JSON."`
}

// Run lists the rollouts.
func (c *rolloutListCmd) Run(p *process) error {
	return (&rolloutFlags{whereFlags: c.whereFlags}).withRollouts(p, false, func(d rolloutDesk) error {
		all, err := d.list(p.ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(p, append([]rollout.Rollout{}, all...))
		}
		for _, r := range all {
			fmt.Fprintf(p.stdout, "%s  %s  %s\n", moment(r.Created), line(r), onLine(r.Name))
		}
		return nil
	})
}

type rolloutShowCmd struct {
	whereFlags
	ID   string `arg:"" name:"id" help:"Id of the rollout."`
	JSON bool   `name:"json" help:"Print as JSON."`
}

// Run shows the rollout.
func (c *rolloutShowCmd) Run(p *process) error {
	return (&rolloutFlags{whereFlags: c.whereFlags}).withRollouts(p, false, func(d rolloutDesk) error {
		r, err := d.show(p.ctx, c.ID)
		if err != nil {
			return err
		}
		return printRollout(p, r, c.JSON)
	})
}
