package db

import (
	"context"
	"database/sql"
	"maps"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
)

// sinceSQL goes back from the newest change to those of one revision: the text of each
// entry before it.
const sinceSQL = `
select c.kind, c.name, c.previous is not null, coalesce(p.text, ''),
	a.address, a.sha256, a.provides, a.contents, a.size
from changes c left join changes p on p.id = c.previous left join artifacts a on a.change = p.id
where c.node = ?1 and c.id > (select last_change from revisions where node = ?1 and number = ?2)
order by c.id desc`

// At returns what a node held at a revision, or a NotFound error; at 0 it held nothing. The
// cost is that of what has changed since.
func (db *DB) At(ctx context.Context, node string, revision int64) (past plan.Snapshot, err error) {
	if revision == 0 {
		return plan.Snapshot{Bundle: &bundle.Bundle{}}, nil
	}
	err = db.read(ctx, func(t *sql.Tx) error {
		err := t.QueryRowContext(ctx, hashSQL, node, revision).Scan(&past.Hash)
		if err := orNotFound(err, "there is no revision %d", revision); err != nil {
			return err
		}
		now, err := db.snapshotIn(ctx, t, node)
		if err != nil {
			return err
		}
		past.Revision, past.Bundle, past.Artifacts = revision, now.Bundle.Clone(), maps.Clone(now.Artifacts)
		return goBack(ctx, t, past, node)
	})
	return past, fault(ctx, err, "reading revision %d", revision)
}

const hashSQL = `select hash from revisions where node = ? and number = ?`

// goBack undoes in a snapshot, the newest first, what was done after its revision.
func goBack(ctx context.Context, t *sql.Tx, s plan.Snapshot, node string) error {
	rows, err := t.QueryContext(ctx, sinceSQL, node, s.Revision)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := undoRow(rows, s); err != nil {
			return err
		}
	}
	return rows.Err()
}

// undoRow undoes one change.
func undoRow(r row, s plan.Snapshot) (err error) {
	var kind, text string
	var ref core.Ref
	var there bool
	var address, sha, provides, contents sql.NullString
	var size sql.NullInt64
	if err := r.Scan(&kind, &ref.Name, &there, &text, &address, &sha, &provides, &contents, &size); err != nil {
		return err
	}
	if ref.Kind, err = kindOf(kind); err != nil {
		return err
	}
	delete(s.Artifacts, ref)
	if !there {
		s.Bundle.Delete(ref)
		return nil
	}
	s.Bundle.Set(ref, text)
	a, err := artifactOf(address, sha, provides, contents, size)
	if a != nil {
		s.Artifacts[ref] = *a
	}
	return err
}

// entryHistorySQL follows an entry from change to change, back to where it was created.
const entryHistorySQL = `
with recursive past (id, previous, revision, action) as (
	select c.id, c.previous, c.revision, c.action
	from entries e join changes c on c.id = e.change
	where e.node = ?1 and e.kind = ?2 and e.name = ?3
	union all
	select c.id, c.previous, c.revision, c.action
	from past join changes c on c.id = past.previous
)
select past.action, r.number, r.time, r.caller, r.mode, r.note, r.restores
from past join revisions r on r.node = ?1 and r.number = past.revision
order by past.id desc
limit ?4`

// EntryHistory returns up to limit changes of an entry that is there, the newest first,
// back to where it was created last.
func (db *DB) EntryHistory(ctx context.Context, node string, ref core.Ref, limit int) ([]plan.Touch, error) {
	all, err := list(ctx, db.readers, scanTouch, entryHistorySQL, node, ref.Kind.Key(), ref.Name, limit)
	return all, fault(ctx, err, "reading the history of %v", ref)
}

func scanTouch(r row) (c plan.Touch, err error) {
	var ms int64
	var action, mode string
	if err := r.Scan(&action, &c.Revision, &ms, &c.By, &mode, &c.Note, &c.Restores); err != nil {
		return c, err
	}
	c.Time = moment(ms)
	if err := c.Mode.UnmarshalText([]byte(mode)); err != nil {
		return c, err
	}
	return c, c.Action.UnmarshalText([]byte(action))
}
