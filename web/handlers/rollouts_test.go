package handlers_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"ekuiper-console/core"
	"ekuiper-console/core/node/nodetest"
	"ekuiper-console/core/rollout"
)

// fleet registers nodes with engines of their own.
func (s *site) fleet(names ...string) map[string]*nodetest.Engine {
	s.t.Helper()
	engines := map[string]*nodetest.Engine{}
	for _, name := range names {
		engines[name] = nodetest.Open(s.t, `{"streams":{},"tables":{},"rules":{}}`)
		s.asAdmin("POST", "/api/v1/nodes", `{"name":"`+name+`","url":"`+engines[name].URL+`","labels":{"line":"1"}}`).at(s.t, 201, "")
	}
	return engines
}

// rests waits until nothing of a rollout is under way, and returns it.
func (s *site) rests(id string) (v struct {
	rollout.Rollout
	Groups  []rollout.Group
	Targets []rollout.Target
}) {
	s.t.Helper()
	s.server.Rollouts.Wait(context.Background(), id)
	if err := json.Unmarshal([]byte(s.get("/api/v1/rollouts/"+id).body), &v); err != nil {
		s.t.Fatal(err)
	}
	return v
}

const newStream = `{"streams":{"t":"CREATE STREAM t () WITH (DATASOURCE=\"b\")"}}`

func TestRollouts(t *testing.T) {
	s := open(t)
	engines := s.fleet("n1", "n2")
	engines["n1"].Do(func(e *nodetest.Engine) { e.Faults["POST /data/import"] = nodetest.Die })
	var made rollout.Rollout
	a := s.post("/api/v1/rollouts", `{"bundle":`+newStream+`,"mode":"partial","labels":{"line":"1"},"canary":1}`)
	a.at(t, 202, "", `"state":"planning"`)
	if err := json.Unmarshal([]byte(a.body), &made); err != nil || a.Header.Get("Location") != "/api/v1/rollouts/"+made.ID {
		t.Fatalf("%s, %v", a.body, err)
	}
	path := "/api/v1/rollouts/" + made.ID
	if v := s.rests(made.ID); v.State != rollout.Planned || len(v.Targets) != 2 || len(v.Groups) != 1 || v.Groups[0].Nodes != 2 || v.Groups[0].Created != 1 {
		t.Errorf("planned: %+v", v)
	}
	s.post(path+"/start", "").at(t, 202, "", `"state":"running"`)
	s.get(path+"/events").at(t, 200, "", "event: rollout", `"state":"stopped"`)
	if v := s.rests(made.ID); v.State != rollout.Stopped || v.Tally[rollout.Failed] != 1 || v.Tally[rollout.Waiting] != 1 {
		t.Errorf("with a failing canary: %+v", v)
	}
	engines["n1"].Do(func(e *nodetest.Engine) { e.Faults = nil })
	s.post(path+"/retry", "").at(t, 202, "", `"state":"planning"`)
	if v := s.rests(made.ID); v.State != rollout.Finished || v.Tally[rollout.Verified] != 2 {
		t.Errorf("retried: %+v", v)
	}
	s.post(path+"/rollback", `{}`).at(t, 400, "", "the wave is missing")
	s.post(path+"/rollback", `{"wave":1}`).at(t, 202, "", `"state":"rolling-back"`)
	if v := s.rests(made.ID); v.Tally[rollout.RolledBack] != 1 || engines["n1"].Has(newStream) || !engines["n2"].Has(newStream) {
		t.Errorf("rolled back: %+v", v)
	}
	for _, word := range []string{"start", "pause", "resume", "cancel"} {
		s.post(path+"/"+word, "").at(t, 409, "", "is finished")
	}
	s.get("/api/v1/rollouts").at(t, 200, "", made.ID)
	for _, event := range []string{"rollout-plan", "rollout-start", "rollout-retry", "rollout-rollback"} {
		if all := strings.Join(s.logged(), "\n"); !strings.Contains(all, event+" "+made.ID) {
			t.Errorf("the audit log does not tell of %s:\n%s", event, all)
		}
	}
}

func TestRolloutRefused(t *testing.T) {
	s := open(t)
	s.fleet("n1")
	for body, says := range map[string]string{
		`{"bundle":{},"nodes":["n1"]}`:                               "the mode is missing",
		`{"nodes":["n1"],"mode":"full"}`:                             "takes one bundle",
		`{"bundle":{},"content":"{}","nodes":["n1"],"mode":"full"}`:  "takes one bundle",
		`{"content":"{","nodes":["n1"],"mode":"full"}`:               "configuration unmarshal with error",
		`{"bundle":{},"mode":"full"}`:                                "no node is chosen",
		`{"bundle":{},"nodes":["n1"],"mode":"full","parallel":9999}`: "parallel is a number from 0 to 64",
		`{"bundle":{},"nodes":["n1"],"mode":"full","stopAfter":1}`:   "unknown field",
	} {
		s.post("/api/v1/rollouts", body).at(t, 400, "", says)
	}
	s.post("/api/v1/rollouts", `{"bundle":{},"nodes":["n2"],"mode":"full"}`).at(t, 404, "", "there is no node n2")
	s.get("/api/v1/rollouts/x").at(t, 404, "", "there is no rollout x")
}

