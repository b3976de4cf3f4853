package e2e

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/playwright-community/playwright-go"
)

// before is what the node holds when a journey begins.
const before = `{
	"streams": {"demo": "CREATE STREAM demo () WITH (DATASOURCE=\"users\", FORMAT=\"JSON\")", "still": "CREATE STREAM still () WITH (DATASOURCE=\"a\")"},
	"rules": {"hot": "{\"id\":\"hot\",\"sql\":\"SELECT a FROM demo WHERE temperature > 30\",\"actions\":[{\"log\":{}}]}"},
	"sourceConfig": {"mqtt": "{\"td\":{\"password\":\"hunter2-old\",\"server\":\"tcp://127.0.0.1:1883\"}}"}
}`

// after changes it: of everything there is something.
const after = `{
	"streams": {"still": "CREATE STREAM still () WITH (DATASOURCE=\"a\")", "bad": "CREATE STREAM bad (a INT) WITH (DATASOURCE=\"a\")", "new": "CREATE STREAM new () WITH (DATASOURCE=\"a\")"},
	"rules": {
		"hot": "{\"id\":\"hot\",\"sql\":\"SELECT a FROM demo WHERE temperature > 31\",\"actions\":[{\"log\":{}}]}",
		"follows": "{\"id\":\"follows\",\"sql\":\"SELECT * FROM bad\",\"actions\":[{\"log\":{}}]}"
	},
	"sourceConfig": {"mqtt": "{\"td\":{\"password\":\"hunter2-new\",\"server\":\"tcp://127.0.0.1:1883\"}}"}
}`

// reviewing opens the review of the change in a browser.
func reviewing(t *testing.T, options ...playwright.BrowserNewContextOptions) (*server, *visitor) {
	t.Helper()
	s := serve(t)
	s.importBundle(before)
	v := s.signedIn(options...)
	v.review(write(t, "change.json", after))
	return s, v
}

// review takes a file to the third step of an import.
func (v *visitor) review(path string) {
	v.t.Helper()
	v.bring(path)
	v.press("Review the plan")
	v.see("What will happen")
}

// unfold opens what differs in an entry.
func (v *visitor) unfold(name string) playwright.Locator {
	v.t.Helper()
	row := v.page.Locator(".plan-row").Filter(playwright.LocatorFilterOptions{Has: v.role("checkbox", "Include "+name)})
	v.must(row.Locator("summary").Click(), "opening the row of %s", name)
	return row
}

// TestReview looks at every change, leaves some out, applies the rest, mends what failed
// and undoes it all.
func TestReview(t *testing.T) {
	t.Parallel()
	s, v := reviewing(t)
	v.heading("Review change.json")
	v.see("1 problem rejects 2 entries")
	v.see("Follows from it: the rule needs this stream.")
	v.accessible()

	hot := v.unfold("hot")
	v.must(v.expect.Locator(hot.Locator("ins")).ToHaveText("31"), "what is new")
	v.must(v.expect.Locator(hot.Locator("del")).ToHaveText("30"), "what was there")
	v.must(v.expect.Locator(v.unfold("mqtt").Locator("ins")).ToContainText("(changed)"), "a new password")
	v.see("INT is not a field type.")
	v.must(v.expect.Locator(v.unfold("bad").Locator(".l-caret")).ToContainText("^^^"), "the place of the error")
	v.accessible()
	if text, _ := v.page.Content(); strings.Contains(text, "hunter2") {
		t.Error("the page tells a secret")
	}

	v.must(v.expect.Locator(v.role("button", "Apply")).ToBeDisabled(), "all or nothing, and something is rejected")
	v.eval("() => { window.stayed = true }")
	v.must(v.role("checkbox", "Include new").Uncheck(), "leaving new out")
	v.see("4 of 5 changes are included")
	v.must(v.expect.Locator(v.role("checkbox", "Include new")).ToBeFocused(), "the focus stays at the box")
	if v.eval("() => window.stayed") != true {
		t.Error("the page was loaded anew")
	}
	v.press("Leave out the 2 rejected")
	v.see("2 of 5 changes are included")
	v.follow("Left out 3")
	v.see("stays as it is")
	v.accessible()
	v.follow("All 6")
	v.press("Apply 2 changes")
	v.heading("2 changes applied")
	v.see("3 entries were left out")
	v.accessible()

	v.press("Undo this import")
	v.heading("Bring back revision 1")
	v.see("1 revision is undone")
	v.accessible()
	v.fill("Reason", "too hot")
	v.press("Bring it back, 2 changes")
	v.heading("2 changes applied")
	v.see("too hot")
	v.accessible()
	if got := s.console("export"); !strings.Contains(got, "30") || strings.Contains(got, "31") {
		t.Errorf("the node holds %s", got)
	}
}

