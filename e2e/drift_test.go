package e2e

import (
	"strings"
	"testing"

	"github.com/playwright-community/playwright-go"
)

// TestDriftJourney gives a node a baseline, finds that somebody has changed the node, and
// brings it back; and it brings a backup of that node into the console's own.
func TestDriftJourney(t *testing.T) {
	t.Parallel()
	plant := serve(t)
	plant.importBundle(`{"streams":{"old":"CREATE STREAM old () WITH (DATASOURCE=\"a\")"}}`)
	office := serve(t)
	v := office.signedIn()
	v.open("/ui/nodes")
	v.fill("Name", "plant-1")
	v.fill("Address", plant.url)
	v.must2(v.page.GetByLabel("Credentials").SelectOption(playwright.SelectOptionValues{Labels: &[]string{"bearer token"}}))
	v.fill("Bearer token", plant.console("token", "add", "office"))
	v.press("Register a node")
	v.press("Read it now")

	v.see("no baseline")
	v.press("Make what it holds now the baseline")
	v.heading("Baseline of plant-1")
	v.see("in sync")
	v.everywhere()
	plant.importMore(`{"streams":{"old":"CREATE STREAM old () WITH (DATASOURCE=\"b\")","new":"CREATE STREAM new () WITH (DATASOURCE=\"c\")"}}`)
	v.press("Compare now")
	v.see("drifted")
	v.must(v.page.Locator("summary").Filter(playwright.LocatorFilterOptions{HasText: "old"}).Click(), "looking at what drifted")
	v.see(`DATASOURCE="b"`)
	v.everywhere()

	v.follow("Backups")
	v.see("No backups yet")
	v.must2(v.page.GetByLabel("Name").SelectOption(playwright.SelectOptionValues{Labels: &[]string{"plant-1"}}))
	v.fill("Note", "as it was found")
	v.press("Back up now")
	v.heading("Backup 1 of plant-1")
	v.press("Pin")
	v.see("pinned")
	v.everywhere()
	v.open("/ui/backups")
	v.everywhere()
	v.open("/ui/schedules")
	v.fill("Backed up", "daily 03:30")
	v.press("Save the schedule")
	v.see("daily at 03:30")
	v.everywhere()

	v.open("/ui/nodes")
	v.see("drifted")
	v.everywhere()
	v.open("/ui/nodes/plant-1")
	v.everywhere()
	v.press("Re-apply the baseline")
	v.heading("Bring back revision 1")
	v.fill("Reason", "somebody changed it")
	v.press("Bring it back, 2 changes")
	v.heading("2 changes applied")
	if got := plant.console("export"); strings.Contains(got, "STREAM new") || !strings.Contains(got, `DATASOURCE=\"a\"`) {
		t.Errorf("the node holds %s", got)
	}
	v.open("/ui/nodes/plant-1/drift")
	v.see("in sync")

	v.open("/ui/backups/1")
	v.must2(v.page.GetByLabel("Into the node").SelectOption(playwright.SelectOptionValues{Labels: &[]string{"local"}}))
	v.press("Review the plan")
	v.press("Apply 2 changes")
	v.heading("2 changes applied")
	if got := office.console("export"); !strings.Contains(got, "STREAM new") {
		t.Errorf("the node in the console holds %s", got)
	}
}

// everywhere holds a page to what all people need of it, on screens of all sizes.
func (v *visitor) everywhere() {
	v.t.Helper()
	for _, width := range []int{360, 2560, 1280} {
		v.must(v.page.SetViewportSize(width, 900), "making the page %d wide", width)
		v.fits()
	}
	v.accessible()
}
