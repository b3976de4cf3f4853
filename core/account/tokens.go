package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
)

// Tokens makes and checks API tokens.
type Tokens struct {
	Store TokenStore
	Audit Recorder         // told of tokens that are refused
	Guard Guard            // slows down who guesses tokens
	Now   func() time.Time // nil means time.Now
}

// prefix begins every secret, so that one is recognised where it does not belong.
const prefix = "ekc_"

// Add makes a token with the name, role, scope and end of another, and returns its
// secret, which cannot be had again. Only an admin may.
func (t *Tokens) Add(ctx context.Context, by core.Caller, like Token) (token Token, secret string, err error) {
	if err := by.Require(core.Admin); err != nil {
		return Token{}, "", err
	}
	at := now(t.Now)
	if !ValidName(like.Name) {
		return Token{}, "", core.Errorf(core.Invalid, "%q is not a token name: use up to 64 letters, digits and . _ @ -", like.Name)
	}
	if like.Role == core.Nobody {
		return Token{}, "", core.Errorf(core.Invalid, "token %s needs a role: viewer, operator or admin", like.Name)
	}
	if like.Expired(at) {
		return Token{}, "", core.Errorf(core.Invalid, "token %s would have expired already", like.Name)
	}
	scope, err := like.Scope.fits(like.Role)
	if err != nil {
		return Token{}, "", err
	}
	secret = prefix + rand.Text() + rand.Text()
	token = Token{
		ID: strings.ToLower(rand.Text()[:8]), Name: like.Name, Role: like.Role, Scope: scope,
		By: by.Name, Created: at, Expires: like.Expires,
	}
	did := audit.New(at, by, audit.TokenAdd, token.Name).Saying(token.says())
	return token, secret, t.Store.PutToken(ctx, token, digest(secret), did)
}

// says tells what a token is, without its secret.
func (t Token) says() string {
	text := fmt.Sprintf("id %s, %v, scope %s", t.ID, t.Role, t.Scope)
	if !t.Expires.IsZero() {
		return fmt.Sprintf("%s, expires %s", text, t.Expires.UTC().Format(time.RFC3339))
	}
	return text
}

// Caller returns who a secret stands for, and what that may be used for. A secret that
// nobody has, or that has expired, is an Unauthenticated error. After too many of them
// from one address it is a Limited error that wraps a *WaitError; a good secret passes
// even then.
func (t *Tokens) Caller(ctx context.Context, by core.Caller, secret string) (core.Caller, Scope, error) {
	at := now(t.Now)
	token, err := t.Store.UseToken(ctx, digest(secret), at)
	switch {
	case err != nil && core.CodeOf(err) != core.NotFound:
		return core.Caller{}, "", err
	case err != nil:
		err = core.WithHint(core.Errorf(core.Unauthenticated, "the token is not known"), "make one with: console token add NAME")
		return core.Caller{}, "", t.refuse(ctx, by, token, err)
	case token.Expired(at):
		err = core.WithHint(core.Errorf(core.Unauthenticated, "the token %s has expired", token.Name), "make another with: console token add NAME")
		return core.Caller{}, "", t.refuse(ctx, by, token, err)
	}
	by.Name, by.Role = "token "+token.Name, token.Role
	return by, token.Scope, nil
}

// refuse counts and writes down a token that is not taken, and returns why.
func (t *Tokens) refuse(ctx context.Context, by core.Caller, token Token, why error) error {
	if err := t.Guard.try(key("address", by.Addr)); err != nil {
		why = err
	}
	return orFailed(t.Audit.Record(ctx, audit.New(now(t.Now), by, audit.TokenRefused, token.Name).Ending(audit.Denied)), why)
}

// orFailed returns the error that came up while another was written down, else that
// other one.
func orFailed(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// List returns all tokens, the oldest first. Only an admin may.
func (t *Tokens) List(ctx context.Context, by core.Caller) ([]Token, error) {
	if err := by.Require(core.Admin); err != nil {
		return nil, err
	}
	return t.Store.Tokens(ctx)
}

// Token returns a token by its id, or a NotFound error. Only an admin may.
func (t *Tokens) Token(ctx context.Context, by core.Caller, id string) (Token, error) {
	all, err := t.List(ctx, by)
	if err != nil {
		return Token{}, err
	}
	for _, token := range all {
		if token.ID == id {
			return token, nil
		}
	}
	return Token{}, core.Errorf(core.NotFound, "there is no token %q", id)
}

// Revoke takes a token out by its id. Only an admin may.
func (t *Tokens) Revoke(ctx context.Context, by core.Caller, id string) error {
	token, err := t.Token(ctx, by, id)
	if err != nil {
		return err
	}
	return t.Store.DeleteToken(ctx, id, audit.New(now(t.Now), by, audit.TokenRevoke, token.Name).Saying("id "+id))
}

// digest is what is kept of a secret. Its 260 random bits need no slow hash.
func digest(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}
