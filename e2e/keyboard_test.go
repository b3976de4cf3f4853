package e2e

import (
	"strings"
	"testing"

	"github.com/playwright-community/playwright-go"
)

// key presses a key of the keyboard.
func (v *visitor) key(name string) {
	v.t.Helper()
	v.must(v.page.Keyboard().Press(name), "pressing %s", name)
}

// typing types a text where the focus is.
func (v *visitor) typing(text string) {
	v.t.Helper()
	v.must(v.page.Keyboard().InsertText(text), "typing")
}

// tabTo goes on with the Tab key until an element has the focus. Wherever the focus
// comes by it must be seen.
func (v *visitor) tabTo(role, name string) {
	v.t.Helper()
	want := v.role(role, name).First()
	for range 60 {
		v.key("Tab")
		v.focusSeen()
		if at, err := want.Evaluate("e => e === document.activeElement", nil); err == nil && at == true {
			return
		}
	}
	v.t.Fatalf("the Tab key does not come to the %s %q on %s", role, name, v.page.URL())
}

// focusSeen checks that the element with the focus has an outline and is not hidden
// behind something.
func (v *visitor) focusSeen() {
	v.t.Helper()
	if fault := v.eval(hiddenFocus); fault != "" {
		v.t.Errorf("%s: the focus is not seen: %v", v.page.URL(), fault)
	}
}

// hiddenFocus returns what is wrong with how the focus shows, or "". A field that is
// drawn by what is around it has the outline there.
const hiddenFocus = `() => {
	const e = document.activeElement
	if (!e || e === document.body) return ''
	const say = e.outerHTML.slice(0, 160)
	let drawn = e
	for (let i = 0; i < 4 && drawn; i++, drawn = drawn.parentElement) {
		const style = getComputedStyle(drawn)
		if (drawn.offsetWidth > 2 && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1) break
	}
	if (!drawn || drawn === document.body) return 'no outline around ' + say
	const box = drawn.getBoundingClientRect()
	const x = Math.min(Math.max(box.x + box.width / 2, 1), innerWidth - 1), y = box.y + Math.min(box.height / 2, 12)
	if (box.bottom <= 0 || box.top >= innerHeight) return 'outside the window: ' + say
	const top = document.elementFromPoint(x, Math.min(Math.max(y, 1), innerHeight - 1))
	return top && (drawn.contains(top) || top.contains(drawn)) ? '' : 'behind ' + top?.outerHTML.slice(0, 120) + ': ' + say
}`

// TestKeyboard signs in, imports and exports without a mouse.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	s := serve(t)
	v := s.visit()
	v.open("/ui/sign-in")
	v.tabTo("link", "Skip to content")
	v.key("Enter")
	v.tabTo("textbox", "User name")
	v.typing("admin")
	v.tabTo("textbox", "Password")
	v.typing(admin)
	v.key("Enter")
	v.heading("Nothing here yet")

	v.tabTo("link", "Skip to content")
	v.key("Enter")
	v.tabTo("link", "Import a bundle")
	v.key("Enter")
	v.heading("Import a bundle")
	v.tabTo("link", "Paste")
	v.key("Enter")
	v.must(v.expect.Locator(v.label("Text of the bundle")).ToBeVisible(), "the other tab")
	v.tabTo("textbox", "Text of the bundle")
	v.typing(refusedSample(t))
	v.tabTo("button", "Read it")
	v.key("Space")
	v.see("pasted.json")
	v.tabTo("radio", "Partial Keep what is there, overwrite what the bundle names. created 9 replaced 0 deleted 0 nothing is there yet")
	v.tabTo("button", "Review the plan")
	v.key("Enter")
	v.heading("Review pasted.json")
	v.tabTo("radio", "All or nothing one rejected entry stops it")
	v.key("ArrowDown")
	v.focusSeen()
	v.tabTo("button", "Apply 9 changes")
	v.key("Enter")
	v.heading("7 changes applied, 2 entries failed")

	v.tabTo("link", "Export")
	v.key("Enter")
	v.heading("Export rules")
	v.tabTo("checkbox", "Select rule1")
	v.key("Space")
	v.comes("demo", "rule1 reads it")
	v.must(v.expect.Locator(v.role("checkbox", "Select rule1")).ToBeFocused(), "the focus stays at the box")
	v.tabTo("button", "Download the 1 rule with all it needs")
	if name, content := v.download(func() error { return v.page.Keyboard().Press("Enter") }); !strings.Contains(content, "rule1") {
		t.Errorf("%s holds %s", name, content)
	}
	v.tabTo("button", "Sign out")
	v.key("Enter")
	v.heading("Sign in")
}

// TestKeyboardFile opens the file dialog with a key.
func TestKeyboardFile(t *testing.T) {
	t.Parallel()
	v := serve(t).signedIn()
	v.open("/ui/import")
	for range 30 {
		v.key("Tab")
		v.focusSeen()
		if v.eval("() => document.activeElement.type") == "file" {
			break
		}
	}
	chooser, err := v.page.ExpectFileChooser(func() error { return v.page.Keyboard().Press("Space") })
	v.must(err, "opening the file dialog")
	v.must(chooser.SetFiles([]string{write(t, "edge.json", refusedSample(t))}), "choosing a file")
	v.see("edge.json")
}

// TestKeyboardFullReset confirms a full reset in the field that the choice brings.
func TestKeyboardFullReset(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.importBundle(plainSample(t))
	v := s.signedIn()
	v.bring(write(t, "small.json", `{"streams":{"other":"CREATE STREAM other () WITH (DATASOURCE=\"a\")"}}`))
	partial := v.page.GetByRole("radio", playwright.PageGetByRoleOptions{Name: "Partial"})
	v.must(partial.Focus(), "going to the mode")
	v.key("ArrowDown")
	v.tabTo("button", "Review the plan")
	v.key("Enter")
	v.heading("Review small.json")
	v.tabTo("textbox", "Type local to delete 7 entries")
	v.typing("local")
	v.key("Enter")
	v.heading("8 changes applied")
}

// tabThrough goes through the beginning of a page with the Tab key.
func (v *visitor) tabThrough() {
	v.t.Helper()
	for range 25 {
		v.key("Tab")
		v.focusSeen()
		if v.eval("() => document.activeElement === document.body") == true {
			break
		}
	}
}
