package handlers_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/web/handlers"
)

const (
	streamS = `"streams":{"s":"CREATE STREAM s () WITH (DATASOURCE=\"t\")"}`
	ruleA   = `"rules":{"a":"{\"id\":\"a\",\"sql\":\"SELECT * FROM s\",\"actions\":[{\"log\":{}}],\"tags\":[\"x\"]}"}`
)

// body makes a body of /api/v1 of a document and other fields.
func body(doc, more string) string {
	text, err := json.Marshal(doc)
	if err != nil {
		panic(err)
	}
	return `{"content":` + string(text) + `,"mode":"partial"` + more + `}`
}

// field returns a field of a JSON answer, printed.
func (a answer) field(t *testing.T, name string) string {
	t.Helper()
	var all map[string]any
	if err := json.Unmarshal([]byte(a.body), &all); err != nil {
		t.Fatalf("%s: %v", a.body, err)
	}
	return fmt.Sprint(all[name])
}

func TestV1PlanBindsTheImport(t *testing.T) {
	s := open(t)
	doc := "{" + streamS + "," + ruleA + "}"
	plan := s.post("/api/v1/plan", body(doc, `,"leave":["rules/a"]`))
	hash := plan.field(t, "hash")
	plan.at(t, 200, "", `"action":"left-out","ref":"rules/a"`, `"action":"create","ref":"streams/s"`)
	bound := body(doc, `,"leave":["rules/a"],"note":"by script","plan":"`+hash+`"`)
	s.post("/api/v1/import", body(`{"tables":{"t":"CREATE TABLE t () WITH (DATASOURCE=\"x\")"}}`, "")).at(t, 200, "", `"written":true`)
	s.post("/api/v1/import", bound).at(t, 409, "", "has moved since the plan was made")
	s.get("/streams").want(t, 200, `[]`)
	hash = s.post("/api/v1/plan", body(doc, `,"leave":["rules/a"]`)).field(t, "hash")
	bound = body(doc, `,"leave":["rules/a"],"note":"by script","plan":"`+hash+`"`)
	s.post("/api/v1/import", bound).at(t, 200, "", `"written":true`, `"revision":2`)
	s.get("/rules").want(t, 200, `[]`)
	s.get("/api/v1/revisions?limit=1").at(t, 200, "", `"revision":2`, `"note":"by script"`)
}

func TestV1Refusals(t *testing.T) {
	s := open(t)
	tests := []struct {
		method, path, body string
		status             int
		message            string
	}{
		{"POST", "/api/v1/plan", `{"content":"{}"}`, 400, "the mode is missing"},
		{"POST", "/api/v1/import", `{"content":"{}","mode":"ful"}`, 400, `"ful" is not a mode`},
		{"POST", "/api/v1/import", `{"content":"{}","mode":"full","atomc":true}`, 400, `unknown field`},
		{"POST", "/api/v1/import", `{"mode":"full"}`, 400, "must specify content or file"},
		{"POST", "/api/v1/import", `{"content":"{","mode":"full"}`, 400, "unexpected end of JSON input"},
		{"POST", "/api/v1/revisions/7/restore", `{}`, 404, "has no revision 7"},
		{"POST", "/api/v1/revisions/x/restore", `{}`, 400, "not the number of a revision"},
		{"GET", "/api/v1/revisions/7", "", 404, "has no revision 7"},
		{"GET", "/api/v1/revisions?limit=0", "", 400, "limit=0 is not understood"},
		{"GET", "/api/v1/diff", "", 400, "not the number of a revision"},
		{"GET", "/api/v1/entries?section=rule", "", 400, "rule is not a section"},
		{"GET", "/api/v1/entries?status=on", "", 400, "on is not a status"},
		{"GET", "/api/v1/entries?qq=1", "", 400, "unknown parameter qq"},
		{"GET", "/api/v1/entries/rules/none", "", 404, "rule none is not found"},
		{"GET", "/api/v1/entries/nosuch/x", "", 404, "nosuch is not a section"},
		{"GET", "/api/v1/tasks/none", "", 404, "there is no task"},
		{"GET", "/api/v1/tasks/none/events", "", 404, "there is no task"},
	}
	for _, tt := range tests {
		if a := s.send(tt.method, tt.path, tt.body); a.StatusCode != tt.status || !strings.Contains(a.message(t), tt.message) {
			t.Errorf("%s %s %s\n got %d %s\nwant %d %s", tt.method, tt.path, tt.body, a.StatusCode, a.body, tt.status, tt.message)
		}
	}
}

func TestV1History(t *testing.T) {
	s := open(t)
	s.post("/api/v1/import", body("{"+streamS+"}", "")).at(t, 200, "")
	s.post("/api/v1/import", body(`{"streams":{"s":"CREATE STREAM s (a BIGINT) WITH (DATASOURCE=\"t\")"}}`, "")).at(t, 200, "")
	s.get("/api/v1/revisions/2?diff=1").at(t, 200, "", `"action":"replace","ref":"streams/s"`, `a BIGINT`)
	s.get("/api/v1/diff?from=0").at(t, 200, "", `{"from":0,"to":2,"changes":[{"action":"create","ref":"streams/s"}]}`)
	s.get("/api/v1/diff?from=2&to=1").at(t, 200, "", `"action":"replace"`)
	s.get("/api/v1/revisions/1/bundle").at(t, 200, "", `CREATE STREAM s () WITH`)
	dry := s.post("/api/v1/revisions/1/restore", `{"dry_run":true,"diff":true}`)
	dry.at(t, 200, "", `"action":"replace","ref":"streams/s"`, `"diffs":{"streams/s":`)
	s.post("/api/v1/revisions/1/restore", `{"note":"back","plan":"`+dry.field(t, "hash")+`"}`).at(t, 200, "", `"written":true`, `"revision":3`)
	s.get("/api/v1/revisions/3").at(t, 200, "", `"restores":1`, `"note":"back"`)
	s.post("/api/v1/revisions/0/restore", `{}`).at(t, 200, "", `"deleted":1`)
	s.get("/streams").want(t, 200, `[]`)
}

