package handlers_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
)

func TestAccountPages(t *testing.T) {
	s := open(t)
	b := s.signedIn(core.Admin)
	s.open(b, "/ui/accounts").at(t, 200, "/ui/accounts", "u-admin")
	add := func(name, role, password, again string) answer {
		return s.form(b, "/ui/accounts", "user", name, "role", role, "password", password, "password2", again)
	}
	add("a b", "viewer", password, password).at(t, 400, "/ui/accounts", "A user name has", `value="a b"`)
	add("eve", "viewer", "short", "short").at(t, 400, "/ui/accounts", "too short")
	add("eve", "viewer", "password1234", "password1234").at(t, 400, "/ui/accounts", "first that are guessed")
	add("eve", "viewer", password, password+"x").at(t, 400, "/ui/accounts", "not the same")
	add("eve", "king", password, password).at(t, 400, "/ui/accounts")
	add("eve", "viewer", password, password).at(t, 200, "/ui/accounts", "/ui/accounts/eve")
	add("eve", "viewer", password, password).at(t, 400, "/ui/accounts", "of this name already")

	eve := s.browser()
	s.form(eve, "/ui/sign-in", "user", "eve", "password", password).at(t, 200, "/ui/", "<h1>Nothing here yet</h1>")
	s.form(b, "/ui/accounts/eve", "action", "role", "role", "operator").at(t, 200, "/ui/accounts/eve", "The role is changed.", `value="operator" checked`)
	s.open(eve, "/ui/export").at(t, 200, "/ui/sign-in")
	s.form(eve, "/ui/sign-in", "user", "eve", "password", password).at(t, 200, "/ui/", "<h1>Nothing here yet</h1>")
	s.form(b, "/ui/accounts/eve", "action", "password", "password", "short", "password2", "short").at(t, 400, "/ui/accounts/eve", "too short")
	s.form(b, "/ui/accounts/eve", "action", "password", "password", password+"2", "password2", password+"2").at(t, 200, "/ui/accounts/eve", "The password is set.")
	s.open(eve, "/ui/export").at(t, 200, "/ui/sign-in")
	s.form(b, "/ui/accounts/eve", "action", "name").at(t, 400, "/ui/accounts/eve")
	s.open(b, "/ui/accounts/zoe").at(t, 404, "/ui/accounts/zoe")

	s.form(b, "/ui/accounts/u-admin", "action", "role", "role", "viewer").at(t, 400, "/ui/accounts/u-admin", "the last administrator")
	s.form(b, "/ui/accounts/u-admin/remove").at(t, 409, "/ui/accounts/u-admin/remove", "the last administrator")
	s.form(eve, "/ui/sign-in", "user", "eve", "password", password+"2").at(t, 200, "/ui/", "<h1>Nothing here yet</h1>")
	s.open(b, "/ui/accounts/eve/remove").at(t, 200, "/ui/accounts/eve/remove", "Remove eve")
	a := s.form(b, "/ui/accounts/eve/remove")
	a.at(t, 200, "/ui/accounts")
	if strings.Contains(a.body, "/ui/accounts/eve") {
		t.Error("eve is still there")
	}
	s.open(eve, "/ui/export").at(t, 200, "/ui/sign-in")
	s.form(b, "/ui/accounts/eve/remove").at(t, 404, "/ui/accounts/eve/remove")
}

