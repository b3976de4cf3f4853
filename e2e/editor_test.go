package e2e

import (
	"strings"
	"testing"

	"github.com/playwright-community/playwright-go"
)

// torn is a document with one comma too many, at line 40, column 15.
var torn = "{" + strings.Repeat("\n", 38) + "\"streams\": {\n  \"other\": \"\",,\n  " +
	`"demo": "CREATE STREAM demo () WITH (DATASOURCE=\"users\")"` + strings.Repeat("\n", 40) + "}}"

// editor finds the editor of the page.
func (v *visitor) editor() playwright.Locator { return v.page.Locator(".cm-editor") }

// TestEditorMend brings a document that cannot be read, sees where it breaks, and mends
// it there with the keyboard.
func TestEditorMend(t *testing.T) {
	t.Parallel()
	v := serve(t).signedIn()
	v.open("/ui/import")
	v.must(v.page.GetByLabel("Drop bundles anywhere on this page").SetInputFiles(write(t, "torn.json", torn)), "choosing a file")
	v.see("Line 40, column 15")
	v.must(v.expect.Locator(v.page.Locator("textarea")).ToBeHidden(), "the field behind the editor")
	v.must(v.expect.Locator(v.editor().Locator(".cm-lintRange-error")).ToHaveText(","), "what is marked")
	v.must(v.expect.Locator(v.editor().Locator(".cm-lintRange-error")).ToBeInViewport(), "what is marked")
	if got := v.eval(markedLine); got != "40" {
		t.Errorf("the marker stands at line %v, want 40", got)
	}
	if got := v.eval("() => scrollY"); got != 0 {
		t.Errorf("the page is scrolled by %v", got)
	}
	v.must(v.editor().Locator(".cm-lint-marker-error").Hover(), "pointing at the marker")
	v.must(v.expect.Locator(v.page.Locator(".cm-tooltip")).ToContainText("invalid character ','"), "the message")
	v.accessible()

	v.must(v.page.GetByText("Text of the bundle").Click(), "going to the editor")
	v.must(v.expect.Locator(v.role("textbox", "Text of the bundle")).ToBeFocused(), "the editor")
	v.focusSeen()
	v.key("Delete")
	v.must(v.expect.Locator(v.page.Locator("textarea")).ToHaveValue(strings.Replace(torn, ",,", ",", 1)), "the text that is sent")
	v.tabTo("button", "Read again")
	v.key("Enter")
	v.seeRow("Streams", "2", "0")
}

// markedLine returns the number of the line that the marker in the gutter stands at.
const markedLine = `() => {
	const top = e => Math.round(e.closest('.cm-gutterElement').getBoundingClientRect().top)
	const at = top(document.querySelector('.cm-lint-marker'))
	return [...document.querySelectorAll('.cm-lineNumbers .cm-gutterElement')].find(e => Math.abs(top(e) - at) < 3)?.textContent
}`

// TestEditorMendNoScript does the same where scripts are off.
func TestEditorMendNoScript(t *testing.T) {
	t.Parallel()
	v := serve(t).signedIn(playwright.BrowserNewContextOptions{JavaScriptEnabled: new(false)})
	v.open("/ui/import?from=paste")
	v.fill("Text of the bundle", torn)
	v.press("Read it")
	v.see("Line 40, column 15")
	text := v.role("textbox", "Text of the bundle")
	v.must(v.expect.Locator(text).ToHaveValue(torn), "the text stays")
	v.must(v.expect.Locator(v.editor()).ToHaveCount(0), "an editor without scripts")
	v.fill("Text of the bundle", strings.Replace(torn, ",,", ",", 1))
	v.press("Read again")
	v.seeRow("Streams", "2", "0")
}

