package task

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"ekuiper-console/core"
)

// shelf is a store in memory.
type shelf struct {
	mu    sync.Mutex
	tasks map[string]Task
	revs  map[string]int64
	full  bool // it takes nothing
}

var errFull = core.Errorf(core.Unwritable, "the disk is full")

// fill makes the store take nothing, or all again.
func (s *shelf) fill(full bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.full = full
}

func (s *shelf) PutTask(_ context.Context, t Task) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tasks == nil {
		s.tasks = map[string]Task{}
	}
	if s.full {
		return errFull
	}
	if old, ok := s.tasks[t.ID]; ok && old.State.Final() {
		return fmt.Errorf("task %s left the final state %s", t.ID, old.State)
	}
	s.tasks[t.ID] = t
	return nil
}

func (s *shelf) Task(_ context.Context, id string) (Task, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.tasks[id]
	if !ok {
		return Task{}, core.Errorf(core.NotFound, "no task %s", id)
	}
	return t, nil
}

func (s *shelf) Tasks(_ context.Context, node string, limit int) (all []Task, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.tasks {
		if t.Node == node && len(all) < limit {
			all = append(all, t)
		}
	}
	return all, nil
}

func (s *shelf) UnfinishedTasks(context.Context) (left []Unfinished, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.tasks {
		if !t.State.Final() {
			left = append(left, Unfinished{t, s.revs[t.ID]})
		}
	}
	return left, nil
}

var ctx = context.Background()

func runner(t *testing.T) *Runner {
	return &Runner{Store: &shelf{}, Log: func(err error) { t.Error(err) }}
}

// start runs work and returns the task's id.
func start(t *testing.T, r *Runner, work Work) string {
	t.Helper()
	task, err := r.Start(ctx, Task{Node: "local"}, work)
	if err != nil || task.State != Register {
		t.Fatalf("Start = %v, %v", task, err)
	}
	return task.ID
}

