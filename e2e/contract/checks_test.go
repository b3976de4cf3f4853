package contract

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// checks are the whole contract, one after the other: they all change the one server.
func (s *server) checks(t *testing.T) {
	for _, c := range []struct {
		name  string
		check func(*testing.T)
	}{
		{"greets", s.greets}, {"refuses bodies", s.refusesBodies}, {"refuses documents", s.refusesDocuments},
		{"imports in place of all", s.imports}, {"imports over what is there", s.importsOver}, {"reads a body leniently", s.lenient},
		{"reports by section", s.reports}, {"words its refusals", s.words}, {"tells the status", s.tellsStatus},
		{"exports all", s.exports}, {"exports some rules", s.exportsSome}, {"takes its own export", s.takesItsOwn},
		{"imports in the background", s.async}, {"tells of rules", s.rules},
	} {
		t.Run(c.name, c.check)
	}
	s.set(t, document{})
}

func (s *server) greets(t *testing.T) {
	s.ask(t, "GET", "/ping", "").want(t, "GET /ping", 200, "")
	var about struct {
		Version string
		UpTime  *int64 `json:"upTimeSeconds"`
	}
	if a := s.ask(t, "GET", "/", ""); json.Unmarshal([]byte(a.body), &about) != nil || about.Version == "" || about.UpTime == nil {
		t.Errorf("GET /: %d %s", a.status, short(a.body))
	}
}

// kept is what a server holds before it refuses something.
var kept = document{"streams": {"kept": stream("kept")}}

func (s *server) refusesBodies(t *testing.T) {
	s.set(t, kept)
	for body, message := range map[string]string{
		"":                             `Invalid body: Error decoding json: EOF`,
		`{}`:                           `Invalid body: must specify content or file`,
		`{"content":""}`:               `Invalid body: must specify content or file`,
		`[]`:                           `Invalid body: Error decoding json: json: cannot unmarshal array into Go value of type server.configurationInfo`,
		`{"content":5}`:                `Invalid body: Error decoding json: json: cannot unmarshal number into Go struct field configurationInfo.content of type string`,
		`{bad`:                         `Invalid body: Error decoding json: invalid character 'b' looking for beginning of object key string`,
		`{"content":"{}","file":"x"}`:  `Invalid body: Cannot specify both content and file`,
		`{"file":"ftp://h/x.json"}`:    ``, // in words that differ by version
		`{"file":"nope.json"}`:         `parse "nope.json": invalid URI for request`,
		`{"file":"file:///nope.json"}`: ``, // by what the server may read
	} {
		for _, path := range []string{"/data/import", "/data/import?partial=1"} {
			s.ask(t, "POST", path, body).want(t, "POST "+path+" "+body, 400, message)
		}
	}
	s.same(t, "after bodies that were refused", kept)
}

// refusesDocuments sends what is no bundle. An engine has emptied itself by then.
func (s *server) refusesDocuments(t *testing.T) {
	for text, message := range map[string]string{
		`not json`:            `invalid character 'o' in literal null (expecting 'u')`,
		`[]`:                  `json: cannot unmarshal array into Go value of type server.Configuration`,
		`{} xx`:               `invalid character 'x' after top-level value`,
		`{"streams":[]}`:      `json: cannot unmarshal array into Go struct field Configuration.streams of type map[string]string`,
		`{"streams":{"a":5}}`: `json: cannot unmarshal number into Go struct field Configuration.streams of type string`,
		`{"streams":{"a":"`:   `unexpected end of JSON input`,
	} {
		s.set(t, kept)
		s.ask(t, "POST", "/data/import?partial=1", content(text)).want(t, "over what is there: "+text, 400, "configuration unmarshal with error "+message)
		s.same(t, "after a partial import of "+text, kept)
		s.ask(t, "POST", "/data/import", content(text)).want(t, text, 400, "configuration unmarshal with error "+message)
		s.same(t, "after "+text, either(s, kept, document{}))
	}
}

