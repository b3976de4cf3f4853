package transfer

import (
	"context"
	"fmt"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
)

// Live knows the nodes that run elsewhere.
type Live interface {
	// Known returns a NotFound error for a node that is not there.
	Known(ctx context.Context, node string) error
	// Pull reads what a node holds now. Where it does not answer as it should, it is an
	// Unreachable error.
	Pull(ctx context.Context, by core.Caller, node string) (plan.Snapshot, error)
	// Terms returns the values of a node's variables and labels, and whether the console
	// reads the files that entries name, and not the node.
	Terms(ctx context.Context, node string) (variables map[string]string, reads bool, err error)
	// Refresh is Pull, but for a node that was just read, or did just not answer.
	Refresh(ctx context.Context, by core.Caller, node string) error
}

// known returns a NotFound error for a node that is not there.
func (s *Service) known(ctx context.Context, node string) error {
	switch {
	case node == Local:
		return nil
	case s.Live == nil:
		return core.Errorf(core.NotFound, "there is no node %s", node)
	}
	return s.Live.Known(ctx, node)
}

// fresh reads a node that runs elsewhere, so that what is planned is planned from what it
// holds now.
func (s *Service) fresh(ctx context.Context, by core.Caller, req *Request) error {
	if req.Node == Local {
		return nil
	}
	if err := s.terms(ctx, req); err != nil {
		return err
	}
	_, err := s.Live.Pull(ctx, by, req.Node)
	return err
}

// terms fills in what an import into a node that runs elsewhere is made with. The files that
// entries name are for that node to read, unless the console does.
func (s *Service) terms(ctx context.Context, req *Request) error {
	variables, reads, err := s.Live.Terms(ctx, req.Node)
	req.Variables, req.unread = variables, !reads
	req.NoFetch = req.NoFetch || !reads
	return err
}

// unreads counts the files that a node reads itself when a plan is applied.
func (r *Request) unreads(p *plan.Plan, next *bundle.Bundle) int {
	if !r.unread {
		return 0
	}
	return countFiles(p, addressesIn(next))
}

// restart returns what of a plan comes into use only when the node restarts; nil for
// nothing. The embedded node uses nothing.
func (r *Request) restart(p *plan.Plan) *plan.Restart {
	if r.Node == Local {
		return nil
	}
	if late := p.Late(); len(late) > 0 {
		return &plan.Restart{Entries: late, Chosen: r.Restart}
	}
	return nil
}

// refresh reads a node that runs elsewhere, if that was not just done. Where it is away it
// says that a plan is stale, and why.
func (s *Service) refresh(ctx context.Context, by core.Caller, node string) (stale string, err error) {
	if node == Local {
		return "", nil
	}
	if err := s.known(ctx, node); err != nil {
		return "", err
	}
	return staleness(s.Live.Refresh(ctx, by, node))
}

// staleness returns why a plan is stale; of an error that is no reason for it, the error.
func staleness(err error) (string, error) {
	if err == nil || core.CodeOf(err) != core.Unreachable {
		return "", err
	}
	return fmt.Sprintf("%v; this is planned from what the node held when it was last read", err), nil
}
