package node_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/node"
	"ekuiper-console/core/node/nodetest"
	"ekuiper-console/core/plan"
)

// TestGlance looks at a node that hangs: nobody waits long for it, all who look share one
// question, and once it tells what it holds that is known.
func TestGlance(t *testing.T) {
	s := open(t, holds)
	s.live.Times = node.Times{Fresh: 1, Glance: 50 * time.Millisecond}
	s.engine.Do(func(e *nodetest.Engine) { e.Faults["GET /data/export"] = nodetest.Hang })
	began := time.Now()
	for range 5 {
		if err := s.live.Refresh(ctx, viewer, "site1"); core.CodeOf(err) != core.Unreachable || !strings.Contains(err.Error(), "it has not told within 50ms") {
			t.Fatalf("looking at a node that hangs: %v", err)
		}
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("five looks took %v", took)
	}
	if n := s.engine.Called("GET /data/export"); n != 1 {
		t.Errorf("it was asked %d times", n)
	}
	s.engine.Do(func(e *nodetest.Engine) { e.Faults["GET /"] = nodetest.Hang })
	if began = time.Now(); s.health("site1").State != node.Unknown {
		t.Errorf("it was asked how it is doing")
	}
	if s.live.Glance(ctx, "site1"); time.Since(began) > 5*time.Second {
		t.Errorf("a look at how it is doing took %v", time.Since(began))
	}
	gone, cancel := context.WithCancelCause(ctx)
	cancel(errors.New("closed"))
	if err := s.live.Refresh(gone, viewer, "site1"); err == nil {
		t.Errorf("who has gone gets an answer")
	}
	s.live.Close()
	s.live = &node.Live{Mirror: s.db, Nodes: s.nodes, Noter: s.db, Times: node.Times{Fresh: 1, Glance: time.Minute}}
	defer s.live.Close()
	s.engine.Do(func(e *nodetest.Engine) { e.Faults = nil })
	if err := s.live.Refresh(ctx, viewer, "site1"); err != nil {
		t.Errorf("looking at a node that is well: %v", err)
	}
	if now, err := s.Export(ctx, viewer, "site1"); err != nil || now.Bundle.Len() != 2 {
		t.Errorf("it holds %d entries (%v)", now.Bundle.Len(), err)
	}
}

// TestRuns tells what a node said of its rules, and nothing of another's.
func TestRuns(t *testing.T) {
	s := open(t, holds)
	runs := func() string {
		t.Helper()
		n, err := s.nodes.Node(ctx, viewer, "site1")
		if err != nil {
			t.Fatal(err)
		}
		r := s.live.Runs(n).Rules["r"]
		return strings.TrimSpace(r.Status + " " + r.Message)
	}
	if got := runs(); got != "" {
		t.Errorf("before it was asked r is %q", got)
	}
	s.live.Ask(ctx, "site1")
	if got := runs(); got != "running" {
		t.Errorf("r is %q", got)
	}
	s.engine.Do(func(e *nodetest.Engine) { e.Stuck["r"] = "no broker" })
	s.live.Ask(ctx, "site1")
	if got := runs(); got != "stopped by error no broker" {
		t.Errorf("r is %q", got)
	}
	other := "http://elsewhere.invalid"
	if _, err := s.nodes.Change(ctx, admin, "site1", node.Change{URL: &other}); err != nil {
		t.Fatal(err)
	}
	if got := runs(); got != "" {
		t.Errorf("of another node r is %q", got)
	}
}

// TestSameNode changes what is registered of a node: only where it is asked in another way
// is it another node, of which nobody knows how it is doing.
func TestSameNode(t *testing.T) {
	s := open(t, holds)
	url, labels, variables, ca := s.engine.URL+"/", map[string]string{"site": "north"}, map[string]string{"x": "y"}, ""
	by := node.ByConsole
	for what, c := range map[string]struct {
		change node.Change
		want   node.State
	}{
		"labels":          {node.Change{Labels: &labels}, node.Online},
		"files":           {node.Change{Artifacts: &by}, node.Online},
		"the same URL":    {node.Change{URL: &url}, node.Online},
		"the same auth":   {node.Change{Auth: &node.Auth{}}, node.Online},
		"the same CA":     {node.Change{CA: &ca}, node.Online},
		"new credentials": {node.Change{Auth: &node.Auth{Kind: node.Bearer, Token: "sesame"}}, node.Unknown},
		"new variables":   {node.Change{Variables: &variables}, node.Unknown},
	} {
		none := map[string]string{}
		if _, err := s.nodes.Change(ctx, admin, "site1", node.Change{Auth: &node.Auth{Kind: node.None}, Variables: &none}); err != nil {
			t.Fatal(err)
		}
		s.live.Ask(ctx, "site1")
		if _, err := s.nodes.Change(ctx, admin, "site1", c.change); err != nil {
			t.Fatal(err)
		}
		if got := s.health("site1").State; got != c.want {
			t.Errorf("with %s it is %s, want %s", what, got, c.want)
		}
	}
}

// TestAskedSoon asks a node for what its rules do as soon as something was imported.
func TestAskedSoon(t *testing.T) {
	s := open(t, holds)
	s.live.Ask(ctx, "site1")
	if _, err := s.bring(plan.Partial, `{"rules":{`+ruleQ+`}}`); err != nil {
		t.Fatal(err)
	}
	polled, stop := context.WithCancel(ctx)
	defer stop()
	go s.live.Poll(polled)
	n, err := s.nodes.Node(ctx, viewer, "site1")
	for until := time.Now().Add(10 * time.Second); err == nil && s.live.Runs(n).Rules["q"].Status == ""; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal("it is not asked")
		}
	}
}
