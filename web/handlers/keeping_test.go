package handlers_test

import (
	"strings"
	"testing"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/node/nodetest"
	"ekuiper-console/core/schedule"
	"ekuiper-console/web/handlers"
)

const streamT = `CREATE STREAM t () WITH (DATASOURCE="b")`

// drifting is a console whose node site1 has a baseline, and a stream besides.
func drifting(t *testing.T) (*site, *nodetest.Engine) {
	s, e := open(t), nodetest.Open(t, onEngine)
	e.Token = "Bearer sesame"
	s.register(e)
	s.post("/api/v1/nodes/site1/pull", "").at(t, 200, "")
	s.send("PUT", "/api/v1/nodes/site1/baseline", "{}").at(t, 200, "", `"state":"in-sync"`, `"baseline":{"revision":1,"by":"token operator"`)
	e.Do(func(e *nodetest.Engine) { e.Holds.Set(core.Ref{Kind: core.Stream, Name: "t"}, streamT) })
	return s, e
}

// TestDrift compares a node over REST, and brings it back.
func TestDrift(t *testing.T) {
	s, e := drifting(t)
	s.get("/api/v1/nodes/site1/drift").at(t, 200, "", `"state":"in-sync"`, `"changes":[]`)
	s.post("/api/v1/nodes/site1/drift", "").at(t, 200, "", `"state":"drifted"`, `"added":1`, `"ref":"streams/t"`)
	s.get("/api/v1/nodes/site1/drift?diff=1").at(t, 200, "", `CREATE STREAM t`)
	s.get("/api/v1/nodes/site1/drift?color=1").at(t, 400, "", "unknown parameter color")
	s.get("/api/v1/drift").at(t, 200, "", `{"node":"local","state":"none"`, `{"node":"site1","state":"drifted"`)
	s.post("/api/v1/nodes/site1/baseline/apply", `{"dry_run":true}`).at(t, 200, "", `{"action":"delete","ref":"streams/t"}`)
	s.post("/api/v1/nodes/site1/baseline/apply", `{}`).at(t, 200, "", `"written":true`)
	s.get("/api/v1/nodes/site1/drift").at(t, 200, "", `"state":"in-sync"`, `"revision":3`)
	if e.Holds.Count(core.Stream) != 1 {
		t.Errorf("the engine holds %d streams", e.Holds.Count(core.Stream))
	}
	e.Do(func(e *nodetest.Engine) { e.Faults["GET"] = nodetest.Garbage })
	s.post("/api/v1/nodes/site1/drift", "").at(t, 200, "", `"state":"unknown"`, `"reason":"node site1 is incompatible`)
	s.get("/api/v1/drift").at(t, 200, "", `{"node":"site1","state":"unknown"`)
	s.send("PUT", "/api/v1/nodes/site1/baseline", `{"revision":2}`).at(t, 200, "", `"state":"drifted"`)
	s.send("PUT", "/api/v1/nodes/site1/baseline", `{"revision":-1}`).at(t, 400, "", "is not the number of a revision")
	s.get("/api/v1/nodes/site1/baseline").at(t, 200, "", `{"revision":2,`)
	s.send("DELETE", "/api/v1/nodes/site1/baseline", "").at(t, 204, "")
	s.get("/api/v1/nodes/site1/baseline").at(t, 404, "", "site1 has no baseline")
	s.get("/api/v1/nodes/site2/drift").at(t, 404, "", "there is no node site2")
	s.asAdmin("GET", "/api/v1/audit", "").at(t, 200, "", `"baseline-accept"`, `"baseline-apply"`, `"baseline-set"`, `"baseline-remove"`)
}

