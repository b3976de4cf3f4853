package db

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"time"
)

// Sessions keeps browser sessions, as alexedwards/scs wants it. A token is stored as
// its SHA-256, so that whoever reads the file cannot act as somebody else.
type Sessions struct{ db *DB }

// Sessions returns the store of the browser sessions.
func (db *DB) Sessions() *Sessions { return &Sessions{db} }

const findSessionSQL = `select data from sessions where token = ? and expiry > ?`

// FindCtx returns the data of a session. A token that is not there or has expired is
// not found, and no error.
func (s *Sessions) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	now := time.Now().UnixMilli()
	err = s.db.readers.QueryRowContext(ctx, findSessionSQL, tokenHash(token), now).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	return data, err == nil, fault(ctx, err, "reading the session")
}

const sweepSessionsSQL = `delete from sessions where expiry <= ?`

const putSessionSQL = `
insert into sessions (token, data, expiry) values (?, ?, ?)
on conflict (token) do update set data = excluded.data, expiry = excluded.expiry`

const keptSessionSQL = `select expiry from sessions where token = ? and data = ?`

const prolongSessionSQL = `update sessions set expiry = ? where token = ?`

// CommitCtx stores the data of a session, in place of what was there, and deletes all
// sessions that have expired. Where only the time moves on it is noted once for each
// minute, if the store can be written to: nobody is signed out because the disk is full.
func (s *Sessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	if data == nil {
		data = []byte{} // nil would be null
	}
	var kept int64
	err := s.db.readers.QueryRowContext(ctx, keptSessionSQL, tokenHash(token), data).Scan(&kept)
	switch {
	case err != nil && !errors.Is(err, sql.ErrNoRows):
		return fault(ctx, err, "reading the session")
	case err == nil && expiry.Sub(moment(kept)).Abs() < time.Minute:
		return nil
	case err == nil:
		return s.db.aside(ctx, "prolonging the session", prolongSessionSQL, expiry.UnixMilli(), tokenHash(token))
	}
	return s.db.write(ctx, func(t *sql.Tx) error {
		if _, err := t.ExecContext(ctx, sweepSessionsSQL, time.Now().UnixMilli()); err != nil {
			return fault(ctx, err, "deleting expired sessions")
		}
		_, err := t.ExecContext(ctx, putSessionSQL, tokenHash(token), data, expiry.UnixMilli())
		return fault(ctx, err, "storing the session")
	})
}

const deleteSessionSQL = `delete from sessions where token = ?`

// DeleteCtx ends a session. It does nothing where there is none.
func (s *Sessions) DeleteCtx(ctx context.Context, token string) error {
	_, err := s.db.writer.ExecContext(ctx, deleteSessionSQL, tokenHash(token))
	return fault(ctx, err, "ending the session")
}

// Find is FindCtx without a context.
func (s *Sessions) Find(token string) (data []byte, found bool, err error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context.
func (s *Sessions) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is DeleteCtx without a context.
func (s *Sessions) Delete(token string) error {
	return s.DeleteCtx(context.Background(), token)
}

func tokenHash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
