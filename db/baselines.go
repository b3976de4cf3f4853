package db

import (
	"context"
	"database/sql"
	"time"

	"ekuiper-console/core/audit"
	"ekuiper-console/core/drift"
)

const putBaselineSQL = `
insert or replace into baselines (node, revision, caller, time, reason, compared, added, changed, missing)
values (?, ?, ?, ?, '', 0, 0, 0, 0)`

// PutBaseline gives a node a baseline, which was never compared with it.
func (db *DB) PutBaseline(ctx context.Context, b drift.Baseline, did audit.Event) error {
	return db.told(ctx, did, func(t *sql.Tx) error {
		_, err := t.ExecContext(ctx, putBaselineSQL, b.Node, b.Revision, b.By, b.Time.UnixMilli())
		return fault(ctx, err, "storing the baseline of %s", b.Node)
	})
}

const deleteBaselineSQL = `delete from baselines where node = ?`

// DeleteBaseline takes a baseline away, or returns a NotFound error.
func (db *DB) DeleteBaseline(ctx context.Context, node string, did audit.Event) error {
	return db.told(ctx, did, func(t *sql.Tx) error {
		result, err := t.ExecContext(ctx, deleteBaselineSQL, node)
		return oneGone(ctx, result, err, "%s has no baseline", node)
	})
}

const baselinesSQL = `
select node, revision, caller, time, tried, reason, read, compared, added, changed, missing
from baselines order by node`

// Baselines returns the nodes that have a baseline, by name.
func (db *DB) Baselines(ctx context.Context) ([]drift.Watched, error) {
	all, err := list(ctx, db.readers, scanWatched, baselinesSQL)
	return all, fault(ctx, err, "reading the baselines")
}

func scanWatched(r row) (w drift.Watched, err error) {
	var set int64
	var tried, read sql.NullInt64
	err = r.Scan(&w.Node, &w.Baseline.Revision, &w.By, &set, &tried, &w.Reason, &read, &w.Check.Revision, &w.Added, &w.Changed, &w.Missing)
	w.Time, w.Tried, w.Read = moment(set), perhaps(tried), perhaps(read)
	return w, err
}

const putCheckSQL = `
update baselines set tried = ?, reason = ?, read = ?, compared = ?, added = ?, changed = ?, missing = ?
where node = ? and revision = ? and time = ?`

// PutCheck keeps what came of comparing a node with a baseline, unless it has another one
// by now.
func (db *DB) PutCheck(ctx context.Context, b drift.Baseline, c drift.Check) error {
	_, err := db.writer.ExecContext(ctx, putCheckSQL, orNull(c.Tried), c.Reason, orNull(c.Read), c.Revision, c.Added, c.Changed, c.Missing,
		b.Node, b.Revision, b.Time.UnixMilli())
	return fault(ctx, err, "keeping a comparison")
}

// orNull writes a time; null for none.
func orNull(at time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: at.UnixMilli(), Valid: !at.IsZero()}
}
