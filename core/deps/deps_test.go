package deps

import (
	"fmt"
	"strings"
	"testing"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/resource"
)

// notation reads entries of the form "section/name = text", one a line.
func notation(t *testing.T, text string) *bundle.Bundle {
	t.Helper()
	b := &bundle.Bundle{}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		name, text, ok := strings.Cut(line, " = ")
		ref, err := core.ParseRef(name)
		if !ok || err != nil {
			t.Fatalf("bad line %q: %v", line, err)
		}
		b.Set(ref, text)
	}
	return b
}

func rule(id string) core.Ref { return core.Ref{Kind: core.Rule, Name: id} }

// chains prints every item of a set with the parts that lead to it.
func chains(s *Set) string {
	var out []string
	for _, item := range s.Items {
		var parts []string
		for _, p := range s.Chain(item) {
			parts = append(parts, p.String())
		}
		out = append(out, strings.Join(parts, " > "))
	}
	for _, gap := range s.Missing {
		out = append(out, fmt.Sprintf("missing %s %s", gap.Why, strings.Trim(gap.Name+"/"+gap.Key, "/")))
	}
	return strings.Join(out, "\n")
}

func TestClosureOfSample(t *testing.T) {
	b, _, err := bundle.Decode(bundle.Sample)
	if err != nil {
		t.Fatal(err)
	}
	set, err := New(b, nil).Closure([]core.Ref{rule("rule1")})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := chains(set), "rules/rule1 > streams/demo\nrules/rule1"; got != want {
		t.Errorf("Closure(rule1)\n got %s\nwant %s", got, want)
	}
}

