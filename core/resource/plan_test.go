package resource

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"ekuiper-console/core"
)

// sourceTexts are streams and tables by name.
type sourceTexts map[string]string

// testWorld is what rules of tests find: streams and tables, and what else serves a need.
type testWorld struct {
	streams map[string]*Stream
	serves  map[Need]bool
}

func (w *testWorld) Source(name string) *Stream { return w.streams[name] }
func (w *testWorld) Serves(need Need) bool      { return w.serves[need] }
func (w *testWorld) Columns(id string) (*Columns, string) {
	s := &Schema{Type: "protobuf", Name: "s", Content: "syntax = \"proto3\"; message M { int64 id = 1; string Name = 2; }"}
	return s.Columns(strings.TrimPrefix(id, "s."))
}
func (w *testWorld) Missing(need Need) (*core.Ref, string) {
	if need.Name == "lost" {
		return &core.Ref{Kind: core.Stream, Name: "lost"}, "it follows"
	}
	return nil, "bring it"
}

// world makes a world of these sources.
func (texts sourceTexts) world(t testing.TB, serves ...Need) *testWorld {
	w := &testWorld{map[string]*Stream{}, map[Need]bool{}}
	for name, text := range texts {
		kind := core.Stream
		if strings.Contains(text, " TABLE ") {
			kind = core.Table
		}
		r, findings := Decode(core.Ref{Kind: kind, Name: name}, text)
		if r == nil {
			t.Fatal(told(findings))
		}
		w.streams[name] = r.(*Stream)
	}
	for _, need := range serves {
		w.serves[need] = true
	}
	return w
}

// planned decodes, judges and plans a rule.
func planned(t testing.TB, text string, w World) []core.Finding {
	t.Helper()
	r, findings := Check(core.Ref{Kind: core.Rule, Name: "r"}, text, Scope{Function: func(string) bool { return true }})
	for _, f := range findings {
		if f.Severity == core.Fault {
			t.Fatalf("%.300s: %s", text, told(findings))
		}
	}
	return r.(*Rule).Plan(w)
}

var testSources = sourceTexts{
	"d":   `CREATE STREAM d (id BIGINT, Temp FLOAT, loc STRUCT(lat FLOAT), ts DATETIME) WITH (DATASOURCE="d")`,
	"e":   `CREATE STREAM e (id BIGINT, hum FLOAT) WITH (DATASOURCE="e", TIMESTAMP="ts")`,
	"any": `CREATE STREAM any () WITH (DATASOURCE="any", SHARED="true")`,
	"two": `CREATE STREAM two (a BIGINT, a FLOAT) WITH (DATASOURCE="two")`,
	"odd": `CREATE STREAM odd () WITH (TYPE="htpull", DATASOURCE="x")`,
	"no":  `CREATE STREAM no () WITH (TYPE="mqtt")`,
	"pb":  `CREATE STREAM pb (x BIGINT) WITH (DATASOURCE="x", FORMAT="protobuf", SCHEMAID="s.M")`,
	"pb2": `CREATE STREAM pb2 (id BIGINT) WITH (DATASOURCE="x", FORMAT="PROTOBUF", SCHEMAID="s.M")`,
	"pb3": `CREATE STREAM pb3 () WITH (DATASOURCE="x", FORMAT="protobuf", SCHEMAID="s.N")`,
	"tmp": `CREATE STREAM tmp () WITH (DATASOURCE="x", TEMP="true")`,
	"lk":  `CREATE TABLE lk (id BIGINT, room STRING) WITH (DATASOURCE="x", TYPE="memory", KIND="lookup", KEY="id")`,
	"sc":  `CREATE TABLE sc (id BIGINT, floor BIGINT) WITH (DATASOURCE="x.json", TYPE="file")`,
}