func TestV1Entries(t *testing.T) {
	s := open(t)
	s.post("/api/v1/import", body("{"+streamS+","+ruleA+"}", "")).at(t, 200, "", `"written":true`)
	s.get("/api/v1/entries").at(t, 200, "", `"total":2`, `"ref":"streams/s"`, `"ref":"rules/a"`)
	s.get("/api/v1/entries?section=rules&tag=x&q=FROM+S&limit=1").at(t, 200, "", `"total":1`, `"ref":"rules/a"`)
	for a := s.get("/api/v1/entries/rules/a"); ; a = s.get("/api/v1/entries/rules/a") {
		if strings.Contains(a.body, `"pending":true`) {
			continue
		}
		a.at(t, 200, "", `"needs":[{"why":"reads","from":"rules/a","to":"streams/s","name":"s"}]`, `"history":[{"action":"create","revision":1,`, `"findings":[]`)
		break
	}
	s.get("/api/v1/entries/streams/s").at(t, 200, "", `"used_by":[{"why":"reads","from":"rules/a","to":"streams/s","name":"s"}]`)
}

// TestViewersSeeNoSecrets: what a viewer looks at is masked, and clear for who may import.
func TestViewersSeeNoSecrets(t *testing.T) {
	s := open(t)
	const bad = `{"connectionConfig":{"mqtt":"{\"used\":{\"password\":\"hunter2\"}}","kafka":"{\"k\":{\"password\":\"hunter2\"}"}}`
	s.post("/api/v1/import", body(bad, "")).at(t, 200, "", `"written":true`)
	s.post("/api/v1/import", body(bad, `,"async":true`)).at(t, 202, "")
	var tasks []struct{ ID string }
	for range 200 {
		list := s.get("/api/v1/tasks")
		if err := json.Unmarshal([]byte(list.body), &tasks); err != nil || len(tasks) != 1 {
			t.Fatalf("tasks: %s, %v", list.body, err)
		}
		if strings.Contains(list.body, `"state":"error"`) {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	one := "/api/v1/tasks/" + tasks[0].ID
	for _, path := range []string{"/api/v1/entries", "/api/v1/entries/connectionConfig/mqtt", one, one + "/events"} {
		if a := s.send("GET", path, "", "Authorization", "Bearer "+s.tokens["viewer"]); a.StatusCode != 200 || strings.Contains(a.body, "hunter2") || !strings.Contains(a.body, "••••••") {
			t.Errorf("GET %s tells a viewer %d %s", path, a.StatusCode, a.body)
		}
		if a := s.get(path); !strings.Contains(a.body, "hunter2") {
			t.Errorf("GET %s tells an operator %d %s", path, a.StatusCode, a.body)
		}
	}
}

func TestV1Tasks(t *testing.T) {
	s := open(t)
	started := s.post("/api/v1/import", body("{"+streamS+"}", `,"async":true`))
	if started.StatusCode != 202 || !strings.HasPrefix(started.Header.Get("Location"), "/api/v1/tasks/") {
		t.Fatalf("async: %d %v", started.StatusCode, started.Header)
	}
	events := s.get(started.Header.Get("Location") + "/events")
	if ct := events.Header.Get("Content-Type"); ct != "text/event-stream" {
		t.Errorf("Content-Type %s", ct)
	}
	last, lines := "", bufio.NewScanner(strings.NewReader(events.body))
	for lines.Scan() {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			last = data
		}
	}
	for _, want := range []string{`"state":"finish"`, `"written":true`, `"revision":1`} {
		if !strings.Contains(last, want) {
			t.Errorf("the last event is %s, want %s in it", last, want)
		}
	}
	s.get("/api/v1/tasks").at(t, 200, "", `"state":"finish"`, started.field(t, "id"))
	s.get(started.Header.Get("Location")).at(t, 200, "", `"outcome":{"mode":"partial"`)
	if a := s.post(started.Header.Get("Location")+"/cancel", ""); a.StatusCode != http.StatusConflict {
		t.Errorf("cancelling what is over: %d %s", a.StatusCode, a.body)
	}
}

// TestAPIPage: the reference has every route for scripts.
func TestAPIPage(t *testing.T) {
	s := open(t)
	page := s.open(s.signedIn(core.Viewer), "/ui/api")
	for _, route := range handlers.APIRoutes(s.server) {
		method, path, _ := strings.Cut(route, " ")
		anchor := strings.ToLower(method) + strings.NewReplacer("/", "-", "{", "", "}", "").Replace(path)
		if !strings.Contains(page.body, `id="`+anchor+`"`) {
			t.Errorf("the reference lacks %s", route)
		}
	}
	page.at(t, 200, "/ui/api", "curl -H &#34;Authorization: Bearer $TOKEN&#34; &#39;"+s.URL+"/data/export&#39;")
}
