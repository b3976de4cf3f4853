package db_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/google/go-cmp/cmp"

	"ekuiper-console/core"
	"ekuiper-console/core/account"
	"ekuiper-console/core/audit"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/task"
	"ekuiper-console/db"
	"ekuiper-console/db/dbtest"
)

// What the packages that call the store declare.
var (
	_ task.Store           = (*db.DB)(nil)
	_ account.UserStore    = (*db.DB)(nil)
	_ account.TokenStore   = (*db.DB)(nil)
	_ account.SessionStore = (*db.DB)(nil)
	_ audit.Store          = (*db.DB)(nil)
	_ scs.CtxStore         = (*db.Sessions)(nil)
)

// want checks that there is no error and nothing but what is wanted.
func want[T any](t *testing.T, call string, got T, err error, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%s: error %v, -want +got:\n%s", call, err, diff)
	}
}

// must ends the test at an error.
func must(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestReport(t *testing.T) {
	s, ctx := dbtest.Open(t), t.Context()
	for _, text := range []string{"", "streams/s=worse rules/a=bad", "tables/t=<&>", ""} {
		must(t, s.Record(ctx, node, parse(t, text)))
		report, err := s.Report(ctx, node)
		want(t, "Report", show(report), err, text)
	}
	must(t, s.Record(ctx, node, parse(t, "rules/a=bad")))
	commit(t, s, "rules/b=1")
	report, err := s.Report(ctx, node)
	want(t, "Report after a clean commit", show(report), err, "")
}

func TestTasks(t *testing.T) {
	s, ctx := dbtest.Open(t), t.Context()
	first := task.Task{ID: "1", Node: node, By: "m.keller", Title: "plant.json", State: task.Register, Created: noon, Updated: noon}
	second := first
	second.ID, second.State = "2", task.Running
	third := second
	third.ID, third.Created = "3", noon.Add(-time.Hour) // the clock was put back
	must(t, s.PutTask(ctx, first), s.PutTask(ctx, second), s.PutTask(ctx, third))

	c := full(t, s, "rules/a=1")
	c.Task = "2"
	_, err := s.Commit(ctx, c)
	must(t, err)
	left, err := s.UnfinishedTasks(ctx)
	want(t, "UnfinishedTasks", left, err, []task.Unfinished{{Task: third}, {Task: first}, {Task: second, Revision: 1}})

	second.State, second.Message, second.Updated = task.Finish, "done", noon.Add(time.Minute)
	second.Result = json.RawMessage(`{"n":1}`)
	first.State, third.State = task.Cancel, task.Error
	must(t, s.PutTask(ctx, first), s.PutTask(ctx, second), s.PutTask(ctx, third))
	got, err := s.Task(ctx, "2")
	want(t, "Task", got, err, second)
	left, err = s.UnfinishedTasks(ctx)
	want(t, "UnfinishedTasks", left, err, nil)
	all, err := s.Tasks(ctx, node, 2)
	must(t, err)
	if len(all) != 2 || all[0].ID != "3" || all[1].ID != "2" {
		t.Errorf("Tasks = %v; want what was begun last first", all)
	}
	_, err = s.Task(ctx, "4")
	wantError(t, err, core.NotFound, `there is no task "4"`)
}

func TestUsers(t *testing.T) {
	s, ctx := dbtest.Open(t), t.Context()
	keller := account.User{Name: "m.keller", Role: core.Admin, Created: noon}
	adam := account.User{Name: "adam", Role: core.Viewer, Created: noon.Add(time.Hour)}
	must(t, s.PutUser(ctx, keller, "old", did), s.PutUser(ctx, adam, "h", did))
	keller.Role = core.Operator
	wantError(t, s.PutUser(ctx, keller, "new", did), core.Conflict, "this is the last administrator")
	wantError(t, s.DeleteUser(ctx, "m.keller", did), core.Conflict, "this is the last administrator")
	must(t, s.PutUser(ctx, account.User{Name: "root", Role: core.Admin, Created: noon}, "h", did), s.PutUser(ctx, keller, "new", did))
	must(t, s.PutUser(ctx, account.User{Name: "admin2", Role: core.Admin, Created: noon}, "h", did), s.DeleteUser(ctx, "root", did))
	wantError(t, s.DeleteUser(ctx, "root", did), core.NotFound, `there is no user "root"`)

	u, hash, err := s.User(ctx, "m.keller")
	want(t, "User", u, err, keller)
	want(t, "hash of User", hash, err, "new")
	users, err := s.Users(ctx)
	want(t, "Users", users, err, []account.User{adam, {Name: "admin2", Role: core.Admin, Created: noon}, keller})
	_, _, err = s.User(ctx, "eve")
	wantError(t, err, core.NotFound, `there is no user "eve"`)
	wantError(t, s.PutUser(ctx, account.User{Name: "nobody"}, "h", did), core.Internal, "storing user nobody")
}

func TestTokens(t *testing.T) {
	s, ctx := dbtest.Open(t), t.Context()
	backup := account.Token{ID: "b1", Name: "backup", Role: core.Viewer, Scope: account.ExportOnly, By: "m.keller", Created: noon}
	deploy := account.Token{ID: "a1", Name: "deploy", Role: core.Operator, Scope: account.All, By: "m.keller", Created: noon, Expires: noon.Add(time.Hour)}
	must(t, s.PutToken(ctx, backup, []byte("hash b"), did), s.PutToken(ctx, deploy, []byte("hash d"), did))
	tokens, err := s.Tokens(ctx)
	want(t, "Tokens", tokens, err, []account.Token{backup, deploy})

	for _, c := range []struct{ at, used time.Duration }{
		{70 * time.Second, time.Minute},
		{119 * time.Second, time.Minute},
		{120 * time.Second, 2 * time.Minute},
		{30 * time.Second, 2 * time.Minute},
		{-24 * time.Hour, -24 * time.Hour}, // the clock was put back
		{-24*time.Hour + time.Minute, -24*time.Hour + time.Minute},
	} {
		backup.LastUsed = noon.Add(c.used)
		got, err := s.UseToken(ctx, []byte("hash b"), noon.Add(c.at))
		want(t, "UseToken", got, err, backup)
		tokens, err := s.Tokens(ctx)
		want(t, "Tokens", tokens, err, []account.Token{backup, deploy})
	}
	_, err = s.UseToken(ctx, []byte("hash x"), noon)
	wantError(t, err, core.NotFound, "there is no such token")

	got, err := s.UseToken(ctx, []byte("hash d"), noon.Add(time.Hour))
	want(t, "UseToken of one that has expired", got, err, deploy)

	must(t, s.DeleteToken(ctx, "b1", did))
	wantError(t, s.DeleteToken(ctx, "b1", did), core.NotFound, `there is no token "b1"`)
	tokens, err = s.Tokens(ctx)
	want(t, "Tokens", tokens, err, []account.Token{deploy})
}

func TestUseTokenWritesOnceAMinute(t *testing.T) {
	s, ctx := dbtest.Open(t), t.Context()
	must(t, s.PutToken(ctx, account.Token{ID: "b1", Role: core.Viewer, Scope: account.All, Created: noon}, []byte("h"), did))
	_, err := s.UseToken(ctx, []byte("h"), noon)
	must(t, err)
	held, err := s.Writer().BeginTx(ctx, nil) // whoever writes now waits for good
	must(t, err)
	defer held.Rollback()
	_, err = s.UseToken(ctx, []byte("h"), noon.Add(59*time.Second))
	must(t, err)
}

func TestDrafts(t *testing.T) {
	s, ctx := dbtest.Open(t), t.Context()
	draft := func(id, by string, at time.Duration, body string) plan.Draft {
		return plan.Draft{ID: id, Node: node, Name: id + ".json", By: by, Created: noon.Add(at), Body: []byte(body), Size: len(body), Document: "d" + id,
			Files: map[string]string{"https://h/" + id: "aa"}, Choices: plan.Choices{Mode: plan.Full, Leave: []core.Ref{{Kind: core.Rule, Name: id}}}}
	}
	list := func(want ...string) {
		t.Helper()
		drafts, err := s.Drafts(ctx, node, "m.keller")
		must(t, err)
		var got []string
		for _, d := range drafts {
			if len(d.Body) > 0 {
				t.Errorf("draft %s has its body in the list", d.ID)
			}
			got = append(got, d.ID)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Drafts, -want +got:\n%s", diff)
		}
	}
	b, a, other := draft("b", "m.keller", 0, "{}"), draft("a", "m.keller", time.Second, "{\"a\":1}"), draft("c", "eve", 0, "{}")
	must(t, s.PutDraft(ctx, b), s.PutDraft(ctx, a), s.PutDraft(ctx, other))
	got, err := s.Draft(ctx, "a")
	want(t, "Draft", got, err, a)
	list("b", "a")
	drafts, err := s.Drafts(ctx, node, "eve")
	other.Body = nil
	want(t, "Drafts", drafts, err, []plan.Draft{other})

	must(t, s.PutDraft(ctx, draft("late", "m.keller", 24*time.Hour, "")))
	list("b", "a", "late")
	must(t, s.PutDraft(ctx, draft("later", "m.keller", 24*time.Hour+time.Millisecond, "")))
	list("a", "late", "later")
	must(t, s.DeleteDraft(ctx, "a"), s.DeleteDraft(ctx, "a"))
	list("late", "later")
	_, err = s.Draft(ctx, "a")
	wantError(t, err, core.NotFound, `there is no draft "a"`)
	for _, leave := range []int{1, 3000, 2999, 0} { // long ones are remembered, and must not be mistaken
		late, err := s.Draft(ctx, "late")
		must(t, err)
		late.Choices = plan.Choices{Valid: true}
		for i := range leave {
			late.Choices.Leave = append(late.Choices.Leave, core.Ref{Kind: core.Stream, Name: fmt.Sprint(i)})
		}
		must(t, s.PutChoices(ctx, "late", "m.keller", late.Choices))
		got, err = s.Draft(ctx, "late")
		want(t, "Draft with other choices", got, err, late)
	}
	wantError(t, s.PutChoices(ctx, "late", "eve", plan.Choices{}), core.NotFound, `there is no draft "late"`)
	must(t, s.PutDraft(ctx, plan.Draft{ID: "late", Node: node, By: "m.keller", Created: noon.Add(25 * time.Hour)}))
	list("later", "late")
}

func TestSessions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "console.db")
	s := open(t, path)
	sessions, later := s.Sessions(), time.Now().Add(time.Hour)
	find := func(token, wanted string, there bool) {
		t.Helper()
		data, found, err := sessions.Find(token)
		if string(data) != wanted || found != there || err != nil {
			t.Errorf("Find(%q) = %q, %v, %v; want %q, %v", token, data, found, err, wanted, there)
		}
	}
	find("secret-token", "", false)
	must(t, sessions.Commit("secret-token", []byte("one"), later), sessions.Commit("empty", nil, later))
	find("secret-token", "one", true)
	find("empty", "", true)
	must(t, sessions.Commit("secret-token", []byte("two"), later))
	find("secret-token", "two", true)

	must(t, sessions.Commit("old", []byte("old"), time.Now().Add(-time.Millisecond)))
	find("old", "", false)
	must(t, sessions.Delete("empty"), sessions.Delete("empty"))
	find("empty", "", false)
	must(t, sessions.Commit("new", []byte("new"), later))
	var rows int
	must(t, s.Writer().QueryRow("select count(*) from sessions").Scan(&rows))
	want(t, "rows of sessions", rows, nil, 2)

	must(t, s.Close())
	file, err := os.ReadFile(path)
	must(t, err)
	if bytes.Contains(file, []byte("secret-token")) || !bytes.Contains(file, []byte("two")) {
		t.Error("the file tells a token, or not the data")
	}
}

