package db

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"time"

	"ekuiper-console/core"
)

// migrations brings the tables from one form to the next, in the order of the names,
// which begin with 0001.
//
//go:embed migrations/*.sql
var migrations embed.FS

// migrate applies, in one transaction, the migrations that the file has not seen yet.
func migrate(ctx context.Context, writer *sql.DB) error {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	var number int
	// Where there is nothing to do nobody need wait for the right to write.
	if err := writer.QueryRowContext(ctx, migratedSQL).Scan(&number); err == nil && number == len(names) {
		return nil
	}
	t, err := writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer t.Rollback()
	done, err := migrated(ctx, t)
	if err != nil {
		return err
	}
	if done > len(names) {
		return &core.Error{
			Code: core.Conflict,
			Msg:  fmt.Sprintf("a newer program has written it: its form is %d, this program knows %d", done, len(names)),
			Hint: "use the newer program, or another data folder",
		}
	}
	for i := done; i < len(names); i++ {
		if err := apply(ctx, t, i+1, names[i]); err != nil {
			return fmt.Errorf("applying %s: %w", names[i], err)
		}
	}
	return t.Commit()
}

const migrationsSQL = `
create table if not exists migrations (
	number  integer primary key, -- counts up from 1
	name    text    not null,    -- of the file
	applied integer not null     -- when
) strict;`

const migratedSQL = `select coalesce(max(number), 0) from migrations`

// migrated returns how many migrations the file has seen.
func migrated(ctx context.Context, t *sql.Tx) (n int, err error) {
	if _, err := t.ExecContext(ctx, migrationsSQL); err != nil {
		return 0, err
	}
	err = t.QueryRowContext(ctx, migratedSQL).Scan(&n)
	return n, err
}

const recordSQL = `insert into migrations (number, name, applied) values (?, ?, ?)`

// apply runs one migration and records it.
func apply(ctx context.Context, t *sql.Tx, number int, name string) error {
	script, err := migrations.ReadFile(name)
	if err != nil {
		return err
	}
	if _, err := t.ExecContext(ctx, string(script)); err != nil {
		return err
	}
	_, err = t.ExecContext(ctx, recordSQL, number, name, time.Now().UnixMilli())
	return err
}
