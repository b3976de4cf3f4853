package e2e

import (
	"strings"
	"testing"

	"github.com/playwright-community/playwright-go"
)

// long is a name that nobody would choose and somebody has.
var long = strings.Repeat("temperature_of_the_third_furnace_", 5)

// tours lead through every page in each of its states, and call look on each with the
// name of the page.
var tours = map[string]func(t *testing.T, options playwright.BrowserNewContextOptions, look func(v *visitor, page string)){
	"new": tourNew, "browse": tourBrowse, "import": tourImport, "admin": tourAdmin, "node": tourNode,
}

// TestTour looks at every page. On a small phone and on a large screen none scrolls
// sideways; axe finds nothing, on a phone in the dark theme, and in Chinese words; whoever goes
// through a page with the Tab key sees where they are; and none has anything inline. In
// Chinese what was chosen on a page and not sent is lost as it is loaded again:
// TestChineseJourney looks at that.
func TestTour(t *testing.T) {
	for name, lead := range tours {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lead(t, playwright.BrowserNewContextOptions{}, func(v *visitor, page string) {
				v.resize(360, 780)
				v.inScheme(playwright.ColorSchemeDark)
				v.fits()
				v.axe("dark phone")
				v.inScheme(playwright.ColorSchemeLight)
				v.resize(2560, 1300)
				v.fits()
				v.nothingInline()
				v.tabThrough()
				v.resize(1440, 900)
				v.speak("zh")
				v.presentable("Chinese, " + page)
				v.speak("en")
			})
		})
	}
}

// tourImport leads through the pages of an import, an export and a restore.
func tourImport(t *testing.T, options playwright.BrowserNewContextOptions, look func(v *visitor, page string)) {
	t.Helper()
	gate := make(chan struct{})
	home := plugins(t, gate).URL
	s := serve(t, "--allow-private-net")
	v := s.visit(options)
	v.open("/ui/sign-in")
	look(v, "sign-in")
	v.signIn("admin", admin)
	v.heading("Nothing here yet")
	look(v, "overview-empty")
	v.open("/ui/history")
	look(v, "history-empty")
	v.open("/ui/inventory/scripts")
	look(v, "section-empty")
	v.open("/ui/export")
	look(v, "export-empty")
	for _, from := range []string{"file", "paste", "address"} {
		v.open("/ui/import?from=" + from)
		look(v, "import-"+from)
	}

	v.bringText("slow.json", strings.Replace(sampleFrom(t, home), `"rules": {`, `"rules": {"`+long+`": "{\"id\":\"`+long+`\",\"sql\":\"SELECT * FROM demo\",\"actions\":[{\"log\":{}}]}",`, 1))
	look(v, "draft")
	v.press("Review the plan")
	v.see("changes are included")
	look(v, "review")
	v.press("Apply 10 changes")
	v.heading("Importing slow.json")
	look(v, "task-running")
	close(gate)
	v.heading("10 changes applied")
	look(v, "result")
	v.open("/ui/export")
	look(v, "export")
	v.pick("rule1")
	v.pick(long)
	look(v, "export-picked")

	v.bringText("other.json", `{"streams":{"other":"CREATE STREAM other () WITH (DATASOURCE=\"a\", TYPE=\"mqtt\", CONF_KEY=\"away\")"}}`)
	v.choose("Full reset")
	look(v, "draft-full")
	v.press("Review the plan")
	look(v, "review-full")
	v.bringText(long+".json", broken)
	v.see("entries have errors")
	look(v, "draft-rejected")
	v.press("Review the plan")
	v.see("problems reject")
	v.unfold("bad")
	v.must(v.expect.Locator(v.page.Locator(".l-caret")).ToBeVisible(), "the place of the error")
	look(v, "review-rejected")
	v.choose("Only the valid entries")
	v.press("Apply 1 change")
	v.see("What failed")
	look(v, "result-failed")
	v.press("Undo this import")
	v.heading("Bring back revision 1")
	look(v, "review-restore")
	v.bringText("changed.json", changed)
	v.press("Review the plan")
	v.unfold(long)
	v.must(v.expect.Locator(v.page.Locator(".cmp ins").First()).ToBeVisible(), "what is new")
	look(v, "review-open")
	v.follow("Unchanged 1")
	look(v, "review-unchanged")
	v.bringText("torn.json", `{"rules": {"r": "`+strings.Repeat("x", 400)+`",,}}`)
	v.see("The text is not a bundle yet")
	look(v, "draft-torn")
	v.open("/ui/import")
	look(v, "import-waiting")
	v.open("/ui/nowhere")
	v.refused(404)
	look(v, "not-found")
	v.open("/ui/tasks/none")
	v.refused(404)
	look(v, "not-found-signed-in")
}

// broken is a bundle of which most cannot be imported.
var broken = `{
	"streams": {
		"bad": "CREATE STREAM bad (a bigint, b) WITH (DATASOURCE=\"a\")",
		"other": "CREATE STREAM other () WITH (DATASOURCE=\"a\", TYPE=\"mqtt\", CONF_KEY=\"away\")"
	},
	"rules": {
		"follows": "{\"id\":\"follows\",\"sql\":\"SELECT * FROM bad\",\"actions\":[{\"log\":{}}]}",
		"` + long + `2": "{\"id\":\"` + long + `2\",\"sql\":\"SELECT ` + long + `(a) FROM demo WHERE\",\"actions\":[{\"log\":{}}]}"
	},
	"gadgets": {"x": "y"}
}`

// changed is a bundle that changes a rule with a long name and much SQL, and a secret.
var changed = `{
	"streams": {"demo": "CREATE STREAM demo () WITH (DATASOURCE=\"users\", FORMAT=\"JSON\")"},
	"sourceConfig": {"mqtt": "{\"td\":{\"password\":\"other\",\"server\":\"tcp://broker.emqx.io:1883\"}}"},
	"rules": {"` + long + `": "{\"id\":\"` + long + `\",\"sql\":\"SELECT device_id, avg(temperature) AS avg_temp, max(temperature) AS ` + long + ` FROM demo WHERE zone = \\\"curing\\\" AND (temperature > 20 OR humidity < 40) GROUP BY device_id, TUMBLINGWINDOW(ss, 30) HAVING avg(temperature) > 215\",\"actions\":[{\"mqtt\":{\"server\":\"tcp://127.0.0.1:1883\",\"topic\":\"alarms/oven\",\"password\":\"x\"}}]}"}
}`

// tourNew leads through the pages of a console that nobody has set up.
func tourNew(t *testing.T, options playwright.BrowserNewContextOptions, look func(v *visitor, page string)) {
	t.Helper()
	s := serveNew(t)
	v := s.visit(options)
	v.open("/ui/setup?token=WRONG")
	look(v, "setup-wrong")
	v.open(strings.TrimPrefix(s.link, s.url))
	look(v, "setup")
}

// tourAdmin leads through the pages of nodes, accounts, tokens, the audit log and settings,
// and the reference.
func tourAdmin(t *testing.T, options playwright.BrowserNewContextOptions, look func(v *visitor, page string)) {
	t.Helper()
	v := lived(t).signedIn(options)
	for _, page := range []string{"nodes", "accounts", "tokens", "audit", "settings", "api"} {
		v.open("/ui/" + page)
		look(v, page)
	}
}

// bringText takes a text to the second step of an import, as a file.
func (v *visitor) bringText(name, text string) {
	v.t.Helper()
	v.bring(write(v.t, name, text))
}