// TestPlanSQL has the first finding about statements: its column in the SQL and its text.
func TestPlanSQL(t *testing.T) {
	w := testSources.world(t, Need{Decodes, "protobuf_s", ""})
	tests := []struct{ sql, want string }{
		{"SELECT * FROM d", ""},
		{"SELECT id, Temp AS t, t + 1 AS u FROM d WHERE u > 1", ""},
		{"SELECT ID FROM d", "7 field ID not found in stream d"},
		{"SELECT *, ID FROM d WHERE TEMP > 1", ""},
		{"SELECT ID, count(*) FROM d", "7 field ID not found in stream d"},
		{"SELECT count(*), ID FROM d", ""},
		{"SELECT * EXCEPT(id), TEMP FROM d", "21 field TEMP not found in stream d"},
		{"SELECT temp AS t FROM d", "7 unknown field temp"},
		{"SELECT d.* FROM d", "7 unknown field *"},
		{"SELECT any.* FROM any", ""},
		{"SELECT d.id, loc->lat, loc.lat, loc->nothing FROM d", ""},
		{"SELECT d.id FROM d AS x WHERE d.id > 1", ""},
		{"SELECT x.id FROM d AS x", "7 unknown field x.id"},
		{"SELECT x.id FROM any AS x", ""},
		{"SELECT d.id FROM d AS x WHERE x.id > 1", "30 stream x not found"},
		{"SELECT no1 + id FROM d", "7 no1 means nothing"},
		{"SELECT id + no1 FROM d", "12 unknown field no1"},
		{"SELECT no1 + id AS x FROM d", "7 unknown field no1"},
		{"SELECT id FROM d WHERE no1 > 1 AND id > 1", "23 no1 means nothing"},
		{"SELECT id FROM d WHERE no1 > 1 ORDER BY id", "23 no1 means nothing"},
		{"SELECT id, no1 FROM d WHERE id > 1", "11 unknown field no1"},
		{"SELECT Temp AS x, id AS x FROM d", ""},
		{"SELECT Temp AS x, id AS x FROM any", "18 duplicate alias x"},
		{"SELECT Temp AS x, id AS x FROM any WHERE y > 1", ""},
		{"SELECT d.id, any.id, id FROM d INNER JOIN any ON 1 = 1 GROUP BY COUNTWINDOW(2)", "21 ambiguous field id"},
		{"SELECT hum FROM d INNER JOIN e ON d.id = e.id WHERE d.hum > 1 GROUP BY COUNTWINDOW(2)", "52 unknown field d.hum"},
		{"SELECT d.b AS a, d.a AS b FROM d", "7 select fields have cycled alias"},
		{"SELECT a.x AS b, b.x AS a FROM any", "7 select fields have cycled alias"},
		{"SELECT loc[2:1] FROM d", "10 the slice begins at 2 and ends at 1"},
		{"SELECT loc[2:2], loc[1:-1], loc[2:], loc[:0] FROM d", ""},
		{"SELECT meta(topic), mqtt(messageid) FROM d", ""},
		{"SELECT whatever, other->path[0] FROM any", ""},
		{"SELECT d.nothing FROM d INNER JOIN any ON d.id = any.id GROUP BY TUMBLINGWINDOW(ss, 1)", ""},
		{"SELECT * FROM nosuch", "14 fail to get stream nosuch, please check if stream is created"},
		{"SELECT tmp FROM d", "7 unknown field tmp"},
		{"SELECT d.tmp FROM d", "7 unknown field tmp"},
		{"SELECT other->id FROM d", "7 unknown field other"},
		{"SELECT id FROM d WHERE x > 1", "23 unknown field x"},
		{"SELECT id FROM d ORDER BY x", "26 unknown field x"},
		{"SELECT id FROM d GROUP BY x, TUMBLINGWINDOW(ss, 1)", "26 unknown field x"},
		{"SELECT id + 1 AS id FROM d", ""},
		{"SELECT a + 1 AS a FROM d", "7 unknown field a"},
		{"SELECT B AS a, A AS b FROM any", ""},
		{"SELECT b AS a, a AS b FROM any", "7 select fields have cycled alias"},
		{"SELECT c AS a, a AS b, b AS c FROM d", "7 select fields have cycled alias"},
		{"SELECT a + 1 AS a FROM any", ""},
		{"SELECT id AS a, Temp AS A FROM d", "7 duplicate alias a"},
		{"SELECT id FROM d INNER JOIN e ON d.id = e.id GROUP BY TUMBLINGWINDOW(ss, 1)", "7 ambiguous field id"},
		{"SELECT d.id AS id FROM d INNER JOIN e ON d.id = e.id WHERE id > 1 GROUP BY TUMBLINGWINDOW(ss, 1)", ""},
		{"SELECT hum, Temp FROM d INNER JOIN e ON d.id = e.id GROUP BY TUMBLINGWINDOW(ss, 1)", ""},
		{"SELECT * FROM d INNER JOIN e ON d.id = e.id", "16 a time window or count window is required to join multiple streams"},
		{"SELECT * FROM d INNER JOIN sc ON d.id = sc.id", ""},
		{"SELECT * FROM d INNER JOIN lk ON d.id = lk.id", ""},
		{"SELECT * FROM d INNER JOIN lk ON d.id = lk.id AND lk.room = \"x\"", ""},
		{"SELECT * FROM d INNER JOIN lk ON d.id = lk.id AND 1 = lk.id", "16 join condition binaryExpr:{ binaryExpr:{ d.id = lk.id } AND binaryExpr:{ 1 = lk.id } } is invalid, at least one equi-join predicate is required"},
		{"SELECT * FROM d INNER JOIN lk ON d.id > lk.id", "16 join condition binaryExpr:{ d.id > lk.id } is invalid, at least one equi-join predicate is required"},
		{"SELECT * FROM d CROSS JOIN lk", "16 join condition <nil> is invalid, at least one equi-join predicate is required"},
		{"SELECT * FROM lk", "14 cannot find lookup table lk in any join"},
		{"SELECT * FROM sc", ""},
		{"SELECT * FROM sc GROUP BY COUNTWINDOW(2)", "26 cannot run window for TABLE sources"},
		{"SELECT count(*) FROM d", ""},
		{"SELECT count(*) FROM d GROUP BY id", "32 select stmt group by should be used with window"},
		{"SELECT sum(count(id)) FROM d GROUP BY COUNTWINDOW(2)", "11 invalid argument for func sum: aggregate argument is not allowed"},
		{"SELECT count(id) AS c, sum(c) FROM d GROUP BY COUNTWINDOW(2)", "27 invalid argument for func sum: aggregate argument is not allowed"},
		{"SELECT * FROM d WHERE count(id) > 1", "22 Not allowed to call aggregate functions in WHERE clause: binaryExpr:{ Call:{ name:count, args:[d.id] } > 1 }."},
		{"SELECT * FROM d HAVING id > 1", "23 Not allowed to call non-aggregate functions in HAVING clause: binaryExpr:{ d.id > 1 }."},
		{"SELECT count(id) AS c FROM d GROUP BY COUNTWINDOW(2) HAVING c > 1 AND avg(id) < 2", ""},
		{"SELECT count(id) AS c FROM d GROUP BY COUNTWINDOW(2) HAVING count(id) LIKE id", ""},
		{"SELECT count(id) AS c FROM d GROUP BY COUNTWINDOW(2) HAVING (id > 1)", ""},
		{"SELECT * FROM d GROUP BY COUNTWINDOW(2) HAVING own(id) > 1", ""},
		{"SELECT last_hit_count() FROM d GROUP BY COUNTWINDOW(2)", "7 function last_hit_count is not allowed in an aggregate query"},
		{"SELECT * FROM d GROUP BY SLIDINGWINDOW(ss, 1) OVER (WHEN last_hit_count() > 1)", ""},
		{"SELECT unnest(id), unnest(ts) FROM d;", "0 set-returning func shouldn't be more than 1"},
		{"SELECT * FROM two", "14 duplicate field definition a"},
		{"SELECT * FROM odd", "14 source type htpull not found"},
		{"SELECT * FROM no", "14 topic is required"},
		{"SELECT id, Name FROM pb", ""},
		{"SELECT x FROM pb", "7 unknown field x"},
		{"SELECT name FROM pb", "7 field name not found in stream pb"},
		{"SELECT x FROM pb2", ""},
		{"SELECT x FROM pb3", "14 message type N not found in schema file s.proto"},
		{"SELECT * FROM tmp", "14 temp stream tmp can only be used by temp rules"},
	}
	for _, tt := range tests {
		text := fmt.Sprintf(`{"sql":%s,"actions":[{"log":{}}]}`, quoted(tt.sql))
		got := ""
		if f := planned(t, text, w); len(f) > 0 {
			got = fmt.Sprintf("%d %s", f[0].Column-len(`{"sql":"`)-1, f[0].Message)
		}
		if got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.sql, got, tt.want)
		}
	}
}

