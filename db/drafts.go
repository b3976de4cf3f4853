package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"ekuiper-console/core/plan"
)

// draftLife is how long a draft stays.
const draftLife = 24 * time.Hour

const sweepDraftsSQL = `delete from drafts where created < ?`

const putDraftSQL = `
insert into drafts (id, node, name, caller, created, body, document, restores, files, choices)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict (id) do update set
	node = excluded.node, name = excluded.name, caller = excluded.caller, created = excluded.created,
	body = excluded.body, document = excluded.document, restores = excluded.restores,
	files = excluded.files, choices = excluded.choices`

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
		_, err := t.ExecContext(ctx, putDraftSQL, d.ID, d.Node, d.Name, d.By, d.Created.UnixMilli(), body, d.Document, d.Restores, string(files), string(choices))
		return fault(ctx, err, "storing draft %s", d.Name)
	})
}

const draftSQL = `
select id, node, name, caller, created, length(body), document, restores, files, choices, body
from drafts
where id = ?`

// Draft returns a draft with its body, or a NotFound error.
func (db *DB) Draft(ctx context.Context, id string) (plan.Draft, error) {
	var body []byte
	d, err := scanDraft(db.readers.QueryRowContext(ctx, draftSQL, id), &body)
	d.Body = body
	err = orNotFound(err, "there is no draft %q: it was applied, discarded, or a day old", id)
	return d, fault(ctx, err, "reading a draft")
}

const draftsSQL = `
select id, node, name, caller, created, length(body), document, restores, files, choices
from drafts
where node = ? and caller = ?
order by created, rowid`

// Drafts returns the drafts that somebody brought for a node, the oldest first and
// without their bodies.
func (db *DB) Drafts(ctx context.Context, node, by string) ([]plan.Draft, error) {
	scan := func(r row) (plan.Draft, error) { return scanDraft(r) }
	all, err := list(ctx, db.readers, scan, draftsSQL, node, by)
	return all, fault(ctx, err, "reading the drafts of %s", by)
}

func scanDraft(r row, more ...any) (d plan.Draft, err error) {
	var created int64
	var files, choices []byte
	err = r.Scan(append([]any{&d.ID, &d.Node, &d.Name, &d.By, &created, &d.Size, &d.Document, &d.Restores, &files, &choices}, more...)...)
	if err != nil {
		return d, err
	}
	d.Created = moment(created)
	return d, errors.Join(json.Unmarshal(files, &d.Files), json.Unmarshal(choices, &d.Choices))
}

const deleteDraftSQL = `delete from drafts where id = ?`

// DeleteDraft takes a draft out. It does nothing where there is none.
func (db *DB) DeleteDraft(ctx context.Context, id string) error {
	_, err := db.writer.ExecContext(ctx, deleteDraftSQL, id)
	return fault(ctx, err, "deleting a draft")
}
