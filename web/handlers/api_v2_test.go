package handlers_test

import (
	"strings"
	"testing"

	"ekuiper-console/core/artifact/artifacttest"
)

// yamlExample is the engine's example of the second form, with a rule more.
const yamlExample = `
sourceConfig:
    sources.mqtt.k:
        server: tcp://h:1883
streams:
    demo: {sql: 'CREATE STREAM demo () WITH (DATASOURCE="d")'}
rules:
    r1: {triggered: false, id: r1, sql: SELECT * FROM demo, actions: [{log: {}}]}
    r2: {id: r2, sql: SELECT * FROM demo, actions: [{log: {}}], mine: {big: 123456789012345678901234567890}}
`

// TestV2 imports the second form, and gets it back.
func TestV2(t *testing.T) {
	s := open(t)
	s.importing(`{"streams":{"old":"CREATE STREAM old () WITH (DATASOURCE=\"d\")"},"scripts":{"area":"{\"id\":\"area\",\"script\":\"function area(x) { return x; }\",\"isAgg\":false}"}}`, "").want(t, 200, success)
	s.post("/v2/data/import", content(yamlExample)).want(t, 200, "success")
	s.wantAll(t, `{"sourceConfig":{"mqtt":"{\"k\":{\"server\":\"tcp://h:1883\"}}"},
		"streams":{"demo":"CREATE STREAM demo () WITH (DATASOURCE=\"d\")","old":"CREATE STREAM old () WITH (DATASOURCE=\"d\")"},
		"scripts":{"area":"{\"id\":\"area\",\"script\":\"function area(x) { return x; }\",\"isAgg\":false}"},
		"rules":{"r1":"{\"triggered\":false,\"id\":\"r1\",\"sql\":\"SELECT * FROM demo\",\"actions\":[{\"log\":{}}]}",
			"r2":"{\"id\":\"r2\",\"sql\":\"SELECT * FROM demo\",\"actions\":[{\"log\":{}}],\"mine\":{\"big\":123456789012345678901234567890}}"}}`)

	a := s.get("/v2/data/export")
	if ct := a.Header.Get("Content-Type"); a.StatusCode != 200 || ct != "application/yaml" || !strings.Contains(a.Header.Get("Content-Disposition"), ".yaml") {
		t.Errorf("export: %d %s %s", a.StatusCode, ct, a.Header.Get("Content-Disposition"))
	}
	for _, want := range []string{"  r2:\n    triggered: true\n    id: r2\n", "big: 123456789012345678901234567890\n", "  sources.mqtt.k:\n    server: tcp://h:1883\n", "scripts:\n  area:\n"} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the export has no %q:\n%s", want, a.body)
		}
	}
	before := s.get("/data/export").body
	s.post("/v2/data/import", content(a.body)).want(t, 200, "success")
	s.get("/data/export").want(t, 200, before)
	s.post("/v2/data/import", `{"file":"`+s.write("a.yaml", a.body)+`","partial":false,"reboot":true}`).want(t, 200, "success")
	s.get("/data/export").want(t, 200, before)
	if a := s.post("/v2/data/export", `["r1"]`); a.StatusCode != 200 || strings.Contains(a.body, "r2") || !strings.Contains(a.body, "demo") {
		t.Errorf("export of r1: %d %s", a.StatusCode, a.body)
	}
	if a := s.post("/v2/data/export", `["nobody"]`); a.StatusCode != 404 {
		t.Errorf("export of nobody: %d %s", a.StatusCode, a.body)
	}
}

// TestV2Secrets: the options are those of the other form.
func TestV2Secrets(t *testing.T) {
	s := open(t)
	s.importing(withSecrets, "").want(t, 200, success)
	before := s.get("/data/export").body
	masked := s.get("/v2/data/export?secrets=masked").body
	if strings.Contains(masked, "p1") || !strings.Contains(masked, "password: ••••••") {
		t.Errorf("masked: %s", masked)
	}
	s.post("/v2/data/import", content(masked)).want(t, 200, "success")
	s.get("/data/export").want(t, 200, before)
}

// TestV2Plugins: the engine takes its portable plugins for native ones.
func TestV2Plugins(t *testing.T) {
	s := open(t)
	zip, p := s.write("a.zip", string(artifacttest.Native("a"))), s.write("p.zip", string(artifacttest.Portable("p", "p")))
	doc := "nativePlugins:\n  sources_a: {name: a, file: " + zip + "}\nportablePlugins:\n  p: {name: p, file: " + p + "}\n"
	s.post("/v2/data/import", content(doc)).want(t, 200, "success")
	s.wantAll(t, `{"nativePlugins":{"sources_a":"{\"name\":\"a\",\"file\":\"`+zip+`\"}"},"portablePlugins":{"p":"{\"name\":\"p\",\"file\":\"`+p+`\"}"}}`)
}

