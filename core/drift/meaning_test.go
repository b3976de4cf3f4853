package drift

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
)

func replaced(kind core.Kind, name, old, new string) []plan.Change {
	return Meant([]plan.Change{{Action: plan.Replace, Ref: core.Ref{Kind: kind, Name: name}, Old: old, New: new}})
}

// TestMeant compares what a baseline says with what a node holds.
func TestMeant(t *testing.T) {
	const stream = `CREATE STREAM s (a bigint) WITH (DATASOURCE="d", FORMAT="json")`
	for _, c := range []struct {
		kind     core.Kind
		name     string
		old, new string
		drifted  bool
	}{
		{core.Stream, "s", stream, `create stream s (a BIGINT)  with (format="json", datasource="d");`, false},
		{core.Stream, "s", stream, `CREATE STREAM s (a float) WITH (DATASOURCE="d", FORMAT="json")`, true},
		{core.Rule, "r", `{"id":"r","sql":"SELECT a FROM s"}`, "{ \"sql\": \"select  a from s\",\n\"id\":\"r\" }", false},
		{core.Rule, "r", `{"id":"r","sql":"SELECT a FROM s"}`, `{"triggered":true,"id":"r","sql":"SELECT a FROM s"}`, false},
		{core.Rule, "r", `{"id":"r","sql":"SELECT a FROM s"}`, `{"triggered":false,"id":"r","sql":"SELECT a FROM s"}`, false},
		{core.Rule, "r", `{"triggered":true,"id":"r","sql":"SELECT a FROM s"}`, `{"triggered":false,"id":"r","sql":"SELECT b FROM s"}`, true},
		{core.Rule, "r", `{"id":"r","options":{"triggered":true}}`, `{"id":"r","options":{"triggered":false}}`, true},
		{core.Rule, "r", `{"actions":[{"log":{}},{"nop":{}}]}`, `{"actions":[{"nop":{}},{"log":{}}]}`, true},
		{core.Connection, "mqtt", `{"a":{"server":"x","password":"p"}}`, `{"a":{"server":"x","password":"******"}}`, false},
		{core.Connection, "mqtt", `{"a":{"server":"x","password":"••••••"}}`, `{"a":{"server":"x","password":"p"}}`, false},
		{core.Connection, "mqtt", `{"a":{"server":"x","password":"••••••"}}`, `{"a":{"server":"x","password":"******"}}`, false},
		{core.Connection, "mqtt", `{"a":{"server":"x","password":"p"}}`, `{"a":{"server":"y","password":"******"}}`, true},
		{core.Connection, "mqtt", `{"a":{"server":"x","password":"p"}}`, `{"a":{"server":"x","password":"q"}}`, true},
		{core.Connection, "mqtt", `{"a":{"server":"x"}}`, `{"a":{"server":"x","password":"******"}}`, true},
		{core.Connection, "mqtt", `{"a":{"server":"tcp://u:p@h"}}`, `{"a":{"server":"tcp://u:******@h"}}`, false},
		{core.Connection, "mqtt", `{"a":{"server":"tcp://u:p@h"}}`, `{"a":{"server":"tcp://u:******@k"}}`, true},
		{core.SourceConfig, "httppull", `{"a":{"interval":1000,"timeout":"5s"}}`, `{"a":{"interval":"1s","timeout":"5s"}}`, false},
		{core.SourceConfig, "httppull", `{"a":{"interval":1000}}`, `{"a":{"interval":"2s"}}`, true},
		{core.SourceConfig, "sql", `{"a":{"url":"db"}}`, `{"a":{"dburl":"db"}}`, false},
		{core.PortablePlugin, "p", `{"name":"p","file":"f","functions":["a"]}`, `{"file":"f","name":"p"}`, false},
		{core.PortablePlugin, "p", `{"name":"p","file":"f"}`, `{"file":"g","name":"p"}`, true},
		{core.PortablePlugin, "p", `{"name":"p","file":"f","functions":["a"]}`, `{"file":"f","name":"p","functions":["b"]}`, true},
		{core.Script, "f", `{"id":"f","script":"x"}`, `{"id":"f","description":"","script":"x","isAgg":false}`, false},
		{core.Script, "f", `{"id":"f","script":"x"}`, `{"id":"f","description":"","script":"x","isAgg":true}`, true},
		{core.Upload, "u", `{"name":"u","content":"x","by":"ann"}`, `{"name":"u","content":"x"}`, false},
		{core.Rule, "r", `{"id":"r","options":{"seed":9007199254740993}}`, `{"id":"r","options":{"seed":9007199254740992},"triggered":true}`, false},
		{core.Rule, "r", `{"id":"r","options":{"seed":9007199254740993}}`, `{"id":"r","options":{"seed":9007199254740995}}`, true},
		{core.SinkConfig, "mqtt", `{"a":{"seed":9007199254740993}}`, `{"a":{"seed":9007199254740992}}`, false},
		{core.SourceConfig, "sql", `{"a":{"lookup":{"cacheTtl":1000}}}`, `{"a":{"lookup":{"cacheTtl":"1s"}}}`, false},
		{core.Rule, "r", `{"id":"r","actions":[{"sql":{"url":"db","timeout":1000}}]}`, `{"actions":[{"sql":{"dburl":"db","timeout":"1s"}}],"id":"r"}`, false},
		{core.Rule, "r", `{"id":"r","actions":[{"rest":{"timeout":1000}}]}`, `{"actions":[{"rest":{"timeout":"1s"}}],"id":"r"}`, true},
		{core.Script, "f", `{"id":"f","script":"function f() {}"}`, `{"script":"function f() { }","id":"f"}`, true},
		{core.Rule, "r", `not json`, `not  json`, true},
	} {
		got := replaced(c.kind, c.name, c.old, c.new)
		if (len(got) > 0) != c.drifted {
			t.Errorf("%v %s\n  %s\n  %s\ndrifted: %v, want %v", c.kind, c.name, c.old, c.new, len(got) > 0, c.drifted)
		}
	}
}