// TestClosure has a case for every gap of the engine's own export that is closed here.
func TestClosure(t *testing.T) {
	tests := []struct{ name, bundle, rules, want string }{
		{"stream without TYPE is mqtt", `
			streams/s = CREATE STREAM s () WITH (DATASOURCE="t", CONF_KEY="td")
			sourceConfig/mqtt = {"td":{"server":"a"},"other":{}}
			rules/r = {"id":"r","sql":"SELECT * FROM s","actions":[{"log":{}}]}`,
			"r", `rules/r > streams/s > sourceConfig/mqtt/td; rules/r > streams/s; rules/r`},
		{"FORMAT in capitals", `
			streams/s = CREATE STREAM s () WITH (FORMAT="PROTOBUF", SCHEMAID="s1.Book")
			Schema/protobuf_s1 = {"type":"protobuf","name":"s1","content":"x"}
			rules/r = {"id":"r","sql":"SELECT * FROM s","actions":[{"log":{}}]}`,
			"r", `rules/r > streams/s > Schema/protobuf_s1; rules/r > streams/s; rules/r`},
		{"scripts, and a state window's condition", `
			streams/s = CREATE STREAM s () WITH (DATASOURCE="t")
			scripts/area = {"id":"area","script":"function area(x){}"}
			scripts/begin = {"id":"begin","script":"function begin(x){}"}
			rules/r = {"id":"r","sql":"SELECT area(x) FROM s GROUP BY STATEWINDOW(begin(a) > 1)","actions":[{"log":{}}]}`,
			"r", `rules/r > scripts/area; rules/r > scripts/begin; rules/r > streams/s; rules/r`},
		{"only the connections and uploads that are referred to", `
			streams/s = CREATE STREAM s () WITH (TYPE="file", DATASOURCE="lookup.json", CONF_KEY="k")
			sourceConfig/file = {"k":{"connectionSelector":"c1"}}
			connectionConfig/mqtt = {"c1":{},"c2":{},"c3":{}}
			uploads/lookup.json = {"name":"lookup.json","content":"{}"}
			uploads/cert.pem = {"name":"cert.pem","content":"x"}
			uploads/unused = {"name":"unused","content":"x"}
			rules/r = {"id":"r","sql":"SELECT * FROM s","actions":[{"mqtt":{"connectionSelector":"mqtt.c2","certificationPath":"/data/uploads/cert.pem"}}]}`,
			"r", `rules/r > uploads/cert.pem; rules/r > streams/s > uploads/lookup.json; rules/r > streams/s > sourceConfig/file/k; ` +
				`rules/r > streams/s > sourceConfig/file/k > connectionConfig/mqtt/c1; rules/r > connectionConfig/mqtt/c2; rules/r > streams/s; rules/r`},
		{"memory topics between rules, with wildcards", `
			streams/in = CREATE STREAM in1 () WITH (DATASOURCE="x")
			streams/in1 = CREATE STREAM in1 () WITH (DATASOURCE="x")
			streams/m = CREATE STREAM m () WITH (TYPE="memory", DATASOURCE="a/+")
			streams/n = CREATE STREAM n () WITH (TYPE="memory", DATASOURCE="b")
			rules/first = {"id":"first","sql":"SELECT * FROM in1","actions":[{"memory":{"topic":"b"}}]}
			rules/second = {"id":"second","sql":"SELECT * FROM n","actions":[{"log":{}},{"memory":{"topic":"a/x"}}]}
			rules/third = {"id":"third","sql":"SELECT * FROM m","actions":[{"log":{}}]}
			rules/far = {"id":"far","sql":"SELECT * FROM m","actions":[{"memory":{"topic":"a/x/y"}}]}`,
			"third", `rules/third > streams/m > rules/second > streams/n > rules/first > streams/in1; rules/third > streams/m; ` +
				`rules/third > streams/m > rules/second > streams/n; rules/third > streams/m > rules/second > streams/n > rules/first; ` +
				`rules/third > streams/m > rules/second; rules/third`},
		{"graph rules", `
			streams/s = CREATE STREAM s () WITH (DATASOURCE="x")
			tables/t = CREATE TABLE t () WITH (DATASOURCE="x")
			scripts/f = {"id":"f","script":"function f(x){}"}
			scripts/j = {"id":"j","script":"function j(x){}"}
			sinkConfig/mqtt = {"k":{},"l":{}}
			rules/g = {"id":"g","graph":{"nodes":{"a":{"type":"source","nodeType":"mqtt","props":{"sourceType":"stream","sourceName":"s"}},"b":{"type":"operator","nodeType":"function","props":{"expr":"f(x) as y"}},"c":{"type":"operator","nodeType":"join","props":{"from":"s","joins":[{"name":"t","type":"inner","on":"j(s.x) = t.x"}]}},"z":{"type":"sink","nodeType":"mqtt","props":{"resourceId":"k"}}}}}`,
			"g", `rules/g > scripts/f; rules/g > scripts/j; rules/g > sinkConfig/mqtt/k; rules/g > streams/s; rules/g > tables/t; rules/g`},
		{"plugins of sources, sinks and functions, by their lists", `
			streams/s = CREATE STREAM s () WITH (TYPE="video", DATASOURCE="x")
			nativePlugins/sources_video = {"name":"video","file":"https://h/v.zip"}
			nativePlugins/sinks_tdengine = {"name":"tdengine","file":"https://h/t.zip"}
			nativePlugins/functions_image = {"name":"image","file":"https://h/i.zip","functions":["resize","thumbnail"]}
			portablePlugins/pysam = {"name":"pysam","file":"https://h/p.zip"}
			rules/r = {"id":"r","sql":"SELECT resize(x) FROM s","actions":[{"tdengine":{}},{"pysam":{}}]}`,
			"r", `rules/r > nativePlugins/functions_image; rules/r > nativePlugins/sinks_tdengine; rules/r > streams/s > nativePlugins/sources_video; ` +
				`rules/r > portablePlugins/pysam; rules/r > streams/s; rules/r`},
		{"what is missing is named", `
			streams/s = CREATE STREAM s () WITH (TYPE="zmq", CONF_KEY="k", SCHEMAID="a.B", FORMAT="protobuf")
			rules/r = {"id":"r","sql":"SELECT nosuch(x) FROM s INNER JOIN t ON s.a = t.a GROUP BY TUMBLINGWINDOW(ss, 1)","actions":[{"kafka":{"resourceId":"x","connectionSelector":"c"}}]}`,
			"r", `rules/r > streams/s; rules/r; missing reads t; missing calls nosuch; missing sink-type kafka; missing sink-key kafka/x; missing connects c; ` +
				`missing source-type zmq; missing source-key zmq/k; missing decodes protobuf_a`},
		{"an entry that cannot be read is exported all the same", `
			streams/s = CREATE STREAM
			rules/r = {"id":"r","sql":"SELECT * FROM s","actions":[{"log":{}}]}`,
			"r", `rules/r > streams/s; rules/r`},
		{"two rules that need the same", `
			streams/s = CREATE STREAM s () WITH (DATASOURCE="x")
			rules/a = {"id":"a","sql":"SELECT * FROM s","actions":[{"log":{}}]}
			rules/b = {"id":"b","sql":"SELECT * FROM s","actions":[{"log":{}}]}`,
			"b a b", `rules/b > streams/s; rules/a; rules/b`},
	}
	for _, tt := range tests {
		var roots []core.Ref
		for _, id := range strings.Fields(tt.rules) {
			roots = append(roots, rule(id))
		}
		set, err := New(notation(t, tt.bundle), nil).Closure(roots)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if got := strings.ReplaceAll(chains(set), "\n", "; "); got != tt.want {
			t.Errorf("%s: Closure(%s)\n got %s\nwant %s", tt.name, tt.rules, got, tt.want)
		}
		parts := map[core.Ref]bool{}
		for _, item := range set.Items {
			parts[item.Ref] = true
		}
		if set.Bundle.Len() != len(parts) {
			t.Errorf("%s: the bundle has %d entries, the set %d", tt.name, set.Bundle.Len(), len(parts))
		}
	}
}

