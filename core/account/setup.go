package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"

	"ekuiper-console/core"
)

// SetUp lets whoever holds a one-time link make the first user. The secret of the
// link lives as long as the process.
type SetUp struct {
	users  *Users
	digest []byte
}

// NewSetUp returns a SetUp and the secret of its link.
func NewSetUp(users *Users) (s *SetUp, secret string) {
	secret = rand.Text()
	return &SetUp{users, digest(secret)}, secret
}

// Open reports whether there is still nobody who could sign in.
func (s *SetUp) Open(ctx context.Context) (bool, error) {
	any, err := s.users.Any(ctx)
	return !any, err
}

// Admits reports whether a secret is that of the link.
func (s *SetUp) Admits(secret string) bool {
	return subtle.ConstantTimeCompare(digest(secret), s.digest) == 1
}

// First makes the first user, an admin, who is at the address of by. A wrong secret is a
// Forbidden error, a second call a Conflict.
func (s *SetUp) First(ctx context.Context, by core.Caller, secret, name, password string) (User, error) {
	if !s.Admits(secret) {
		return User{}, core.Errorf(core.Forbidden, "the link is not the one that the console printed")
	}
	by.Name = name
	return s.users.SetUp(ctx, by, name, password)
}
