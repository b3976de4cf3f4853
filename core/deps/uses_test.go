package deps

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"testing"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
)

// factory is a bundle in which every way to need something occurs, served and not.
const factory = `
	streams/s = CREATE STREAM s () WITH (DATASOURCE="t", CONF_KEY="td")
	streams/m = CREATE STREAM m () WITH (TYPE="memory", DATASOURCE="a/+")
	streams/v = CREATE STREAM v () WITH (TYPE="video", CONF_KEY="none", FORMAT="protobuf", SCHEMAID="a.B")
	tables/f = CREATE TABLE f () WITH (TYPE="file", DATASOURCE="list.json")
	sourceConfig/mqtt = {"td":{"connectionSelector":"c"},"other":{"connectionSelector":"nowhere"}}
	sinkConfig/mqtt = {"out":{"certificationPath":"/data/uploads/cert.pem"}}
	connectionConfig/mqtt = {"c":{"server":"x"},"unused":{}}
	uploads/cert.pem = {"name":"cert.pem","content":"x"}
	uploads/list = {"name":"list.json","content":"[]"}
	scripts/area = {"id":"area","script":"function area(x){}"}
	nativePlugins/sinks_tdengine = {"name":"tdengine","file":"https://h/t.zip"}
	rules/feeds = {"id":"feeds","sql":"SELECT area(x) FROM s","actions":[{"memory":{"topic":"a/x"}},{"mqtt":{"resourceId":"out"}}]}
	rules/reads = {"id":"reads","sql":"SELECT area(x), lost(x) FROM m INNER JOIN f ON m.a = f.a","actions":[{"tdengine":{}},{"mqtt":{"a":"cert.pem","b":"/u/cert.pem"}}]}
	rules/broken = {"id":"broken","sql":"SELECT"}
	rules/far = {"id":"far","sql":"SELECT * FROM nosuch","actions":[{"memory":{"topic":"a/x/y"}},{"kafka":{"resourceId":"k"}}]}`

// link prints a need as "from why to", or "from why ?name" where nothing serves it.
func link(l Link) string {
	if l.Missing() {
		return fmt.Sprintf("%s %s ?%s", l.From, l.Why, strings.Trim(l.Name+"/"+l.Need.Key, "/"))
	}
	return fmt.Sprintf("%s %s %s", l.From, l.Why, l.To)
}

func lines(links []Link) string {
	var out []string
	for _, l := range links {
		out = append(out, link(l))
	}
	return strings.Join(out, "; ")
}

// both calls a test with a graph that reads on demand and with one that is complete.
func both(t *testing.T, b *bundle.Bundle, test func(name string, g *Graph)) {
	t.Helper()
	test("New", New(b, nil))
	test("Complete", Complete(b, nil, nil))
}

func TestNeeds(t *testing.T) {
	tests := []struct{ part, want string }{
		{"streams/s", "streams/s source-key sourceConfig/mqtt/td"},
		{"streams/v", "streams/v source-type ?video; streams/v source-key ?video/none; streams/v decodes ?protobuf_a"},
		{"streams/m", "streams/m fed rules/feeds"},
		{"tables/f", "tables/f mentions uploads/list"},
		{"sourceConfig/mqtt td", "sourceConfig/mqtt/td connects connectionConfig/mqtt/c"},
		{"sourceConfig/mqtt", "sourceConfig/mqtt/other connects ?nowhere; sourceConfig/mqtt/td connects connectionConfig/mqtt/c"},
		{"sourceConfig/mqtt nosuch", ""},
		{"rules/feeds", "rules/feeds reads streams/s; rules/feeds calls scripts/area; rules/feeds sink-key sinkConfig/mqtt/out"},
		{"rules/reads", "rules/reads reads streams/m; rules/reads reads tables/f; rules/reads calls scripts/area; rules/reads calls ?lost; " +
			"rules/reads sink-type nativePlugins/sinks_tdengine; rules/reads mentions uploads/cert.pem"},
		{"rules/broken", ""},
		{"rules/nosuch", ""},
	}
	both(t, notation(t, factory), func(name string, g *Graph) {
		for _, tt := range tests {
			text, key, _ := strings.Cut(tt.part, " ")
			ref, err := core.ParseRef(text)
			if err != nil {
				t.Fatal(err)
			}
			if got := lines(g.Needs(Part{ref, key})); got != tt.want {
				t.Errorf("%s: Needs(%s)\n got %s\nwant %s", name, tt.part, got, tt.want)
			}
		}
	})
}

