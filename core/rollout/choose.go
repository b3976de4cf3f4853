package rollout

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
	"ekuiper-console/core/node"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/transfer"
)

// Request is a rollout that somebody wants.
type Request struct {
	Name     string
	Note     string
	Document []byte // the bundle as it was given
	Format   transfer.Format
	Files    map[string]string // hashes of files that came with it, by address
	Mode     plan.Mode
	Leave    []core.Ref
	Restart  bool
	Nodes    []string          // by name, in this order
	Labels   map[string]string // and all nodes that have these labels; none for no such nodes
	Strategy Strategy
	Start    bool // start it once it is planned, without anybody looking
}

// maxWords bounds the name and the note of a rollout, in bytes.
const maxWords = 2000

// Plan makes a rollout, begins to make the plan of every node, and returns it before that
// is done. It takes an operator. A node that is not there is a NotFound error; no node at
// all, a document that is no bundle, too long a note, or a strategy that makes no sense, is an Invalid one.
func (s *Service) Plan(ctx context.Context, by core.Caller, req Request) (Rollout, error) {
	if err := by.Require(core.Operator); err != nil {
		return Rollout{}, err
	}
	if err := req.Strategy.check(); err != nil {
		return Rollout{}, err
	}
	if len(req.Name) > maxWords || len(req.Note) > maxWords {
		return Rollout{}, core.Errorf(core.Invalid, "name and note of a rollout have at most %d bytes each", maxWords)
	}
	if err := transfer.Readable(req.Format, req.Document); err != nil {
		return Rollout{}, err
	}
	nodes, err := s.Registry.List(ctx, by)
	if err != nil {
		return Rollout{}, err
	}
	targets, err := req.choose(nodes)
	if err != nil {
		return Rollout{}, err
	}
	now, sum := s.now(), sha256.Sum256(req.Document)
	r := Rollout{
		ID: strings.ToLower(rand.Text()[:16]), Name: req.Name, Note: req.Note, By: by.Name, Actor: by.Name, Created: now, Updated: now, Since: now,
		Document: hex.EncodeToString(sum[:]), Format: req.Format, Mode: req.Mode, Leave: req.Leave, Restart: req.Restart, Files: req.Files, Labels: req.Labels,
		Strategy: req.Strategy, Auto: req.Start, State: Planning, Tally: Tally{Unplanned: len(targets)},
	}
	w, err := s.begin(r.ID)
	if err != nil {
		return r, err
	}
	did := audit.New(now, by, audit.RolloutPlan, r.ID).Saying(told(r))
	if err := s.Store.MakeRollout(ctx, r, req.Document, targets, did); err != nil {
		s.drop(w)
		return r, err
	}
	s.launch(ctx, w, &run{by: by, r: r, body: req.Document, targets: targets}, (*run).planThenRun)
	return r, nil
}

// choose returns the nodes that are asked for as targets.
func (req *Request) choose(nodes []node.Node) ([]Target, error) {
	known, chosen := map[string]bool{}, map[string]bool{}
	for _, n := range nodes {
		known[n.Name] = true
	}
	var targets []Target
	add := func(name string) {
		if !chosen[name] {
			targets = append(targets, Target{Node: name, Position: len(targets), State: Unplanned})
		}
		chosen[name] = true
	}
	for _, name := range req.Nodes {
		if !known[name] {
			return nil, core.Errorf(core.NotFound, "there is no node %s", name)
		}
		add(name)
	}
	for _, n := range nodes {
		if len(req.Labels) > 0 && labelled(n, req.Labels) {
			add(n.Name)
		}
	}
	switch {
	case len(targets) == 0:
		return nil, core.WithHint(core.Errorf(core.Invalid, "no node is chosen"), "name nodes, or labels that some of them have")
	case len(targets) > MaxNodes:
		return nil, core.Errorf(core.Invalid, "a rollout has at most %d nodes", MaxNodes)
	}
	return targets, nil
}

// labelled reports whether a node has all of some labels.
func labelled(n node.Node, labels map[string]string) bool {
	for key, value := range labels {
		if has, ok := n.Labels[key]; !ok || has != value {
			return false
		}
	}
	return true
}