func TestTokenPages(t *testing.T) {
	s := open(t)
	b := s.signedIn(core.Admin)
	add := func(name, role, scope, days string) answer {
		return s.form(b, "/ui/tokens", "name", name, "role", role, "scope", scope, "days", days)
	}
	add("", "viewer", "all", "90").at(t, 400, "/ui/tokens", "A token name has")
	add("ci", "viewer", "import", "90").at(t, 400, "/ui/tokens", "operator at least")
	add("ci", "viewer", "all", "91").at(t, 400, "/ui/tokens")
	add("ci", "viewer", "some", "90").at(t, 400, "/ui/tokens")
	a := add("ci", "operator", "import", "7")
	a.at(t, 200, "/ui/tokens", "is made")
	secret := regexp.MustCompile(`ekc_[A-Z2-7]{52}`).FindString(a.body)
	if a := s.send("POST", "/data/import", content("{}"), "Authorization", "Bearer "+secret); a.StatusCode != 200 {
		t.Errorf("importing with the token: %d %s", a.StatusCode, a.body)
	}
	a = s.open(b, "/ui/tokens")
	if a.at(t, 200, "/ui/tokens", "Import only"); strings.Contains(a.body, secret) {
		t.Error("the secret is shown again")
	}
	tokens, err := s.server.Tokens.List(ctx, root)
	if err != nil {
		t.Fatal(err)
	}
	made := tokens[len(tokens)-1]
	if until := time.Until(made.Expires).Hours(); until < 6*24 || until > 8*24 || made.By != "u-admin" {
		t.Errorf("made %+v", made)
	}
	s.open(b, "/ui/tokens/"+made.ID+"/revoke").at(t, 200, "/ui/tokens", "Revoke the token")
	s.form(b, "/ui/tokens/"+made.ID+"/revoke").at(t, 200, "/ui/tokens")
	s.form(b, "/ui/tokens/"+made.ID+"/revoke").at(t, 404, "/ui/tokens")
	if a := s.send("POST", "/data/import", content("{}"), "Authorization", "Bearer "+secret); a.StatusCode != 401 {
		t.Errorf("importing with the token that was revoked: %d %s", a.StatusCode, a.body)
	}
}

func TestAuditPages(t *testing.T) {
	s := open(t)
	b := s.signedIn(core.Admin)
	for range 130 {
		if err := s.server.Audit.Store.AppendEvents(ctx, audit.New(time.Now(), root, audit.Backup, "a&b")); err != nil {
			t.Fatal(err)
		}
	}
	older := regexp.MustCompile(`href="(/ui/audit\?[^"]*before=\d+[^"]*)"`)
	seen, at := 0, "/ui/audit?action=backup&q=A%26B"
	for pages := 0; at != "" && pages < 9; pages++ {
		a := s.open(b, at)
		a.at(t, 200, "/ui/audit", `value="backup" selected`, `value="A&amp;B"`)
		seen += strings.Count(a.body, "Backup of</span>")
		at = ""
		if m := older.FindStringSubmatch(a.body); m != nil {
			at = strings.ReplaceAll(m[1], "&amp;", "&")
		}
	}
	if seen != 130 {
		t.Errorf("the pages show %d events", seen)
	}
	a := s.open(b, "/ui/audit/download?action=backup")
	a.at(t, 200, "/ui/audit/download", `"action":"backup","subject":"a&b"`)
	if n := strings.Count(a.body, "\n"); n != 130 || !strings.Contains(a.Header.Get("Content-Disposition"), "audit.jsonl") {
		t.Errorf("%d lines are downloaded as %s", n, a.Header.Get("Content-Disposition"))
	}
	for _, query := range []string{"action=drop", "before=x", "before=-1", "limit=x"} {
		s.open(b, "/ui/audit?"+query).at(t, 400, "/ui/audit")
	}
	s.open(b, "/ui/audit?caller=zoe").at(t, 200, "/ui/audit", "Nothing matches.")
}

