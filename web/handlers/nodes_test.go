package handlers_test

import (
	"encoding/json"
	"html"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/node/nodetest"
)

const onEngine = `{"streams":{"s":"CREATE STREAM s () WITH (DATASOURCE=\"a\")"},"rules":{"r":"{\"id\":\"r\",\"sql\":\"SELECT * FROM s\",\"actions\":[{\"log\":{}}]}"}}`

// register makes an engine known as site1.
func (s *site) register(e *nodetest.Engine) {
	s.t.Helper()
	s.asAdmin("POST", "/api/v1/nodes", `{"name":"site1","url":"`+e.URL+`","labels":{"site":"north"},"auth":{"kind":"bearer","token":"sesame"},"variables":{"broker":"tcp://b:1883"}}`).
		at(s.t, 201, "", `"name":"site1"`, `"kind":"bearer"`)
}

// TestNodes registers a node over REST, changes and removes it. No answer has the secret.
func TestNodes(t *testing.T) {
	s, e := open(t), nodetest.Open(t, onEngine)
	e.Token = "Bearer sesame"
	s.register(e)
	s.asAdmin("POST", "/api/v1/nodes/site1/pull", "").at(t, 200, "", `"revision":1`, `"entries":2`)
	for _, path := range []string{"/api/v1/nodes", "/api/v1/nodes/site1"} {
		a := s.send("GET", path, "", "Authorization", "Bearer "+s.tokens["viewer"])
		a.at(t, 200, "", `"site":"north"`, `"broker":"tcp://b:1883"`, `"state":"online"`, `"pulled":"`)
		if strings.Contains(a.body, "sesame") {
			t.Errorf("GET %s tells the secret: %s", path, a.body)
		}
	}
	s.asAdmin("PATCH", "/api/v1/nodes/site1", `{"labels":{"site":"south"},"auth":{"kind":"bearer"}}`).at(t, 200, "", `"site":"south"`, `"state":"online"`)
	s.asAdmin("POST", "/api/v1/nodes/site1/pull", "").at(t, 200, "", `"revision":1`)
	s.asAdmin("PATCH", "/api/v1/nodes/site1", `{"auth":{"kind":"none"}}`).at(t, 200, "", `"kind":"none"`)
	s.asAdmin("POST", "/api/v1/nodes/site1/pull", "").at(t, 502, "", "site1 is unauthorised: missing_token", "look at the credentials")
	s.asAdmin("PATCH", "/api/v1/nodes/site1", `{"name":"other"}`).at(t, 400, "", "unknown field")
	s.asAdmin("POST", "/api/v1/nodes", `{"name":"site1","url":"http://x"}`).at(t, 409, "", "there is a node site1 already")
	if a := s.asAdmin("DELETE", "/api/v1/nodes/site1", ""); a.StatusCode != http.StatusNoContent {
		t.Errorf("removing it: %d %s", a.StatusCode, a.body)
	}
	s.asAdmin("GET", "/api/v1/nodes/site1", "").at(t, 404, "", "there is no node site1")
	s.asAdmin("GET", "/api/v1/audit", "").at(t, 200, "", `"node-add"`, `"node-change"`, `"node-remove"`, `"node-pull"`)
}

