package db

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
)

// draftLife is how long a draft stays.
const draftLife = 24 * time.Hour

const sweepDraftsSQL = `delete from drafts where created < ?`

const putDraftSQL = `
insert into drafts (id, node, name, caller, created, size, document, restores, files, choices)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict (id) do update set
	node = excluded.node, name = excluded.name, caller = excluded.caller, created = excluded.created,
	size = excluded.size, document = excluded.document, restores = excluded.restores,
	files = excluded.files, choices = excluded.choices`

const putBodySQL = `
insert into draft_bodies (draft, body) values (?, ?)
on conflict (draft) do update set body = excluded.body`

// PutDraft stores a draft, in place of the one with the same id, and deletes all
// drafts that were made more than 24 hours before it.
func (db *DB) PutDraft(ctx context.Context, d plan.Draft) error {
	body := d.Body
	if body == nil {
		body = []byte{} // nil would be null
	}
	choices, err := json.Marshal(d.Choices)
	if err != nil {
		return fmt.Errorf("writing the choices of draft %s: %w", d.Name, err)
	}
	files, err := json.Marshal(d.Files)
	if err != nil {
		return fmt.Errorf("writing the files of draft %s: %w", d.Name, err)
	}
	return db.write(ctx, func(t *sql.Tx) error {
		if _, err := t.ExecContext(ctx, sweepDraftsSQL, d.Created.Add(-draftLife).UnixMilli()); err != nil {
			return fault(ctx, err, "deleting old drafts")
		}
		_, err := t.ExecContext(ctx, putDraftSQL, d.ID, d.Node, d.Name, d.By, d.Created.UnixMilli(), len(body), d.Document, d.Restores, string(files), string(choices))
		if err == nil {
			_, err = t.ExecContext(ctx, putBodySQL, d.ID, body)
		}
		return fault(ctx, err, "storing draft %s", d.Name)
	})
}

const putChoicesSQL = `update drafts set choices = ? where id = ? and caller = ?`

// PutChoices stores what somebody decided about a draft of theirs, and nothing else of
// it. It is a NotFound error where they have none of that id.
func (db *DB) PutChoices(ctx context.Context, id, by string, c plan.Choices) error {
	choices, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("writing the choices of draft %s: %w", id, err)
	}
	db.decided.keep(choices, c)
	result, err := db.writer.ExecContext(ctx, putChoicesSQL, string(choices), id, by)
	if err != nil {
		return fault(ctx, err, "storing the choices of draft %s", id)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, noDraft(id))
	}
	return nil
}

// noDraft is the error of a draft that is not there.
func noDraft(id string) error {
	return core.Errorf(core.NotFound, "there is no draft %q: it was applied, discarded, or a day old", id)
}

const draftSQL = `
select d.id, d.node, d.name, d.caller, d.created, d.size, d.document, d.restores, d.files, d.choices, b.body
from drafts d join draft_bodies b on b.draft = d.id
where d.id = ?`

// Draft returns a draft with its body, or a NotFound error.
func (db *DB) Draft(ctx context.Context, id string) (plan.Draft, error) {
	var body []byte
	d, err := db.scanDraft(db.readers.QueryRowContext(ctx, draftSQL, id), &body)
	d.Body = body
	if errors.Is(err, sql.ErrNoRows) {
		return plan.Draft{}, noDraft(id)
	}
	return d, fault(ctx, err, "reading a draft")
}

const draftsSQL = `
select id, node, name, caller, created, size, document, restores, files, choices
from drafts
where (?1 = '' or node = ?1) and caller = ?2
order by created, rowid`

// Drafts returns the drafts that somebody brought for a node, or for any where none is
// named, the oldest first and without their bodies.
func (db *DB) Drafts(ctx context.Context, node, by string) ([]plan.Draft, error) {
	scan := func(r row) (plan.Draft, error) { return db.scanDraft(r) }
	all, err := list(ctx, db.readers, scan, draftsSQL, node, by)
	return all, fault(ctx, err, "reading the drafts of %s", by)
}

func (db *DB) scanDraft(r row, more ...any) (d plan.Draft, err error) {
	var created int64
	var files, choices []byte
	err = r.Scan(append([]any{&d.ID, &d.Node, &d.Name, &d.By, &created, &d.Size, &d.Document, &d.Restores, &files, &choices}, more...)...)
	if err != nil {
		return d, err
	}
	d.Created = moment(created)
	if d.Choices, err = db.decided.read(choices); err != nil {
		return d, err
	}
	return d, json.Unmarshal(files, &d.Files)
}

const deleteDraftSQL = `delete from drafts where id = ?`

// DeleteDraft takes a draft out. It does nothing where there is none.
func (db *DB) DeleteDraft(ctx context.Context, id string) error {
	_, err := db.writer.ExecContext(ctx, deleteDraftSQL, id)
	return fault(ctx, err, "deleting a draft")
}

// decided is the choices that were written or read last, where they are long: each page of
// a review reads them, and there may be a hundred thousand entries left out.
type decided struct {
	mu      sync.Mutex
	text    []byte
	choices plan.Choices
}

// longChoices is from what length on choices are kept, in bytes.
const longChoices = 16 << 10

// keep keeps choices with their text. Neither must be written to any more.
func (d *decided) keep(text []byte, c plan.Choices) {
	if len(text) < longChoices {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.text, d.choices = text, c
}

// read returns the choices of a text.
func (d *decided) read(text []byte) (c plan.Choices, err error) {
	d.mu.Lock()
	known := len(text) >= longChoices && bytes.Equal(text, d.text)
	c = d.choices
	d.mu.Unlock()
	if known {
		return c, nil
	}
	c = plan.Choices{}
	if err := json.Unmarshal(text, &c); err != nil {
		return c, err
	}
	d.keep(text, c)
	return c, nil
}
