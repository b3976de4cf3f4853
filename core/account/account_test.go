package account

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
)

// shelf is a store in memory.
type shelf struct {
	users    map[string]User
	hashes   map[string]string
	tokens   map[string]Token
	sessions map[string]Session
	events   []audit.Event
}

func newShelf() *shelf {
	return &shelf{map[string]User{}, map[string]string{}, map[string]Token{}, map[string]Session{}, nil}
}

func (s *shelf) Record(_ context.Context, e audit.Event) error {
	s.events = append(s.events, e)
	return nil
}

// told returns the events so far as "action subject result" and forgets them.
func (s *shelf) told() string {
	var all []string
	for _, e := range s.events {
		all = append(all, strings.TrimSpace(fmt.Sprintf("%s %s %s %s", e.Caller, e.Action, e.Subject, e.Result)))
	}
	s.events = nil
	return strings.Join(all, ", ")
}

func (s *shelf) PutUser(ctx context.Context, u User, hash string, did audit.Event) error {
	s.users[u.Name], s.hashes[u.Name] = u, hash
	return s.Record(ctx, did)
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

func (s *shelf) DeleteUser(ctx context.Context, name string, did audit.Event) error {
	delete(s.users, name)
	return s.Record(ctx, did)
}

func (s *shelf) PutToken(ctx context.Context, t Token, hash []byte, did audit.Event) error {
	s.tokens[string(hash)] = t
	return s.Record(ctx, did)
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

func (s *shelf) DeleteToken(ctx context.Context, id string, did audit.Event) error {
	for hash, t := range s.tokens {
		if t.ID == id {
			delete(s.tokens, hash)
			return s.Record(ctx, did)
		}
	}
	return core.Errorf(core.NotFound, "no token %s", id)
}

func (s *shelf) PutSession(ctx context.Context, x Session, _ time.Time, did audit.Event) error {
	s.sessions[x.ID] = x
	return s.Record(ctx, did)
}

func (s *shelf) UseSession(_ context.Context, id string, at time.Time) (Session, error) {
	x, ok := s.sessions[id]
	if !ok {
		return Session{}, core.Errorf(core.NotFound, "no session %s", id)
	}
	x.Seen = at
	s.sessions[id] = x
	return x, nil
}

func (s *shelf) SessionsOf(_ context.Context, user string) (all []Session, err error) {
	for _, x := range s.sessions {
		if x.User == user {
			all = append(all, x)
		}
	}
	return all, nil
}

func (s *shelf) DeleteSession(ctx context.Context, user, id string, did audit.Event) error {
	if s.sessions[id].User != user {
		return core.Errorf(core.NotFound, "no session %s", id)
	}
	delete(s.sessions, id)
	return s.Record(ctx, did)
}

// clock is a time that tests set.
type clock struct{ at time.Time }

func newClock() *clock { return &clock{time.Date(2026, 11, 19, 12, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time           { return c.at }
func (c *clock) advance(by time.Duration) { c.at = c.at.Add(by) }

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
			core.NotFound: "not found", core.Unauthenticated: "unauthenticated", core.Limited: "limited"}[core.CodeOf(err)]
	}
	if got != want {
		t.Errorf("%s: %v, want %s", what, err, want)
	}
}

// fails drops a user for the error beside them.
func fails(_ User, err error) error { return err }

func TestUsers(t *testing.T) {
	store := newShelf()
	u := &Users{Store: store, Audit: store}
	code(t, "SetUp with a short password", fails(u.SetUp(ctx, core.Caller{}, "ada", "short")), "invalid")
	code(t, "SetUp with a bad name", fails(u.SetUp(ctx, core.Caller{}, "a b", good)), "invalid")
	code(t, "SetUp with a huge password", fails(u.SetUp(ctx, core.Caller{}, "ada", strings.Repeat("x", 2000))), "invalid")
	code(t, "SetUp with an obvious password", fails(u.SetUp(ctx, core.Caller{}, "ada", "password1234")), "invalid")
	code(t, "SetUp", fails(u.SetUp(ctx, core.Caller{Name: "ada"}, "ada", good)), "ok")
	code(t, "SetUp again", fails(u.SetUp(ctx, core.Caller{}, "bob", good)), "conflict")
	code(t, "Add by an operator", u.Add(ctx, eve, "bob", core.Viewer, good), "forbidden")
	code(t, "Add by nobody", u.Add(ctx, core.Caller{}, "bob", core.Viewer, good), "unauthenticated")
	code(t, "Add without a role", u.Add(ctx, admin, "bob", core.Nobody, good), "invalid")
	code(t, "Add", u.Add(ctx, admin, "eve", core.Viewer, good), "ok")
	code(t, "Add again", u.Add(ctx, admin, "eve", core.Viewer, good), "conflict")
	code(t, "SetRole by an operator", u.SetRole(ctx, eve, "eve", core.Admin), "forbidden")
	code(t, "SetRole", u.SetRole(ctx, admin, "eve", core.Operator), "ok")
	code(t, "SetRole to the same", u.SetRole(ctx, admin, "eve", core.Operator), "ok")
	code(t, "SetPassword by an operator", u.SetPassword(ctx, eve, "eve", good+"2"), "forbidden")
	code(t, "SetPassword", u.SetPassword(ctx, admin, "eve", good+"1"), "ok")
	code(t, "ChangePassword with a wrong one", fails(u.ChangePassword(ctx, eve, good, good+"2")), "unauthenticated")
	code(t, "ChangePassword to a short one", fails(u.ChangePassword(ctx, eve, good+"1", "short")), "invalid")
	code(t, "ChangePassword", fails(u.ChangePassword(ctx, eve, good+"1", good+"2")), "ok")
	code(t, "SetPassword of nobody", u.SetPassword(ctx, admin, "zoe", good), "not found")
	want := "ada setup ada ok, root user-add eve ok, root user-role eve ok, root user-password eve ok, eve sign-in-refused eve refused, eve user-password eve ok"
	if got := store.told(); got != want {
		t.Errorf("the log has\n%s\nwant\n%s", got, want)
	}
	for _, tt := range []struct{ name, password, want string }{
		{"ada", good, "ok"}, {"eve", good + "2", "ok"},
		{"eve", good, "unauthenticated"}, {"zoe", good, "unauthenticated"}, {"ada", "", "unauthenticated"}, {"zoe", "nobody has this password", "unauthenticated"},
	} {
		user, err := u.SignIn(ctx, core.Caller{}, tt.name, tt.password)
		code(t, "SignIn "+tt.name, err, tt.want)
		if err == nil && user.Name != tt.name {
			t.Errorf("SignIn(%s) = %v", tt.name, user)
		}
	}
	if got, want := store.told(), "sign-in-refused eve refused, sign-in-refused  refused, sign-in-refused ada refused, sign-in-refused  refused"; got != want {
		t.Errorf("the log has\n%s\nwant\n%s", got, want)
	}
	_, err := u.List(ctx, eve)
	code(t, "List by an operator", err, "forbidden")
	if all, err := u.List(ctx, admin); err != nil || len(all) != 2 {
		t.Errorf("List = %v, %v", all, err)
	}
	code(t, "Remove by an operator", u.Remove(ctx, eve, "ada"), "forbidden")
	code(t, "Remove", u.Remove(ctx, admin, "eve"), "ok")
	if got := store.told(); got != "root user-remove eve ok" {
		t.Errorf("the log has %s", got)
	}
}

func TestObvious(t *testing.T) {
	for _, password := range []string{
		"password1234", "Password2026!", "P@ssw0rd2026", "passwordpassword", "aaaaaaaaaaaa", "abababababab", "qwertyuiop12", "1q2w3e4r5t6y", "123456789012",
		"admin-admin-admin", "asdfghjklasdf", "zyxwvutsrqpo", "iloveyou1234", "ekuiper2026!!", "changeme.changeme", "m.keller2026", "M.Keller-Keller", "letmein letmein",
	} {
		if !Obvious("m.keller", password) {
			t.Errorf("%q passes", password)
		}
	}
	for _, password := range []string{
		good, "only for the tests of pages", "a long sentence to keep", "xK9#vb!2Lq@z", "rumpelstilzchen", "tr0ub4dor&3xyz", "482-lantern-fog", strings.Repeat("ab", 40), "ümläute sind schön",
	} {
		if Obvious("m.keller", password) {
			t.Errorf("%q is refused", password)
		}
	}
}

func FuzzObvious(f *testing.F) {
	f.Add("ada", "password1234")
	f.Add("", "\xffqwertyuiop\xff")
	f.Fuzz(func(t *testing.T, name, password string) { Obvious(name, password) })
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
	store, c := newShelf(), newClock()
	tokens := &Tokens{Store: store, Audit: store, Now: c.now}
	for _, tt := range []struct {
		by   core.Caller
		like Token
		want string
	}{
		{eve, Token{Name: "ci", Role: core.Operator}, "forbidden"}, {admin, Token{Role: core.Operator}, "invalid"}, {admin, Token{Name: "ci"}, "invalid"},
		{admin, Token{Name: "ci", Role: core.Viewer, Scope: "some"}, "invalid"}, {admin, Token{Name: "ci", Role: core.Viewer, Scope: ImportOnly}, "invalid"},
		{admin, Token{Name: "ci", Role: core.Viewer, Expires: c.at}, "invalid"},
	} {
		_, _, err := tokens.Add(ctx, tt.by, tt.like)
		code(t, fmt.Sprintf("Add(%v)", tt.like), err, tt.want)
	}
	token, secret, err := tokens.Add(ctx, admin, Token{Name: "ci", Role: core.Operator, Scope: ImportOnly, Expires: c.at.Add(time.Hour)})
	code(t, "Add", err, "ok")
	for hash := range store.tokens {
		if bytes.Contains([]byte(hash), []byte(secret)) {
			t.Error("the secret is stored")
		}
	}
	if len(store.events) != 1 || strings.Contains(fmt.Sprint(store.events), secret) {
		t.Errorf("the log has %v", store.events)
	}
	from := core.Caller{Via: "api", Addr: "192.0.2.7"}
	caller, scope, err := tokens.Caller(ctx, from, secret)
	code(t, "Caller", err, "ok")
	if want := (core.Caller{Name: "token ci", Role: core.Operator, Via: "api", Addr: "192.0.2.7"}); caller != want || scope != ImportOnly {
		t.Errorf("Caller = %v, %v, want %v", caller, scope, want)
	}
	refused := func(what, secret string) {
		t.Helper()
		_, _, err = tokens.Caller(ctx, from, secret)
		code(t, what, err, "unauthenticated")
	}
	refused("Caller with a wrong secret", secret+"x")
	c.advance(time.Hour)
	refused("Caller of a token that has expired", secret)
	c.advance(-time.Minute)
	code(t, "Revoke by an operator", tokens.Revoke(ctx, eve, token.ID), "forbidden")
	code(t, "Revoke", tokens.Revoke(ctx, admin, token.ID), "ok")
	refused("Caller afterwards", secret)
	code(t, "Revoke again", tokens.Revoke(ctx, admin, token.ID), "not found")
	if got, want := store.told(), "root token-add ci ok, token-refused  refused, token-refused ci refused, root token-revoke ci ok, token-refused  refused"; got != want {
		t.Errorf("the log has\n%s\nwant\n%s", got, want)
	}
}

func TestScopes(t *testing.T) {
	for _, tt := range []struct {
		token, route Scope
		want         bool
	}{
		{All, All, true}, {All, ImportOnly, true}, {ImportOnly, ImportOnly, true}, {ImportOnly, ExportOnly, false}, {ImportOnly, All, false}, {ExportOnly, ExportOnly, true}, {ExportOnly, All, false}, {"", All, false},
	} {
		if got := tt.token.Allows(tt.route); got != tt.want {
			t.Errorf("%q.Allows(%q) = %v", tt.token, tt.route, got)
		}
	}
}

func TestSetUp(t *testing.T) {
	store := newShelf()
	users := &Users{Store: store, Audit: store}
	s, secret := NewSetUp(users)
	if open, err := s.Open(ctx); !open || err != nil {
		t.Errorf("Open = %v, %v", open, err)
	}
	nobody := core.Caller{Via: "page"}
	code(t, "First with a wrong secret", fails(s.First(ctx, nobody, secret+"x", "ada", good)), "forbidden")
	code(t, "First without a secret", fails(s.First(ctx, nobody, "", "ada", good)), "forbidden")
	code(t, "First", fails(s.First(ctx, nobody, secret, "ada", good)), "ok")
	code(t, "First again", fails(s.First(ctx, nobody, secret, "bob", good)), "conflict")
	if open, err := s.Open(ctx); open || err != nil {
		t.Errorf("Open afterwards = %v, %v", open, err)
	}
	if user, err := users.SignIn(ctx, nobody, "ada", good); err != nil || user.Role != core.Admin {
		t.Errorf("SignIn = %v, %v", user, err)
	}
	if got := store.told(); got != "ada setup ada ok" {
		t.Errorf("the log has %s", got)
	}
}

func TestSessions(t *testing.T) {
	store, c := newShelf(), newClock()
	s := &Sessions{Store: store, Now: c.now}
	from := core.Caller{Via: "page", Addr: "192.0.2.7"}
	session, err := s.Begin(ctx, from, User{Name: "eve", Role: core.Operator}, strings.Repeat("é", 200))
	code(t, "Begin", err, "ok")
	if len(session.Agent) != maxAgent {
		t.Errorf("%d bytes of the agent are kept", len(session.Agent))
	}
	by, err := s.Caller(ctx, from, session.ID)
	if want := (core.Caller{Name: "eve", Role: core.Operator, Via: "page", Addr: "192.0.2.7"}); err != nil || by != want {
		t.Errorf("Caller = %v, %v, want %v", by, err, want)
	}
	_, err = s.Caller(ctx, from, "nothing")
	code(t, "Caller of nothing", err, "unauthenticated")
	for _, tt := range []struct {
		after time.Duration
		want  int
	}{{time.Hour, 1}, {2 * time.Hour, 0}} {
		c.advance(tt.after)
		if own, err := s.List(ctx, by); err != nil || len(own) != tt.want {
			t.Errorf("after %v there are %v, %v", tt.after, own, err)
		}
	}
	c.advance(-5 * time.Hour) // the clock was put back: they stay signed in, but not for good
	_, err = s.Caller(ctx, from, session.ID)
	code(t, "Caller before it began", err, "ok")
	c.advance(-Lifetime)
	_, err = s.Caller(ctx, from, session.ID)
	code(t, "Caller a day before it began", err, "unauthenticated")
	c.advance(5*time.Hour + Lifetime)
	code(t, "End of another's", s.End(ctx, admin, session.ID), "not found")
	c.advance(22 * time.Hour)
	_, err = s.Caller(ctx, from, session.ID)
	code(t, "Caller a day later", err, "unauthenticated")
	code(t, "End", s.End(ctx, by, session.ID), "ok")
	code(t, "SignOut of what is over", s.SignOut(ctx, by, session.ID), "not found")
	if got, want := store.told(), "eve sign-in eve ok, eve session-end eve ok"; got != want {
		t.Errorf("the log has %s, want %s", got, want)
	}
}
