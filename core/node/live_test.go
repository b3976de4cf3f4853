package node_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
	"ekuiper-console/core/node"
	"ekuiper-console/core/node/nodetest"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/transfer"
	"ekuiper-console/db"
	"ekuiper-console/db/dbtest"
)

var (
	admin    = core.Caller{Name: "root", Role: core.Admin, Via: "test"}
	operator = core.Caller{Name: "ann", Role: core.Operator, Via: "test"}
	viewer   = core.Caller{Name: "vic", Role: core.Viewer, Via: "test"}
)

// site is a console that knows the engine site1.
type site struct {
	t      *testing.T
	db     *db.DB
	engine *nodetest.Engine
	nodes  *node.Registry
	live   *node.Live
	*transfer.Service
}

func open(t *testing.T, holds string) *site {
	t.Helper()
	s := &site{t: t, db: dbtest.Open(t), engine: nodetest.Open(t, holds)}
	s.nodes = &node.Registry{Store: s.db, Seal: node.Seal{File: filepath.Join(t.TempDir(), "nodes.key")}}
	s.live = &node.Live{Mirror: s.db, Nodes: s.nodes, Noter: s.db, Times: quick}
	s.Service = &transfer.Service{Nodes: s.live, Live: s.live, Journal: s.db}
	t.Cleanup(s.Close)
	t.Cleanup(s.live.Close)
	if _, err := s.nodes.Add(ctx, admin, node.Node{Name: "site1", URL: s.engine.URL}); err != nil {
		t.Fatal(err)
	}
	return s
}

// health returns how a node was doing when it was last asked.
func (s *site) health(name string) node.Health {
	s.t.Helper()
	n, err := s.nodes.Node(ctx, viewer, name)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.live.Health(n)
}

// bring imports a document into site1.
func (s *site) bring(m plan.Mode, document string) (*transfer.Result, error) {
	return s.Import(ctx, operator, transfer.Request{Node: "site1", Document: []byte(document), Mode: m})
}

// says sums an import up: what deviates, what was applied and what was rejected.
func says(r *transfer.Result) string {
	var words []string
	for _, d := range r.Deviations {
		word := string(d.What)
		if d.Ref.Name != "" {
			word += " " + d.Ref.String()
		}
		words = append(words, word)
	}
	return fmt.Sprintf("%s; %d applied, %d rejected", strings.Join(words, ", "), len(r.Applied), len(r.Rejected))
}

const (
	stream  = `"s":"CREATE STREAM s () WITH (DATASOURCE=\"a\")"`
	another = `"t":"CREATE STREAM t () WITH (DATASOURCE=\"b\")"`
	ruleR   = `"r":"{\"id\":\"r\",\"sql\":\"SELECT * FROM s\",\"actions\":[{\"log\":{}}]}"`
	ruleQ   = `"q":"{\"id\":\"q\",\"sql\":\"SELECT * FROM s\",\"actions\":[{\"nop\":{}}]}"`
	schema  = `"protobuf_p":"{\"type\":\"protobuf\",\"name\":\"p\",\"content\":\"message M { required int64 a = 1; }\"}"`
	plugin  = `"functions_echo":"{\"name\":\"echo\",\"file\":\"file:///p/echo.zip\",\"functions\":[\"echo\"]}"`
)

func ref(text string) core.Ref {
	r, err := core.ParseRef(text)
	if err != nil {
		panic(err)
	}
	return r
}

func TestPull(t *testing.T) {
	s := open(t, holds)
	pull := func() int64 {
		t.Helper()
		snapshot, err := s.live.Pull(ctx, operator, "site1")
		if err != nil {
			t.Fatal(err)
		}
		if !snapshot.Bundle.Equal(s.engine.Holds) {
			t.Errorf("the mirror is not what the engine holds")
		}
		return snapshot.Revision
	}
	if got := pull(); got != 1 {
		t.Errorf("the first pull is revision %d", got)
	}
	if got := pull(); got != 1 {
		t.Errorf("a pull of the same is revision %d, want 1 still", got)
	}
	s.engine.Do(func(e *nodetest.Engine) { e.Holds.Delete(ref("rules/r")) })
	if got := pull(); got != 2 {
		t.Errorf("a pull after a change is revision %d, want 2", got)
	}
	revs, err := s.History(ctx, viewer, "site1", 0, 10)
	if err != nil || len(revs) != 2 || revs[0].Deleted != 1 || revs[1].Created != 2 {
		t.Errorf("history: %+v, %v", revs, err)
	}
	s.engine.Do(func(e *nodetest.Engine) { e.Faults["GET"] = nodetest.Die })
	if _, err := s.live.Pull(ctx, operator, "site1"); core.CodeOf(err) != core.Unreachable {
		t.Errorf("pulling a dead node: %v", err)
	}
	if snapshot, err := s.Export(ctx, viewer, "site1"); err != nil || snapshot.Bundle.Len() != 1 {
		t.Errorf("what was read last: %d entries, %v", snapshot.Bundle.Len(), err)
	}
	if local, err := s.Export(ctx, viewer, core.Local); err != nil || local.Bundle.Len() != 0 {
		t.Errorf("the embedded node holds %d entries, %v", local.Bundle.Len(), err)
	}
}