// TestBackups backs a node up over REST, and brings that back into it and another one.
func TestBackups(t *testing.T) {
	s, e := drifting(t)
	s.post("/api/v1/nodes/site1/backups", `{"note":"before"}`).at(t, 201, "", `"id":1`, `"entries":3`, `"note":"before"`, `"pinned":false`)
	e.Do(func(e *nodetest.Engine) { e.Holds.Delete(core.Ref{Kind: core.Stream, Name: "t"}) })
	s.post("/api/v1/nodes/site1/backups", `{}`).at(t, 201, "", `"id":2`, `"entries":2`)
	s.post("/api/v1/nodes/local/backups", `{}`).at(t, 201, "", `"id":3`, `"entries":0`)
	s.get("/api/v1/backups?limit=2").at(t, 200, "", `[{"id":3,`, `{"id":2,`)
	s.get("/api/v1/nodes/site1/backups?before=2").at(t, 200, "", `[{"id":1,`)
	s.send("PATCH", "/api/v1/backups/1", `{"pinned":true}`).at(t, 200, "", `"pinned":true`, `"note":"before"`)
	s.get("/api/v1/backups/1/bundle?secrets=masked").at(t, 200, "", "CREATE STREAM t")

	s.post("/api/v1/backups/1/restore", `{"dry_run":true}`).at(t, 200, "", `{"action":"create","ref":"streams/t"}`)
	s.post("/api/v1/backups/1/restore", `{}`).at(t, 200, "", `"written":true`)
	s.get("/nodes/site1/streams").want(t, 200, `["s","t"]`)
	s.post("/api/v1/backups/1/restore", `{"to":"local","note":"move"}`).at(t, 200, "", `"written":true`)
	s.get("/streams").want(t, 200, `["s","t"]`)
	s.get("/api/v1/revisions").at(t, 200, "", `"note":"move"`, `"mode":"full"`)
	s.post("/api/v1/backups/3/restore", `{}`).at(t, 200, "", `"written":true`)
	s.get("/streams").want(t, 200, `[]`)
	s.post("/api/v1/backups/1/restore", `{"to":"site2"}`).at(t, 404, "", "there is no node site2")

	e.Do(func(e *nodetest.Engine) { e.Faults["GET"] = nodetest.Denied })
	s.post("/api/v1/nodes/site1/backups", `{}`).at(t, 502, "", "site1 is unauthorised")
	s.get("/api/v1/backups/4").at(t, 200, "", `"reason":"node site1 is unauthorised`)
	s.get("/api/v1/backups/4/bundle").at(t, 409, "", "backup 4 holds nothing")
	s.send("DELETE", "/api/v1/backups/4", "").at(t, 204, "")
	s.get("/api/v1/backups/4").at(t, 404, "", "there is no backup 4")
	s.get("/api/v1/backups/x").at(t, 404, "", "there is no backup x")
	s.asAdmin("GET", "/api/v1/audit", "").at(t, 200, "", `"node-backup"`, `"node-backup-change"`, `"node-backup-restore"`, `"node-backup-remove"`)
}

// TestBackupElsewhere brings what one engine runs into another as it stands: what looks like
// a variable in it is none.
func TestBackupElsewhere(t *testing.T) {
	s, e := drifting(t)
	e.Do(func(e *nodetest.Engine) {
		e.Holds.Set(core.Ref{Kind: core.Stream, Name: "t"}, `CREATE STREAM t () WITH (DATASOURCE="${x}")`)
	})
	other := nodetest.Open(t, `{}`)
	s.asAdmin("POST", "/api/v1/nodes", `{"name":"site2","url":"`+other.URL+`","variables":{"x":"y"}}`).at(t, 201, "")
	s.post("/api/v1/nodes/site1/backups", `{}`).at(t, 201, "", `"id":1`)
	s.post("/api/v1/backups/1/restore", `{"to":"site2"}`).at(t, 200, "", `"written":true`)
	if text, _ := other.Holds.Get(core.Ref{Kind: core.Stream, Name: "t"}); !strings.Contains(text, "${x}") {
		t.Errorf("site2 holds %q", text)
	}
	b := s.signedIn(core.Operator)
	review := s.form(b, "/ui/backups/1/restore", "to", "site2")
	review.at(t, 200, review.Request.URL.Path, "site2")
	review.not(t, "has no value", "DATASOURCE=&#34;y")
	s.asAdmin("DELETE", "/api/v1/nodes/site1", "").at(t, 204, "")
	s.open(b, "/ui/backups/1").at(t, 200, "/ui/backups/1", "Choose a node")
	s.open(b, "/ui/backups?node=site1").at(t, 200, "/ui/backups", `<option value="site1" selected>`)
	s.open(b, "/ui/schedules?node=site1").at(t, 404, "/ui/schedules", "there is no node site1")
}

