package e2e

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/playwright-community/playwright-go"
)

// TestNodeJourney registers another console as a node, looks at what is there, imports into
// it, and undoes that. The node in the console stays as it is.
func TestNodeJourney(t *testing.T) {
	t.Parallel()
	plant := serve(t)
	plant.importBundle(`{"streams":{"old":"CREATE STREAM old () WITH (DATASOURCE=\"a\")"}}`)
	token := plant.console("token", "add", "office")
	office := serve(t)
	v := office.signedIn()

	v.follow("Nodes")
	v.see("No other nodes yet")
	v.accessible()
	v.fill("Name", "plant-1")
	v.fill("Address", plant.url)
	v.press("Register a node")
	v.see("unauthorised")
	v.accessible()
	v.must2(v.page.GetByLabel("Credentials").SelectOption(playwright.SelectOptionValues{Labels: &[]string{"bearer token"}}))
	v.fill("Bearer token", token)
	v.press("Change the node")
	v.see("The node is changed.")
	v.see("online")
	v.press("Read it now")
	v.see("The node was read.")
	v.accessible()

	v.press("Work on this node")
	v.heading("Overview")
	v.accessible()
	v.open("/ui/inventory/streams")
	v.see("old")
	v.bringText("new.json", `{"streams":{"new":"CREATE STREAM new () WITH (DATASOURCE=\"${site}\")"}}`)
	v.press("Review the plan")
	v.see("the variable ${site} has no value on plant-1")
	v.accessible()
	v.bringText("new.json", `{"streams":{"new":"CREATE STREAM new () WITH (DATASOURCE=\"b\")"}}`)
	v.apply("Apply 1 change")
	v.heading("1 change applied")
	if got := plant.console("export"); !strings.Contains(got, "STREAM new") || !strings.Contains(got, "STREAM old") {
		t.Errorf("the node holds %s", got)
	}
	if got := office.console("export"); strings.Contains(got, "STREAM new") {
		t.Errorf("the node in the console holds %s", got)
	}
	office.console("restore", "--node", "plant-1", "1")
	if got := plant.console("export"); strings.Contains(got, "STREAM new") {
		t.Errorf("after the undo the node holds %s", got)
	}

	v.open("/ui/nodes/plant-1")
	v.fill("Address", "http://127.0.0.1:1")
	v.press("Change the node")
	v.see("give the credentials anew")
	v.refused(400)
	v.fill("Bearer token", token)
	v.press("Change the node")
	v.see("unreachable")
	v.open("/ui/inventory/streams")
	v.see("old")
	for _, path := range []string{"/ui/nodes", "/ui/nodes/plant-1", "/ui/nodes/plant-1/remove"} {
		v.open(path)
		for _, width := range []int{360, 1440, 2560} {
			v.must(v.page.SetViewportSize(width, 900), "making the page %d wide", width)
			v.fits()
		}
		v.accessible()
	}
	v.press("Remove plant-1")
	v.see("No other nodes yet")
}

// tourNode leads through the pages of an engine that runs elsewhere: what its rules do, what
// comes into use only when it restarts, what it did not do as planned, and what is known of it
// once it hangs.
func tourNode(t *testing.T, options playwright.BrowserNewContextOptions, look func(v *visitor, page string)) {
	t.Helper()
	plant, url := openEngine(t, texts{
		"streams": {"demo": streamOf("demo")}, "rules": {"oven_overheat_alarm": ruleOf("oven_overheat_alarm", "*"), "fails": ruleOf("fails", "*")},
		"connectionConfig": {"mqtt": `{"hall_a":{"server":"tcp://10.20.4.10:1883"}}`},
	}.bundle())
	office := serve(t)
	office.console("node", "add", "plant-1", url, "--label", "site=north", "--artifacts", "console", "--console-url", "https://console:9082")
	v := office.signedIn(options)
	v.open("/ui/nodes/plant-1")
	v.see("online")
	look(v, "node")
	v.open("/ui/nodes")
	look(v, "nodes-one")
	v.open("/ui/nodes/plant-1")
	v.press("Work on this node")
	v.see("1 rule stopped by an error")
	look(v, "overview-node")
	v.open("/ui/inventory/rules")
	look(v, "section-node")

	v.bringText("new.json", texts{
		"connectionConfig": {"mqtt": `{"hall_a":{"server":"tcp://10.20.4.11:1883"}}`}, "rules": {"failing": ruleOf("failing", "*")},
		"streams": {"refused": streamOf("refuse"), "lost": streamOf("lose"), "changed": streamOf("other")},
	}.bundle())
	v.press("Review the plan")
	v.see("1 entry comes into use only when plant-1 restarts")
	look(v, "review-node")
	v.must(v.page.Locator("#restart").Check(), "choosing the restart")
	v.press("Apply 5 changes")
	v.see("What the node did not do as planned")
	v.eval("() => document.querySelectorAll('main details').forEach(d => { d.open = true })")
	look(v, "result-node")

	v.bringText("later.json", bundleOf("streams", "later", streamOf("later")))
	plant.hang()
	time.Sleep(2100 * time.Millisecond) // what was read two seconds ago passes for what is there
	v.press("Review the plan")
	v.see("this plan may be out of date")
	look(v, "review-stale")
}

// texts are the entries of a bundle, by section and name.
type texts map[string]map[string]string

// bundle returns them as a document.
func (x texts) bundle() string {
	doc, err := json.Marshal(x)
	if err != nil {
		panic(err) // strings always encode
	}
	return string(doc)
}

// streamOf returns the text of a stream that reads a topic.
func streamOf(topic string) string {
	return `CREATE STREAM ` + streamNames[topic] + ` () WITH (DATASOURCE="` + topic + `", FORMAT="JSON")`
}

// streamNames are the streams of the topics that say what an engine does with them.
var streamNames = map[string]string{"demo": "demo", "refuse": "refused", "lose": "lost", "other": "changed", "later": "later"}
