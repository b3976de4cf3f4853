package drift_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
	"ekuiper-console/core/drift"
	"ekuiper-console/core/node"
	"ekuiper-console/core/node/nodetest"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/transfer"
	"ekuiper-console/db"
	"ekuiper-console/db/dbtest"
)

var (
	ctx      = context.Background()
	admin    = core.Caller{Name: "root", Role: core.Admin, Via: "test"}
	operator = core.Caller{Name: "ann", Role: core.Operator, Via: "test"}
	viewer   = core.Caller{Name: "vic", Role: core.Viewer, Via: "test"}
)

const held = `{"streams":{"s":"CREATE STREAM s () WITH (DATASOURCE=\"a\")"},"rules":{"r":"{\"id\":\"r\",\"sql\":\"SELECT * FROM s\",\"actions\":[{\"log\":{}}]}"}}`

// site is a console that watches the engine site1.
type site struct {
	*testing.T
	db     *db.DB
	engine *nodetest.Engine
	live   *node.Live
	*drift.Watch
	service *transfer.Service
}

func open(t *testing.T) *site {
	s := &site{T: t, db: dbtest.Open(t), engine: nodetest.Open(t, held)}
	nodes := &node.Registry{Store: s.db, Seal: node.Seal{File: filepath.Join(t.TempDir(), "nodes.key")}}
	s.live = &node.Live{Mirror: s.db, Nodes: nodes, Noter: s.db, Times: node.Times{Ask: 2 * time.Second, Export: 2 * time.Second, Import: 10 * time.Second, Settle: time.Second / 8, Return: time.Second / 8}}
	s.service = &transfer.Service{Nodes: s.live, Live: s.live, Journal: s.db}
	t.Cleanup(s.service.Close)
	s.Watch = &drift.Watch{Store: s.db, Nodes: s.live, Journal: s.service, State: s.db.State}
	if _, err := nodes.Add(ctx, admin, node.Node{Name: "site1", URL: s.engine.URL}); err != nil {
		t.Fatal(err)
	}
	return s
}

// says sums a report up.
func says(r drift.Report, err error) string {
	if err != nil {
		return fmt.Sprintf("%v: %v", core.CodeOf(err), err)
	}
	text := string(r.State)
	if r.Reason != "" {
		text += ": " + r.Reason
	}
	for _, c := range r.Changes {
		text += fmt.Sprintf(" %v %v", c.Action, c.Ref)
	}
	return text
}

func (s *site) want(what, got, want string) {
	s.Helper()
	if !strings.Contains(got, want) || want == "" {
		s.Errorf("%s: %s, want %s", what, got, want)
	}
}

func (s *site) on(change func(*nodetest.Engine)) { s.engine.Do(change) }

func (s *site) hold(name, text string) {
	s.on(func(e *nodetest.Engine) {
		ref, err := core.ParseRef(name)
		if err != nil {
			panic(err)
		}
		if text == "" {
			e.Holds.Delete(ref)
			return
		}
		e.Holds.Set(ref, text)
	})
}

