package db

import (
	"context"
	"database/sql"
	"errors"
	"math"

	"ekuiper-console/core/plan"
)

// State returns the state that a node is in. A node that nothing was imported into is
// in the zero state.
func (db *DB) State(ctx context.Context, node string) (plan.State, error) {
	return state(ctx, db.readers, node)
}

const stateSQL = `select number, hash from revisions where node = ? order by number desc limit 1`

func state(ctx context.Context, q querier, node string) (s plan.State, err error) {
	err = q.QueryRowContext(ctx, stateSQL, node).Scan(&s.Revision, &s.Hash)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return s, fault(ctx, err, "reading the state of node %s", node)
}

const putRevisionSQL = `
insert into revisions (node, number, hash, time, caller, via, mode, document, created, replaced,
	deleted, unchanged, rejected, note, task, restores, first_change, last_change)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

// putRevision writes the row of a revision whose changes begin with the id first.
func putRevision(ctx context.Context, t *sql.Tx, r plan.Revision, first int64) error {
	last := first + int64(changed(r)) - 1
	_, err := t.ExecContext(ctx, putRevisionSQL, r.Node, r.Number, r.Hash, r.Time.UnixMilli(), r.By, r.Via,
		r.Mode.String(), r.Document, r.Created, r.Replaced, r.Deleted, r.Unchanged, r.Rejected,
		r.Note, r.Task, r.Restores, first, last)
	return fault(ctx, err, "writing revision %d", r.Number)
}

const putHashSQL = `update revisions set hash = ? where node = ? and number = ?`

// changed returns how many entries a revision changes.
func changed(r plan.Revision) int { return r.Created + r.Replaced + r.Deleted }

const revisionsSQL = `
select node, number, hash, time, caller, via, mode, document, created, replaced,
	deleted, unchanged, rejected, note, task, restores
from revisions
where node = ? and number < ?
order by number desc
limit ?`

// Revisions returns at most limit revisions of a node that are older than the number
// before, the newest first. With before 0 it begins with the newest of all.
func (db *DB) Revisions(ctx context.Context, node string, before int64, limit int) ([]plan.Revision, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	all, err := list(ctx, db.readers, scanRevision, revisionsSQL, node, before, limit)
	return all, fault(ctx, err, "reading the history of node %s", node)
}

func scanRevision(row row) (r plan.Revision, err error) {
	var ms int64
	var mode string
	err = row.Scan(&r.Node, &r.Number, &r.Hash, &ms, &r.By, &r.Via, &mode, &r.Document, &r.Created,
		&r.Replaced, &r.Deleted, &r.Unchanged, &r.Rejected, &r.Note, &r.Task, &r.Restores)
	if err != nil {
		return r, err
	}
	r.Time = moment(ms)
	return r, r.Mode.UnmarshalText([]byte(mode))
}
