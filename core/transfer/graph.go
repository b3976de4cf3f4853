package transfer

import (
	"context"
	"time"

	"ekuiper-console/core/deps"
	"ekuiper-console/core/plan"
)

// drawn is the dependency graph of a state, made in the background.
type drawn struct {
	state plan.State
	done  chan struct{} // closed once graph is there
	graph *deps.Graph
}

// patience is how long a page waits for a graph that is being made, before it shows
// what it has without it.
const patience = 25 * time.Millisecond

// graph returns the graph of a state, or false where it is not ready within patience. It
// is made once for each state, from the one before.
func (s *Service) graph(ctx context.Context, node string, snapshot plan.Snapshot) (*deps.Graph, bool) {
	d := s.draw(node, snapshot)
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-d.done:
		return d.graph, true
	default:
	}
	select {
	case <-d.done:
		return d.graph, true
	case <-timer.C:
	case <-ctx.Done():
	}
	return nil, false
}

// ready returns the graph of a state if it is there already, else one that reads an entry
// when it is first asked about.
func (s *Service) ready(node string, snapshot plan.Snapshot) *deps.Graph {
	d := s.draw(node, snapshot)
	select {
	case <-d.done:
		return d.graph
	default:
		return deps.New(snapshot.Bundle, brings(snapshot))
	}
}

// draw begins to make the graph of a state, unless somebody has.
func (s *Service) draw(node string, snapshot plan.Snapshot) *drawn {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.graphs[node]
	if before != nil && before.state == snapshot.State {
		return before
	}
	d := &drawn{state: snapshot.State, done: make(chan struct{})}
	if s.graphs == nil {
		s.graphs = map[string]*drawn{}
	}
	s.graphs[node] = d
	s.wg.Go(func() {
		defer close(d.done)
		var previous *deps.Graph
		if before != nil {
			<-before.done
			previous = before.graph
		}
		d.graph = deps.Complete(snapshot.Bundle, brings(snapshot), previous)
		d.graph.Missing(0) // makes the index of who needs whom, so that no page waits for it
	})
	return d
}

// brings returns what the archives of a state bring.
func brings(s plan.Snapshot) deps.Brings {
	all := make(deps.Brings, len(s.Artifacts))
	for ref, a := range s.Artifacts {
		all[ref] = a.Provides
	}
	return all
}