func TestUsedBy(t *testing.T) {
	tests := []struct{ ref, want string }{
		{"streams/s", "rules/feeds reads streams/s"},
		{"streams/v", ""},
		{"tables/f", "rules/reads reads tables/f"},
		{"sourceConfig/mqtt", "streams/s source-key sourceConfig/mqtt/td"},
		{"connectionConfig/mqtt", "sourceConfig/mqtt/td connects connectionConfig/mqtt/c"},
		{"uploads/cert.pem", "sinkConfig/mqtt/out mentions uploads/cert.pem; rules/reads mentions uploads/cert.pem"},
		{"uploads/list", "tables/f mentions uploads/list"},
		{"scripts/area", "rules/feeds calls scripts/area; rules/reads calls scripts/area"},
		{"nativePlugins/sinks_tdengine", "rules/reads sink-type nativePlugins/sinks_tdengine"},
		{"rules/feeds", "streams/m fed rules/feeds"},
		{"rules/far", ""},
		{"rules/nosuch", ""},
	}
	both(t, notation(t, factory), func(name string, g *Graph) {
		for _, tt := range tests {
			ref, err := core.ParseRef(tt.ref)
			if err != nil {
				t.Fatal(err)
			}
			if got := lines(g.UsedBy(ref)); got != tt.want {
				t.Errorf("%s: UsedBy(%s)\n got %s\nwant %s", name, tt.ref, got, tt.want)
			}
		}
	})
}

func TestMissing(t *testing.T) {
	want := []string{
		"sourceConfig/mqtt/other connects ?nowhere", "streams/v source-type ?video", "streams/v source-key ?video/none", "streams/v decodes ?protobuf_a",
		"rules/far reads ?nosuch", "rules/far sink-type ?kafka", "rules/far sink-key ?kafka/k", "rules/reads calls ?lost",
	}
	both(t, notation(t, factory), func(name string, g *Graph) {
		for _, limit := range []int{-1, 0, 3, 8, 100} {
			gaps, total := g.Missing(limit)
			var got []string
			for _, gap := range gaps {
				got = append(got, link(Link{Need: gap.Need, From: gap.From}))
			}
			expected := want[:min(max(limit, 0), len(want))]
			if total != len(want) || strings.Join(got, "; ") != strings.Join(expected, "; ") {
				t.Errorf("%s: Missing(%d)\n got %d %v\nwant %d %v", name, limit, total, got, len(want), expected)
			}
		}
	})
}

func TestMatches(t *testing.T) {
	tests := []struct {
		filter, topic string
		want          bool
	}{
		{"a", "a", true}, {"a", "b", false}, {"a", "a/b", false}, {"a/b", "a", false},
		{"+", "a", true}, {"+", "a/b", false}, {"a/+", "a/b", true}, {"a/+", "a", false}, {"a/+/c", "a/b/c", true}, {"a/+/c", "a/b/d", false},
		{"#", "a", true}, {"#", "a/b", true}, {"a/#", "a", true}, {"a/#", "a/b/c", true}, {"a/#", "b", false}, {"a/b/#", "a", false}, {"a/", "a", false}, {"a/", "a/", true},
	}
	for _, tt := range tests {
		if got := matches(tt.filter, tt.topic); got != tt.want {
			t.Errorf("matches(%q, %q) = %v", tt.filter, tt.topic, got)
		}
	}
}

// random makes and changes bundles from few words, so that much of what is needed is there.
type random struct{ *rand.Rand }

func (r random) word() string { return string(rune('a' + r.IntN(6))) }

func (r random) pick(texts ...string) string { return texts[r.IntN(len(texts))] }

// edit sets or deletes an entry.
func (r random) edit(b *bundle.Bundle) {
	kind := core.Kind(r.IntN(core.NumKinds))
	name, other := r.word(), r.word()
	text := map[core.Kind]string{
		core.Upload:         fmt.Sprintf(`{"name":%q,"content":""}`, r.pick(name, other)),
		core.NativePlugin:   fmt.Sprintf(`{"name":%q,"file":"https://h/x.zip","functions":[%q]}`, name, other),
		core.PortablePlugin: fmt.Sprintf(`{"name":%q,"file":"https://h/x.zip"}`, name),
		core.Schema:         fmt.Sprintf(`{"type":"protobuf","name":%q,"content":"x"}`, name),
		core.Service:        fmt.Sprintf(`{"name":%q,"file":"https://h/x.zip"}`, name),
		core.Script:         fmt.Sprintf(`{"id":%q,"script":"x"}`, name),
		core.SourceConfig:   fmt.Sprintf(`{%q:{"connectionSelector":%q},"z":{"f":%q}}`, other, r.word(), r.word()),
		core.SinkConfig:     fmt.Sprintf(`{%q:{"connectionSelector":%q}}`, other, r.word()),
		core.Connection:     fmt.Sprintf(`{%q:{"path":"/x/%s"},%q:{}}`, other, r.word(), r.word()),
		core.Stream:         fmt.Sprintf(`CREATE STREAM %s () WITH (TYPE=%q, DATASOURCE="%s/%s", CONF_KEY=%q, FORMAT="protobuf", SCHEMAID=%q)`, name, r.pick("memory", other), r.word(), r.pick("+", "#", "x"), r.word(), r.word()),
		core.Table:          fmt.Sprintf(`CREATE TABLE %s () WITH (DATASOURCE=%q)`, name, other),
		core.Rule: fmt.Sprintf(`{"id":%q,"sql":"SELECT %s(x) FROM %s","actions":[{%q:{"resourceId":%q}},{%q:{"topic":"%s/x"}}]}`,
			name, other, r.word(), r.word(), r.word(), r.pick("memory", `m\u0065mory`), r.word()),
	}[kind]
	if kind == core.NativePlugin {
		name = r.pick("sources_", "sinks_", "functions_") + name
	}
	if kind == core.Schema {
		name = "protobuf_" + name
	}
	ref := core.Ref{Kind: kind, Name: name}
	switch r.IntN(6) {
	case 0:
		b.Delete(ref)
	case 1:
		b.Set(ref, "broken")
	default:
		b.Set(ref, text)
	}
}

