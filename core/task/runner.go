package task

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"ekuiper-console/core"
)

// MaxUnfinished bounds how many tasks may wait or run at once.
const MaxUnfinished = 10_000

// Outcome is how a task ended.
type Outcome struct {
	Err     error           // what went wrong; nil for success
	Message string          // for the engine's clients
	Result  json.RawMessage // for pages; may be empty
}

// Work does what a task is for.
type Work func(ctx context.Context, run *Run) Outcome

// Runner runs tasks. Its fields must not change once it is in use.
type Runner struct {
	Store Store
	Now   func() time.Time // nil means time.Now
	Log   func(error)      // told of what goes wrong behind everybody's back; nil means nobody
	Retry time.Duration    // how long a store that took no end of a task is left alone; 0 means 5 s

	mu     sync.Mutex
	live   map[string]*live
	closed bool
	ending chan struct{} // closed with the runner
	wg     sync.WaitGroup
}

// live is a task of this process that is not over, or whose end is not stored yet. Its mutex is held over every
// change of state together with its write to the store, so that states are stored in
// the order in which they come.
type live struct {
	mu     sync.Mutex
	task   Task
	held   bool // past the point of no return
	stored bool // as it stands
	cancel context.CancelFunc
	over   chan struct{}
	moved  chan struct{} // closed, and made anew, whenever the task moves
}

// touch wakes those who watch. The caller holds the task's mutex.
func (l *live) touch() {
	close(l.moved)
	l.moved = make(chan struct{})
}

// Start stores a task and sets it to work. The task's id is chosen here, in the form
// "dataImport-<unix seconds>-<random>".
func (r *Runner) Start(ctx context.Context, t Task, work Work) (Task, error) {
	t.Created, t.State = r.now(), Register
	t.Updated = t.Created
	t.ID = fmt.Sprintf("dataImport-%d-%s", t.Created.Unix(), strings.ToLower(rand.Text()[:12]))
	workCtx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	l := &live{task: t, cancel: cancel, over: make(chan struct{}), moved: make(chan struct{})}
	if err := r.register(l); err != nil {
		cancel()
		return Task{}, err
	}
	if err := r.Store.PutTask(ctx, t); err != nil {
		r.drop(l)
		r.wg.Done()
		return Task{}, err
	}
	go r.run(workCtx, l, work)
	return t, nil
}

// register takes a task into the set of those under way.
func (r *Runner) register(l *live) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.closed:
		return core.Errorf(core.Busy, "the console is shutting down")
	case len(r.live) >= MaxUnfinished:
		return core.Errorf(core.Busy, "%d tasks are waiting already", len(r.live))
	}
	if r.live == nil {
		r.live, r.ending = map[string]*live{}, make(chan struct{})
	}
	r.live[l.task.ID] = l
	r.wg.Add(1)
	return nil
}

// drop ends a task's life in this process.
func (r *Runner) drop(l *live) {
	l.cancel()
	r.mu.Lock()
	delete(r.live, l.task.ID)
	r.mu.Unlock()
}

// keep stores the end of a task, as often as it takes: a task whose end is nowhere would
// seem to run for good. What is not stored when the runner closes, Recover settles.
func (r *Runner) keep(l *live) {
	for {
		l.mu.Lock()
		stored := l.stored
		l.mu.Unlock()
		if stored {
			return
		}
		select {
		case <-time.After(cmp.Or(r.Retry, 5*time.Second)):
		case <-r.ending:
			return
		}
		l.mu.Lock()
		r.store(l)
		l.mu.Unlock()
	}
}

// run sees a task through.
func (r *Runner) run(ctx context.Context, l *live, work Work) {
	defer r.wg.Done()
	defer r.drop(l)
	r.work(ctx, l, work)
	close(l.over)
	r.keep(l)
}

// work does the work of a task, unless it is over already.
func (r *Runner) work(ctx context.Context, l *live, work Work) {
	if !r.change(l, Running, Outcome{}) {
		return
	}
	out := r.guarded(ctx, l, work)
	state := Finish
	if out.Err != nil {
		state = Error
	}
	r.change(l, state, out)
}

// guarded keeps a fault of the work from ending the process.
func (r *Runner) guarded(ctx context.Context, l *live, work Work) (out Outcome) {
	defer func() {
		if p := recover(); p != nil {
			err := core.Errorf(core.Internal, "the task broke off: %v", p)
			r.log(err)
			out = Outcome{Err: err, Message: "err:" + err.Error() + ", response:null"}
		}
	}()
	return work(ctx, &Run{ID: l.task.ID, live: l, ctx: ctx})
}

