package views

import (
	"context"
	"io"
	"net/url"

	"ekuiper-console/core/plan"
	"ekuiper-console/core/secret"
	"ekuiper-console/core/task"
)

// TaskPage is the permanent page of one import: its progress while it runs, and then
// its result. It lives at /ui/tasks/{id}, loads itself again every second until the
// task is final, links to /ui/tasks/{id}/report, and posts to /ui/tasks/{id}/cancel and
// to /ui/tasks/{id}/retry with strict=valid.
type TaskPage struct {
	Layout
	Task    task.Task
	Outcome *plan.Outcome // nil while the task runs, and where it came to none
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
		f.title, f.refresh = t(ctx, "task.title", "Name", p.Task.Title), 2
	}
	return f
}

// state says where the task stands, for a live region.
func (p TaskPage) state(ctx context.Context) string {
	for _, s := range p.stages() {
		if s.mark == "running" && !p.Task.State.Final() {
			return t(ctx, s.text)
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
	mark string
	text Key
}

// stages returns the steps of the task with where it stands.
func (p TaskPage) stages() []stage {
	if p.Task.State == task.Register {
		return []stage{{"running", "task.queued"}, {"queued", "task.running"}, {"queued", "task.done"}}
	}
	return []stage{{"ok", "task.queued"}, {"running", "task.running"}, {"queued", "task.done"}}
}

// first returns the first n of a list.
func first[T any](list []T, n int) []T { return list[:min(len(list), n)] }

// masked returns a message with its secrets masked.
func masked(message string) string {
	message, _ = secret.Mask(message, 0)
	return message
}
