package db

import (
	"context"
	"io/fs"
	"time"

	"ekuiper-console/core"
)

const touchSQL = `insert into migrations (number, name, applied) values (-1, 'probe', 0)`

// probePatience is how long another process may write before the store counts as locked:
// less than a writer waits, and than who asks does.
const probePatience = 2 * time.Second

// Probe reads from the store and begins to write to it; nothing stays written. That we
// are writing at the moment is well; that another process does not come to an end is a
// Busy error.
func (db *DB) Probe(ctx context.Context) error {
	if _, err := db.TaskCounts(ctx); err != nil {
		return err
	}
	if db.writing.Load() > 0 {
		return nil
	}
	soon, cancel := context.WithTimeout(ctx, probePatience)
	defer cancel()
	t, err := db.writer.BeginTx(soon, nil)
	if err != nil && soon.Err() != nil && db.writing.Load() > 0 {
		return nil
	}
	if err != nil && soon.Err() != nil {
		return core.Errorf(core.Busy, "another process has been writing to the store for over %v", probePatience)
	}
	if err != nil {
		return fault(ctx, err, "beginning to write")
	}
	defer t.Rollback()
	_, err = t.ExecContext(ctx, touchSQL)
	return fault(ctx, err, "writing")
}

// Migrated returns a Conflict error unless the tables have the form that this program
// knows: another program may have changed them since they were opened.
func (db *DB) Migrated(ctx context.Context) error {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	var number int
	if err := db.readers.QueryRowContext(ctx, migratedSQL).Scan(&number); err != nil {
		return fault(ctx, err, "reading the form of the tables")
	}
	if number != len(names) {
		return core.Errorf(core.Conflict, "the tables have form %d, this program knows form %d", number, len(names))
	}
	return nil
}

const taskCountsSQL = `select state, count(*) from tasks group by state`

// TaskCounts returns how many tasks there are in each state.
func (db *DB) TaskCounts(ctx context.Context) (map[string]int, error) {
	counts := map[string]int{}
	scan := func(r row) (none struct{}, err error) {
		var state string
		var n int
		err = r.Scan(&state, &n)
		counts[state] = n
		return none, err
	}
	_, err := list(ctx, db.readers, scan, taskCountsSQL)
	return counts, fault(ctx, err, "counting the tasks")
}
