package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/playwright-community/playwright-go"
)

// TestExportRules picks a rule and downloads it with what it needs, as curl would.
func TestExportRules(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.importBundle(plainSample(t))
	v := s.signedIn()
	v.see("No rule is selected.")
	download := v.role("button", "Download the 0 rules with all they need")
	v.must(v.expect.Locator(download).ToBeDisabled(), "there is nothing to download yet")
	v.accessible()

	v.pick("rule1")
	v.see("1 of 2")
	v.comes("demo", "rule1 reads it")
	v.accessible()
	name, content := v.download(func() error { return v.role("button", "Download the 1 rule with all it needs").Click() })
	if !strings.HasSuffix(name, ".json") {
		t.Errorf("the download is called %q", name)
	}
	token := s.console("token", "add", "exporting")
	if want := s.curl("POST", "/data/export?secrets=masked", token, `["rule1"]`); content != want {
		t.Errorf("the download is\n%s\nwant what curl gets\n%s", content, want)
	}

	v.press("Select all 2")
	v.see("2 of 2")
	v.comes("demo", "rule1 reads it")
	name, content = v.download(func() error { return v.role("button", "Download the 2 rules with all they need").Click() })
	if want := s.curl("POST", "/data/export?secrets=masked", token, `["rule1","rule2"]`); content != want {
		t.Errorf("the download %s is\n%s\nwant what curl gets\n%s", name, content, want)
	}
	v.press("Clear")
	v.see("No rule is selected.")

	v.choose("As they are")
	name, content = v.download(func() error { return v.role("button", "Download everything").Click() })
	if want := s.curl("GET", "/data/export", token, ""); content != want {
		t.Errorf("the download %s is\n%s\nwant what curl gets\n%s", name, content, want)
	}
}

// pick checks the box of a rule, and waits for what comes with it.
func (v *visitor) pick(rule string) {
	v.t.Helper()
	v.must(v.role("checkbox", "Select "+rule).Check(), "picking %s", rule)
	v.comes(rule, "selected")
}

// comes waits for an entry among what comes along, with its reason.
func (v *visitor) comes(name, reason string) {
	v.t.Helper()
	entry := v.role("region", "What comes with them").GetByRole("listitem").Filter(playwright.LocatorFilterOptions{
		Has: v.page.GetByText(name, playwright.PageGetByTextOptions{Exact: new(true)}), HasText: reason,
	})
	v.must(v.expect.Locator(entry.First()).ToBeVisible(), "%s comes along because %s", name, reason)
}

// TestExportMissing shows what a rule needs and the node does not have.
func TestExportMissing(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.importBundle(`{
		"streams": {"s": "CREATE STREAM s () WITH (DATASOURCE=\"a\", TYPE=\"mqtt\", CONF_KEY=\"away\")"},
		"rules": {"r1": "{\"id\":\"r1\",\"sql\":\"SELECT * FROM s\",\"actions\":[{\"log\":{}}]}"}
	}`)
	v := s.signedIn()
	v.pick("r1")
	v.see("1 missing reference")
	v.see("No such source configuration.")
	v.comes("s", "r1 reads it")
	v.accessible()
	if _, content := v.download(func() error { return v.role("button", "Download the 1 rule with all it needs").Click() }); !strings.Contains(content, "CONF_KEY") {
		t.Errorf("the download is %s", content)
	}
}

// many returns a bundle of n rules over one stream: rule-001 and so on, each tenth of
// which has the tag tenth.
func many(n int) string {
	rules := map[string]string{}
	for i := range n {
		id := fmt.Sprintf("rule-%03d", i)
		tags := ""
		if i%10 == 0 {
			tags = `"tags":["tenth"],`
		}
		rules[id] = fmt.Sprintf(`{"id":%q,%s"name":"Rule number %d","sql":"SELECT * FROM demo","actions":[{"log":{}}]}`, id, tags, i)
	}
	doc, err := json.Marshal(map[string]map[string]string{
		"streams": {"demo": `CREATE STREAM demo () WITH (DATASOURCE="users")`},
		"rules":   rules,
	})
	if err != nil {
		panic(err) // strings always marshal
	}
	return string(doc)
}

