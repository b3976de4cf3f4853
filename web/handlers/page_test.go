package handlers_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"ekuiper-console/core"
	"ekuiper-console/web/handlers"
)

// TestPageRoles has who may open which page.
func TestPageRoles(t *testing.T) {
	s := open(t)
	browsers := map[string]*http.Client{"nobody": s.browser()}
	for _, role := range []core.Role{core.Viewer, core.Operator, core.Admin} {
		browsers[role.String()] = s.signedIn(role)
	}
	rank := map[string]int{"nobody": 0, "viewer": 1, "operator": 2, "admin": 3}
	tests := []struct{ method, path, lowest string }{
		{"GET", "/ui/sign-in", "nobody"}, {"POST", "/ui/sign-in", "nobody"}, {"GET", "/ui/setup", "nobody"}, {"POST", "/ui/setup", "nobody"},
		{"POST", "/ui/preferences", "nobody"},
		{"GET", "/ui/inventory", "viewer"}, {"GET", "/ui/inventory/rules", "viewer"}, {"GET", "/ui/inventory/rules/x", "viewer"}, {"GET", "/ui/inventory/rules/x/text", "viewer"},
		{"GET", "/ui/history", "viewer"}, {"GET", "/ui/history/diff", "viewer"}, {"GET", "/ui/history/1", "viewer"}, {"GET", "/ui/history/1/bundle", "viewer"},
		{"GET", "/ui", "viewer"}, {"GET", "/ui/", "viewer"}, {"GET", "/ui/api", "viewer"}, {"GET", "/ui/artifacts/x/y", "viewer"}, {"GET", "/ui/export", "viewer"}, {"POST", "/ui/export", "viewer"}, {"GET", "/ui/export/download", "viewer"},
		{"POST", "/ui/export/download", "viewer"}, {"GET", "/ui/tasks/x", "viewer"}, {"GET", "/ui/tasks/x/report", "viewer"}, {"GET", "/ui/tasks/x/findings", "viewer"},
		{"GET", "/ui/import", "operator"}, {"POST", "/ui/import", "operator"}, {"GET", "/ui/import/x", "operator"}, {"POST", "/ui/import/x", "operator"},
		{"GET", "/ui/import/x/review", "operator"}, {"POST", "/ui/import/x/review", "operator"}, {"GET", "/ui/import/x/review/diff?ref=rules/r", "operator"},
		{"POST", "/ui/history/1/restore", "operator"}, {"GET", "/ui/tasks/x/events", "viewer"},
		{"POST", "/ui/tasks/x/cancel", "operator"}, {"POST", "/ui/tasks/x/retry", "operator"}, {"POST", "/ui/tasks/x/fix", "operator"},
		{"GET", "/ui/accounts", "admin"}, {"POST", "/ui/accounts", "admin"}, {"GET", "/ui/accounts/x", "admin"}, {"POST", "/ui/accounts/x", "admin"},
		{"GET", "/ui/accounts/x/remove", "admin"}, {"POST", "/ui/accounts/x/remove", "admin"},
		{"GET", "/ui/tokens", "admin"}, {"POST", "/ui/tokens", "admin"}, {"GET", "/ui/tokens/x/revoke", "admin"}, {"POST", "/ui/tokens/x/revoke", "admin"},
		{"GET", "/ui/nodes", "viewer"}, {"POST", "/ui/nodes", "admin"}, {"GET", "/ui/nodes/x", "viewer"}, {"POST", "/ui/nodes/x", "admin"}, {"POST", "/ui/nodes/x/pull", "operator"},
		{"GET", "/ui/nodes/x/remove", "admin"}, {"POST", "/ui/nodes/x/remove", "admin"}, {"POST", "/ui/node", "viewer"},
		{"GET", "/ui/rollouts", "viewer"}, {"POST", "/ui/rollouts", "operator"}, {"GET", "/ui/rollouts/new", "operator"}, {"GET", "/ui/rollouts/x", "viewer"},
		{"GET", "/ui/nodes/x/events?of=pull", "viewer"}, {"POST", "/ui/rollouts/x", "operator"}, {"GET", "/ui/rollouts/x/events", "viewer"},
		{"GET", "/ui/rollouts/x/rollback", "operator"}, {"POST", "/ui/rollouts/x/rollback", "operator"},
		{"GET", "/ui/rollouts/x/remove", "operator"}, {"POST", "/ui/rollouts/x/remove", "operator"},
		{"GET", "/ui/nodes/x/drift", "viewer"}, {"POST", "/ui/nodes/x/drift", "operator"}, {"POST", "/ui/nodes/x/baseline", "operator"},
		{"GET", "/ui/backups", "viewer"}, {"POST", "/ui/backups", "operator"}, {"GET", "/ui/backups/1", "viewer"}, {"POST", "/ui/backups/1", "operator"},
		{"GET", "/ui/backups/1/bundle", "viewer"}, {"POST", "/ui/backups/1/restore", "operator"}, {"GET", "/ui/backups/1/remove", "operator"}, {"POST", "/ui/backups/1/remove", "operator"},
		{"GET", "/ui/schedules", "viewer"}, {"POST", "/ui/schedules", "admin"}, {"POST", "/ui/schedules/remove", "admin"},
		{"GET", "/ui/audit", "admin"}, {"GET", "/ui/audit/download", "admin"},
		{"GET", "/ui/settings", "viewer"}, {"POST", "/ui/settings", "viewer"}, {"POST", "/ui/settings/sessions/x", "viewer"},
		{"POST", "/ui/sign-out", "nobody"},
	}
	for _, tt := range tests {
		for role, browser := range browsers {
			req, _ := http.NewRequest(tt.method, s.URL+tt.path, nil)
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			a := s.read(browser.Do(req))
			turnedAway := a.StatusCode == 403 || a.Request.URL.Path == "/ui/sign-in" && tt.path != "/ui/sign-in" && tt.path != "/ui/sign-out" && tt.path != "/ui/preferences"
			if allowed := rank[role] >= rank[tt.lowest]; allowed == turnedAway {
				t.Errorf("%s %s as %s: %d at %s, the lowest that may is %s", tt.method, tt.path, role, a.StatusCode, a.Request.URL.Path, tt.lowest)
			}
		}
	}
	if got, want := len(tests)+len(handlers.APIRoutes(s.server)), len(handlers.AllRoutes(s.server)); got != want {
		t.Errorf("%d routes are tested, there are %d", got, want)
	}
}

