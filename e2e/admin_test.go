package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/playwright-community/playwright-go"
)

// TestAccounts adds a colleague, who signs in, is made less, and is removed.
func TestAccounts(t *testing.T) {
	t.Parallel()
	s := serve(t)
	v := s.signedIn()
	v.follow("Accounts")
	v.heading("Accounts")
	v.accessible()
	v.fill("User name", "m.keller")
	v.choose("Operator")
	v.fill("New password", "password1234")
	v.fill("Password again", "password1234")
	v.press("Add an account")
	v.see("This password is among the first that are guessed.")
	v.refused(400)
	v.accessible()
	v.fill("New password", "a long sentence to keep")
	v.fill("Password again", "a long sentence to keep")
	v.press("Add an account")
	v.follow("m.keller")
	v.heading("m.keller")
	v.accessible()

	keller := s.visit()
	keller.open("/ui/import")
	keller.signIn("m.keller", "a long sentence to keep")
	keller.heading("Import a bundle")
	keller.unseen("link", "Accounts")
	v.choose("Viewer")
	v.press("Change the role")
	v.see("The role is changed.")
	keller.open("/ui/import")
	keller.signIn("m.keller", "a long sentence to keep")
	keller.heading("This is not allowed")
	keller.refused(403)

	v.follow("Remove the account")
	v.heading("Remove the account m.keller")
	v.accessible()
	v.press("Remove m.keller")
	v.heading("Accounts")
	v.unseen("link", "m.keller")
	keller.open("/ui/export")
	keller.heading("Sign in")

	v.follow("admin")
	v.choose("Viewer")
	v.press("Change the role")
	v.see("This is the last administrator.")
	v.refused(400)
}

// TestTokens makes a token that is for exports only, uses it, and revokes it.
func TestTokens(t *testing.T) {
	t.Parallel()
	s := serve(t)
	v := s.signedIn()
	v.follow("API tokens")
	v.see("No tokens yet")
	v.accessible()
	v.fill("Name", "nightly-backup")
	v.choose("Viewer")
	_, err := v.label("Good for").SelectOption(playwright.SelectOptionValues{Labels: &[]string{"Export only"}})
	v.must(err, "choosing what it is good for")
	v.press("Make a token")
	v.see("The token nightly-backup is made")
	v.accessible()
	secret, err := v.page.Locator("#secret").TextContent()
	v.must(err, "reading the token")
	if doc := s.curl("GET", "/data/export", secret, ""); !strings.HasPrefix(doc, `{"streams":`) {
		t.Errorf("exported %s", doc)
	}
	v.follow("API tokens")
	v.see("Export only")
	link := v.page.GetByRole("link", playwright.PageGetByRoleOptions{Name: "Revoke nightly-backup"})
	v.must(link.Click(), "following the link to revoke")
	v.heading("Revoke the token nightly-backup")
	v.accessible()
	v.press("Revoke nightly-backup")
	v.see("No tokens yet")
}

// TestAudit finds what was done and what was refused.
func TestAudit(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.importBundle(`{"streams":{"s":"CREATE STREAM s () WITH (DATASOURCE=\"d\")"}}`)
	stranger := s.visit()
	stranger.open("/ui/sign-in")
	for range 2 {
		stranger.signIn("admin", "this is not the password")
		stranger.see("The user name or the password is wrong.")
		stranger.refused(401)
	}
	v := s.signedIn()
	v.follow("Audit log")
	v.heading("Audit log")
	v.row("Refused sign-in")
	v.row("Import into")
	v.accessible()
	_, err := v.label("Action").SelectOption(playwright.SelectOptionValues{Labels: &[]string{"Import into"}})
	v.must(err, "choosing an action")
	v.press("Filter")
	v.see("1 created")
	if text, err := v.page.GetByRole("table").TextContent(); err != nil || strings.Contains(text, "Refused") {
		t.Errorf("the filtered table reads %s, %v", text, err)
	}
	name, lines := v.download(func() error { return v.role("link", "Download as JSON lines").Click() })
	var event struct{ Action, Subject, Result string }
	if err := json.Unmarshal([]byte(lines), &event); name != "audit.jsonl" || err != nil || event.Action != "import" || event.Subject != "local" || event.Result != "ok" {
		t.Errorf("%s has %s, %v", name, lines, err)
	}
	v.fill("By, the whole name", "nobody-at-all")
	v.press("Filter")
	v.see("Nothing matches.")
	v.accessible()
	v.follow("Show everything")
	v.row("Sign-in of")
}

// row waits until a table has a row that says something.
func (v *visitor) row(text string) {
	v.t.Helper()
	row := v.page.GetByRole("row").Filter(playwright.LocatorFilterOptions{HasText: text}).First()
	v.must(v.expect.Locator(row).ToBeVisible(), "looking for a row that says %q", text)
}

// TestSettings changes the own password and ends a session elsewhere.
func TestSettings(t *testing.T) {
	t.Parallel()
	s := serve(t)
	v, other := s.signedIn(), s.signedIn()
	v.follow("Settings")
	v.heading("Settings")
	v.see("Chrome on Linux")
	v.see(s.data)
	v.accessible()
	end := v.page.GetByRole("button", playwright.PageGetByRoleOptions{Name: "End the session of"})
	v.must(end.Click(), "ending the other session")
	v.heading("Settings")
	other.open("/ui/export")
	other.heading("Sign in")

	change := func(present string) {
		v.fill("Present password", present)
		v.fill("New password", "another sentence to keep")
		v.fill("Password again", "another sentence to keep")
		v.press("Change the password")
	}
	change("this is not the password")
	v.see("This is not your present password.")
	v.refused(403)
	v.accessible()
	change(admin)
	v.see("The password is changed.")
	v.choose("Dark")
	v.press("Save")
	v.see("This server")
	if theme := v.eval("() => document.documentElement.dataset.theme"); theme != "console-dark" {
		t.Errorf("the theme is %v", theme)
	}
	other.signIn("admin", "another sentence to keep")
	other.heading("Export rules")
}

// TestAdminWithoutScripts does on a phone, and without scripts, what can do harm.
func TestAdminWithoutScripts(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.console("token", "add", "nightly-backup-of-the-configuration-of-hall-b")
	v := s.signedIn(playwright.BrowserNewContextOptions{JavaScriptEnabled: new(false), Viewport: &playwright.Size{Width: 360, Height: 740}})
	v.open("/ui/tokens")
	link := v.page.GetByRole("link", playwright.PageGetByRoleOptions{Name: "Revoke nightly-backup"})
	v.must(link.Click(), "following the link to revoke")
	v.press("Revoke nightly-backup-of-the-configuration-of-hall-b")
	v.see("No tokens yet")
}

// TestAdminFits shows every page of the administration at widths from a phone up.
func TestAdminFits(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.console("token", "add", "nightly-backup-of-the-configuration-of-hall-b")
	s.importBundle(`{"streams":{"s":"CREATE STREAM s () WITH (DATASOURCE=\"d\")"}}`)
	v := s.signedIn()
	for _, path := range []string{"/ui/accounts", "/ui/accounts/admin", "/ui/accounts/admin/remove", "/ui/tokens", "/ui/audit", "/ui/settings", "/ui/nodes"} {
		v.open(path)
		for _, width := range []int{360, 768, 1440, 2560} {
			v.must(v.page.SetViewportSize(width, 900), "making the page %d wide", width)
			v.fits()
		}
		v.accessible()
	}
}
