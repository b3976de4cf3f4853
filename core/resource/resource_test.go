package resource

import (
	"fmt"
	"strings"
	"testing"

	"ekuiper-console/core"
)

// ref reads "section/name".
func ref(t testing.TB, s string) core.Ref {
	t.Helper()
	r, err := core.ParseRef(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// told prints findings as "severity line:column message".
func told(findings []core.Finding) string {
	var out []string
	for _, f := range findings {
		out = append(out, fmt.Sprintf("%v %d:%d %s", f.Severity, f.Line, f.Column, f.Message))
	}
	return strings.Join(out, "; ")
}

// optionsOf is a rule with options.
func optionsOf(options string) string {
	return `{"sql":"SELECT * FROM s","actions":[{"log":{}}],"options":{` + options + `}}`
}

// TestCheck has what is said of entries beyond what the engine's recorded verdicts cover.
func TestCheck(t *testing.T) {
	tests := []struct{ ref, text, want string }{
		{"streams/s", "CREATE STREAM s (a INT) WITH ()", "error 1:20 found \"INT\", expect valid stream field types(BIGINT | FLOAT | STRING | DATETIME | BOOLEAN | BYTEA | ARRAY | STRUCT)."},
		{"streams/s", "SHOW STREAMS", "error 0:0 Invalid stream statement: SHOW STREAMS"},
		{"streams/s", "CREATE TABLE s () WITH ()", "error 0:0 stream s is not found"},
		{"tables/s", "CREATE STREAM s () WITH ()", "error 0:0 table s is not found"},
		{"streams/S", "CREATE STREAM s () WITH ()", "error 0:0 Replace S fails: the sql statement must update the S source."},
		{"streams/", "CREATE STREAM `` () WITH ()", "error 0:0 the stream has no name"},
		{"streams/s", `CREATE STREAM s () WITH (TEMP="true")`, "error 0:0 Replace s fails: cannot replace with temp option."},
		{"streams/a/b", "CREATE STREAM `a/b` () WITH ()", "warning 0:0 id 'a/b' contains invalid characters: only alphanumeric, hyphens and underscores are allowed"},
		{"rules/r", "{\n \"id\": \"x\"}", "error 2:8 RuleId is not consistent with rule id."},
		{"rules/r", "{\"sql\":\"SELECT *\\nFROM\",\n}", "error 2:1 Parse rule {\"sql\":\"SELECT *\\nFROM\",\n} error : invalid character '}' looking for beginning of object key string."},
		{"Service/s", `[]`, "error 1:1 json: cannot unmarshal array into Go value of type service.ServiceCreationRequest"},
		{"Service/s", `{"name":1}`, "error 1:9 json: cannot unmarshal number into Go struct field ServiceCreationRequest.name of type string"},
		{"Schema/protobuf_s", `[]`, "error 1:1 json: cannot unmarshal array into Go value of type schema.Info"},
		{"uploads/a.txt", `{"name":1}`, "error 1:9 invalid body: Error decoding file json: json: cannot unmarshal number into Go struct field fileContent.name of type string"},
		{"scripts/f", `[]`, "error 1:1 fail to unmarshal the script f: json: cannot unmarshal array into Go value of type js.Script"},
		{"rules/r", `{"id":"r","triggered":"yes"}`, `error 1:23 Parse rule {"id":"r","triggered":"yes"} error : json: cannot unmarshal string into Go struct field Rule.triggered of type bool.`},
		{"rules/", `{"id":"r","sql":"SELECT * FROM s","actions":[{"log":{}}]}`, "error 0:0 the rule has no name in the bundle"},
		{"rules/a.b", `{"sql":"SELECT * FROM s"}`, "error 0:0 id 'a.b' contains invalid characters: only alphanumeric, hyphens and underscores are allowed"},
		{"rules/r", `{"sql":"SELECT * FROM s","temp":true,"actions":[{"log":{}}]}`, "warning 0:0 the rule is temporary: it is kept here, but an engine drops it on import"},
		{"rules/r", `{"sql":"SELECT * FROM s","actions":[{"log":{}}],"options":{"QOS":1,"bufferLenght":9}}`, "warning 1:83 there is no option bufferLenght; it is ignored"},
		{"rules/r", `{"sql":"SELECT * FROM s","actions":[{"log":{}}],"options":{"concurrency":999999999999}}`, "warning 1:74 concurrency is 999999999999: that may take all memory"},
		{"rules/r", `{"sql":"SELECT * FROM s"}`, "error 0:0 Missing rule actions."},
		{"rules/r", optionsOf(`"cronDatetimeRange":[]`), ""},
		{"rules/r", optionsOf(`"cronDatetimeRange":[{}]`), "error 1:59 Rule r has invalid options: validate cronDatetimeRange failed, err:Can't parse string as time: ."},
		{"rules/r", optionsOf(`"cronDatetimeRange":[{"endTimestamp":5}]`), "error 1:59 Rule r has invalid options: validate cronDatetimeRange failed, err:Can't parse string as time: ."},
		{"rules/r", optionsOf(`"cronDatetimeRange":[{"begin":"x","beginTimestamp":5,"endTimestamp":5}]`), ""},
		{"rules/r", optionsOf(`"cronDatetimeRange":[{"begin":"2024-01-01 00:00:00","end":"2024-1-2"}]`), "error 1:59 Rule r has invalid options: validate cronDatetimeRange failed, err:Can't parse string as time: 2024-1-2."},
		{"rules/r", `{"sql":"-- nothing","actions":[{"log":{}}]}`, "error 1:8 SQL -- nothing is not a select statement."},
		{"nativePlugins/x", `{"name":"x","file":"https://h/x.zip"}`, "warning 0:0 the name x does not say what kind of plugin it is; an engine takes it for a source"},
		{"nativePlugins/sinks_x", `null`, "error 1:1 the text is null"},
		{"portablePlugins/x", `{"name":"x","file":"https://h/x.tar"}`, "error 0:0 invalid uri https://h/x.tar"},
		{"Schema/protobuf_x", `{"type":"protobuf","name":"../x"}`, "error 0:0 schema name ../x is invalid"},
		{"Schema/protobuf_x", `{"type":"protobuf","name":"x","version":"a/b"}`, "error 0:0 schema version a/b is invalid"},
		{"Schema/other", `{"type":"protobuf","name":"x","content":"c"}`, "warning 0:0 streams look for the schema under the name protobuf_x"},
		{"Schema/protobuf_x", `{"type":"protobuf","name":"x"}`, "warning 0:0 the schema is empty"},
		{"uploads/x", `{"name":"../x","content":"c"}`, "error 0:0 mkdirat ..: path escapes from parent"},
		{"uploads/x", `{"name":".","content":"c"}`, "error 0:0 openat .: is a directory"},
		{"sourceConfig/mqtt", `{"a":{"b":1},}`, "error 1:14 invalid character '}' looking for beginning of object key string"},
		{"scripts/x", `{"id":"y"}`, "error 1:7 the script id y does not match the key x"},
	}
	for _, tt := range tests {
		if _, findings := Check(ref(t, tt.ref), tt.text, Scope{}); told(findings) != tt.want {
			t.Errorf("Check(%s, %s)\n got %s\nwant %s", tt.ref, tt.text, told(findings), tt.want)
		}
	}
}

func TestScope(t *testing.T) {
	scope := Scope{
		Function: func(name string) bool { return name == "area" },
		Source:   func(name string) bool { return name == "sql" },
	}
	for text, want := range map[string]string{
		`{"sql":"SELECT area(x) FROM s","actions":[{"log":{}}]}`:     "",
		`{"sql":"SELECT Area(x) FROM s","actions":[{"log":{}}]}`:     "error 1:16 Parse SQL SELECT Area(x) FROM s error: function Area not found.",
		`{"sql":"SELECT ABS(x, 1) FROM s","actions":[{"log":{}}]}`:   "error 1:16 Parse SQL SELECT ABS(x, 1) FROM s error: validate function abs error: Expect 1 arguments but found 2..",
		`{"sql":"SELECT abs(-1.5) FROM s","actions":[{"log":null}]}`: "",
	} {
		if _, findings := Check(ref(t, "rules/r"), text, scope); told(findings) != want {
			t.Errorf("Check(%s)\n got %s\nwant %s", text, told(findings), want)
		}
	}
	lookup := `CREATE TABLE t () WITH (TYPE="sql", KIND="lookup")`
	if _, findings := Check(ref(t, "tables/t"), lookup, scope); findings != nil {
		t.Errorf("a lookup table that a plugin serves: %s", told(findings))
	}
}

func TestStored(t *testing.T) {
	tests := []struct{ ref, text, want string }{
		{"sourceConfig/mqtt", `{"b":{"z":1,"interval":1000},"A":{}}`, `{"A":{},"b":{"interval":"1s","z":1}}`},
		{"sourceConfig/mqtt", `{"a":{"timeout":"5","expiration":3,"lookup":{"cacheTtl":2000},"deep":{"timeout":5}}}`,
			`{"a":{"deep":{"timeout":5},"expiration":"3ms","lookup":{"cacheTtl":"2s"},"timeout":"5ms"}}`},
		{"sourceConfig/mqtt", `{"a":{"timeout":"10s","interval":"1.5","saslPassword":"p","url":"u"}}`, `{"a":{"interval":"1.5","password":"p","timeout":"10s","url":"u"}}`},
		{"sinkConfig/sql", `{"a":{"url":"u"}}`, `{"a":{"dburl":"u"}}`},
		{"connectionConfig/mqtt", `{"a":{"n":[1.0,1e3,9007199254740993,-0.5,0.1]}}`, `{"a":{"n":[1,1000,9007199254740993,-0.5,0.1]}}`},
		{"sinkConfig/rest", `{"a":{"t":"<&>"}}`, `{"a":{"t":"\u003c\u0026\u003e"}}`},
		{"sinkConfig/rest", `null`, `{}`},
		{"rules/r", ` {"sql":"SELECT * FROM s","actions":[{"log":{}}]} `, ` {"sql":"SELECT * FROM s","actions":[{"log":{}}]} `},
		{"streams/s", " create stream s () with () -- x", " create stream s () with () -- x"},
	}
	for _, tt := range tests {
		r, findings := Decode(ref(t, tt.ref), tt.text)
		if r == nil {
			t.Errorf("Decode(%s, %s): %s", tt.ref, tt.text, told(findings))
			continue
		}
		if got := r.Stored(); got != tt.want {
			t.Errorf("stored form of %s\n got %s\nwant %s", tt.text, got, tt.want)
		}
		if again, _ := Decode(ref(t, tt.ref), r.Stored()); again == nil || again.Stored() != tt.want {
			t.Errorf("the stored form of %s changes when it is read again", tt.text)
		}
	}
}

func TestCompareVersions(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"2", "10", -1}, {"1.2", "1.10", -1}, {"v1", "1", 0}, {"1.0", "1", 0}, {"1.0.1", "1", 1}, {"", "1", -1},
		{"01", "1", 0}, {"a", "b", -1}, {"1a", "2", -1}, {"10", "9a", -1}, {"99999999999999999999", "100000000000000000000", -1}, {"V3", "v3", 0},
	}
	for _, tt := range tests {
		if got := CompareVersions(tt.a, tt.b); got != tt.want {
			t.Errorf("CompareVersions(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
		if got := CompareVersions(tt.b, tt.a); got != -tt.want {
			t.Errorf("CompareVersions(%q, %q) = %d, want %d", tt.b, tt.a, got, -tt.want)
		}
	}
}

func TestNeeds(t *testing.T) {
	tests := []struct{ ref, text, want string }{
		{"streams/s", `CREATE STREAM s () WITH (DATASOURCE="d")`, "source-type mqtt, source-key mqtt/default, mentions d"},
		{"tables/t", `CREATE TABLE t () WITH (DATASOURCE="a.json", CONF_KEY="k")`, "source-type file, source-key file/k, mentions a.json"},
		{"streams/s", `CREATE STREAM s () WITH (DATASOURCE="t/+", TYPE="memory", FORMAT="Protobuf", SCHEMAID="a.B")`, "source-type memory, source-key memory/default, decodes protobuf_a, fed t/+"},
		{"rules/r", `{"sql":"SELECT f(g(x)) FROM a INNER JOIN b ON h(a.x) = b.x GROUP BY TUMBLINGWINDOW(ss, 1) FILTER (WHERE i(x)) HAVING avg(x) > 1 ORDER BY k(x)","actions":[{"mqtt":{"resourceId":"m","connectionSelector":"mqtt.c","format":"protobuf","schemaId":"p.M","tls":{"ca":"/u/ca.pem"}},"log":{}}]}`,
			"reads a, reads b, calls f, calls g, calls h, calls i, calls k, sink-type log, sink-type mqtt, sink-key mqtt/m, decodes protobuf_p, connects c, mentions protobuf, mentions m, mentions p.M, mentions /u/ca.pem"},
	}
	for _, tt := range tests {
		r, findings := Decode(ref(t, tt.ref), tt.text)
		if r == nil {
			t.Errorf("Decode(%s): %s", tt.text, told(findings))
			continue
		}
		got := map[string]bool{}
		for _, n := range r.Needs() {
			got[string(n.Why)+" "+strings.Trim(n.Name+"/"+n.Key, "/")] = true
		}
		for want := range strings.SplitSeq(tt.want, ", ") {
			if !got[want] && !got[strings.Replace(want, "mentions /", "mentions ", 1)] {
				t.Errorf("needs of %s lack %s: %v", tt.text, want, got)
			}
			delete(got, want)
			delete(got, strings.Replace(want, "mentions /", "mentions ", 1))
		}
		if len(got) > 0 {
			t.Errorf("needs of %s have %v as well", tt.text, got)
		}
	}
}

// FuzzCheck: no text of any kind brings the checks down, and what is stored is
// accepted again.
func FuzzCheck(f *testing.F) {
	f.Add("rules", "r", `{"id":"r","sql":"SELECT * FROM s","actions":[{"log":{}}],"options":{"lateTolerance":"1s","cronDatetimeRange":[{"begin":"x"}]}}`)
	f.Add("rules", "g", `{"graph":{"nodes":{"a":{"type":"operator","nodeType":"join","props":{"joins":[{"on":"x"}]}},"b":null}}}`)
	f.Add("streams", "s", `CREATE STREAM s (a STRUCT(b ARRAY(BIGINT))) WITH (DATASOURCE="x")`)
	f.Add("sourceConfig", "mqtt", `{"a":{"timeout":1e999,"n":1e-99}}`)
	f.Add("uploads", "u", `{"name":"a/../../b","content":"x"}`)
	f.Add("nativePlugins", "functions_x", `{"functions":["a"]}`)
	f.Fuzz(func(t *testing.T, section, name, text string) {
		kind, ok := core.KindOf(section)
		if !ok {
			return
		}
		ref := core.Ref{Kind: kind, Name: name}
		r, findings := Check(ref, text, Scope{})
		if (r == nil) != (len(findings) > 0 && findings[0].Severity == core.Fault && r == nil) {
			t.Fatalf("Check(%v, %q) = %v, %v", ref, text, r, findings)
		}
		if r == nil {
			return
		}
		r.Needs()
		if again, findings := Decode(ref, r.Stored()); again == nil || again.Stored() != r.Stored() {
			t.Fatalf("the stored form %q of %q is not stable: %v", r.Stored(), text, findings)
		}
	})
}