// TestExportSearch finds rules among many; what is picked stays picked.
func TestExportSearch(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.importBundle(many(120))
	v := s.signedIn()
	v.see("Page 1 of 3")
	v.pick("rule-001")
	v.press("Next")
	v.see("Page 2 of 3")
	v.see("1 of 120")
	v.pick("rule-077")
	v.see("2 of 120")
	v.accessible()

	v.search("TENTH")
	v.must(v.expect.Locator(v.page.GetByRole("checkbox")).ToHaveCount(12), "rules with the tag")
	v.see("2 of 120")
	v.press("Select all 12 that match")
	v.see("14 of 120")
	v.search("rule-077")
	v.must(v.expect.Locator(v.role("checkbox", "Select rule-077")).ToBeChecked(), "what was picked before")
	v.must(v.role("checkbox", "Select rule-077").Uncheck(), "leaving it out again")
	v.see("13 of 120")

	v.search("no such rule <b>")
	v.see("No rule matches no such rule <b>.")
	v.see("13 of 120")
	v.accessible()
	v.follow("Show all rules")
	v.see("Page 1 of 3")
	v.see("13 of 120")
	_, content := v.download(func() error { return v.role("button", "Download the 13 rules with all they need").Click() })
	for id, want := range map[string]bool{"rule-001": true, "rule-110": true, "rule-077": false, "rule-002": false} {
		if got := strings.Contains(content, `"`+id+`":`); got != want {
			t.Errorf("%s is in the download: %v, want %v", id, got, want)
		}
	}
}

// search looks for rules with the Enter key.
func (v *visitor) search(text string) {
	v.t.Helper()
	v.fill("Search rules", text)
	v.must(v.label("Search rules").Press("Enter"), "searching")
	v.must(v.page.WaitForLoadState(), "the page of what was found")
	v.must(v.expect.Locator(v.label("Search rules")).ToHaveValue(text), "what was searched for")
}

// TestExportPicksSurvive: coming back to the page with the browser's button, its boxes
// and what comes along agree.
func TestExportPicksSurvive(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.importBundle(plainSample(t))
	v := s.signedIn()
	v.pick("rule1")
	v.follow("Import")
	v.heading("Import a bundle")
	v.must2(v.page.GoBack())
	v.heading("Export rules")
	checked, err := v.role("checkbox", "Select rule1").IsChecked()
	v.must(err, "reading the box")
	counted := "0 of 2"
	if checked {
		counted = "1 of 2"
	}
	v.must(v.expect.Locator(v.page.GetByRole("status")).ToContainText(counted), "the count, where the box of rule1 is checked: %v", checked)
}

// TestExportCopies puts the line for a shell on the clipboard.
func TestExportCopies(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.importBundle(plainSample(t))
	v := s.signedIn(playwright.BrowserNewContextOptions{Permissions: []string{"clipboard-read", "clipboard-write"}})
	v.pick("rule1")
	v.press("Copy")
	v.must(v.expect.Locator(v.role("button", "Copied")).ToBeVisible(), "it says that it did")
	if got := fmt.Sprint(v.eval("() => navigator.clipboard.readText()")); !strings.Contains(got, s.url+"/data/export") || !strings.Contains(got, `["rule1"]`) {
		t.Errorf("the clipboard has %q", got)
	}
}

// TestExportFilter picks by tag and status, and drops one of what that picks.
func TestExportFilter(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.importBundle(many(120))
	v := s.signedIn()
	v.pick("rule-001")
	v.filter("Tag", "tenth")
	v.must(v.expect.Locator(v.page.GetByRole("checkbox")).ToHaveCount(12), "rules with the tag")
	v.see("1 of 120")
	v.press("Select all 12 that match")
	v.see("13 of 120")
	v.accessible()
	v.must(v.role("checkbox", "Select rule-010").Uncheck(), "leaving one out")
	v.see("12 of 120")
	v.filter("Tag", "All tags")
	v.see("Page 1 of 3")
	v.must(v.expect.Locator(v.role("checkbox", "Select rule-010")).Not().ToBeChecked(), "the one that was left out")
	v.must(v.expect.Locator(v.role("checkbox", "Select rule-020")).ToBeChecked(), "another of the tag")
	v.filter("Status", "Stopped")
	v.see("No rule matches the filter.")
	v.accessible()
	v.follow("Show all rules")
	v.press("Select all 120")
	v.see("120 of 120")
	v.press("Next")
	v.must(v.expect.Locator(v.role("checkbox", "Select rule-077")).ToBeChecked(), "a rule of the second page")
	v.press("Clear")
	v.see("No rule is selected.")
}