// form posts fields in a browser.
func (s *site) form(b *http.Client, path string, fields ...string) answer {
	s.t.Helper()
	values := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		values.Add(fields[i], fields[i+1])
	}
	return s.read(b.PostForm(s.URL+path, values))
}

// open gets a page in a browser.
func (s *site) open(b *http.Client, path string) answer {
	s.t.Helper()
	return s.read(b.Get(s.URL + path))
}

// at fails the test unless a browser has come to a page that says something.
func (a answer) at(t testing.TB, status int, path string, says ...string) {
	t.Helper()
	if a.StatusCode != status || !strings.HasPrefix(a.Request.URL.Path, path) {
		t.Errorf("came to %s with %d, want %s with %d\n%s", a.Request.URL.Path, a.StatusCode, path, status, a.body)
	}
	for _, text := range says {
		if !strings.Contains(a.body, text) {
			t.Errorf("%s does not say %q:\n%s", path, text, a.body)
		}
	}
}

func TestSetUp(t *testing.T) {
	s := open(t)
	b := s.browser()
	s.open(b, "/ui/import").at(t, 200, "/ui/setup")
	s.form(b, "/ui/setup", "token", "wrong", "user", "ada", "password", password, "password2", password).at(t, 400, "/ui/setup")
	s.form(b, "/ui/setup", "token", s.link, "user", "ada", "password", "short", "password2", "short").at(t, 400, "/ui/setup")
	s.form(b, "/ui/setup", "token", s.link, "user", "ada", "password", password, "password2", password+"x").at(t, 400, "/ui/setup")
	s.form(b, "/ui/setup", "token", s.link, "user", "ada", "password", password, "password2", password).at(t, 200, "/ui/import")
	s.open(s.browser(), "/ui/setup?token="+s.link).at(t, 404, "/ui/setup")
	s.form(s.browser(), "/ui/setup", "token", s.link, "user", "eve", "password", password, "password2", password).at(t, 404, "/ui/setup")
}

