package handlers_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"ekuiper-console/core"
	"ekuiper-console/core/artifact/artifacttest"
	"ekuiper-console/core/bundle"
	"ekuiper-console/web/handlers"
)

// TestImportRefusals has the engine's texts for requests that are wrong.
func TestImportRefusals(t *testing.T) {
	s := open(t)
	s.importing(s.sample(), "")
	tests := []struct{ body, message string }{
		{``, `Invalid body: Error decoding json: EOF`},
		{`{}`, `Invalid body: must specify content or file`},
		{`{"content":""}`, `Invalid body: must specify content or file`},
		{`[]`, `Invalid body: Error decoding json: json: cannot unmarshal array into Go value of type server.configurationInfo`},
		{`{"content":5}`, `Invalid body: Error decoding json: json: cannot unmarshal number into Go struct field configurationInfo.content of type string`},
		{`{bad`, `Invalid body: Error decoding json: invalid character 'b' looking for beginning of object key string`},
		{`{"content":"{}","file":"x"}`, `Invalid body: Cannot specify both content and file`},
		{content(`not json`), `configuration unmarshal with error invalid character 'o' in literal null (expecting 'u')`},
		{content(`[]`), `configuration unmarshal with error json: cannot unmarshal array into Go value of type server.Configuration`},
		{content(`{} xx`), `configuration unmarshal with error invalid character 'x' after top-level value`},
		{content(`{"streams":[]}`), `configuration unmarshal with error json: cannot unmarshal array into Go struct field Configuration.streams of type map[string]string`},
		{content(`{"streams":{"a":5}}`), `configuration unmarshal with error json: cannot unmarshal number into Go struct field Configuration.streams of type string`},
		{content(`{"streams":{`), `configuration unmarshal with error unexpected end of JSON input`},
		{`{"file":"nope.json"}`, `Fail to read file: parse "nope.json": invalid URI for request`},
		{`{"file":"ftp://h/x"}`, `Fail to read file: unsupported url scheme ftp`},
		{`{"file":"file://` + s.root + `/none"}`, `Fail to read file: stat ` + s.root + `/none: no such file or directory`},
		{`{"file":"file:///etc/hostname"}`, `Fail to read file: file access denied: path must be under ` + s.root},
	}
	for _, query := range []string{"", "?partial=1", "?atomic=1", "?dry_run=1"} {
		for _, tt := range tests {
			a := s.post("/data/import"+query, tt.body)
			if got := a.message(t); a.StatusCode != 400 || got != tt.message {
				t.Errorf("POST /data/import%s %s\n got %d %s\nwant 400 %s", query, tt.body, a.StatusCode, got, tt.message)
			}
			s.wantAll(t, s.sample())
		}
	}
}

// TestImportTakes has bodies that the engine takes.
func TestImportTakes(t *testing.T) {
	for _, body := range []string{`{"content":"{}"} trailing`, `{"Content":"{}"}`, content(`null`), content(`{"streams":null}`)} {
		open(t).post("/data/import", body).want(t, 200, success)
	}
}

// TestSwitches: in the engine partial=true is a full import with reset.
func TestSwitches(t *testing.T) {
	s := open(t)
	s.importing(s.sample(), "")
	for _, query := range []string{"?partial=true", "?partial=yes", "?stop=2", "?atomic=on", "?dry_run=true", "?Partial=1", "?parital=1", "?partial=1&partial=x", "?partial=1&partial=0", "?partial=1;", "?partial=1;stop=1", "?partial=1%zz"} {
		for _, path := range []string{"/data/import", "/async/data/import"} {
			if a := s.post(path+query, content(`{}`)); a.StatusCode != 400 {
				t.Errorf("POST %s%s: %d %s", path, query, a.StatusCode, a.body)
			}
		}
	}
	if m := s.post("/data/import?partial=true", content(`{}`)).message(t); !strings.Contains(m, "partial=1") {
		t.Errorf("the refusal does not name the remedy: %s", m)
	}
	s.wantAll(t, s.sample())
	s.importing(`{}`, "?partial=0&atomic=").want(t, 200, success)
	s.get("/data/export").want(t, 200, noErrors)
}