func quoted(text string) string {
	data, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return strings.NewReplacer(`\u003e`, ">", `\u003c`, "<", `\u0026`, "&").Replace(string(data))
}

// TestPlanRule has all that is said of rules, with places.
func TestPlanRule(t *testing.T) {
	w := testSources.world(t, Need{SinkType, "sql", ""}, Need{Connects, "c", ""})
	const head = `{"sql":"SELECT * FROM d","actions":[`
	tests := []struct{ text, want string }{
		{head + `{"log":{}},null,{}]}`, ""},
		{head + `{"sql":{"odd":1}}]}`, ""},
		{head + `{"lgo":{}}]}`, "error 1:44 sink lgo is not defined"},
		{head + `{"log":null}]}`, "error 1:44 expect map[string]interface{} type for the action properties, but found <nil>"},
		{head + `{"log":{}},{"log":{"batchSize":"x"}}]}`, "error 1:68 fail to parse sink configuration: read properties map[batchSize:x] fail with error: 1 error(s) decoding:\n\n* 'batchSize' expected type 'int', got unconvertible type 'string', value: 'x'"},
		{head + `{"log":{"fields":"a"}}]}`, "error 1:54 fail to parse sink configuration: read properties map[fields:a] fail with error: 1 error(s) decoding:\n\n* 'fields': source data must be an array or slice, got string"},
		{head + `{"log":{"lingerInterval":-1}}]}`, "error 1:62 fail to parse sink configuration: invalid lingerInterval -1ms, must be positive"},
		{head + `{"log":{"format":"jsn"}}]}`, "error 1:54 format type jsn not supported"},
		{head + `{"log":{"dataTemplate":"{{ toJson . | b64enc }}"}}]}`, ""},
		{head + `{"log":{"dataTemplate":"{{ if }}"}}]}`, "error 1:60 template: sink:1: missing value for if"},
		{head + `{"log":{"compression":"gzp"}}]}`, "error 1:59 get compressor gzp fail with error: unsupported compressor: gzp"},
		{head + `{"log":{"sendSingel":true}}]}`, "warning 1:58 there is no property sendSingel; it is ignored"},
		{head + `{"log":{"concurrency":999999999999}}]}`, "warning 1:59 concurrency is 999999999999: that may take all memory"},
		{head + `{"mqtt":{"topic":"x"}}]}`, "error 1:45 missing server property"},
		{head + `{"mqtt":{"topic":"x","connectionSelector":"c"}}]}`, ""},
		{head + `{"mqtt":{"topic":"x","connectionSelector":"n"}}]}`, "error 1:79 missing server property"},
		{head + `{"mqtt":{"Server":"s","TOPIC":"x","QoS":1.5}}]}`, ""},
		{head + `{"mqtt":{"server":"s","topic":"x","qos":-1}}]}`, "error 1:77 1 error(s) decoding:\n\n* cannot parse 'qos', -1.000000 overflows uint"},
		{head + `{"memory":{"topic":"a/#"}}]}`, "error 1:56 invalid memory topic a/#: wildcard found"},
		{head + `{"memory":{"topic":"a","rowkindField":"k"}}]}`, "error 1:75 keyField is required when rowkindField is set"},
		{head + `{"rest":{"url":"ftp://x"}}]}`, "error 1:52 Invalid scheme ftp"},
		{head + `{"rest":{"url":"http://h/{{.path}}","headers":{"a":"{{.b}}"}}}]}`, ""},
		{head + `{"rest":{"headers":{"a":1}}}]}`, "error 1:56 fail to parse the properties: 1 error(s) decoding:\n\n* 'headers[a]' expected type 'string', got unconvertible type 'float64', value: '1'"},
		{head + `{"file":{"fileType":"csv"}}]}`, "error 1:45 format must be delimited when fileType is csv"},
		{head + `{"file":{"rollingCount":0}}]}`, "error 1:61 one of rollingInterval, rollingCount, or rollingSize must be set"},
		{head + `{"websocket":{}}]}`, "error 1:50 websocket endpoint should start with /"},
		{head + `{"redis":{"addr":"x"}}]}`, "error 1:46 redis sink must have key or field when KeyType is single"},
		{head + `{"redisPub":{"address":"x"}}]}`, "error 1:49 redisPub sink is missing property channel"},
		{head + `{"log":{}}],"options":{"isEventTime":true}}`, "error 1:23 preprocessor is set to be event time but stream option TIMESTAMP not found"},
		{`{"sql":"SELECT * FROM e GROUP BY COUNTWINDOW(2)","actions":[{"log":{}}],"options":{"isEventTime":true,"sendMetaToSink":true}}`, "error 1:34 Invalid option sendMetaToSink, it can not be applied to window"},
		{`{"sql":"SELECT * FROM any","actions":[{"log":{}}],"options":{"disableBufferFullDiscard":true}}`, "error 1:23 disableBufferFullDiscard can't be enabled with shared stream any"},
	}
	for _, tt := range tests {
		if got := told(planned(t, tt.text, w)); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.text, got, tt.want)
		}
	}
	lost := planned(t, `{"sql":"SELECT * FROM lost","actions":[{"log":{}}]}`, w)
	if len(lost) != 1 || lost[0].Cause == nil || lost[0].Cause.Name != "lost" {
		t.Errorf("a rule over a refused stream: %+v", lost)
	}
}

