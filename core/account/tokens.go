package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"strings"
	"time"

	"ekuiper-console/core"
)

// Tokens makes and checks API tokens.
type Tokens struct {
	Store TokenStore
	Now   func() time.Time // nil means time.Now
}

// prefix begins every secret, so that one is recognised where it does not belong.
const prefix = "ekc_"

// Add makes a token and returns its secret, which cannot be had again. Only an admin
// may.
func (t *Tokens) Add(ctx context.Context, by core.Caller, name string, role core.Role) (token Token, secret string, err error) {
	if err := by.Require(core.Admin); err != nil {
		return Token{}, "", err
	}
	if !ValidName(name) {
		return Token{}, "", core.Errorf(core.Invalid, "%q is not a token name: use up to 64 letters, digits and . _ @ -", name)
	}
	secret = prefix + rand.Text() + rand.Text()
	token = Token{ID: strings.ToLower(rand.Text()[:8]), Name: name, Role: role, By: by.Name, Created: now(t.Now)}
	return token, secret, t.Store.PutToken(ctx, token, digest(secret))
}

// Caller returns who a secret stands for. A secret that nobody has is an
// Unauthenticated error.
func (t *Tokens) Caller(ctx context.Context, secret string) (core.Caller, error) {
	token, err := t.Store.UseToken(ctx, digest(secret), now(t.Now))
	switch {
	case core.CodeOf(err) == core.NotFound && err != nil:
		return core.Caller{}, core.WithHint(core.Errorf(core.Unauthenticated, "the token is not known"), "make one with: console token add NAME")
	case err != nil:
		return core.Caller{}, err
	}
	return core.Caller{Name: "token " + token.Name, Role: token.Role, Via: "api"}, nil
}

// List returns all tokens, the oldest first. Only an admin may.
func (t *Tokens) List(ctx context.Context, by core.Caller) ([]Token, error) {
	if err := by.Require(core.Admin); err != nil {
		return nil, err
	}
	return t.Store.Tokens(ctx)
}

// Revoke takes a token out by its id. Only an admin may.
func (t *Tokens) Revoke(ctx context.Context, by core.Caller, id string) error {
	if err := by.Require(core.Admin); err != nil {
		return err
	}
	return t.Store.DeleteToken(ctx, id)
}

// digest is what is kept of a secret. Its 260 random bits need no slow hash.
func digest(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}