// TestOtherNode uses the routes on a node that runs elsewhere: they tell what it holds now,
// and leave the embedded one alone.
func TestOtherNode(t *testing.T) {
	s, e := open(t), nodetest.Open(t, onEngine)
	s.register(e)
	s.get("/nodes/site1/data/export").at(t, 200, "", "CREATE STREAM s")
	s.get("/nodes/site1/rules").at(t, 200, "", `"id":"r"`)
	s.get("/nodes/site1/streams").want(t, 200, `["s"]`)
	s.get("/streams").want(t, 200, `[]`)
	s.get("/nodes/local/streams").want(t, 200, `[]`)
	s.get("/api/v1/entries?node=site1&section=rules").at(t, 200, "", `"total":1`)
	s.get("/api/v1/entries?section=rules").at(t, 200, "", `"total":0`)
	s.get("/api/v1/revisions?node=site1").at(t, 200, "", `"node":"site1"`)
	s.get("/api/v1/revisions?node=nowhere").at(t, 404, "", "there is no node nowhere")
	s.get("/nodes/nowhere/streams").at(t, 404, "", "there is no node nowhere")
	s.get("/api/v1/entries?node=site1&node=local").at(t, 400, "", "unknown parameter node")

	s.post("/nodes/site1/data/import?partial=1", content(`{"streams":{"t":"CREATE STREAM t () WITH (DATASOURCE=\"b\")"}}`)).at(t, 200, "", `"ErrorMsg":""`)
	s.get("/nodes/site1/streams").want(t, 200, `["s","t"]`)
	e.Do(func(e *nodetest.Engine) { e.Refuses[core.Ref{Kind: core.Stream, Name: "u"}] = "no such thing" })
	s.post("/nodes/site1/data/import?partial=1", content(`{"streams":{"u":"CREATE STREAM u () WITH (DATASOURCE=\"b\")"}}`)).at(t, 400, "", "no such thing")
	s.get("/nodes/site1/data/import/status").at(t, 200, "", "no such thing")
	s.get("/data/import/status").at(t, 200, "", `"streams":{}`)
	s.post("/data/import?restart=1", content(`{}`)).at(t, 400, "", "restart=1 is for nodes that run elsewhere")
	s.post("/api/v1/revisions/1/restore?node=site1", `{"note":"undo"}`).at(t, 200, "", `"written":true`)
	s.get("/nodes/site1/streams").want(t, 200, `["s"]`)

	e.Do(func(e *nodetest.Engine) { e.Faults["GET"] = nodetest.Die })
	s.server.Live.Ask(ctx, "site1")
	a := s.get("/nodes/site1/streams")
	a.want(t, 200, `["s"]`)
	if why := a.Header.Get("X-Node-Stale"); !strings.Contains(why, "site1 is unreachable") {
		t.Errorf("X-Node-Stale: %q", why)
	}
	s.post("/nodes/site1/data/import?partial=1", content(`{}`)).at(t, 502, "", "site1 is unreachable")
	s.get("/api/v1/nodes/site1").at(t, 200, "", `"state":"unreachable"`)
}

// TestConsoleAsNode manages a console by another one.
func TestConsoleAsNode(t *testing.T) {
	s, other := open(t), open(t)
	other.importing(onEngine, "")
	s.asAdmin("POST", "/api/v1/nodes", `{"name":"plant","url":"`+other.URL+`","auth":{"kind":"bearer","token":"`+other.tokens["operator"]+`"}}`).at(t, 201, "", `"plant"`)
	s.asAdmin("POST", "/api/v1/nodes", `{"name":"again","url":"`+s.URL+`/nodes/plant","auth":{"kind":"bearer","token":"`+s.tokens["operator"]+`"}}`).at(t, 201, "", `"again"`)
	for _, name := range []string{"plant", "again"} {
		if h := s.server.Live.Ask(ctx, name); h.State != "online" || h.Version != "test" {
			t.Errorf("%s: %+v", name, h)
		}
		s.get("/nodes/"+name+"/streams").want(t, 200, `["s"]`)
	}
	s.post("/api/v1/import?node=again", `{"mode":"full","content":"{\"streams\":{\"x\":\"CREATE STREAM x () WITH (DATASOURCE=\\\"b\\\")\"}}"}`).at(t, 200, "", `"written":true`, `"rejected":[]`)
	other.get("/streams").want(t, 200, `["x"]`)
	s.get("/nodes/plant/streams").want(t, 200, `["x"]`)
}

