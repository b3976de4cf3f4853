package views

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/task"
)

// Bounds of what the page of a result lists; the report has all of it.
const (
	shownFailures = 200
	shownWarnings = 200
	shownNames    = 60 // of each section
)

// changes returns how many entries a section has that change something.
func changes(s plan.Section) int { return s.Created + s.Replaced + s.Deleted }

// title says what became of the import.
func (p TaskPage) title(ctx context.Context) string {
	if p.Again != "" {
		return t(ctx, "task.moved")
	}
	if p.Outcome == nil || p.Task.State == task.Cancel {
		return t(ctx, endings[p.Task.State])
	}
	total := p.Outcome.Total()
	failed := tn(ctx, "result.failed", total.Rejected)
	switch {
	case p.Outcome.Undone:
		return t(ctx, "result.undone")
	case p.Outcome.Written && total.Rejected > 0:
		return t(ctx, "result.both", "Applied", tn(ctx, "result.applied", changes(total)), "Failed", failed)
	case p.Outcome.Written:
		return tn(ctx, "result.applied", changes(total))
	case total.Rejected > 0:
		return t(ctx, "result.nothing", "Failed", failed)
	case changes(total) > 0:
		return t(ctx, "result.unwritten")
	}
	return t(ctx, "result.same")
}

// endings are the titles of tasks by state, where there is no outcome to tell of.
var endings = map[task.State]Key{
	task.Register: "task.title", task.Running: "task.title",
	task.Finish: "task.finished", task.Error: "task.failed", task.Cancel: "task.cancelled",
}

// undoPath prepares to bring back what was there before the import.
func (p TaskPage) undoPath() string {
	return "/ui/history/" + strconv.FormatInt(p.Outcome.Base, 10) + "/restore"
}

// retryable reports whether applying the valid entries alone would do something.
func (p TaskPage) retryable() bool {
	o := p.Outcome
	if o == nil || o.Written || !o.Atomic {
		return false
	}
	total := o.Total()
	return total.Rejected > 0 && changes(total) > 0
}

// tile sums one section up.
type tile struct {
	kind  core.Kind
	state string // failed, ok or skipped, as marks and style sheet call it
	good  int    // how many the note speaks of; where some failed, how many did not
	all   int
	note  string
}

// tiles returns one tile a section, failed ones first.
func tiles(ctx context.Context, o *plan.Outcome) []tile {
	all := make([]tile, 0, len(o.Sections))
	for _, s := range o.Sections {
		all = append(all, newTile(ctx, s, o.Written))
	}
	rank := map[string]int{"failed": 0, "ok": 1, "skipped": 2}
	slices.SortStableFunc(all, func(a, b tile) int { return cmp.Compare(rank[a.state], rank[b.state]) })
	return all
}

// newTile sums up a section of an import that was written, or was not.
func newTile(ctx context.Context, s plan.Section, written bool) tile {
	kind, _ := core.KindOf(s.Key)
	same := s.Unchanged + s.Kept
	x := tile{kind: kind, state: "ok", good: changes(s), all: same + changes(s) + s.Rejected}
	switch {
	case x.all == 0 && s.LeftOut > 0:
		x.state, x.note = "skipped", t(ctx, "tile.left")
	case x.all == 0:
		x.state, x.note = "skipped", t(ctx, "tile.absent")
	case s.Rejected > 0:
		x.state, x.note = "failed", tn(ctx, "tile.failed", s.Rejected)
		if x.good = same; written {
			x.good += changes(s)
		}
	case changes(s) == 0 && s.Kept > 0:
		x.good, x.note = s.Kept, t(ctx, "tile.kept")
	case changes(s) == 0:
		x.good, x.note = s.Unchanged, t(ctx, "tile.unchanged")
	case !written:
		x.state, x.note = "skipped", t(ctx, "tile.unwritten")
	case s.Created+s.Replaced == 0:
		x.note = t(ctx, "tile.deleted")
	default:
		x.note = t(ctx, "tile.applied")
	}
	return x
}

// failure is a rejected entry with what follows from it.
type failure struct {
	plan.Refused
	follows []plan.Refused
}

// failures returns the rejected entries, each of which that follows from another
// under its root.
func failures(rejected []plan.Refused) []failure {
	cause := causes(rejected)
	at := map[core.Ref]int{}
	var roots []failure
	for _, r := range rejected {
		if root(cause, r.Ref) == r.Ref {
			at[r.Ref] = len(roots)
			roots = append(roots, failure{Refused: r})
		}
	}
	for _, r := range rejected {
		if ref := root(cause, r.Ref); ref != r.Ref {
			roots[at[ref]].follows = append(roots[at[ref]].follows, r)
		}
	}
	return roots
}

// causes returns from which rejected entry each one follows.
func causes(refused []plan.Refused) map[core.Ref]core.Ref {
	rejected := make(map[core.Ref]bool, len(refused))
	for _, r := range refused {
		rejected[r.Ref] = true
	}
	cause := map[core.Ref]core.Ref{}
	for _, r := range refused {
		if c := fault(r).Cause; c != nil && rejected[*c] {
			cause[r.Ref] = *c
		}
	}
	return cause
}

// deepest bounds how many entries lead from one to its root. Needs are at most half as
// deep: a rule, its stream, a configuration, a connection.
const deepest = 8

// root returns what an entry follows from in the end. Entries that follow from each
// other in a circle are roots, each of itself.
func root(cause map[core.Ref]core.Ref, start core.Ref) core.Ref {
	ref := start
	for range deepest {
		next, ok := cause[ref]
		if !ok || next == start {
			break
		}
		ref = next
	}
	if _, inCircle := cause[ref]; inCircle {
		return start
	}
	return ref
}

// fault returns the finding that keeps an entry out, or the zero finding.
func fault(r plan.Refused) core.Finding {
	for _, f := range r.Findings {
		if f.Severity == core.Fault {
			return f
		}
	}
	return core.Finding{}
}

// applied is the written entries of one kind.
type applied struct {
	kind core.Kind
	done []plan.Done
	more int // that are not listed
}

// applications groups the written entries by section, in document order.
func applications(o *plan.Outcome) []applied {
	var done [core.NumKinds][]plan.Done
	for _, d := range o.Applied {
		done[d.Ref.Kind] = append(done[d.Ref.Kind], d)
	}
	var groups []applied
	for _, s := range o.Sections {
		kind, _ := core.KindOf(s.Key)
		if n := changes(s); n > 0 {
			listed := done[kind][:min(len(done[kind]), shownNames)]
			groups = append(groups, applied{kind, listed, n - len(listed)})
		}
	}
	return groups
}