// taken is the body of an import of which all was taken.
func taken(t testing.TB, what, body string) {
	t.Helper()
	var success struct {
		ErrorMsg       *string
		ConfigResponse document
	}
	if err := json.Unmarshal([]byte(body), &success); err != nil || success.ErrorMsg == nil || *success.ErrorMsg != "" {
		t.Errorf("%s: %s (%v)", what, short(body), err)
		return
	}
	if got := slices.Sorted(maps.Keys(success.ConfigResponse)); !slices.Equal(got, slices.Sorted(slices.Values(sections))) {
		t.Errorf("%s: the sections are %v", what, got)
	}
	if said := success.ConfigResponse.entries(); len(said) > 0 {
		t.Errorf("%s: says %v", what, said)
	}
}

func (s *server) imports(t *testing.T) {
	first := document{"streams": {"a": stream("a"), "b": stream("b")}, "tables": {"tab": table("tab")}, "rules": {"r": rule("r", "a")}}
	second := document{"streams": {"c": stream("c") + " "}}
	for _, d := range []document{first, second, {}} {
		a := s.ask(t, "POST", "/data/import", d.body())
		a.want(t, "import", 200, "")
		taken(t, "a full import", a.body)
		if got := a.header.Get("Content-Type"); !strings.HasPrefix(got, either(s, "application/json", "text/plain")) {
			t.Errorf("the answer has the type %s", got)
		}
		s.same(t, "after a full import", d)
	}
	for _, nothing := range []string{`null`, `{"streams":null}`, `{"nosuch":{"a":"b"}}`} {
		a := s.ask(t, "POST", "/data/import", content(nothing))
		a.want(t, nothing, 200, "")
		taken(t, nothing, a.body)
	}
}

func (s *server) importsOver(t *testing.T) {
	s.set(t, document{"streams": {"a": stream("a")}, "rules": {"r": rule("r", "a")}})
	next := strings.Replace(rule("r", "a"), "SELECT *", "SELECT x", 1)
	a := s.ask(t, "POST", "/data/import?partial=1", document{"streams": {"b": stream("b")}, "rules": {"r": next}}.body())
	a.want(t, "a partial import", 200, "")
	taken(t, "a partial import", a.body)
	s.same(t, "after a partial import", document{"streams": {"a": stream("a"), "b": stream("b")}, "rules": {"r": next}})

	// All but 1 is for an engine as if it were not there: it empties itself.
	a = s.ask(t, "POST", "/data/import?partial=true", document{"streams": {"c": stream("c")}}.body())
	a.want(t, "partial=true", either(s, 400, 200), "")
	s.same(t, "after partial=true", either(s, document{"streams": {"a": stream("a"), "b": stream("b")}, "rules": {"r": next}}, document{"streams": {"c": stream("c")}}))
}

func (s *server) lenient(t *testing.T) {
	s.ask(t, "POST", "/data/import", content(`{}`)+" trailing").want(t, "what stands behind the body", 200, "")
	s.ask(t, "POST", "/data/import", `{"Content":"{}"}`).want(t, "a name in another case", 200, "")
	s.set(t, document{})
	s.ask(t, "POST", "/data/import", content(`{"Streams":{"a":`+quoted(stream("a"))+`},"streams":{"b":`+quoted(stream("b"))+`}}`)).want(t, "a section twice", 200, "")
	s.same(t, "after a section twice", document{"streams": {"a": stream("a"), "b": stream("b")}})
}

// quoted writes a text as JSON.
func quoted(text string) string {
	data, err := json.Marshal(text)
	if err != nil {
		panic(err) // a string always encodes
	}
	return string(data)
}

