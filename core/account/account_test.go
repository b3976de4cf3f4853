package account

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"ekuiper-console/core"
)

// shelf is a store in memory.
type shelf struct {
	users  map[string]User
	hashes map[string]string
	tokens map[string]Token
}

func newShelf() *shelf {
	return &shelf{map[string]User{}, map[string]string{}, map[string]Token{}}
}

func (s *shelf) PutUser(_ context.Context, u User, hash string) error {
	s.users[u.Name], s.hashes[u.Name] = u, hash
	return nil
}

func (s *shelf) User(_ context.Context, name string) (User, string, error) {
	u, ok := s.users[name]
	if !ok {
		return User{}, "", core.Errorf(core.NotFound, "no user %s", name)
	}
	return u, s.hashes[name], nil
}

func (s *shelf) Users(context.Context) (all []User, err error) {
	for _, u := range s.users {
		all = append(all, u)
	}
	return all, nil
}

func (s *shelf) PutToken(_ context.Context, t Token, hash []byte) error {
	s.tokens[string(hash)] = t
	return nil
}

func (s *shelf) UseToken(_ context.Context, hash []byte, at time.Time) (Token, error) {
	t, ok := s.tokens[string(hash)]
	if !ok {
		return Token{}, core.Errorf(core.NotFound, "no such token")
	}
	t.LastUsed = at
	s.tokens[string(hash)] = t
	return t, nil
}

func (s *shelf) Tokens(context.Context) (all []Token, err error) {
	for _, t := range s.tokens {
		all = append(all, t)
	}
	return all, nil
}

func (s *shelf) DeleteToken(_ context.Context, id string) error {
	for hash, t := range s.tokens {
		if t.ID == id {
			delete(s.tokens, hash)
			return nil
		}
	}
	return core.Errorf(core.NotFound, "no token %s", id)
}

var (
	ctx   = context.Background()
	admin = core.Caller{Name: "root", Role: core.Admin}
	eve   = core.Caller{Name: "eve", Role: core.Operator}
)

const good = "correct horse battery"

// code fails the test unless err has the code; ok stands for no error.
func code(t *testing.T, what string, err error, want string) {
	t.Helper()
	got := "ok"
	if err != nil {
		got = map[core.Code]string{core.Invalid: "invalid", core.Conflict: "conflict", core.Forbidden: "forbidden",
			core.NotFound: "not found", core.Unauthenticated: "unauthenticated"}[core.CodeOf(err)]
	}
	if got != want {
		t.Errorf("%s: %v, want %s", what, err, want)
	}
}

// fails drops a user for the error beside them.
func fails(_ User, err error) error { return err }

func TestUsers(t *testing.T) {
	u := &Users{Store: newShelf()}
	code(t, "SetUp with a short password", fails(u.SetUp(ctx, "ada", "short")), "invalid")
	code(t, "SetUp with a bad name", fails(u.SetUp(ctx, "a b", good)), "invalid")
	code(t, "SetUp with a huge password", fails(u.SetUp(ctx, "ada", strings.Repeat("x", 2000))), "invalid")
	code(t, "SetUp", fails(u.SetUp(ctx, "ada", good)), "ok")
	code(t, "SetUp again", fails(u.SetUp(ctx, "bob", good)), "conflict")
	code(t, "Add by an operator", u.Add(ctx, eve, "bob", core.Viewer, good), "forbidden")
	code(t, "Add by nobody", u.Add(ctx, core.Caller{}, "bob", core.Viewer, good), "unauthenticated")
	code(t, "Add", u.Add(ctx, admin, "eve", core.Operator, good), "ok")
	code(t, "Add again", u.Add(ctx, admin, "eve", core.Viewer, good), "conflict")
	code(t, "SetPassword of another", u.SetPassword(ctx, eve, "ada", good+"2"), "forbidden")
	code(t, "SetPassword of oneself", u.SetPassword(ctx, eve, "eve", good+"2"), "ok")
	code(t, "SetPassword of nobody", u.SetPassword(ctx, admin, "zoe", good), "not found")
	for _, tt := range []struct{ name, password, want string }{
		{"ada", good, "ok"}, {"eve", good + "2", "ok"},
		{"eve", good, "unauthenticated"}, {"zoe", good, "unauthenticated"}, {"ada", "", "unauthenticated"}, {"zoe", "nobody has this password", "unauthenticated"},
	} {
		user, err := u.SignIn(ctx, tt.name, tt.password)
		code(t, "SignIn "+tt.name, err, tt.want)
		if err == nil && user.Name != tt.name {
			t.Errorf("SignIn(%s) = %v", tt.name, user)
		}
	}
	_, err := u.List(ctx, eve)
	code(t, "List by an operator", err, "forbidden")
	if all, err := u.List(ctx, admin); err != nil || len(all) != 2 {
		t.Errorf("List = %v, %v", all, err)
	}
}