func TestSignIn(t *testing.T) {
	s := open(t)
	s.importing(s.sample(), "")
	b := s.signedIn(core.Viewer)
	s.form(b, "/ui/sign-out").at(t, 200, "/ui/sign-in")
	s.open(b, "/ui/export?q=x").at(t, 200, "/ui/sign-in", "/ui/export?q=x")
	s.form(b, "/ui/sign-in", "user", "u-viewer", "password", "wrong").at(t, 401, "/ui/sign-in")
	s.form(b, "/ui/sign-in", "user", "u-viewer", "password", password, "next", "//evil.example/ui/").at(t, 200, "/ui/", "<h1>Overview</h1>")
	s.form(b, "/ui/sign-out")
	s.form(b, "/ui/sign-in", "user", "u-viewer", "password", password, "next", "/ui/export?q=x").at(t, 200, "/ui/export", `value="x"`)
	if n := len(b.Jar.Cookies(mustParse(s.URL))); n != 1 {
		t.Errorf("%d cookies", n)
	}
}

func mustParse(address string) *url.URL {
	u, err := url.Parse(address)
	if err != nil {
		panic(err)
	}
	return u
}

func TestPreferences(t *testing.T) {
	s := open(t)
	b := s.signedIn(core.Viewer)
	s.form(b, "/ui/preferences", "theme", "dark", "back", "/ui/export").at(t, 200, "/ui/export", `data-theme="console-dark"`)
	for _, away := range []string{"https://evil.example/", "//evil.example/", `/ui/\evil.example`, "/ui/../evil", "/ui/%2e%2e/evil", "/ui/%5cevil", "/ui/\nevil"} {
		s.form(b, "/ui/preferences", "theme", "system", "back", away).at(t, 200, "/ui/", "<h1>Nothing here yet</h1>")
	}
}

// drop brings files as the import page does.
func (s *site) drop(b *http.Client, files ...string) answer {
	s.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i+1 < len(files); i += 2 {
		part, err := w.CreateFormFile("bundle", files[i])
		if err != nil {
			s.t.Fatal(err)
		}
		if _, err := part.Write([]byte(files[i+1])); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		s.t.Fatal(err)
	}
	return s.read(b.Post(s.URL+"/ui/import", w.FormDataContentType(), &body))
}

func TestImportPages(t *testing.T) {
	s := open(t)
	b := s.signedIn(core.Operator)
	s.open(b, "/ui/import").at(t, 200, "/ui/import", `name="sample"`)
	s.form(b, "/ui/import").at(t, 400, "/ui/import")
	s.form(b, "/ui/import", "address", "file:///etc/passwd").at(t, 400, "/ui/import", "file access denied")

	draft := s.drop(b, "plant.json", s.sample(), "other.json", "{}")
	draft.at(t, 200, "/ui/import/", "plant.json", "other.json")
	here := draft.Request.URL.Path
	s.apply(b, here, "partial").at(t, 200, "/ui/tasks/")
	s.wantAll(t, s.sample())
	s.open(b, here).at(t, 200, "/ui/tasks/")

	bad := s.drop(b, "bad.json", "{\"streams\":{\n  x}}")
	bad.at(t, 200, "/ui/import/", "invalid character", "Line 2")
	s.form(b, bad.Request.URL.Path, "action", "save", "text", `{"streams":{"s":"CREATE STREAM s () WITH ()"}}`).at(t, 200, bad.Request.URL.Path)
	s.apply(b, bad.Request.URL.Path, "full").at(t, 400, bad.Request.URL.Path+"/review", "type the node&#39;s name", "Type ")
	s.apply(b, bad.Request.URL.Path, "full", "confirm", "locale").at(t, 400, bad.Request.URL.Path+"/review")
	s.wantAll(t, s.sample())
	s.apply(b, bad.Request.URL.Path, "full", "confirm", "local").at(t, 200, "/ui/tasks/")
	s.get("/streams").want(t, 200, `["s"]`)

	gone := s.form(b, "/ui/import", "text", "{}")
	s.form(b, gone.Request.URL.Path, "action", "remove").at(t, 200, "/ui/import")
	s.open(b, gone.Request.URL.Path).at(t, 404, "/ui/import/")
	s.form(b, "/ui/import", "address", s.write("a.json", "{}")).at(t, 200, "/ui/import/", "a.json")
}

