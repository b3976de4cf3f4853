package e2e

import (
	"testing"

	"github.com/playwright-community/playwright-go"
)

// TestTheme chooses dark in a light system; the choice stays, and can be given up.
func TestTheme(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.importBundle(plainSample(t))
	v := s.signedIn(playwright.BrowserNewContextOptions{ColorScheme: playwright.ColorSchemeLight})
	v.open("/ui/import?from=paste")
	light := v.background()
	v.press("Dark")
	v.is("/ui/import?from=paste")
	v.must(v.expect.Locator(v.role("button", "Dark")).ToHaveAttribute("aria-pressed", "true"), "the choice")
	v.must(v.expect.Locator(v.role("button", "System")).ToHaveAttribute("aria-pressed", "false"), "what is not chosen")
	dark := v.background()
	if dark == light {
		t.Errorf("the background is %s in both themes", dark)
	}
	v.axe("chosen dark")
	v.follow("Export")
	v.heading("Export rules")
	v.pick("rule1")
	if got := v.background(); got != dark {
		t.Errorf("the next page has the background %s, want %s", got, dark)
	}
	v.axe("chosen dark")
	v.press("Sign out")
	v.heading("Sign in")
	v.axe("chosen dark")
	v.signIn("admin", admin)
	v.heading("Overview")
	v.press("System")
	v.must(v.expect.Locator(v.role("button", "System")).ToHaveAttribute("aria-pressed", "true"), "the choice")
	if got := v.background(); got != light {
		t.Errorf("after giving the choice up the background is %s, want %s", got, light)
	}
	v.must(v.page.EmulateMedia(playwright.PageEmulateMediaOptions{ColorScheme: playwright.ColorSchemeDark}), "switching the system")
	v.press("Light")
	v.must(v.expect.Locator(v.role("button", "Light")).ToHaveAttribute("aria-pressed", "true"), "the choice")
	if got := v.background(); got != light {
		t.Errorf("light in a dark system is %s, want %s", got, light)
	}
	v.axe("chosen light")
}

// background returns the colour of the page.
func (v *visitor) background() any {
	v.t.Helper()
	return v.eval("() => getComputedStyle(document.documentElement).backgroundColor")
}

// TestThemeShows: the choice is seen, not only told to a screen reader.
func TestThemeShows(t *testing.T) {
	t.Parallel()
	v := serve(t).signedIn()
	same := v.eval(`() => {
		const look = pressed => {
			const style = getComputedStyle(document.querySelector('[name=theme][aria-pressed=' + pressed + ']'))
			return [style.backgroundColor, style.color].join()
		}
		return look(true) === look(false)
	}`)
	if same != false {
		t.Error("the chosen theme looks like the ones that are not chosen")
	}
}
