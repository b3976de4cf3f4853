package db

import (
	"context"
	"database/sql"

	"ekuiper-console/core"
	"ekuiper-console/core/account"
	"ekuiper-console/core/audit"
)

const putUserSQL = `
insert into users (name, role, hash, created) values (?, ?, ?, ?)
on conflict (name) do update set role = excluded.role, hash = excluded.hash, created = excluded.created`

// PutUser stores a user in place of the one with the same name, whose sessions end. If
// that was the last admin and is to be one no more, it is a Conflict error.
func (db *DB) PutUser(ctx context.Context, u account.User, hash string, did audit.Event) error {
	return db.told(ctx, did, keepingAdmin(ctx, func(t *sql.Tx) error {
		if _, err := t.ExecContext(ctx, putUserSQL, u.Name, u.Role.String(), hash, u.Created.UnixMilli()); err != nil {
			return fault(ctx, err, "storing user %s", u.Name)
		}
		_, err := t.ExecContext(ctx, endSigninsSQL, u.Name)
		return fault(ctx, err, "ending the sessions of %s", u.Name)
	}))
}

const deleteUserSQL = `delete from users where name = ?`

// DeleteUser takes a user out, whose sessions end, or returns a NotFound error. The
// last admin is a Conflict error.
func (db *DB) DeleteUser(ctx context.Context, name string, did audit.Event) error {
	return db.told(ctx, did, keepingAdmin(ctx, func(t *sql.Tx) error {
		result, err := t.ExecContext(ctx, deleteUserSQL, name)
		return oneGone(ctx, result, err, "there is no user %q", name)
	}))
}

const adminsSQL = `select count(*) from users where role = 'admin'`

// keepingAdmin returns do with a Conflict error where it leaves no admin of those that
// there were.
func keepingAdmin(ctx context.Context, do func(t *sql.Tx) error) func(t *sql.Tx) error {
	return func(t *sql.Tx) error {
		var before, after int
		if err := t.QueryRowContext(ctx, adminsSQL).Scan(&before); err != nil {
			return fault(ctx, err, "counting the administrators")
		}
		if err := do(t); err != nil {
			return err
		}
		if err := t.QueryRowContext(ctx, adminsSQL).Scan(&after); err != nil {
			return fault(ctx, err, "counting the administrators")
		}
		if before > 0 && after == 0 {
			return core.WithHint(core.Errorf(core.Conflict, "this is the last administrator"), "make another user an administrator first")
		}
		return nil
	}
}

const userSQL = `select name, role, created, hash from users where name = ?`

// User returns a user and the hash of the password, or a NotFound error.
func (db *DB) User(ctx context.Context, name string) (u account.User, hash string, err error) {
	u, err = scanUser(db.readers.QueryRowContext(ctx, userSQL, name), &hash)
	err = orNotFound(err, "there is no user %q", name)
	return u, hash, fault(ctx, err, "reading a user")
}

const usersSQL = `select name, role, created from users order by name`

// Users returns all users by name.
func (db *DB) Users(ctx context.Context) ([]account.User, error) {
	scan := func(r row) (account.User, error) { return scanUser(r) }
	all, err := list(ctx, db.readers, scan, usersSQL)
	return all, fault(ctx, err, "reading the users")
}

func scanUser(r row, more ...any) (u account.User, err error) {
	var role string
	var created int64
	if err := r.Scan(append([]any{&u.Name, &role, &created}, more...)...); err != nil {
		return u, err
	}
	u.Created = moment(created)
	u.Role, err = core.ParseRole(role)
	return u, err
}
