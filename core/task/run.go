package task

import (
	"context"
	"time"

	"ekuiper-console/core"
)

// Progress is how far a task has come. The zero value is a task that has not said.
type Progress struct {
	Stage string `json:"stage,omitempty"` // what it is doing, in the words of whoever does the work
	Done  int    `json:"done"`
	Total int    `json:"total"` // of the stage, in its own units; Total is 0 where there is nothing to count

	Bytes      int64 `json:"bytes,omitempty"`      // that were read
	TotalBytes int64 `json:"totalBytes,omitempty"` // to be read; 0 where that is not known
}

// Run is a task as its work sees it.
type Run struct {
	ID   string
	live *live
	ctx  context.Context
}

// Hold passes the point of no return, once all that can be taken back is done: from then
// on the task cannot be cancelled. An error means that it was, and the work must
// end without a trace.
func (r *Run) Hold() error {
	l := r.live
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.task.State.Final() || r.ctx.Err() != nil {
		return core.Errorf(core.Cancelled, "the task was cancelled")
	}
	l.held = true
	return nil
}

// Report tells those who watch how far the work has come. It is cheap.
func (r *Run) Report(p Progress) {
	l := r.live
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.task.Progress != p && !l.task.State.Final() {
		l.task.Progress = p
		l.touch()
	}
}

// pause is the least time between two calls of tell.
const pause = 100 * time.Millisecond

// Watch calls tell with a task as it stands, and again whenever it has moved, until it
// is over. It ends early with an error of tell, of the context, or a NotFound error.
func (r *Runner) Watch(ctx context.Context, id string, tell func(Task) error) error {
	l := r.find(id)
	if l == nil {
		t, err := r.Store.Task(ctx, id)
		if err != nil {
			return err
		}
		return tell(t)
	}
	for {
		l.mu.Lock()
		t, moved := l.task, l.moved
		l.mu.Unlock()
		if err := tell(t); err != nil || t.State.Final() {
			return err
		}
		if err := rest(ctx, moved); err != nil {
			return err
		}
	}
}

// rest returns a pause after a signal.
func rest(ctx context.Context, signal <-chan struct{}) error {
	select {
	case <-signal:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-time.After(pause):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// List returns up to limit tasks of a node, the newest first: those of this process as
// they stand, without messages and results.
func (r *Runner) List(ctx context.Context, by core.Caller, node string, limit int) ([]Task, error) {
	if err := by.Require(core.Viewer); err != nil {
		return nil, err
	}
	tasks, err := r.Store.Tasks(ctx, node, limit)
	for i, t := range tasks {
		if l := r.find(t.ID); l != nil {
			l.mu.Lock()
			tasks[i].State, tasks[i].Progress = l.task.State, l.task.Progress
			l.mu.Unlock()
		}
	}
	return tasks, err
}