// graphOf is a rule whose graph leads from a source by way of the operator f to a log.
func graphOf(operator, edges string) string {
	return `{"graph":{"nodes":{"src":{"type":"source","nodeType":"mqtt","props":{"datasource":"d"}},"f":` + operator +
		`,"snk":{"type":"sink","nodeType":"log","props":{}}},"topo":{"sources":["src"],"edges":{"src":["f"],` + edges + `}}}}`
}

// sourceOf is a rule whose graph leads from a source to a log.
func sourceOf(typ, props string) string {
	return fmt.Sprintf(`{"graph":{"nodes":{"src":{"type":"source","nodeType":%q,"props":%s},"snk":{"type":"sink","nodeType":"log","props":{}}},"topo":{"sources":["src"],"edges":{"src":["snk"]}}}}`, typ, props)
}

// TestPlanGraph has the first finding about graphs.
func TestPlanGraph(t *testing.T) {
	op := func(typ, props string) string {
		return graphOf(fmt.Sprintf(`{"type":"operator","nodeType":%q,"props":%s}`, typ, props), `"f":["snk"]`)
	}
	frame := func(typ, props, msg string) string {
		return fmt.Sprintf("parse %s f with %s error: %s", typ, props, msg)
	}
	tests := []struct{ text, want string }{
		{op("filter", `{"expr":"a > 1"}`), ""},
		{op("filter", `{"expr":5}`), frame("filter", "map[expr:5]", "expr 5 is not string")},
		{op("filter", `{"Expr":"a"}`), frame("filter", "map[Expr:a]", "no expr")},
		{op("filter", `{"expr":"a > 1 and more"}`), ""},
		{op("filter", `{"expr":"a > 1) b"}`), ""},
		{op("Filter", `{"expr":""}`), frame("filter", "map[expr:]", `found "EOF", expected expression.`)},
		{op("filter", `{"expr":"a >"}`), frame("filter", "map[expr:a >]", `found "EOF", expected expression.`)},
		{op("fitler", `{}`), "unknown operator type fitler"},
		{op("function", `{"expr":"abs(a) as b"}`), ""},
		{op("function", `{"expr":"a + 1"}`), frame("function", "map[expr:a + 1]", "expr a + 1 is not ast.Call")},
		{op("function", `{"expr":"abs(a, b)"}`), frame("function", "map[expr:abs(a, b)]", "validate function abs error: Expect 1 arguments but found 2.")},
		{op("function", `{"expr":"own(a)"}`), frame("function", "map[expr:own(a)]", "function own not found")},
		{op("pick", `{"fields":["a","window_end()"]}`), ""},
		{op("window", `{"type":"tumblingwindow","unit":"ss","size":0}`), frame("window conf", "map[size:0 type:tumblingwindow unit:ss]", "window size 0 is invalid")},
		{op("window", `{"type":"tumblingwindow","unit":"ss","size":2,"interval":1}`), frame("window conf", "map[interval:1 size:2 type:tumblingwindow unit:ss]", "tumbling window interval must equal to size")},
		{op("window", `{"type":"hoppingwindow","unit":"ss","size":10,"interval":5}`), ""},
		{op("window", `{"type":"countwindow","size":10}`), ""},
		{op("window", `{"type":"nowindow","size":10}`), frame("window conf", "map[size:10 type:nowindow]", "unknown window type nowindow")},
		{op("groupby", `{"dimensions":[]}`), frame("groupby", "map[dimensions:[]]", "groupby must have at least one dimension")},
		{op("groupby", `{"dimensions":["a"]}`), "node src output does not match node f input: input type mismatch, expect collection, got row"},
		{op("switch", `{"cases":[]}`), frame("switch", "map[cases:[]]", "switch node must have at least one case")},
		{op("watermark", `{"emitters":["x"]}`), frame("watermark", "map[emitters:[x]]", "emitter x does not exist")},
		{op("watermark", `{"emitters":["src"]}`), ""},
		{op("script", `{"script":"function exec(m) { return m }"}`), ""},
		{op("script", `{"script":"function run(m) { return m }"}`), `cannot find function "exec" in script`},
		{graphOf(`{"type":"operator","nodeType":"filter","props":{"expr":"a"}}`, `"x":["snk"]`), "no edge defined for operator node f"},
		{graphOf(`{"type":"operator","nodeType":"filter","props":{"expr":"a"}}`, `"f":["f2"]`), "node f2 is not defined"},
		{graphOf(`{"type":"operator","nodeType":"filter","props":{"expr":"a"}}`, `"f":["snk","f"]`), "can't find node "},
		{graphOf(`{"type":"operator","nodeType":"window","props":{"type":"countwindow","size":2}}`, `"f":["snk","f"]`), "can't find node "},
		{`{"graph":{"nodes":{"a":{"type":"source","nodeType":"mqtt","props":{"datasource":"d"}},"b":{"type":"source","nodeType":"mqtt","props":{"datasource":"d"}},"f":{"type":"operator","nodeType":"filter","props":{"expr":"x"}},"s":{"type":"sink","nodeType":"log"}},` +
			`"topo":{"sources":["a","b"],"edges":{"a":["f"],"b":["f"],"f":["s"]}}}}`, "operator f of type filter does not allow multiple inputs"},
		{graphOf(`{"type":"sink","nodeType":"file","props":{"fileType":"x"}}`, `"x":[]`), "fileType must be one of json, csv or lines"},
		{graphOf(`null`, `"f":["snk"]`), "node f is not defined"},
		{op("groupby", `{"dimensions":["a,"]}`), frame("groupby", "map[dimensions:[a,]]", `invalid join statement error: found "EOF", expected expression.`)},
		{op("aggfunc", `{"expr":"avg(a)"}`), "node src output does not match node f input: input type mismatch, expect collection, got row"},
		{op("orderby", `{"sorts":[]}`), frame("orderby", "map[sorts:[]]", "order by statement is empty")},
		{op("orderby", `{"sorts":[{"field":"a","desc":true},{"field":"b"}]}`), "node src output does not match node f input: input type mismatch, expect collection, got row"},
		{op("orderby", `{"sorts":[{"field":"a b c d)"}]}`), frame("orderby", "map[sorts:[map[field:a b c d)]]]", `invalid order by statement error: found ")", expected EOF.`)},
		{op("join", `{"from":"src","joins":[{"name":"x","type":"inner","on":"src.a = x.a"}]}`), ""},
		{op("join", `{"from":"d","joins":[{"name":"x","type":"inner","on":"d.a = x.a"}]}`), frame("join", "map[from:d joins:[map[name:x on:d.a = x.a type:inner]]]", "join source d is not a stream")},
		{op("join", `{"from":"src"}`), "node f is not defined"},
		{op("join", `{"from":"src","joins":[{"name":"x","type":"inner"}]}`), frame("join", "map[from:src joins:[map[name:x type:inner]]]", `found "EOF", expected expression.`)},
		{op("script", `{}`), "script node must have script"},
		{op("switch", `{"cases":["a > 1 b","c"]}`), ""},
		{graphOf(`{"type":"operator","nodeType":"filter","props":{"expr":"a"}}`, `"f":["snk",["snk"]]`), "node f is not a switch node but have multiple output"},
		{graphOf(`{"type":"operator","nodeType":"switch","props":{"cases":["a"]}}`, `"f":[["snk"],["snk"]]`), ""},
		{graphOf(`{"type":"operator","nodeType":"filter","props":{"expr":"a"}}`, `"f":["snk"],"snk":[]`), "sink snk has edge"},
		{graphOf(`{"type":"operator","nodeType":"filter","props":{"expr":"a"}}`, `"f":[]`), "can't find node "},
		{`{"graph":{}}`, "the graph has no topology"},
		{`{"graph":{"topo":{}}}`, ""},
		{sourceOf("mqtt", `{"sourceName":"d"}`), ""},
		{sourceOf("memory", `{"sourceName":"d"}`), "parse source src with map[sourceName:d] error: source type memory does not match the stream type mqtt"},
		{sourceOf("file", `{"sourceName":"sc"}`), "parse source src with map[sourceName:sc] error: table sc is not a stream"},
		{sourceOf("mqtt", `{"sourceName":"d","sourceType":"table"}`), "parse source src with map[sourceName:d sourceType:table] error: stream d is not a table"},
		{sourceOf("mqtt", `{"sourceType":"x"}`), "parse source src with map[sourceType:x] error: source type x not supported"},
		{`{"graph":{"topo":{"sources":["a"]}}}`, "source node a not defined"},
	}
	w := testSources.world(t, Need{ReadsFrom, "d", ""}, Need{ReadsFrom, "sc", ""})
	for _, tt := range tests {
		got := ""
		if f := planned(t, tt.text, w); len(f) > 0 {
			got = f[0].Message
		}
		if got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.text, got, tt.want)
		}
	}
}