func TestRejectedEntries(t *testing.T) {
	s := open(t)
	doc := `{"streams":{"demo":"CREATE STWREAM demo","ok":"CREATE STREAM ok () WITH ()"},"dashboards":{}}`
	want := strings.Replace(noErrors, `"streams":{}`, `"streams":{"demo":"found \"STWREAM\", expected keyword stream or table."}`, 1)
	a := s.importing(doc, "?partial=1")
	if got := a.message(t); a.StatusCode != 400 || got != want {
		t.Errorf("message\n got %s\nwant %s", got, want)
	}
	if !strings.Contains(a.body, "unknown section dashboards") {
		t.Errorf("the unknown section is lost in silence: %s", a.body)
	}
	s.get("/data/import/status").want(t, 200, want)
	s.get("/streams").want(t, 200, `["ok"]`)

	s.importing(`{"dashboards":{}}`, "?partial=1").want(t, 200,
		`{"ErrorMsg":"","ConfigResponse":`+noErrors+`,"Warnings":[{"severity":"warning","message":"unknown section dashboards was passed over"}]}`)
}

func TestAtomic(t *testing.T) {
	s := open(t)
	a := s.importing(`{"streams":{"bad":"x","ok":"CREATE STREAM ok () WITH ()"}}`, "?atomic=1")
	if got := a.message(t); a.StatusCode != 400 || !strings.Contains(got, `"bad":"Invalid stream statement: x"`) {
		t.Errorf("%d %s", a.StatusCode, got)
	}
	s.get("/data/export").want(t, 200, noErrors)
}

