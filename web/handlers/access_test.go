package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/account"
	"ekuiper-console/core/audit"
	"ekuiper-console/web/handlers"
)

var root = core.Caller{Name: "root", Role: core.Admin, Via: "cli"}

// token makes a token and returns the header that carries it.
func (s *site) token(like account.Token) string {
	s.t.Helper()
	_, secret, err := s.server.Tokens.Add(ctx, root, like)
	if err != nil {
		s.t.Fatal(err)
	}
	return "Bearer " + secret
}

// logged returns the newest events of the audit log but for those of root, the oldest
// first, as "caller via action subject result ×count".
func (s *site) logged() []string {
	s.t.Helper()
	events, err := s.server.Audit.List(ctx, root, audit.Query{})
	if err != nil {
		s.t.Fatal(err)
	}
	var all []string
	for _, e := range events {
		if e.Caller != root.Name {
			line := fmt.Sprintf("%s %s %s %s %s ×%d", e.Caller, e.Via, e.Action, e.Subject, e.Result, e.Count)
			all = append([]string{strings.TrimSpace(line)}, all...)
		}
		if e.Caller != root.Name && e.Addr != "127.0.0.1" {
			s.t.Errorf("%v came from %q", e, e.Addr)
		}
	}
	return all
}

// wantLogged fails the test unless the audit log has these events.
func (s *site) wantLogged(t *testing.T, want ...string) {
	t.Helper()
	if got := s.logged(); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the audit log has\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestScopes sends every request of the REST API with tokens that are for one thing
// only.
func TestScopes(t *testing.T) {
	s := open(t)
	allowed := map[string]string{
		"POST /data/import": "import", "GET /data/import/status": "import", "POST /async/data/import": "import",
		"GET /async/task/{id}": "import", "POST /async/task/{id}/cancel": "import",
		"POST /api/v1/import": "import", "GET /api/v1/tasks": "import", "GET /api/v1/tasks/{id}": "import",
		"GET /api/v1/tasks/{id}/events": "import", "POST /api/v1/tasks/{id}/cancel": "import",
		"POST /v2/data/import": "import", "GET /v2/data/export": "export", "POST /v2/data/export": "export",
		"POST /ruleset/import": "import", "POST /ruleset/export": "export",
		"GET /data/export": "export", "POST /data/export": "export", "GET /api/v1/revisions/{n}/bundle": "export",
		"GET /api/v1/backups/{id}/bundle": "export",
		"GET /api/v1/artifacts":           "export", "GET /artifacts/{sha256}/{name}": "export",
		"GET /": "import export", "GET /ping": "import export", "GET /openapi.json": "import export",
		"GET /healthz": "import export", "GET /readyz": "import export",
	}
	for _, scope := range []account.Scope{account.ImportOnly, account.ExportOnly} {
		header := s.token(account.Token{Name: string(scope), Role: core.Admin, Scope: scope})
		for _, route := range handlers.APIRoutes(s.server) {
			method, path, _ := strings.Cut(route, " ")
			a := s.send(method, path, "", "Authorization", header)
			if want := strings.Contains(allowed[route], string(scope)); want == (a.StatusCode == http.StatusForbidden) {
				t.Errorf("%s with a token for %s only: %d", route, scope, a.StatusCode)
			}
		}
	}
}

func TestExpiredToken(t *testing.T) {
	s := open(t)
	now := time.Now()
	s.server.Tokens.Now = func() time.Time { return now }
	header := s.token(account.Token{Name: "brief", Role: core.Viewer, Expires: now.Add(time.Minute)})
	s.send("GET", "/streams", "", "Authorization", header).want(t, 200, "[]")
	now = now.Add(time.Minute)
	s.send("GET", "/streams", "", "Authorization", header).want(t, 401, `{"error":1000,"message":"the token brief has expired","hint":"make another with: console token add NAME"}`)
	s.wantLogged(t, "api token-refused brief refused ×1")
}

// TestTold has what the audit log keeps of requests.
func TestTold(t *testing.T) {
	s := open(t)
	viewer := "Bearer " + s.tokens["viewer"]
	for range 3 {
		if a := s.send("POST", "/data/import", content("{}"), "Authorization", viewer); a.StatusCode != 403 {
			t.Errorf("importing as a viewer: %d", a.StatusCode)
		}
	}
	s.importing(`{"streams":{"s":"CREATE STREAM s () WITH ()"}}`, "").want(t, 200, success)
	s.get("/data/export")
	s.post("/data/export", `["nope"]`)
	b := s.signedIn(core.Viewer)
	s.open(b, "/ui/import").at(t, 403, "/ui/import")
	s.open(b, "/ui/export/download").at(t, 200, "/ui/export/download")
	s.form(b, "/ui/sign-out").at(t, 200, "/ui/sign-in")
	s.form(b, "/ui/sign-in", "user", "u-viewer", "password", "wrong").at(t, 401, "/ui/sign-in")
	s.form(b, "/ui/sign-in", "user", "my password by mistake", "password", "x").at(t, 401, "/ui/sign-in")
	s.wantLogged(t,
		"token viewer api refused POST /data/import refused ×1",
		"token operator api import local ok ×1",
		"token operator api export-secrets local ok ×1",
		"u-viewer page sign-in u-viewer ok ×1",
		"u-viewer page refused GET /ui/import refused ×1",
		"u-viewer page export local ok ×1",
		"u-viewer page sign-out u-viewer ok ×1",
		"page sign-in-refused u-viewer refused ×1",
		"page sign-in-refused  refused ×1",
		"token viewer api refused POST /data/import refused ×2",
	)
}

// TestBackOff guesses until the console answers that it takes no more.
func TestBackOff(t *testing.T) {
	s := open(t)
	b := s.signedIn(core.Viewer)
	s.form(b, "/ui/sign-out")
	for range 5 {
		s.form(b, "/ui/sign-in", "user", "u-viewer", "password", "wrong").at(t, 401, "/ui/sign-in")
		s.send("GET", "/streams", "", "Authorization", "Bearer wrong")
	}
	a := s.form(b, "/ui/sign-in", "user", "u-viewer", "password", password)
	a.at(t, 429, "/ui/sign-in", "Too many attempts", `value="u-viewer"`)
	if wait := a.Header.Get("Retry-After"); wait != "1" && wait != "2" {
		t.Errorf("Retry-After: %q", wait)
	}
	if a := s.send("GET", "/streams", "", "Authorization", "Bearer wrong"); a.StatusCode != 429 || a.Header.Get("Retry-After") == "" {
		t.Errorf("the sixth wrong token: %d, Retry-After %q", a.StatusCode, a.Header.Get("Retry-After"))
	}
	s.get("/streams").want(t, 200, "[]")
}