// TestImport brings documents into engines with faults. What is told must be what is there.
func TestImport(t *testing.T) {
	for name, c := range map[string]struct {
		mode  plan.Mode
		brief string
		fault func(*nodetest.Engine)
		want  string // see says
		left  string // what the engine holds afterwards, by ref
	}{
		"partial": {mode: plan.Partial, brief: `{"streams":{` + another + `}}`, want: "; 1 applied, 0 rejected", left: "streams/s streams/t rules/r"},
		"full":    {mode: plan.Full, brief: `{"streams":{` + stream + `},"rules":{` + ruleQ + `}}`, want: "; 2 applied, 0 rejected", left: "streams/s rules/q"},
		"full with what the engine passes over": {
			mode: plan.Full, brief: `{"nativePlugins":{` + plugin + `},"Schema":{` + schema + `},"streams":{` + stream + `}}`,
			want: "; 3 applied, 0 rejected", left: "nativePlugins/functions_echo Schema/protobuf_p streams/s",
		},
		"a schema that goes": {
			mode: plan.Full, brief: `{"streams":{` + stream + `}}`,
			fault: func(e *nodetest.Engine) {
				e.Holds.Set(ref("Schema/protobuf_old"), `{"type":"protobuf","name":"old","content":""}`)
			},
			want: "; 2 applied, 0 rejected", left: "streams/s",
		},
		"a schema that is replaced": {
			mode: plan.Full, brief: `{"Schema":{` + schema + `}}`,
			fault: func(e *nodetest.Engine) {
				e.Holds.Set(ref("Schema/protobuf_p"), `{"type":"protobuf","name":"p","content":"message Old { }"}`)
			},
			want: "; 3 applied, 0 rejected", left: "Schema/protobuf_p",
		},
		"refused": {
			mode: plan.Partial, brief: `{"streams":{` + another + `},"rules":{` + ruleQ + `}}`,
			fault: func(e *nodetest.Engine) { e.Refuses[ref("rules/q")] = "no \"such\" thing" },
			want:  "refused rules/q; 1 applied, 1 rejected", left: "streams/s streams/t rules/r",
		},
		"lost in silence": {
			mode: plan.Partial, brief: `{"streams":{` + another + `},"rules":{` + ruleQ + `}}`,
			fault: func(e *nodetest.Engine) { e.Loses[ref("rules/q")] = true },
			want:  "missing rules/q; 1 applied, 1 rejected", left: "streams/s streams/t rules/r",
		},
		"an old rule lost in a reset": {
			mode: plan.Full, brief: `{"streams":{` + stream + `,` + another + `},"rules":{` + ruleR + `}}`,
			fault: func(e *nodetest.Engine) { e.Loses[ref("rules/r")] = true },
			want:  "missing rules/r; 1 applied, 1 rejected", left: "streams/s streams/t",
		},
		"not running": {
			mode: plan.Partial, brief: `{"rules":{` + ruleQ + `}}`,
			fault: func(e *nodetest.Engine) { e.Stuck["q"] = "no broker" },
			want:  "not-running rules/q; 1 applied, 0 rejected", left: "streams/s rules/q rules/r",
		},
		"running once the plugin is there": {
			mode: plan.Full, brief: `{"nativePlugins":{` + plugin + `},"streams":{` + stream + `},"rules":{` + ruleR + `}}`,
			fault: func(e *nodetest.Engine) { e.Stuck["r"], e.Mends = "no function", true },
			want:  "; 1 applied, 0 rejected", left: "nativePlugins/functions_echo streams/s rules/r",
		},
		"dead before the import": {
			mode: plan.Partial, brief: `{"streams":{` + another + `}}`,
			fault: func(e *nodetest.Engine) { e.Faults["POST /data/import"] = nodetest.Die },
			want:  "broke-off, missing streams/t; 0 applied, 1 rejected", left: "streams/s rules/r",
		},
		"dead after the import": {
			mode: plan.Partial, brief: `{"streams":{` + another + `}}`,
			fault: func(e *nodetest.Engine) { e.Faults["POST /data/import"] = nodetest.DieAfter },
			want:  "broke-off; 1 applied, 0 rejected", left: "streams/s streams/t rules/r",
		},
		"slower than the time-out": {
			mode: plan.Partial, brief: `{"streams":{` + another + `}}`,
			fault: func(e *nodetest.Engine) { e.Faults["POST /data/import"] = nodetest.Hang },
			want:  "broke-off, missing streams/t; 0 applied, 1 rejected", left: "streams/s rules/r",
		},
		"garbage": {
			mode: plan.Partial, brief: `{"streams":{` + another + `}}`,
			fault: func(e *nodetest.Engine) { e.Faults["POST /data/import"] = nodetest.Garbage },
			want:  "broke-off, missing streams/t; 0 applied, 1 rejected", left: "streams/s rules/r",
		},
		"nobody knows whether the rules run": {
			mode: plan.Partial, brief: `{"rules":{` + ruleQ + `}}`,
			fault: func(e *nodetest.Engine) { e.Faults["GET /rules"] = nodetest.Broken },
			want:  "broke-off; 1 applied, 0 rejected", left: "streams/s rules/q rules/r",
		},
		"a node that tells nothing of rules": {
			mode: plan.Partial, brief: `{"rules":{` + ruleQ + `}}`,
			fault: func(e *nodetest.Engine) {
				e.Faults["GET /rules/q/status"], e.Stuck["q"] = nodetest.Missing, "it runs none"
			},
			want: "; 1 applied, 0 rejected", left: "streams/s rules/q rules/r",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, holds)
			if c.fault != nil {
				s.engine.Do(c.fault)
			}
			r, err := s.bring(c.mode, c.brief)
			if err != nil {
				t.Fatal(err)
			}
			if got := says(r); got != c.want {
				t.Errorf("says %q, want %q (%+v)", got, c.want, r.Deviations)
			}
			var left []string
			for ref := range s.engine.Holds.All() {
				left = append(left, ref.String())
			}
			if got := sorted(left); got != sorted(strings.Fields(c.left)) {
				t.Errorf("the engine holds %s, want %s", got, c.left)
			}
			now, err := s.Export(ctx, viewer, "site1")
			if err != nil || !now.Bundle.Equal(s.engine.Holds) {
				t.Errorf("the newest revision is not what the engine holds (%v)", err)
			}
			report, err := s.Status(ctx, viewer, "site1")
			if err != nil || report.Len() != len(r.Rejected) {
				t.Errorf("the report has %d entries, %v", report.Len(), err)
			}
		})
	}
}