// TestReadOnly: a store that may not be written to is told as such, whoever only reads
// goes on, and all goes on once it may.
func TestReadOnly(t *testing.T) {
	s, ctx := dbtest.Open(t), t.Context()
	token := account.Token{ID: "a1", Name: "deploy", Role: core.Operator, Scope: account.All, By: "m.keller", Created: noon}
	eve := account.User{Name: "eve", Role: core.Operator, Created: noon}
	session := account.Session{ID: "s", User: "eve", Role: core.Operator, Began: noon, Seen: noon}
	must(t, s.PutToken(ctx, token, []byte("hash"), did), s.PutUser(ctx, eve, "h", did), s.PutSession(ctx, session, noon, did))
	cookies, expiry := s.Sessions(), time.Now().Add(time.Hour)
	must(t, cookies.CommitCtx(ctx, "cookie", []byte("data"), expiry))
	commit(t, s, "rules/a=1")
	readOnly := func(on int) {
		t.Helper()
		_, err := s.Writer().Exec(fmt.Sprintf("pragma query_only = %d", on))
		must(t, err)
	}
	readOnly(1)
	_, err := s.Commit(ctx, full(t, s, "rules/a=2"))
	wantError(t, err, core.Unwritable, "may not be written to")
	wantError(t, s.PutTask(ctx, task.Task{ID: "1"}), core.Unwritable, "may not be written to")
	wantError(t, cookies.CommitCtx(ctx, "another", []byte("data"), expiry), core.Unwritable, "may not be written to")
	_, err = s.UseToken(ctx, []byte("hash"), noon.Add(time.Hour))
	must(t, err)
	_, err = s.UseSession(ctx, "s", noon.Add(time.Hour))
	must(t, err)
	must(t, cookies.CommitCtx(ctx, "cookie", []byte("data"), expiry.Add(time.Hour)))
	wantHeld(t, s, "rules/a=1")
	readOnly(0)
	commit(t, s, "rules/a=2")
	wantHeld(t, s, "rules/a=2")
}
