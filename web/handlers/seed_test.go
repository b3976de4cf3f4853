package handlers_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"ekuiper-console/core/artifact/artifacttest"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/task"
)

// The tests of this file are the examples of the engine's documentation of data
// import and export, one each.

// noErrors is the report of a complete success.
const noErrors = `{"streams":{},"tables":{},"rules":{},"nativePlugins":{},"portablePlugins":{},"sourceConfig":{},"sinkConfig":{},"connectionConfig":{},"Service":{},"Schema":{},"uploads":{},"scripts":{}}`

// success is the answer of a complete success.
const success = `{"ErrorMsg":"","ConfigResponse":` + noErrors + `}`

// sample is the documentation's bundle with its two plugins at addresses that can be
// had here.
func (s *site) sample() string {
	image, video := s.write("image_amd64.zip", string(artifacttest.Native("image"))), s.write("video_amd64.zip", string(artifacttest.Native("video")))
	const base = "https://packages.emqx.net/kuiper-plugins/1.8.1/debian/"
	return strings.NewReplacer(base+"functions/image_amd64.zip", image, base+"sources/video_amd64.zip", video).Replace(string(bundle.Sample))
}

// exported decodes an export.
func exported(t *testing.T, a answer) *bundle.Bundle {
	t.Helper()
	b, unknown, err := bundle.Decode([]byte(a.body))
	if a.StatusCode != http.StatusOK || err != nil || unknown != nil {
		t.Fatalf("export: %d %s: %v", a.StatusCode, a.body, err)
	}
	return b
}

