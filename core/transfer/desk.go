package transfer

import (
	"context"
	"slices"
	"sync"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/resource"
)

// plan makes a plan of a draft, of what its node holds now, or returns the one that was
// made of the same.
func (d *Drafts) plan(ctx context.Context, by core.Caller, head plan.Draft, mode plan.Mode, leave []core.Ref) (madePlan, error) {
	stale, err := d.Transfer.refresh(ctx, by, head.Node)
	if err != nil {
		return madePlan{}, err
	}
	made, err := d.planned(ctx, by, head, mode, leave)
	if err != nil || stale == "" && made.Restart == nil {
		return made, err
	}
	shown := *made.Plan // that one is for others too
	if shown.Stale = stale; shown.Restart != nil {
		shown.Restart = &plan.Restart{Entries: shown.Restart.Entries, Chosen: head.Choices.Restart}
	}
	made.Plan = &shown
	return made, nil
}

// planned is plan, of what the node held when it was last read.
func (d *Drafts) planned(ctx context.Context, by core.Caller, head plan.Draft, mode plan.Mode, leave []core.Ref) (madePlan, error) {
	snapshot, err := d.Transfer.Export(ctx, by, head.Node)
	if err != nil {
		return madePlan{}, err
	}
	req := Request{Node: head.Node, Restores: head.Restores, Mode: mode, Leave: leave, NoFetch: true, Format: Detect, Files: head.Files}
	if req.Restores > 0 {
		req.Mode = plan.Full
	}
	if req.Node != Local {
		if err := d.Transfer.terms(ctx, &req); err != nil {
			return madePlan{}, err
		}
	}
	hash := planHash(req, document{sum: head.Document}, snapshot.State)
	if p, ok := d.plans.get(hash); ok {
		return p, nil
	}
	desk := d.desks.of(deskKey(req, head, snapshot.State), head, snapshot.State)
	desk.turn.Lock()
	defer desk.turn.Unlock()
	if p, ok := d.plans.get(hash); ok { // somebody else asked for it meanwhile
		return p, nil
	}
	if desk.sheet == nil {
		if err := d.lay(ctx, by, desk, head, req, snapshot); err != nil {
			return madePlan{}, err
		}
	}
	p := desk.sheet.Plan(leave...)
	req.guard(p)
	p.Unknown, p.Hash, p.Restart = desk.unknown, hash, req.restart(p)
	made := madePlan{p, countFiles(p, desk.addresses)}
	if req.unread {
		p.Unread, made.files = made.files, 0
	}
	d.plans.put(made)
	return made, nil
}

// lay makes the sheet of a desk.
func (d *Drafts) lay(ctx context.Context, by core.Caller, desk *desk, head plan.Draft, req Request, current plan.Snapshot) error {
	doc, ok := d.desks.document(head)
	if !ok {
		if head.Restores == 0 {
			full, err := d.Draft(ctx, by, head.ID)
			if err != nil {
				return err
			}
			req.Document = full.Body
		}
		var err error
		if doc, err = d.Transfer.load(ctx, &req, &intake{}); err != nil {
			return err
		}
	}
	files := &fetches{open: d.Transfer.Fetch, depot: d.Transfer.Depot, given: req.Files}
	next, sheet, err := layOut(ctx, req, doc, current, files)
	if err != nil {
		return err
	}
	desk.unknown, desk.addresses, desk.sheet = doc.unknown, addressesIn(next), sheet
	d.desks.laid(desk, doc, head, current)
	return nil
}

// deskKey names what the plans of one desk have in common. What is left out makes no
// difference, but for entries whose files came along: what is in these counts for others.
func deskKey(req Request, head plan.Draft, base plan.State) string {
	if len(req.Files) == 0 {
		req.Leave = nil
	} else {
		req.Leave = slices.DeleteFunc(slices.Clone(req.Leave), func(ref core.Ref) bool { return !kindsWithFiles[ref.Kind] })
	}
	return planHash(req, document{sum: head.Document}, base)
}

// desk is where the plans of one document, in one mode and over one state, are made.
type desk struct {
	key  string
	node string
	base plan.State

	turn      sync.Mutex // guards the sheet, and what came with it
	sheet     *plan.Sheet
	unknown   []string
	addresses map[core.Ref]string // that entries have their content at

	// These are guarded by the desks, and there once there is a sheet.
	doc      document
	document string // SHA-256 of the document
	restores int64
	weight   int // bytes that it holds, more or less
}

