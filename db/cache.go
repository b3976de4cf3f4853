package db

import (
	"context"
	"maps"
	"sync"

	"ekuiper-console/core/plan"
)

// cache holds the newest snapshot of each node. A snapshot counts only for the very
// state that it was made from, which the caller reads from the file.
type cache struct {
	mu      sync.Mutex
	by      map[string]plan.Snapshot
	loading chan struct{} // holds one element while somebody loads
}

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
	return s, ok && s.State == state
}

func (c *cache) put(node string, s plan.Snapshot) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.by[node] = s
}

// advance makes the snapshot after a commit from the one before it, if that is at
// hand, so that the entries need not be read again.
func (c *cache) advance(p *plan.Plan, rev plan.Revision) {
	before, ok := c.at(rev.Node, p.Base)
	if !ok {
		return
	}
	after := plan.Snapshot{State: rev.State(), Bundle: before.Bundle.Clone(), Artifacts: maps.Clone(before.Artifacts)}
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
	c.put(rev.Node, after)
}
