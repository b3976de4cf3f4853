package views

import (
	"context"
	"io"
	"strconv"

	"ekuiper-console/core"
	"ekuiper-console/core/drift"
	"ekuiper-console/core/schedule"
	"ekuiper-console/core/vault"
)

// Kept is how a node stands to its baseline, and how its last backups went.
type Kept struct {
	Drift  drift.Status
	Latest vault.Latest
}

// Waiting is what a page says of what was asked of a node and takes long: that it goes on,
// or how it has ended. The zero Waiting says nothing.
type Waiting struct {
	Page, Events string // where that is told, and by which stream; empty where nothing goes on
	Over         bool   // it has ended just now
	Err          error  // that it ended with
}

// refresh is after how many seconds a page is loaded again by a browser without scripts.
func (w Waiting) refresh() int {
	if w.Events == "" {
		return 0
	}
	return 2
}

// DriftPage tells how a node stands to its baseline, with what is not as that says. It posts
// nothing to /ui/nodes/{name}/drift, which compares the node now, and action, one of accept,
// apply, remove and set, to /ui/nodes/{name}/baseline: set with revision, and accept with that
// which was looked at.
type DriftPage struct {
	Layout
	Drift   drift.Status
	Changes ChangeList
	Waiting Waiting // for what is compared
}

// BackupsPage lists the backups of a node or of all. It asks itself for node and before, and
// posts node and note, which backs that node up.
type BackupsPage struct {
	Layout
	Backups []vault.Backup
	Of      string       // the node whose backups are listed; empty for all
	Nodes   []string     // that there are
	Gone    string       // the node whose backups are listed, where it is there no more
	Older   int64        // the backup before which the next page ends; 0 for none
	Waiting Waiting      // for what is backed up
	Unkept  string       // the note for one that was not made, since another was under way; empty for none
	Made    vault.Backup // just now, where that failed, or older ones could not be taken out
}

// BackupPage tells of one backup. It posts action=pin, unpin, or note with note, to its own
// address, and to to /restore behind it; it links to /bundle and /remove behind it.
type BackupPage struct {
	Layout
	Backup vault.Backup
	Nodes  []string // that there are
}

// SchedulesPage lists the schedules, and changes one. It posts node, zone, compare, backup,
// keep and days, and node to /ui/schedules/remove.
type SchedulesPage struct {
	Layout
	Schedules []schedule.Kept // that of all nodes first
	Nodes     []string        // that there are
	Form      ScheduleForm
}

// failing returns what failed and is tried again.
func (p SchedulesPage) failing() (all []schedule.Failure) {
	for _, s := range p.Schedules {
		all = append(all, s.Failing...)
	}
	return all
}

// mostFailing bounds the failures that the page lists.
const mostFailing = 100

// jobNames are the jobs of schedules.
var jobNames = map[schedule.Job]Key{schedule.Compare: "schedule.job.compare", schedule.Backup: "schedule.job.backup"}

// ScheduleForm is what was typed of a schedule.
type ScheduleForm struct {
	Node, Zone, Compare, Backup, Keep, Days string
	Problem, Hint                           string // why it cannot be; empty for no trouble
	Done                                    bool   // it was written just now
}

// FormOfSchedule returns the form in which a schedule is changed.
func FormOfSchedule(s schedule.Schedule) ScheduleForm {
	return ScheduleForm{Node: s.Node, Zone: s.Zone, Compare: s.Compare.String(), Backup: s.Backup.String(), Keep: strconv.Itoa(s.Keep), Days: strconv.Itoa(s.Days)}
}

// Render writes the page.
func (p DriftPage) Render(ctx context.Context, w io.Writer) error { return p.view().Render(ctx, w) }

// Render writes the page.
func (p BackupsPage) Render(ctx context.Context, w io.Writer) error { return p.view().Render(ctx, w) }

// Render writes the page.
func (p BackupPage) Render(ctx context.Context, w io.Writer) error { return p.view().Render(ctx, w) }

// Render writes the page.
func (p SchedulesPage) Render(ctx context.Context, w io.Writer) error {
	return p.view().Render(ctx, w)
}

// driftStates are how a node stands to its baseline, with their marks.
var driftStates = map[drift.State]struct {
	mark string
	text Key
}{
	drift.None: {"queued", "drift.none"}, drift.InSync: {"ok", "drift.in-sync"},
	drift.Drifted: {"warn", "drift.drifted"}, drift.Unknown: {"failed", "drift.unknown"},
}

// standing returns how the node stands to its baseline; a zero status is that of a node
// without one.
func (k Kept) standing() (mark string, text Key) {
	s, known := driftStates[k.Drift.State]
	if !known {
		s = driftStates[drift.None]
	}
	return s.mark, s.text
}

// DriftPath is the address of the page of a node's drift.
func DriftPath(node string) string { return nodePath(node, "/drift") }

// BackupPath is the address of a backup's page.
func BackupPath(id int64) string { return backupPath(id, "") }

// backupPath is the address of a backup, with something behind it.
func backupPath(id int64, behind string) string {
	return "/ui/backups/" + strconv.FormatInt(id, 10) + behind
}

// BackupsPath is the address of the backups of a node, or of all.
func BackupsPath(node string) string { return withQuery("/ui/backups", "node", node) }

// older is the address of the next page.
func (p BackupsPage) older() string {
	return withQuery("/ui/backups", "node", p.Of, "before", strconv.FormatInt(p.Older, 10))
}

// suggested is the node that the form offers first.
func (p BackupsPage) suggested() string {
	if p.Of != "" {
		return p.Of
	}
	return p.Node
}

// rhythmText says how often something is done.
func rhythmText(ctx context.Context, r schedule.Rhythm) string {
	word, rest := r.Words()
	switch word {
	case "every":
		return t(ctx, "schedule.every", "Span", rest)
	case "daily":
		return t(ctx, "schedule.daily", "Time", rest)
	}
	return t(ctx, "schedule.off")
}

// staysText says how long backups stay.
func staysText(ctx context.Context, r schedule.Retention) string {
	switch {
	case r.Keep == 0 && r.Days == 0:
		return t(ctx, "schedule.stay.all")
	case r.Days == 0:
		return t(ctx, "schedule.stay.keep", "Keep", count(ctx, r.Keep))
	case r.Keep == 0:
		return t(ctx, "schedule.stay.days", "Days", count(ctx, r.Days))
	}
	return t(ctx, "schedule.stay.both", "Keep", count(ctx, r.Keep), "Days", count(ctx, r.Days))
}

// scheduleName names the nodes of a schedule.
func scheduleName(ctx context.Context, node string) string {
	if node == "" {
		return t(ctx, "schedule.all")
	}
	return node
}

// mayAdminister reports whether the user may write schedules.
func (p SchedulesPage) mayAdminister() bool { return p.Role >= core.Admin }
