package db_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/account"
	"ekuiper-console/core/audit"
	"ekuiper-console/db"
	"ekuiper-console/db/dbtest"
)

// did is an event of which the test does not care.
var did = audit.New(noon, core.Caller{Name: "root", Via: "cli"}, audit.Backup, "x")

// events returns what the audit log has, the newest first.
func events(t testing.TB, s *db.DB, q audit.Query) []audit.Event {
	t.Helper()
	if q.Limit == 0 {
		q.Limit = 100
	}
	all, err := s.Events(t.Context(), q)
	check(t, err)
	return all
}

// check ends a test or a benchmark at an error.
func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestAuditOfCommits: what is written is told, in the same transaction.
func TestAuditOfCommits(t *testing.T) {
	s, ctx := dbtest.Open(t), t.Context()
	by := core.Caller{Name: "m.keller", Via: "page", Addr: "192.0.2.7"}
	first := full(t, s, "rules/a=1 rules/b=1")
	first.By = by
	_, err := s.Commit(ctx, first)
	must(t, err)
	same := full(t, s, "rules/a=1 rules/b=1")
	_, err = s.Commit(ctx, same)
	must(t, err)
	back := full(t, s, "rules/a=2")
	back.Restores = 1
	_, err = s.Commit(ctx, back)
	must(t, err)

	_, err = s.Commit(ctx, first)
	wantError(t, err, core.Conflict, "the configuration has changed meanwhile")
	gone, cancel := context.WithCancel(ctx)
	cancel()
	_, err = s.Commit(gone, full(t, s, "rules/c=1"))
	wantError(t, err, core.Cancelled)

	event := audit.Event{Time: noon, Caller: "m.keller", Via: "page", Subject: node, Result: audit.OK, Count: 1}
	one, two, three := event, event, event
	one.ID, one.Addr, one.Action, one.Revision, one.Detail = 1, "192.0.2.7", audit.Import, 1, "full, 2 created, 0 replaced, 0 deleted, 0 rejected"
	two.ID, two.Action, two.Detail = 2, audit.Import, "full, 0 created, 0 replaced, 0 deleted, 0 rejected"
	three.ID, three.Action, three.Revision, three.Detail = 3, audit.Restore, 2, "of revision 1; full, 0 created, 1 replaced, 1 deleted, 0 rejected"
	want(t, "Events", events(t, s, audit.Query{}), nil, []audit.Event{three, two, one})
}

// TestAuditFails: where the log cannot be written, nothing is done.
func TestAuditFails(t *testing.T) {
	s, ctx := dbtest.Open(t), t.Context()
	must(t, s.PutUser(ctx, account.User{Name: "ada", Role: core.Admin, Created: noon}, "h", did))
	must(t, s.PutSession(ctx, account.Session{ID: "1", User: "ada", Began: noon, Seen: noon}, noon, did))
	before := len(events(t, s, audit.Query{}))
	_, err := s.Writer().Exec(`create trigger full before insert on audit begin select raise(abort, 'no room'); end`)
	must(t, err)
	_, err = s.Commit(ctx, full(t, s, "rules/a=1"))
	token := account.Token{ID: "t", Role: core.Viewer, Scope: account.All, Created: noon}
	for what, err := range map[string]error{
		"Commit":        err,
		"AppendEvents":  s.AppendEvents(ctx, did),
		"PutUser":       s.PutUser(ctx, account.User{Name: "eve", Role: core.Viewer}, "h", did),
		"DeleteUser":    s.DeleteUser(ctx, "ada", did),
		"PutToken":      s.PutToken(ctx, token, []byte("h"), did),
		"PutSession":    s.PutSession(ctx, account.Session{ID: "2", User: "ada"}, noon, did),
		"DeleteSession": s.DeleteSession(ctx, "ada", "1", did),
	} {
		if err == nil {
			t.Errorf("%s: no error", what)
		}
	}
	wantHeld(t, s, "")
	users, err := s.Users(ctx)
	want(t, "Users", users, err, []account.User{{Name: "ada", Role: core.Admin, Created: noon}})
	tokens, err := s.Tokens(ctx)
	want(t, "Tokens", tokens, err, nil)
	sessions, err := s.SessionsOf(ctx, "ada")
	want(t, "sessions", len(sessions), err, 1)
	want(t, "events", len(events(t, s, audit.Query{})), nil, before)
}

func TestAuditIsAppendOnly(t *testing.T) {
	s, ctx := dbtest.Open(t), t.Context()
	must(t, s.AppendEvents(ctx, did, did))
	before := events(t, s, audit.Query{})
	for _, statement := range []string{
		"update audit set caller = 'eve'", "delete from audit", "delete from audit where id = 2",
		"insert or replace into audit select * from audit where id = 1", "replace into audit select * from audit",
		"insert into audit select * from audit where true on conflict (id) do update set caller = 'eve'",
	} {
		if _, err := s.Writer().Exec(statement); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", statement, err)
		}
	}
	want(t, "Events", events(t, s, audit.Query{}), nil, before)
}