// TestNodePages registers a node in a browser, works on it, and goes back.
func TestNodePages(t *testing.T) {
	s, e := open(t), nodetest.Open(t, onEngine)
	e.Token = "Bearer sesame"
	b := s.signedIn(core.Admin)
	s.open(b, "/ui/nodes").at(t, 200, "/ui/nodes", "No other nodes yet")
	s.form(b, "/ui/nodes", "name", "site1", "url", "nonsense", "auth", "none").at(t, 400, "/ui/nodes", "is no address of a node", `value="site1"`)
	s.form(b, "/ui/nodes", "name", "site1", "url", e.URL, "auth", "none", "labels", "nonsense").at(t, 400, "/ui/nodes", "is not of the form NAME=VALUE")
	s.form(b, "/ui/nodes", "name", "site1", "url", e.URL, "auth", "none", "labels", "site = north").at(t, 200, "/ui/nodes/site1", "unauthorised", "missing_token", "site=north")
	s.form(b, "/ui/nodes", "name", "site1", "url", e.URL, "auth", "none").at(t, 409, "/ui/nodes", "there is a node site1 already")
	page := s.form(b, "/ui/nodes/site1", "url", e.URL, "auth", "bearer", "token", "sesame", "variables", "broker=tcp://b:1883")
	page.at(t, 200, "/ui/nodes/site1", "The node is changed.", "online", "2.4.0", "broker=tcp://b:1883")
	page.not(t, "sesame")
	s.form(b, "/ui/nodes/site1", "url", e.URL, "auth", "bearer").at(t, 200, "/ui/nodes/site1", "online")
	s.form(b, "/ui/nodes/site1/pull").at(t, 200, "/ui/nodes/site1", "The node was read.")

	s.form(b, "/ui/node", "node", "site1").at(t, 200, "/ui/", "site1")
	s.open(b, "/ui/inventory/rules").at(t, 200, "/ui/inventory/rules", "SELECT * FROM s")
	s.open(b, "/ui/history").at(t, 200, "/ui/history", "found on the node")
	s.open(b, "/ui/export").at(t, 200, "/ui/export", "site1")
	s.form(b, "/ui/node", "node", "nowhere").at(t, 404, "/ui/node", "there is no node nowhere")

	// A draft stays with its node, whichever the session is about by then.
	draft := s.paste(b, `{"streams":{"t":"CREATE STREAM t () WITH (DATASOURCE=\"b\")"}}`)
	s.form(b, "/ui/node", "node", "local").at(t, 200, "/ui/")
	s.open(b, "/ui/inventory/rules").not(t, "SELECT * FROM s")
	e.Do(func(e *nodetest.Engine) { e.Faults["GET"] = nodetest.Die })
	s.server.Live.Ask(ctx, "site1")
	s.open(b, draft+"/review").at(t, 200, draft+"/review", "this plan may be out of date", "site1 is unreachable", "what the node held when it was last read")
	e.Do(func(e *nodetest.Engine) { e.Faults = nil })
	s.server.Live.Ask(ctx, "site1")
	s.open(b, draft+"/review").not(t, "out of date")
	s.apply(b, draft, "partial").at(t, 200, "/ui/tasks/", "site1")
	s.get("/nodes/site1/streams").want(t, 200, `["s","t"]`)
	s.get("/streams").want(t, 200, `[]`)

	s.open(b, "/ui/nodes/site1/remove").at(t, 200, "/ui/nodes/site1/remove", "Remove the node")
	s.form(b, "/ui/nodes/site1/remove").at(t, 200, "/ui/nodes", "No other nodes yet")
}

// TestNodeRestart imports what comes into use only when the node restarts: that is said
// before, chosen, and told afterwards, over REST and on pages.
func TestNodeRestart(t *testing.T) {
	const was, is = `{"connectionConfig":{"mqtt":"{\"b\":{\"server\":\"tcp://b:1883\"}}"}}`, `{"connectionConfig":{"mqtt":"{\"b\":{\"server\":\"tcp://c:1883\"}}"},"rules":{"q":"{\"id\":\"q\",\"sql\":\"SELECT * FROM s\",\"actions\":[{\"log\":{}}]}"}}`
	s, e := open(t), nodetest.Open(t, onEngine)
	s.server.Live.Times.Settle, s.server.Live.Times.Return = 1, 1
	s.register(e)
	s.post("/nodes/site1/data/import?partial=1", content(was)).at(t, 200, "", `"ErrorMsg":""`)
	s.post("/nodes/site1/data/import?partial=1&dry_run=1", content(is)).at(t, 200, "", `"restart":{"entries":["connectionConfig/mqtt"],"chosen":false}`, "without a restart of the node")
	s.post("/nodes/site1/data/import?partial=1&dry_run=1&restart=1", content(is)).at(t, 200, "", `"chosen":true`, "its rules stand still meanwhile")

	b := s.signedIn(core.Operator)
	s.form(b, "/ui/node", "node", "site1").at(t, 200, "/ui/", "site1")
	draft := s.paste(b, is)
	s.open(b, draft+"/review").at(t, 200, draft+"/review", "1 entry comes into use only when site1 restarts", "Restart the node after the import", "Undo if it goes wrong")
	s.form(b, draft+"/review", "action", "tick", "restart", "1", "rollback", "1").at(t, 200, draft+"/review", `name="restart" value="1" checked`, `name="rollback" value="1" checked`)
	s.form(b, draft+"/review", "action", "tick").not(t, `value="1" checked`)
	e.Do(func(e *nodetest.Engine) {
		e.Stops, e.Stuck["q"] = nodetest.Refuses, "no broker"
		e.Refuses[core.Ref{Kind: core.Stream, Name: "s"}] = "no such thing"
	})
	s.form(b, draft+"/review", "action", "tick", "restart", "1")
	s.apply(b, draft, "partial", "restart", "1").at(t, 200, "/ui/tasks/",
		"Imported, but the node did not restart as it was to", "What the node did not do as planned",
		"Accepted but not in use: the node did not restart (2)", "it cannot be stopped", "Accepted but not running (1)", "stopped by error: no broker")
	e.Do(func(e *nodetest.Engine) { e.Stops = nodetest.Restarts })
	s.post("/nodes/site1/data/import?partial=1&restart=1", content(was)).at(t, 200, "", `"ErrorMsg":""`)
	if e.Boots != 1 {
		t.Errorf("the engine started anew %d times", e.Boots)
	}
}