func TestDryRun(t *testing.T) {
	s := open(t)
	s.importing(`{"streams":{"a":"CREATE STREAM a () WITH ()","b":"CREATE STREAM b () WITH ()"}}`, "")
	before := s.get("/data/export").body
	a := s.importing(`{"streams":{"b":"CREATE STREAM b () WITH ()","c":"x"},"scripts":{"f":"{\"script\":\"function f(){}\"}"}}`, "?dry_run=1")
	var got struct {
		Mode     string
		Revision int
		Steps    []struct{ Action, Ref string }
		Sections []struct{ Section string }
	}
	if err := json.Unmarshal([]byte(a.body), &got); err != nil || a.StatusCode != 200 {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	if s := fmt.Sprint(got.Mode, got.Revision, got.Steps, len(got.Sections)); s != "full1 [{delete streams/a} {create scripts/f} {unchanged streams/b} {rejected streams/c}] 12" {
		t.Errorf("plan %s", s)
	}
	if after := s.get("/data/export").body; after != before {
		t.Errorf("a dry run changed %s into %s", before, after)
	}
	s.get("/data/import/status").want(t, 200, noErrors)
}

func TestExportRefusals(t *testing.T) {
	s := open(t)
	s.importing(s.sample(), "")
	tests := []struct {
		body    string
		status  int
		message string
	}{
		{`["rule1","nope"]`, 404, "rule nope is not found"},
		{`["nope","none"]`, 404, "rules nope, none are not found"},
		{`[""]`, 400, "rule id 1 of 1 is empty"},
		{`{}`, 400, "Invalid body: Error decoding json: json: cannot unmarshal object into Go value of type []string"},
		{`["rule1",5]`, 400, "Invalid body: Error decoding json: json: cannot unmarshal number into Go value of type string"},
		{``, 400, "Invalid body: Error decoding json: EOF"},
		{`null`, 400, "Invalid body: Error decoding json: null is no array of rule ids"},
		{`["rule1"] ["rule2"]`, 400, "Invalid body: Error decoding json: something stands behind the array of rule ids"},
	}
	for _, tt := range tests {
		a := s.post("/data/export", tt.body)
		if got := a.message(t); a.StatusCode != tt.status || got != tt.message {
			t.Errorf("POST /data/export %s\n got %d %s\nwant %d %s", tt.body, a.StatusCode, got, tt.status, tt.message)
		}
	}
	s.post("/data/export", `[]`).want(t, 200, noErrors)
}

func TestReadRoutes(t *testing.T) {
	s := open(t)
	s.importing(`{
		"streams":{"a b":"CREATE STREAM `+"`a b`"+` () WITH (TYPE=\"MQTT\")","s":"CREATE STREAM s (x BIGINT) WITH (DATASOURCE=\"d\")"},
		"tables":{"scan":"CREATE TABLE scan () WITH (DATASOURCE=\"d\")","look":"CREATE TABLE look () WITH (DATASOURCE=\"d\", TYPE=\"redis\", KIND=\"lookup\")"},
		"rules":{"r":"{\"id\":\"r\",\"name\":\"the <rule>\",\"tags\":[\"t\"],\"version\":\"3\",\"sql\":\"SELECT * FROM s\",\"actions\":[{\"log\":{}}]}"},
		"nativePlugins":{"sinks_z":"{\"name\":\"z\",\"file\":\"`+s.write("z.zip", string(artifacttest.Native("z")))+`\"}"},
		"portablePlugins":{"p":"{\"name\":\"p\",\"file\":\"`+s.write("p.zip", string(artifacttest.Portable("p", "p")))+`\"}"},
		"connectionConfig":{"mqtt":"{\"c\":{\"server\":\"x\"}}"},
		"Schema":{"protobuf_b":"{\"type\":\"protobuf\",\"name\":\"b\",\"content\":\"message B {}\"}"},
		"uploads":{"u.txt":"{\"name\":\"u.txt\",\"content\":\"x\"}"}}`, "").want(t, 200, strings.Replace(success, `}}}`, `}},"Warnings":[{"severity":"warning","ref":"streams/a b","message":"id 'a b' contains invalid characters: only alphanumeric, hyphens and underscores are allowed","hint":"the engine takes it from a bundle, but its REST API cannot address it"}]}`, 1))
	for path, want := range map[string]string{
		"/streams":                    `["a b","s"]`,
		"/streams/s":                  `{"Name":"s","StreamFields":[{"Name":"x","FieldType":{"Type":1}}],"Options":{"datasource":"d"},"StreamType":0,"Statement":null}`,
		"/streams/a%20b":              `{"Name":"a b","StreamFields":null,"Options":{"type":"MQTT"},"StreamType":0,"Statement":null}`,
		"/streamdetails":              `[{"name":"a b","type":"mqtt","format":"json"},{"name":"s","type":"mqtt","format":"json"}]`,
		"/tables":                     `["look","scan"]`,
		"/tables?kind=lookup":         `["look"]`,
		"/tables?kind=scan":           `["scan"]`,
		"/tables/look":                `{"Name":"look","StreamFields":null,"Options":{"datasource":"d","kind":"lookup","type":"redis"},"StreamType":1,"Statement":null}`,
		"/tabledetails":               `[{"name":"look","type":"redis","format":"json"},{"name":"scan","type":"file","format":"json"}]`,
		"/rules":                      `[{"id":"r","name":"the <rule>","status":"stopped","tags":["t"],"trace":false,"version":"3"}]`,
		"/metadata/sources/yaml/mqtt": `{}`,
		"/connections":                `[{"id":"c","typ":"mqtt","props":{"server":"x"},"status":"stopped"}]`,
		"/schemas/protobuf":           `["b"]`,
		"/schemas/custom":             `[]`,
		"/plugins/sources":            `[]`,
		"/plugins/sinks":              `["z"]`,
		"/plugins/functions":          `[]`,
		"/plugins/portables":          `[{"name":"p","file":"file://` + s.root + `/p.zip"}]`,
		"/udf/javascript":             `[]`,
		"/services":                   `[]`,
		"/config/uploads":             `["u.txt"]`,
	} {
		s.get(path).want(t, 200, want)
	}
	s.get("/streams/zz").want(t, 400, `{"error":3000,"message":"describe stream error: Describe stream fails, zz is not found."}`)
	s.get("/tables/s").want(t, 400, `{"error":3000,"message":"describe table error: Describe table fails, s is not found."}`)
	s.get("/rules/zzz").want(t, 404, `{"error":1002,"message":"Describe rule error: Rule zzz is not found."}`)
	s.get("/nothing").want(t, 404, "404 page not found")
	s.send("DELETE", "/rules", "").want(t, 405, "")
}

// TestRuleTextIsKept: the engine re-encodes rules, rounds their numbers and reorders
// their keys.
func TestRuleTextIsKept(t *testing.T) {
	s := open(t)
	text := " {\"sql\":\"SELECT * FROM s\" ,\n\t\"id\":\"r\", \"big\":9007199254740993, \"actions\":[{\"log\":{}}] , \"x\":\"<>&\\u2028\"}\n"
	doc := &bundle.Bundle{}
	doc.Set(core.Ref{Kind: core.Stream, Name: "s"}, `CREATE STREAM s () WITH (DATASOURCE="d")`)
	doc.Set(core.Ref{Kind: core.Rule, Name: "r"}, text)
	data, _ := doc.MarshalJSON()
	for _, query := range []string{"", "?partial=1"} {
		s.importing(string(data), query).want(t, 200, success)
		if a := s.get("/rules/r"); a.body != text || a.Header.Get("Content-Type") != "application/json" {
			t.Errorf("rule came back as %q", a.body)
		}
	}
}

func TestRoot(t *testing.T) {
	s := open(t)
	a := s.send("GET", "/", "", "Authorization", "")
	var info map[string]any
	if err := json.Unmarshal([]byte(a.body), &info); err != nil || info["version"] != "test" || info["upTimeSeconds"] == nil {
		t.Errorf("GET / = %s", a.body)
	}
	a = s.send("GET", "/", "", "Accept", "text/html,application/xhtml+xml")
	if a.StatusCode != 303 || a.Header.Get("Location") != "/ui/" {
		t.Errorf("GET / as a browser = %d to %s", a.StatusCode, a.Header.Get("Location"))
	}
	s.send("GET", "/ping", "", "Authorization", "").want(t, 200, "")
	s.send("HEAD", "/data/export", "").want(t, 200, "")
}

// TestRoles has who may do what over REST. It is the route table, told again.
func TestRoles(t *testing.T) {
	s := open(t)
	tests := []struct {
		method, path, body string
		lowest             string
	}{
		{"GET", "/", "", "anybody"}, {"GET", "/ping", "", "anybody"}, {"GET", "/openapi.json", "", "anybody"},
		{"GET", "/healthz", "", "anybody"}, {"GET", "/readyz", "", "anybody"}, {"GET", "/metrics", "", "viewer"},
		{"POST", "/data/import", content("{}"), "operator"}, {"POST", "/async/data/import", content("{}"), "operator"},
		{"POST", "/async/task/x/cancel", "", "operator"},
		{"GET", "/data/import/status", "", "viewer"}, {"GET", "/data/export", "", "viewer"}, {"POST", "/data/export", "[]", "viewer"},
		{"POST", "/v2/data/import", content("rules: {}"), "operator"}, {"GET", "/v2/data/export", "", "viewer"}, {"POST", "/v2/data/export", "[]", "viewer"},
		{"POST", "/ruleset/import", content("{}"), "operator"}, {"POST", "/ruleset/export", "", "viewer"},
		{"GET", "/async/task/x", "", "viewer"}, {"GET", "/streams", "", "viewer"}, {"GET", "/streams/x", "", "viewer"},
		{"GET", "/streamdetails", "", "viewer"}, {"GET", "/tables", "", "viewer"}, {"GET", "/tables/x", "", "viewer"},
		{"GET", "/tabledetails", "", "viewer"}, {"GET", "/rules", "", "viewer"}, {"GET", "/rules/x", "", "viewer"},
		{"GET", "/metadata/sources/yaml/x", "", "viewer"}, {"GET", "/metadata/sinks/yaml/x", "", "viewer"}, {"GET", "/connections", "", "viewer"},
		{"GET", "/schemas/protobuf", "", "viewer"}, {"GET", "/udf/javascript", "", "viewer"}, {"GET", "/services", "", "viewer"},
		{"POST", "/api/v1/plan", "{}", "operator"}, {"POST", "/api/v1/import", "{}", "operator"}, {"GET", "/api/v1/tasks", "", "viewer"},
		{"GET", "/api/v1/tasks/x", "", "viewer"}, {"GET", "/api/v1/tasks/x/events", "", "viewer"}, {"POST", "/api/v1/tasks/x/cancel", "", "operator"},
		{"GET", "/api/v1/revisions", "", "viewer"}, {"GET", "/api/v1/revisions/1", "", "viewer"}, {"GET", "/api/v1/revisions/1/bundle", "", "viewer"},
		{"POST", "/api/v1/revisions/1/restore", "{}", "operator"}, {"GET", "/api/v1/diff", "", "viewer"}, {"GET", "/api/v1/entries", "", "viewer"},
		{"GET", "/api/v1/entries/rules/x", "", "viewer"},
		{"GET", "/api/v1/audit", "", "admin"}, {"GET", "/api/v1/users", "", "admin"}, {"POST", "/api/v1/users", "{}", "admin"},
		{"PATCH", "/api/v1/users/x", "{}", "admin"}, {"DELETE", "/api/v1/users/x", "", "admin"},
		{"GET", "/api/v1/tokens", "", "admin"}, {"POST", "/api/v1/tokens", "{}", "admin"}, {"DELETE", "/api/v1/tokens/x", "", "admin"},
		{"GET", "/api/v1/nodes", "", "viewer"}, {"POST", "/api/v1/nodes", "{}", "admin"}, {"GET", "/api/v1/nodes/x", "", "viewer"},
		{"PATCH", "/api/v1/nodes/x", "{}", "admin"}, {"DELETE", "/api/v1/nodes/x", "", "admin"}, {"POST", "/api/v1/nodes/x/pull", "", "operator"},
		{"GET", "/api/v1/rollouts", "", "viewer"}, {"POST", "/api/v1/rollouts", "{}", "operator"}, {"GET", "/api/v1/rollouts/x", "", "viewer"}, {"GET", "/api/v1/rollouts/x/events", "", "viewer"},
		{"POST", "/api/v1/rollouts/x/start", "", "operator"}, {"POST", "/api/v1/rollouts/x/pause", "", "operator"}, {"POST", "/api/v1/rollouts/x/resume", "", "operator"},
		{"POST", "/api/v1/rollouts/x/cancel", "", "operator"}, {"POST", "/api/v1/rollouts/x/retry", "", "operator"}, {"POST", "/api/v1/rollouts/x/rollback", "{}", "operator"},
		{"DELETE", "/api/v1/rollouts/x", "", "operator"},
		{"GET", "/api/v1/drift", "", "viewer"}, {"GET", "/api/v1/nodes/x/drift", "", "viewer"}, {"POST", "/api/v1/nodes/x/drift", "", "operator"},
		{"GET", "/api/v1/nodes/x/baseline", "", "viewer"}, {"PUT", "/api/v1/nodes/x/baseline", "{}", "operator"}, {"DELETE", "/api/v1/nodes/x/baseline", "", "operator"},
		{"POST", "/api/v1/nodes/x/baseline/apply", "{}", "operator"}, {"GET", "/api/v1/nodes/x/backups", "", "viewer"}, {"POST", "/api/v1/nodes/x/backups", "{}", "operator"},
		{"GET", "/api/v1/backups", "", "viewer"}, {"GET", "/api/v1/backups/1", "", "viewer"}, {"PATCH", "/api/v1/backups/1", "{}", "operator"}, {"DELETE", "/api/v1/backups/1", "", "operator"},
		{"GET", "/api/v1/backups/1/bundle", "", "viewer"}, {"POST", "/api/v1/backups/1/restore", "{}", "operator"},
		{"GET", "/api/v1/schedules", "", "viewer"}, {"PUT", "/api/v1/schedules", "{}", "admin"}, {"DELETE", "/api/v1/schedules/x", "", "admin"},
		{"GET", "/api/v1/artifacts", "", "viewer"}, {"POST", "/api/v1/artifacts/x/link", "{}", "operator"}, {"GET", "/artifacts/x/y", "", "viewer"},
		{"GET", s.server.Links.Link(strings.Repeat("0", 64), "x", time.Now().Add(time.Hour)), "", "anybody"},
		{"GET", "/config/uploads", "", "viewer"}, {"GET", "/plugins/sources", "", "viewer"}, {"GET", "/plugins/sinks", "", "viewer"},
		{"GET", "/plugins/functions", "", "viewer"}, {"GET", "/plugins/portables", "", "viewer"},
	}
	rank := map[string]int{"anybody": 0, "viewer": 1, "operator": 2, "admin": 3}
	for _, tt := range tests {
		for role, n := range rank {
			token := ""
			if n > 0 {
				token = "Bearer " + s.tokens[role]
			}
			a := s.send(tt.method, tt.path, tt.body, "Authorization", token)
			refused := a.StatusCode == 401 || a.StatusCode == 403
			if allowed := n >= rank[tt.lowest]; allowed == refused || !allowed && n == 0 && a.StatusCode != 401 {
				t.Errorf("%s %s as %s: %d, the lowest that may is %s", tt.method, tt.path, role, a.StatusCode, tt.lowest)
			}
		}
	}
	routes := handlers.APIRoutes(s.server)
	if len(routes) != len(tests) {
		t.Errorf("%d routes are tested, there are %d", len(tests), len(routes))
	}
}

func TestBadTokens(t *testing.T) {
	s := open(t)
	for _, header := range []string{"Bearer nonsense", "Bearer ", "Basic dTpw", s.tokens["admin"]} {
		a := s.send("GET", "/rules", "", "Authorization", header)
		if a.StatusCode != 401 || a.Header.Get("WWW-Authenticate") == "" {
			t.Errorf("Authorization: %.12s… got %d", header, a.StatusCode)
		}
	}
}

// TestCrossOrigin: the engine lets any web page post to it.
func TestCrossOrigin(t *testing.T) {
	s := open(t, func(s *handlers.Server) { s.RESTAuth = false })
	s.send("POST", "/data/import", content("{}"), "Authorization", "").want(t, 200, success)
	for _, h := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"}} {
		if a := s.send("POST", "/data/import", content("{}"), h...); a.StatusCode != 403 {
			t.Errorf("%s got %d", h, a.StatusCode)
		}
	}
	req, _ := http.NewRequest("GET", s.URL+"/data/export", nil)
	req.Host = "rebound.example:9082"
	if a := s.read(http.DefaultClient.Do(req)); a.StatusCode != 403 {
		t.Errorf("under another host name: %d", a.StatusCode)
	}
	if a := s.get("/data/export"); a.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Error("any page may read the export")
	}
	s.send("GET", "/data/export", "", "Authorization", "Bearer wrong").want(t, 401, `{"error":1000,"message":"the token is not known","hint":"make one with: console token add NAME"}`)
}

