package transfer

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
)

// DraftStore keeps documents that were brought and not applied yet.
type DraftStore interface {
	// PutDraft stores a draft, in place of the one with the same id.
	PutDraft(ctx context.Context, d plan.Draft) error
	// Draft returns a draft, or a NotFound error.
	Draft(ctx context.Context, id string) (plan.Draft, error)
	// Drafts returns somebody's drafts for a node without their bodies, the oldest first.
	Drafts(ctx context.Context, node, by string) ([]plan.Draft, error)
	// DeleteDraft takes a draft out. It does nothing where there is none.
	DeleteDraft(ctx context.Context, id string) error
}

// Drafts are the documents that people bring to the import page. Each is seen by the
// one who brought it only, and kept for a day.
type Drafts struct {
	Store DraftStore
	Now   func() time.Time // nil means time.Now
}

// Bring stores a document and returns its id. It takes an operator.
func (d *Drafts) Bring(ctx context.Context, by core.Caller, node, name string, body []byte) (id string, err error) {
	if err := by.Require(core.Operator); err != nil {
		return "", err
	}
	if err := known(node); err != nil {
		return "", err
	}
	id = strings.ToLower(rand.Text())
	return id, d.Store.PutDraft(ctx, plan.Draft{ID: id, Node: node, Name: name, By: by.Name, Created: d.now(), Body: body})
}

// Draft returns a draft of the caller's, or a NotFound error.
func (d *Drafts) Draft(ctx context.Context, by core.Caller, id string) (plan.Draft, error) {
	if err := by.Require(core.Operator); err != nil {
		return plan.Draft{}, err
	}
	draft, err := d.Store.Draft(ctx, id)
	if err == nil && draft.By != by.Name {
		err = core.Errorf(core.NotFound, "there is no draft %s", id)
	}
	return draft, err
}

// Edit gives a draft of the caller's another text.
func (d *Drafts) Edit(ctx context.Context, by core.Caller, id string, body []byte) error {
	draft, err := d.Draft(ctx, by, id)
	if err != nil {
		return err
	}
	draft.Body = body
	return d.Store.PutDraft(ctx, draft)
}

// Waiting returns the caller's drafts for a node without their bodies, the oldest
// first.
func (d *Drafts) Waiting(ctx context.Context, by core.Caller, node string) ([]plan.Draft, error) {
	if err := by.Require(core.Operator); err != nil {
		return nil, err
	}
	return d.Store.Drafts(ctx, node, by.Name)
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
