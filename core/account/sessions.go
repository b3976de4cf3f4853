package account

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
)

// A session ends after Lifetime, or when nothing was asked for IdleTime.
const (
	Lifetime = 24 * time.Hour
	IdleTime = 2 * time.Hour
)

// maxAgent bounds what is kept of a browser's name, in bytes.
const maxAgent = 200

// Sessions knows who is signed in where.
type Sessions struct {
	Store SessionStore
	Now   func() time.Time // nil means time.Now
}

// Begin signs a user in, in the browser that calls itself agent and is at the address of
// by.
func (s *Sessions) Begin(ctx context.Context, by core.Caller, user User, agent string) (Session, error) {
	at := now(s.Now)
	agent = strings.ToValidUTF8(agent[:min(len(agent), maxAgent)], "")
	session := Session{ID: rand.Text(), User: user.Name, Role: user.Role, Agent: agent, Addr: by.Addr, Began: at, Seen: at}
	by.Name = user.Name
	return session, s.Store.PutSession(ctx, session, at.Add(-Lifetime), audit.New(at, by, audit.SignIn, user.Name))
}

// Caller returns who acts in a session, with the role of now. A session that is over is
// an Unauthenticated error.
func (s *Sessions) Caller(ctx context.Context, by core.Caller, id string) (core.Caller, error) {
	at := now(s.Now)
	session, err := s.Store.UseSession(ctx, id, at)
	switch {
	case err != nil && core.CodeOf(err) != core.NotFound:
		return core.Caller{}, err
	case err != nil || at.Sub(session.Began).Abs() > Lifetime: // before now, or after it where the clock was put back
		return core.Caller{}, core.Errorf(core.Unauthenticated, "nobody is signed in")
	}
	by.Name, by.Role = session.User, session.Role
	return by, nil
}

// List returns the caller's own sessions that are not over, the one last seen first.
func (s *Sessions) List(ctx context.Context, by core.Caller) ([]Session, error) {
	if err := by.Require(core.Viewer); err != nil {
		return nil, err
	}
	all, err := s.Store.SessionsOf(ctx, by.Name)
	at := now(s.Now)
	return slices.DeleteFunc(all, func(x Session) bool {
		return x.Seen.Before(at.Add(-IdleTime)) || x.Began.Before(at.Add(-Lifetime))
	}), err
}

// SignOut ends the session that the caller is in.
func (s *Sessions) SignOut(ctx context.Context, by core.Caller, id string) error {
	return s.end(ctx, by, id, audit.SignOut)
}

// End ends one of the caller's own sessions. One that is not there, or somebody else's,
// is a NotFound error.
func (s *Sessions) End(ctx context.Context, by core.Caller, id string) error {
	return s.end(ctx, by, id, audit.SessionEnd)
}

func (s *Sessions) end(ctx context.Context, by core.Caller, id string, a audit.Action) error {
	if err := by.Require(core.Viewer); err != nil {
		return err
	}
	return s.Store.DeleteSession(ctx, by.Name, id, audit.New(now(s.Now), by, a, by.Name))
}