// TestReboundName has a page under a name that was made to lead here, where requests
// may come under any name.
func TestReboundName(t *testing.T) {
	s := open(t, func(s *handlers.Server) { s.RESTAuth, s.AnyHost = false, true })
	for site, want := range map[string]int{"": 200, "same-origin": 403, "none": 200} {
		req, _ := http.NewRequest("GET", s.URL+"/data/export", nil)
		req.Host = "rebound.example:9082"
		if site != "" {
			req.Header.Set("Sec-Fetch-Site", site)
		}
		if a := s.read(http.DefaultClient.Do(req)); a.StatusCode != want {
			t.Errorf("Sec-Fetch-Site %q under another name: %d, want %d", site, a.StatusCode, want)
		}
	}
}

// TestStatusOfAMissingFile: an import that found no document is no success.
func TestStatusOfAMissingFile(t *testing.T) {
	s := open(t)
	s.importing(s.sample(), "").want(t, 200, success)
	msg := s.post("/data/import", `{"file":"file://`+s.root+`/none"}`).message(t)
	s.get("/data/import/status").want(t, 200, strings.Replace(noErrors, `"streams":{}`, `"streams":{"(bundle)":"`+msg+`"}`, 1))
}

func TestBodyLimit(t *testing.T) {
	s := open(t, func(s *handlers.Server) { s.MaxDocument, s.Transfer.MaxDocument = 1000, 1000 })
	big := content(strings.Repeat(" ", 2000))
	for _, path := range []string{"/data/import", "/async/data/import", "/data/export"} {
		if a := s.post(path, big); a.StatusCode != 413 {
			t.Errorf("POST %s: %d %s", path, a.StatusCode, a.body)
		}
	}
	if a := s.post("/data/import", `{"file":"`+s.write("big.json", strings.Repeat(" ", 2000))+`"}`); a.StatusCode != 413 {
		t.Errorf("a file over the limit: %d %s", a.StatusCode, a.body)
	}
}

