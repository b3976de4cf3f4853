package e2e

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/playwright-community/playwright-go"
)

// TestImportSample loads the sample into an empty console, and imports what can be had.
func TestImportSample(t *testing.T) {
	t.Parallel()
	s := serve(t)
	v := s.signedIn()
	v.see("There are no rules here")
	v.accessible()
	v.open("/ui/import")
	v.see("Nothing here yet")
	v.accessible()
	v.press("Load the sample bundle")
	v.see("sample.json")
	v.see("Nothing is applied yet.")
	v.accessible()
	if got := s.console("export"); strings.Contains(got, "rule1") {
		t.Error("the sample was applied before anybody asked for it")
	}
	v.press("Review the plan")
	v.see("2 files are fetched when applied")
	v.accessible()
	v.press("Apply 9 changes")
	v.see("What was applied")
	if got := s.console("export"); !strings.Contains(got, "rule1") {
		t.Errorf("the node holds %s", got)
	}
}

// TestImportDrop drops a file on the page, sees what it would do, and imports all of it.
func TestImportDrop(t *testing.T) {
	t.Parallel()
	s := serve(t, "--allow-private-net")
	v := s.signedIn()
	bundle := write(t, "edge.json", sampleFrom(t, plugins(t, nil).URL))
	v.open("/ui/import")
	v.drag("dragEnter", bundle)
	veil := v.page.GetByText("Drop to read it. Nothing is applied yet.")
	v.must(v.expect.Locator(veil).ToBeVisible(), "a page under a file")
	v.eval(leaving)
	v.must(v.expect.Locator(veil).ToBeHidden(), "a page that a file has left")
	v.drag("dragEnter", bundle)
	v.drag("dragOver", bundle)
	v.drag("drop", bundle)

	v.heading("Import a bundle")
	v.see("edge.json")
	v.seeRow("Rules", "2", "0")
	v.seeRow("Native plugins", "2", "0")
	v.seeRow("Total, 5 sections are empty", "9", "0")
	v.accessible()
	v.apply("Apply 9 changes")
	v.heading("9 changes applied")
	v.seeTile("Rules", "OK", "2", "applied")
	v.seeTile("Native plugins", "OK", "2", "applied")
	v.seeTile("Schemas", "Skipped", "–", "not in the bundle")
	v.accessible()
	v.must2(v.page.Reload())
	v.heading("9 changes applied")

	v.follow("Import another")
	v.unseen("link", "edge.json")
}

// leaving is a file that is taken away from the page again, which the browser's own
// cancelling does not tell the page.
const leaving = `() => {
	const dataTransfer = new DataTransfer()
	dataTransfer.items.add(new File(['{}'], 'edge.json'))
	document.body.dispatchEvent(new DragEvent('dragleave', {dataTransfer, bubbles: true}))
}`

// drag moves a file from the file manager over the middle of the page. The steps are
// dragEnter, dragOver and drop.
func (v *visitor) drag(step, path string) {
	v.t.Helper()
	session, err := v.context.NewCDPSession(v.page)
	v.must(err, "reaching into the browser")
	defer session.Detach()
	_, err = session.Send("Input.dispatchDragEvent", map[string]any{
		"type": step, "x": 500, "y": 400,
		"data": map[string]any{"items": []any{}, "files": []string{path}, "dragOperationsMask": 1},
	})
	v.must(err, "%s of %s", step, filepath.Base(path))
}

// must2 is must for calls that also return something.
func (v *visitor) must2(_ any, err error) {
	v.t.Helper()
	v.must(err, "acting")
}

// seeRow waits for a row of a table by its header and cells.
func (v *visitor) seeRow(header string, cells ...string) {
	v.t.Helper()
	row := v.page.GetByRole("row").Filter(playwright.LocatorFilterOptions{Has: v.role("rowheader", header)})
	v.must(v.expect.Locator(row.GetByRole("cell")).ToHaveText(cells), "the row %s", header)
}