func TestClosureTakesOnlyTheKeysInUse(t *testing.T) {
	b := notation(t, `
		streams/s = CREATE STREAM s () WITH (DATASOURCE="t", CONF_KEY="td")
		sourceConfig/mqtt = {"td":{"server":"a"},"other":{"password":"secret"}}
		rules/r = {"id":"r","sql":"SELECT * FROM s","actions":[{"log":{}}]}`)
	set, err := New(b, nil).Closure([]core.Ref{rule("r")})
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := set.Bundle.Get(core.Ref{Kind: core.SourceConfig, Name: "mqtt"}); got != `{"td":{"server":"a"}}` {
		t.Errorf("sourceConfig/mqtt = %s", got)
	}
}

func TestClosureKnowsWhatArchivesBring(t *testing.T) {
	b := notation(t, `
		streams/s = CREATE STREAM s () WITH (TYPE="video", DATASOURCE="x")
		portablePlugins/cam = {"name":"cam","file":"https://h/p.zip"}
		Service/maths = {"name":"maths","file":"https://h/s.zip"}
		rules/r = {"id":"r","sql":"SELECT add(x) FROM s","actions":[{"screen":{}}]}`)
	brings := Brings{
		{Kind: core.PortablePlugin, Name: "cam"}:  {Sources: []string{"video"}, Sinks: []string{"screen"}},
		{Kind: core.Service, Name: "maths"}:       {Functions: []string{"add"}},
		{Kind: core.PortablePlugin, Name: "gone"}: {Functions: []string{"add"}},
	}
	for name, g := range map[string]*Graph{"New": New(b, brings), "Complete": Complete(b, brings, nil)} {
		set, err := g.Closure([]core.Ref{rule("r")})
		if err != nil {
			t.Fatal(err)
		}
		want := "rules/r > portablePlugins/cam\nrules/r > Service/maths\nrules/r > streams/s\nrules/r"
		if got := chains(set); got != want {
			t.Errorf("%s\n got %s\nwant %s", name, got, want)
		}
	}
}

func TestClosureOfUnknownRules(t *testing.T) {
	_, err := New(&bundle.Bundle{}, nil).Closure([]core.Ref{rule("x"), rule("y")})
	if core.CodeOf(err) != core.NotFound || err.Error() != "rules x, y are not found" {
		t.Errorf("Closure = %v", err)
	}
}

func TestEveryWhyIsServed(t *testing.T) {
	g := New(&bundle.Bundle{}, nil)
	for _, why := range []resource.Why{resource.ReadsFrom, resource.SourceType, resource.SinkType, resource.Calls, resource.SourceKey,
		resource.SinkKey, resource.Connects, resource.Decodes, resource.Mentions, resource.Fed} {
		if parts, _ := g.serve(resource.Need{Why: why, Name: "x", Key: "y"}); parts != nil {
			t.Errorf("%s is served by %v in an empty bundle", why, parts)
		}
	}
}
