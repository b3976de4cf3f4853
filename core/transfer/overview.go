package transfer

import (
	"context"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/deps"
	"ekuiper-console/core/plan"
)

// Overview is what a node looks like at first sight.
type Overview struct {
	plan.State
	Counts [core.NumKinds]int // entries, by kind
	Recent []plan.Revision    // the newest first
	Report *bundle.Bundle     // the errors of the last import; empty where there were none

	Broken  []deps.Gap         // the first needs that nothing serves
	Gaps    int                // how many there are in all
	Lacking [core.NumKinds]int // how many there are, by the kind of the entry that has the need
	Pending bool               // what is broken is still being looked for
}

// How much an overview shows of what there may be much of.
const (
	overviewRevisions = 6
	overviewGaps      = 20
)

// Overview returns what a node looks like now.
func (s *Service) Overview(ctx context.Context, by core.Caller, node string) (*Overview, error) {
	snapshot, err := s.Export(ctx, by, node)
	if err != nil {
		return nil, err
	}
	o := &Overview{State: snapshot.State}
	for _, k := range core.InstallOrder() {
		o.Counts[k] = snapshot.Bundle.Count(k)
	}
	if o.Recent, err = s.History(ctx, by, node, 0, overviewRevisions); err != nil {
		return nil, err
	}
	if o.Report, err = s.Status(ctx, by, node); err != nil {
		return nil, err
	}
	graph, ready := s.graph(ctx, node, snapshot)
	if o.Pending = !ready; ready {
		o.Broken, o.Gaps = graph.Missing(overviewGaps)
		o.Lacking = graph.Lacking()
	}
	return o, nil
}

// Entry is one entry with all that is known of it.
type Entry struct {
	Ref      core.Ref
	Text     string
	Revision int64          // of the node
	Findings []core.Finding // what a check says of it as things are
	Artifact *plan.Artifact // the file that it names, where it was kept
	History  []plan.Touch   // the newest first, back to where it was created last
	Needs    []deps.Link
	UsedBy   []deps.Link
	Users    int  // how many there are in all, of which UsedBy are some
	Pending  bool // what it needs and what uses it is still being looked for
}

// entryTouches bounds the history that is told with an entry.
const entryTouches = 50

// Entry returns an entry of a node, or a NotFound error. It tells up to as many of who
// uses the entry as users says, or all where that is 0.
func (s *Service) Entry(ctx context.Context, by core.Caller, node string, ref core.Ref, users int) (*Entry, error) {
	snapshot, err := s.Export(ctx, by, node)
	if err != nil {
		return nil, err
	}
	text, ok := snapshot.Bundle.Get(ref)
	if !ok {
		return nil, core.Errorf(core.NotFound, "%s %s is not found", ref.Kind.Noun(), ref.Name)
	}
	e := &Entry{Ref: ref, Text: text, Revision: snapshot.Revision, Findings: inPlace(snapshot, ref, text)}
	if a, kept := snapshot.Artifacts[ref]; kept {
		e.Artifact = &a
	}
	if e.History, err = s.Journal.EntryHistory(ctx, node, ref, entryTouches); err != nil {
		return nil, err
	}
	graph, ready := s.graph(ctx, node, snapshot)
	if e.Pending = !ready; ready {
		e.Needs = graph.Needs(deps.Part{Ref: ref})
		e.UsedBy, e.Users = usersOf(graph, ref, users)
	}
	return e, nil
}

// usersOf returns who uses an entry, and how many there are.
func usersOf(graph *deps.Graph, ref core.Ref, limit int) ([]deps.Link, int) {
	if limit > 0 {
		return graph.Users(ref, limit)
	}
	all := graph.UsedBy(ref)
	return all, len(all)
}

// inPlace judges an entry by what is around it, as a full import would.
func inPlace(current plan.Snapshot, ref core.Ref, text string) []core.Finding {
	alone := &bundle.Bundle{}
	alone.Set(ref, text)
	c := newChecker(plan.Partial, current, alone, &fetches{})
	c.mode = plan.Full
	return c.check(plan.Entry{Ref: ref, Text: text, After: unchosen{current.Bundle}, Hints: plan.MaxHints}).Findings
}

// unchosen is a state of which nothing is left out.
type unchosen struct{ *bundle.Bundle }

// Left reports that nothing is.
func (unchosen) Left(core.Ref) bool { return false }
