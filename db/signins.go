package db

import (
	"context"
	"database/sql"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/account"
	"ekuiper-console/core/audit"
)

const sweepSigninsSQL = `delete from signins where began < ?`

const putSigninSQL = `insert into signins (id, user, agent, address, began, seen) values (?, ?, ?, ?, ?, ?)`

// PutSession stores a new session, and drops those that began before the time old.
func (db *DB) PutSession(ctx context.Context, s account.Session, old time.Time, did audit.Event) error {
	return db.told(ctx, did, func(t *sql.Tx) error {
		if _, err := t.ExecContext(ctx, sweepSigninsSQL, old.UnixMilli()); err != nil {
			return fault(ctx, err, "dropping old sessions")
		}
		_, err := t.ExecContext(ctx, putSigninSQL, s.ID, s.User, s.Agent, s.Addr, s.Began.UnixMilli(), s.Seen.UnixMilli())
		return fault(ctx, err, "storing a session of %s", s.User)
	})
}

const signinSQL = `
select s.id, s.user, u.role, s.agent, s.address, s.began, s.seen
from signins s join users u on u.name = s.user
where s.id = ?`

const seenSQL = `update signins set seen = ?1 where id = ?2 and (seen < ?1 or seen > ?3)`

// UseSession returns a session with the role that its user has now, and notes the
// minute in which it was used, unless the store cannot be written to. It writes once for
// each minute. One that is not there is a NotFound error.
func (db *DB) UseSession(ctx context.Context, id string, at time.Time) (account.Session, error) {
	s, err := scanSignin(db.readers.QueryRowContext(ctx, signinSQL, id))
	if err != nil {
		return s, fault(ctx, orNotFound(err, "there is no such session"), "reading a session")
	}
	minute := at.UTC().Truncate(time.Minute)
	if !moves(s.Seen, minute) {
		return s, nil
	}
	s.Seen = minute
	return s, db.aside(ctx, "noting the use of a session of "+s.User, seenSQL, minute.UnixMilli(), id, minute.Add(setBack).UnixMilli())
}

const signinsSQL = `
select s.id, s.user, u.role, s.agent, s.address, s.began, s.seen
from signins s join users u on u.name = s.user
where s.user = ?
order by s.seen desc, s.began desc`

// SessionsOf returns the sessions of a user, the one last seen first.
func (db *DB) SessionsOf(ctx context.Context, user string) ([]account.Session, error) {
	all, err := list(ctx, db.readers, scanSignin, signinsSQL, user)
	return all, fault(ctx, err, "reading the sessions of %s", user)
}

func scanSignin(r row) (s account.Session, err error) {
	var role string
	var began, seen int64
	if err := r.Scan(&s.ID, &s.User, &role, &s.Agent, &s.Addr, &began, &seen); err != nil {
		return s, err
	}
	s.Began, s.Seen = moment(began), moment(seen)
	s.Role, err = core.ParseRole(role)
	return s, err
}

const deleteSigninSQL = `delete from signins where user = ? and id = ?`

// DeleteSession ends a session of a user, or returns a NotFound error.
func (db *DB) DeleteSession(ctx context.Context, user, id string, did audit.Event) error {
	return db.told(ctx, did, func(t *sql.Tx) error {
		result, err := t.ExecContext(ctx, deleteSigninSQL, user, id)
		return oneGone(ctx, result, err, "there is no such session")
	})
}

const endSigninsSQL = `delete from signins where user = ?`

// oneGone returns a NotFound error where a statement has deleted nothing.
func oneGone(ctx context.Context, result sql.Result, err error, format string, args ...any) error {
	if err != nil {
		return fault(ctx, err, "deleting")
	}
	n, err := result.RowsAffected()
	if err == nil && n == 0 {
		return core.Errorf(core.NotFound, format, args...)
	}
	return fault(ctx, err, "deleting")
}
