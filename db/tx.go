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
	db.writing.Add(1)
	defer db.writing.Add(-1)
	if err := do(t); err != nil {
		return err
	}
	if err := t.Commit(); err != nil {
		return fault(ctx, err, "committing")
	}
	return nil
}

// hurry is how long a write waits that nobody waits for.
const hurry = 200 * time.Millisecond

// aside runs a statement that nothing depends on, such as the note that a token was used.
// Where the store does not take it at the moment it is left out: who only reads must not
// be kept from it.
func (db *DB) aside(ctx context.Context, doing, query string, args ...any) error {
	soon, cancel := context.WithTimeout(ctx, hurry)
	defer cancel()
	_, err := db.writer.ExecContext(soon, query, args...)
	if ctx.Err() == nil && soon.Err() != nil {
		return nil
	}
	err = fault(ctx, err, "%s", doing)
	if code := core.CodeOf(err); err != nil && (code == core.Busy || code == core.Unwritable) {
		return nil
	}
	return err
}

// setBack is how much later than now a noted time must be to be wrong: the clock was put
// back since. What is less comes of requests that overtake each other.
const setBack = time.Hour

// moves reports whether a minute takes the place of the one that was noted before.
func moves(noted, minute time.Time) bool {
	return minute.After(noted) || noted.Sub(minute) > setBack
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
// the file, Unwritable where the disk does not take it, else Internal. An error that has
// a code already stays as it is.
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
	for _, f := range faults {
		if code := resultCode(err); code == f.code || primaryCode(err) == f.code {
			return &core.Error{Code: f.class, Msg: doing + ": " + f.says, Hint: f.hint, Err: err}
		}
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// faults are the errors of the database that somebody can do something about, by their
// result codes: primary ones, or those with what further qualifies them.
var faults = []struct {
	code       int
	class      core.Code
	says, hint string
}{
	{sqlite3.SQLITE_BUSY, core.Busy, "another process is writing to the store", "try again in a moment"},
	{sqlite3.SQLITE_FULL, core.Unwritable, "the disk is full", "make room on the disk, then try again; nothing was written"},
	{sqlite3.SQLITE_READONLY, core.Unwritable, "the store may not be written to", "let the console write into its data folder, and see that its disk is not read-only; nothing was written"},
	{sqlite3.SQLITE_CANTOPEN, core.Unwritable, "the store cannot be opened", "let the console read and write its data folder"},
	{sqlite3.SQLITE_IOERR_WRITE, core.Unwritable, brokenDisk, checkDisk},
	{sqlite3.SQLITE_IOERR_FSYNC, core.Unwritable, brokenDisk, checkDisk},
	{sqlite3.SQLITE_IOERR_DIR_FSYNC, core.Unwritable, brokenDisk, checkDisk},
	{sqlite3.SQLITE_IOERR_TRUNCATE, core.Unwritable, brokenDisk, checkDisk},
	{sqlite3.SQLITE_IOERR_SHMOPEN, core.Unwritable, brokenDisk, checkDisk},
	{sqlite3.SQLITE_IOERR_SHMSIZE, core.Unwritable, brokenDisk, checkDisk},
}

const (
	brokenDisk = "the disk of the store cannot be written to"
	checkDisk  = "see whether the disk is full, read-only or broken; nothing was written"
)

// resultCode returns the result code of the database, or 0 where the error is not from
// there.
func resultCode(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()
	}
	return 0
}

// primaryCode returns the result code without what further qualifies it.
func primaryCode(err error) int { return resultCode(err) & 0xff }

// orNotFound returns a NotFound error with the message in place of sql.ErrNoRows.
func orNotFound(err error, format string, args ...any) error {
	if errors.Is(err, sql.ErrNoRows) {
		return core.Errorf(core.NotFound, format, args...)
	}
	return err
}

// moment reads a stored time, which is in milliseconds.
func moment(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
