package account

import (
	"context"
	"time"

	"ekuiper-console/core"
)

// User is a person who signs in.
type User struct {
	Name    string    `json:"name"`
	Role    core.Role `json:"-"`
	Created time.Time `json:"created"`
	Stamp   string    `json:"-"` // changes with the password; not stored
}

// Token is the standing permission of a script. The secret itself is shown once and
// never stored.
type Token struct {
	ID       string    `json:"id"` // short, for lists and for revoking
	Name     string    `json:"name"`
	Role     core.Role `json:"-"`
	By       string    `json:"by"` // who made it
	Created  time.Time `json:"created"`
	LastUsed time.Time `json:"last_used,omitzero"` // to the minute; zero while unused
}

// UserStore keeps users. The hash is that of the password, in its own encoding.
type UserStore interface {
	// PutUser stores a user, in place of the one with the same name.
	PutUser(ctx context.Context, u User, hash string) error
	// User returns a user and the hash, or a NotFound error.
	User(ctx context.Context, name string) (u User, hash string, err error)
	// Users returns all users by name.
	Users(ctx context.Context) ([]User, error)
}

// TokenStore keeps tokens by the SHA-256 of their secret.
type TokenStore interface {
	// PutToken stores a new token.
	PutToken(ctx context.Context, t Token, hash []byte) error
	// UseToken returns the token with this hash and notes that it was used at that
	// time. A hash that is not there is a NotFound error.
	UseToken(ctx context.Context, hash []byte, at time.Time) (Token, error)
	// Tokens returns all tokens, the oldest first.
	Tokens(ctx context.Context) ([]Token, error)
	// DeleteToken takes a token out by id, or returns a NotFound error.
	DeleteToken(ctx context.Context, id string) error
}