// change brings a task into another state and stores it. It reports false for a task
// that is in a final state already.
func (r *Runner) change(l *live, s State, out Outcome) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.task.State.Final() {
		return false
	}
	r.set(l, s, out)
	return true
}

// stop ends a task of which nothing is written yet, and makes sure that nothing will
// be. Else it is a Conflict error.
func (r *Runner) stop(l *live, s State, message string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.task.State.Final():
		return overError(l.task)
	case l.held:
		return core.Errorf(core.Conflict, "task %s cannot be cancelled: its changes are being written", l.task.ID)
	}
	r.set(l, s, Outcome{Message: message})
	l.cancel()
	return nil
}

// overError is why a task that this process does not run cannot be cancelled.
func overError(t Task) error {
	if !t.State.Final() {
		return core.Errorf(core.Conflict, "task %s cannot be cancelled: another process runs it", t.ID)
	}
	return core.Errorf(core.Conflict, "task %s cannot be cancelled: it is over, with the state %s", t.ID, t.State)
}

// set writes a state. The caller holds the task's mutex.
func (r *Runner) set(l *live, s State, out Outcome) {
	l.task.State, l.task.Message, l.task.Result, l.task.Updated = s, out.Message, out.Result, later(r.now(), l.task.Updated)
	l.touch()
	r.store(l)
}

// later returns a time, or the one before it where the clock was put back since.
func later(now, before time.Time) time.Time {
	if now.Before(before) {
		return before
	}
	return now
}

// store stores a task as it stands. The caller holds its mutex.
func (r *Runner) store(l *live) {
	err := r.Store.PutTask(context.Background(), l.task)
	if l.stored = err == nil; !l.stored {
		r.log(fmt.Errorf("storing task %s as %s: %w", l.task.ID, l.task.State, err))
	}
}

// Task returns a task as it stands, or a NotFound error.
func (r *Runner) Task(ctx context.Context, id string) (Task, error) {
	if l := r.find(id); l != nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.task, nil
	}
	return r.Store.Task(ctx, id)
}

func (r *Runner) find(id string) *live {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.live[id]
}

// Cancel stops a task of which nothing is written yet. It is a Conflict error when
// the task is over or past the point of no return, and a NotFound error when there
// is no such task.
func (r *Runner) Cancel(ctx context.Context, id string) error {
	if l := r.find(id); l != nil {
		return r.stop(l, Cancel, "cancelled before anything was written")
	}
	t, err := r.Store.Task(ctx, id)
	if err != nil {
		return err
	}
	return overError(t)
}

// Wait returns when a task is over or the context is. It returns at once for a task
// that this process does not run.
func (r *Runner) Wait(ctx context.Context, id string) {
	if l := r.find(id); l != nil {
		select {
		case <-l.over:
		case <-ctx.Done():
		}
	}
}

// Recover settles what an earlier process has left unfinished: such a task ends with
// an error that says it was interrupted, and whether its changes were written.
func (r *Runner) Recover(ctx context.Context) error {
	left, err := r.Store.UnfinishedTasks(ctx)
	if err != nil {
		return fmt.Errorf("looking for interrupted tasks: %w", err)
	}
	for _, u := range left {
		what := "nothing was written"
		if u.Revision > 0 {
			what = fmt.Sprintf("its changes were committed as revision %d", u.Revision)
		}
		u.State, u.Updated = Error, later(r.now(), u.Updated)
		u.Message = fmt.Sprintf("err:interrupted by a stop of the console: %s, response:null", what)
		if err := r.Store.PutTask(ctx, u.Task); err != nil {
			return fmt.Errorf("settling task %s: %w", u.ID, err)
		}
	}
	return nil
}

// Close takes no more tasks, interrupts those of which nothing is written yet, and
// returns when all have ended or the context has.
func (r *Runner) Close(ctx context.Context) error {
	r.mu.Lock()
	if r.ending != nil && !r.closed {
		close(r.ending)
	}
	r.closed = true
	var all []*live
	for _, l := range r.live {
		all = append(all, l)
	}
	r.mu.Unlock()
	for _, l := range all {
		// One that is over or being written is waited for below.
		_ = r.stop(l, Error, "err:interrupted by a stop of the console: nothing was written, response:null")
	}
	done := make(chan struct{})
	go func() { r.wg.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("waiting for tasks: %w", ctx.Err())
	}
}

func (r *Runner) now() time.Time {
	if r.Now == nil {
		return time.Now()
	}
	return r.Now()
}

func (r *Runner) log(err error) {
	if r.Log != nil {
		r.Log(err)
	}
}
