package db

import (
	"context"
	"database/sql"
	"os"
	"time"
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

// writeLarge is write for what fills the log.
func (db *DB) writeLarge(ctx context.Context, do func(t *sql.Tx) error) error {
	defer db.bringLog(ctx)
	defer drain(drainEvery, func() { syncFile(db.log) })()
	return db.write(ctx, func(t *sql.Tx) error {
		if err := deferLog(ctx, t); err != nil {
			return err
		}
		return do(t)
	})
}

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

// drainEvery is how long what goes into the log is left to the operating system.
const drainEvery = 300 * time.Millisecond

// drain has the disk take what goes into the log, time and again until the function that it
// returns is called: else the end of a large transaction waits for all of it at once. What
// it cannot do is done then.
func drain(every time.Duration, take func()) (end func()) {
	ended, over := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		for tick := time.NewTicker(every); ; {
			select {
			case <-tick.C:
				take()
			case <-ended:
				tick.Stop()
				return
			}
		}
	}()
	return func() {
		close(ended)
		<-over
	}
}

// syncFile has the disk take what a file holds.
func syncFile(path string) {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return
	}
	_ = file.Sync()
	_ = file.Close()
}