// desks keeps the desks that were used last.
type desks struct {
	mu   sync.Mutex
	kept []*desk // the one that was used last is last
}

// Bounds of what is kept for whoever reviews a draft, but for the last of each.
const (
	maxDesks     = 256 << 20 // bytes of all desks
	maxSteps     = 500_000   // of all plans, about 100 bytes each
	maxPlans     = 16
	weightOfItem = 400 // bytes of an entry on a desk, beside its texts
)

// of returns the desk of a key, in use last from now on. Desks over another state of the node are of no
// use any more.
func (k *desks) of(key string, head plan.Draft, base plan.State) *desk {
	k.mu.Lock()
	defer k.mu.Unlock()
	found := &desk{key: key, node: head.Node, base: base}
	k.kept = slices.DeleteFunc(k.kept, func(d *desk) bool {
		if d.key == key {
			found = d
		}
		return d.key == key || d.node == head.Node && d.base != base
	})
	k.kept = append(k.kept, found)
	return found
}

// document returns the decoded document of a draft, where a desk has it.
func (k *desks) document(head plan.Draft) (document, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, d := range k.kept {
		if d.doc.bundle != nil && d.document == head.Document && d.restores == head.Restores && d.node == head.Node {
			return d.doc, true
		}
	}
	return document{}, false
}

// laid notes what a desk holds, and clears those away that were not used for the longest,
// where all together hold too much.
func (k *desks) laid(d *desk, doc document, head plan.Draft, current plan.Snapshot) {
	k.mu.Lock()
	defer k.mu.Unlock()
	d.doc, d.document, d.restores = doc, head.Document, head.Restores
	d.weight = 2*head.Size + weightOfItem*(doc.bundle.Len()+current.Bundle.Len())
	total := 0
	for i, other := range slices.Backward(k.kept) {
		if total += other.weight; total > maxDesks && i < len(k.kept)-1 {
			k.kept = slices.Delete(k.kept, 0, i+1)
			return
		}
	}
}

// madePlan is a plan with how many files applying it reads. It is not changed any more, so
// that many may read it.
type madePlan struct {
	*plan.Plan
	files int
}

// plans keeps the plans that were made last, by their hash.
type plans struct {
	mu   sync.Mutex
	kept []madePlan // the newest last
}

// get returns the plan of a hash.
func (k *plans) get(hash string) (madePlan, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, p := range k.kept {
		if p.Hash == hash {
			return p, true
		}
	}
	return madePlan{}, false
}

// put keeps a plan, and as many of those before as there is room for.
func (k *plans) put(p madePlan) {
	k.mu.Lock()
	defer k.mu.Unlock()
	kept, steps := []madePlan{p}, len(p.Steps)
	for _, old := range slices.Backward(k.kept) {
		if steps += len(old.Steps); steps > maxSteps || len(kept) == maxPlans {
			break
		}
		kept = append(kept, old)
	}
	slices.Reverse(kept)
	k.kept = kept
}

// addressesIn returns the addresses that entries have their content at.
func addressesIn(b *bundle.Bundle) map[core.Ref]string {
	addresses := map[core.Ref]string{}
	for _, kind := range core.InstallOrder() {
		if !kindsWithFiles[kind] {
			continue
		}
		for name, text := range b.Section(kind) {
			ref := core.Ref{Kind: kind, Name: name}
			r, _ := resource.Decode(ref, text)
			if l, ok := r.(located); ok && l.URI() != "" {
				addresses[ref] = l.URI()
			}
		}
	}
	return addresses
}

// countFiles counts the addresses that the entries which a plan writes have their content at.
func countFiles(p *plan.Plan, addresses map[core.Ref]string) int {
	read := map[string]bool{}
	for i := range p.Steps {
		if s := &p.Steps[i]; kindsWithFiles[s.Ref.Kind] && (s.Action == plan.Create || s.Action == plan.Replace) {
			if address, ok := addresses[s.Ref]; ok {
				read[address] = true
			}
		}
	}
	return len(read)
}
