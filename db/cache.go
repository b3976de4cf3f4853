package db

import (
	"context"
	"maps"
	"slices"
	"sync"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
)

// cache holds the newest snapshots of nodes. A snapshot counts only for the very
// state that it was made from, which the caller reads from the file.
type cache struct {
	mu      sync.Mutex
	by      map[string]plan.Snapshot
	used    []string      // the names of by, the one that was used last at the end
	loading chan struct{} // holds one element while somebody loads
}

// maxOthers bounds how many entries are held of nodes that run elsewhere, besides those of
// the node that was used last.
const maxOthers = 100_000

func newCache() *cache {
	return &cache{by: map[string]plan.Snapshot{}, loading: make(chan struct{}, 1)}
}

// lock waits until nobody else loads, or until ctx is done.
func (c *cache) lock(ctx context.Context) error {
	select {
	case c.loading <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *cache) unlock() { <-c.loading }

// at returns the snapshot of a node in a state, if it is at hand.
func (c *cache) at(node string, state plan.State) (plan.Snapshot, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, ok := c.by[node]
	if ok {
		c.touch(node)
	}
	return s, ok && s.State == state
}

// touch makes a node the one that was used last. The caller holds the lock.
func (c *cache) touch(node string) {
	if i := slices.Index(c.used, node); i >= 0 {
		c.used = slices.Delete(c.used, i, i+1)
	}
	c.used = append(c.used, node)
}

func (c *cache) put(node string, s plan.Snapshot) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.by[node] = s
	c.touch(node)
	c.shrink()
}

// shrink lets go of the nodes that were not used for the longest time, where too much is
// held. The caller holds the lock.
func (c *cache) shrink() {
	others := 0
	for i := len(c.used) - 2; i >= 0; i-- {
		node := c.used[i]
		if node == core.Local {
			continue
		}
		if others += c.by[node].Bundle.Len(); others > maxOthers {
			delete(c.by, node)
			c.used = slices.Delete(c.used, i, i+1)
		}
	}
}

// ahead makes the snapshot after a commit while that is written, on another core. It gives
// one, or none where it is not known what was before, or nothing changes.
func (c *cache) ahead(node string, p *plan.Plan) <-chan plan.Snapshot {
	next := make(chan plan.Snapshot, 1)
	go func() {
		defer close(next)
		defer func() { _ = recover() }() // then the entries are read from the file
		if p.Empty() {
			return
		}
		if after, ok := c.after(node, p); ok {
			next <- after
		}
	}()
	return next
}

// after makes the snapshot after a commit from the one before it, if that is at hand, so
// that the entries need not be read again. It has no state yet.
func (c *cache) after(node string, p *plan.Plan) (after plan.Snapshot, ok bool) {
	before, ok := c.at(node, p.Base)
	if !ok {
		return after, false
	}
	after = plan.Snapshot{Bundle: before.Bundle.Clone(), Artifacts: maps.Clone(before.Artifacts)}
	for i := range p.Steps {
		s := &p.Steps[i]
		if !s.Action.Changes() {
			continue
		}
		delete(after.Artifacts, s.Ref)
		if s.Action == plan.Delete {
			after.Bundle.Delete(s.Ref)
			continue
		}
		after.Bundle.Set(s.Ref, s.New)
		if s.Artifact != nil {
			after.Artifacts[s.Ref] = *s.Artifact
		}
	}
	after.Bundle.Settle()
	return after, true
}