// TestV2Refusals has the engine's texts, and leaves everything as it was.
func TestV2Refusals(t *testing.T) {
	s := open(t)
	s.post("/v2/data/import", content(yamlExample)).want(t, 200, "success")
	before := s.get("/data/export").body
	tests := []struct{ body, message string }{
		{``, `Invalid body: Error decoding json: EOF`},
		{`{}`, `Invalid body: must specify content or file: bad request`},
		{`{"content":"x: 1","file":"x"}`, `Invalid body: Cannot specify both content and file: bad request`},
		{`{"file":"ftp://h/x"}`, `Fail to read file: unsupported url scheme ftp`},
		{content("rules:\n  a: 5"), `import failed: rules/a is neither an object nor a text`},
		{content("rules:\n  a: {}\n  a: {}"), `import failed: a is there already, in line 2`},
		{content("sourceConfig:\n  mqtt: {}"), `import failed: mqtt isn't valid conf key`},
		{content("rules:\n  r1: {id: r1, sql: SELECT, actions: []}\nstreams:\n  new: {sql: CREATE STREAM new () WITH ()}"),
			`import failed: replace rule r1 failed, err:Invalid rule json: Parse SQL SELECT error: found "EOF", expected expression..`},
		{content("streams:\n  x: {sql: CREATE STWREAM x}"), `import failed: replace stream x failed, err:found "STWREAM", expected keyword stream or table.`},
		{content("tables:\n  x: {sql: CREATE STREAM x () WITH ()}"), `import failed: replace stream x failed, err:table x is not found`},
		{content("uploads:\n  x: {name: x}"), `import failed: import upload x failed, err:invalid body: content or FilePath is required`},
		{content("connectionConfig:\n  connections.mqtt.c: {password: ••••••}"), `import failed: import connection mqtt failed, err:c.password is masked (••••••) and local has no value to keep`},
	}
	for _, tt := range tests {
		a := s.post("/v2/data/import", tt.body)
		if got := a.message(t); a.StatusCode != 400 || got != tt.message {
			t.Errorf("POST /v2/data/import %s\n got %d %s\nwant 400 %s", tt.body, a.StatusCode, got, tt.message)
		}
		s.get("/data/export").want(t, 200, before)
	}
	a := s.post("/v2/data/import", content("rules:\n  a: {id: a}\n  b: {id: b}"))
	if strings.Count(a.body, `"severity":"error"`) != 2 {
		t.Errorf("the findings are not all told: %s", a.body)
	}
	if a := s.post("/v2/data/import", content("rules:\n  a: {id: a\n  b: {}")); !strings.Contains(a.body, "the trouble is at line ") {
		t.Errorf("a syntax error has no place: %s", a.body)
	}
}

// TestRuleset imports streams, tables and rules, and exports them.
func TestRuleset(t *testing.T) {
	s := open(t)
	s.importing(`{"streams":{"old":"CREATE STREAM old () WITH (DATASOURCE=\"d\")"}}`, "").want(t, 200, success)
	const doc = `{"streams":{"demo":"CREATE STREAM demo () WITH (DATASOURCE=\"d\")"},"rules":{"r1":"{\"id\":\"r1\",\"sql\":\"SELECT * FROM demo\",\"actions\":[{\"log\":{}}]}"},"scripts":{"area":"{}"}}`
	s.post("/ruleset/import", content(doc)).want(t, 200, "imported 1 streams, 0 tables and 1 rules")
	s.post("/ruleset/import", content(doc)).want(t, 200, "imported 1 streams, 0 tables and 1 rules")
	const all = `{"streams":{"demo":"CREATE STREAM demo () WITH (DATASOURCE=\"d\")","old":"CREATE STREAM old () WITH (DATASOURCE=\"d\")"},"tables":{},"rules":{"r1":"{\"id\":\"r1\",\"sql\":\"SELECT * FROM demo\",\"actions\":[{\"log\":{}}]}"}}`
	s.post("/ruleset/export", "").want(t, 200, all)
	s.importing(`{"connectionConfig":{"mqtt":"{\"c\":{\"password\":\"p1\"}}"}}`, "?partial=1").want(t, 200, success)
	s.post("/ruleset/export", "").want(t, 200, all)
}

// TestRulesetRefusals: the engine drops the connection, or answers 200.
func TestRulesetRefusals(t *testing.T) {
	s := open(t)
	tests := []struct{ body, message string }{
		{`{bad`, `Invalid body: Error decoding json: invalid character 'b' looking for beginning of object key string`},
		{`{}`, `Invalid body: must specify content or file: bad request`},
		{`{"content":"{}","file":"x"}`, `Invalid body: Cannot specify both content and file: bad request`},
		{`{"file":"nope.json"}`, `Fail to read file: parse "nope.json": invalid URI for request`},
		{content(`not json`), `configuration unmarshal with error invalid character 'o' in literal null (expecting 'u')`},
	}
	for _, tt := range tests {
		if a := s.post("/ruleset/import", tt.body); a.StatusCode != 400 || a.message(t) != tt.message {
			t.Errorf("POST /ruleset/import %s: %d %s, want 400 %s", tt.body, a.StatusCode, a.body, tt.message)
		}
	}
	a := s.post("/ruleset/import", content(`{"streams":{"a":"CREATE STREAM a () WITH (DATASOURCE=\"d\")","b":"CREATE b"},"rules":{"r":"null"}}`))
	if m := a.message(t); a.StatusCode != 400 || !strings.Contains(m, `"b":"`) || !strings.Contains(m, `"r":"`) || !strings.Contains(a.body, `"hint":"imported 1 streams, 0 tables and 0 rules"`) {
		t.Errorf("with failures: %d %s", a.StatusCode, a.body)
	}
	s.get("/streams").want(t, 200, `["a"]`)
}