// reports imports what is partly wrong: the rest is taken, and the message is a report.
func (s *server) reports(t *testing.T) {
	for _, path := range []string{"/data/import", "/data/import?partial=1"} {
		s.set(t, document{})
		a := s.ask(t, "POST", path, document{"streams": {"good": stream("good"), "demo": "CREATE STWREAM demo () WITH (DATASOURCE=\"users\")"}}.body())
		report, err := parse(a.message)
		if a.status != 400 || err != nil {
			t.Errorf("POST %s: %d %s", path, a.status, short(a.body))
			continue
		}
		order := -1
		for _, section := range sections {
			at := strings.Index(a.message, `"`+section+`":`)
			if at < order {
				t.Errorf("the report has no %s, or in another place: %s", section, a.message)
			}
			order = at
		}
		if said := fmt.Sprint(report.entries()); said != `map[streams/demo:found "STWREAM", expected keyword stream or table.]` {
			t.Errorf("the report says %s", said)
		}
		s.same(t, "after a report", document{"streams": {"good": stream("good")}})
	}
}

// invalidRule stands before what an engine says of the form of a rule.
const invalidRule = "Invalid rule json: "

// words sends entries that a partial import refuses.
func (s *server) words(t *testing.T) {
	for _, c := range []struct{ section, name, text, message string }{
		{"streams", "a", "", "Invalid stream statement: "},
		{"streams", "a", "DROP STREAM a", "Invalid stream statement: DROP STREAM a"},
		{"streams", "a", stream("b"), "Replace a fails: the sql statement must update the a source."},
		{"streams", "a", table("a"), "stream a is not found"},
		{"tables", "a", stream("a"), "table a is not found"},
		{"streams", "a", `CREATE STREAM a () WITH (DATASOURCE="x", TEMP="true")`, "Replace a fails: cannot replace with temp option."},
		{"rules", "r", "", invalidRule + "Parse rule  error : unexpected end of JSON input."},
		{"rules", "r", rule("q", "kept"), invalidRule + "RuleId is not consistent with rule id."},
		{"rules", "r", `{"id":"r","sql":"SELECT * FROM kept"}`, invalidRule + "Missing rule actions."},
		{"rules", "r", `{"id":"r","actions":[{"log":{}}]}`, invalidRule + "Rule r has neither sql nor graph."},
		{"rules", "r", rule("r", "nosuch"), "fail to get stream nosuch, please check if stream is created"},
		{"rules", "r", strings.Replace(rule("r", "kept"), `"log"`, `"nosuch"`, 1), "sink nosuch is not defined"},
		{"sourceConfig", "mqtt", `[]`, "json: cannot unmarshal array into Go value of type meta.YamlConfigurations"},
		{"sinkConfig", "mqtt", `{`, "unexpected end of JSON input"},
		{"uploads", "x", `{"name":"x"}`, "invalid body: content or FilePath is required"},
	} {
		s.set(t, kept)
		a := s.ask(t, "POST", "/data/import?partial=1", document{c.section: {c.name: c.text}}.body())
		report, err := parse(a.message)
		got, want := report[c.section][c.name], c.message
		if s.console { // it says of every rule that it is one that is refused
			got, want = strings.TrimPrefix(got, invalidRule), strings.TrimPrefix(want, invalidRule)
		}
		if a.status != 400 || err != nil || got != want {
			t.Errorf("%s/%s=%s: %d %s, want %s", c.section, c.name, c.text, a.status, short(a.body), c.message)
		}
		s.same(t, "after "+c.text, kept)
	}
}

