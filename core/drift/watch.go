package drift

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
	"ekuiper-console/core/plan"
)

// Store keeps baselines. What changes one is one transaction with the event that tells of
// it.
type Store interface {
	// PutBaseline gives a node a baseline, which was never compared with it.
	PutBaseline(ctx context.Context, b Baseline, did audit.Event) error
	// DeleteBaseline takes a baseline away, or returns a NotFound error.
	DeleteBaseline(ctx context.Context, node string, did audit.Event) error
	// Baselines returns the nodes that have one, by name.
	Baselines(ctx context.Context) ([]Watched, error)
	// PutCheck keeps what came of comparing a node with a baseline, unless it has another
	// one by now.
	PutCheck(ctx context.Context, b Baseline, c Check) error
}

// Nodes knows what nodes hold.
type Nodes interface {
	// Known returns a NotFound error for a node that is not there.
	Known(ctx context.Context, node string) error
	// Names returns the names of all nodes.
	Names(ctx context.Context) ([]string, error)
	// Pull reads a node.
	Pull(ctx context.Context, by core.Caller, node string) (plan.Snapshot, error)
	// Pulled returns when a node was last read; of the embedded one that is now.
	Pulled(ctx context.Context, node string) (time.Time, error)
}

// Journal knows what nodes held.
type Journal interface {
	// Revision returns a revision of a node, or a NotFound error.
	Revision(ctx context.Context, by core.Caller, node string, number int64) (plan.Revision, error)
	// Diff returns what leads from one revision of a node to another.
	Diff(ctx context.Context, by core.Caller, node string, from, to int64) ([]plan.Change, error)
}

// Watch compares nodes with their baselines. Its fields must not change once it is in use.
type Watch struct {
	Store   Store
	Nodes   Nodes
	Journal Journal
	State   func(ctx context.Context, node string) (plan.State, error) // that a node was in when it was last read
	Now     func() time.Time                                           // nil means time.Now
}

// Set makes a revision of a node its baseline; 0 stands for what it holds now, as it was
// last read, which accepts what drifted. It takes an operator. A revision that is not there
// is a NotFound error, and a node that never held anything a Conflict one.
func (w *Watch) Set(ctx context.Context, by core.Caller, node string, revision int64) (Status, error) {
	now, err := w.State(ctx, node)
	if err != nil {
		return Status{}, err
	}
	action := audit.BaselineSet
	if revision == 0 {
		action, revision = audit.BaselineAccept, now.Revision
	}
	return w.set(ctx, by, action, node, revision)
}

// Accept makes what a node holds now its baseline, as Set does, but for a node that holds
// something else than the revision that somebody has looked at: that is a Conflict error.
func (w *Watch) Accept(ctx context.Context, by core.Caller, node string, seen int64) (Status, error) {
	if err := by.Require(core.Operator); err != nil {
		return Status{}, err
	}
	now, err := w.State(ctx, node)
	if err != nil {
		return Status{}, err
	}
	if now.Revision != seen {
		return Status{}, core.WithHint(core.Errorf(core.Conflict, "%s holds something else by now", node), "look at what it holds now, and accept that")
	}
	return w.set(ctx, by, audit.BaselineAccept, node, seen)
}

// set makes a revision of a node its baseline.
func (w *Watch) set(ctx context.Context, by core.Caller, action audit.Action, node string, revision int64) (Status, error) {
	if err := by.Require(core.Operator); err != nil {
		return Status{}, err
	}
	if err := w.Nodes.Known(ctx, node); err != nil {
		return Status{}, err
	}
	if revision == 0 {
		return Status{}, core.WithHint(core.Errorf(core.Conflict, "%s has no revision that could be its baseline", node), "import something into it, or read it, first")
	}
	if _, err := w.Journal.Revision(ctx, by, node, revision); err != nil {
		return Status{}, err
	}
	b := Baseline{Node: node, Revision: revision, By: by.Name, Time: w.now()}
	did := audit.New(b.Time, by, action, node).Saying(fmt.Sprintf("revision %d", revision))
	if err := w.Store.PutBaseline(ctx, b, did); err != nil {
		return Status{}, err
	}
	report, err := w.recompare(ctx, by, Watched{Baseline: b})
	return report.Status, err
}

// Remove takes the baseline of a node away, or returns a NotFound error. It takes an
// operator.
func (w *Watch) Remove(ctx context.Context, by core.Caller, node string) error {
	if err := by.Require(core.Operator); err != nil {
		return err
	}
	return w.Store.DeleteBaseline(ctx, node, audit.New(w.now(), by, audit.BaselineRemove, node))
}

// List returns how all nodes stand to their baselines, as they were last compared. It takes
// a viewer.
func (w *Watch) List(ctx context.Context, by core.Caller) ([]Status, error) {
	if err := by.Require(core.Viewer); err != nil {
		return nil, err
	}
	watched, err := w.Store.Baselines(ctx)
	if err != nil {
		return nil, err
	}
	known := map[string]Status{}
	for _, one := range watched {
		known[one.Node] = one.status()
	}
	names, err := w.Nodes.Names(ctx)
	all := make([]Status, 0, len(names))
	for _, name := range names {
		one, has := known[name]
		if !has {
			one = Status{Node: name, State: None}
		}
		all = append(all, one)
	}
	return all, err
}

