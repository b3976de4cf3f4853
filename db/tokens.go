package db

import (
	"context"
	"database/sql"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/account"
	"ekuiper-console/core/audit"
)

const putTokenSQL = `
insert into tokens (id, name, role, scope, caller, hash, created, expires) values (?, ?, ?, ?, ?, ?, ?, ?)`

// PutToken stores a new token by the hash of its secret.
func (db *DB) PutToken(ctx context.Context, x account.Token, hash []byte, did audit.Event) error {
	expires := sql.NullInt64{Int64: x.Expires.UnixMilli(), Valid: !x.Expires.IsZero()}
	return db.told(ctx, did, func(t *sql.Tx) error {
		_, err := t.ExecContext(ctx, putTokenSQL, x.ID, x.Name, x.Role.String(), string(x.Scope), x.By, hash, x.Created.UnixMilli(), expires)
		return fault(ctx, err, "storing token %s", x.Name)
	})
}

const tokenSQL = `
select id, name, role, scope, caller, created, expires, last_used from tokens where hash = ?`

const usedSQL = `update tokens set last_used = ?1 where id = ?2 and (coalesce(last_used, 0) < ?1 or last_used > ?3)`

// UseToken returns the token with this hash and notes the minute in which it was used,
// unless it has expired or the store cannot be written to. It writes once for each
// minute. A hash that is not there is a NotFound error.
func (db *DB) UseToken(ctx context.Context, hash []byte, at time.Time) (account.Token, error) {
	t, err := scanToken(db.readers.QueryRowContext(ctx, tokenSQL, hash))
	if err != nil {
		return t, fault(ctx, orNotFound(err, "there is no such token"), "reading a token")
	}
	minute := at.UTC().Truncate(time.Minute)
	if t.Expired(at) || !moves(t.LastUsed, minute) {
		return t, nil
	}
	t.LastUsed = minute
	return t, db.aside(ctx, "noting the use of token "+t.Name, usedSQL, minute.UnixMilli(), t.ID, minute.Add(setBack).UnixMilli())
}

const tokensSQL = `
select id, name, role, scope, caller, created, expires, last_used from tokens order by created, rowid`

// Tokens returns all tokens, the oldest first.
func (db *DB) Tokens(ctx context.Context) ([]account.Token, error) {
	all, err := list(ctx, db.readers, scanToken, tokensSQL)
	return all, fault(ctx, err, "reading the tokens")
}

func scanToken(r row) (t account.Token, err error) {
	var role string
	var created int64
	var expires, used sql.NullInt64
	if err := r.Scan(&t.ID, &t.Name, &role, &t.Scope, &t.By, &created, &expires, &used); err != nil {
		return t, err
	}
	t.Created, t.Expires, t.LastUsed = moment(created), perhaps(expires), perhaps(used)
	t.Role, err = core.ParseRole(role)
	return t, err
}

// perhaps reads a stored time that may be none.
func perhaps(ms sql.NullInt64) time.Time {
	if !ms.Valid {
		return time.Time{}
	}
	return moment(ms.Int64)
}

const deleteTokenSQL = `delete from tokens where id = ?`

// DeleteToken takes a token out by id, or returns a NotFound error.
func (db *DB) DeleteToken(ctx context.Context, id string, did audit.Event) error {
	return db.told(ctx, did, func(t *sql.Tx) error {
		result, err := t.ExecContext(ctx, deleteTokenSQL, id)
		return oneGone(ctx, result, err, "there is no token %q", id)
	})
}