func TestSettings(t *testing.T) {
	s := open(t)
	b, other := s.signedIn(core.Viewer), s.browser()
	s.form(other, "/ui/sign-in", "user", "u-viewer", "password", password).at(t, 200, "/ui/", "<h1>Nothing here yet</h1>")
	a := s.open(b, "/ui/settings")
	a.at(t, 200, "/ui/settings", "this browser", "127.0.0.1")
	if strings.Contains(a.body, "Data folder") {
		t.Error("a viewer sees where the data is")
	}
	ends := regexp.MustCompile(`/ui/settings/sessions/\w+`).FindAllString(a.body, -1)
	if len(ends) != 1 {
		t.Fatalf("%d sessions can be ended", len(ends))
	}
	stranger := s.signedIn(core.Operator)
	s.form(stranger, ends[0]).at(t, 200, "/ui/settings")
	s.open(other, "/ui/export").at(t, 200, "/ui/export")
	s.form(b, ends[0]).at(t, 200, "/ui/settings")
	s.open(other, "/ui/export").at(t, 200, "/ui/sign-in")

	s.form(other, "/ui/sign-in", "user", "u-viewer", "password", password)
	change := func(present, next, again string) answer {
		return s.form(b, "/ui/settings", "present", present, "password", next, "password2", again)
	}
	change(password, "short", "short").at(t, 400, "/ui/settings", "too short")
	change("guess", password+"2", password+"2").at(t, 403, "/ui/settings", "not your present password")
	change(password, password+"2", password+"2").at(t, 200, "/ui/settings", "The password is changed.")
	s.open(other, "/ui/export").at(t, 200, "/ui/sign-in")
	s.open(s.signedIn(core.Admin), "/ui/settings").at(t, 200, "/ui/settings", "Data folder", "for callers with a token", "4.1 KB")
	for range 5 {
		change("guess", password, password)
	}
	if a := change(password+"2", password, password); a.Header.Get("Retry-After") == "" || !strings.Contains(a.body, "Too many attempts") {
		t.Errorf("after five guesses: %d %v", a.StatusCode, a.Header)
	}
}

// A session that is left for another one is over.
func TestSignInAgain(t *testing.T) {
	s := open(t)
	b := s.signedIn(core.Viewer)
	old := b.Jar.Cookies(mustParse(s.URL))
	s.form(b, "/ui/sign-in", "user", "u-viewer", "password", password).at(t, 200, "/ui/", "<h1>Nothing here yet</h1>")
	thief := s.browser()
	thief.Jar.SetCookies(mustParse(s.URL), old)
	s.open(thief, "/ui/export").at(t, 200, "/ui/sign-in")
	own, err := s.server.SignedIn.List(ctx, core.Caller{Name: "u-viewer", Role: core.Viewer})
	if err != nil || len(own) != 1 {
		t.Errorf("%d sessions, %v", len(own), err)
	}
}

// asAdmin sends a request of the REST API with an admin's token.
func (s *site) asAdmin(method, path, body string, headers ...string) answer {
	s.t.Helper()
	return s.send(method, path, body, append([]string{"Authorization", "Bearer " + s.tokens["admin"]}, headers...)...)
}

func TestV1Users(t *testing.T) {
	s := open(t)
	s.asAdmin("GET", "/api/v1/users", "").want(t, 200, "[]")
	for _, tt := range []struct {
		method, path, body string
		status             int
		says               string
	}{
		{"POST", "", `{"name":"ada","role":"admin","password":"short"}`, 400, "at least 12 characters"},
		{"POST", "", `{"name":"ada","role":"admin","password":"password1234"}`, 400, "first that are guessed"},
		{"POST", "", `{"name":"ada","password":"` + password + `"}`, 400, "needs a role"},
		{"POST", "", `{"name":"ada","role":"king","password":"` + password + `"}`, 400, "king"},
		{"POST", "", `{"name":"ada","role":"admin","passwort":""}`, 400, "unknown field"},
		{"POST", "", `{"name":"ada","role":"admin","password":"` + password + `"}`, 201, `{"name":"ada","role":"admin","created":"20`},
		{"POST", "", `{"name":"ada","role":"viewer","password":"` + password + `"}`, 409, "already"},
		{"PATCH", "/ada", `{"role":"viewer"}`, 409, "last administrator"},
		{"DELETE", "/ada", ``, 409, "last administrator"},
		{"POST", "", `{"name":"eve","role":"viewer","password":"` + password + `"}`, 201, `"eve"`},
		{"PATCH", "/eve", `{}`, 400, "either a role or a password"},
		{"PATCH", "/eve", `{"role":"admin","password":"` + password + `"}`, 400, "either a role or a password"},
		{"PATCH", "/eve", `{"role":"operator"}`, 200, `"role":"operator"`},
		{"PATCH", "/eve", `{"password":"` + password + `2"}`, 200, `"eve"`},
		{"PATCH", "/zoe", `{"role":"operator"}`, 404, "zoe"},
		{"DELETE", "/eve", ``, 204, ""},
		{"DELETE", "/eve", ``, 404, "eve"},
	} {
		a := s.asAdmin(tt.method, "/api/v1/users"+tt.path, tt.body)
		if a.StatusCode != tt.status || !strings.Contains(a.body, tt.says) || strings.Contains(a.body, "argon") {
			t.Errorf("%s %s %s: %d %s, want %d %s", tt.method, tt.path, tt.body, a.StatusCode, a.body, tt.status, tt.says)
		}
	}
}