// TestParallelTasks: the engine's ids are as fine as a second.
func TestParallelTasks(t *testing.T) {
	s := open(t)
	var ids sync.Map
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			doc := fmt.Sprintf(`{"streams":{"s%d":"CREATE STREAM s%d () WITH ()"}}`, i, i)
			if _, twice := ids.LoadOrStore(s.start(t, "?partial=1", content(doc)), true); twice {
				t.Error("an id was given twice")
			}
		})
	}
	wg.Wait()
	ids.Range(func(id, _ any) bool {
		s.server.Tasks.Wait(ctx, id.(string))
		if status, message := s.taskOf(t, id.(string)); status != "finish" {
			t.Errorf("task %s is %s: %s", id, status, message)
		}
		return true
	})
	if n := exported(t, s.get("/data/export")).Len(); n != 40 {
		t.Errorf("%d of 40 streams are there", n)
	}
}

// TestOpenAPI holds the document to the route table.
func TestOpenAPI(t *testing.T) {
	s := open(t)
	doc, err := openapi3.NewLoader().LoadFromData([]byte(s.get("/openapi.json").body))
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(ctx); err != nil {
		t.Error(err)
	}
	described := map[string]bool{}
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			described[method+" "+path] = true
		}
	}
	for _, route := range handlers.APIRoutes(s.server) {
		if !described[route] {
			t.Errorf("%s is not described", route)
		}
		delete(described, route)
	}
	for route := range described {
		t.Errorf("%s is described and does not exist", route)
	}
}

func TestSecretsAreNotLogged(t *testing.T) {
	var log lockedBuilder
	s := open(t, func(s *handlers.Server) { s.Log = log.logger() })
	s.importing(`{"sourceConfig":{"mqtt":"{\"a\":{\"password\":\"hunter2\"}}"},"rules":{"r":"hunter2"}}`, "")
	s.get("/ui/setup?token=hunter2")
	if out := log.String(); strings.Contains(out, "hunter2") || strings.Contains(out, s.tokens["operator"]) || !strings.Contains(out, "/data/import") {
		t.Errorf("log:\n%s", out)
	}
}
