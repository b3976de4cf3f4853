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
		for _, lead := range tours {
			lead(t, options, func(v *visitor, page string) {
				for _, scheme := range []*playwright.ColorScheme{playwright.ColorSchemeDark, playwright.ColorSchemeLight} {
					v.inScheme(scheme)
					tall, _ := v.eval("() => document.documentElement.scrollHeight").(int)
					v.resize(width, max(900, tall))
					path := filepath.Join(folder, page+"-"+strconv.Itoa(width)+"-"+string(*scheme)+".png")
					v.must2(v.page.Screenshot(playwright.PageScreenshotOptions{Path: &path, FullPage: new(true)}))
				}
			})
		}
	}
}