// tellsStatus looks what is told of the last import. An engine tells of full ones only.
func (s *server) tellsStatus(t *testing.T) {
	status := func() document {
		t.Helper()
		d, err := parse(s.ask(t, "GET", "/data/import/status", "").body)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	s.ask(t, "POST", "/data/import", document{"streams": {"demo": "CREATE STWREAM demo"}, "rules": {"r": "{}"}}.body())
	if got := status(); !strings.Contains(got["streams"]["demo"], "STWREAM") || got["rules"]["r"] == "" {
		t.Errorf("after a full import: %v", got.entries())
	}
	s.set(t, kept)
	if got := status().entries(); len(got) > 0 {
		t.Errorf("after one of which all was taken: %v", got)
	}
	s.ask(t, "POST", "/data/import?partial=1", document{"streams": {"demo": "CREATE STWREAM demo"}}.body())
	if got := status()["streams"]["demo"] != ""; got != s.console {
		t.Errorf("after a partial import that was refused: %v", status().entries())
	}
}

func (s *server) exports(t *testing.T) {
	s.set(t, document{"streams": {"b": stream("b"), "a": stream("a")}, "rules": {"r": rule("r", "a")}})
	a := s.ask(t, "GET", "/data/export", "")
	if a.status != 200 || !strings.HasPrefix(strings.ToLower(a.header.Get("Content-Disposition")), "attachment") {
		t.Errorf("GET /data/export: %d %v", a.status, a.header)
	}
	at := -1
	for _, section := range sections {
		next := strings.Index(a.body, `"`+section+`":{`)
		if next < at || next < 0 {
			t.Errorf("section %s is not there, or in another place: %s", section, short(a.body))
		}
		at = next
	}
	if strings.Index(a.body, `"a":"`) > strings.Index(a.body, `"b":"`) {
		t.Errorf("the names are not sorted: %s", short(a.body))
	}
	s.same(t, "what was imported", document{"streams": {"b": stream("b"), "a": stream("a")}, "rules": {"r": rule("r", "a")}})
}

// exportsSome exports rules with what they need.
func (s *server) exportsSome(t *testing.T) {
	s.set(t, document{
		"streams": {"a": stream("a"), "b": stream("b"), "c": stream("c")}, "tables": {"tab": table("tab")},
		"rules": {"one": rule("one", "a"), "two": strings.Replace(rule("two", "b"), "FROM b", "FROM b INNER JOIN tab ON b.id = tab.id", 1), "three": rule("three", "c")},
	})
	for body, want := range map[string]string{
		`["one"]`:       "rules/one streams/a",
		`["one","one"]`: "rules/one streams/a",
		`["two"]`:       "rules/two streams/b tables/tab",
		`["two","one"]`: "rules/one rules/two streams/a streams/b tables/tab",
		`[]`:            "",
	} {
		a := s.ask(t, "POST", "/data/export", body)
		d, err := parse(a.body)
		if got := strings.Join(slices.Sorted(maps.Keys(d.entries())), " "); a.status != 200 || err != nil || got != want {
			t.Errorf("POST /data/export %s: %d %s, want %s", body, a.status, got, want)
		}
	}
	// An engine exports what is not there with an empty text, which no import takes.
	a := s.ask(t, "POST", "/data/export", `["nosuch"]`)
	if s.console && a.status < 400 || !s.console && (a.status != 200 || !strings.Contains(a.body, `"nosuch":""`)) {
		t.Errorf("a rule that is not there: %d %s", a.status, short(a.body))
	}
	if a := s.ask(t, "POST", "/data/export", `{"no":"list"}`); (a.status >= 400) != s.console {
		t.Errorf("no list of rules: %d", a.status)
	}
}

// takesItsOwn imports what was exported. An engine refuses a version that it has already.
func (s *server) takesItsOwn(t *testing.T) {
	versioned := strings.Replace(stream("v"), "WITH (", `WITH (VERSION="2", `, 1)
	s.set(t, document{"streams": {"v": versioned}})
	own := s.ask(t, "GET", "/data/export", "").body
	s.ask(t, "POST", "/data/import", content(own)).want(t, "its own export, in place of all", 200, "")
	s.ask(t, "POST", "/data/import?partial=1", content(own)).want(t, "its own export, over what is there", either(s, 200, 400), "")
	older := strings.Replace(versioned, `"2"`, `"1"`, 1)
	a := s.ask(t, "POST", "/data/import?partial=1", document{"streams": {"v": older}}.body())
	if report, _ := parse(a.message); a.status != 400 || report["streams"]["v"] != "source v already exists with version (2), new version (1) is lower" {
		t.Errorf("an older version: %d %s", a.status, short(a.body))
	}
	s.same(t, "after an older version", document{"streams": {"v": versioned}})
}

// job is a task of the server.
type job struct {
	ID      string `json:"id"`
	Status  string `json:"status"`
	Message string `json:"message"`
	Created int64  `json:"createdTimestamp"`
	Updated int64  `json:"updatedTimestamp"`
}

// begin starts an import in the background.
func (s *server) begin(t *testing.T, body string) (j job) {
	t.Helper()
	time.Sleep(either(s, 0, 1100*time.Millisecond)) // an engine has one id for all of a second
	a := s.ask(t, "POST", "/async/data/import?partial=1", body)
	if err := json.Unmarshal([]byte(a.body), &j); a.status != 200 || err != nil || j.ID == "" {
		t.Fatalf("POST /async/data/import: %d %s", a.status, short(a.body))
	}
	return j
}

// over waits for a task to end.
func (s *server) over(t *testing.T, id string) (j job) {
	t.Helper()
	for until := time.Now().Add(30 * time.Second); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		a := s.ask(t, "GET", "/async/task/"+id, "")
		if err := json.Unmarshal([]byte(a.body), &j); a.status != 200 || err != nil || j.ID != id || j.Created == 0 || j.Updated < j.Created {
			t.Fatalf("GET /async/task/%s: %d %s", id, a.status, short(a.body))
		}
		if j.Status != "register" && j.Status != "running" {
			return j
		}
	}
	t.Fatalf("task %s does not end", id)
	return j
}

