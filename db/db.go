// Package db is the store of the console: one SQLite file that holds the node's
// configuration with its whole history, the report of the last import, tasks, users,
// tokens, drafts, rollouts, browser sessions and the audit log.
//
// History is a journal of changes. It holds every text once; the entries that a node
// has now point into it. So a revision costs what it changed, and any revision can
// be given back.
//
// A DB has one connection that writes and several that read. Readers see the state of
// one moment and never wait for a commit. Other processes may use the same file.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"ekuiper-console/core/disk"
)

// DB is an open store. It is safe for concurrent use.
type DB struct {
	readers *sql.DB
	writer  *sql.DB
	cache   *cache
	decided decided
	log     string         // the path of SQLite's log of what was written last
	writing atomic.Int32   // how many transactions of ours hold the right to write
	behind  sync.WaitGroup // of what nobody waits for
}

// maxReaders is how many reads may be under way at once.
const maxReaders = 8

// patience is how long a writer waits for another process.
const patience = 10 * time.Second

// What each connection is set to. Sizes are in KiB where they are negative, else in
// bytes; the timeout is patience in milliseconds.
var (
	writerPragmas = []string{
		"busy_timeout(10000)", "journal_mode(wal)", "synchronous(full)", "foreign_keys(1)",
		"cache_size(-16384)", "journal_size_limit(67108864)",
	}
	readerPragmas = []string{"busy_timeout(10000)", "query_only(1)", "cache_size(-8192)"}
)

// Open opens the store in the file at path and brings its tables up to date. A file
// that is not there is made, readable by its owner alone, and its folder too. A file
// that a newer program has written is a Conflict error. One on a read-only disk can be
// read.
func Open(ctx context.Context, path string) (*DB, error) {
	if err := create(path); err != nil {
		return nil, disk.Told("making the store "+path, err)
	}
	writer, err := connect(path, 1, writerPragmas)
	if err != nil {
		return nil, fmt.Errorf("opening the store %s: %w", path, err)
	}
	readers, err := connect(path, maxReaders, readerPragmas)
	if err != nil {
		return nil, fmt.Errorf("opening the store %s: %w", path, err)
	}
	db := &DB{readers: readers, writer: writer, cache: newCache(), log: behindLinks(path) + "-wal"}
	if err := settle(ctx, db.writer); err != nil {
		err = fault(ctx, err, "bringing its tables up to date")
		return nil, errors.Join(fmt.Errorf("opening the store %s: %w", path, err), db.Close())
	}
	return db, nil
}

// behindLinks returns the path of a file itself, beside which SQLite has its others.
func behindLinks(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}

// create makes the file and its folder where they are not there. A file that is there
// is not even opened: closing it would take away the locks of this process's other
// connections to it.
func create(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// connect returns a pool of at most n connections, which stay open once they are made.
func connect(path string, n int, pragmas []string) (*sql.DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	params := url.Values{"_pragma": pragmas, "_txlock": {"immediate"}}
	if still(abs) {
		params.Set("immutable", "1")
	}
	dsn := url.URL{Scheme: "file", Path: filepath.ToSlash(abs), RawQuery: params.Encode()}
	pool, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(n)
	pool.SetMaxIdleConns(n)
	return pool, nil
}

// still reports whether a store is all in its one file, and on a disk that nobody can
// write to. SQLite reads such a file only if it is told that it stays as it is: else it
// wants to put others beside it.
func still(path string) bool {
	_, err := os.Stat(path + "-wal")
	return errors.Is(err, fs.ErrNotExist) && disk.ReadOnly(filepath.Dir(path))
}

// settle migrates the file. Two processes that open a new file at once can meet while
// one of them changes it to a write-ahead log; SQLite then refuses without waiting.
func settle(ctx context.Context, writer *sql.DB) error {
	for begun := time.Now(); ; {
		err := migrate(ctx, writer)
		if primaryCode(err) != sqlite3.SQLITE_BUSY || time.Since(begun) > patience {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(patience / 1000):
		}
	}
}

// Close waits for what is under way and closes the file.
func (db *DB) Close() error {
	db.behind.Wait()
	if err := errors.Join(db.readers.Close(), db.writer.Close()); err != nil {
		return fmt.Errorf("closing the store: %w", err)
	}
	return nil
}
