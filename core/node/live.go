package node

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
)

// Mirror keeps what nodes hold, with its history: what the embedded node holds, and what
// was read of the others.
type Mirror interface {
	// Snapshot returns all that a node held when it was last read.
	Snapshot(ctx context.Context, node string) (plan.Snapshot, error)
	// Commit makes a plan the newest revision of a node.
	Commit(ctx context.Context, c *plan.Commit) (plan.Revision, error)
	// Report returns the errors of the last import.
	Report(ctx context.Context, node string) (*bundle.Bundle, error)
	// Record keeps the errors of an import that wrote nothing.
	Record(ctx context.Context, node string, report *bundle.Bundle) error
}

// Noter is told of nodes that were read.
type Noter interface {
	// NotePulled notes when all that a node holds was last read.
	NotePulled(ctx context.Context, node string, at time.Time) error
}

// Live holds the configuration of nodes as the mirror does, but brings an import into
// those that run elsewhere, and makes a revision only of what it has read back. Its
// fields must not change once it is in use.
type Live struct {
	Mirror
	Nodes *Registry
	Noter Noter
	Times Times
	Log   *slog.Logger     // told of what goes wrong while nodes are polled; nil means nobody
	Now   func() time.Time // nil means time.Now

	Links     Links  // to files that the console keeps; nil where it hands out none
	PublicURL string // the address under which nodes reach the console, unless they have one of their own

	// Lock, where it is set, keeps other processes from importing into a node meanwhile. The
	// function it returns ends that.
	Lock func(node string) (unlock func(), err error)

	healths  healths
	runnings runnings
	turns    turns
	reads    reads
}

// Known returns a NotFound error for a node that is not there.
func (l *Live) Known(ctx context.Context, name string) error {
	if name == core.Local {
		return nil
	}
	return l.Nodes.Known(ctx, name)
}

// Names returns the names of all nodes, that of the embedded one first.
func (l *Live) Names(ctx context.Context) ([]string, error) {
	all, err := l.Nodes.Store.Nodes(ctx)
	names := []string{core.Local}
	for _, n := range all {
		names = append(names, n.Name)
	}
	return names, err
}

// Pull reads all that a node holds now, and makes a revision of it where it is not what
// was read last. It takes an operator.
func (l *Live) Pull(ctx context.Context, by core.Caller, name string) (plan.Snapshot, error) {
	if err := by.Require(core.Operator); err != nil {
		return plan.Snapshot{}, err
	}
	if name == core.Local {
		return l.Snapshot(ctx, name)
	}
	c, err := l.client(ctx, name)
	if err != nil {
		return plan.Snapshot{}, err
	}
	done, err := l.turns.wait(ctx, name)
	if err != nil {
		return plan.Snapshot{}, err
	}
	defer done()
	return l.pull(ctx, by, c)
}

// Pulled returns when a node was last read; the zero time for never. Of the embedded node
// that is now.
func (l *Live) Pulled(ctx context.Context, name string) (time.Time, error) {
	if name == core.Local {
		return l.now(), nil
	}
	n, err := l.Nodes.Store.Node(ctx, name)
	return n.Pulled, err
}

// About asks a node what it is. It takes a viewer.
func (l *Live) About(ctx context.Context, by core.Caller, name string) (About, error) {
	if err := by.Require(core.Viewer); err != nil {
		return About{}, err
	}
	c, err := l.client(ctx, name)
	if err != nil {
		return About{}, err
	}
	return c.About(ctx)
}

// client returns a client of a node that runs elsewhere.
func (l *Live) client(ctx context.Context, name string) (*Client, error) {
	n, err := l.Nodes.open(ctx, name)
	if err != nil {
		return nil, err
	}
	c := NewClient(n, l.Times)
	c.links = l.Links
	return c, nil
}

// pull reads a node into the mirror.
func (l *Live) pull(ctx context.Context, by core.Caller, c *Client) (plan.Snapshot, error) {
	holds, err := c.Export(ctx)
	if err != nil {
		return plan.Snapshot{}, err
	}
	report, err := l.Report(ctx, c.node.Name)
	if err != nil {
		return plan.Snapshot{}, err
	}
	_, err = l.keep(ctx, holds, &plan.Commit{
		Node: c.node.Name, Plan: &plan.Plan{Mode: plan.Full}, By: by, Time: l.now(), Note: "found on the node", Report: report, Found: true,
	}, nil)
	if err != nil {
		return plan.Snapshot{}, err
	}
	l.answered(c.node)
	return l.Snapshot(ctx, c.node.Name)
}

// maxAttempts bounds how often the mirror is read anew because somebody else wrote to it.
const maxAttempts = 5

// keep makes a revision of what a node holds, unless that is what was read last. Of the
// plan of a commit only the mode counts, and the steps that change nothing. Files that came
// with it stay with their entries, and so do those that are kept already.
func (l *Live) keep(ctx context.Context, holds *bundle.Bundle, c *plan.Commit, files map[core.Ref]plan.Artifact) (plan.Revision, error) {
	still := c.Plan.Steps
	for attempt := 1; ; attempt++ {
		before, err := l.Snapshot(ctx, c.Node)
		if err != nil {
			return plan.Revision{}, err
		}
		p := plan.New(plan.Full, before, holds, nil)
		steps := p.Steps[:0]
		for _, s := range p.Steps {
			if s.Artifact = keptFor(files, &s); s.Artifact == nil {
				s.Artifact = keptFor(before.Artifacts, &s)
			}
			if s.Action.Changes() {
				steps = append(steps, s)
			}
		}
		c.Plan = &plan.Plan{Mode: c.Plan.Mode, Base: p.Base, Steps: append(steps, still...)}
		if c.Found && len(steps) == 0 {
			return plan.Revision{}, l.Noter.NotePulled(ctx, c.Node, l.now())
		}
		rev, err := l.Mirror.Commit(ctx, c)
		if err == nil {
			return rev, l.Noter.NotePulled(ctx, c.Node, l.now())
		}
		if core.CodeOf(err) != core.Conflict || attempt == maxAttempts {
			return rev, fmt.Errorf("keeping what %s holds: %w", c.Node, err)
		}
	}
}

func (l *Live) now() time.Time {
	if l.Now == nil {
		return time.Now()
	}
	return l.Now()
}