func sorted(words []string) string {
	slices.Sort(words)
	return strings.Join(words, " ")
}

// TestNothingSent refuses what must not reach a node.
func TestNothingSent(t *testing.T) {
	s := open(t, holds)
	if _, err := s.bring(plan.Full, `{"streams":`); core.CodeOf(err) != core.Invalid {
		t.Errorf("a document that cannot be read: %v", err)
	}
	r, err := s.bring(plan.Full, holds)
	if err != nil || r.Written {
		t.Errorf("what is there already: %+v, %v", r, err)
	}
	s.engine.Do(func(e *nodetest.Engine) { e.Faults["GET /data/export"] = nodetest.Garbage })
	if _, err := s.bring(plan.Full, `{}`); core.CodeOf(err) != core.Unreachable {
		t.Errorf("a node that exports garbage: %v", err)
	}
	if n := s.engine.Called("POST"); n != 0 {
		t.Errorf("%d requests were sent that write", n)
	}
}

// TestUnknownEnd has a node die in the middle of an import and stay dead: nothing counts as
// done until it is back and was read.
func TestUnknownEnd(t *testing.T) {
	s := open(t, holds)
	s.engine.Do(func(e *nodetest.Engine) { e.Faults["POST /data/import"] = nodetest.Gone })
	_, err := s.bring(plan.Full, `{}`)
	if core.CodeOf(err) != core.Unreachable || !strings.Contains(err.Error(), "not known") {
		t.Fatalf("an import whose end nobody saw: %v", err)
	}
	if revs, _ := s.History(ctx, viewer, "site1", 0, 10); len(revs) != 1 {
		t.Errorf("history: %+v", revs)
	}
	s.engine.Do(func(e *nodetest.Engine) { e.Faults = nil })
	if _, err := s.live.Pull(ctx, operator, "site1"); err != nil {
		t.Fatal(err)
	}
	if revs, _ := s.History(ctx, viewer, "site1", 0, 10); len(revs) != 2 || revs[0].Deleted != 2 {
		t.Errorf("history after the node came back: %+v", revs)
	}
}