func TestSchedules(t *testing.T) {
	s, _ := drifting(t)
	s.get("/api/v1/schedules").want(t, 200, `[{"node":"","zone":"UTC","compare":"every 1h","backup":"daily 02:00","keep":30,"days":90,"failing":[]}]`)
	away := schedule.Went{Done: time.Now(), Tried: time.Now(), Failures: 1, Reason: "it is away", Hint: "look whether it runs", Again: time.Now().Add(5 * time.Minute)}
	for _, name := range []string{"site1", "nobody"} { // of which there is only the first
		if err := s.server.Book.Turns.PutTurn(t.Context(), schedule.Turn{Job: schedule.Backup, Node: name}, away); err != nil {
			t.Fatal(err)
		}
	}
	kept := s.get("/api/v1/schedules")
	kept.at(t, 200, "", `"failing":[{"job":"backup","node":"site1","tried":"`, `"failures":1,"reason":"it is away","hint":"look whether it runs","again":"`)
	kept.not(t, "nobody")
	s.open(s.signedIn(core.Viewer), "/ui/schedules").at(t, 200, "/ui/schedules", "1 failed, and is tried again", "it is away", "look whether it runs")
	s.asAdmin("PUT", "/api/v1/schedules", `{"zone":"Europe/Berlin","backup":"daily 03:30"}`).at(t, 200, "", `"compare":"every 1h"`, `"backup":"daily 03:30"`, `"by":"token admin"`)
	s.asAdmin("PUT", "/api/v1/schedules", `{"node":"site1","compare":"off"}`).at(t, 200, "", `"zone":"Europe/Berlin"`, `"compare":"off"`)
	for body, want := range map[string]string{
		`{"zone":"Mars"}`: "is not a time zone", `{"backup":"weekly"}`: "does not say how often", `{"keep":-1}`: "stay for a number", `{"node":"x"}`: "there is no node x", `{"retries":1}`: "unknown field",
	} {
		if a := s.asAdmin("PUT", "/api/v1/schedules", body); a.StatusCode < 400 || !strings.Contains(a.body, want) {
			t.Errorf("%s: %d %s, want %s", body, a.StatusCode, a.body, want)
		}
	}
	s.asAdmin("DELETE", "/api/v1/schedules/site1", "").at(t, 204, "")
	s.asAdmin("DELETE", "/api/v1/schedules/site1", "").at(t, 404, "", "site1 has no schedule of its own")
	s.asAdmin("GET", "/api/v1/audit", "").at(t, 200, "", `"schedule-set"`, `"schedule-remove"`)
}

