package transfer

import (
	"context"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/deps"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/secret"
)

// Export returns all that a node holds. The bundle must not be written to.
func (s *Service) Export(ctx context.Context, by core.Caller, node string) (plan.Snapshot, error) {
	if err := by.Require(core.Viewer); err != nil {
		return plan.Snapshot{}, err
	}
	if err := s.known(ctx, node); err != nil {
		return plan.Snapshot{}, err
	}
	return s.Nodes.Snapshot(ctx, node)
}

// ExportRequest says what of a node to export, and how.
type ExportRequest struct {
	Node  string
	All   bool     // everything there is, whatever Rules says
	Rules []string // these rules, with all that they need

	AllConnections bool // every connection, and not only those that the rules use
	Masked         bool // dots in place of secrets
}

// Exported is what an export holds.
type Exported struct {
	plan.State
	deps.Set        // of everything there is, only the bundle; it must not be written to
	Secrets     int // how many were masked
	Connections int // how many connections the node has
}

// Compose makes an export. A rule that is not there is a NotFound error that names it; an
// empty name is an Invalid one.
func (s *Service) Compose(ctx context.Context, by core.Caller, req ExportRequest) (*Exported, error) {
	snapshot, err := s.Export(ctx, by, req.Node)
	if err != nil {
		return nil, err
	}
	x := &Exported{State: snapshot.State, Set: deps.Set{Bundle: snapshot.Bundle}}
	graph := deps.New(snapshot.Bundle, nil)
	if !req.All {
		graph = s.ready(req.Node, snapshot)
		set, err := closure(graph, snapshot.Bundle, req)
		if err != nil {
			return nil, err
		}
		x.Set = *set
	}
	x.Connections = graph.Connections()
	if req.Masked {
		x.mask()
	}
	return x, nil
}

// closure returns the rules of a request with all that they need.
func closure(graph *deps.Graph, b *bundle.Bundle, req ExportRequest) (*deps.Set, error) {
	roots := make([]core.Ref, 0, len(req.Rules))
	for i, id := range req.Rules {
		if id == "" {
			return nil, core.WithHint(core.Errorf(core.Invalid, "rule id %d of %d is empty", i+1, len(req.Rules)), "give the names of rules, or none at all")
		}
		roots = append(roots, core.Ref{Kind: core.Rule, Name: id})
	}
	var also []core.Ref
	if req.AllConnections {
		for _, name := range b.Names(core.Connection) {
			also = append(also, core.Ref{Kind: core.Connection, Name: name})
		}
	}
	return graph.Closure(roots, also...)
}

// mask puts dots in place of the secrets.
func (x *Exported) mask() {
	plain := x.Bundle
	x.Bundle = secret.MaskBundle(plain)
	for ref, text := range x.Bundle.All() {
		before, _ := plain.Get(ref)
		x.Secrets += strings.Count(text, secret.Dots) - strings.Count(before, secret.Dots)
	}
}

// Status returns the errors of the last import into a node. An empty report means
// that all of it was accepted.
func (s *Service) Status(ctx context.Context, by core.Caller, node string) (*bundle.Bundle, error) {
	if err := by.Require(core.Viewer); err != nil {
		return nil, err
	}
	if err := s.known(ctx, node); err != nil {
		return nil, err
	}
	return s.Nodes.Report(ctx, node)
}