// filter chooses from a list above the table, and waits for the page that it brings.
func (v *visitor) filter(list, choice string) {
	v.t.Helper()
	select1 := v.role("combobox", list)
	_, err := select1.SelectOption(playwright.SelectOptionValues{Labels: &[]string{choice}})
	v.must(err, "choosing %s of %s", choice, list)
	v.must(v.page.WaitForLoadState(), "the page of what was found")
	chosen := v.role("combobox", list).Locator("option:checked")
	v.must(v.expect.Locator(chosen).ToHaveText(choice), "%s stays chosen", choice)
}

// secretBundle is a rule that sends through one of two connections, with passwords, and
// needs a script that is not there.
const secretBundle = `{
	"connectionConfig": {"mqtt": "{\"spare\":{\"password\":\"hunter1\"},\"used\":{\"server\":\"tcp://127.0.0.1:1883\",\"password\":\"hunter2\"}}"},
	"streams": {"s": "CREATE STREAM s () WITH (DATASOURCE=\"a\", TYPE=\"mqtt\", CONF_KEY=\"away\")"},
	"rules": {"r": "{\"id\":\"r\",\"tags\":[\"hall-a\"],\"sql\":\"SELECT * FROM s\",\"actions\":[{\"mqtt\":{\"connectionSelector\":\"used\",\"topic\":\"t\"}}]}"}
}`

// TestExportOptions downloads YAML without secrets, brings it back, and downloads all.
func TestExportOptions(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.importBundle(secretBundle)
	v := s.signedIn()
	v.open("/ui/export?rule=r")
	v.must(v.expect.Locator(v.role("checkbox", "Select r")).ToBeChecked(), "the rule of the address")
	v.see("1 becomes ••••••")
	v.see("1 of 2")
	v.comes("mqtt/used", "r connects through it")
	drawing := v.role("img", "What the 1 selected rule needs The same as the list above, drawn from left to right. 1 need is missing: mqtt/away.")
	if err := v.expect.Locator(drawing).ToBeVisible(); err != nil {
		v.must(v.expect.Locator(v.page.Locator("svg.graph")).ToBeVisible(), "the drawing")
		name, _ := v.page.Locator("svg.graph").AriaSnapshot()
		t.Errorf("the drawing is called %s", name)
	}
	v.choose("YAML, eKuiper v2")
	v.see("connections.mqtt.used:")
	v.see("/v2/data/export?secrets=masked")
	v.accessible()
	before := s.console("export")
	name, content := v.download(func() error { return v.role("button", "Download the 1 rule with all it needs").Click() })
	if !strings.HasSuffix(name, ".yaml") || strings.Contains(content, "hunter") || !strings.Contains(content, "password: ••••••") {
		t.Errorf("the download %s is\n%s", name, content)
	}
	s.console("import", "--partial", write(t, name, content))
	if after := s.console("export"); after != before {
		t.Errorf("brought back it made\n%s\nof\n%s", after, before)
	}
	v.choose("All")
	v.comes("mqtt/spare", "all connections come along")
	v.choose("As they are")
	v.see("/v2/data/export?connections=all")
	v.must(v.expect.Locator(v.page.GetByText("hunter")).ToHaveCount(0), "secrets on the page")
	if _, content := v.download(func() error { return v.role("button", "Download the 1 rule with all it needs").Click() }); !strings.Contains(content, "hunter1") || !strings.Contains(content, "hunter2") {
		t.Errorf("the download is\n%s", content)
	}
}

// TestExportUnknown names a rule that is not there, and goes on without it.
func TestExportUnknown(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.importBundle(plainSample(t))
	v := s.signedIn()
	v.open("/ui/export?rule=rule1&rule=gone")
	v.refused(404)
	v.see("This rule is not on the node")
	v.accessible()
	v.press("Leave it out")
	v.comes("demo", "rule1 reads it")
}

// TestExportPhone exports on a phone; the page does not scroll sideways, also with a
// drawing.
func TestExportPhone(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.importBundle(many(120))
	v := s.signedIn(phone(360))
	v.must(v.role("checkbox", "Select rule-000").Tap(), "picking a rule")
	v.comes("demo", "rule-000 reads it")
	v.fits()
	v.accessible()
	if _, content := v.download(func() error { return v.role("button", "Download the 1 rule with all it needs").Tap() }); !strings.Contains(content, "rule-000") {
		t.Errorf("the download is %s", content)
	}
}

// TestExportLarge draws what is too much to be drawn one by one.
func TestExportLarge(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.importBundle(many(1234))
	v := s.signedIn()
	v.press("Select all 1,234")
	v.see("1,234 of 1,234")
	v.see("More than 200 entries: each box stands for all of its kind.")
	v.see("and 1,214 more")
	v.accessible()
}