// TestReviewFix applies what is valid, and mends what is not in the editor.
func TestReviewFix(t *testing.T) {
	t.Parallel()
	_, v := reviewing(t)
	v.choose("Only the valid entries")
	v.press("Apply 3 changes")
	v.heading("3 changes applied, 2 entries failed")
	v.press("Fix and retry these 2")
	v.see("fix-change.json")
	v.seeRow("Streams", "1", "3")
	v.accessible()
	text, err := v.page.Locator("textarea").InputValue()
	v.must(err, "reading the text")
	v.fill("Text of the bundle", strings.Replace(text, "a INT", "a BIGINT", 1))
	v.press("Read again")
	v.apply("Apply 2 changes")
	v.heading("2 changes applied")
}

// TestReviewSearch finds a change by its text, and by what is done.
func TestReviewSearch(t *testing.T) {
	t.Parallel()
	_, v := reviewing(t)
	v.fill("Search names and texts", "temperature")
	v.press("Search")
	v.unseen("checkbox", "Include new")
	v.must(v.expect.Locator(v.role("checkbox", "Include hot")).ToBeChecked(), "the rule with the text")
	v.press("Leave out the 1 found")
	v.must(v.expect.Locator(v.role("checkbox", "Include hot")).Not().ToBeChecked(), "the rule with the text")
	v.press("Take all")
	v.fill("Search names and texts", "nowhere")
	v.press("Search")
	v.see("No change matches nowhere.")
	v.accessible()
	v.follow("Show all changes")
	v.follow("Rejected 2")
	v.unseen("checkbox", "Include new")
	v.must(v.expect.Locator(v.role("checkbox", "Include follows")).ToBeChecked(), "what is rejected")
}

// TestReviewKeyboard decides without a mouse.
func TestReviewKeyboard(t *testing.T) {
	t.Parallel()
	_, v := reviewing(t)
	v.tabTo("button", "Leave out the 2 rejected")
	v.key("Enter")
	v.see("3 of 5 changes are included")
	v.tabTo("checkbox", "Include new")
	v.key("Space")
	v.see("2 of 5 changes are included")
	v.tabTo("checkbox", "Include hot")
	v.key("Tab")
	v.focusSeen()
	v.key("Enter")
	v.must(v.expect.Locator(v.page.Locator(".cmp ins")).ToHaveText("31"), "what is new")
	v.tabTo("button", "Apply 2 changes")
	v.key("Enter")
	v.heading("2 changes applied")
	v.tabTo("button", "Undo this import")
	v.key("Enter")
	v.heading("Bring back revision 1")
	v.tabTo("textbox", "Reason")
	v.typing("by mistake")
	v.key("Enter")
	v.heading("2 changes applied")
}

// TestReviewNoScript decides where scripts are off.
func TestReviewNoScript(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.importBundle(before)
	v := s.signedIn(playwright.BrowserNewContextOptions{JavaScriptEnabled: new(false)})
	v.open("/ui/import?from=paste")
	v.fill("Text of the bundle", after)
	v.press("Read it")
	v.press("Review the plan")
	v.must(v.page.Locator(".plan-row").Filter(playwright.LocatorFilterOptions{HasText: "1 line changed"}).Locator("summary").First().Click(), "opening a row")
	v.must(v.page.GetByText("Show the texts").Locator("visible=true").Click(), "looking at the texts")
	v.heading("hot")
	v.follow("Review")
	v.must(v.role("checkbox", "Include new").Uncheck(), "leaving new out")
	v.press("Keep what is ticked")
	v.see("4 of 5 changes are included")
	v.choose("Only the valid entries")
	v.must(v.role("checkbox", "Include mqtt").Uncheck(), "leaving mqtt out")
	v.press("Apply 2 changes")
	v.see("the plan was made anew for what you ticked")
	v.press("Apply 1 change")
	v.heading("1 change applied, 2 entries failed")
	v.see("2 entries were left out")
	v.press("Undo this import")
	v.fill("Reason", "no script")
	v.press("Bring it back, 1 change")
	v.heading("1 change applied")
}

