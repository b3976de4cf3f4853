package handlers

import (
	"context"
	"net/http"
	"net/url"
	"sync"

	"ekuiper-console/core"
	"ekuiper-console/core/task"
)

// maxClaims bounds how many drafts are remembered with their tasks. Older ones may be
// forgotten all at once.
const maxClaims = 10_000

// claims remember which task imports a draft, so that a button that is pressed twice
// imports once, and the address of a draft that was applied leads to the result.
type claims struct {
	mu    sync.Mutex
	tasks map[string]string // ids, by the id of the draft
}

// once starts a task for a draft, unless one is under way or has come to its end
// without an error: then it returns that one.
func (c *claims) once(ctx context.Context, tasks *task.Runner, draft string, start func() (task.Task, error)) (task.Task, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t, ok := c.held(ctx, tasks, draft); ok {
		return t, nil
	}
	t, err := start()
	if err != nil {
		return t, err
	}
	if c.tasks == nil || len(c.tasks) >= maxClaims {
		c.tasks = map[string]string{}
	}
	c.tasks[draft] = t.ID
	return t, nil
}

// current returns the task that imports a draft, or that has done so without an error.
func (c *claims) current(ctx context.Context, tasks *task.Runner, draft string) (task.Task, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.held(ctx, tasks, draft)
}

// held is current for who holds the mutex.
func (c *claims) held(ctx context.Context, tasks *task.Runner, draft string) (task.Task, bool) {
	id, ok := c.tasks[draft]
	if !ok {
		return task.Task{}, false
	}
	t, err := tasks.Task(ctx, id)
	return t, err == nil && (!t.State.Final() || t.State == task.Finish)
}

// of returns the id of the task that imported a draft.
func (c *claims) of(draft string) (id string, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	id, ok = c.tasks[draft]
	return id, ok
}

// whereItWent answers for a draft that is not there: with the task that has applied
// it, else with the error.
func (s *Server) whereItWent(w http.ResponseWriter, r *http.Request, err error) error {
	id, ok := s.claims.of(param(r, "id"))
	if core.CodeOf(err) != core.NotFound || !ok {
		return err
	}
	http.Redirect(w, r, "/ui/tasks/"+url.PathEscape(id), http.StatusSeeOther)
	return nil
}
