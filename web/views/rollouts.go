package views

import (
	"context"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"ekuiper-console/core/plan"
	"ekuiper-console/core/rollout"
)

// RolloutsPage lists the rollouts, the newest first, and links to /ui/rollouts/new.
type RolloutsPage struct {
	Layout
	Rollouts []rollout.Rollout
}

// RolloutNewPage prepares a rollout. It posts the fields of RolloutForm, the bundle as
// draft, text or the files bundle, and mode to /ui/rollouts.
type RolloutNewPage struct {
	Layout
	Draft   *Draft // what is rolled out; nil where a bundle is still to be brought
	Nodes   []NodeRow
	Form    RolloutForm
	Problem string
	Hint    string
}

// RolloutForm is what was chosen: the nodes by name and by labels, which are written
// NAME=VALUE, one a line, and how to go about it.
type RolloutForm struct {
	Mode     plan.Mode
	Nodes    map[string]bool
	Labels   string
	Note     string
	Text     string
	Restart  bool
	Strategy rollout.Strategy
}

// RolloutPage is the board of a rollout. It posts action (start, pause, resume, cancel or
// retry), and confirm and seen beside it, to /ui/rollouts/{id}. It links to rollback and
// remove below that, to rollback with the wave.
type RolloutPage struct {
	Layout
	Rollout rollout.Rollout
	Groups  []rollout.Group  // the largest
	Others  int              // groups beyond these
	Waves   []RolloutWave    // in order
	Targets []rollout.Target // of this page of the list
	Found   int              // that the filter finds
	Show    rollout.Standing // only those that stand there; empty for all
	Pager   Pager
	Deletes bool // starting it deletes entries, which takes a confirmation
	// Abandoned is whether nobody works on it any more, though its state says so.
	Abandoned bool
	Error     Key // empty or RolloutNotConfirmed
	Problem   string
	Hint      string
}

// RolloutNotConfirmed is the error of a start that deletes entries and was not confirmed.
const RolloutNotConfirmed Key = "rollout.unconfirmed"

// RollbackMoved is the error of a rollback that would now be one of other nodes.
const RollbackMoved Key = "rollout.undo.moved"

// RolloutWave is a wave with where its nodes stand.
type RolloutWave struct {
	Number   int
	Tally    rollout.Tally
	Undoable int // nodes that can be rolled back
}

// Render writes the page.
func (p RolloutsPage) Render(ctx context.Context, w io.Writer) error { return p.view().Render(ctx, w) }

// Render writes the page.
func (p RolloutNewPage) Render(ctx context.Context, w io.Writer) error {
	return p.view().Render(ctx, w)
}

// Render writes the page.
func (p RolloutPage) Render(ctx context.Context, w io.Writer) error { return p.view().Render(ctx, w) }

// RolloutPath is the address of a rollout's page.
func RolloutPath(id string) string { return "/ui/rollouts/" + url.PathEscape(id) }

// RolloutSeen tells the plans that a page shows from those that are made later.
func RolloutSeen(r rollout.Rollout) string { return strconv.FormatInt(r.Updated.UnixNano(), 36) }

// rolloutStates are where a rollout stands, with their marks.
var rolloutStates = map[rollout.State]struct {
	mark string
	text Key
}{
	rollout.Planning: {"running", "rollout.state.planning"}, rollout.Planned: {"queued", "rollout.state.planned"},
	rollout.Running: {"running", "rollout.state.running"}, rollout.Paused: {"queued", "rollout.state.paused"},
	rollout.Stopped: {"failed", "rollout.state.stopped"}, rollout.RollingBack: {"running", "rollout.state.rolling-back"},
	rollout.Finished: {"ok", "rollout.state.finished"}, rollout.Cancelled: {"skipped", "rollout.state.cancelled"},
}

// standings are where a node of a rollout stands, with their marks.
var standings = map[rollout.Standing]struct {
	mark string
	text Key
}{
	rollout.Unplanned: {"queued", "standing.unplanned"}, rollout.Blocked: {"missing", "standing.blocked"}, rollout.Waiting: {"queued", "standing.planned"},
	rollout.Applying: {"running", "standing.applying"}, rollout.Verified: {"ok", "standing.verified"}, rollout.Failed: {"failed", "standing.failed"},
	rollout.Undoing: {"running", "standing.rolling-back"}, rollout.RolledBack: {"skipped", "standing.rolled-back"}, rollout.Skipped: {"skipped", "standing.skipped"},
}

// counted is how many nodes stand somewhere.
type counted struct {
	standing rollout.Standing
	n        int
}