// TestMoved changes the node between the plan and the import.
func TestMoved(t *testing.T) {
	s := open(t, holds)
	req := transfer.Request{Node: "site1", Document: []byte(`{}`), Mode: plan.Full}
	p, err := s.Preview(ctx, operator, req)
	if err != nil {
		t.Fatal(err)
	}
	req.Plan = p.Hash
	req.Hold = func() error {
		s.engine.Do(func(e *nodetest.Engine) {
			e.Holds.Set(ref("streams/new"), `CREATE STREAM new () WITH (DATASOURCE="n")`)
		})
		return nil
	}
	if _, err := s.Import(ctx, operator, req); core.CodeOf(err) != core.Conflict {
		t.Errorf("importing a plan of before: %v", err)
	}
	if n := s.engine.Called("POST"); n != 0 {
		t.Errorf("%d requests were sent that write", n)
	}
}

// TestUndo brings a revision back, on a node that runs elsewhere.
func TestUndo(t *testing.T) {
	s := open(t, holds)
	before := s.engine.Holds.Clone()
	r, err := s.bring(plan.Full, `{"streams":{`+another+`}}`)
	if err != nil {
		t.Fatal(err)
	}
	undone, err := s.Import(ctx, operator, transfer.Request{Node: "site1", Restores: r.Base})
	if err != nil || says(undone) != "; 3 applied, 0 rejected" {
		t.Fatalf("undo: %v, %v", undone, err)
	}
	if !s.engine.Holds.Equal(before) {
		t.Errorf("after the undo the engine does not hold what it did")
	}
	revs, err := s.History(ctx, viewer, "site1", 0, 1)
	if err != nil || revs[0].Restores != 1 || revs[0].By != "ann" {
		t.Errorf("history: %+v, %v", revs, err)
	}
}

// TestStale reviews a bundle while the node is away.
func TestStale(t *testing.T) {
	s := open(t, holds)
	if _, err := s.live.Pull(ctx, operator, "site1"); err != nil {
		t.Fatal(err)
	}
	s.engine.Do(func(e *nodetest.Engine) { e.Faults["GET"] = nodetest.Die })
	p, err := s.Preview(ctx, operator, transfer.Request{Node: "site1", Document: []byte(`{}`), Mode: plan.Full})
	if err != nil || p.Count(plan.Delete) != 2 || !strings.Contains(p.Stale, "site1 is unreachable") {
		t.Errorf("Preview = %+v, %v", p, err)
	}
	if w := p.Warnings(); len(w) != 1 || w[0].Message != p.Stale {
		t.Errorf("warnings: %+v", w)
	}
	if _, err := s.bring(plan.Full, `{}`); core.CodeOf(err) != core.Unreachable {
		t.Errorf("an import: %v", err)
	}
}

