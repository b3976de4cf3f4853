package e2e

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/playwright-community/playwright-go"
)

// patience bounds how long a visitor waits for anything, in milliseconds.
const patience = 15_000

// visitor is a person at a console: a browser profile with one page. What they do ends
// the test when it cannot be done.
type visitor struct {
	t       *testing.T
	at      *server
	context playwright.BrowserContext
	page    playwright.Page
	expect  playwright.PlaywrightAssertions
	friends []string // other origins that the test leads to

	mu       sync.Mutex
	faults   []string // what went wrong in the browser, unasked
	refusals []int    // statuses of refused pages that the test has not asked about
}

// visit opens a browser at a console. The zero options are a desktop with scripts.
func (s *server) visit(options ...playwright.BrowserNewContextOptions) *visitor {
	s.t.Helper()
	var o playwright.BrowserNewContextOptions
	if len(options) > 0 {
		o = options[0]
	}
	o.BaseURL = &s.url
	if o.Locale == nil {
		o.Locale = new("en-US")
	}
	if o.Viewport == nil {
		o.Viewport = &playwright.Size{Width: 1440, Height: 900}
	}
	v := &visitor{t: s.t, at: s, expect: playwright.NewPlaywrightAssertions(patience)}
	var err error
	if v.context, err = shared.browser.NewContext(o); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(v.leave)
	v.context.SetDefaultTimeout(patience)
	v.watch()
	if v.page, err = v.context.NewPage(); err != nil {
		s.t.Fatal(err)
	}
	return v
}

// signedIn opens a browser at a console and signs in as admin, on the way to the page of
// the export.
func (s *server) signedIn(options ...playwright.BrowserNewContextOptions) *visitor {
	s.t.Helper()
	v := s.visit(options...)
	v.open("/ui/sign-in?next=/ui/export")
	v.signIn("admin", admin)
	v.heading("Export rules")
	return v
}

// watch notes whatever goes wrong in the browser.
func (v *visitor) watch() {
	v.context.OnConsole(func(m playwright.ConsoleMessage) {
		// A refused page is told by its response, which the journey knows about.
		if kind := m.Type(); (kind == "error" || kind == "warning") && !strings.HasPrefix(m.Text(), "Failed to load resource: the server responded") {
			v.fault("browser console: %s: %s", kind, m.Text())
		}
	})
	v.context.OnWebError(func(e playwright.WebError) { v.fault("script: %v", e.Error()) })
	v.context.OnRequestFailed(func(r playwright.Request) {
		// Leaving a page and downloading a file abort requests.
		if err := r.Failure(); err == nil || !strings.Contains(err.Error(), "ERR_ABORTED") {
			v.fault("request %s %s: %v", r.Method(), r.URL(), err)
		}
	})
	v.context.OnResponse(func(r playwright.Response) {
		v.policed(r)
		switch {
		case slices.ContainsFunc(v.friends, func(origin string) bool { return strings.HasPrefix(r.URL(), origin+"/") }):
		case !strings.HasPrefix(r.URL(), v.at.url+"/"):
			v.fault("request to elsewhere: %s", r.URL())
		case r.Status() < 400:
		case r.Request().IsNavigationRequest():
			v.mu.Lock()
			v.refusals = append(v.refusals, r.Status())
			v.mu.Unlock()
		default:
			v.fault("request %s %s: status %d", r.Request().Method(), r.URL(), r.Status())
		}
	})
}

// policed checks that a page of the console comes with a policy that lets nothing
// inline run.
func (v *visitor) policed(r playwright.Response) {
	headers := r.Headers()
	if !strings.HasPrefix(r.URL(), v.at.url+"/") || !strings.HasPrefix(headers["content-type"], "text/html") {
		return
	}
	policy := headers["content-security-policy"]
	for _, part := range []string{"default-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"} {
		if !strings.Contains(policy, part) {
			v.fault("%s has the policy %q, want %s", r.URL(), policy, part)
		}
	}
	if strings.Contains(policy, "unsafe") {
		v.fault("%s has the policy %q", r.URL(), policy)
	}
}

func (v *visitor) fault(format string, args ...any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.faults = append(v.faults, fmt.Sprintf(format, args...))
}

