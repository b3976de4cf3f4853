package handlers_test

import (
	"strings"
	"testing"

	"ekuiper-console/core"
	"ekuiper-console/core/node/nodetest"
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

func TestSchedules(t *testing.T) {
	s, _ := drifting(t)
	s.get("/api/v1/schedules").want(t, 200, `[{"node":"","zone":"UTC","compare":"every 1h","backup":"daily 02:00","keep":30,"days":90}]`)
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