// TestReviewPhone reads a comparison and a long list on a small phone.
func TestReviewPhone(t *testing.T) {
	t.Parallel()
	_, v := reviewing(t, phone(360))
	v.unfold("hot")
	v.must(v.expect.Locator(v.page.Locator(".cmp ins")).ToHaveText("31"), "what is new")
	v.fits()
	v.accessible()
	v.must(v.role("button", "Leave out the 2 rejected").Tap(), "leaving out")
	v.must(v.role("button", "Apply 3 changes").Tap(), "applying")
	v.heading("3 changes applied")
	v.fits()
}

// TestReviewRace: while one person reviews, another applies. The first is shown the plan
// of now, and nothing of either is lost.
func TestReviewRace(t *testing.T) {
	t.Parallel()
	s, v := reviewing(t)
	other := s.signedIn()
	other.review(write(t, "other.json", `{"streams":{"new":"CREATE STREAM new () WITH (DATASOURCE=\"other\")","third":"CREATE STREAM third () WITH (DATASOURCE=\"a\")"}}`))
	other.press("Apply 2 changes")
	other.heading("2 changes applied")

	v.choose("Only the valid entries")
	v.press("Apply 3 changes")
	v.see("The node moved while you looked.")
	v.see("Revision 2 came in at")
	v.accessible()
	row := v.page.Locator(".plan-row").Filter(playwright.LocatorFilterOptions{Has: v.role("checkbox", "Include new")})
	v.must(v.expect.Locator(row.Locator(".tag")).ToHaveText("new"), "what has moved")
	if got := s.console("export"); strings.Contains(got, "31") {
		t.Errorf("the first plan was applied: %s", got)
	}
	v.press("Apply 3 changes")
	v.heading("3 changes applied, 2 entries failed")
	if got := s.console("export"); !strings.Contains(got, "third") || !strings.Contains(got, "31") {
		t.Errorf("the node holds %s", got)
	}
}

// TestTaskLive sees one file after the other come, without loading the page again.
func TestTaskLive(t *testing.T) {
	t.Parallel()
	gates := map[string]chan struct{}{"/a.zip": make(chan struct{}), "/b.zip": make(chan struct{})}
	home := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		<-gates[r.URL.Path]
		w.Write(archive())
	}))
	t.Cleanup(home.Close)
	v := serve(t, "--allow-private-net").signedIn()
	v.review(write(t, "two.json", `{"nativePlugins":{"functions_image":"{\"name\":\"image\",\"file\":\"`+home.URL+`/a.zip\"}","sources_video":"{\"name\":\"video\",\"file\":\"`+home.URL+`/b.zip\"}"}}`))
	v.press("Apply 2 changes")
	v.heading("Importing two.json")
	v.see("0 of 2")
	v.eval("() => { window.stayed = true }")
	var polls atomic.Int32
	v.page.OnRequest(func(r playwright.Request) {
		if strings.HasPrefix(r.URL(), v.at.url+"/ui/tasks/") {
			polls.Add(1)
		}
	})
	v.eval("() => new Promise(done => setTimeout(done, 2500))")
	if n := polls.Load(); n > 0 {
		t.Errorf("the page asked %d times while nothing moved", n)
	}
	close(gates["/a.zip"])
	v.see("1 of 2")
	v.must(v.expect.Locator(v.page.GetByRole("status")).ToHaveText("Fetching files, 1 of 2"), "what is announced")
	close(gates["/b.zip"])
	v.heading("2 changes applied")
	if v.eval("() => window.stayed") != true {
		t.Error("the page was loaded anew")
	}
}
