package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/playwright-community/playwright-go"
)

// bundleOf writes a bundle of one section; entries are names and texts in turn.
func bundleOf(section string, entries ...string) string {
	var lines []string
	for i := 0; i+1 < len(entries); i += 2 {
		lines = append(lines, quote(entries[i])+":"+quote(entries[i+1]))
	}
	return "{" + quote(section) + ":{" + strings.Join(lines, ",") + "}}"
}

// ruleOf is a rule that reads demo.
func ruleOf(id, fields string) string {
	return `{"id":"` + id + `","sql":"SELECT ` + fields + ` FROM demo","actions":[{"log":{}},{"mqtt":{"server":"tcp://10.20.4.10:1883","topic":"alarms/hall-a/oven","password":"hunter2"}}],"tags":["hall-a"]}`
}

// lived is a console on which much has happened: names of every length, a reference that
// leads nowhere, an entry that is spelled otherwise, secrets.
func lived(t *testing.T) *server {
	s := serve(t)
	s.importBundle(plainSample(t))
	s.importMore(bundleOf("rules", "oven_overheat_alarm", ruleOf("oven_overheat_alarm", "device_id, avg(temperature) AS avg_temp"), long, ruleOf(long, "*")))
	s.importMore(bundleOf("sourceConfig", "mqtt", `{"td":{"password":"hunter2","qos":1,"server":"tcp://broker.emqx.io:1883"},"hall_a":{"server":"tcp://10.20.4.11:1883"}}`))
	s.importMore(bundleOf("streams", "alarms_in", `CREATE STREAM alarms_in (device_id STRING, temperature FLOAT) WITH (DATASOURCE="alarms/#", FORMAT="JSON", TYPE="mqtt", CONF_KEY="hall_b")`))
	s.importMore(bundleOf("rules", "oven_overheat_alarm", ruleOf("oven_overheat_alarm", "device_id, avg(temperature) AS avg_temp, max(temperature) AS max_temp"), long, strings.ReplaceAll(ruleOf(long, "*"), ",", ", ")))
	s.importMore(bundleOf("sourceConfig", "mqtt", `{"td":{"password":"hunter3","qos":1,"server":"tcp://10.20.4.10:1883"}}`))
	uploads := []string{}
	for i := range 60 {
		uploads = append(uploads, fmt.Sprintf("machines/%02d.json", i), fmt.Sprintf(`{"name":"machines/%02d.json","content":"[{\"id\":%d}]"}`, i, i))
	}
	s.importMore(bundleOf("uploads", uploads...))
	return s
}

// importMore imports over the REST API and keeps what is there.
func (s *server) importMore(doc string) {
	s.t.Helper()
	s.curl("POST", "/data/import?partial=1", s.console("token", "add", fmt.Sprint("more", len(doc), doc[2:6], strings.Count(doc, "a"))), `{"content":`+quote(doc)+`}`)
}

// browsing are the pages that show what is there and what was, by name.
var browsing = [][2]string{
	{"overview", "/ui/"}, {"inventory", "/ui/inventory"}, {"inventory-found", "/ui/inventory?q=demo"}, {"inventory-unfound", "/ui/inventory?q=nothing+of+the+kind"},
	{"section", "/ui/inventory/rules"}, {"section-paged", "/ui/inventory/uploads?page=2"}, {"section-filtered", "/ui/inventory/rules?tag=hall-a&status=started"},
	{"entry", "/ui/inventory/rules/oven_overheat_alarm"}, {"entry-exact", "/ui/inventory/sourceConfig/mqtt?view=exact"}, {"entry-long", "/ui/inventory/rules/" + long},
	{"entry-broken", "/ui/inventory/streams/alarms_in"}, {"entry-used", "/ui/inventory/streams/demo"},
	{"history", "/ui/history"}, {"revision", "/ui/history/5"}, {"diff", "/ui/history/diff?from=2&to=6"}, {"diff-now", "/ui/history/diff?from=1&to=now&show=create"}, {"diff-same", "/ui/history/diff?from=3&to=3"},
}

// tourBrowse leads through the pages that show what is there and what was, with all that
// opens opened.
func tourBrowse(t *testing.T, options playwright.BrowserNewContextOptions, look func(v *visitor, page string)) {
	t.Helper()
	v := lived(t).signedIn(options)
	for _, page := range browsing {
		v.open(page[1])
		v.eval("() => document.querySelectorAll('main details').forEach((d, i) => { d.open = i < 3 })")
		look(v, page[0])
	}
}

// TestOverview takes an empty node to life, and follows where the overview leads.
func TestOverview(t *testing.T) {
	t.Parallel()
	s := serve(t)
	v := s.visit()
	v.open("/ui/sign-in")
	v.signIn("admin", admin)
	v.heading("Nothing here yet")
	v.accessible()
	v.press("Load the sample bundle")
	v.see("sample.json")

	s.importBundle(plainSample(t))
	s.importMore(bundleOf("streams", "lost", `CREATE STREAM lost () WITH (DATASOURCE="d", TYPE="mqtt", CONF_KEY="away")`))
	v.open("/ui/")
	v.heading("Overview")
	v.see("8 entries")
	v.see("1 missing reference")
	v.see("No such source configuration.")
	v.accessible()
	v.follow("lost")
	v.heading("lost")
	v.accessible()
	v.follow("Overview")
	v.follow("Rules")
	v.heading("Rules")
	v.follow("Overview")
	v.press("Undo last import")
	v.heading("Bring back revision 1")
}

