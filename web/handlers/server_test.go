package handlers_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/account"
	"ekuiper-console/core/audit"
	"ekuiper-console/core/depot"
	"ekuiper-console/core/drift"
	"ekuiper-console/core/errand"
	"ekuiper-console/core/fetch"
	"ekuiper-console/core/node"
	"ekuiper-console/core/rollout"
	"ekuiper-console/core/schedule"
	"ekuiper-console/core/task"
	"ekuiper-console/core/transfer"
	"ekuiper-console/core/vault"
	"ekuiper-console/db/dbtest"
	"ekuiper-console/web/handlers"
)

var ctx = context.Background()

const password = "correct horse battery"

// site is a console that answers on loopback.
type site struct {
	*httptest.Server
	t      testing.TB
	server *handlers.Server
	root   string            // a folder that file: addresses may lie under
	tokens map[string]string // by role
	link   string            // the secret of the set-up link
	stops  atomic.Int32
}

// open starts a console with a user and a token of each role. Change may alter it
// before it serves.
func open(t testing.TB, change ...func(*handlers.Server)) *site {
	t.Helper()
	db := dbtest.Open(t)
	s := &site{t: t, root: t.TempDir(), tokens: map[string]string{}}
	files := &fetch.Fetcher{Roots: []string{s.root}, AllowPrivate: true}
	log := &audit.Log{Store: db}
	artifacts, err := depot.New(filepath.Join(t.TempDir(), "artifacts"))
	if err != nil {
		t.Fatal(err)
	}
	nodes := &node.Registry{Store: db, Seal: node.Seal{File: filepath.Join(t.TempDir(), "nodes.key")}}
	live := &node.Live{Mirror: db, Nodes: nodes, Noter: db, Times: node.Times{Settle: 300 * time.Millisecond, Return: time.Second, Fresh: 1}}
	service := &transfer.Service{Nodes: live, Live: live, Journal: db, Fetch: files, Depot: artifacts, Audit: log}
	users := &account.Users{Store: db, Audit: log}
	setUp, link := account.NewSetUp(users)
	sessions := handlers.NewSessions(db.Sessions())
	s.link = link
	t.Cleanup(service.Close)
	book := &schedule.Book{Store: db, Turns: db, Known: live.Known}
	t.Cleanup(live.Close)
	s.server = &handlers.Server{
		Watch:    &drift.Watch{Store: db, Nodes: live, Journal: service, State: db.State},
		Vault:    &vault.Vault{Store: db, Source: live, Terms: book},
		Book:     book,
		Transfer: service,
		Drafts:   &transfer.Drafts{Store: db, Choices: db, Transfer: service},
		Nodes:    nodes,
		Live:     live,
		Rollouts: &rollout.Service{Importer: service, Registry: nodes, Doctor: live, Store: db, Board: db, Shelf: db, Audit: log, Log: func(err error) { t.Error(err) }},
		Errands:  &errand.Runner{},
		Tasks:    &task.Runner{Store: db, Log: func(err error) { t.Error(err) }},
		Users:    users, Tokens: &account.Tokens{Store: db, Audit: log}, Sessions: sessions, SignedIn: &account.Sessions{Store: db}, SetUp: setUp, Audit: log,
		Links: handlers.Links{Key: []byte("key")},
		Log:   slog.New(slog.NewTextHandler(io.Discard, nil)), RESTAuth: true, Version: "test", Started: time.Now(),
		Stop: func() { s.stops.Add(1) }, Data: s.root, FileRoots: files.Roots, StoreSize: func() int64 { return 4096 },
	}
	admin := core.Caller{Name: "root", Role: core.Admin}
	for _, role := range []core.Role{core.Viewer, core.Operator, core.Admin} {
		_, secret, err := s.server.Tokens.Add(ctx, admin, account.Token{Name: role.String(), Role: role})
		if err != nil {
			t.Fatal(err)
		}
		s.tokens[role.String()] = secret
	}
	for _, f := range change {
		f(s.server)
	}
	s.Server = httptest.NewServer(s.server.Handler())
	t.Cleanup(func() {
		s.Close()
		s.server.Errands.Close()
		if err := errors.Join(s.server.Rollouts.Close(ctx), s.server.Tasks.Close(ctx)); err != nil {
			t.Error(err)
		}
	})
	return s
}

// answer is a response that was read.
type answer struct {
	*http.Response
	body string
}

// send sends a request as an operator; headers are names and values in turn.
func (s *site) send(method, path, body string, headers ...string) answer {
	s.t.Helper()
	req, err := http.NewRequest(method, s.URL+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.tokens["operator"])
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i+1] == "" {
			req.Header.Del(headers[i])
		} else {
			req.Header.Set(headers[i], headers[i+1])
		}
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return s.read(client.Do(req))
}

func (s *site) read(resp *http.Response, err error) answer {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer{resp, unnumbered(s.t, resp, string(data))}
}

// unnumbered takes the id of the request out of an error body, which differs each time.
func unnumbered(t testing.TB, resp *http.Response, body string) string {
	t.Helper()
	id := resp.Header.Get("X-Request-Id")
	if id == "" {
		t.Errorf("%s %s is answered without the id of the request", resp.Request.Method, resp.Request.URL)
	}
	return strings.Replace(body, `,"request":"`+id+`"`, "", 1)
}

func (s *site) get(path string) answer             { return s.send("GET", path, "") }
func (s *site) post(path, body string) answer      { return s.send("POST", path, body) }
func (s *site) importing(doc, query string) answer { return s.post("/data/import"+query, content(doc)) }
func (s *site) write(name, data string) (uri string) {
	path := filepath.Join(s.root, name)
	if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
		s.t.Fatal(err)
	}
	return "file://" + path
}

// content is an import request that brings a document.
func content(doc string) string {
	body, err := json.Marshal(map[string]string{"content": doc})
	if err != nil {
		panic(err)
	}
	return string(body)
}

// message returns the message of an error body, after checking its form.
func (a answer) message(t testing.TB) string {
	t.Helper()
	var body struct {
		Error   int
		Message string
	}
	if err := json.Unmarshal([]byte(a.body), &body); err != nil || body.Error == 0 {
		t.Fatalf("%s is no error body: %v", a.body, err)
	}
	if ct := a.Header.Get("Content-Type"); ct != "application/json" {
		t.Errorf("an error came as %s", ct)
	}
	return body.Message
}

// want fails the test unless the answer has a status and a body, but for white space
// at its end.
func (a answer) want(t testing.TB, status int, body string) {
	t.Helper()
	if a.StatusCode != status || strings.TrimSpace(a.body) != body {
		t.Errorf("%s %s\n got %d %s\nwant %d %s", a.Request.Method, a.Request.URL, a.StatusCode, a.body, status, body)
	}
}

// browser is a client that keeps cookies and follows redirects.
func (s *site) browser() *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}

// signedIn makes a user of a role and a browser in which they are signed in.
func (s *site) signedIn(role core.Role) *http.Client {
	s.t.Helper()
	name := "u-" + role.String()
	if err := s.server.Users.Add(ctx, core.Caller{Name: "root", Role: core.Admin}, name, role, password); err != nil {
		s.t.Fatal(err)
	}
	b := s.browser()
	a := s.read(b.PostForm(s.URL+"/ui/sign-in", url.Values{"user": {name}, "password": {password}}))
	if a.StatusCode != http.StatusOK || a.Request.URL.Path == "/ui/sign-in" {
		s.t.Fatalf("signing in as %s led to %s with %d", name, a.Request.URL, a.StatusCode)
	}
	return b
}
