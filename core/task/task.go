package task

import (
	"context"
	"encoding/json"
	"time"
)

// State is where a task stands, in the engine's words.
type State string

// The states. Finish, Error and Cancel are final.
const (
	Register State = "register" // waits for its turn
	Running  State = "running"
	Finish   State = "finish"
	Error    State = "error"
	Cancel   State = "cancel"
)

// Final reports whether a task in this state stays in it.
func (s State) Final() bool { return s == Finish || s == Error || s == Cancel }

// Task is one piece of background work.
type Task struct {
	ID      string
	Node    string // the node it works on
	By      string // who started it
	Title   string // what a person calls it, such as a file's name; may be empty
	State   State
	Message string          // empty while it runs; then in the form that the engine's clients read
	Result  json.RawMessage // what pages show of it; empty while it runs
	Created time.Time
	Updated time.Time

	Progress Progress // while it runs in this process; it is not stored
}

// Store keeps tasks over a restart.
type Store interface {
	// Tasks returns up to limit tasks of a node without their messages and results, the
	// newest first.
	Tasks(ctx context.Context, node string, limit int) ([]Task, error)
	// PutTask stores a task, in place of the one with the same id.
	PutTask(ctx context.Context, t Task) error
	// Task returns a task, or a NotFound error.
	Task(ctx context.Context, id string) (Task, error)
	// UnfinishedTasks returns the tasks that are not in a final state, oldest first.
	// Revision is the number of the revision that the task committed, or 0.
	UnfinishedTasks(ctx context.Context) ([]Unfinished, error)
}

// Unfinished is a task that a stopped process has left behind.
type Unfinished struct {
	Task
	Revision int64
}