// TestNodeLooks shows what a node's rules do, and does not keep anybody waiting for one
// that hangs.
func TestNodeLooks(t *testing.T) {
	s, e := open(t), nodetest.Open(t, onEngine)
	s.server.Live.Times.Glance = 50 * time.Millisecond
	s.register(e)
	e.Do(func(e *nodetest.Engine) { e.Stuck["r"] = "no broker" })
	s.server.Live.Ask(ctx, "site1")
	b := s.signedIn(core.Operator)
	s.form(b, "/ui/node", "node", "site1").at(t, 200, "/ui/", "1 stopped by an error", "1 rule stopped by an error")
	s.open(b, "/ui/inventory/rules").at(t, 200, "/ui/inventory/rules", "Stopped by an error", "State")
	s.get("/nodes/site1/rules").at(t, 200, "", `"status":"stopped by error"`)

	draft := s.paste(b, `{"streams":{"t":"CREATE STREAM t () WITH (DATASOURCE=\"b\")"}}`)
	e.Do(func(e *nodetest.Engine) { e.Faults["GET /data/export"] = nodetest.Hang })
	began := time.Now()
	for _, page := range []string{draft, draft + "/review"} {
		s.open(b, page).at(t, 200, page, "this plan may be out of date", "It was last read ", "it has not told within 50ms what it holds")
	}
	e.Do(func(e *nodetest.Engine) { e.Faults["GET"] = nodetest.Hang })
	s.asAdmin("POST", "/api/v1/nodes", `{"name":"site2","url":"`+e.URL+`"}`).at(t, 201, "")
	s.open(b, "/ui/nodes/site2").at(t, 200, "/ui/nodes/site2", "not asked yet")
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("looking at it took %v", took)
	}
}

// TestNodeForm saves the form of a node as it is shown: values of several lines stay, and who
// had the form of an earlier version is told.
func TestNodeForm(t *testing.T) {
	s, e := open(t), nodetest.Open(t, onEngine)
	e.Token = "Bearer sesame"
	s.register(e)
	const values = `"variables":{"list":"one\n two=2\n","quoted":"\"x\"","spaced":" y ","back":"a\\nb"}`
	s.asAdmin("PATCH", "/api/v1/nodes/site1", `{`+values+`}`).at(t, 200, "")
	b := s.signedIn(core.Admin)
	page := s.open(b, "/ui/nodes/site1").body
	between := func(start, end string) string {
		_, rest, _ := strings.Cut(page, start)
		text, _, _ := strings.Cut(rest, end)
		return html.UnescapeString(text)
	}
	version := between(`name="version" value="`, `"`)
	save := func(variables string) answer {
		return s.form(b, "/ui/nodes/site1", "url", e.URL, "auth", "bearer", "labels", "site=north", "version", version, "variables", variables)
	}
	_, shown, _ := strings.Cut(between(`name="variables"`, "</textarea>"), ">")
	save(strings.ReplaceAll(shown, "\n", "\r\n")).at(t, 200, "/ui/nodes/site1")
	got := struct {
		Version   string
		Variables map[string]string
	}{}
	if err := json.Unmarshal([]byte(s.asAdmin("GET", "/api/v1/nodes/site1", "").body), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"list": "one\n two=2\n", "quoted": `"x"`, "spaced": " y ", "back": `a\nb`}
	if !maps.Equal(got.Variables, want) || got.Version != version {
		t.Errorf("%q became %q, version %s of %s", shown, got.Variables, got.Version, version)
	}
	save(`x="y`).at(t, 400, "/ui/nodes/site1", "the value of x begins with a quote")
	s.asAdmin("PATCH", "/api/v1/nodes/site1", `{"version":"`+version+`","labels":{"a":"b"}}`).at(t, 200, "")
	s.asAdmin("PATCH", "/api/v1/nodes/site1", `{"version":"`+version+`","labels":{}}`).at(t, 409, "", "node site1 was changed meanwhile")
	page = save("z=1").body
	save("z=1").at(t, 409, "/ui/nodes/site1", "node site1 was changed meanwhile", "z=1")
	s.get("/api/v1/nodes/site1").at(t, 200, "", `"labels":{"a":"b"}`)
	version = between(`name="version" value="`, `"`)
	save("z=1").at(t, 200, "/ui/nodes/site1", "The node is changed.")
}
