package transfer

import (
	"context"
	"io"
	"sync"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/depot"
	"ekuiper-console/core/plan"
)

// Local is the name of the node that is embedded in the console.
const Local = core.Local

// Node holds the configuration of nodes. Each method names the node.
type Node interface {
	// Snapshot returns all that a node holds at one moment.
	Snapshot(ctx context.Context, node string) (plan.Snapshot, error)
	// Commit applies a plan in one transaction and returns the revision that came of
	// it. When the node is no longer in the state that the plan was made from it is a
	// Conflict error, and nothing is written.
	Commit(ctx context.Context, c *plan.Commit) (plan.Revision, error)
	// Report returns the errors of the last import.
	Report(ctx context.Context, node string) (*bundle.Bundle, error)
	// Record keeps the errors of an import that wrote nothing.
	Record(ctx context.Context, node string, report *bundle.Bundle) error
}

// Journal tells what has happened to nodes.
type Journal interface {
	// Revisions returns up to limit revisions below before, or from the newest where
	// before is 0; the newest first.
	Revisions(ctx context.Context, node string, before int64, limit int) ([]plan.Revision, error)
	// Changes returns what one revision did, or a part of it, in the order of its plan.
	Changes(ctx context.Context, node string, revision int64, w plan.Window) ([]plan.Change, error)
	// At returns what a node held at a revision.
	At(ctx context.Context, node string, revision int64) (plan.Snapshot, error)
	// EntryHistory returns up to limit changes of an entry that is there, the newest
	// first, back to where it was created last.
	EntryHistory(ctx context.Context, node string, ref core.Ref, limit int) ([]plan.Touch, error)
}

// Fetcher reads the files that a bundle names by address.
type Fetcher interface {
	// Open returns the content of an address. The text of its error is what the
	// engine would say. Tell may be nil; it is called after every read with how much
	// was read by then, and with the length of all, or -1 where nobody knows that.
	Open(ctx context.Context, address string, tell func(read, total int64)) (io.ReadCloser, error)
}

// Service offers the use cases. Its fields must not change once it is in use.
type Service struct {
	Nodes   Node
	Live    Live // nil where there is only the embedded node
	Journal Journal
	Fetch   Fetcher
	Depot   *depot.Store     // where files are kept; nil where they are only read
	Audit   Recorder         // told of imports that write nothing; may be nil
	Now     func() time.Time // nil means time.Now
	Observe func(Observed)   // told of every import that is over; may be nil

	MaxDocument int64 // bytes of a document that is read by address; 0 means DefaultMaxDocument
	Room        *Room // for documents that are read by address; nil for no bounds

	mu     sync.Mutex
	locks  map[string]chan struct{} // by node: full while an import writes
	graphs map[string]*drawn        // by node: of its newest state
	lists  map[string]*listing      // by node: of its newest state
	wholes map[string]*whole        // by node: the last one that was exported
	diffs  map[diffKey][]plan.Change
	wg     sync.WaitGroup // of graphs that are being made
}

// Close waits for what is made in the background.
func (s *Service) Close() { s.wg.Wait() }

// lock waits for a node's turn. The function it returns gives the turn back.
func (s *Service) lock(ctx context.Context, node string) (unlock func(), err error) {
	s.mu.Lock()
	if s.locks == nil {
		s.locks = map[string]chan struct{}{}
	}
	turn, ok := s.locks[node]
	if !ok {
		turn = make(chan struct{}, 1)
		s.locks[node] = turn
	}
	s.mu.Unlock()
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-ctx.Done():
		return nil, core.Errorf(core.Cancelled, "waiting for another import: %w", ctx.Err())
	}
}

func (s *Service) now() time.Time {
	if s.Now == nil {
		return time.Now()
	}
	return s.Now()
}