// wantAll fails the test unless the node holds exactly the document.
func (s *site) wantAll(t *testing.T, doc string) {
	t.Helper()
	want, _, err := bundle.Decode([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	if a := s.get("/data/export"); !exported(t, a).Equal(want) {
		t.Errorf("the node holds\n%s\nwant\n%s", a.body, doc)
	}
}

func TestImportByContent(t *testing.T) {
	s := open(t)
	s.importing(s.sample(), "").want(t, 200, success)
	s.wantAll(t, s.sample())
}

func TestImportByFile(t *testing.T) {
	s := open(t)
	s.post("/data/import", `{"file":"`+s.write("a.json", s.sample())+`"}`).want(t, 200, success)
	s.wantAll(t, s.sample())
}

func TestImportWithStop(t *testing.T) {
	s := open(t)
	s.post("/data/import?stop=1", `{"file":"`+s.write("a.json", s.sample())+`"}`).want(t, 200, success)
	s.wantAll(t, s.sample())
	if n := s.stops.Load(); n != 1 {
		t.Errorf("stopped %d times", n)
	}
	s.importing(s.sample(), "?stop=1&partial=1").want(t, 200, success)
	s.importing(`{"streams":{"x":"y"}}`, "?stop=1")
	if n := s.stops.Load(); n != 1 {
		t.Errorf("stopped %d times after a partial import and a failed one", n)
	}
}

func TestImportPartial(t *testing.T) {
	s := open(t)
	s.importing(`{"streams":{"old":"CREATE STREAM old () WITH ()"}}`, "")
	s.post("/data/import?partial=1", `{"file":"`+s.write("a.json", s.sample())+`"}`).want(t, 200, success)
	s.get("/streams").want(t, 200, `["demo","old"]`)
}

// taskOf reads a task.
func (s *site) taskOf(t *testing.T, id string) (status, message string) {
	t.Helper()
	var body struct {
		ID, Status, Message string
		CreatedTimestamp    int64 `json:"createdTimestamp"`
		UpdatedTimestamp    int64 `json:"updatedTimestamp"`
	}
	a := s.get("/async/task/" + id)
	if err := json.Unmarshal([]byte(a.body), &body); err != nil || body.ID != id {
		t.Fatalf("task %s: %s", id, a.body)
	}
	if now := time.Now().Unix(); body.CreatedTimestamp > now || body.CreatedTimestamp < now-60 || body.UpdatedTimestamp < body.CreatedTimestamp {
		t.Errorf("task %s has the times %d and %d, it is %d", id, body.CreatedTimestamp, body.UpdatedTimestamp, now)
	}
	return body.Status, body.Message
}

// start begins an import in the background and returns the task's id.
func (s *site) start(t *testing.T, query, body string) string {
	t.Helper()
	var begun struct{ ID string }
	a := s.post("/async/data/import"+query, body)
	if err := json.Unmarshal([]byte(a.body), &begun); a.StatusCode != 200 || err != nil || !strings.HasPrefix(begun.ID, "dataImport-") {
		t.Fatalf("starting a task: %d %s", a.StatusCode, a.body)
	}
	return begun.ID
}

func TestImportAsync(t *testing.T) {
	s := open(t)
	id := s.start(t, "", content(s.sample()))
	s.server.Tasks.Wait(ctx, id)
	if status, message := s.taskOf(t, id); status != string(task.Finish) || message != success {
		t.Errorf("the task ended as %s: %s", status, message)
	}
	s.wantAll(t, s.sample())

	id = s.start(t, "?partial=1", `{"content":"{\"streams\":{\"x\":\"y\"}}"}`)
	s.server.Tasks.Wait(ctx, id)
	want := `err:process error, response:{"ErrorMsg":"process error","ConfigResponse":{"streams":{"x":"Invalid stream statement: y"},"tables":{}`
	if status, message := s.taskOf(t, id); status != string(task.Error) || !strings.HasPrefix(message, want) {
		t.Errorf("the task ended as %s: %s", status, message)
	}
	id = s.start(t, "", `{}`)
	s.server.Tasks.Wait(ctx, id)
	if _, message := s.taskOf(t, id); message != "err:Invalid body: must specify content or file, response:null" {
		t.Errorf("the task ended with %s", message)
	}
	s.get("/async/task/nope").want(t, 400, `{"error":1000,"message":"async task: nope not found"}`)
	s.post("/async/task/nope/cancel", "").want(t, 400, `{"error":1000,"message":"async task: nope not found"}`)
	if a := s.post("/async/task/"+id+"/cancel", ""); a.StatusCode != 409 {
		t.Errorf("cancelling what is over: %d %s", a.StatusCode, a.body)
	}
}

func TestStatusAfterSuccess(t *testing.T) {
	s := open(t)
	s.get("/data/import/status").want(t, 200, noErrors)
	s.importing(s.sample(), "")
	s.get("/data/import/status").want(t, 200, noErrors)
}

func TestStatusAfterAFailedPlugin(t *testing.T) {
	s := open(t)
	plugin := func(kind, name string) string {
		return `"` + kind + `_` + name + `":"{\"name\":\"` + name + `\",\"file\":\"file://` + s.root + `/` + name + `_amd64.zip\"}"`
	}
	s.importing(`{"nativePlugins":{`+plugin("sinks", "tdengine")+`,`+plugin("sources", "random")+`}}`, "")
	missing := func(name string) string {
		path := s.root + "/" + name + "_amd64.zip"
		return "fail to download file file://" + path + ": stat " + path + ": no such file or directory"
	}
	want := strings.Replace(noErrors, `"nativePlugins":{}`, `"nativePlugins":{"sinks_tdengine":"`+missing("tdengine")+`","sources_random":"`+missing("random")+`"}`, 1)
	s.get("/data/import/status").want(t, 200, want)
}

func TestExportAll(t *testing.T) {
	s := open(t)
	s.get("/data/export").want(t, 200, noErrors)
	s.importing(s.sample(), "")
	a := s.get("/data/export")
	if d := a.Header.Get("Content-Disposition"); !strings.HasPrefix(d, `attachment; filename="ekuiper-local-r1-`) {
		t.Errorf("Content-Disposition: %s", d)
	}
	s.importing(a.body, "").want(t, 200, success)
	if again := s.get("/data/export"); again.body != a.body {
		t.Errorf("exported\n%s\nafter importing\n%s", again.body, a.body)
	}
}

func TestExportSelected(t *testing.T) {
	s := open(t)
	s.importing(s.sample(), "")
	a := s.post("/data/export", `["rule1","rule2"]`)
	var refs []string
	for ref := range exported(t, a).All() {
		refs = append(refs, ref.String())
	}
	if got := strings.Join(refs, " "); got != "streams/demo rules/rule1 rules/rule2" {
		t.Errorf("exported %s", got)
	}
}
