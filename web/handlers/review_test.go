package handlers_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/artifact/artifacttest"
)

var planField = regexp.MustCompile(`name="plan" value="([0-9a-f]+)"`)

// plan returns the hash of the plan that a review shows.
func (a answer) plan(t testing.TB) string {
	t.Helper()
	m := planField.FindStringSubmatch(a.body)
	if m == nil {
		t.Fatalf("%s shows no plan:\n%s", a.Request.URL, a.body)
	}
	return m[1]
}

// apply takes a draft from its page through its review to the import.
func (s *site) apply(b *http.Client, draft, mode string, fields ...string) answer {
	s.t.Helper()
	review := s.form(b, draft, "action", "review", "mode", mode)
	review.at(s.t, 200, draft+"/review")
	return s.form(b, draft+"/review", append([]string{"action", "apply", "plan", review.plan(s.t)}, fields...)...)
}

// paste makes a draft of a text and returns its address.
func (s *site) paste(b *http.Client, text string) string {
	s.t.Helper()
	return s.form(b, "/ui/import", "text", text).Request.URL.Path
}

const twoStreams = `{"streams":{"one":"CREATE STREAM one () WITH (DATASOURCE=\"d\")","two":"CREATE STREAM two () WITH (DATASOURCE=\"d\")"}}`

// TestLeaveOut unticks an entry, takes all again, and leaves out what a search finds.
func TestLeaveOut(t *testing.T) {
	s := open(t)
	b := s.signedIn(core.Operator)
	here := s.paste(b, twoStreams) + "/review"
	first := s.open(b, here)
	first.at(t, 200, here, "All 2 changes are included", `value="streams/one"`)
	s.form(b, here, "shown", "streams/one", "shown", "streams/two", "take", "streams/two").at(t, 200, here, "1 of 2 changes are included", "Left out <b>1</b>")
	s.form(b, here, "action", "all").at(t, 200, here, "All 2 changes are included")
	s.form(b, here, "action", "found", "q", "TWO").at(t, 200, here, `value="TWO"`, "1 of 2 changes are included")
	s.form(b, here, "action", "nonsense").at(t, 400, here)

	// What is ticked only when the plan is applied makes another plan, to be looked at.
	stale := s.open(b, here)
	s.form(b, here, "action", "apply", "plan", stale.plan(t), "shown", "streams/two", "take", "streams/two").at(t, 200, here, "made anew for what you ticked", "All 2 changes")
	s.get("/streams").want(t, 200, `[]`)
	s.form(b, here, "action", "found", "q", "one")
	result := s.form(b, here, "action", "apply", "plan", s.open(b, here).plan(t))
	result.at(t, 200, "/ui/tasks/", "1 change applied", "1 entry was left out", "one")
	s.get("/streams").want(t, 200, `["two"]`)
}

// TestReviewLists filters, searches, and shows what differs.
func TestReviewLists(t *testing.T) {
	s := open(t)
	b := s.signedIn(core.Operator)
	s.importing(twoStreams, "").want(t, 200, success)
	doc := `{"streams":{"one":"CREATE STREAM one (a BIGINT) WITH (DATASOURCE=\"d\")","two":"CREATE STREAM two () WITH (DATASOURCE=\"d\")"},"sourceConfig":{"mqtt":"{\"td\":{\"password\":\"hunter2\",\"server\":\"tcp://127.0.0.1:1883\"}}"}}`
	here := s.paste(b, doc) + "/review"
	s.open(b, here).at(t, 200, here, "Create <b>1</b>", "Replace <b>1</b>", "1 unchanged")
	if a := s.open(b, here+"?show=create"); strings.Contains(a.body, `value="streams/one"`) || !strings.Contains(a.body, `value="sourceConfig/mqtt"`) {
		t.Errorf("created entries are\n%s", a.body)
	}
	s.open(b, here+"?q=bigint").at(t, 200, here, `value="streams/one"`, "Leave out the 1 found")
	s.open(b, here+"?q=nowhere&page=7").at(t, 200, here, "No change matches")
	s.open(b, here+"?page=7").at(t, 200, here, `value="streams/one"`)
	for _, path := range []string{here, here + "/diff?ref=sourceConfig/mqtt"} {
		if a := s.open(b, path); a.StatusCode != 200 || strings.Contains(a.body, "hunter2") {
			t.Errorf("%s: %d, and it tells a secret:\n%s", path, a.StatusCode, a.body)
		}
	}
	s.open(b, here+"/diff?ref=streams/one").at(t, 200, here, `class="add"`, "BIGINT")
	s.open(b, here+"/diff?ref=streams/nope").at(t, 404, here)
	s.open(b, here+"/diff?ref=nope").at(t, 400, here)
	s.form(b, strings.TrimSuffix(here, "/review"), "action", "review", "mode", "FULL").at(t, 400, "/ui/import/")
}