// answers asks a graph everything.
func answers(t *testing.T, g *Graph, b *bundle.Bundle) (all []any) {
	t.Helper()
	for ref := range b.All() {
		set, err := g.Closure([]core.Ref{ref})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, *set, g.Needs(Part{Ref: ref}), g.UsedBy(ref))
	}
	gaps, total := g.Missing(1000)
	return append(all, gaps, total)
}

// TestGraphsAgree edits a bundle at random: a graph that reads on demand, one that was
// completed from nothing and one from that of an earlier bundle answer alike.
func TestGraphsAgree(t *testing.T) {
	for seed := range uint64(12) {
		r := random{rand.New(rand.NewPCG(seed, 1))}
		b := &bundle.Bundle{}
		var previous *Graph
		for round := range 8 {
			b = b.Clone()
			for range r.IntN(40) {
				r.edit(b)
			}
			want := answers(t, New(b, nil), b)
			next := Complete(b, nil, previous)
			if got := answers(t, Complete(b, nil, nil), b); !reflect.DeepEqual(got, want) {
				t.Fatalf("seed %d, round %d: Complete(b, nil, nil) and New(b, nil) differ", seed, round)
			}
			if got := answers(t, next, b); !reflect.DeepEqual(got, want) {
				t.Fatalf("seed %d, round %d: Complete(b, nil, previous) and New(b, nil) differ", seed, round)
			}
			if previous = next; r.IntN(4) == 0 {
				previous = New(b, nil)
			}
		}
	}
}

// TestLinksAreMirrored holds UsedBy against Needs: each link is in both.
func TestLinksAreMirrored(t *testing.T) {
	r := random{rand.New(rand.NewPCG(7, 7))}
	b := &bundle.Bundle{}
	for range 300 {
		r.edit(b)
	}
	g := Complete(b, nil, nil)
	needed, used := map[[2]Part]bool{}, map[[2]Part]bool{}
	for ref := range b.All() {
		for _, l := range g.Needs(Part{Ref: ref}) {
			if !l.Missing() {
				needed[[2]Part{l.From, l.To}] = true
			}
		}
		users, total := g.Users(ref, 3)
		if all := g.UsedBy(ref); total != len(all) || len(users) != min(3, len(all)) {
			t.Errorf("Users(%s, 3) returns %d of %d, UsedBy has %d", ref, len(users), total, len(all))
		}
		for _, l := range g.UsedBy(ref) {
			used[[2]Part{l.From, l.To}] = true
		}
	}
	if len(needed) < 20 || !reflect.DeepEqual(needed, used) {
		t.Errorf("%d pairs by Needs, %d by UsedBy:\n%v\n%v", len(needed), len(used), needed, used)
	}
}

func TestCompleteReusesWhatIsKnown(t *testing.T) {
	b := notation(t, factory)
	previous := Complete(b, nil, nil)
	b = b.Clone()
	changed := rule("far")
	b.Set(changed, `{"id":"far","sql":"SELECT * FROM s","actions":[{"log":{}}]}`)
	g := Complete(b, nil, previous)
	for ref := range b.All() {
		if reused := g.about(ref) == previous.about(ref); reused != (ref != changed) {
			t.Errorf("%s: reused is %v", ref, reused)
		}
	}
}

func TestGraphServesManyAtOnce(t *testing.T) {
	b := notation(t, factory)
	both(t, b, func(_ string, g *Graph) {
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() { answers(t, g, b) })
			wg.Go(func() { Complete(b, nil, g) })
		}
		wg.Wait()
	})
}
