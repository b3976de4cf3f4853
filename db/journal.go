package db

import (
	"context"
	"database/sql"
	"fmt"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
)

const nextChangeSQL = `select coalesce(max(id), 0) + 1 from changes`

// writeRevision writes a revision, its journal, and the entries that it leaves.
func writeRevision(ctx context.Context, t *sql.Tx, rev plan.Revision, c *plan.Commit) error {
	var first int64
	if err := t.QueryRowContext(ctx, nextChangeSQL).Scan(&first); err != nil {
		return fault(ctx, err, "finding the end of the journal")
	}
	if err := putRevision(ctx, t, rev, first); err != nil {
		return err
	}
	w := writer{ctx: ctx, t: t, rev: rev, next: first, held: first}
	if err := w.prepare(); err != nil {
		return err
	}
	for i := range c.Plan.Steps {
		if s := &c.Plan.Steps[i]; s.Action.Changes() {
			if err := w.write(s); err != nil {
				return err
			}
		}
		if written := int(w.next - first); written > 0 && w.next-w.held == holdEvery {
			if err := w.hold(); err != nil {
				return err
			}
			c.Tell(written, changed(rev))
		}
	}
	return w.hold()
}

// holdEvery is how many changes are written before their entries are. Between, the commit
// can end, and tells how far it has come.
const holdEvery = 4096

// writer writes the changes of one revision.
type writer struct {
	ctx     context.Context
	t       *sql.Tx
	rev     plan.Revision
	changes [len(changeSQL)]*sql.Stmt
	entries [2]*sql.Stmt // drop and hold
	next    int64        // the id of the next change
	held    int64        // the id of the first change whose entry was not written yet
}

// prepare prepares the statements. They run without the context, which would cost each of
// them a goroutine: hold looks at it.
func (w *writer) prepare() (err error) {
	for a := range w.changes {
		if w.changes[a], err = w.t.PrepareContext(w.ctx, changeSQL[a]); err != nil {
			return fault(w.ctx, err, "preparing the journal")
		}
	}
	for i, query := range []string{dropEntriesSQL, holdEntriesSQL} {
		if w.entries[i], err = w.t.PrepareContext(w.ctx, query); err != nil {
			return fault(w.ctx, err, "preparing the entries")
		}
	}
	return nil
}

// write writes one change into the journal.
func (w *writer) write(s *plan.Step) error {
	values := []any{w.next, w.rev.Node, w.rev.Number, s.Ref.Kind.Key(), s.Ref.Name, s.New}
	if s.Action == plan.Delete {
		values = values[:5]
	}
	if _, err := w.changes[s.Action].Exec(values...); err != nil {
		return fault(w.ctx, err, "applying %v", s.Ref)
	}
	if s.Artifact != nil {
		if err := putArtifact(w.ctx, w.t, w.next, s.Artifact); err != nil {
			return err
		}
	}
	w.next++
	return nil
}

// hold brings the entries up to the changes that were written.
func (w *writer) hold() error {
	for _, query := range w.entries {
		if _, err := query.ExecContext(w.ctx, w.held, w.next-1); err != nil {
			return fault(w.ctx, err, "applying revision %d", w.rev.Number)
		}
	}
	w.held = w.next
	return nil
}

// changeSQL writes one line of the journal, by action. The change that it follows is
// found through the entry, which still is what it was.
var changeSQL = [plan.Delete + 1]string{
	plan.Create: `
insert into changes (id, node, revision, kind, name, action, text)
values (?1, ?2, ?3, ?4, ?5, 'create', ?6)`,
	plan.Replace: `
insert into changes (id, node, revision, kind, name, action, text, previous)
values (?1, ?2, ?3, ?4, ?5, 'replace', ?6,
	(select change from entries where node = ?2 and kind = ?4 and name = ?5))`,
	plan.Delete: `
insert into changes (id, node, revision, kind, name, action, previous)
values (?1, ?2, ?3, ?4, ?5, 'delete',
	(select change from entries where node = ?2 and kind = ?4 and name = ?5))`,
}

// dropEntriesSQL takes out the entries that the changes in a range of ids end.
const dropEntriesSQL = `
delete from entries where (node, kind, name) in (
	select node, kind, name from changes where id between ?1 and ?2 and action <> 'create')`

// holdEntriesSQL puts in the entries that the changes in a range of ids leave.
const holdEntriesSQL = `
insert into entries (node, kind, name, change)
select node, kind, name, id from changes where id between ?1 and ?2 and action <> 'delete'`

const rangeSQL = `select first_change, last_change from revisions where node = ? and number = ?`

const changesSQL = `
select c.action, c.kind, c.name, coalesce(p.text, ''), coalesce(c.text, '')
from changes c left join changes p on p.id = c.previous
where c.id between ?1 and ?2 and (?3 = '' or c.action = ?3)
order by c.id
limit ?4 offset ?5`

// Changes returns what a revision did, or a part of it, in the order in which it did it,
// or a NotFound error.
func (db *DB) Changes(ctx context.Context, node string, revision int64, w plan.Window) (all []plan.Change, err error) {
	var first, last int64
	only, limit := "", -1
	if w.Only != nil {
		only = w.Only.String()
	}
	if w.Limit > 0 {
		limit = w.Limit
	}
	offset := w.Offset
	err = db.readers.QueryRowContext(ctx, rangeSQL, node, revision).Scan(&first, &last)
	err = orNotFound(err, "there is no revision %d", revision)
	if w.Only == nil { // the ids of a revision have no gaps
		first, offset = first+int64(w.Offset), 0
	}
	if err == nil {
		all, err = list(ctx, db.readers, scanChange, changesSQL, first, last, only, limit, offset)
	}
	return all, fault(ctx, err, "reading the changes of revision %d", revision)
}

func scanChange(r row) (c plan.Change, err error) {
	var action, kind string
	if err := r.Scan(&action, &kind, &c.Ref.Name, &c.Old, &c.New); err != nil {
		return c, err
	}
	if c.Ref.Kind, err = kindOf(kind); err != nil {
		return c, err
	}
	return c, c.Action.UnmarshalText([]byte(action))
}

// kindOf reads a kind as it is stored.
func kindOf(key string) (core.Kind, error) {
	k, known := core.KindOf(key)
	if !known {
		return k, fmt.Errorf("%q is not a section", key)
	}
	return k, nil
}