func TestRegistry(t *testing.T) {
	s := open(t, holds)
	secret := node.Node{Name: "b", URL: "http://b:9081/", Auth: node.Auth{Kind: node.Bearer, Token: "sesame"}, Labels: map[string]string{"site": "plant"}, Variables: map[string]string{"broker": "tcp://secret:1883"}}
	if _, err := s.nodes.Add(ctx, operator, secret); core.CodeOf(err) != core.Forbidden {
		t.Errorf("an operator adds a node: %v", err)
	}
	added, err := s.nodes.Add(ctx, admin, secret)
	if err != nil || added.Auth.Token != "" || added.URL != "http://b:9081" {
		t.Errorf("Add = %+v, %v", added, err)
	}
	if _, err := s.nodes.Add(ctx, admin, secret); core.CodeOf(err) != core.Conflict {
		t.Errorf("adding it again: %v", err)
	}
	got, err := s.nodes.Node(ctx, viewer, "b")
	if err != nil || got.Auth != (node.Auth{Kind: node.Bearer}) || got.Labels["site"] != "plant" || got.Variables["broker"] == "" {
		t.Errorf("Node = %+v, %v", got, err)
	}
	stored, err := s.db.Node(ctx, "b")
	if err != nil || strings.Contains(string(stored.Sealed), "sesame") || strings.Contains(string(stored.Sealed), "secret") {
		t.Errorf("the secrets are stored in the clear (%v)", err)
	}
	info, err := os.Stat(s.nodes.Seal.File)
	if err != nil || info.Mode().Perm() != 0o600 || info.Size() != 32 {
		t.Errorf("the key file: %v, %v", info, err)
	}
	elsewhere := "http://evil:9081"
	for _, auth := range []*node.Auth{nil, {Kind: node.Bearer}, {Kind: node.Bearer, Key: "x"}, {Kind: node.Bearer, Issuer: "x"}, {Kind: node.JWT, Token: "x"}} {
		if _, err := s.nodes.Change(ctx, admin, "b", node.Change{URL: &elsewhere, Auth: auth}); core.CodeOf(err) != core.Invalid || !strings.Contains(err.Error(), "another machine") {
			t.Errorf("sending the credentials elsewhere with %+v: %v", auth, err)
		}
	}
	path := "http://b:9081/nodes/c"
	for _, c := range []node.Change{{URL: &path}, {URL: &elsewhere, Auth: &node.Auth{Kind: node.Bearer, Token: "other"}}} {
		if _, err := s.nodes.Change(ctx, admin, "b", c); err != nil {
			t.Errorf("changing the address: %v", err)
		}
	}
	was, err := s.db.Node(ctx, "b")
	if err != nil {
		t.Fatal(err)
	}
	stored.URL = "http://evil2:9081"
	if err := s.db.PutNode(ctx, stored, node.Stored{}, audit.New(time.Now(), admin, audit.NodeAdd, "b")); core.CodeOf(err) != core.Conflict {
		t.Errorf("adding it once more: %v", err)
	}
	if err := s.db.PutNode(ctx, stored, was, audit.New(time.Now(), admin, audit.NodeChange, "b")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.nodes.Node(ctx, viewer, "b"); err == nil {
		t.Errorf("credentials that were sealed for another address are opened")
	}
	if all, err := s.nodes.List(ctx, viewer); err != nil || len(all) != 2 || all[0].Name != "b" {
		t.Errorf("List = %+v, %v", all, err)
	}
	if err := s.nodes.Remove(ctx, operator, "b"); core.CodeOf(err) != core.Forbidden {
		t.Errorf("an operator removes a node: %v", err)
	}
	if err := s.nodes.Remove(ctx, admin, "b"); err != nil {
		t.Error(err)
	}
	if err := s.nodes.Known(ctx, "b"); core.CodeOf(err) != core.NotFound {
		t.Errorf("a node that was removed: %v", err)
	}
}

// TestNotUTF8 refuses what JSON cannot hold; a node that has it can still be changed.
func TestNotUTF8(t *testing.T) {
	s := open(t, holds)
	bad, good := map[string]string{"site": "K\xf6ln"}, map[string]string{"site": "Köln"}
	for _, c := range []node.Change{{Labels: &bad}, {Variables: &bad}} {
		if _, err := s.nodes.Change(ctx, admin, "site1", c); core.CodeOf(err) != core.Invalid || !strings.HasSuffix(err.Error(), "site is not UTF-8") {
			t.Errorf("%+v: %v", c, err)
		}
	}
	was, err := s.db.Node(ctx, "site1")
	if err != nil {
		t.Fatal(err)
	}
	had := was
	had.Labels = bad
	if err := s.db.PutNode(ctx, had, was, audit.New(time.Now(), admin, audit.NodeChange, "site1")); err != nil {
		t.Fatal(err)
	}
	if n, err := s.nodes.Change(ctx, admin, "site1", node.Change{Labels: &good}); err != nil || n.Labels["site"] != "Köln" {
		t.Errorf("mending it: %+v, %v", n, err)
	}
}

// TestSecretVariables shows nobody a variable that is a secret, and takes it back as shown.
func TestSecretVariables(t *testing.T) {
	s := open(t, `{}`)
	given := map[string]string{"site.password": "hush", "broker": "tcp://u:hush@b:1883", "topic": "line/4"}
	answer, err := s.nodes.Change(ctx, admin, "site1", node.Change{Variables: &given})
	if err != nil {
		t.Fatal(err)
	}
	shown, err := s.nodes.Node(ctx, viewer, "site1")
	list, trouble := s.nodes.List(ctx, viewer)
	if all := fmt.Sprint(answer.Variables, shown.Variables, list); err != nil || trouble != nil || strings.Contains(all, "hush") || !strings.Contains(all, "line/4") {
		t.Errorf("shown: %s, %v, %v", all, err, trouble)
	}
	shown.Variables["topic"] = "line/5"
	if _, err := s.nodes.Change(ctx, admin, "site1", node.Change{Variables: &shown.Variables}); err != nil {
		t.Fatal(err)
	}
	given["topic"] = "line/5"
	if got, _, err := s.live.Terms(ctx, "site1"); err != nil || !maps.Equal(got, given) {
		t.Errorf("kept: %v, %v, want %v", got, err, given)
	}
	shown.Variables["new.password"] = "••••••"
	if _, err := s.nodes.Change(ctx, admin, "site1", node.Change{Variables: &shown.Variables}); core.CodeOf(err) != core.Invalid {
		t.Errorf("dots without a value: %v", err)
	}
}

// TestVariables brings one document to a node with its own values.
func TestVariables(t *testing.T) {
	s := open(t, holds)
	labels, variables := map[string]string{"site": "north", "topic": "of the label"}, map[string]string{"topic": "line/4", "js": "x"}
	if _, err := s.nodes.Change(ctx, admin, "site1", node.Change{Labels: &labels, Variables: &variables}); err != nil {
		t.Fatal(err)
	}
	r, err := s.bring(plan.Partial, `{"streams":{"`+"t"+`":"CREATE STREAM t () WITH (DATASOURCE=\"${site}/${topic}\")"}}`)
	if err != nil || says(r) != "; 1 applied, 0 rejected" {
		t.Fatalf("%v, %v", r, err)
	}
	if got, _ := s.engine.Holds.Get(ref("streams/t")); !strings.Contains(got, `"north/line/4"`) {
		t.Errorf("the engine holds %s", got)
	}
	r, err = s.bring(plan.Partial, `{"streams":{"u":"CREATE STREAM u () WITH (DATASOURCE=\"${nowhere}\")",`+another+`}}`)
	if err != nil || r.Written || len(r.Rejected) != 1 || !strings.Contains(r.Rejected[0].Fault().Message, "${nowhere} has no value on site1") {
		t.Errorf("an unresolved variable: %+v, %v", r, err)
	}
	if n := s.engine.Called("POST /data/import"); n != 1 {
		t.Errorf("%d imports were sent, want 1", n)
	}
	req := transfer.Request{Node: "site1", Document: []byte(`{"streams":{"v":"CREATE STREAM v () WITH (DATASOURCE=\"${site}\")"}}`)}
	p, err := s.Preview(ctx, operator, req)
	if err != nil || len(p.Steps) != 1 || !strings.Contains(p.Steps[0].New, `"north"`) {
		t.Fatalf("the plan does not show the text: %+v, %v", p, err)
	}
	labels = map[string]string{"site": "south"}
	if _, err := s.nodes.Change(ctx, admin, "site1", node.Change{Labels: &labels}); err != nil {
		t.Fatal(err)
	}
	req.Plan = p.Hash
	if _, err := s.Import(ctx, operator, req); core.CodeOf(err) != core.Conflict {
		t.Errorf("a plan with other values: %v", err)
	}
}

// TestPoll asks nodes by themselves: what is wrong with one is not in the way of another,
// and one that does not answer is asked less often.
func TestPoll(t *testing.T) {
	s, other := open(t, holds), nodetest.Open(t, holds)
	other.Do(func(e *nodetest.Engine) { e.Faults["GET"] = nodetest.Hang })
	s.live.Times.Ask = 200 * time.Millisecond
	if _, err := s.nodes.Add(ctx, admin, node.Node{Name: "ill", URL: other.URL}); err != nil {
		t.Fatal(err)
	}
	var clock atomic.Int64
	s.live.Now = func() time.Time { return time.Unix(1e9+clock.Load(), 0) }
	polling, stop := context.WithCancel(ctx)
	over := make(chan struct{})
	go func() {
		s.live.Poll(polling)
		close(over)
	}()
	until := func(what string, is func() bool) {
		t.Helper()
		for range 400 {
			if is() {
				return
			}
			time.Sleep(25 * time.Millisecond)
		}
		t.Errorf("%s does not come", what)
	}
	until("the first answer", func() bool { return s.health("site1").State == node.Online })
	until("the first trouble", func() bool { return s.health("ill").State == node.Unreachable })
	if h := s.health("ill"); !strings.Contains(h.Reason, "no answer within 200ms") || h.Since.IsZero() {
		t.Errorf("the one that hangs: %+v", h)
	}
	ill := other.Called("GET /")
	clock.Add(40) // past the time of the one that is well, and not of the other one
	until("the second question", func() bool { return s.engine.Called("GET /rules") >= 2 })
	if got := other.Called("GET /"); got != ill {
		t.Errorf("the one that hangs was asked %d times, want %d", got, ill)
	}
	if snapshot, err := s.Export(ctx, viewer, "site1"); err != nil || snapshot.Revision != 1 {
		t.Errorf("the mirror is at %d, %v", snapshot.Revision, err)
	}
	other.Do(func(e *nodetest.Engine) { e.Faults = nil })
	if _, err := s.nodes.Change(ctx, admin, "ill", node.Change{Auth: &node.Auth{Kind: node.Bearer, Token: "sesame"}}); err != nil {
		t.Fatal(err)
	}
	until("the node that was registered anew", func() bool { return s.health("ill").State == node.Online })
	stop()
	<-over
}

// TestHealthOfAnother: what is told of a node is forgotten with what was registered of it,
// and one that told what it holds is online.
func TestHealthOfAnother(t *testing.T) {
	s := open(t, holds)
	dead, alive := "http://127.0.0.1:1", s.engine.URL
	state := func(what string, want node.State) {
		t.Helper()
		if h := s.health("site1"); h.State != want || want != node.Unreachable && h.Reason != "" {
			t.Errorf("%s: %+v, want %s", what, h, want)
		}
	}
	change := func(url string) {
		t.Helper()
		n, err := s.nodes.Change(ctx, admin, "site1", node.Change{URL: &url})
		if err != nil {
			t.Fatal(err)
		}
		if h := s.live.Health(n); h.State != node.Unknown {
			t.Errorf("what was just changed: %+v", h)
		}
	}
	change(dead)
	s.live.Ask(ctx, "site1")
	state("a wrong address", node.Unreachable)
	change(alive)
	state("another address", node.Unknown)
	if _, err := s.live.Pull(ctx, operator, "site1"); err != nil {
		t.Fatal(err)
	}
	state("a node that was read", node.Online)
	s.engine.Do(func(e *nodetest.Engine) { e.Faults["GET"] = nodetest.Die })
	s.live.Ask(ctx, "site1")
	state("a node that died", node.Unreachable)
	s.engine.Do(func(e *nodetest.Engine) { e.Faults = nil })
	if _, err := s.live.Pull(ctx, operator, "site1"); err != nil {
		t.Fatal(err)
	}
	state("a node that came back", node.Online)
	if err := s.nodes.Remove(ctx, admin, "site1"); err != nil {
		t.Fatal(err)
	}
	n, err := s.nodes.Add(ctx, admin, node.Node{Name: "site1", URL: alive})
	if err != nil || s.live.Health(n).State != node.Unknown {
		t.Errorf("a node that was registered anew: %+v, %v", s.live.Health(n), err)
	}
}

// TestNoEngine reads servers that answer something else than a bundle: no revision is made
// of it.
func TestNoEngine(t *testing.T) {
	s := open(t, holds)
	if _, err := s.live.Pull(ctx, operator, "site1"); err != nil {
		t.Fatal(err)
	}
	for document, want := range map[string]string{
		`{}`:                         "no section streams",
		`null`:                       "no section streams",
		`{"error":"not here"}`:       "no section streams",
		`{"streams":{},"rules":{}}`:  "no section tables",
		`{"streams":{},"tables":{}}`: "no section rules",
		`{"streams":{},"tables":[]}`: "is no bundle",
		`{"x":{"streams":{},"tables":{},"rules":{}}}`: "no section streams",
	} {
		other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, document) }))
		if _, err := s.nodes.Change(ctx, admin, "site1", node.Change{URL: &other.URL}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.live.Pull(ctx, operator, "site1"); err == nil || !strings.Contains(err.Error(), "is incompatible") || !strings.Contains(err.Error(), want) {
			t.Errorf("pulling %s: %v, want %s", document, err, want)
		}
		if snapshot, err := s.Export(ctx, viewer, "site1"); err != nil || snapshot.Revision != 1 {
			t.Errorf("after %s the mirror is at %d, %v", document, snapshot.Revision, err)
		}
		other.Close()
	}
	old := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"streams":null,"Tables":{},"rules":{}}`)
	}))
	defer old.Close()
	if _, err := s.nodes.Change(ctx, admin, "site1", node.Change{URL: &old.URL}); err != nil {
		t.Fatal(err)
	}
	if snapshot, err := s.live.Pull(ctx, operator, "site1"); err != nil || snapshot.Bundle.Len() != 0 {
		t.Errorf("an engine without the newer sections: %v", err)
	}
}

// TestTurns reads a node while an import into it is under way: neither is in the other's
// way, and no revision is made of what is half done.
func TestTurns(t *testing.T) {
	s := open(t, holds)
	asked := make(chan node.Health)
	s.live.Lock = func(string) (func(), error) {
		go func() { asked <- s.live.Ask(ctx, "site1") }()
		h := <-asked
		if h.State != node.Online {
			t.Errorf("while it is imported into: %+v", h)
		}
		if err := s.live.Refresh(ctx, viewer, "site1"); err != nil {
			t.Errorf("Refresh: %v", err)
		}
		return func() {}, nil
	}
	if _, err := s.bring(plan.Full, `{}`); err != nil {
		t.Fatal(err)
	}
	s.live.Lock = func(string) (func(), error) { return nil, errors.New("taken") }
	if _, err := s.bring(plan.Full, holds); core.CodeOf(err) != core.Busy {
		t.Errorf("while another process imports: %v", err)
	}
}

// TestRollback undoes an import by itself where the node does not do all as planned.
func TestRollback(t *testing.T) {
	for name, c := range map[string]struct {
		fault func(*nodetest.Engine)
		back  bool
	}{
		"all well":    {func(*nodetest.Engine) {}, false},
		"refused":     {func(e *nodetest.Engine) { e.Refuses[ref("rules/q")] = "no" }, true},
		"not running": {func(e *nodetest.Engine) { e.Stuck["q"] = "no broker" }, true},
		"broke off":   {func(e *nodetest.Engine) { e.Faults["POST /data/import"] = nodetest.DieAfter }, false},
	} {
		s := open(t, holds)
		before := s.engine.Holds.Clone()
		s.engine.Do(c.fault)
		r, err := s.Import(ctx, operator, transfer.Request{
			Node: "site1", Document: []byte(`{"streams":{` + another + `},"rules":{` + ruleQ + `}}`), Rollback: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		if back := r.RolledBack > 0; back != c.back || s.engine.Holds.Equal(before) != c.back || back && r.RolledBack != r.Revision+1 {
			t.Errorf("%s: %+v", name, r.Outcome)
		}
	}
}

// TestChangeRaces lets two change a node: neither undoes what the other has changed, and who
// has looked at an earlier version is told.
func TestChangeRaces(t *testing.T) {
	s := open(t, holds)
	other := &node.Registry{Store: s.db, Seal: s.nodes.Seal} // of another process
	seen, err := s.nodes.Node(ctx, viewer, "site1")
	if err != nil {
		t.Fatal(err)
	}
	labels, variables := map[string]string{"a": "1"}, map[string]string{"b": "2"}
	var done sync.WaitGroup
	for _, change := range []func() (node.Node, error){
		func() (node.Node, error) { return s.nodes.Change(ctx, admin, "site1", node.Change{Labels: &labels}) },
		func() (node.Node, error) {
			return other.Change(ctx, admin, "site1", node.Change{Variables: &variables})
		},
	} {
		done.Go(func() {
			if _, err := change(); err != nil {
				t.Error(err)
			}
		})
	}
	done.Wait()
	now, err := s.nodes.Node(ctx, viewer, "site1")
	if err != nil || now.Labels["a"] != "1" || now.Variables["b"] != "2" || now.Version == seen.Version {
		t.Errorf("afterwards it is %+v, %v", now, err)
	}
	for version, stale := range map[string]bool{seen.Version: true, now.Version: false} {
		if _, err := s.nodes.Change(ctx, admin, "site1", node.Change{Version: &version, Labels: &labels}); (core.CodeOf(err) == core.Conflict) != stale || !stale && err != nil {
			t.Errorf("changing version %s of %s: %v", version, now.Version, err)
		}
	}
}