// TestRolloutPages plans, starts and takes back a rollout in a browser without a script.
func TestRolloutPages(t *testing.T) {
	s := open(t)
	engines := s.fleet("n1", "n2")
	engines["n1"].Take(`{"streams":{"old":"CREATE STREAM old () WITH (DATASOURCE=\"a\")"}}`)
	b := s.signedIn(core.Operator)
	s.open(b, "/ui/rollouts").at(t, 200, "/ui/rollouts", "No rollouts yet")
	s.open(b, "/ui/rollouts/new").at(t, 200, "/ui/rollouts/new", "line=1")
	s.form(b, "/ui/rollouts", "text", newStream, "mode", "full").at(t, 400, "/ui/rollouts", "no node is chosen", "CREATE STREAM t")
	s.form(b, "/ui/rollouts", "node", "n1").at(t, 400, "/ui/rollouts", "a rollout takes one bundle")
	s.form(b, "/ui/rollouts", "text", newStream, "node", "n1", "batch", "many").at(t, 400, "/ui/rollouts", "is not a number")
	s.form(b, "/ui/rollouts", "text", newStream, "node", "n1", "labels", "line").at(t, 400, "/ui/rollouts", "is not of the form NAME=VALUE")
	a := s.form(b, "/ui/rollouts", "text", newStream, "mode", "full", "labels", "line=1")
	path := a.Request.URL.Path
	s.server.Rollouts.Wait(context.Background(), strings.TrimPrefix(path, "/ui/rollouts/"))
	s.open(b, path).at(t, 200, path, "waits for review", "It deletes entries. Type the number of nodes, 2:", "CREATE STREAM old")
	s.form(b, path, "action", "start").at(t, 400, path, "Type the number of nodes that it is started on.")
	s.form(b, path, "action", "dance").at(t, 400, path, "nothing that can be done with a rollout")
	s.form(b, path, "action", "start", "confirm", "2", "seen", "0").at(t, 409, path, "the plans were made anew since they were shown")
	_, seen, _ := strings.Cut(s.open(b, path).body, `name="seen" value="`)
	seen, _, _ = strings.Cut(seen, `"`)
	s.form(b, path, "action", "start", "confirm", "2", "seen", seen).at(t, 200, path)
	s.server.Rollouts.Wait(context.Background(), strings.TrimPrefix(path, "/ui/rollouts/"))
	s.open(b, path).at(t, 200, path, "2 of 2 verified")
	s.open(b, path+"/events").at(t, 200, path, "event: over")
	s.open(b, path+"?show=failed").at(t, 200, path, "No node is there now.")
	s.form(b, path, "action", "resume").at(t, 409, path, "is finished")
	s.open(b, path+"/rollback?wave=7").at(t, 200, path)
	s.open(b, path+"/rollback?wave=x").at(t, 400, path+"/rollback", "is not a number")
	s.open(b, path+"/rollback?wave=1").at(t, 200, path+"/rollback", "Roll back wave 1 of", "2 nodes get back all that they held", "Roll back 2 nodes")
	s.form(b, path+"/rollback?wave=1").at(t, 409, path+"/rollback", "Look at the number again", "2 nodes get back all that they held")
	s.form(b, path+"/rollback?wave=7", "count", "2").at(t, 409, path, "there is nothing to roll back")
	s.open(b, path+"/rollback?wave=0").at(t, 200, path+"/rollback", "Leave them as they are")
	s.form(b, path+"/rollback?wave=0", "count", "2").at(t, 200, path)
	s.server.Rollouts.Wait(context.Background(), strings.TrimPrefix(path, "/ui/rollouts/"))
	s.open(b, path).at(t, 200, path, "2 of 2 nodes hold again what they held", path+"/remove")
	s.open(b, path+"/remove").at(t, 200, path+"/remove", "Nodes stay as they are")
	s.form(b, path+"/remove").at(t, 200, "/ui/rollouts", "No rollouts yet")
	s.form(b, path+"/remove").at(t, 404, path)

	draft := s.brought(b, newStream)
	s.open(b, "/ui/rollouts/new?draft="+draft).at(t, 200, "/ui/rollouts/new", `value="`+draft+`"`)
	s.form(b, "/ui/rollouts", "draft", draft, "node", "n2").at(t, 200, "/ui/rollouts/", "pasted.json")
	s.form(b, "/ui/rollouts", "draft", "nothing", "node", "n2").at(t, 400, "/ui/rollouts", "there is no draft")
}

