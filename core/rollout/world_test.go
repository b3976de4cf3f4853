package rollout_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
	"ekuiper-console/core/node"
	"ekuiper-console/core/node/nodetest"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/rollout"
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

// quick are the times in which a test waits for nodes.
var quick = node.Times{Ask: 2 * time.Second, Export: 2 * time.Second, Import: 300 * time.Millisecond, Settle: 10 * time.Millisecond, Fresh: time.Nanosecond, Return: 10 * time.Millisecond}

// holds is what every node holds before.
const holds = `{"streams":{"s":"CREATE STREAM s () WITH (DATASOURCE=\"a\")"},"tables":{},"rules":{"r":"{\"id\":\"r\",\"sql\":\"SELECT * FROM s\",\"actions\":[{\"log\":{}}]}"}}`

// brings is the bundle that is rolled out: a stream and a rule.
const brings = `{"streams":{"t":"CREATE STREAM t () WITH (DATASOURCE=\"b\")"},"rules":{"q":"{\"id\":\"q\",\"sql\":\"SELECT * FROM t\",\"actions\":[{\"nop\":{}}]}"}}`

// world is a console with nodes n1, n2 and so on.
type world struct {
	t       testing.TB
	db      *db.DB
	live    *node.Live
	engines []*nodetest.Engine
	*rollout.Service
}

func open(t testing.TB, nodes int) *world {
	t.Helper()
	w := &world{t: t, db: dbtest.Open(t)}
	registry := &node.Registry{Store: w.db, Seal: node.Seal{File: filepath.Join(t.TempDir(), "nodes.key")}}
	w.live = &node.Live{Mirror: w.db, Nodes: registry, Noter: w.db, Times: quick}
	if testing.Short() { // with the race detector, beside other tests
		w.live.Times.Import = 2 * time.Second
	}
	for i := range nodes {
		w.engines = append(w.engines, nodetest.Open(t, holds))
		n := node.Node{Name: fmt.Sprintf("n%d", i+1), URL: w.engines[i].URL, Labels: map[string]string{"line": fmt.Sprint(i % 2)}}
		if _, err := registry.Add(ctx, admin, n); err != nil {
			t.Fatal(err)
		}
	}
	w.Service = w.service()
	return w
}

// service returns a console on the store of the world.
func (w *world) service() *rollout.Service {
	imports := &transfer.Service{Nodes: w.live, Live: w.live, Journal: w.db}
	s := &rollout.Service{
		Importer: imports, Registry: w.live.Nodes, Doctor: w.live, Store: w.db, Board: w.db, Shelf: w.db, Audit: &audit.Log{Store: w.db},
		Log: func(err error) { w.t.Log(err) },
	}
	w.t.Cleanup(func() {
		if err := s.Close(ctx); err != nil {
			w.t.Error(err)
		}
		imports.Close()
	})
	return s
}

// all are the nodes of the world.
func (w *world) all() (names []string) {
	for i := range w.engines {
		names = append(names, fmt.Sprintf("n%d", i+1))
	}
	return names
}

// node returns the engine of a node.
func (w *world) node(name string) *nodetest.Engine {
	return w.engines[slices.Index(w.all(), name)]
}

// planned makes a rollout to all nodes and waits for its plans.
func (w *world) planned(s rollout.Strategy) string {
	w.t.Helper()
	r, err := w.Plan(ctx, operator, rollout.Request{Document: []byte(brings), Mode: plan.Partial, Nodes: w.all(), Strategy: s})
	if err != nil {
		w.t.Fatal(err)
	}
	w.Wait(ctx, r.ID)
	return r.ID
}

// does what a use case does, and waits until the rollout rests.
func (w *world) do(act func(context.Context, core.Caller, string) (rollout.Rollout, error), id string) {
	w.t.Helper()
	if _, err := act(ctx, operator, id); err != nil {
		w.t.Fatal(err)
	}
	w.Wait(ctx, id)
}

// letters are how says writes where a node stands.
var letters = map[rollout.Standing]string{
	rollout.Unplanned: "u", rollout.Blocked: "b", rollout.Waiting: "p", rollout.Applying: "a", rollout.Verified: "V", rollout.Failed: "F",
	rollout.Undoing: "r", rollout.RolledBack: "R", rollout.Skipped: "s",
}

// says tells where a rollout stands: its state, a letter for every node, in the order in
// which they were chosen, and a bar between two waves.
func (w *world) says(id string) string {
	w.t.Helper()
	r, err := w.Rollout(ctx, viewer, id)
	if err != nil {
		w.t.Fatal(err)
	}
	targets, err := w.Targets(ctx, viewer, id)
	if err != nil {
		w.t.Fatal(err)
	}
	var b strings.Builder
	for i, t := range targets {
		if i > 0 && t.Wave > targets[i-1].Wave && targets[i-1].Wave > 0 {
			b.WriteString("|")
		}
		b.WriteString(letters[t.State])
	}
	return string(r.State) + " " + b.String()
}

// want compares where a rollout stands, and holds it to what the engines hold.
func (w *world) want(id, what, want string) {
	w.t.Helper()
	if got := w.says(id); got != want {
		w.t.Errorf("%s: the rollout is %q, want %q (%s)", what, got, want, w.reasons(id))
	}
	w.honest(id)
}

// honest holds what is told of a rollout to what the engines hold.
func (w *world) honest(id string) {
	w.t.Helper()
	targets, err := w.Targets(ctx, viewer, id)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, t := range targets {
		if e := w.node(t.Node); t.State == rollout.Verified && !e.Has(brings) {
			w.t.Errorf("%s is told to be verified, and does not hold the bundle", t.Node)
		} else if t.State == rollout.RolledBack && !e.Is(holds) {
			w.t.Errorf("%s is told to be rolled back, and does not hold what it did", t.Node)
		}
	}
}

// reasons are those of the rollout and of its nodes.
func (w *world) reasons(id string) string {
	r, _ := w.Rollout(ctx, viewer, id)
	targets, _ := w.Targets(ctx, viewer, id)
	words := []string{r.Reason}
	for _, t := range targets {
		if t.Reason != "" {
			words = append(words, t.Node+": "+t.Reason)
		}
	}
	return strings.Join(words, "; ")
}

// fault gives some nodes a fault.
func (w *world) fault(call string, f nodetest.Fault, nodes ...string) {
	for _, name := range nodes {
		w.node(name).Do(func(e *nodetest.Engine) { e.Faults = map[string]nodetest.Fault{call: f} })
	}
}

// well takes the faults from all nodes.
func (w *world) well() {
	for _, e := range w.engines {
		e.Do(func(e *nodetest.Engine) { e.Faults, e.Loses, e.Refuses = nil, nil, nil })
	}
}

func ref(text string) core.Ref {
	r, err := core.ParseRef(text)
	if err != nil {
		panic(err)
	}
	return r
}
