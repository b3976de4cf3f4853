package transfer

import (
	"fmt"
	"strings"
	"testing"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
)

// entries makes a bundle of lines of the form "section/name = text".
func entries(t *testing.T, lines ...string) *bundle.Bundle {
	t.Helper()
	b := &bundle.Bundle{}
	for _, line := range lines {
		name, text, _ := strings.Cut(line, " = ")
		ref, err := core.ParseRef(name)
		if err != nil {
			t.Fatal(err)
		}
		b.Set(ref, text)
	}
	return b
}

// said returns what an import says of rules: "severity line:column message <cause> (hint)".
func said(mode plan.Mode, current, next *bundle.Bundle) string {
	p := plan.New(mode, plan.Snapshot{Bundle: current}, next, newChecker(mode, plan.Snapshot{Bundle: current}, next, &fetches{}).check)
	var out []string
	for _, s := range p.Steps {
		for _, f := range s.Findings {
			if s.Ref.Kind != core.Rule {
				continue
			}
			line := fmt.Sprintf("%v %d:%d %s", f.Severity, f.Line, f.Column, f.Message)
			if f.Cause != nil {
				line += fmt.Sprintf(" <%v>", f.Cause)
			}
			if f.Hint != "" {
				line += fmt.Sprintf(" (%s)", f.Hint)
			}
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}

func TestPlanned(t *testing.T) {
	const (
		demo = `streams/demo = CREATE STREAM demo (id BIGINT, temp FLOAT) WITH (DATASOURCE="d")`
		area = `scripts/area = {"id":"area","script":"function area(x){return x}"}`
	)
	rule := func(sql, action string) string {
		return fmt.Sprintf(`rules/r = {"sql":%q,"actions":[%s]}`, sql, action)
	}
	const log = `{"log":{}}`
	tests := []struct {
		name    string
		entries []string
		full    string
		partial string // where it is not as in full
	}{
		{"all is well", []string{demo, rule("SELECT id FROM demo", log)}, "", ""},
		{"a misspelt stream", []string{demo, rule("SELECT id FROM dmeo", log)},
			"warning 1:24 stored, will not start: fail to get stream dmeo, please check if stream is created (did you mean demo?)",
			"error 1:24 fail to get stream dmeo, please check if stream is created (did you mean demo?)"},
		{"a refused stream", []string{"streams/demo = CREATE demo", rule("SELECT id FROM demo", log)},
			"warning 1:24 stored, will not start: fail to get stream demo, please check if stream is created <streams/demo> (it follows from the error of streams/demo)",
			"error 1:24 fail to get stream demo, please check if stream is created <streams/demo> (it follows from the error of streams/demo)"},
		{"a misspelt column", []string{demo, rule("SELECT tmep FROM demo", log)},
			"warning 1:16 stored, will not start: unknown field tmep (did you mean temp?)",
			"error 1:16 unknown field tmep (did you mean temp?)"},
		{"a misspelt function", []string{demo, area, rule("SELECT aera(id) FROM demo", log)},
			"error 1:16 Parse SQL SELECT aera(id) FROM demo error: function aera not found. (did you mean area?)",
			"error 1:16 Invalid rule json: Parse SQL SELECT aera(id) FROM demo error: function aera not found. (did you mean area?)"},
		{"a misspelt sink", []string{demo, rule("SELECT id FROM demo", `{"mqqt":{}}`)},
			"warning 1:49 stored, will not start: sink mqqt is not defined (did you mean mqtt?)",
			"error 1:49 sink mqqt is not defined (did you mean mqtt?)"},
		{"a sink of a native plugin", []string{demo, `nativePlugins/sinks_tdengine = {"name":"tdengine","file":"https://h/t.zip"}`, rule("SELECT id FROM demo", `{"tdengine":{}}`)}, "", ""},
		{"a sink of a refused plugin", []string{demo, `nativePlugins/sinks_tdengine = {"name":"tdengine","file":"x"}`, rule("SELECT id FROM demo", `{"tdengine":{}}`)},
			"warning 1:53 stored, will not start: sink tdengine is not defined <nativePlugins/sinks_tdengine> (it follows from the error of nativePlugins/sinks_tdengine)",
			"error 1:53 sink tdengine is not defined <nativePlugins/sinks_tdengine> (it follows from the error of nativePlugins/sinks_tdengine)"},
		{"a sink that a portable plugin may bring", []string{demo, `portablePlugins/x = {"name":"x","file":"https://h/x.zip"}`, rule("SELECT id FROM demo", `{"own":{}}`)},
			"warning 0:0 own is not built in; it is taken for a part of one of the portable plugins or services (see that one of them brings it)", ""},
		{"a connection", []string{demo, `connectionConfig/mqtt = {"c":{"server":"tcp://h:1"}}`, rule("SELECT id FROM demo", `{"mqtt":{"connectionSelector":"mqtt.c","topic":"t"}}`)}, "", ""},
		{"a schema", []string{demo, `Schema/protobuf_s = {"type":"protobuf","name":"s","content":"message M { required int64 id = 1; }"}`,
			rule("SELECT id FROM demo", `{"log":{"format":"protobuf","schemaId":"s.M"}}`)}, "", ""},
		{"a missing schema", []string{demo, rule("SELECT id FROM demo", `{"log":{"format":"protobuf","schemaId":"s.M"}}`)},
			"warning 1:80 stored, will not start: schema type protobuf id s not found in registry (bring the schema protobuf_s)",
			"error 1:80 schema type protobuf id s not found in registry (bring the schema protobuf_s)"},
		{"a graph over a stream", []string{demo, `rules/r = {"graph":{"nodes":{"a":{"type":"source","nodeType":"mqtt","props":{"sourceName":"demo"}},"b":{"type":"sink","nodeType":"log","props":{}}},"topo":{"sources":["a"],"edges":{"a":["b"]}}}}`}, "", ""},
	}
	for _, tt := range tests {
		if tt.partial == "" {
			tt.partial = tt.full
		}
		for mode, want := range map[plan.Mode]string{plan.Full: tt.full, plan.Partial: tt.partial} {
			if got := said(mode, &bundle.Bundle{}, entries(t, tt.entries...)); got != want {
				t.Errorf("%s, %v\n got %s\nwant %s", tt.name, mode, got, want)
			}
		}
	}
}

// TestPlannedOver has rules over what is there already.
func TestPlannedOver(t *testing.T) {
	current := entries(t, `streams/demo = CREATE STREAM demo (id BIGINT) WITH (DATASOURCE="d")`)
	next := entries(t, `rules/r = {"sql":"SELECT id FROM demo","actions":[{"log":{}}]}`)
	if got := said(plan.Partial, current, next); got != "" {
		t.Errorf("a partial import over the stream: %s", got)
	}
	if got := said(plan.Full, current, next); !strings.Contains(got, "fail to get stream demo") {
		t.Errorf("a full import that takes the stream away: %s", got)
	}
}
