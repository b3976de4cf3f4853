package node

import (
	"context"
	"sync"

	"ekuiper-console/core"
)

// turns let one at a time read a node into the mirror, or import into it: what is read in
// the middle of an import is neither the state of before nor that of after.
type turns struct {
	mu sync.Mutex
	by map[string]chan struct{}
}

// of returns the turn of a node, which is full while somebody has it.
func (t *turns) of(name string) chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.by == nil {
		t.by = map[string]chan struct{}{}
	}
	if t.by[name] == nil {
		t.by[name] = make(chan struct{}, 1)
	}
	return t.by[name]
}

// wait waits for a node's turn. The function it returns gives the turn back.
func (t *turns) wait(ctx context.Context, name string) (done func(), err error) {
	turn := t.of(name)
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-ctx.Done():
		return nil, core.Errorf(core.Cancelled, "waiting for another import: %w", ctx.Err())
	}
}

// try takes a node's turn if nobody has it.
func (t *turns) try(name string) (done func(), ok bool) {
	turn := t.of(name)
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, true
	default:
		return nil, false
	}
}