// TestPlanLarge has rules that are large in every way: they are judged in time.
func TestPlanLarge(t *testing.T) {
	w := testSources.world(t)
	repeat := func(format string, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return strings.TrimSuffix(b.String(), ",")
	}
	const n = 20_000
	for name, text := range map[string]string{
		"actions":    `{"sql":"SELECT * FROM d","actions":[` + strings.TrimSuffix(strings.Repeat(`{"log":{}},`, 10*n), ",") + `]}`,
		"bad ones":   `{"sql":"SELECT * FROM d","actions":[` + strings.TrimSuffix(strings.Repeat(`{"x":1},`, 10*n), ",") + `]}`,
		"properties": `{"sql":"SELECT * FROM d","actions":[{"log":{` + repeat(`"sendSingel%d":1,`, n) + `}}]}`,
		"options":    `{"sql":"SELECT * FROM d","actions":[{"log":{}}],"options":{` + repeat(`"bufferLenght%d":1,`, n) + `}}`,
		"fields":     `{"sql":"SELECT ` + repeat("a%d AS b%[1]d,", n) + ` FROM any","actions":[{"log":{}}]}`,
		"chain":      `{"sql":"SELECT ` + repeat("b%d + 1 AS b%[1]d1,", n) + ` FROM any","actions":[{"log":{}}]}`,
		"sum":        `{"sql":"SELECT 1` + strings.Repeat("+a", n) + ` FROM any HAVING 1` + strings.Repeat("+a", n) + `","actions":[{"log":{}}]}`,
		"columns":    `{"sql":"SELECT ` + strings.TrimSuffix(strings.Repeat("hum,", n), ",") + ` FROM d` + strings.Repeat(" INNER JOIN e ON d.id = e.id", n) + `","actions":[{"log":{}}]}`,
		"joins":      `{"sql":"SELECT * FROM any` + strings.Repeat(" INNER JOIN any ON any.a = any.b", n/10) + `","actions":[{"log":{}}]}`,
		"template":   `{"sql":"SELECT * FROM d","actions":[{"log":{"dataTemplate":"` + repeat("{{f%d}}", n/10) + `"}}]}`,
		"brackets":   `{"sql":"SELECT * FROM d","actions":[{"log":{"dataTemplate":"` + "{{" + strings.Repeat("(", 100*n) + `"}}]}`,
		"deep":       `{"sql":"SELECT * FROM d","actions":[{"log":{"dataTemplate":"` + strings.Repeat("{{if 1}}", 50*n) + `"}}]}`,
		"wrong":      `{"sql":"SELECT * FROM d","actions":[{"log":{"fields":[` + strings.TrimSuffix(strings.Repeat("1,", 50*n), ",") + `]}}]}`,
		"nodes":      `{"graph":{"nodes":{` + repeat(`"n%d":{"type":"operator","nodeType":"filter","props":{"expr":"a"}},`, n) + `},"topo":{"sources":["n0"],"edges":{` + repeat(`"n%d":["n1%[1]d"],`, n) + `}}}}`,
	} {
		began := time.Now()
		r, _ := Decode(core.Ref{Kind: core.Rule, Name: "r"}, text)
		if r == nil {
			continue
		}
		r.(*Rule).Plan(w)
		Judge(r, Scope{})
		if d := time.Since(began); d > 10*time.Second && !underRace {
			t.Errorf("%s took %v", name, d)
		} else if testing.Verbose() {
			t.Logf("%s took %v", name, d)
		}
	}
}

