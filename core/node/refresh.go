package node

import (
	"context"
	"sync"
	"time"

	"ekuiper-console/core"
)

// reads are the nodes that are being read for whoever looks at them.
type reads struct {
	mu   sync.Mutex
	by   map[string]*read
	all  context.Context // ends with Close
	stop context.CancelFunc
	wg   sync.WaitGroup
}

// read is one of them.
type read struct {
	begun time.Time
	done  chan struct{} // closed at its end
	err   error         // of its end
}

// Close ends what is read in the background, and waits for it.
func (l *Live) Close() {
	l.reads.mu.Lock()
	if l.reads.stop != nil {
		l.reads.stop()
	}
	l.reads.mu.Unlock()
	l.reads.wg.Wait()
}

// Refresh reads what a node holds, unless that was just done. One that did not answer lately
// is not asked again: its Unreachable error is that of before. Nobody waits long: after a
// glance it is an Unreachable error too, and the node is read on, for whoever asks next.
func (l *Live) Refresh(ctx context.Context, by core.Caller, name string) error {
	n, err := l.Nodes.Store.Node(ctx, name)
	if err != nil || l.now().Sub(n.Pulled) < l.Times.or(defaultTimes).Fresh {
		return err
	}
	h := l.healths.of(name, n.identity())
	if h.State != Online && h.State != Unknown && l.now().Before(h.next) {
		return trouble(name, h.State, "%s", h.Reason)
	}
	c, err := l.client(ctx, name)
	if err != nil {
		return err
	}
	r := l.begin(by, c)
	if r == nil {
		return nil // somebody imports into it: then it is what it was before
	}
	glance := time.NewTimer(c.times.Glance - time.Since(r.begun)) // who comes later does not wait anew
	defer glance.Stop()
	select {
	case <-r.done:
		return r.err
	case <-glance.C:
		return trouble(name, Unreachable, "it has not told within %v what it holds", c.times.Glance)
	case <-ctx.Done():
		return core.Errorf(core.Cancelled, "asking %s: %w", name, context.Cause(ctx))
	}
}

// begin begins to read a node, or returns the read that has begun; nil where somebody else
// has the node's turn.
func (l *Live) begin(by core.Caller, c *Client) *read {
	name, all := c.node.Name, &l.reads
	all.mu.Lock()
	defer all.mu.Unlock()
	if r, ok := all.by[name]; ok {
		return r
	}
	turn, ok := l.turns.try(name)
	if !ok {
		return nil
	}
	if all.by == nil {
		all.by = map[string]*read{}
		all.all, all.stop = context.WithCancel(context.Background())
	}
	r := &read{begun: time.Now(), done: make(chan struct{})}
	all.by[name] = r
	all.wg.Go(func() {
		defer close(r.done)
		_, r.err = l.pull(all.all, by, c)
		all.mu.Lock()
		defer all.mu.Unlock()
		delete(all.by, name)
		turn()
	})
	return r
}