// TestDriftPages finds drift in a browser, looks at it, brings the node back, and accepts.
func TestDriftPages(t *testing.T) {
	s, e := drifting(t)
	b := s.signedIn(core.Operator)
	const path = "/ui/nodes/site1/drift"
	s.open(b, path).at(t, 200, path, "in sync")
	s.form(b, path).at(t, 200, path, "drifted", "streams", "CREATE STREAM t", "set by token operator")
	s.open(b, "/ui/nodes/site1").at(t, 200, "/ui/nodes/site1", "See the 1 entry that drifted", "Re-apply the baseline")
	s.open(b, "/ui/nodes").at(t, 200, "/ui/nodes", "drifted", "no baseline")
	review := s.form(b, "/ui/nodes/site1/baseline", "action", "apply")
	draft := strings.TrimSuffix(review.Request.URL.Path, "/review")
	review.at(t, 200, draft+"/review", "site1", "1 entry")
	s.apply(b, draft, "full", "confirm", "site1", "note", "drifted").at(t, 200, "/ui/tasks/")
	again := s.open(b, path)
	again.at(t, 200, path, "in sync")
	again.not(t, "drifted", "CREATE STREAM t")
	e.Do(func(e *nodetest.Engine) { e.Holds.Set(core.Ref{Kind: core.Stream, Name: "u"}, streamT) })
	s.form(b, path).at(t, 200, path, "drifted")
	s.open(b, path).at(t, 200, path, `name="revision" value="4"`)
	s.form(b, "/ui/nodes/site1/baseline", "action", "accept", "revision", "3").at(t, 409, "/ui/nodes/site1/baseline", "site1 holds something else by now")
	s.form(b, "/ui/nodes/site1/baseline", "action", "accept", "revision", "4").at(t, 200, path, "in sync", "revision 4")
	s.form(b, "/ui/nodes/site1/baseline", "action", "set", "revision", "1").at(t, 200, path, "drifted")
	s.form(b, "/ui/nodes/site1/baseline", "action", "set", "revision", "99").at(t, 404, "/ui/nodes/site1/baseline", "no revision 99")
	s.form(b, "/ui/nodes/site1/baseline", "action", "bless").at(t, 400, "/ui/nodes/site1/baseline", "nothing that can be done")
	e.Do(func(e *nodetest.Engine) { e.Faults["GET"] = nodetest.Die })
	s.form(b, path).at(t, 200, path, "unknown", "site1 is unreachable")
	s.form(b, "/ui/nodes/site1/baseline", "action", "remove").at(t, 200, path, "no baseline")
	s.open(b, "/ui/nodes/local/drift").at(t, 200, "/ui/nodes/local/drift", "no baseline")
	s.open(b, "/ui/nodes/site2/drift").at(t, 404, "/ui/nodes/site2/drift", "there is no node site2")
}

// TestBackupPages backs nodes up in a browser, and brings what was backed up elsewhere.
func TestBackupPages(t *testing.T) {
	s, e := drifting(t)
	b := s.signedIn(core.Operator)
	s.open(b, "/ui/backups").at(t, 200, "/ui/backups", "No backups yet")
	s.form(b, "/ui/backups", "node", "site1", "note", "before").at(t, 200, "/ui/backups/1", "3 entries", "before")
	s.form(b, "/ui/backups/1", "action", "pin").at(t, 200, "/ui/backups/1", "pinned")
	s.form(b, "/ui/backups/1", "action", "note", "note", "after").at(t, 200, "/ui/backups/1", "after", "pinned")
	s.open(b, "/ui/backups?node=site1").at(t, 200, "/ui/backups", `href="/ui/backups/1"`)
	s.open(b, "/ui/backups?node=local").at(t, 200, "/ui/backups", "No backups yet")
	s.open(b, "/ui/backups/1/bundle?secrets=masked").at(t, 200, "/ui/backups/1/bundle", "CREATE STREAM t")
	review := s.form(b, "/ui/backups/1/restore", "to", "local")
	draft := strings.TrimSuffix(review.Request.URL.Path, "/review")
	review.at(t, 200, draft+"/review", "backup 1 of site1", "Full")
	s.apply(b, draft, "full", "confirm", "local").at(t, 200, "/ui/tasks/")
	s.get("/streams").want(t, 200, `["s","t"]`)
	e.Do(func(e *nodetest.Engine) { e.Holds.Delete(core.Ref{Kind: core.Stream, Name: "t"}) })
	review = s.form(b, "/ui/backups/1/restore", "to", "site1")
	review.at(t, 200, review.Request.URL.Path, "revision 2")
	e.Do(func(e *nodetest.Engine) { e.Faults["GET"] = nodetest.Die })
	s.form(b, "/ui/backups", "node", "site1").at(t, 502, "/ui/backups", "site1 was not backed up:", "Failed")
	s.open(b, "/ui/nodes/site1").at(t, 200, "/ui/nodes/site1", "failed", `href="/ui/backups/1"`)
	s.open(b, "/ui/backups/2").not(t, "Review the plan")
	s.open(b, "/ui/backups/2/remove").at(t, 200, "/ui/backups/2/remove", "Remove backup 2 of site1")
	s.form(b, "/ui/backups/2/remove").at(t, 200, "/ui/backups")
	s.open(b, "/ui/backups/2").at(t, 404, "/ui/backups/2", "there is no backup 2")
}

