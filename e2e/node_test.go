package e2e

import (
	"strings"
	"testing"

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
