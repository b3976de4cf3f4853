// Package errand does for people what may take longer than they wait: it goes on by itself,
// and whoever asks for the same meanwhile waits for that.
package errand

import (
	"context"
	"runtime/debug"
	"sync"
	"time"

	"ekuiper-console/core"
)

// Runner runs errands. The zero Runner is ready for use.
type Runner struct {
	Log func(fault error, stack string) // is told of faults of the console; nil for nobody

	mu     sync.Mutex
	by     map[string]*run // that are under way, or of whose end nobody has been told
	ending context.Context // ends with Close
	stop   context.CancelFunc
	wg     sync.WaitGroup
}

// run is one errand.
type run struct {
	over  chan struct{} // closed at its end
	ended time.Time     // when that was; set before, as the error is
	err   error
}

// done reports whether the errand is over.
func (e *run) done() bool {
	select {
	case <-e.over:
		return true
	default:
		return false
	}
}

// Do runs an errand, unless one of that name is under way, and waits for its end, up to a
// while. Where it is over by then, done is true and the error that of the errand; else it
// goes on, also when the context of the caller ends, until the runner closes.
func (r *Runner) Do(ctx context.Context, name string, wait time.Duration, do func(ctx context.Context) error) (done bool, err error) {
	e, err := r.begin(ctx, name, do)
	if err != nil {
		return false, err
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-e.over:
		r.forget(name, e)
		return true, e.err
	case <-timer.C:
	case <-ctx.Done():
	}
	return false, nil
}

// begin begins an errand, or returns the one that is under way.
func (r *Runner) begin(ctx context.Context, name string, do func(ctx context.Context) error) (*run, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e, ok := r.by[name]; ok && !e.done() {
		return e, nil
	}
	if r.by == nil {
		r.by = map[string]*run{}
		r.ending, r.stop = context.WithCancel(context.Background())
	}
	if r.ending.Err() != nil {
		return nil, core.Errorf(core.Busy, "the console is shutting down")
	}
	e := &run{over: make(chan struct{})}
	r.by[name] = e
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	unhook := context.AfterFunc(r.ending, cancel)
	r.wg.Go(func() {
		defer cancel()
		defer unhook()
		e.err = r.guarded(ctx, do)
		e.ended = time.Now()
		close(e.over)
	})
	return e, nil
}

// guarded keeps a fault of an errand from ending the process.
func (r *Runner) guarded(ctx context.Context, do func(ctx context.Context) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = core.Errorf(core.Internal, "what was asked broke off: %v", p)
			if r.Log != nil {
				r.Log(err, string(debug.Stack()))
			}
		}
	}()
	return do(ctx)
}

// Under reports whether an errand is under way.
func (r *Runner) Under(name string) bool {
	e := r.find(name)
	return e != nil && !e.done()
}

func (r *Runner) find(name string) *run {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.by[name]
}

// forget forgets an errand that is over.
func (r *Runner) forget(name string, e *run) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.by[name] == e {
		delete(r.by, name)
	}
}

// Wait returns when no errand of that name is under way, or the context has ended.
func (r *Runner) Wait(ctx context.Context, name string) {
	e := r.find(name)
	if e == nil {
		return
	}
	select {
	case <-e.over:
	case <-ctx.Done():
	}
}

// news is how long the end of an errand is news.
const news = time.Minute

// Told reports that an errand is over, and its error, to whoever asks first: it is news for
// a minute, unless somebody has waited for it.
func (r *Runner) Told(name string) (over bool, err error) {
	e := r.find(name)
	if e == nil || !e.done() {
		return false, nil
	}
	r.forget(name, e)
	if time.Since(e.ended) > news {
		return false, nil
	}
	return true, e.err
}

// Close ends what is under way, waits for it, and takes no more.
func (r *Runner) Close() {
	r.mu.Lock()
	if r.by == nil {
		r.by = map[string]*run{}
		r.ending, r.stop = context.WithCancel(context.Background())
	}
	r.stop()
	r.mu.Unlock()
	r.wg.Wait()
}