// seeTile waits for a section of the result: its mark, its number and its note.
func (v *visitor) seeTile(section, mark, number, note string) {
	v.t.Helper()
	tile := v.page.GetByRole("region", playwright.PageGetByRoleOptions{Name: "By section"}).GetByRole("listitem").
		Filter(playwright.LocatorFilterOptions{Has: v.page.GetByText(section, playwright.PageGetByTextOptions{Exact: new(true)})})
	v.must(v.expect.Locator(tile.GetByRole("img", playwright.LocatorGetByRoleOptions{Name: mark})).ToBeVisible(), "the mark of %s", section)
	v.must(v.expect.Locator(tile).ToContainText(number), "the number of %s", section)
	v.must(v.expect.Locator(tile).ToContainText(note), "the note of %s", section)
}

// TestImportBrowse chooses two files; each waits for its turn, and can be removed.
func TestImportBrowse(t *testing.T) {
	t.Parallel()
	v := serve(t).signedIn()
	v.open("/ui/import")
	first, second := write(t, "one.json", `{"streams":{"a":"CREATE STREAM a () WITH (DATASOURCE=\"a\")"}}`), write(t, "two.json", refusedSample(t))
	v.must(v.page.GetByLabel("Drop bundles anywhere on this page").SetInputFiles([]string{first, second}), "choosing files")
	v.see("1 line, JSON")
	v.see("two.json")
	v.accessible()
	v.press("Remove one.json")
	v.see("Brought and not applied yet")
	v.accessible()
	v.unseen("link", "one.json")
	v.follow("two.json")
	v.seeRow("Rules", "2", "0")
	v.press("Remove two.json")
	v.is("/ui/import")
	v.unseen("link", "two.json")
}

// TestImportPaste mends a pasted text until it can be read.
func TestImportPaste(t *testing.T) {
	t.Parallel()
	v := serve(t).signedIn()
	v.open("/ui/import")
	v.follow("Paste")
	const broken = "{\n  \"streams\": {\n    \"demo\": \"CREATE STREAM demo () WITH (DATASOURCE=\\\"users\\\")\",,\n  }\n}"
	v.fill("Text of the bundle", broken)
	v.press("Read it")
	v.see("The text is not a bundle yet")
	v.see("Line 3, column 65")
	v.accessible()
	v.must(v.expect.Locator(v.page.Locator("#text")).ToHaveValue(broken), "the text stays")
	v.fill("Text of the bundle", strings.Replace(broken, ",,", "", 1))
	v.press("Read again")
	v.seeRow("Streams", "1", "0")
	v.must2(0, v.page.GetByText("Edit the text").Click())
	v.fill("Text of the bundle", `{"streams":{"demo":"CREATE STREAM demo () WITH (DATASOURCE=\"users\")"},"gadgets":{"x":"y"}}`)
	v.press("Read again")
	v.see("Unknown section gadgets is ignored.")
	v.accessible()
	v.apply("Apply 1 change")
	v.heading("1 change applied")
	v.see("Unknown section gadgets is ignored.")
	v.accessible()
}

// TestImportNothing: an empty form says what to do, and stays where one was.
func TestImportNothing(t *testing.T) {
	t.Parallel()
	v := serve(t).signedIn()
	for _, from := range []string{"paste", "address"} {
		v.open("/ui/import?from=" + from)
		v.press("Read it")
		v.see("There is nothing to read yet.")
		v.refused(400)
		v.accessible()
		current := v.page.Locator(".tabs [aria-current=page]")
		v.must(v.expect.Locator(current).ToHaveText(map[string]string{"paste": "Paste", "address": "Address"}[from]), "the tab")
	}
}

// TestImportAddress reads a bundle from an address, where the console may.
func TestImportAddress(t *testing.T) {
	t.Parallel()
	v := serve(t).signedIn()
	v.open("/ui/import?from=address")
	v.accessible()
	v.fill("Address of the bundle", plugins(t, nil).URL+"/bundle.json")
	v.press("Read it")
	v.see("The bundle was not read")
	v.see("--allow-private-net")
	v.refused(400)
	v.accessible()
	if got, err := v.label("Address of the bundle").InputValue(); !strings.HasSuffix(got, "/bundle.json") {
		t.Errorf("the address is %q, %v, want what was given", got, err)
	}
}