// TestPlanMoved applies a plan after somebody else has changed the node.
func TestPlanMoved(t *testing.T) {
	s := open(t)
	b := s.signedIn(core.Operator)
	here := s.paste(b, twoStreams) + "/review"
	seen := s.open(b, here)
	s.importing(`{"streams":{"one":"CREATE STREAM one (a BIGINT) WITH (DATASOURCE=\"d\")"}}`, "?partial=1").want(t, 200, success)
	again := s.form(b, here, "action", "apply", "plan", seen.plan(t), "base", "0")
	again.at(t, 200, here, "The node moved while you looked.", "Revision 1 came in at", `<span class="tag">new</span>`, "Nothing was applied.")
	if again.Request.URL.RawQuery != "since=0" {
		t.Errorf("it led to %s", again.Request.URL)
	}
	s.get("/streams").want(t, 200, `["one"]`)
	s.form(b, here, "action", "apply", "plan", again.plan(t), "base", "1", "since", "0").at(t, 200, "/ui/tasks/", "2 changes applied")
	s.get("/streams").want(t, 200, `["one","two"]`)
}

// TestBlocked: all or nothing is nothing while an entry is rejected.
func TestBlocked(t *testing.T) {
	s := open(t)
	b := s.signedIn(core.Operator)
	draft := s.paste(b, `{"streams":{"ok":"CREATE STREAM ok () WITH (DATASOURCE=\"d\")","bad":"x"}}`)
	s.apply(b, draft, "partial", "strict", "atomic").at(t, 400, draft+"/review", "fix the rejected entries")
	s.get("/streams").want(t, 200, `[]`)
	result := s.apply(b, draft, "partial", "strict", "valid")
	result.at(t, 200, "/ui/tasks/", "1 change applied, 1 entry failed", "Invalid stream statement: x", "/fix")
	s.open(b, result.Request.URL.Path+"/report").want(t, 200, strings.Replace(noErrors, `"streams":{}`, `"streams":{"bad":"Invalid stream statement: x"}`, 1))
	s.open(b, result.Request.URL.Path+"/findings").at(t, 200, "", `{"severity":"error","ref":"streams/bad","message":"Invalid stream statement: x","hint":`, `"sections":[`)
	s.get("/streams").want(t, 200, `["ok"]`)

	fix := s.form(b, result.Request.URL.Path+"/fix")
	fix.at(t, 200, "/ui/import/", "fix-pasted.json", "&#34;bad&#34;: &#34;x&#34;")
	s.form(b, fix.Request.URL.Path, "action", "save", "text", `{"streams":{"bad":"CREATE STREAM bad () WITH (DATASOURCE=\"d\")"}}`)
	s.apply(b, fix.Request.URL.Path, "partial", "strict", "atomic").at(t, 200, "/ui/tasks/", "1 change applied")
	s.get("/streams").want(t, 200, `["bad","ok"]`)
}

