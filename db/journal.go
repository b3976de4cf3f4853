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
func writeRevision(ctx context.Context, t *sql.Tx, rev plan.Revision, steps []plan.Step) error {
	var first int64
	if err := t.QueryRowContext(ctx, nextChangeSQL).Scan(&first); err != nil {
		return fault(ctx, err, "finding the end of the journal")
	}
	if err := putRevision(ctx, t, rev, first); err != nil {
		return err
	}
	if err := writeChanges(ctx, t, rev, first, steps); err != nil {
		return err
	}
	last := first + int64(changed(rev)) - 1
	for _, query := range []string{dropEntriesSQL, holdEntriesSQL} {
		if _, err := t.ExecContext(ctx, query, first, last); err != nil {
			return fault(ctx, err, "applying revision %d", rev.Number)
		}
	}
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

// writeChanges writes the journal of a revision, whose ids begin with first. The
// statements run without the context, which would cost each of them a goroutine: when
// the context of the transaction is done, the next one fails.
func writeChanges(ctx context.Context, t *sql.Tx, rev plan.Revision, first int64, steps []plan.Step) error {
	var writes [len(changeSQL)]*sql.Stmt
	for a := range writes {
		var err error
		if writes[a], err = t.PrepareContext(ctx, changeSQL[a]); err != nil {
			return fault(ctx, err, "preparing the journal")
		}
	}
	id := first
	for i := range steps {
		s := &steps[i]
		if !s.Action.Changes() {
			continue
		}
		values := []any{id, rev.Node, rev.Number, s.Ref.Kind.Key(), s.Ref.Name, s.New}
		if s.Action == plan.Delete {
			values = values[:5]
		}
		if _, err := writes[s.Action].Exec(values...); err != nil {
			return fault(ctx, err, "applying %v", s.Ref)
		}
		if s.Artifact != nil {
			if err := putArtifact(ctx, t, id, s.Artifact); err != nil {
				return err
			}
		}
		id++
	}
	return nil
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