func TestDraftsArePrivate(t *testing.T) {
	s := open(t)
	mine, other := s.signedIn(core.Operator), s.signedIn(core.Admin)
	draft := s.form(mine, "/ui/import", "text", `{"sourceConfig":{"mqtt":"{}"}}`)
	s.open(other, draft.Request.URL.Path).at(t, 404, "/ui/import/")
	s.open(other, draft.Request.URL.Path+"/review").at(t, 404, "/ui/import/")
	s.open(other, draft.Request.URL.Path+"/review/diff?ref=sourceConfig/mqtt").at(t, 404, "/ui/import/")
	s.form(other, draft.Request.URL.Path, "action", "review", "mode", "full").at(t, 404, "/ui/import/")
	s.form(other, draft.Request.URL.Path+"/review", "action", "apply").at(t, 404, "/ui/import/")
}

func TestPageHeaders(t *testing.T) {
	s := open(t)
	b := s.signedIn(core.Viewer)
	for _, path := range []string{"/ui/export", "/ui/nothing", "/ui/sign-in"} {
		a := s.open(b, path)
		csp := a.Header.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'self'") || !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s has the policy %s", path, csp)
		}
		if a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s has the headers %v", path, a.Header)
		}
	}
	s.open(b, "/ui/nothing").at(t, 404, "/ui/nothing")
}

func TestForeignForm(t *testing.T) {
	s := open(t)
	b := s.signedIn(core.Operator)
	req, _ := http.NewRequest("POST", s.URL+"/ui/import", strings.NewReader("text={}"))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", "https://evil.example")
	s.read(b.Do(req)).at(t, 403, "/ui/import")
}

// TestImportTwice presses the button again before the first press has led anywhere.
func TestImportTwice(t *testing.T) {
	s := open(t)
	b := s.signedIn(core.Operator)
	draft := s.form(b, "/ui/import", "text", s.sample())
	here := draft.Request.URL.Path
	review := s.open(b, here+"/review")
	var wg sync.WaitGroup
	led := make([]string, 5)
	for i := range led {
		wg.Go(func() {
			led[i] = s.form(b, here+"/review", "action", "apply", "plan", review.plan(t), "strict", "atomic").Request.URL.Path
		})
	}
	wg.Wait()
	for _, path := range led {
		if path != led[0] || !strings.HasPrefix(path, "/ui/tasks/") {
			t.Errorf("the presses led to %v", led)
			break
		}
	}
	history, err := s.server.Transfer.History(ctx, core.Caller{Role: core.Viewer}, "local", 0, 10)
	if err != nil || len(history) != 1 {
		t.Errorf("%d revisions, %v", len(history), err)
	}
	s.open(b, here).at(t, 200, led[0])
}

// TestFormLimits: nobody who is not signed in can make the console hold much.
func TestFormLimits(t *testing.T) {
	s := open(t)
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	for _, path := range []string{"/ui/sign-in", "/ui/setup", "/ui/preferences"} {
		if a := s.form(s.browser(), path, "user", strings.Repeat("x", 1<<20)); a.StatusCode != 413 {
			t.Errorf("a large form to %s: %d", path, a.StatusCode)
		}
	}
	b := s.signedIn(core.Operator)
	s.drop(b, "large.json", "{}"+strings.Repeat(" ", 9<<20)).at(t, 200, "/ui/import/")
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Errorf("%d temporary files are left, %v", len(left), err)
	}
}

func TestSessionsEndWithThePassword(t *testing.T) {
	s := open(t)
	b := s.signedIn(core.Viewer)
	if err := s.server.Users.SetPassword(ctx, core.Caller{Name: "root", Role: core.Admin}, "u-viewer", password+"2"); err != nil {
		t.Fatal(err)
	}
	s.open(b, "/ui/export").at(t, 200, "/ui/sign-in")
}