func TestPasswordHash(t *testing.T) {
	a, b := hashPassword(good), hashPassword(good)
	if a == b || !strings.HasPrefix(a, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hashes %s and %s", a, b)
	}
	for _, hash := range []string{"", "$argon2id$v=19$m=1$x$y", "$argon2i$v=19$m=19456,t=2,p=1$YQ$YQ", "plain"} {
		if matches(good, hash) {
			t.Errorf("%q matches", hash)
		}
	}
}

func TestTokens(t *testing.T) {
	store := newShelf()
	tokens := &Tokens{Store: store}
	_, _, err := tokens.Add(ctx, eve, "ci", core.Operator)
	code(t, "Add by an operator", err, "forbidden")
	_, _, err = tokens.Add(ctx, admin, "", core.Operator)
	code(t, "Add without a name", err, "invalid")
	token, secret, err := tokens.Add(ctx, admin, "ci", core.Operator)
	code(t, "Add", err, "ok")
	for hash := range store.tokens {
		if bytes.Contains([]byte(hash), []byte(secret)) {
			t.Error("the secret is stored")
		}
	}
	caller, err := tokens.Caller(ctx, secret)
	code(t, "Caller", err, "ok")
	if want := (core.Caller{Name: "token ci", Role: core.Operator, Via: "api"}); caller != want {
		t.Errorf("Caller = %v, want %v", caller, want)
	}
	_, err = tokens.Caller(ctx, secret+"x")
	code(t, "Caller with a wrong secret", err, "unauthenticated")
	code(t, "Revoke by an operator", tokens.Revoke(ctx, eve, token.ID), "forbidden")
	code(t, "Revoke", tokens.Revoke(ctx, admin, token.ID), "ok")
	_, err = tokens.Caller(ctx, secret)
	code(t, "Caller afterwards", err, "unauthenticated")
	code(t, "Revoke again", tokens.Revoke(ctx, admin, token.ID), "not found")
}

func TestSetUp(t *testing.T) {
	users := &Users{Store: newShelf()}
	s, secret := NewSetUp(users)
	if open, err := s.Open(ctx); !open || err != nil {
		t.Errorf("Open = %v, %v", open, err)
	}
	code(t, "First with a wrong secret", fails(s.First(ctx, secret+"x", "ada", good)), "forbidden")
	code(t, "First without a secret", fails(s.First(ctx, "", "ada", good)), "forbidden")
	code(t, "First", fails(s.First(ctx, secret, "ada", good)), "ok")
	code(t, "First again", fails(s.First(ctx, secret, "bob", good)), "conflict")
	if open, err := s.Open(ctx); open || err != nil {
		t.Errorf("Open afterwards = %v, %v", open, err)
	}
	if user, err := users.SignIn(ctx, "ada", good); err != nil || user.Role != core.Admin {
		t.Errorf("SignIn = %v, %v", user, err)
	}
}