// refused checks that the last page came with an error status, which fails the test
// where nobody asks.
func (v *visitor) refused(status int) {
	v.t.Helper()
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.refusals) != 1 || v.refusals[0] != status {
		v.t.Errorf("refused pages have the statuses %v, want one with %d", v.refusals, status)
	}
	v.refusals = nil
}

// leave closes the browser and tells what went wrong in it.
func (v *visitor) leave() {
	v.mu.Lock()
	for _, f := range v.faults {
		v.t.Error(f)
	}
	if len(v.refusals) > 0 {
		v.t.Errorf("pages were refused with the statuses %v", v.refusals)
	}
	v.mu.Unlock()
	if v.t.Failed() && v.page != nil {
		v.snapshot()
	}
	if err := v.context.Close(); err != nil {
		v.t.Errorf("closing the browser: %v", err)
	}
}

// snapshot saves a picture of the page where somebody looks for it.
func (v *visitor) snapshot() {
	folder := os.Getenv("E2E_OUTPUT")
	if folder == "" {
		folder = filepath.Join(os.TempDir(), "console-e2e-output")
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		v.t.Logf("no picture of the page: %v", err)
		return
	}
	path := filepath.Join(folder, strings.ReplaceAll(v.t.Name(), "/", "-")+".png")
	if _, err := v.page.Screenshot(playwright.PageScreenshotOptions{Path: &path, FullPage: new(true)}); err != nil {
		v.t.Logf("no picture of the page: %v", err)
		return
	}
	v.t.Logf("picture of the page %s: %s", v.page.URL(), path)
}

// must ends the test when something cannot be done.
func (v *visitor) must(err error, format string, args ...any) {
	v.t.Helper()
	if err != nil {
		v.t.Fatalf("%s: %v", fmt.Sprintf(format, args...), err)
	}
}

// open goes to an address of the console.
func (v *visitor) open(path string) {
	v.t.Helper()
	_, err := v.page.Goto(path)
	v.must(err, "opening %s", path)
}

// role finds an element by its role and its whole name.
func (v *visitor) role(role, name string) playwright.Locator {
	return v.page.GetByRole(playwright.AriaRole(role), playwright.PageGetByRoleOptions{Name: name, Exact: new(true)})
}

// label finds a field by its whole label. An editor and the field behind it share one.
func (v *visitor) label(text string) playwright.Locator {
	return v.page.GetByLabel(text, playwright.PageGetByLabelOptions{Exact: new(true)}).
		Filter(playwright.LocatorFilterOptions{Visible: new(true)})
}

// press clicks a button by its name.
func (v *visitor) press(name string) {
	v.t.Helper()
	v.must(v.role("button", name).Click(), "pressing %q", name)
}

// follow clicks a link by its name.
func (v *visitor) follow(name string) {
	v.t.Helper()
	v.must(v.role("link", name).Click(), "following %q", name)
}

// choose checks a radio button whose label begins with a text.
func (v *visitor) choose(name string) {
	v.t.Helper()
	radio := v.page.GetByRole("radio", playwright.PageGetByRoleOptions{Name: name})
	v.must(radio.Check(), "choosing %q", name)
}

// fill writes into a field, or the editor that takes its place while the page loads.
func (v *visitor) fill(label, text string) {
	v.t.Helper()
	v.must(v.page.WaitForLoadState(), "waiting for the page")
	v.must(v.label(label).Fill(text), "filling %q", label)
}

// see waits until a text stands on the page, as a part of an element.
func (v *visitor) see(text string) {
	v.t.Helper()
	seen := v.page.GetByRole("main").GetByText(text).First()
	v.must(v.expect.Locator(seen).ToBeVisible(), "looking for %q on %s", text, v.page.URL())
}

// heading waits until the page has a title.
func (v *visitor) heading(text string) {
	v.t.Helper()
	h1 := v.page.GetByRole("heading", playwright.PageGetByRoleOptions{Level: new(1)})
	v.must(v.expect.Locator(h1).ToHaveText(text), "looking for the title %q on %s", text, v.page.URL())
}

