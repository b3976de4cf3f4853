package account

import (
	"context"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
)

// User is a person who signs in.
type User struct {
	Name    string    `json:"name"`
	Role    core.Role `json:"role"`
	Created time.Time `json:"created"`
}

// Token is the standing permission of a script. The secret itself is shown once and
// never stored.
type Token struct {
	ID       string    `json:"id"` // short, for lists and for revoking
	Name     string    `json:"name"`
	Role     core.Role `json:"role"`
	Scope    Scope     `json:"scope"`
	By       string    `json:"by"` // who made it
	Created  time.Time `json:"created"`
	Expires  time.Time `json:"expires,omitzero"`   // from when on it is refused; zero for never
	LastUsed time.Time `json:"last_used,omitzero"` // to the minute; zero while unused
}

// Expired reports whether a token is refused at a time.
func (t Token) Expired(at time.Time) bool { return !t.Expires.IsZero() && !at.Before(t.Expires) }

// Session is a browser in which somebody is signed in.
type Session struct {
	ID    string
	User  string
	Role  core.Role // of the user, as it is now; not stored with the session
	Agent string    // what the browser calls itself
	Addr  string    // where it signed in from
	Began time.Time
	Seen  time.Time // when it last asked for a page, to the minute
}

// UserStore keeps users. The hash is that of the password, in its own encoding. Each
// change is one transaction with the event that tells of it, and a change that would
// leave no admin where there is one is a Conflict error.
type UserStore interface {
	// PutUser stores a user in place of the one with the same name, whose sessions end.
	PutUser(ctx context.Context, u User, hash string, did audit.Event) error
	// User returns a user and the hash, or a NotFound error.
	User(ctx context.Context, name string) (u User, hash string, err error)
	// Users returns all users by name.
	Users(ctx context.Context) ([]User, error)
	// DeleteUser takes a user out, whose sessions end, or returns a NotFound error.
	DeleteUser(ctx context.Context, name string, did audit.Event) error
}

// TokenStore keeps tokens by the SHA-256 of their secret. Each change is one
// transaction with the event that tells of it.
type TokenStore interface {
	// PutToken stores a new token.
	PutToken(ctx context.Context, t Token, hash []byte, did audit.Event) error
	// UseToken returns the token with this hash, and notes that it was used at that
	// time unless it has expired. A hash that is not there is a NotFound error.
	UseToken(ctx context.Context, hash []byte, at time.Time) (Token, error)
	// Tokens returns all tokens, the oldest first.
	Tokens(ctx context.Context) ([]Token, error)
	// DeleteToken takes a token out by id, or returns a NotFound error.
	DeleteToken(ctx context.Context, id string, did audit.Event) error
}

// SessionStore keeps sessions. Each change but the note of a use is one transaction
// with the event that tells of it.
type SessionStore interface {
	// PutSession stores a new session, and drops those that began before the time old.
	PutSession(ctx context.Context, s Session, old time.Time, did audit.Event) error
	// UseSession returns a session with the role that its user has now, and notes that
	// it was used at that time. One that is not there is a NotFound error.
	UseSession(ctx context.Context, id string, at time.Time) (Session, error)
	// SessionsOf returns the sessions of a user, the one last seen first.
	SessionsOf(ctx context.Context, user string) ([]Session, error)
	// DeleteSession ends a session of a user, or returns a NotFound error.
	DeleteSession(ctx context.Context, user, id string, did audit.Event) error
}
