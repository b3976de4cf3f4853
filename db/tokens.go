package db

import (
	"context"
	"database/sql"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/account"
)

const putTokenSQL = `insert into tokens (id, name, role, caller, hash, created) values (?, ?, ?, ?, ?, ?)`

// PutToken stores a new token by the hash of its secret.
func (db *DB) PutToken(ctx context.Context, t account.Token, hash []byte) error {
	_, err := db.writer.ExecContext(ctx, putTokenSQL, t.ID, t.Name, t.Role.String(), t.By, hash, t.Created.UnixMilli())
	return fault(ctx, err, "storing token %s", t.Name)
}

const tokenSQL = `select id, name, role, caller, created, last_used from tokens where hash = ?`

const usedSQL = `update tokens set last_used = ?1 where id = ?2 and coalesce(last_used, 0) < ?1`

// UseToken returns the token with this hash and notes the minute in which it was used.
// It writes once for each minute. A hash that is not there is a NotFound error.
func (db *DB) UseToken(ctx context.Context, hash []byte, at time.Time) (account.Token, error) {
	t, err := scanToken(db.readers.QueryRowContext(ctx, tokenSQL, hash))
	if err != nil {
		return t, fault(ctx, orNotFound(err, "there is no such token"), "reading a token")
	}
	minute := at.UTC().Truncate(time.Minute)
	if !minute.After(t.LastUsed) {
		return t, nil
	}
	t.LastUsed = minute
	_, err = db.writer.ExecContext(ctx, usedSQL, minute.UnixMilli(), t.ID)
	return t, fault(ctx, err, "noting the use of token %s", t.Name)
}

const tokensSQL = `select id, name, role, caller, created, last_used from tokens order by created, rowid`

// Tokens returns all tokens, the oldest first.
func (db *DB) Tokens(ctx context.Context) ([]account.Token, error) {
	all, err := list(ctx, db.readers, scanToken, tokensSQL)
	return all, fault(ctx, err, "reading the tokens")
}

func scanToken(r row) (t account.Token, err error) {
	var role string
	var created int64
	var used sql.NullInt64
	if err := r.Scan(&t.ID, &t.Name, &role, &t.By, &created, &used); err != nil {
		return t, err
	}
	t.Created = moment(created)
	if used.Valid {
		t.LastUsed = moment(used.Int64)
	}
	t.Role, err = core.ParseRole(role)
	return t, err
}

const deleteTokenSQL = `delete from tokens where id = ?`

// DeleteToken takes a token out by id, or returns a NotFound error.
func (db *DB) DeleteToken(ctx context.Context, id string) error {
	result, err := db.writer.ExecContext(ctx, deleteTokenSQL, id)
	if err != nil {
		return fault(ctx, err, "deleting token %s", id)
	}
	if n, err := result.RowsAffected(); err != nil || n > 0 {
		return fault(ctx, err, "deleting token %s", id)
	}
	return core.Errorf(core.NotFound, "there is no token %q", id)
}