// Report returns how a node stands to its baseline, without reading it: where it was read
// since it was last compared, that is compared. It takes a viewer.
func (w *Watch) Report(ctx context.Context, by core.Caller, node string) (Report, error) {
	if err := by.Require(core.Viewer); err != nil {
		return Report{}, err
	}
	one, found, err := w.watched(ctx, node)
	if err != nil || !found {
		return Report{Status: Status{Node: node, State: None}}, err
	}
	now, err := w.State(ctx, node)
	if err != nil {
		return Report{}, err
	}
	if now.Revision != one.Check.Revision {
		report, err := w.recompare(ctx, by, one)
		if code := core.CodeOf(err); err != nil && (code == core.Busy || code == core.Unwritable) {
			err = nil // who only reads is not kept from it; it is compared again
		}
		return report, err
	}
	report := Report{Status: one.status()}
	if report.State == Drifted {
		report.Changes, err = w.drifted(ctx, by, one.Baseline, one.Check.Revision)
	}
	return report, err
}

// Check reads a node and compares it. Where it cannot be read, the report says that it is
// unknown how it stands, and why. A node without a baseline is a Conflict error. It takes an
// operator.
func (w *Watch) Check(ctx context.Context, by core.Caller, node string) (Report, error) {
	if err := by.Require(core.Operator); err != nil {
		return Report{}, err
	}
	one, found, err := w.watched(ctx, node)
	if err != nil {
		return Report{}, err
	}
	if !found {
		return Report{}, &core.Error{Code: core.Conflict, Msg: fmt.Sprintf("%s has no baseline to be compared with", node), Hint: "set one first", Err: ErrNoBaseline}
	}
	_, err = w.Nodes.Pull(ctx, by, node)
	if ctx.Err() != nil {
		return Report{}, err
	}
	if err != nil {
		one.Tried, one.Reason = w.now(), err.Error()
		return Report{Status: one.status()}, w.Store.PutCheck(ctx, one.Baseline, one.Check)
	}
	return w.compare(ctx, by, one, w.now())
}

// ErrNoBaseline is behind the error that a node has nothing to be compared with.
var ErrNoBaseline = errors.New("no baseline")

// Follow compares those nodes that hold something else since they were last compared, and
// those that could be read again since they could not.
func (w *Watch) Follow(ctx context.Context, by core.Caller) error {
	all, err := w.Store.Baselines(ctx)
	for _, one := range all {
		err = errors.Join(err, w.follow(ctx, by, one))
	}
	return err
}

func (w *Watch) follow(ctx context.Context, by core.Caller, one Watched) error {
	now, err := w.State(ctx, one.Node)
	if err != nil {
		return err
	}
	anew := now.Revision != one.Check.Revision
	if !anew && (one.Reason != "" || one.Read.IsZero()) {
		read, err := w.Nodes.Pulled(ctx, one.Node)
		if err != nil {
			return err
		}
		anew = read.After(one.Tried)
	}
	if anew {
		_, err = w.recompare(ctx, by, one)
	}
	return err
}

// recompare compares a node as it was last read.
func (w *Watch) recompare(ctx context.Context, by core.Caller, one Watched) (Report, error) {
	read, err := w.Nodes.Pulled(ctx, one.Node)
	if err != nil {
		return Report{}, err
	}
	return w.compare(ctx, by, one, read)
}

// watched returns what is kept of a node, or that it has no baseline.
func (w *Watch) watched(ctx context.Context, node string) (one Watched, found bool, err error) {
	if err := w.Nodes.Known(ctx, node); err != nil {
		return one, false, err
	}
	all, err := w.Store.Baselines(ctx)
	i := slices.IndexFunc(all, func(one Watched) bool { return one.Node == node })
	if err != nil || i < 0 {
		return one, false, err
	}
	return all[i], true, nil
}

// compare compares what was read of a node, and keeps what comes of it.
func (w *Watch) compare(ctx context.Context, by core.Caller, one Watched, read time.Time) (Report, error) {
	now, err := w.State(ctx, one.Node)
	if err != nil {
		return Report{}, err
	}
	changes, err := w.drifted(ctx, by, one.Baseline, now.Revision)
	if err != nil {
		return Report{}, err
	}
	one.Check = Check{Tried: read, Read: read, Revision: now.Revision, Tally: count(changes)}
	return Report{one.status(), changes}, w.Store.PutCheck(ctx, one.Baseline, one.Check)
}

// drifted returns what leads from a baseline to a revision and means something.
func (w *Watch) drifted(ctx context.Context, by core.Caller, b Baseline, revision int64) ([]plan.Change, error) {
	changes, err := w.Journal.Diff(ctx, by, b.Node, b.Revision, revision)
	if err != nil {
		return nil, fmt.Errorf("comparing %s with its baseline: %w", b.Node, err)
	}
	return Meant(changes), nil
}

func (w *Watch) now() time.Time {
	if w.Now == nil {
		return time.Now()
	}
	return w.Now()
}