func TestV1Tokens(t *testing.T) {
	s := open(t)
	for body, says := range map[string]string{
		`{"role":"viewer"}`: "not a token name", `{"name":"ci"}`: "needs a role", `{"name":"ci","role":"viewer","scope":"import"}`: "operator at least",
		`{"name":"ci","role":"viewer","scope":"some"}`: "not a scope", `{"name":"ci","role":"viewer","expires":"2020-01-01T00:00:00Z"}`: "expired already",
	} {
		if a := s.asAdmin("POST", "/api/v1/tokens", body); a.StatusCode != 400 || !strings.Contains(a.message(t), says) {
			t.Errorf("POST %s: %d %s, want %s", body, a.StatusCode, a.body, says)
		}
	}
	a := s.asAdmin("POST", "/api/v1/tokens", `{"name":"ci","role":"operator","scope":"import","expires":"2120-01-01T00:00:00Z"}`)
	var made struct{ ID, Token, Scope, Expires string }
	if err := json.Unmarshal([]byte(a.body), &made); err != nil || a.StatusCode != 201 || made.Scope != "import" || made.Expires != "2120-01-01T00:00:00Z" {
		t.Fatalf("%d %s: %v", a.StatusCode, a.body, err)
	}
	if a := s.asAdmin("GET", "/api/v1/tokens", ""); strings.Contains(a.body, made.Token) || !strings.Contains(a.body, made.ID) {
		t.Errorf("the tokens are %s", a.body)
	}
	if a := s.send("POST", "/data/import", content("{}"), "Authorization", "Bearer "+made.Token); a.StatusCode != 200 {
		t.Errorf("importing with it: %d %s", a.StatusCode, a.body)
	}
	s.asAdmin("DELETE", "/api/v1/tokens/"+made.ID, "").want(t, 204, "")
	if a := s.asAdmin("DELETE", "/api/v1/tokens/"+made.ID, ""); a.StatusCode != 404 {
		t.Errorf("revoking it again: %d %s", a.StatusCode, a.body)
	}
}

func TestV1Audit(t *testing.T) {
	s := open(t)
	for range 5 {
		if err := s.server.Audit.Store.AppendEvents(ctx, audit.New(time.Unix(0, 0), root, audit.Backup, "<a>")); err != nil {
			t.Fatal(err)
		}
	}
	a := s.asAdmin("GET", "/api/v1/audit?action=backup&limit=2", "")
	a.want(t, 200, `[{"id":8,"time":"1970-01-01T00:00:00Z","caller":"root","via":"cli","address":"","action":"backup","subject":"<a>","result":"ok","count":1},{"id":7,"time":"1970-01-01T00:00:00Z","caller":"root","via":"cli","address":"","action":"backup","subject":"<a>","result":"ok","count":1}]`)
	a = s.asAdmin("GET", "/api/v1/audit?action=backup&before=5", "")
	a.want(t, 200, `[{"id":4,"time":"1970-01-01T00:00:00Z","caller":"root","via":"cli","address":"","action":"backup","subject":"<a>","result":"ok","count":1}]`)
	s.asAdmin("GET", "/api/v1/audit?q=nothing", "").want(t, 200, "[]")
	a = s.asAdmin("GET", "/api/v1/audit?action=backup&limit=2", "", "Accept", "application/jsonl")
	if n := strings.Count(a.body, "\n"); n != 5 || a.Header.Get("Content-Type") != "application/jsonl" {
		t.Errorf("%d lines of %s", n, a.Header.Get("Content-Type"))
	}
	for _, query := range []string{"action=drop", "limit=0", "limit=1001", "before=x", "callers=x"} {
		if a := s.asAdmin("GET", "/api/v1/audit?"+query, ""); a.StatusCode != 400 {
			t.Errorf("?%s: %d %s", query, a.StatusCode, a.body)
		}
	}
}
