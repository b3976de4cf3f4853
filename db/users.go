package db

import (
	"context"

	"ekuiper-console/core"
	"ekuiper-console/core/account"
)

const putUserSQL = `
insert into users (name, role, hash, created) values (?, ?, ?, ?)
on conflict (name) do update set role = excluded.role, hash = excluded.hash, created = excluded.created`

// PutUser stores a user, in place of the one with the same name.
func (db *DB) PutUser(ctx context.Context, u account.User, hash string) error {
	_, err := db.writer.ExecContext(ctx, putUserSQL, u.Name, u.Role.String(), hash, u.Created.UnixMilli())
	return fault(ctx, err, "storing user %s", u.Name)
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