// TestRetry: a file that cannot be had is known only when the import is made; what was
// refused for it is reviewed again without it.
func TestRetry(t *testing.T) {
	s := open(t)
	b := s.signedIn(core.Operator)
	draft := s.paste(b, `{"streams":{"ok":"CREATE STREAM ok () WITH (DATASOURCE=\"d\")"},"nativePlugins":{"functions_a":"{\"name\":\"a\",\"file\":\"file://`+s.root+`/gone.zip\"}"}}`)
	s.open(b, draft+"/review").at(t, 200, draft, "1 file is fetched when applied")
	result := s.apply(b, draft, "partial", "strict", "atomic")
	result.at(t, 200, "/ui/tasks/", "Nothing was applied: 1 entry failed", "/retry", "The file is not on this server.")
	review := s.form(b, result.Request.URL.Path+"/retry")
	review.at(t, 200, draft+"/review", `value="valid" checked`)
	s.form(b, draft+"/review", "action", "apply", "strict", "valid", "plan", review.plan(t)).at(t, 200, "/ui/tasks/", "1 change applied, 1 entry failed")
	s.get("/streams").want(t, 200, `["ok"]`)
}

// TestRestore undoes imports, the first one too, and says so.
func TestRestore(t *testing.T) {
	s := open(t)
	b := s.signedIn(core.Operator)
	s.importing(twoStreams, "").want(t, 200, success)
	draft := s.paste(b, `{"tables":{"t":"CREATE TABLE t () WITH (DATASOURCE=\"d\")"}}`)
	result := s.apply(b, draft, "partial")
	result.at(t, 200, "/ui/tasks/", `action="/ui/history/1/restore"`, "Undo puts local back to revision 1.")

	review := s.form(b, "/ui/history/1/restore")
	review.at(t, 200, "/ui/import/", "Bring back revision 1", "1 revision is undone", "Revision 2", "u-operator")
	here := review.Request.URL.Path
	s.open(b, strings.TrimSuffix(here, "/review")).at(t, 200, here)
	s.form(b, here, "action", "apply", "plan", review.plan(t), "note", "  ").at(t, 400, here, "give a reason")
	s.form(b, here, "action", "apply", "plan", review.plan(t), "note", "too early").at(t, 200, "/ui/tasks/", "1 change applied", "Brings back", "too early")
	s.get("/tables").want(t, 200, `[]`)
	last, err := s.server.Transfer.Revision(ctx, core.Caller{Role: core.Viewer}, "local", 3)
	if err != nil || last.Restores != 1 || last.Note != "too early" {
		t.Errorf("revision 3 is %+v, %v", last, err)
	}

	first := s.form(b, "/ui/history/0/restore")
	first.at(t, 200, "/ui/import/", "2 entries will be deleted")
	s.form(b, first.Request.URL.Path, "action", "apply", "plan", first.plan(t), "confirm", "local").at(t, 200, "/ui/tasks/", "2 changes applied")
	s.get("/streams").want(t, 200, `[]`)
	s.form(b, "/ui/history/9/restore").at(t, 404, "/ui/history/")
	s.form(b, "/ui/history/x/restore").at(t, 404, "/ui/history/")
}

// TestTaskEvents follows a task to its end, and one that is over already.
func TestTaskEvents(t *testing.T) {
	s := open(t)
	gate := make(chan struct{})
	slow := s.slow(gate)
	b := s.signedIn(core.Operator)
	draft := s.paste(b, `{"nativePlugins":{"functions_a":"{\"name\":\"a\",\"file\":\"`+slow+`\"}"}}`)
	task := s.apply(b, draft, "partial")
	task.at(t, 200, "/ui/tasks/", "Fetching files", "0 of 1", "/events")
	resp, err := b.Get(s.URL + task.Request.URL.Path + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if ct := resp.Header.Get("Content-Type"); ct != "text/event-stream" {
		t.Errorf("events come as %s", ct)
	}
	time.AfterFunc(50*time.Millisecond, func() { close(gate) })
	var got []string
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
			got = append(got, name)
		}
	}
	if len(got) < 2 || got[0] != "moved" || got[len(got)-1] != "over" {
		t.Errorf("events %v", got)
	}
	s.open(b, task.Request.URL.Path+"/events").at(t, 200, "", "event: over")
	s.open(b, task.Request.URL.Path).at(t, 200, "", "1 change applied")
}

