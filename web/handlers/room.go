package handlers

import (
	"context"
	"net/http"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/task"
	"ekuiper-console/core/transfer"
)

// DefaultMaxImports is how many imports and plans may be under way at once, and as many
// again in the background. Each has a document in memory, read and taken apart.
const DefaultMaxImports = 16

// room is what imports may take of the machine: how many work at once, and what is in memory
// because somebody sends it or because its task waits.
type room struct {
	requests, tasks chan struct{}
	documents       *transfer.Room
}

// roomFor returns room for n requests and n tasks.
func roomFor(n int, documents *transfer.Room) *room {
	if n <= 0 {
		n = DefaultMaxImports
	}
	return &room{make(chan struct{}, n), make(chan struct{}, n), documents}
}

var errTooMany = core.WithHint(core.Errorf(core.Busy, "too many imports are under way"), "try again in a moment")

// slotWait is how long a request waits for a slot, its body unread, before it is sent
// away: a burst of requests passes.
const slotWait = 3 * time.Second

// one makes a handler that works when there is room for it and for the body of its
// request. One that does not say how large its body is may be the largest.
func (m *room) one(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		wait, cancel := context.WithTimeout(r.Context(), slotWait)
		defer cancel()
		end, err := m.documents.Take(wait, r.ContentLength)
		if err != nil {
			return errTooMany
		}
		defer end()
		select {
		case m.requests <- struct{}{}:
			defer func() { <-m.requests }()
			return h(w, r)
		case <-wait.Done():
			return errTooMany
		}
	}
}

// keep takes room for the document of a task, which start sets to work, until the task is
// over. It is a Busy error where there is none.
func (m *room) keep(tasks *task.Runner, document []byte, start func() (task.Task, error)) (task.Task, error) {
	end, err := m.documents.TryTake(int64(len(document)))
	if err != nil {
		return task.Task{}, err
	}
	t, err := start()
	if err != nil {
		end()
		return t, err
	}
	go func() { // ends with the task, which may be cancelled before its work begins
		tasks.Wait(context.Background(), t.ID)
		end()
	}()
	return t, nil
}

// turn does the work of a task when it is its turn. It is a Cancelled error when the task
// ends before.
func (m *room) turn(ctx context.Context, work func() task.Outcome) task.Outcome {
	select {
	case m.tasks <- struct{}{}:
		defer func() { <-m.tasks }()
		return work()
	case <-ctx.Done():
		return taskFailed(core.Errorf(core.Cancelled, "the task was cancelled"), nil, nil)
	}
}