// TestEditorSearch looks for a text in an editor; axe looks at the panel.
func TestEditorSearch(t *testing.T) {
	t.Parallel()
	v := serve(t).signedIn()
	v.open("/ui/import?from=paste")
	v.fill("Text of the bundle", `{"streams": {"demo": "x"}, "tables": {"demo": 1, "open": true}}`)
	v.accessible()
	v.must(v.expect.Locator(v.editor().Locator(".hs")).ToHaveText("\"x\""), "a string")
	v.must(v.expect.Locator(v.editor().Locator(".hk")).ToHaveText("true"), "a word")
	v.key("Control+f")
	v.fill("Find", "demo")
	v.key("Enter")
	v.must(v.expect.Locator(v.editor().Locator(".cm-searchMatch")).ToHaveCount(2), "what was found")
	v.accessible()
	v.tabTo("button", "Replace all")
	v.tabTo("button", "Close")
	v.key("Enter")
	v.must(v.expect.Locator(v.role("textbox", "Text of the bundle")).ToBeFocused(), "the focus comes back")
}

// TestEditorFollows: the editor follows its field where something else fills it in.
func TestEditorFollows(t *testing.T) {
	t.Parallel()
	v := serve(t).signedIn()
	v.open("/ui/import?from=paste")
	v.fill("Text of the bundle", "{}")
	v.eval("() => document.querySelector('textarea').form.reset()")
	v.must(v.expect.Locator(v.role("textbox", "Text of the bundle")).ToHaveText(""), "an editor of a form that was reset")
	v.fill("Text of the bundle", "[1]")
	v.follow("Address")
	v.must2(v.page.GoBack())
	v.must(v.expect.Locator(v.role("textbox", "Text of the bundle")).ToHaveText("[1]"), "an editor that one comes back to")
	v.must(v.expect.Locator(v.page.Locator("textarea")).ToHaveValue("[1]"), "its field")
}

// TestEditorTypeOver types over several lines, of which the browser would make styles
// that the policy refuses: by keyboard, and so fast that the editor does not yet know
// what is selected.
func TestEditorTypeOver(t *testing.T) {
	t.Parallel()
	v := serve(t).signedIn()
	v.open("/ui/import?from=paste")
	const lines = "{\n  \"a\": 1,\n  \"b\": true\n}"
	field := v.page.Locator("textarea")
	v.fill("Text of the bundle", lines)
	v.key("Control+a")
	v.typing("[1,\n2]")
	v.must(v.expect.Locator(field).ToHaveValue("[1,\n2]"), "what was typed over all")
	v.key("Control+z")
	v.must(v.expect.Locator(field).ToHaveValue(lines), "what was there before")
	v.key("ArrowRight")
	v.fill("Text of the bundle", "x\ny")
	v.fill("Text of the bundle", lines)
	v.must(v.expect.Locator(field).ToHaveValue(lines), "what was filled in at once")
}

// TestEditorDrop: a file that is dropped on the editor is brought, not inserted.
func TestEditorDrop(t *testing.T) {
	t.Parallel()
	v := serve(t).signedIn()
	v.open("/ui/import?from=paste")
	v.must(v.expect.Locator(v.editor()).ToBeVisible(), "the editor")
	bundle := write(t, "edge.json", plainSample(t))
	for _, step := range []string{"dragEnter", "dragOver", "drop"} {
		v.drag(step, bundle)
	}
	v.see("edge.json")
	v.see("Nothing is applied yet.")
}

// TestEditorSwapped: content that htmx brings has its editors too, and axe and the
// policy have nothing against them.
func TestEditorSwapped(t *testing.T) {
	t.Parallel()
	v := serve(t).signedIn()
	v.open("/ui/import?from=paste")
	v.fill("Text of the bundle", "[1]")
	v.eval("() => htmx.ajax('GET', '/ui/import?from=paste', {target: 'main', select: 'main', swap: 'outerHTML'})")
	v.must(v.expect.Locator(v.role("textbox", "Text of the bundle")).ToHaveText(""), "the editor of the new content")
	v.must(v.expect.Locator(v.editor()).ToHaveCount(1), "the editors")
	v.accessible()
}

// TestEditorLoads: pages without an editor do not load it.
func TestEditorLoads(t *testing.T) {
	t.Parallel()
	v := serve(t).signedIn()
	for path, want := range map[string]int{"/ui/export": 0, "/ui/import": 0, "/ui/import?from=paste": 1} {
		v.open(path)
		v.must(v.expect.Locator(v.page.Locator("script[src*='/editor.']")).ToHaveCount(want), "the scripts of %s", path)
	}
}