// FuzzPlan: no rule brings the planning down, each finding has its place in the text, and what was
// prepared beforehand is judged as what was not.
func FuzzPlan(f *testing.F) {
	f.Add(plant)
	f.Add(`{"sql":"SELECT id AS a, a->b[1:2] AS c FROM d AS x INNER JOIN lk ON x.id = lk.id WHERE meta(y) = 1 HAVING count(*) > 1 ORDER BY a","actions":[{"mqtt":{"server":1},"rest":{"url":"x","headers":[]}},null],"options":{"isEventTime":true}}`)
	f.Add(graphOf(`{"type":"operator","nodeType":"window","props":{"type":"countwindow","size":1e300}}`, `"f":[["snk"],5]`))
	f.Add(graphOf(`{"type":"operator","nodeType":"join","props":{"from":"d","joins":[{"on":"a = b"}]}}`, `"f":["snk"]`))
	w := testSources.world(f)
	f.Fuzz(func(t *testing.T, text string) {
		ref := core.Ref{Kind: core.Rule, Name: "r"}
		r, _ := Decode(ref, text)
		if r == nil {
			return
		}
		again, _ := Decode(ref, text)
		Prepare(again)
		Judge(r, Scope{})
		findings := r.(*Rule).Plan(w)
		if got := told(again.(*Rule).Plan(w)); got != told(findings) {
			t.Fatalf("%q planned after it was prepared: %s\nand otherwise: %s", text, got, told(findings))
		}
		for _, f := range findings {
			if f.Message == "" || f.Offset > len(text) {
				t.Fatalf("%q: %+v", text, f)
			}
		}
	})
}
