package views

import (
	"context"
	"io"
	"net/url"
	"slices"

	"ekuiper-console/core/plan"
	"ekuiper-console/core/secret"
	"ekuiper-console/core/task"
)

// TaskPage is the permanent page of one import: its progress while it runs, and then
// its result. It lives at /ui/tasks/{id} and loads itself again on every event of
// /ui/tasks/{id}/events until the task is final. It links to /ui/tasks/{id}/report and
// /findings, and posts to /ui/tasks/{id}/cancel, to /retry, which goes back to the review,
// to /fix, which makes a draft of what was rejected, and to
// /ui/history/{revision}/restore, which prepares to undo it.
type TaskPage struct {
	Layout
	Task     task.Task
	Outcome  *plan.Outcome // nil while the task runs, and where it came to none
	Again    string        // the review of the plan anew, where the node moved before the import; else empty
	Restores int64         // the revision that it brings back; 0 where it is no restore
	Note     string        // the reason for that
}

// Render writes the page.
func (p TaskPage) Render(ctx context.Context, w io.Writer) error { return p.view().Render(ctx, w) }

// path returns the address of the task, with something behind it.
func (p TaskPage) path(behind string) string {
	return "/ui/tasks/" + url.PathEscape(p.Task.ID) + behind
}

// frame tells the layout the title, and to load the page again while the task runs.
func (p TaskPage) frame(ctx context.Context) frame {
	f := frame{title: p.title(ctx), active: "import"}
	if !p.Task.State.Final() {
		f.title, f.refresh = t(ctx, "task.title", "Name", ownName(ctx, p.Task.Title)), 2
	}
	return f
}

// state says where the task stands, for a live region.
func (p TaskPage) state(ctx context.Context) string {
	for _, s := range p.stages() {
		if s.mark == "running" && !p.Task.State.Final() {
			return s.say(ctx)
		}
	}
	return p.title(ctx)
}

// into is how the node is named beside its revision.
func (p TaskPage) into() Key {
	if p.Outcome.Written {
		return "result.now"
	}
	return "result.still"
}

// stage is one step of a running task.
type stage struct {
	mark        string
	text        Key
	done, total int // total is 0 where nothing is counted
	read, size  int // bytes; size is 0 where it is not known
}

// say names the stage, with what is counted: not the bytes, which nobody wants to be told
// of some times a second.
func (s stage) say(ctx context.Context) string {
	if s.total == 0 {
		return t(ctx, s.text)
	}
	return t(ctx, "task.counted", "Stage", t(ctx, s.text), "Count", s.counted(ctx))
}

// bar returns how far a bar is drawn, and its length: by bytes, where all are known.
func (s stage) bar() (done, total int) {
	if s.size > 0 {
		return s.read, s.size
	}
	return s.done, s.total
}

// bytes says how much was read, where anything was.
func (s stage) bytes(ctx context.Context) string {
	switch {
	case s.size > 0:
		return t(ctx, "task.of", "Done", size(ctx, s.read), "All", size(ctx, s.size))
	case s.read > 0:
		return size(ctx, s.read)
	}
	return ""
}

// counted says how much of the stage is done, where that is counted.
func (s stage) counted(ctx context.Context) string {
	if s.total == 0 {
		return ""
	}
	return t(ctx, "task.of", "Done", count(ctx, s.done), "All", count(ctx, s.total))
}

// stageText is how a page calls a step that progress calls in its own way.
type stageText struct {
	stage string
	text  Key
}

// stageTexts are the steps of an import, in order.
var stageTexts = []stageText{
	{"", "task.queued"}, {"reading", "task.reading"}, {"fetching", "task.fetching"},
	{"checking", "task.checking"}, {"committing", "task.committing"}, {restarting, "task.restarting"}, {"done", "task.done"},
}

// restarting is the step of an import that waits for a node. Most have none.
const restarting = "restarting"

// stages returns the steps of the task with where it stands.
func (p TaskPage) stages() []stage {
	now := max(0, slices.IndexFunc(stageTexts, func(s stageText) bool { return s.stage == p.Task.Progress.Stage }))
	if now == 0 && p.Task.State == task.Running {
		now = 1
	}
	all := make([]stage, 0, len(stageTexts))
	for i, s := range stageTexts {
		if s.stage == restarting && i != now {
			continue
		}
		x := stage{mark: "queued", text: s.text}
		switch {
		case i < now:
			x.mark = "ok"
		case i == now:
			now := p.Task.Progress
			x.mark, x.done, x.total, x.read, x.size = "running", now.Done, now.Total, int(now.Bytes), int(now.TotalBytes)
		}
		all = append(all, x)
	}
	return all
}

// held reports whether the task is past the point where it can be cancelled.
func (p TaskPage) held() bool {
	return slices.Contains([]string{"committing", restarting, "done"}, p.Task.Progress.Stage)
}

// first returns the first n of a list.
func first[T any](list []T, n int) []T { return list[:min(len(list), n)] }

// masked returns a message with its secrets masked.
func masked(message string) string {
	message, _ = secret.Mask(message, 0)
	return message
}
