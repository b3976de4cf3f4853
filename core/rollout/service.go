package rollout

import (
	"context"
	"sync"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
	"ekuiper-console/core/node"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/transfer"
)

// Importer plans and does imports into one node.
type Importer interface {
	// Preview returns what an import would do to what the node holds now.
	Preview(ctx context.Context, by core.Caller, req transfer.Request) (*plan.Plan, error)
	// Import does it, and returns what was read back.
	Import(ctx context.Context, by core.Caller, req transfer.Request) (*transfer.Result, error)
}

// Registry knows which nodes there are.
type Registry interface {
	// List returns all nodes by name.
	List(ctx context.Context, by core.Caller) ([]node.Node, error)
}

// Doctor knows whether nodes are well.
type Doctor interface {
	// Ailing returns the rules of a node that stopped by an error, or an Unreachable
	// error where it does not answer as it should.
	Ailing(ctx context.Context, name string) ([]string, error)
	// About asks a node what it is, and for how long it has been running.
	About(ctx context.Context, by core.Caller, name string) (node.About, error)
}

// Store keeps rollouts. Each change is one transaction with the events that tell of it.
type Store interface {
	// MakeRollout stores a new rollout with its bundle and its targets.
	MakeRollout(ctx context.Context, r Rollout, body []byte, targets []Target, did audit.Event) error
	// PutRollout stores what is other about a rollout.
	PutRollout(ctx context.Context, r Rollout, did ...audit.Event) error
	// RemoveRollout deletes a rollout with all that is kept of it.
	RemoveRollout(ctx context.Context, id string, did audit.Event) error
	// Rollout returns a rollout, or a NotFound error.
	Rollout(ctx context.Context, id string) (Rollout, error)
	// Rollouts returns up to limit rollouts, the newest first; 0 for all.
	Rollouts(ctx context.Context, limit int) ([]Rollout, error)
}

// Board keeps where the nodes of a rollout stand.
type Board interface {
	// Targets returns the targets of a rollout by position.
	Targets(ctx context.Context, id string) ([]Target, error)
	// PutTargets stores what is other about targets, all or none.
	PutTargets(ctx context.Context, id string, targets ...Target) error
}

// Shelf keeps what of a rollout is large: its bundle, and what its plans change.
type Shelf interface {
	// RolloutBody returns the bundle of a rollout as it came.
	RolloutBody(ctx context.Context, id string) ([]byte, error)
	// Groups returns up to limit groups that have nodes, the largest first; 0 for all.
	Groups(ctx context.Context, id string, limit int) ([]Group, error)
	// PutGroup stores a group, unless it is there.
	PutGroup(ctx context.Context, id string, g Group) error
	// ReviewGroups notes that somebody stands for all groups that there are.
	ReviewGroups(ctx context.Context, id string) error
}

// Service offers the use cases. Its fields must not change once it is in use.
type Service struct {
	Importer Importer
	Registry Registry
	Doctor   Doctor
	Store    Store
	Board    Board
	Shelf    Shelf
	Audit    transfer.Recorder
	Now      func() time.Time // nil means time.Now
	Log      func(error)      // told of what goes wrong behind everybody's back; nil means nobody
	Planners int              // nodes that are planned at once; 0 means 16
	Patience time.Duration    // so long a node may take to answer first after a start of the console; 0 means a minute

	mu     sync.Mutex
	live   map[string]*work // by rollout: what is under way
	closed bool
	wg     sync.WaitGroup
}

// List returns up to limit rollouts, the newest first.
func (s *Service) List(ctx context.Context, by core.Caller, limit int) ([]Rollout, error) {
	if err := by.Require(core.Viewer); err != nil {
		return nil, err
	}
	return s.Store.Rollouts(ctx, limit)
}

// Rollout returns a rollout, or a NotFound error.
func (s *Service) Rollout(ctx context.Context, by core.Caller, id string) (Rollout, error) {
	if err := by.Require(core.Viewer); err != nil {
		return Rollout{}, err
	}
	return s.Store.Rollout(ctx, id)
}

// Targets returns the targets of a rollout by position.
func (s *Service) Targets(ctx context.Context, by core.Caller, id string) ([]Target, error) {
	if err := by.Require(core.Viewer); err != nil {
		return nil, err
	}
	return s.Board.Targets(ctx, id)
}

// Groups returns up to limit groups of nodes with equal plans, the largest first.
func (s *Service) Groups(ctx context.Context, by core.Caller, id string, limit int) ([]Group, error) {
	if err := by.Require(core.Viewer); err != nil {
		return nil, err
	}
	return s.Shelf.Groups(ctx, id, limit)
}

func (s *Service) now() time.Time {
	if s.Now == nil {
		return time.Now()
	}
	return s.Now()
}

func (s *Service) log(err error) {
	if s.Log != nil && err != nil {
		s.Log(err)
	}
}
