package e2e

import (
	"strings"
	"testing"
)

// TestSetUp makes the first administrator with the link that the console printed.
func TestSetUp(t *testing.T) {
	t.Parallel()
	s := serveNew(t)
	v := s.visit()
	v.open("/ui/import")
	v.heading("Set up this console")
	v.is("/ui/setup")
	v.accessible()

	v.open("/ui/setup?token=WRONG")
	v.see("This link is not valid any more.")
	v.accessible()

	v.open(strings.TrimPrefix(s.link, s.url))
	v.unseen("textbox", "One-time code")
	v.setUp("admin", "a long sentence to keep", "another sentence to keep")
	v.see("The two passwords are not the same.")
	v.refused(400)
	v.accessible()
	v.setUp("admin", "a long sentence to keep", "a long sentence to keep")
	v.heading("Import a bundle")

	other := s.visit()
	other.open(strings.TrimPrefix(s.link, s.url))
	other.heading("There is nothing at this address")
	other.see("the console is set up already")
	other.refused(404)
	other.accessible()
	other.open("/ui/setup")
	other.refused(404)
}

// setUp fills in the form of the set-up page.
func (v *visitor) setUp(user, password, again string) {
	v.t.Helper()
	v.fill("User name", user)
	v.fill("Password", password)
	v.fill("Password again", again)
	v.press("Create the administrator")
}

// TestSetUpShortPassword: the browser says what is wrong before the form is sent.
func TestSetUpShortPassword(t *testing.T) {
	t.Parallel()
	s := serveNew(t)
	v := s.visit()
	v.open(strings.TrimPrefix(s.link, s.url))
	v.setUp("admin", "short", "short")
	if short := v.eval("() => document.querySelector('#password').validity.tooShort"); short != true {
		t.Errorf("tooShort of the password is %v, want true", short)
	}
	v.is(strings.TrimPrefix(s.link, s.url))
	v.see("At least 12 characters.")
}

// TestSignIn goes in, out, and back to where one wanted to go.
func TestSignIn(t *testing.T) {
	t.Parallel()
	s := serve(t)
	v := s.visit()
	v.open("/ui/import?from=paste")
	v.heading("Sign in")
	v.accessible()
	v.signIn("admin", "this is not the password")
	v.see("The user name or the password is wrong.")
	v.refused(401)
	v.accessible()
	v.must(v.expect.Locator(v.label("User name")).ToHaveValue("admin"), "the name is kept")
	v.signIn("admin", admin)
	v.heading("Import a bundle")
	v.is("/ui/import?from=paste")

	v.press("Sign out")
	v.heading("Sign in")
	v.is("/ui/sign-in")
}