// unseen checks that there is nothing of a role with a name.
func (v *visitor) unseen(role, name string) {
	v.t.Helper()
	v.must(v.expect.Locator(v.role(role, name)).ToHaveCount(0), "looking for no %s %q", role, name)
}

// is checks that the browser is at a path, query included.
func (v *visitor) is(path string) {
	v.t.Helper()
	u, err := url.Parse(v.page.URL())
	v.must(err, "reading the address")
	if got := u.RequestURI(); got != path {
		v.t.Errorf("the page is %s, want %s", got, path)
	}
}

// signIn fills in the form of the sign-in page.
func (v *visitor) signIn(user, password string) {
	v.t.Helper()
	v.fill("User name", user)
	v.fill("Password", password)
	v.press("Sign in")
}

// download does something that downloads a file, and returns its name and content.
func (v *visitor) download(act func() error) (name, content string) {
	v.t.Helper()
	d, err := v.page.ExpectDownload(act)
	v.must(err, "downloading")
	path, err := d.Path()
	v.must(err, "downloading %s", d.URL())
	data, err := os.ReadFile(path)
	v.must(err, "reading the download")
	return d.SuggestedFilename(), string(data)
}

// eval runs a function in the page and returns its result.
func (v *visitor) eval(function string, arg ...any) any {
	v.t.Helper()
	got, err := v.page.Evaluate(function, arg...)
	v.must(err, "evaluating in %s", v.page.URL())
	return got
}

// accessible lets axe look at the page in both themes of the system, which differ in nothing
// but colours.
func (v *visitor) accessible() {
	v.t.Helper()
	v.inScheme(playwright.ColorSchemeDark)
	v.axe("dark", "color-contrast")
	v.inScheme(playwright.ColorSchemeLight)
	v.axe("light")
}

// inScheme has the system prefer light or dark pages.
func (v *visitor) inScheme(scheme *playwright.ColorScheme) {
	v.t.Helper()
	v.must(v.page.EmulateMedia(playwright.PageEmulateMediaOptions{ColorScheme: scheme}), "switching to %s", *scheme)
}

// resize gives the window another size, in CSS pixels.
func (v *visitor) resize(width, height int) {
	v.t.Helper()
	v.must(v.page.SetViewportSize(width, height), "taking a window of %d by %d", width, height)
}

// axe lets axe look at the page as it is, by all of its rules, or by some or those with some
// tags alone.
func (v *visitor) axe(theme string, only ...string) {
	v.t.Helper()
	if v.eval("() => typeof axe") == "undefined" {
		v.eval(shared.axe + "; 0")
	}
	found, _ := v.eval(audit, only).([]any)
	for _, f := range found {
		v.t.Errorf("%s, %s: %v", v.page.URL(), theme, f)
	}
}

// audit returns the violations on a page as sentences. It waits until colours have
// changed over, and looks again where the page was changed meanwhile, as one that renews
// itself may be.
const audit = `async only => {
	const later = ms => new Promise(done => setTimeout(done, ms))
	const moves = () => document.getAnimations().some(a => a instanceof CSSTransition)
	await later(40)
	for (let i = 0; i < 20 && moves(); i++) await later(40)
	let found, changed
	const observer = new MutationObserver(() => { changed = true })
	observer.observe(document.body, {childList: true, subtree: true})
	for (let i = 0; i == 0 || changed && i < 5; i++) {
		changed = false
		found = await axe.run(document, only?.length ? {runOnly: only} : {rules: {'target-size': {enabled: true}}})
	}
	observer.disconnect()
	return found.violations.flatMap(v => v.nodes.map(n => v.id + ': ' + n.html.slice(0, 300) + ': ' + n.failureSummary))
}`

// fits checks that the page does not scroll sideways.
func (v *visitor) fits() {
	v.t.Helper()
	found, _ := v.eval(`() => {
		const wide = document.documentElement.clientWidth
		if (document.documentElement.scrollWidth <= wide) return []
		return [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > wide + 1)
			.slice(0, 5).map(e => e.outerHTML.slice(0, 200)).concat('the page is ' + document.documentElement.scrollWidth + ' wide in ' + wide)
	}`).([]any)
	for _, f := range found {
		v.t.Errorf("%s scrolls sideways: %v", v.page.URL(), f)
	}
}
