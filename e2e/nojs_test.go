package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/playwright-community/playwright-go"
)

// TestNoScript sets the console up, imports and exports where scripts are off.
func TestNoScript(t *testing.T) {
	t.Parallel()
	gate := make(chan struct{})
	s := serveNew(t, "--allow-private-net")
	v := s.visit(playwright.BrowserNewContextOptions{JavaScriptEnabled: new(false)})
	v.open(strings.TrimPrefix(s.link, s.url))
	v.setUp("admin", admin, admin)
	v.heading("Import a bundle")

	v.must(v.page.GetByLabel("Bundles, as JSON files").SetInputFiles(write(t, "edge.json", sampleFrom(t, plugins(t, gate).URL))), "choosing a file")
	v.press("Read it")
	v.see("edge.json")
	v.apply("Apply 9 changes")
	v.heading("Importing edge.json")
	time.AfterFunc(time.Second, func() { close(gate) })
	v.heading("9 changes applied")

	v.follow("Import another")
	v.follow("Paste")
	v.fill("Text of the bundle", `{"streams": {"other": "CREATE STREAM other () WITH (DATASOURCE=\"a\")"},}`)
	v.press("Read it")
	v.see("The text is not a bundle yet")
	v.fill("Text of the bundle", `{"streams": {"other": "CREATE STREAM other () WITH (DATASOURCE=\"a\")"}, "rules": {"r": "{\"id\":\"r\",\"sql\":\"SELECT * FROM other\",\"actions\":[{\"log\":{}}]}"}}`)
	v.press("Read again")
	v.choose("Full reset")
	v.apply("Delete 9, apply 2")
	v.see("type the node's name, local, to confirm")
	v.refused(400)
	v.fill("Type local to delete 9 entries", "local")
	v.press("Delete 9, apply 2")
	v.heading("11 changes applied")

	v.follow("Export")
	v.must(v.role("checkbox", "Select r").Check(), "picking r")
	v.press("Show what comes along")
	v.comes("other", "r reads it")
	_, content := v.download(func() error { return v.role("button", "Download the 1 rule with all it needs").Click() })
	if want := s.curl("POST", "/data/export", s.console("token", "add", "exporting"), `["r"]`); content != want {
		t.Errorf("the download is\n%s\nwant\n%s", content, want)
	}
	v.fill("Search rules", "nothing of the kind")
	v.press("Apply")
	v.see("No rule matches nothing of the kind.")
	v.press("Sign out")
	v.heading("Sign in")
}

// TestNoScriptNeeds: without scripts nothing is offered that only a script can do.
func TestNoScriptNeeds(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.importBundle(plainSample(t))
	v := s.signedIn(playwright.BrowserNewContextOptions{JavaScriptEnabled: new(false)})
	v.must(v.role("checkbox", "Select rule1").Check(), "picking rule1")
	v.press("Show what comes along")
	v.must(v.expect.Locator(v.role("button", "Copy")).ToBeHidden(), "a button that needs a script")
	v.open("/ui/import")
	v.must(v.expect.Locator(v.page.GetByText("Drop bundles anywhere")).ToBeHidden(), "a promise that needs a script")
}

// TestNoScriptPick: what is picked can be left out again.
func TestNoScriptPick(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.importBundle(plainSample(t))
	v := s.signedIn(playwright.BrowserNewContextOptions{JavaScriptEnabled: new(false)})
	v.must(v.role("checkbox", "Select rule1").Check(), "picking rule1")
	v.press("Show what comes along")
	v.see("1 of 2")
	v.must(v.role("checkbox", "Select rule1").Uncheck(), "leaving rule1 out")
	v.press("Show what comes along")
	v.see("No rule is selected.")
}

// TestNoScriptCancel takes an import back where scripts are off.
func TestNoScriptCancel(t *testing.T) {
	t.Parallel()
	s := serve(t, "--allow-private-net")
	v := s.signedIn(playwright.BrowserNewContextOptions{JavaScriptEnabled: new(false)})
	gate := make(chan struct{})
	defer close(gate)
	v.open("/ui/import")
	v.must(v.page.GetByLabel("Bundles, as JSON files").SetInputFiles(write(t, "slow.json", sampleFrom(t, plugins(t, gate).URL))), "choosing a file")
	v.press("Read it")
	v.apply("Apply 9 changes")
	v.press("Cancel the import")
	v.heading("Cancelled: nothing was applied")
}