func TestSchedulePages(t *testing.T) {
	s, _ := drifting(t)
	b := s.signedIn(core.Admin)
	s.open(b, "/ui/schedules").at(t, 200, "/ui/schedules", "daily at 02:00", "every 1h")
	good := []string{"node", "site1", "compare", "every 90m", "backup", "daily 03:30", "zone", "Asia/Shanghai", "keep", "5", "days", "0"}
	s.form(b, "/ui/schedules", good...).at(t, 200, "/ui/schedules", "The schedule is written.", "every 1h30m", "daily at 03:30", "the last 5")
	for field, bad := range map[string]string{"compare": "hourly", "backup": "", "zone": "Mars", "keep": "many", "days": "-1"} {
		wrong := append([]string{}, good...)
		for i := 0; i < len(wrong); i += 2 {
			if wrong[i] == field {
				wrong[i+1] = bad
			}
		}
		s.form(b, "/ui/schedules", wrong...).at(t, 400, "/ui/schedules", `value="`+bad+`"`)
	}
	s.open(b, "/ui/schedules?node=site1").at(t, 200, "/ui/schedules", `value="every 1h30m"`)
	s.form(b, "/ui/schedules/remove", "node", "site1").not(t, "daily at 03:30")
}

// TestBackupUnderWay tells that a second backup of a node that hangs is not made, and gives
// its note back.
func TestBackupUnderWay(t *testing.T) {
	s, e := drifting(t)
	b := s.signedIn(core.Operator)
	e.Do(func(e *nodetest.Engine) { e.Faults["GET"] = nodetest.Hang })
	const goesOn = "site1 is being backed up"
	s.form(b, "/ui/backups", "node", "site1", "note", "first").at(t, 200, "/ui/backups", goesOn)
	second := s.form(b, "/ui/backups", "node", "site1", "note", "second")
	second.at(t, 409, "/ui/backups", "no other was made", `value="second"`)
	second.not(t, goesOn)
	s.form(b, "/ui/backups", "node", "site1").at(t, 200, "/ui/backups", goesOn)
}

// TestHanging asks things of a node that hangs: the page comes soon, says that it goes on, and
// tells what came of it.
func TestHanging(t *testing.T) {
	for _, c := range []struct{ post, page, goesOn, came string }{
		{"/ui/nodes/site1/drift", "/ui/nodes/site1/drift", "This page tells when it is compared", "no answer within 2s"},
		{"/ui/nodes/site1/pull", "/ui/nodes/site1", "The node is being read", "node site1 is unreachable: no answer within 2s"},
		{"/ui/backups", "/ui/backups?node=site1", "site1 is being backed up", "site1 was not backed up:"},
	} {
		t.Run(c.post, func(t *testing.T) {
			t.Parallel()
			s, e := open(t, func(s *handlers.Server) { s.Live.Times.Ask, s.Live.Times.Export = 2*time.Second, 2*time.Second }), nodetest.Open(t, onEngine)
			e.Token = "Bearer sesame"
			s.register(e)
			s.post("/api/v1/nodes/site1/pull", "").at(t, 200, "")
			s.send("PUT", "/api/v1/nodes/site1/baseline", "{}").at(t, 200, "")
			e.Do(func(e *nodetest.Engine) { e.Faults["GET"] = nodetest.Hang })
			b := s.signedIn(core.Operator)
			page := s.form(b, c.post, "node", "site1")
			page.at(t, 200, "", c.goesOn, "data-live", "/ui/nodes/site1/events?of=")
			if page.Request.Method != "GET" {
				t.Error("a browser without scripts loads again what can only be posted")
			}
			_, events, _ := strings.Cut(page.body, `data-live="`)
			events, _, _ = strings.Cut(events, `"`)
			s.open(b, events).at(t, 200, "", "event: moved", "event: over")
			s.open(b, c.page).at(t, 200, "", c.came)
			s.open(b, c.page).not(t, c.goesOn, "event")
		})
	}
}
