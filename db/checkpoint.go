package db

import (
	"context"
	"database/sql"
)

// largeCommit is how many changes a commit has at least that does not bring the log into the
// file itself. That writes all once more, and takes as long as the commit.
const largeCommit = 500

// SQLite brings the log into the file at the end of the transaction that makes it this
// long, in pages, unless it is told not to.
const (
	keepLogSQL  = `pragma wal_autocheckpoint = 0`
	bringLogSQL = `pragma wal_autocheckpoint = 1000`
)

// deferLog has a transaction leave what it writes in the log.
func deferLog(ctx context.Context, t *sql.Tx) error {
	_, err := t.ExecContext(ctx, keepLogSQL)
	return fault(ctx, err, "keeping the log")
}

const checkpointSQL = `pragma wal_checkpoint(passive)`

// bringLog brings the log into the file behind everybody's back, and has others do so at
// their end again. What it cannot bring, whoever comes next will.
func (db *DB) bringLog(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	_, _ = db.writer.ExecContext(ctx, bringLogSQL)
	db.behind.Go(func() { _, _ = db.readers.ExecContext(ctx, checkpointSQL) })
}
