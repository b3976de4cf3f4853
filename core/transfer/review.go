package transfer

import (
	"context"
	"fmt"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
)

// Review is a draft with what applying it would do now.
type Review struct {
	Draft plan.Draft // without its body
	Plan  *plan.Plan // of the draft's choices; it takes it that every file can be had
	Files int        // files that applying it reads
}

// Review plans a draft of the caller's by its choices. It takes an operator. A document
// that is no bundle is an Invalid error that wraps a *bundle.SyntaxError.
func (d *Drafts) Review(ctx context.Context, by core.Caller, node, id string) (*Review, error) {
	head, err := d.head(ctx, by, node, id)
	if err != nil {
		return nil, err
	}
	p, err := d.plan(ctx, by, head, head.Choices.Mode, head.Choices.Leave)
	if err != nil {
		return nil, err
	}
	if head.Restores > 0 {
		return &Review{head, p.Plan, 0}, nil // a revision comes back without its files being read
	}
	return &Review{head, p.Plan, p.files}, nil
}

// Outlook plans a draft of the caller's in a mode, whatever the choices are, and with
// nothing left out.
func (d *Drafts) Outlook(ctx context.Context, by core.Caller, node, id string, mode plan.Mode) (*plan.Plan, error) {
	head, err := d.head(ctx, by, node, id)
	if err != nil {
		return nil, err
	}
	made, err := d.plan(ctx, by, head, mode, nil)
	if err != nil {
		return nil, err
	}
	return made.Plan, nil
}

// Request returns the import that a draft of the caller's asks for by its choices.
func (d *Drafts) Request(ctx context.Context, by core.Caller, id string) (plan.Draft, Request, error) {
	draft, err := d.Draft(ctx, by, id)
	if err != nil {
		return draft, Request{}, err
	}
	return draft, Request{
		Node: draft.Node, Document: draft.Body, Format: Detect, Files: draft.Files, Restores: draft.Restores,
		Mode: draft.Choices.Mode, Leave: draft.Choices.Leave, Atomic: !draft.Choices.Valid,
		Restart: draft.Choices.Restart, Rollback: draft.Choices.Rollback,
	}, nil
}

// Moved returns the entries of a node that have changed since a revision.
func (s *Service) Moved(ctx context.Context, by core.Caller, node string, since int64) (map[core.Ref]bool, error) {
	snapshot, err := s.Export(ctx, by, node)
	if err != nil || since >= snapshot.Revision {
		return nil, err
	}
	changes, err := s.Diff(ctx, by, node, since, snapshot.Revision)
	if err != nil {
		return nil, fmt.Errorf("finding what has moved since revision %d: %w", since, err)
	}
	moved := make(map[core.Ref]bool, len(changes))
	for _, c := range changes {
		moved[c.Ref] = true
	}
	return moved, nil
}