// TestWatch follows a node through its drift and back.
func TestWatch(t *testing.T) {
	s := open(t)
	s.want("before", says(s.Report(ctx, viewer, "site1")), "none")
	s.want("comparing without a baseline", says(s.Check(ctx, operator, "site1")), "site1 has no baseline to be compared with")
	if _, err := s.Check(ctx, operator, "site1"); !errors.Is(err, drift.ErrNoBaseline) || core.CodeOf(err) != core.Conflict {
		t.Errorf("a node without a baseline was compared: %v", err)
	}
	if _, err := s.Set(ctx, operator, "site1", 0); core.CodeOf(err) != core.Conflict {
		t.Errorf("a baseline of a node that was never read: %v", err)
	}
	if _, err := s.live.Pull(ctx, operator, "site1"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Set(ctx, operator, "site1", 7); core.CodeOf(err) != core.NotFound {
		t.Errorf("a baseline that is no revision: %v", err)
	}
	if set, err := s.Set(ctx, operator, "site1", 1); err != nil || set.State != drift.InSync || set.Baseline.Revision != 1 || set.Baseline.By != "ann" {
		t.Errorf("setting a baseline: %+v, %v", set, err)
	}
	s.hold("rules/r", `{"triggered":false,"id":"r","sql":"select * from s","actions":[{"log":{}}]}`)
	s.want("written anew", says(s.Check(ctx, operator, "site1")), "in-sync")
	s.hold("streams/t", `CREATE STREAM t () WITH (DATASOURCE="b")`)
	s.hold("streams/s", `CREATE STREAM s () WITH (DATASOURCE="c")`)
	s.hold("rules/r", "")
	const drifted = "drifted replace streams/s create streams/t delete rules/r"
	s.want("changed by somebody", says(s.Check(ctx, operator, "site1")), drifted)
	list, err := s.List(ctx, viewer)
	if err != nil || len(list) != 2 || list[0].State != drift.None || list[1].Tally != (drift.Tally{Added: 1, Changed: 1, Missing: 1}) || list[1].State != drift.Drifted {
		t.Errorf("the list is %+v, %v", list, err)
	}
	if _, err := s.service.Import(ctx, operator, transfer.Request{Node: "site1", Restores: 1, Mode: plan.Full}); err != nil {
		t.Fatal(err)
	}
	s.want("brought back", says(s.Report(ctx, viewer, "site1")), "in-sync")
	s.hold("streams/t", `CREATE STREAM t () WITH (DATASOURCE="b")`)
	if _, err := s.live.Pull(ctx, operator, "site1"); err != nil {
		t.Fatal(err)
	}
	if err := s.Follow(ctx, viewer); err != nil {
		t.Fatal(err)
	}
	if list, _ := s.List(ctx, viewer); list[1].State != drift.Drifted {
		t.Errorf("once it was read by somebody the list is %+v", list)
	}
	if set, err := s.Set(ctx, operator, "site1", 0); err != nil || set.State != drift.InSync {
		t.Errorf("accepting: %+v, %v", set, err)
	}
	if _, err := s.Accept(ctx, operator, "site1", 1); core.CodeOf(err) != core.Conflict {
		t.Errorf("accepting what it held before: %v", err)
	}
	if err := s.Remove(ctx, operator, "site1"); err != nil {
		t.Error(err)
	}
	s.want("afterwards", says(s.Report(ctx, viewer, "site1")), "none")
	s.audited(audit.BaselineSet, audit.BaselineAccept, audit.BaselineRemove)
}

// audited wants events of actions, in their order.
func (s *site) audited(want ...audit.Action) {
	s.Helper()
	events, err := s.db.Events(ctx, audit.Query{Limit: 100})
	if err != nil {
		s.Fatal(err)
	}
	var got []audit.Action
	for i := len(events) - 1; i >= 0; i-- {
		if strings.HasPrefix(string(events[i].Action), "baseline-") {
			got = append(got, events[i].Action)
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		s.Errorf("audited: %v, want %v", got, want)
	}
}

// TestBack knows again how a node stands once anybody could read it, and when that was.
func TestBack(t *testing.T) {
	s := open(t)
	if _, err := s.live.Pull(ctx, operator, "site1"); err != nil {
		t.Fatal(err)
	}
	read, err := s.live.Pulled(ctx, "site1")
	if err != nil {
		t.Fatal(err)
	}
	if set, err := s.Set(ctx, operator, "site1", 0); err != nil || !set.Compared.Equal(read) {
		t.Errorf("compared as it was read at %v: %+v, %v", read, set, err)
	}
	s.on(func(e *nodetest.Engine) { e.Faults["GET"] = nodetest.Denied })
	s.want("away", says(s.Check(ctx, operator, "site1")), "unknown")
	s.follows()
	s.want("still away", says(s.Report(ctx, viewer, "site1")), "unknown")
	s.on(func(e *nodetest.Engine) { e.Faults = nil })
	time.Sleep(2 * time.Millisecond) // the store counts milliseconds
	if _, err := s.live.Pull(ctx, operator, "site1"); err != nil {
		t.Fatal(err)
	}
	s.follows()
	s.want("read by somebody else", says(s.Report(ctx, viewer, "site1")), "in-sync")
}

func (s *site) follows() {
	s.Helper()
	if err := s.Follow(ctx, viewer); err != nil {
		s.Error(err)
	}
}

// TestRemovedNode tells nothing of a node that was registered anew under a name.
func TestRemovedNode(t *testing.T) {
	s := open(t)
	if _, err := s.live.Pull(ctx, operator, "site1"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Set(ctx, operator, "site1", 0); err != nil {
		t.Fatal(err)
	}
	if err := s.live.Nodes.Remove(ctx, admin, "site1"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.live.Nodes.Add(ctx, admin, node.Node{Name: "site1", URL: "http://127.0.0.1:1"}); err != nil {
		t.Fatal(err)
	}
	s.want("another machine", says(s.Report(ctx, viewer, "site1")), "none")
}

// TestUnknown compares nodes that cannot be read: it is told why.
func TestUnknown(t *testing.T) {
	for fault, want := range map[nodetest.Fault]string{
		nodetest.Hang:    "unknown: node site1 is unreachable: no answer within",
		nodetest.Die:     "unknown: node site1 is unreachable",
		nodetest.Denied:  "unknown: node site1 is unauthorised",
		nodetest.Garbage: "unknown: node site1 is incompatible: what it exports is no bundle",
		nodetest.Broken:  "unknown: node site1 is ",
		nodetest.Moved:   "unknown: node site1 is ",
	} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			s := open(t)
			if _, err := s.live.Pull(ctx, operator, "site1"); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Set(ctx, operator, "site1", 0); err != nil {
				t.Fatal(err)
			}
			s.on(func(e *nodetest.Engine) { e.Faults["GET"] = fault })
			s.want("compared", says(s.Check(ctx, operator, "site1")), want)
			s.want("told", says(s.Report(ctx, viewer, "site1")), want)
			s.on(func(e *nodetest.Engine) { e.Faults = nil })
			s.want("once it is back", says(s.Check(ctx, operator, "site1")), "in-sync")
		})
	}
}

// TestWatchRoles lets nobody do what their role does not allow.
func TestWatchRoles(t *testing.T) {
	s := open(t)
	_, set := s.Set(ctx, viewer, "site1", 0)
	_, check := s.Check(ctx, viewer, "site1")
	_, report := s.Report(ctx, core.Caller{Name: "nobody"}, "site1")
	_, list := s.List(ctx, core.Caller{Name: "nobody"})
	for what, err := range map[string]error{"set": set, "check": check, "remove": s.Remove(ctx, viewer, "site1")} {
		if core.CodeOf(err) != core.Forbidden {
			t.Errorf("%s as a viewer: %v", what, err)
		}
	}
	for what, err := range map[string]error{"report": report, "list": list} {
		if core.CodeOf(err) != core.Unauthenticated {
			t.Errorf("%s as nobody: %v", what, err)
		}
	}
}