func (s *server) async(t *testing.T) {
	s.set(t, kept)
	good := s.over(t, s.begin(t, document{"streams": {"later": stream("later")}}.body()).ID)
	if taken(t, "a task that is over", good.Message); good.Status != "finish" {
		t.Errorf("a task: %+v", good)
	}
	s.same(t, "after a task", document{"streams": {"kept": stream("kept"), "later": stream("later")}})
	for body, message := range map[string]string{
		`{}`: "err:Invalid body: must specify content or file", document{"streams": {"x": "CREATE"}}.body(): "err:process error, response:{",
	} {
		bad := s.over(t, s.begin(t, body).ID)
		if bad.Status != "error" || !strings.HasPrefix(bad.Message, message) {
			t.Errorf("a task of %s: %+v, want %s", body, bad, message)
		}
	}
	for method, path := range map[string]string{"GET": "/async/task/nosuch", "POST": "/async/task/nosuch/cancel"} {
		s.ask(t, method, path, "").want(t, path, http.StatusBadRequest, "async task: nosuch not found")
	}
	if s.console { // an engine has one id for all of a second
		if one, two := s.begin(t, content("{}")).ID, s.begin(t, content("{}")).ID; one == two {
			t.Errorf("two tasks are called %s", one)
		}
	}
}

func (s *server) rules(t *testing.T) {
	text := rule("r", "a")
	s.set(t, document{"streams": {"a": stream("a")}})
	s.ask(t, "POST", "/data/import?partial=1", document{"rules": {"r": text}}.body()).want(t, "a rule", 200, "")
	var list []struct{ ID, Status string }
	if a := s.ask(t, "GET", "/rules", ""); json.Unmarshal([]byte(a.body), &list) != nil || len(list) != 1 || list[0].ID != "r" || !strings.HasPrefix(list[0].Status, "stopped") {
		t.Errorf("GET /rules: %d %s", a.status, short(a.body))
	}
	if a := s.ask(t, "GET", "/rules/r", ""); a.status != 200 || a.body != text {
		t.Errorf("GET /rules/r: %d %s", a.status, short(a.body))
	}
	s.ask(t, "GET", "/rules/nosuch", "").want(t, "a rule that is not there", 404, "")
	a := s.ask(t, "GET", "/rules/r/status", "") // a console runs no rules
	if a.status != either(s, 404, 200) || !s.console && !strings.Contains(a.body, "stopped") {
		t.Errorf("GET /rules/r/status: %d %s", a.status, short(a.body))
	}
}