// state returns how a task stands once it is over.
func state(t *testing.T, r *Runner, id string) (State, string) {
	t.Helper()
	r.Wait(ctx, id)
	task, err := r.Task(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	return task.State, task.Message
}

func TestRun(t *testing.T) {
	tests := []struct {
		work    Work
		state   State
		message string
	}{
		{func(context.Context, *Run) Outcome { return Outcome{Message: "done"} }, Finish, "done"},
		{func(context.Context, *Run) Outcome {
			return Outcome{Err: errors.New("no"), Message: "err:no"}
		}, Error, "err:no"},
	}
	for _, tt := range tests {
		r := runner(t)
		if s, msg := state(t, r, start(t, r, tt.work)); s != tt.state || msg != tt.message {
			t.Errorf("ended as %s %q, want %s %q", s, msg, tt.state, tt.message)
		}
	}
}

func TestPanicEndsTheTaskOnly(t *testing.T) {
	var told []string
	r := &Runner{Store: &shelf{}, Log: func(err error) { told = append(told, err.Error()) }}
	s, msg := state(t, r, start(t, r, func(context.Context, *Run) Outcome { panic("oops") }))
	if s != Error || !strings.Contains(msg, "oops") || len(told) != 1 {
		t.Errorf("ended as %s %q, told %v", s, msg, told)
	}
}

func TestCancelBeforeTheCommit(t *testing.T) {
	r := runner(t)
	begun := make(chan struct{})
	var held error
	id := start(t, r, func(ctx context.Context, run *Run) Outcome {
		close(begun)
		<-ctx.Done()
		held = run.Hold()
		return Outcome{Err: held, Message: "err:cancelled"}
	})
	<-begun
	if err := r.Cancel(ctx, id); err != nil {
		t.Fatal(err)
	}
	if s, _ := state(t, r, id); s != Cancel || core.CodeOf(held) != core.Cancelled {
		t.Errorf("ended as %s, hold = %v", s, held)
	}
	if err := r.Cancel(ctx, id); core.CodeOf(err) != core.Conflict {
		t.Errorf("a second Cancel = %v", err)
	}
}

func TestCancelAfterTheCommitBegan(t *testing.T) {
	r := runner(t)
	begun, written := make(chan struct{}), make(chan struct{})
	id := start(t, r, func(ctx context.Context, run *Run) Outcome {
		if err := run.Hold(); err != nil {
			return Outcome{Err: err}
		}
		close(begun)
		<-written
		return Outcome{Message: "written", Err: ctx.Err()}
	})
	<-begun
	if err := r.Cancel(ctx, id); core.CodeOf(err) != core.Conflict {
		t.Errorf("Cancel = %v", err)
	}
	close(written)
	if s, msg := state(t, r, id); s != Finish || msg != "written" {
		t.Errorf("ended as %s %q", s, msg)
	}
}

// TestCancelNeverLies races cancelling with the commit: exactly one of them wins.
func TestCancelNeverLies(t *testing.T) {
	for range 200 {
		r := runner(t)
		var wrote bool
		id := start(t, r, func(_ context.Context, run *Run) Outcome {
			if err := run.Hold(); err != nil {
				return Outcome{Err: err}
			}
			wrote = true
			return Outcome{}
		})
		err := r.Cancel(ctx, id)
		if closeErr := r.Close(ctx); closeErr != nil {
			t.Fatal(closeErr)
		}
		s, _ := state(t, r, id)
		if cancelled := err == nil; cancelled == wrote || cancelled != (s == Cancel) {
			t.Fatalf("Cancel = %v, written %v, state %s", err, wrote, s)
		}
	}
}

func TestIDsAreUnique(t *testing.T) {
	r := runner(t)
	seen := sync.Map{}
	var wg sync.WaitGroup
	for range 500 {
		wg.Go(func() {
			id := start(t, r, func(context.Context, *Run) Outcome { return Outcome{} })
			if _, twice := seen.LoadOrStore(id, true); twice || !strings.HasPrefix(id, "dataImport-") {
				t.Errorf("id %s", id)
			}
		})
	}
	wg.Wait()
	if err := r.Close(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestUnknown(t *testing.T) {
	r := runner(t)
	if _, err := r.Task(ctx, "x"); core.CodeOf(err) != core.NotFound {
		t.Errorf("Task = %v", err)
	}
	if err := r.Cancel(ctx, "x"); core.CodeOf(err) != core.NotFound {
		t.Errorf("Cancel = %v", err)
	}
}

func TestRecover(t *testing.T) {
	store := &shelf{tasks: map[string]Task{
		"a": {ID: "a", State: Register}, "b": {ID: "b", State: Running}, "c": {ID: "c", State: Finish, Message: "kept"},
	}, revs: map[string]int64{"b": 7}}
	r := &Runner{Store: store}
	if err := r.Recover(ctx); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"a": "error err:interrupted by a stop of the console: nothing was written, response:null",
		"b": "error err:interrupted by a stop of the console: its changes were committed as revision 7, response:null",
		"c": "finish kept",
	}
	for id, w := range want {
		if s, msg := state(t, r, id); fmt.Sprintf("%s %s", s, msg) != w {
			t.Errorf("task %s is %s %s, want %s", id, s, msg, w)
		}
	}
	if err := r.Cancel(ctx, "a"); core.CodeOf(err) != core.Conflict {
		t.Errorf("Cancel of a task of an earlier process = %v", err)
	}
}

func TestCloseInterrupts(t *testing.T) {
	r := runner(t)
	id := start(t, r, func(ctx context.Context, run *Run) Outcome {
		<-ctx.Done()
		return Outcome{Err: run.Hold()}
	})
	soon, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := r.Close(soon); err != nil {
		t.Fatal(err)
	}
	if s, msg := state(t, r, id); s != Error || !strings.Contains(msg, "interrupted") {
		t.Errorf("ended as %s %q", s, msg)
	}
	if _, err := r.Start(ctx, Task{}, nil); core.CodeOf(err) != core.Busy {
		t.Errorf("Start afterwards = %v", err)
	}
}

func TestWatch(t *testing.T) {
	r := runner(t)
	next := make(chan struct{}, 10)
	id := start(t, r, func(_ context.Context, run *Run) Outcome {
		for i := range 3 {
			<-next
			run.Report(Progress{Stage: "counting", Done: i + 1, Total: 3})
		}
		<-next
		return Outcome{Message: "done"}
	})
	done, calls := 0, 0
	err := r.Watch(ctx, id, func(task Task) error {
		calls++
		if task.Progress.Done < done {
			t.Errorf("progress went back from %d to %d", done, task.Progress.Done)
		}
		if done = task.Progress.Done; task.State.Final() != (task.Message == "done") {
			t.Errorf("saw %s with the message %q", task.State, task.Message)
		}
		next <- struct{}{}
		return nil
	})
	if err != nil || done != 3 || calls < 4 {
		t.Errorf("Watch = %v after %d calls, the last at %d of 3", err, calls, done)
	}
}

func TestWatchEnds(t *testing.T) {
	r := runner(t)
	block := make(chan struct{})
	id := start(t, r, func(context.Context, *Run) Outcome { <-block; return Outcome{} })
	gone := errors.New("the client is gone")
	if err := r.Watch(ctx, id, func(Task) error { return gone }); err != gone {
		t.Errorf("Watch = %v, want the error of tell", err)
	}
	short, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
	defer cancel()
	if err := r.Watch(short, id, func(Task) error { return nil }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Watch = %v, want that of the context", err)
	}
	if err := r.Watch(ctx, "nosuch", func(Task) error { return nil }); core.CodeOf(err) != core.NotFound {
		t.Errorf("Watch(nosuch) = %v", err)
	}
	close(block)
	r.Wait(ctx, id)
}

func TestListShowsWhatRuns(t *testing.T) {
	r := runner(t)
	block, reported := make(chan struct{}), make(chan struct{})
	id := start(t, r, func(_ context.Context, run *Run) Outcome {
		run.Report(Progress{Stage: "reading"})
		close(reported)
		<-block
		return Outcome{}
	})
	<-reported
	tasks, err := r.List(ctx, core.Caller{Role: core.Viewer}, "local", 10)
	if err != nil || len(tasks) != 1 || tasks[0].State != Running || tasks[0].Progress.Stage != "reading" {
		t.Errorf("List = %v, %v", tasks, err)
	}
	if _, err := r.List(ctx, core.Caller{}, "local", 10); err == nil {
		t.Error("nobody may list")
	}
	close(block)
	r.Wait(ctx, id)
}

// TestFullDisk: a task ends though its end cannot be stored, nobody sees it running, and it
// is stored as soon as there is room.
func TestFullDisk(t *testing.T) {
	store := &shelf{}
	r := &Runner{Store: store, Retry: time.Millisecond}
	for _, tt := range []struct {
		work Work
		want State
	}{
		{func(context.Context, *Run) Outcome { store.fill(true); return Outcome{} }, Finish},
		{func(context.Context, *Run) Outcome { store.fill(true); return Outcome{Err: errFull} }, Error},
		{func(ctx context.Context, run *Run) Outcome {
			store.fill(true)
			if err := r.Cancel(ctx, run.ID); err != nil {
				t.Error(err)
			}
			return Outcome{}
		}, Cancel},
	} {
		id := start(t, r, tt.work)
		if got, _ := state(t, r, id); got != tt.want {
			t.Errorf("with a full disk it is %s, want %s", got, tt.want)
		}
		if kept, err := store.Task(ctx, id); err != nil || kept.State.Final() {
			t.Errorf("the store has %v, %v", kept.State, err)
		}
		store.fill(false)
		for kept, begun := (Task{}), time.Now(); !kept.State.Final(); kept, _ = store.Task(ctx, id) {
			if time.Since(begun) > 5*time.Second {
				t.Fatalf("the end was never stored: %v", kept)
			}
			time.Sleep(time.Millisecond)
		}
		if got, _ := state(t, r, id); got != tt.want {
			t.Errorf("once there is room it is %s, want %s", got, tt.want)
		}
	}
	store.fill(true)
	if _, err := r.Start(ctx, Task{}, nil); err != errFull {
		t.Errorf("Start with a full disk: %v", err)
	}
}

// TestCloseOnFullDisk: a store that takes nothing does not keep the program from ending.
func TestCloseOnFullDisk(t *testing.T) {
	store := &shelf{}
	r := &Runner{Store: store, Retry: time.Hour}
	state(t, r, start(t, r, func(context.Context, *Run) Outcome { store.fill(true); return Outcome{} }))
	soon, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := r.Close(soon); err != nil {
		t.Error(err)
	}
}

// TestClockPutBack: no task ends before it began.
func TestClockPutBack(t *testing.T) {
	at := time.Unix(1_000_000, 0)
	r := runner(t)
	r.Now = func() time.Time { return at }
	id := start(t, r, func(context.Context, *Run) Outcome { return Outcome{} })
	r.Wait(ctx, id)
	at = at.Add(-time.Hour)
	id = start(t, r, func(context.Context, *Run) Outcome { at = at.Add(-time.Hour); return Outcome{} })
	r.Wait(ctx, id)
	if task, err := r.Task(ctx, id); err != nil || task.Updated.Before(task.Created) {
		t.Errorf("the task began %v and ended %v, %v", task.Created, task.Updated, err)
	}
}
