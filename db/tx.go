package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"ekuiper-console/core"
)

// write runs do in a transaction that holds the only right to write. It is committed
// unless do returns an error or ctx is done before. Errors of do come back as they are.
func (db *DB) write(ctx context.Context, do func(t *sql.Tx) error) error {
	t, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return fault(ctx, err, "beginning to write")
	}
	defer t.Rollback() // does nothing after a commit
	if err := do(t); err != nil {
		return err
	}
	if err := t.Commit(); err != nil {
		return fault(ctx, err, "committing")
	}
	return nil
}

// read runs do in a transaction that sees the state of one moment.
func (db *DB) read(ctx context.Context, do func(t *sql.Tx) error) error {
	t, err := db.readers.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fault(ctx, err, "beginning to read")
	}
	defer t.Rollback()
	return do(t)
}

// querier is what reads: a pool or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// list returns what scan makes of every row of a query.
func list[T any](ctx context.Context, q querier, scan func(row) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// row is a row of a query's result.
type row interface{ Scan(dest ...any) error }

// fault says what was being done when err came up, and gives it the code that tells
// what to do about it: Cancelled where ctx is done, Busy where another process holds
// the file, else Internal. An error that has a code already stays as it is.
func fault(ctx context.Context, err error, doing string, args ...any) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*core.Error](err); ok {
		return err
	}
	doing = fmt.Sprintf(doing, args...)
	if ctx.Err() != nil {
		return core.Errorf(core.Cancelled, "%s: %w", doing, context.Cause(ctx))
	}
	switch primaryCode(err) {
	case sqlite3.SQLITE_BUSY:
		return &core.Error{Code: core.Busy, Msg: doing + ": another process is writing to the store", Hint: "try again in a moment", Err: err}
	case sqlite3.SQLITE_FULL:
		return &core.Error{Code: core.Internal, Msg: doing + ": the disk is full", Hint: "free some space; nothing was written", Err: err}
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// primaryCode returns the result code of the database without what further qualifies
// it, or 0 where the error is not from there.
func primaryCode(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() & 0xff
	}
	return 0
}

// orNotFound returns a NotFound error with the message in place of sql.ErrNoRows.
func orNotFound(err error, format string, args ...any) error {
	if errors.Is(err, sql.ErrNoRows) {
		return core.Errorf(core.NotFound, format, args...)
	}
	return err
}

// moment reads a stored time, which is in milliseconds.
func moment(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