// TestImportAllOrNothing is refused for two plugins, then made without them.
func TestImportAllOrNothing(t *testing.T) {
	t.Parallel()
	s := serve(t)
	v := s.signedIn()
	v.bring(write(t, "edge.json", refusedSample(t)))
	v.apply("Apply 9 changes")
	v.heading("Nothing was applied: 2 entries failed")
	v.see("ip 127.0.0.1 is in internal network")
	v.see("--allow-private-net")
	v.seeTile("Native plugins", "Failed", "0", "2 failed")
	v.seeTile("Rules", "Skipped", "2", "not applied")
	v.accessible()
	name, content := v.download(func() error { return v.role("link", "Report").Click() })
	if !strings.HasPrefix(name, "report-") || !strings.HasSuffix(name, ".json") {
		t.Errorf("the report is called %s", name)
	}
	var report map[string]map[string]string
	if err := json.Unmarshal([]byte(content), &report); err != nil || len(report) != 12 || len(report["nativePlugins"]) != 2 {
		t.Errorf("the report is %s (%v)", content, err)
	}
	if got := s.console("export"); strings.Contains(got, "rule1") {
		t.Errorf("the node holds %s", got)
	}

	v.press("Review the valid entries")
	v.heading("Review edge.json")
	v.press("Apply 9 changes")
	v.heading("7 changes applied, 2 entries failed")
	v.seeTile("Native plugins", "Failed", "0", "2 failed")
	v.seeTile("Rules", "OK", "2", "applied")
	v.accessible()
	status := s.curl("GET", "/data/import/status", s.console("token", "add", "looking"), "")
	if strings.TrimSpace(status) != strings.TrimSpace(content) {
		t.Errorf("the status is %s, want the report %s", status, content)
	}
}

// apply goes from the second step of an import through its review, and presses the
// button there.
func (v *visitor) apply(button string) {
	v.t.Helper()
	v.press("Review the plan")
	v.press(button)
}

// bring takes a file to the second step of an import.
func (v *visitor) bring(path string) {
	v.t.Helper()
	v.open("/ui/import")
	v.must(v.page.GetByLabel("Drop bundles anywhere on this page").SetInputFiles(path), "choosing %s", path)
	v.see("Nothing is applied yet.")
}

// TestImportFullReset deletes what is not in the bundle, once the node's name is typed.
func TestImportFullReset(t *testing.T) {
	t.Parallel()
	s := serve(t, "--allow-private-net")
	s.importBundle(sampleFrom(t, plugins(t, nil).URL))
	v := s.signedIn()
	v.bring(write(t, "small.json", `{"streams":{"other":"CREATE STREAM other () WITH (DATASOURCE=\"a\")"}}`))
	v.see("9 of 9 entries stay as they are")
	v.see("deletes 9 of 9 entries")
	v.choose("Full reset")
	v.accessible()
	v.press("Review the plan")
	v.see("9 entries will be deleted")
	for _, name := range []string{"rule1", "demo", "functions_image", "mqtt"} {
		v.see(name)
	}
	v.accessible()
	v.press("Delete 9, apply 1")
	v.see("type the node's name, local, to confirm")
	v.refused(400)
	v.accessible()
	v.fill("Type local to delete 9 entries", "locale")
	v.press("Delete 9, apply 1")
	v.see("type the node's name, local, to confirm")
	v.refused(400)
	v.fill("Type local to delete 9 entries", "local")
	v.press("Delete 9, apply 1")
	v.heading("10 changes applied")
	v.seeTile("Rules", "OK", "2", "deleted")
	v.accessible()
	if got := s.console("export"); !strings.Contains(got, "other") || strings.Contains(got, "rule1") {
		t.Errorf("the node holds %s", got)
	}

	v.bring(write(t, "again.json", `{"streams":{"other":"CREATE STREAM other () WITH (DATASOURCE=\"a\")"}}`))
	v.see("Already up to date")
	v.press("Review the plan")
	v.heading("Already up to date")
	v.unseen("button", "Apply")
	v.accessible()
}
