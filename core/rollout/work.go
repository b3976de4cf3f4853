package rollout

import (
	"context"
	"errors"
	"sync"
	"time"

	"ekuiper-console/core"
)

// work is a rollout that is under way in this process. There is one at most of each.
type work struct {
	id     string
	cancel context.CancelCauseFunc // ends it as the end of the console does
	over   chan struct{}

	mu    sync.Mutex
	moved chan struct{} // closed, and made anew, whenever the rollout moves
	asked State         // Paused or Cancelled where somebody asked for that, else empty
	by    string        // who did
}

// touch wakes those who watch.
func (w *work) touch() {
	w.mu.Lock()
	defer w.mu.Unlock()
	close(w.moved)
	w.moved = make(chan struct{})
}

// ask asks it to end before the next node.
func (w *work) ask(s State, by string) {
	w.mu.Lock()
	w.asked, w.by = s, by
	w.mu.Unlock()
	w.touch()
}

// wanted returns what somebody asked for, and who did.
func (w *work) wanted() (s State, by string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.asked, w.by
}

// signal returns what is closed when the rollout moves next.
func (w *work) signal() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.moved
}

// errClosing is why the work ends when the console does.
var errClosing = errors.New("the console is ending")

// begin takes a rollout into the set of those under way, or returns a Conflict error where
// it is there already.
func (s *Service) begin(id string) (*work, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return nil, core.Errorf(core.Busy, "the console is shutting down")
	case s.live[id] != nil:
		return nil, core.WithHint(core.Errorf(core.Conflict, "rollout %s is under way", id), "pause it first")
	}
	if s.live == nil {
		s.live = map[string]*work{}
	}
	w := &work{id: id, over: make(chan struct{}), moved: make(chan struct{}), cancel: func(error) {}}
	s.live[id] = w
	s.wg.Add(1)
	return w, nil
}

// drop ends what begin began.
func (s *Service) drop(w *work) {
	s.mu.Lock()
	delete(s.live, w.id)
	s.mu.Unlock()
	w.cancel(nil)
	close(w.over)
	s.wg.Done()
}

// launch does the work of a rollout in the background.
func (s *Service) launch(ctx context.Context, w *work, u *run, do func(*run, context.Context) error) {
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	s.mu.Lock()
	w.cancel = cancel
	if s.closed {
		cancel(errClosing)
	}
	s.mu.Unlock()
	u.Service, u.work = s, w
	go func() {
		defer s.drop(w)
		if err := u.guarded(func() error { return do(u, ctx) }); err != nil && context.Cause(ctx) == nil {
			u.breakOff(err)
		}
	}()
}

// find returns the work of a rollout, or nil.
func (s *Service) find(id string) *work {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.live[id]
}

// Abandoned reports whether nobody works on a rollout any more though its state says so, as
// when it broke off on a full disk and that could not be stored: somebody is to go on.
func (s *Service) Abandoned(ctx context.Context, id string) bool {
	if s.find(id) != nil {
		return false
	}
	r, err := s.Store.Rollout(ctx, id)
	return err == nil && r.State.Working() && s.find(id) == nil // it may have begun meanwhile
}

// Close begins nothing any more, and returns when what is being written to nodes is, or
// the context is done. A rollout that is under way is one that Recover finds.
func (s *Service) Close(ctx context.Context) error {
	s.mu.Lock()
	s.closed = true
	for _, w := range s.live {
		w.cancel(errClosing)
	}
	s.mu.Unlock()
	done := make(chan struct{})
	go func() { s.wg.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return core.Errorf(core.Cancelled, "waiting for rollouts: %w", ctx.Err())
	}
}

// Wait returns when nothing of a rollout is under way in this process any more, or the
// context is done.
func (s *Service) Wait(ctx context.Context, id string) {
	if w := s.find(id); w != nil {
		select {
		case <-w.over:
		case <-ctx.Done():
		}
	}
}

// How often those who watch are told at most, and at least.
const (
	leastPause = 200 * time.Millisecond
	mostPause  = 700 * time.Millisecond
)

// Watch calls tell with a rollout as it stands, and again whenever it has moved, and at
// least every second, until nothing of it is under way. It ends early with an error of
// tell, of the context, or a NotFound error. It takes a viewer.
func (s *Service) Watch(ctx context.Context, by core.Caller, id string, tell func(Rollout) error) error {
	for {
		w := s.find(id)
		var moved <-chan struct{}
		if w != nil {
			moved = w.signal()
		}
		r, err := s.Rollout(ctx, by, id)
		if err != nil {
			return err
		}
		if err := tell(r); err != nil || w == nil {
			return err
		}
		select {
		case <-moved:
		case <-w.over:
		case <-time.After(mostPause):
		case <-ctx.Done():
			return ctx.Err()
		}
		select {
		case <-time.After(leastPause):
		case <-w.over:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
