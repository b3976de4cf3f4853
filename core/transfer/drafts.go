package transfer

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
)

// DraftStore keeps what somebody prepares and has not applied yet.
type DraftStore interface {
	// PutDraft stores a draft, in place of the one with the same id.
	PutDraft(ctx context.Context, d plan.Draft) error
	// Draft returns a draft, or a NotFound error.
	Draft(ctx context.Context, id string) (plan.Draft, error)
	// Drafts returns somebody's drafts for a node, or for any where none is named, without
	// their bodies, the oldest first.
	Drafts(ctx context.Context, node, by string) ([]plan.Draft, error)
	// DeleteDraft takes a draft out. It does nothing where there is none.
	DeleteDraft(ctx context.Context, id string) error
}

// ChoiceStore keeps what somebody decides about a draft, at every tick of a box.
type ChoiceStore interface {
	// PutChoices stores the choices of somebody's draft, and nothing else of it. It is a
	// NotFound error where they have none of that id.
	PutChoices(ctx context.Context, id, by string, c plan.Choices) error
}

// Drafts are the changes that people prepare: documents that they bring to the import
// page, and revisions that they want back. Each is seen by the one who prepares it
// only, and kept for a day. Its fields must not change once it is in use.
type Drafts struct {
	Store    DraftStore
	Choices  ChoiceStore
	Transfer *Service
	Now      func() time.Time // nil means time.Now

	plans plans
	desks desks
}

// Bring stores a document, with the files that came with it, and returns its id. It
// takes an operator.
func (d *Drafts) Bring(ctx context.Context, by core.Caller, node, name string, doc Brought) (id string, err error) {
	return d.put(ctx, by, plan.Draft{Node: node, Name: name, Body: doc.Text, Document: sumOf(doc.Text), Files: doc.Files})
}

// nothing is the document that a node without entries would export.
var nothing = []byte("{}")

// Revert prepares to bring a revision back, and returns the draft's id; revision 0 is
// the empty node. It takes an operator. A revision that is not there is a NotFound error.
func (d *Drafts) Revert(ctx context.Context, by core.Caller, node string, revision int64) (id string, err error) {
	if revision == 0 {
		empty := plan.Draft{Node: node, Name: "the empty node", Body: nothing, Document: sumOf(nothing)}
		empty.Choices.Mode = plan.Full
		return d.put(ctx, by, empty)
	}
	if _, err := d.Transfer.Revision(ctx, by, node, revision); err != nil {
		return "", err
	}
	name := fmt.Sprintf("revision %d", revision)
	return d.put(ctx, by, plan.Draft{Node: node, Name: name, Restores: revision, Choices: plan.Choices{Mode: plan.Full}})
}

func (d *Drafts) put(ctx context.Context, by core.Caller, draft plan.Draft) (id string, err error) {
	if err := by.Require(core.Operator); err != nil {
		return "", err
	}
	if err := d.Transfer.known(ctx, draft.Node); err != nil {
		return "", err
	}
	draft.ID, draft.By, draft.Created = strings.ToLower(rand.Text()), by.Name, d.now()
	return draft.ID, d.Store.PutDraft(ctx, draft)
}

// Draft returns a draft of the caller's, or a NotFound error.
func (d *Drafts) Draft(ctx context.Context, by core.Caller, id string) (plan.Draft, error) {
	if err := by.Require(core.Operator); err != nil {
		return plan.Draft{}, err
	}
	draft, err := d.Store.Draft(ctx, id)
	if err == nil && draft.By != by.Name {
		err = noDraft(id)
	}
	return settled(draft), err
}

// settled is a draft with the one mode that a restore has.
func settled(draft plan.Draft) plan.Draft {
	if draft.Restores > 0 {
		draft.Choices.Mode = plan.Full
	}
	return draft
}

func noDraft(id string) error { return core.Errorf(core.NotFound, "there is no draft %s", id) }

// head returns a draft of the caller's without its body.
func (d *Drafts) head(ctx context.Context, by core.Caller, node, id string) (plan.Draft, error) {
	drafts, err := d.Waiting(ctx, by, node)
	if err != nil {
		return plan.Draft{}, err
	}
	i := slices.IndexFunc(drafts, func(draft plan.Draft) bool { return draft.ID == id })
	if i < 0 {
		return plan.Draft{}, noDraft(id)
	}
	return drafts[i], nil
}

// NodeOf returns the node that a draft of the caller's is meant for, or a NotFound error.
func (d *Drafts) NodeOf(ctx context.Context, by core.Caller, id string) (string, error) {
	draft, err := d.head(ctx, by, "", id)
	return draft.Node, err
}

// Edit gives a draft of the caller's another text. What was left out of it stays left
// out.
func (d *Drafts) Edit(ctx context.Context, by core.Caller, id string, body []byte) error {
	draft, err := d.Draft(ctx, by, id)
	if err != nil {
		return err
	}
	draft.Body, draft.Document = body, sumOf(body)
	return d.Store.PutDraft(ctx, draft)
}

// Choose keeps what the caller decided about a draft. The mode of a restore stays full.
func (d *Drafts) Choose(ctx context.Context, by core.Caller, id string, c plan.Choices) error {
	if err := by.Require(core.Operator); err != nil {
		return err
	}
	c.Leave = slices.Compact(slices.SortedFunc(slices.Values(c.Leave), core.Ref.Compare))
	return d.Choices.PutChoices(ctx, id, by.Name, c)
}

// Waiting returns the caller's drafts for a node without their bodies, the oldest
// first.
func (d *Drafts) Waiting(ctx context.Context, by core.Caller, node string) ([]plan.Draft, error) {
	if err := by.Require(core.Operator); err != nil {
		return nil, err
	}
	drafts, err := d.Store.Drafts(ctx, node, by.Name)
	for i := range drafts {
		drafts[i] = settled(drafts[i])
	}
	return drafts, err
}

// Drop takes a draft of the caller's out.
func (d *Drafts) Drop(ctx context.Context, by core.Caller, id string) error {
	if _, err := d.Draft(ctx, by, id); err != nil {
		return err
	}
	return d.Store.DeleteDraft(ctx, id)
}

func (d *Drafts) now() time.Time {
	if d.Now == nil {
		return time.Now()
	}
	return d.Now()
}