// TestInventory finds entries, and turns pages.
func TestInventory(t *testing.T) {
	t.Parallel()
	v := lived(t).signedIn()
	v.follow("Inventory")
	v.heading("Inventory")
	v.accessible()
	v.follow("Uploads")
	v.see("60 entries")
	v.unseen("link", "machines/55.json")
	v.follow("Next")
	v.accessible()
	v.follow("machines/55.json")
	v.heading("machines/55.json")
	v.must2(v.page.GoBack())
	v.fill("Search names and texts", "ZZZ no such thing")
	v.press("Search")
	v.see("There is no entry containing “ZZZ no such thing”.")
	v.accessible()
	v.follow("Clear the filter")
	v.see("60 entries")

	v.open("/ui/inventory/rules")
	v.fill("Tag", "hall-a")
	v.must2(v.label("Status").SelectOption(playwright.SelectOptionValues{Labels: &[]string{"Stopped"}}))
	v.press("Search")
	v.see("There is no entry tagged hall-a, with the status Stopped.")
	v.must2(v.label("Status").SelectOption(playwright.SelectOptionValues{Labels: &[]string{"Starts by itself"}}))
	v.press("Search")
	v.see("2 entries")
	v.accessible()
}

// TestEntry goes from an entry to what it needs and back from what uses it.
func TestEntry(t *testing.T) {
	t.Parallel()
	s := lived(t)
	v := s.signedIn()
	v.open("/ui/inventory/rules/oven_overheat_alarm")
	v.see("max(temperature) AS max_temp")
	if text, err := v.page.Locator("main").TextContent(); err != nil || strings.Contains(text, "hunter") {
		t.Errorf("a secret shows, %v", err)
	}
	v.accessible()
	_, content := v.download(func() error { return v.role("link", "Text").Click() })
	if !strings.Contains(content, `"password":"hunter2"`) {
		t.Errorf("the text is %s", content)
	}
	v.follow("Exact text")
	v.see(`"password":"••••••"`)
	v.accessible()
	v.follow("demo")
	v.heading("demo")
	v.follow("oven_overheat_alarm")
	v.follow("Revision 5")
	v.heading("Revision 5")
	v.accessible()
	v.open("/ui/inventory/rules/oven_overheat_alarm")
	v.follow("Export with everything it needs")
	v.see("1 of 4")
}

// TestHistory compares two revisions, and one with now, and is led to the review by a
// restore.
func TestHistory(t *testing.T) {
	t.Parallel()
	v := lived(t).signedIn()
	v.follow("History")
	v.heading("History")
	v.accessible()
	v.must(v.role("radio", "Compare from revision 2").Check(), "picking the first")
	v.must(v.role("radio", "Compare to revision 6").Check(), "picking the second")
	v.press("Compare")
	v.heading("Revision 2 to 6")
	v.see("only its form changes")
	v.must(v.page.GetByText("oven_overheat_alarm").First().Click(), "opening the rule")
	v.see("max(temperature) AS max_temp")
	v.accessible()
	v.follow("Other way round")
	v.heading("Revision 6 to 2")
	v.see("1 line removed")

	v.open("/ui/history")
	v.must(v.role("radio", "Compare from revision 1").Check(), "picking one")
	v.press("Compare with now")
	v.heading("Revision 1 to now")
	v.must(v.page.GetByRole("link", playwright.PageGetByRoleOptions{Name: "Created 63"}).Click(), "filtering")
	v.follow("Next")
	v.see("machines/59.json")

	v.open("/ui/history")
	name, content := v.download(func() error { return v.role("link", "Download revision 1").Click() })
	if !strings.HasSuffix(name, ".json") || strings.Contains(content, "oven_overheat_alarm") || !strings.Contains(content, "rule1") {
		t.Errorf("%s holds %s", name, content)
	}
	v.unseen("button", "Restore revision 7")
	v.press("Restore revision 2")
	v.heading("Bring back revision 2")
}

// TestHistoryKeys picks and compares with the keyboard.
func TestHistoryKeys(t *testing.T) {
	t.Parallel()
	v := lived(t).signedIn()
	v.open("/ui/history")
	v.must(v.role("radio", "Compare from revision 6").Focus(), "going to the column")
	v.key("ArrowDown")
	v.focusSeen()
	v.must(v.role("button", "Compare").Focus(), "going to the button")
	v.key("Enter")
	v.heading("Revision 5 to 7")
	for range 40 {
		v.key("Tab")
		v.focusSeen()
		if v.eval("() => document.activeElement.tagName") == "SUMMARY" {
			break
		}
	}
	v.key("Enter")
	if v.eval("() => document.activeElement.parentElement.open") != true {
		t.Error("the change did not open")
	}
}

// TestBrowsePhoneNoScript searches and compares on a phone where scripts are off.
func TestBrowsePhoneNoScript(t *testing.T) {
	t.Parallel()
	options := phone(360)
	options.JavaScriptEnabled = new(false)
	v := lived(t).signedIn(options)
	v.open("/ui/inventory")
	v.fill("Search names and texts", "machines/3")
	v.press("Search")
	v.see("10 entries")
	v.follow("machines/33.json")
	v.heading("machines/33.json")
	v.open("/ui/history")
	v.must(v.role("radio", "Compare from revision 4").Check(), "picking one")
	v.press("Compare")
	v.heading("Revision 4 to 7")
	v.must(v.page.GetByText("oven_overheat_alarm").First().Tap(), "opening the rule")
	v.see("max(temperature) AS max_temp")
}
