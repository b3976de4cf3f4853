package handlers_test

import (
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
	s.form(eve, "/ui/sign-in", "user", "eve", "password", password).at(t, 200, "/ui/export")
	s.form(b, "/ui/accounts/eve", "action", "role", "role", "operator").at(t, 200, "/ui/accounts/eve", "The role is changed.", `value="operator" checked`)
	s.open(eve, "/ui/export").at(t, 200, "/ui/sign-in")
	s.form(eve, "/ui/sign-in", "user", "eve", "password", password).at(t, 200, "/ui/export")
	s.form(b, "/ui/accounts/eve", "action", "password", "password", "short", "password2", "short").at(t, 400, "/ui/accounts/eve", "too short")
	s.form(b, "/ui/accounts/eve", "action", "password", "password", password+"2", "password2", password+"2").at(t, 200, "/ui/accounts/eve", "The password is set.")
	s.open(eve, "/ui/export").at(t, 200, "/ui/sign-in")
	s.form(b, "/ui/accounts/eve", "action", "name").at(t, 400, "/ui/accounts/eve")
	s.open(b, "/ui/accounts/zoe").at(t, 404, "/ui/accounts/zoe")

	s.form(b, "/ui/accounts/u-admin", "action", "role", "role", "viewer").at(t, 400, "/ui/accounts/u-admin", "the last administrator")
	s.form(b, "/ui/accounts/u-admin/remove").at(t, 409, "/ui/accounts/u-admin/remove", "the last administrator")
	s.form(eve, "/ui/sign-in", "user", "eve", "password", password+"2").at(t, 200, "/ui/export")
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
	s.form(other, "/ui/sign-in", "user", "u-viewer", "password", password).at(t, 200, "/ui/export")
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
	s.form(b, "/ui/sign-in", "user", "u-viewer", "password", password).at(t, 200, "/ui/export")
	thief := s.browser()
	thief.Jar.SetCookies(mustParse(s.URL), old)
	s.open(thief, "/ui/export").at(t, 200, "/ui/sign-in")
	own, err := s.server.SignedIn.List(ctx, core.Caller{Name: "u-viewer", Role: core.Viewer})
	if err != nil || len(own) != 1 {
		t.Errorf("%d sessions, %v", len(own), err)
	}
}