// countsOf returns where nodes stand, but for where none does.
func countsOf(n rollout.Tally) (all []counted) {
	for _, s := range rollout.Standings() {
		if n[s] > 0 {
			all = append(all, counted{s, n[s]})
		}
	}
	return all
}

// RolloutTitle is what a rollout is called.
func RolloutTitle(r rollout.Rollout) string {
	if r.Name != "" {
		return r.Name
	}
	return r.ID
}

func (p RolloutPage) frame(ctx context.Context) frame {
	f := frame{title: t(ctx, "rollout.title", "Name", RolloutTitle(p.Rollout)), active: "rollouts"}
	if p.works() {
		f.refresh = 2
	}
	return f
}

// works reports whether the rollout is doing something by itself.
func (p RolloutPage) works() bool { return p.Rollout.State.Working() && !p.Abandoned }

// done is how many nodes need nothing any more, of how many.
func (p RolloutPage) done() (done, all int) {
	n := p.Rollout.Tally
	return n[rollout.Verified] + n[rollout.Failed] + n[rollout.RolledBack] + n[rollout.Skipped] + n[rollout.Blocked], n.Nodes()
}

// path is the address of the list of nodes, filtered, at a page.
func (p RolloutPage) path(show rollout.Standing, page int) string {
	q := url.Values{}
	if show != "" {
		q.Set("show", string(show))
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	if len(q) == 0 {
		return RolloutPath(p.Rollout.ID)
	}
	return RolloutPath(p.Rollout.ID) + "?" + q.Encode()
}

// strategy says how the rollout goes about its nodes, in words.
func (p RolloutPage) strategy(ctx context.Context) string {
	s := p.Rollout.Strategy
	var words []string
	add := func(when bool, word string) {
		if when {
			words = append(words, word)
		}
	}
	add(s.Canary > 0, tn(ctx, "rollout.how.canary", s.Canary))
	add(s.Batch > 0, tn(ctx, "rollout.how.batch", s.Batch))
	add(true, tn(ctx, "rollout.how.parallel", s.Parallel))
	add(true, tn(ctx, "rollout.how.stop", s.StopAfter))
	add(s.PauseSeconds > 0, t(ctx, "rollout.how.pause", "Time", span(int64(s.PauseSeconds))))
	add(s.OnlyHealthy, t(ctx, "rollout.how.healthy"))
	add(s.RollbackOnError, t(ctx, "rollout.how.rollback"))
	add(p.Rollout.Restart, t(ctx, "rollout.how.restart"))
	if s.Resume {
		add(true, t(ctx, "rollout.how.resume"))
	} else {
		add(true, t(ctx, "rollout.how.wait"))
	}
	return strings.Join(words, t(ctx, "rollout.how.comma"))
}

// may reports whether the user may do something with the rollout as it stands.
func (p RolloutPage) may(action string) bool {
	n, s := p.Rollout.Tally, p.Rollout.State
	rests := !s.Working()
	return p.mayImport() && map[string]bool{
		"start":    s == rollout.Planned && n[rollout.Waiting] > 0,
		"resume":   p.Abandoned || (s == rollout.Paused || s == rollout.Stopped) && n[rollout.Waiting]+n[rollout.Unplanned] > 0,
		"pause":    p.works() && s != rollout.Planning,
		"cancel":   !p.Abandoned && !s.Over() && s != rollout.RollingBack,
		"retry":    rests && s != rollout.Cancelled && p.again() > 0,
		"rollback": rests && p.undoable() > 0,
		"remove":   p.Rollout.Removable(),
	}[action]
}

// acting reports whether the user may do anything with it.
func (p RolloutPage) acting() bool {
	return slices.ContainsFunc([]string{"start", "resume", "pause", "cancel", "retry", "rollback", "remove"}, p.may)
}

// undoable is how many nodes can be rolled back.
func (p RolloutPage) undoable() (n int) {
	for _, w := range p.Waves {
		n += w.Undoable
	}
	return n
}

// again is how many nodes can be tried again.
func (p RolloutPage) again() int {
	n := p.Rollout.Tally
	return n[rollout.Failed] + n[rollout.Blocked] + n[rollout.RolledBack]
}

// ready is how many nodes wait to be applied to.
func (p RolloutPage) ready() int { return p.Rollout.Tally[rollout.Waiting] }

// total is how many entries a group changes.
func total(g rollout.Group) int { return g.Created + g.Replaced + g.Deleted }

// changesOf counts what a group changes: of several nodes, the same.
func changesOf(ctx context.Context, g rollout.Group) string {
	if g.Nodes > 1 {
		return tn(ctx, "rollout.group.changes", total(g))
	}
	return tn(ctx, "rollout.group.alone", total(g))
}

// text is a number as a field has it: nothing for none.
func text(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
