package e2e

import (
	"strings"
	"testing"
	"time"
)

// TestTaskRuns watches an import while a plugin is slow to come.
func TestTaskRuns(t *testing.T) {
	t.Parallel()
	s := serve(t, "--allow-private-net")
	v := s.signedIn()
	gate := make(chan struct{})
	v.bring(write(t, "slow.json", sampleFrom(t, plugins(t, gate).URL)))
	v.apply("Apply 9 changes")
	v.heading("Importing slow.json")
	v.see("Fetching files")
	v.accessible()
	cancel := v.role("button", "Cancel the import")
	v.must(cancel.Focus(), "going to the button")
	v.must(v.expect.Locator(cancel).ToBeFocused(), "the page took the focus away when it was renewed")
	v.must2(v.page.Reload())
	v.heading("Importing slow.json")

	other := s.signedIn()
	other.open(strings.TrimPrefix(v.page.URL(), s.url))
	other.heading("Importing slow.json")
	close(gate)
	for _, v := range []*visitor{v, other} {
		v.heading("9 changes applied")
		v.must(v.expect.Locator(v.page.GetByRole("status")).ToHaveText("9 changes applied"), "what is announced")
		v.must(v.expect.Page(v.page).ToHaveTitle("9 changes applied · eKuiper Console"), "the title of the window")
	}
	v.accessible()
}

// TestTaskCancel takes an import back before anything is written.
func TestTaskCancel(t *testing.T) {
	t.Parallel()
	s := serve(t, "--allow-private-net")
	v := s.signedIn()
	gate := make(chan struct{})
	v.bring(write(t, "slow.json", sampleFrom(t, plugins(t, gate).URL)))
	v.apply("Apply 9 changes")
	v.press("Cancel the import")
	v.heading("Cancelled: nothing was applied")
	v.see("The node is as it was before.")
	v.accessible()
	close(gate)
	v.must2(v.page.Reload())
	v.heading("Cancelled: nothing was applied")
	if got := s.console("export"); strings.Contains(got, "rule1") {
		t.Errorf("the node holds %s", got)
	}
	v.follow("Import a bundle")
	v.see("slow.json")
}

// TestTaskUnknown: an address that no task has says so.
func TestTaskUnknown(t *testing.T) {
	t.Parallel()
	v := serve(t).signedIn()
	v.open("/ui/tasks/dataImport-1-none")
	v.heading("There is nothing at this address")
	v.refused(404)
	v.accessible()
	v.follow("Back to the console")
	v.heading("Nothing here yet")
}

// TestPageUnknown: an address that no page has keeps the navigation of who is signed in.
func TestPageUnknown(t *testing.T) {
	t.Parallel()
	v := serve(t).signedIn()
	v.open("/ui/nowhere")
	v.heading("There is nothing at this address")
	v.refused(404)
	v.accessible()
	v.follow("Import")
	v.heading("Import a bundle")
}

// TestImportTwice: pressing the button again while the import runs imports once, and
// leads to its result.
func TestImportTwice(t *testing.T) {
	t.Parallel()
	s := serve(t, "--allow-private-net")
	v := s.signedIn()
	gate := make(chan struct{})
	v.bring(write(t, "edge.json", sampleFrom(t, plugins(t, gate).URL)))
	v.press("Review the plan")
	v.heading("Review edge.json")
	v.eval(`() => {
		const button = [...document.querySelectorAll('button')].find(b => b.textContent == 'Apply 9 changes')
		button.click()
		setInterval(() => button.click(), 250)
	}`)
	time.AfterFunc(1200*time.Millisecond, func() { close(gate) })
	v.heading("9 changes applied")
	if revisions := s.console("history"); strings.Count(revisions, "\n") > 0 {
		t.Errorf("it was imported more than once:\n%s", revisions)
	}
}

// TestImportBack: the back button after an import leads to its result, since there is
// nothing left to import.
func TestImportBack(t *testing.T) {
	t.Parallel()
	s := serve(t, "--allow-private-net")
	v := s.signedIn()
	v.bring(write(t, "edge.json", sampleFrom(t, plugins(t, nil).URL)))
	v.apply("Apply 9 changes")
	v.heading("9 changes applied")
	v.must2(v.page.GoBack())
	v.heading("9 changes applied")
	v.must2(v.page.GoForward())
	v.heading("9 changes applied")
}