// TestRolloutRemoved deletes rollouts that were never begun or are over, and no others.
func TestRolloutRemoved(t *testing.T) {
	s := open(t)
	engines := s.fleet("n1", "n2")
	planned := func(how string) (path, id string) {
		t.Helper()
		var made rollout.Rollout
		if err := json.Unmarshal([]byte(s.post("/api/v1/rollouts", `{"bundle":`+newStream+`,"mode":"partial","labels":{"line":"1"}`+how+`}`).body), &made); err != nil {
			t.Fatal(err)
		}
		s.server.Rollouts.Wait(context.Background(), made.ID)
		return "/api/v1/rollouts/" + made.ID, made.ID
	}
	path, id := planned("")
	s.send("DELETE", path, "").at(t, 204, "")
	s.get(path).at(t, 404, "", "there is no rollout")
	s.send("DELETE", path, "").at(t, 404, "", "there is no rollout")
	if all := strings.Join(s.logged(), "\n"); !strings.Contains(all, "rollout-remove "+id) {
		t.Errorf("the audit log does not tell of it:\n%s", all)
	}

	path, id = planned(`,"canary":1,"pause_seconds":3600`)
	engines["n1"].Do(func(e *nodetest.Engine) { e.Faults["POST /data/import"] = nodetest.Hang })
	s.post(path+"/start", "").at(t, 202, "")
	s.send("DELETE", path, "").at(t, 409, "", "is under way", "cancel it first")
	b := s.signedIn(core.Operator)
	s.form(b, "/ui/rollouts/"+id+"/remove").at(t, 409, "/ui/rollouts/"+id, "is under way", "cancel it first")
	engines["n1"].CloseClientConnections()
	s.rests(id)
	s.send("DELETE", path, "").at(t, 409, "", "is stopped: only one that was never begun, or that is over, can be deleted", "cancel it first")
	s.post(path+"/cancel", "").at(t, 202, "")
	s.send("DELETE", path, "").at(t, 204, "")
}

// TestRolloutChangedSince starts a rollout over REST when a node has changed since it was
// planned: nothing is sent to it, it says so, and it is planned anew by a retry, which waits
// for somebody to look.
func TestRolloutChangedSince(t *testing.T) {
	s := open(t)
	engines := s.fleet("n1", "n2")
	var made rollout.Rollout
	if err := json.Unmarshal([]byte(s.post("/api/v1/rollouts", `{"bundle":`+newStream+`,"mode":"full","labels":{"line":"1"},"stop_after":2}`).body), &made); err != nil {
		t.Fatal(err)
	}
	s.rests(made.ID)
	engines["n2"].Take(`{"streams":{"theirs":"CREATE STREAM theirs () WITH (DATASOURCE=\"x\")"}}`)
	path := "/api/v1/rollouts/" + made.ID
	s.post(path+"/start", "").at(t, 202, "")
	v := s.rests(made.ID)
	if v.Tally[rollout.Verified] != 1 || v.Tally[rollout.Failed] != 1 || !strings.Contains(v.Targets[1].Reason, "what would change is not what was reviewed: n2 has moved since; nothing was written, and a retry plans it anew") {
		t.Errorf("started: %+v", v)
	}
	if n := engines["n2"].Called("POST /data/import"); n != 0 || !engines["n2"].Has(`{"streams":{"theirs":"CREATE STREAM theirs () WITH (DATASOURCE=\"x\")"}}`) {
		t.Errorf("n2 was sent %d imports", n)
	}
	s.post(path+"/retry", "").at(t, 202, "")
	if v := s.rests(made.ID); v.State != rollout.Planned || !strings.Contains(v.Reason, "other changes are left than were reviewed") {
		t.Errorf("retried: %+v", v)
	}
	s.send("DELETE", path, "").at(t, 409, "", "is planned: only one")
	s.post(path+"/start", "").at(t, 202, "")
	if v := s.rests(made.ID); v.Tally[rollout.Verified] != 2 {
		t.Errorf("started again: %+v", v)
	}
}

// brought keeps a document as a draft, and returns its id.
func (s *site) brought(b *http.Client, doc string) string {
	s.t.Helper()
	return strings.TrimPrefix(s.form(b, "/ui/import", "text", doc).Request.URL.Path, "/ui/import/")
}