// TestBytesOfATask has a file that comes in halves: the page, the REST API and both streams
// of events tell how much of it is there.
func TestBytesOfATask(t *testing.T) {
	s := open(t)
	gate := make(chan struct{})
	content := artifacttest.Native("a")
	home := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(len(content)))
		time.Sleep(250 * time.Millisecond) // bytes are told of five times a second
		w.Write(content[:100])
		w.(http.Flusher).Flush()
		<-gate
		w.Write(content[100:])
	}))
	defer home.Close()
	b := s.signedIn(core.Operator)
	draft := s.paste(b, `{"nativePlugins":{"functions_a":"{\"name\":\"a\",\"file\":\"`+home.URL+`/a.zip\"}"}}`)
	page := s.apply(b, draft, "partial").Request.URL.Path
	id := path.Base(page)
	for _, tt := range []struct{ address, want string }{
		{page + "/events", fmt.Sprintf("data: running fetching 0/1 100/%d", len(content))},
		{"/api/v1/tasks/" + id + "/events", fmt.Sprintf(`"progress":{"stage":"fetching","done":0,"total":1,"bytes":100,"totalBytes":%d}`, len(content))},
	} {
		s.sees(b, tt.address, tt.want)
	}
	s.open(b, page).at(t, 200, page, "0 of 1", fmt.Sprintf("100 bytes of %d bytes", len(content)), fmt.Sprintf(`value="100" max="%d"`, len(content)))
	s.get("/api/v1/tasks/"+id).at(t, 200, "", fmt.Sprintf(`"bytes":100,"totalBytes":%d`, len(content)))
	close(gate)
	s.sees(b, page+"/events", "event: over")
}

// sees reads a stream of events until it has a text.
func (s *site) sees(b *http.Client, address, want string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 20*time.Second)
	defer cancel()
	resp, err := b.Do(s.request(http.MethodGet, address).WithContext(ctx))
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	var got []string
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if got = append(got, lines.Text()); strings.Contains(lines.Text(), want) {
			return
		}
	}
	s.t.Errorf("%s: %s\nwant %s", address, strings.Join(got, "\n"), want)
}

// slow returns the address of a file that comes when the gate is opened.
func (s *site) slow(gate <-chan struct{}) string {
	home := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		<-gate
		_, _ = w.Write(artifacttest.Native("a"))
	}))
	s.t.Cleanup(home.Close)
	return home.URL + "/a.zip"
}

// TestReviewTellsWhoUses: a row says how many entries use what is replaced, and names them
// when it is opened; history keeps the note of an import.
func TestReviewTellsWhoUses(t *testing.T) {
	s := open(t)
	b := s.signedIn(core.Operator)
	s.keep(t, "streams/demo", aStream, "rules/a", fmt.Sprintf(aRule, "a"), "rules/b", fmt.Sprintf(aRule, "b"))
	draft := s.paste(b, `{"streams":{"demo":"CREATE STREAM demo (b BIGINT) WITH (DATASOURCE=\"other\")"}}`)
	here := draft + "/review"
	deadline := time.Now().Add(10 * time.Second)
	for !strings.Contains(s.open(b, here).body, "2 entries use it") { // once the graph is there
		if time.Now().After(deadline) {
			t.Fatalf("the review does not say who uses the stream:\n%s", s.open(b, here).body)
		}
	}
	s.open(b, here+"/diff?ref=streams/demo").at(t, 200, here+"/diff", "2 entries use it", `>a<`, `>b<`)
	s.form(b, here, "shown", "streams/demo", "note", "new topic").at(t, 200, here, `name="note" value="new topic"`)
	s.form(b, here, "action", "all", "note", "new topic").at(t, 200, here, `name="note" value="new topic"`)
	s.form(b, here, "action", "apply", "plan", s.open(b, here).plan(t), "note", "  new topic ").at(t, 200, "/ui/tasks/")
	s.open(b, "/ui/history").at(t, 200, "/ui/history", "new topic")
}