func TestEvents(t *testing.T) {
	s, ctx := dbtest.Open(t), t.Context()
	for i, caller := range []string{"ada", "eve", "ada", "token ci"} {
		e := audit.New(noon.Add(time.Duration(i)*time.Minute), core.Caller{Name: caller, Addr: fmt.Sprint("192.0.2.", i)}, audit.Actions()[i%2], "100%_of it")
		e.Detail = strings.Repeat("x", i)
		must(t, s.AppendEvents(ctx, e))
	}
	for q, want := range map[audit.Query]string{
		{}: "4 3 2 1", {Limit: 2}: "4 3", {Before: 3}: "2 1", {Before: 1}: "",
		{Action: audit.Import}: "3 1", {Caller: "ada"}: "3 1", {Caller: "ad"}: "", {Caller: "ada", Before: 3}: "1", {Action: audit.Restore, Caller: "ada"}: "",
		{Text: "CI"}: "4", {Text: ".2.1"}: "2", {Text: "%_"}: "4 3 2 1", {Text: "__"}: "", {Text: `\`}: "", {Text: "xx"}: "4 3",
		{Text: "ADA"}: "3 1", {Text: "oken C"}: "4", {Text: "2.0.2.2"}: "3", {Text: "100%_OF"}: "4 3 2 1", {Text: "100%of"}: "", {Text: "xxx"}: "4", {Text: "adaeve"}: "",
		{Text: "of it", Before: 3}: "2 1", {Text: "of it", Limit: 1}: "4", {Text: "of it", Caller: "ada"}: "3 1", {Text: "of it", Action: audit.Restore}: "4 2",
		{Text: `"of it`}: "", {Text: "of OR it"}: "", {Text: "of\x00it"}: "", {Text: "of \xff"}: "", {Text: "x", Caller: "ada"}: "3", {Text: "x", Action: audit.Restore, Before: 4}: "2",
	} {
		var ids []string
		for _, e := range events(t, s, q) {
			ids = append(ids, fmt.Sprint(e.ID))
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("Events(%+v) = %s, want %s", q, got, want)
		}
	}
}

func TestSignins(t *testing.T) {
	s, ctx := dbtest.Open(t), t.Context()
	eve := account.User{Name: "eve", Role: core.Operator, Created: noon}
	must(t, s.PutUser(ctx, eve, "h", did), s.PutUser(ctx, account.User{Name: "ada", Role: core.Admin, Created: noon}, "h", did))
	session := func(id, user string, role core.Role, after time.Duration) account.Session {
		at := noon.Add(after)
		return account.Session{ID: id, User: user, Role: role, Agent: "Firefox", Addr: "192.0.2.7", Began: at, Seen: at}
	}
	sessions := func(user string, wanted ...account.Session) {
		t.Helper()
		all, err := s.SessionsOf(ctx, user)
		want(t, "SessionsOf "+user, all, err, wanted)
	}
	old, now, other := session("old", "eve", core.Operator, 0), session("now", "eve", core.Operator, time.Hour), session("other", "ada", core.Admin, time.Hour)
	must(t, s.PutSession(ctx, old, noon, did), s.PutSession(ctx, now, noon, did), s.PutSession(ctx, other, noon, did))
	sessions("eve", now, old)
	old.Seen = noon.Add(2 * time.Hour)
	got, err := s.UseSession(ctx, "old", noon.Add(2*time.Hour+59*time.Second))
	want(t, "UseSession", got, err, old)
	sessions("eve", old, now)
	old.Seen = noon.Add(-24 * time.Hour) // the clock was put back
	got, err = s.UseSession(ctx, "old", old.Seen)
	want(t, "UseSession", got, err, old)
	sessions("eve", now, old)
	_, err = s.UseSession(ctx, "none", noon)
	wantError(t, err, core.NotFound, "there is no such session")
	wantError(t, s.PutSession(ctx, session("x", "nobody", core.Viewer, 0), noon, did), core.Internal, "storing a session of nobody")

	wantError(t, s.DeleteSession(ctx, "ada", "now", did), core.NotFound, "there is no such session")
	must(t, s.DeleteSession(ctx, "eve", "now", did), s.PutSession(ctx, now, noon.Add(time.Minute), did))
	sessions("eve", now) // the old one is dropped
	eve.Role = core.Viewer
	must(t, s.PutUser(ctx, eve, "h", did))
	sessions("eve")
	must(t, s.PutSession(ctx, now, noon, did), s.DeleteUser(ctx, "eve", did))
	sessions("eve")
	sessions("ada", other)
}

// Two admins who demote each other at once leave one.
func TestLastAdminAtOnce(t *testing.T) {
	s, ctx := dbtest.Open(t), t.Context()
	names := []string{"ada", "eve", "zoe"}
	for _, name := range names {
		must(t, s.PutUser(ctx, account.User{Name: name, Role: core.Admin, Created: noon}, "h", did))
	}
	refused := make(chan error, len(names))
	for _, name := range names {
		go func() {
			refused <- s.PutUser(ctx, account.User{Name: name, Role: core.Viewer, Created: noon}, "h", did)
		}()
	}
	var all error
	for range names {
		all = errors.Join(all, <-refused)
	}
	users, err := s.Users(ctx)
	must(t, err)
	admins := 0
	for _, u := range users {
		if u.Role == core.Admin {
			admins++
		}
	}
	if admins != 1 || core.CodeOf(all) != core.Conflict {
		t.Errorf("%d admins are left, the errors are %v", admins, all)
	}
}

// BenchmarkEvents looks for events among a million.
func BenchmarkEvents(b *testing.B) {
	s := dbtest.Open(b)
	all := make([]audit.Event, 10_000)
	for range 100 {
		for i := range all {
			all[i] = audit.New(noon, core.Caller{Name: fmt.Sprint("user", i%100), Addr: "192.0.2.7"}, audit.Actions()[i%8], node)
		}
		check(b, s.AppendEvents(b.Context(), all...))
	}
	queries := map[string]audit.Query{
		"all": {}, "last page": {Before: 100}, "caller": {Caller: "user7"}, "nobody": {Caller: "nobody"}, "text": {Text: "user7"}, "unfound": {Text: "nowhere"}, "short unfound": {Text: "zz"},
	}
	for name, q := range queries {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				events(b, s, q)
			}
		})
	}
}
