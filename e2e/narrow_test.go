package e2e

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/playwright-community/playwright-go"
)

// phone is a browser on a phone.
func phone(width int) playwright.BrowserNewContextOptions {
	return playwright.BrowserNewContextOptions{Viewport: &playwright.Size{Width: width, Height: 780}, HasTouch: new(true), IsMobile: new(true)}
}

// TestNarrow: on a small phone no page scrolls sideways, and axe finds nothing in the
// dark theme; the journeys on a desktop look at both.
func TestNarrow(t *testing.T) {
	t.Parallel()
	small := phone(360)
	small.ColorScheme = playwright.ColorSchemeDark
	tour(t, small, func(v *visitor, page string) {
		v.fits()
		v.axe("dark phone")
	})
}

// TestWide: on a large screen no page scrolls sideways, whoever goes through it with the
// Tab key sees where they are, and no page on any screen has anything inline.
func TestWide(t *testing.T) {
	t.Parallel()
	wide := playwright.BrowserNewContextOptions{Viewport: &playwright.Size{Width: 2560, Height: 1300}}
	tour(t, wide, func(v *visitor, page string) {
		v.fits()
		v.nothingInline()
		v.tabThrough()
	})
}

// TestMenu goes to another page through the menu of the phone.
func TestMenu(t *testing.T) {
	t.Parallel()
	v := serve(t).signedIn(phone(390))
	menu := v.page.GetByRole("navigation", playwright.PageGetByRoleOptions{Name: "Main"})
	v.must(v.expect.Locator(menu).ToBeHidden(), "the menu is put away")
	v.must(v.role("button", "Menu").Tap(), "opening the menu")
	v.must(v.expect.Locator(menu).ToBeVisible(), "the menu")
	v.accessible()
	v.key("Escape")
	v.must(v.expect.Locator(menu).ToBeHidden(), "the menu is put away again")
	v.must(v.expect.Locator(v.role("button", "Menu")).ToBeFocused(), "the focus comes back")
	v.must(v.role("button", "Menu").Tap(), "opening the menu")
	v.follow("Import")
	v.heading("Import a bundle")
	v.must(v.expect.Locator(menu).ToBeHidden(), "the menu on the next page")
	v.must(v.role("button", "Menu").Tap(), "opening the menu")
	v.press("Sign out")
	v.heading("Sign in")
}

// TestScreenshots takes pictures of every page into the folder that SCREENSHOTS names.
func TestScreenshots(t *testing.T) {
	folder := os.Getenv("SCREENSHOTS")
	if folder == "" {
		t.Skip("SCREENSHOTS names no folder")
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, width := range []int{390, 1440} {
		options := playwright.BrowserNewContextOptions{Viewport: &playwright.Size{Width: width, Height: 900}}
		tour(t, options, func(v *visitor, page string) {
			for _, scheme := range []*playwright.ColorScheme{playwright.ColorSchemeDark, playwright.ColorSchemeLight} {
				v.must(v.page.EmulateMedia(playwright.PageEmulateMediaOptions{ColorScheme: scheme}), "switching to %s", *scheme)
				tall, _ := v.eval("() => document.documentElement.scrollHeight").(int)
				v.must(v.page.SetViewportSize(width, max(900, tall)), "making room for the whole page")
				path := filepath.Join(folder, page+"-"+strconv.Itoa(width)+"-"+string(*scheme)+".png")
				v.must2(v.page.Screenshot(playwright.PageScreenshotOptions{Path: &path, FullPage: new(true)}))
			}
		})
	}
}
