package transfer

import (
	"context"
	"fmt"
	"sync"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/resource"
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
		return &Review{head, p, 0}, nil // a revision comes back without its files being read
	}
	return &Review{head, p, d.plans.files(p)}, nil
}

// Outlook plans a draft of the caller's in a mode, whatever the choices are, and with
// nothing left out.
func (d *Drafts) Outlook(ctx context.Context, by core.Caller, node, id string, mode plan.Mode) (*plan.Plan, error) {
	head, err := d.head(ctx, by, node, id)
	if err != nil {
		return nil, err
	}
	return d.plan(ctx, by, head, mode, nil)
}

// plan makes a plan of a draft, or returns the one that was made of the same.
func (d *Drafts) plan(ctx context.Context, by core.Caller, head plan.Draft, mode plan.Mode, leave []core.Ref) (*plan.Plan, error) {
	snapshot, err := d.Transfer.Export(ctx, by, head.Node)
	if err != nil {
		return nil, err
	}
	req := Request{Node: head.Node, Restores: head.Restores, Mode: mode, Leave: leave, NoFetch: true, Format: Detect, Files: head.Files}
	key := planHash(req, document{sum: head.Document}, snapshot.State)
	if p, ok := d.plans.get(key); ok {
		return p, nil
	}
	if head.Restores == 0 {
		full, err := d.Draft(ctx, by, head.ID)
		if err != nil {
			return nil, err
		}
		req.Document = full.Body
	}
	p, err := d.Transfer.Preview(ctx, by, req)
	if err == nil {
		d.plans.put(p)
	}
	return p, err
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

// keptPlans is how many plans are kept for whoever looks at them page by page.
const keptPlans = 8

// plans keeps the last plans that were made, by their hash. A plan is not changed once
// it is made, so that many may read it.
type plans struct {
	mu   sync.Mutex
	kept []keptPlan // the newest last
}

// keptPlan is a plan with what was found out about it.
type keptPlan struct {
	*plan.Plan
	files int // -1 until somebody asks
}

func (k *plans) get(hash string) (*plan.Plan, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, p := range k.kept {
		if p.Hash == hash {
			return p.Plan, true
		}
	}
	return nil, false
}

func (k *plans) put(p *plan.Plan) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.kept) == keptPlans {
		k.kept = append([]keptPlan{}, k.kept[1:]...)
	}
	k.kept = append(k.kept, keptPlan{p, -1})
}

// files returns how many files applying a plan reads.
func (k *plans) files(p *plan.Plan) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i := range k.kept {
		if kept := &k.kept[i]; kept.Plan == p && kept.files < 0 {
			kept.files = countFiles(p)
		}
		if k.kept[i].Plan == p {
			return k.kept[i].files
		}
	}
	return countFiles(p)
}

// countFiles counts the addresses that the entries which a plan writes have their content at.
func countFiles(p *plan.Plan) int {
	addresses := map[string]bool{}
	for i := range p.Steps {
		if s := &p.Steps[i]; s.Ref.Kind < core.Script && (s.Action == plan.Create || s.Action == plan.Replace) {
			if r, _ := resource.Decode(s.Ref, s.New); r != nil {
				if l, ok := r.(located); ok && l.URI() != "" {
					addresses[l.URI()] = true
				}
			}
		}
	}
	return len(addresses)
}
