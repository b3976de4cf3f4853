package transfer

import (
	"context"
	"fmt"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
)

// What is kept of whole documents: the newest of each node, up to so many bytes, until
// nobody has asked for it for so long.
const (
	maxWhole  = 256 << 20
	keepWhole = 2 * time.Minute
)

// whole is the document of all that a node held in a state.
type whole struct {
	state  plan.State
	doc    []byte
	forget *time.Timer
}

// Document returns all that a node holds as a document, and the state that it is of. Asked
// again in the same state it costs nothing. It must not be written to.
func (s *Service) Document(ctx context.Context, by core.Caller, node string) ([]byte, plan.State, error) {
	snapshot, err := s.Export(ctx, by, node)
	if err != nil {
		return nil, plan.State{}, err
	}
	if doc, ok := s.wholeOf(node, snapshot.State); ok {
		return doc, snapshot.State, nil
	}
	doc, err := snapshot.Bundle.MarshalJSON()
	if err != nil {
		return nil, plan.State{}, fmt.Errorf("exporting %s: %w", node, err)
	}
	if len(doc) <= maxWhole {
		s.keepWhole(node, snapshot.State, doc)
	}
	return doc, snapshot.State, nil
}

// wholeOf returns the document that is kept of a state, for some more time.
func (s *Service) wholeOf(node string, state plan.State) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.wholes[node]
	if w == nil || w.state != state {
		return nil, false
	}
	w.forget.Reset(keepWhole)
	return w.doc, true
}

// keepWhole keeps a document in place of that of another state.
func (s *Service) keepWhole(node string, state plan.State, doc []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.wholes == nil {
		s.wholes = map[string]*whole{}
	}
	if before := s.wholes[node]; before != nil {
		before.forget.Stop()
	}
	w := &whole{state: state, doc: doc}
	w.forget = time.AfterFunc(keepWhole, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.wholes[node] == w {
			delete(s.wholes, node)
		}
	})
	s.wholes[node] = w
}
