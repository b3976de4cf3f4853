package handlers_test

import (
	"encoding/json"
	"strings"
	"testing"

	"ekuiper-console/core"
	"ekuiper-console/core/artifact/artifacttest"
	"ekuiper-console/core/bundle"
)

// TestEverySection imports one entry and more of each section into an empty node, and
// exports all of it, and what one rule needs.
func TestEverySection(t *testing.T) {
	s := open(t)
	echo := s.write("echo.zip", string(artifacttest.Native("echo")))
	pysam := s.write("pysam.zip", string(artifacttest.Portable("pysam", "pysam")))
	svc := s.write("svc.zip", string(artifacttest.Service("svc", "svc")))
	entries := map[string]string{ // "section/name": text given, and the text exported where it differs behind =>
		"streams/demo":                 `CREATE STREAM demo (temperature FLOAT, tags ARRAY(STRING), pos STRUCT(lat FLOAT, lon FLOAT)) WITH (DATASOURCE="devices/+/t", FORMAT="JSON", TYPE="mqtt", CONF_KEY="site1")`,
		"streams/alarms":               `CREATE STREAM alarms () WITH (DATASOURCE="alarm/in", TYPE="memory", FORMAT="protobuf", SCHEMAID="alarm.Alarm")`,
		"tables/dev":                   `CREATE TABLE dev (id BIGINT, room STRING) WITH (DATASOURCE="dev/t", TYPE="memory", KIND="lookup", KEY="id")`,
		"rules/hot":                    `{"id":"hot","triggered":false,"sql":"SELECT echo(temperature) AS e, area(temperature, 2) AS a FROM demo WHERE temperature > 30","actions":[{"mqtt":{"connectionSelector":"broker1","topic":"hot","sendSingle":true}}],"options":{"qos":1,"checkpointInterval":"60s"}}`,
		"nativePlugins/functions_echo": `{"name":"echo","file":"` + echo + `","shellParas":[]}`,
		"portablePlugins/pysam":        `{"name":"pysam","file":"` + pysam + `"}`,
		"Service/svc":                  `{"name":"svc","file":"` + svc + `"}`,
		"sourceConfig/mqtt":            `{"site1":{"server":"tcp://127.0.0.1:1883","qos":1,"timeout":5000}} => {"site1":{"qos":1,"server":"tcp://127.0.0.1:1883","timeout":"5s"}}`,
		"sinkConfig/rest":              `{"api":{"url":"http://127.0.0.1:9/x","method":"post"}} => {"api":{"method":"post","url":"http://127.0.0.1:9/x"}}`,
		"connectionConfig/mqtt":        `{"broker1":{"server":"tcp://127.0.0.1:1883","username":"u","password":"p"}} => {"broker1":{"password":"p","server":"tcp://127.0.0.1:1883","username":"u"}}`,
		"Schema/protobuf_alarm":        `{"type":"protobuf","name":"alarm","content":"message Alarm { required int64 code = 1; }"}`,
		"uploads/lookup/map.json":      `{"name":"lookup/map.json","content":"{\"a\":1}"}`,
		"scripts/area":                 `{"id":"area","description":"product","script":"function area(x, y) { return x * y; }","isAgg":false}`,
	}
	given, want := &bundle.Bundle{}, &bundle.Bundle{}
	for name, text := range entries {
		ref, err := core.ParseRef(name)
		if err != nil {
			t.Fatal(err)
		}
		before, after, differs := strings.Cut(text, " => ")
		if !differs {
			after = before
		}
		given.Set(ref, before)
		want.Set(ref, after)
	}
	doc, err := json.Marshal(given)
	if err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{"?partial=1", "", "?partial=1"} {
		if a := s.importing(string(doc), query); a.StatusCode != 200 {
			t.Fatalf("importing%s: %s", query, a.body)
		}
		if a := s.get("/data/export"); !exported(t, a).Equal(want) {
			t.Errorf("importing%s left\n%s", query, a.body)
		}
	}
	var refs []string
	for ref := range exported(t, s.post("/data/export", `["hot"]`)).All() {
		refs = append(refs, ref.String())
	}
	if got := strings.Join(refs, " "); got != "nativePlugins/functions_echo scripts/area sourceConfig/mqtt connectionConfig/mqtt streams/demo rules/hot" {
		t.Errorf("hot comes with %s", got)
	}
}