// TestMeantShows leaves what is not compared out of what is shown.
func TestMeantShows(t *testing.T) {
	got := replaced(core.Rule, "r", `{"id":"r","sql":"SELECT a FROM s","actions":[{"rest":{"password":"hush"}}]}`,
		`{"triggered":false,"id":"r","sql":"SELECT b FROM s","actions":[{"rest":{"password":"******"}}]}`)
	if len(got) != 1 || strings.Contains(got[0].New, "triggered") || !strings.Contains(got[0].New, "hush") {
		t.Errorf("shown: %+v", got)
	}
}

// written writes a text as an engine may: its members in another order, with other white
// space, started, with its durations as words, and with its secrets masked.
func written(t *rapid.T, kind core.Kind, members map[string]any) string {
	config, _ := members["conf"].(map[string]any)
	copied := map[string]any{}
	for k, v := range members {
		copied[k] = v
	}
	if config != nil {
		inner := map[string]any{}
		for k, v := range config {
			inner[k] = v
		}
		if ms, ok := inner["timeout"].(int); ok && rapid.Bool().Draw(t, "words") {
			inner["timeout"] = (time.Duration(ms) * time.Millisecond).String()
		}
		if _, ok := inner["password"]; ok && rapid.Bool().Draw(t, "masked") {
			inner["password"] = "******"
		}
		copied["conf"] = inner
	}
	if kind == core.Rule && rapid.Bool().Draw(t, "said") {
		copied["triggered"] = rapid.Bool().Draw(t, "triggered")
	}
	text, err := json.MarshalIndent(copied, "", rapid.SampledFrom([]string{"", " ", "\t"}).Draw(t, "margin"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestMeantAny holds that a node which holds what it was given is in sync, however the
// engine has written it, and that it is not where anything else is other.
func TestMeantAny(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]core.Kind{core.Rule, core.Connection, core.SourceConfig}).Draw(t, "kind")
		conf := map[string]any{"server": rapid.StringMatching(`[a-z]{1,5}`).Draw(t, "server"), "timeout": rapid.IntRange(0, 999).Draw(t, "timeout")}
		if rapid.Bool().Draw(t, "secret") {
			conf["password"] = rapid.StringMatching(`[a-z]{1,8}`).Draw(t, "password")
		}
		members := map[string]any{"conf": conf}
		if kind == core.Rule {
			members["id"] = "r"
			delete(conf, "timeout")
		}
		text, err := json.Marshal(members)
		if err != nil {
			t.Fatal(err)
		}
		shown := written(t, kind, members)
		if got := replaced(kind, "mqtt", string(text), shown); len(got) > 0 {
			t.Fatalf("%s drifted to %s", text, shown)
		}
		conf["server"] = conf["server"].(string) + "x"
		if got := replaced(kind, "mqtt", string(text), written(t, kind, members)); len(got) == 0 {
			t.Fatalf("%s did not drift to %s", text, written(t, kind, members))
		}
	})
}
