package node_test

import (
	"strings"
	"testing"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/node"
	"ekuiper-console/core/node/nodetest"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/transfer"
)

const (
	oldPlugin = `"functions_echo":"{\"name\":\"echo\",\"file\":\"file:///p/old.zip\"}"`
	broker    = `"mqtt":"{\"b\":{\"server\":\"tcp://b:1883\"}}"`
	broker2   = `"mqtt":"{\"b\":{\"server\":\"tcp://c:1883\"}}"`
	twoBroker = `"mqtt":"{\"b\":{\"server\":\"tcp://b:1883\"},\"c\":{\"server\":\"tcp://c:1883\"}}"`
	loaded    = `{"streams":{` + stream + `},"nativePlugins":{` + oldPlugin + `},"connectionConfig":{` + broker + `}}`
	newer     = `{"streams":{` + stream + `},"rules":{` + ruleQ + `},"nativePlugins":{` + plugin + `},"connectionConfig":{` + broker + `}}`
)

// TestLate says what comes into use only when an engine restarts.
func TestLate(t *testing.T) {
	for brief, c := range map[string]struct {
		mode plan.Mode
		next string
		want string
	}{
		"the same":                 {plan.Full, loaded, ""},
		"another plugin":           {plan.Full, newer, "nativePlugins/functions_echo"},
		"a plugin that goes":       {plan.Full, `{"connectionConfig":{` + broker + `}}`, "nativePlugins/functions_echo"},
		"a plugin that stays":      {plan.Partial, newer, ""},
		"another connection":       {plan.Partial, `{"connectionConfig":{` + broker2 + `}}`, "connectionConfig/mqtt"},
		"one connection more":      {plan.Partial, `{"connectionConfig":{` + twoBroker + `}}`, ""},
		"all goes":                 {plan.Full, `{}`, "connectionConfig/mqtt nativePlugins/functions_echo"},
		"a plugin that is new":     {plan.Partial, `{"nativePlugins":{"sinks_x":"{\"name\":\"x\",\"file\":\"file:///p/x.zip\"}"}}`, ""},
		"a connection that is new": {plan.Partial, `{"connectionConfig":{"sql":"{\"d\":{}}"}}`, ""},
	} {
		s := open(t, loaded)
		p, err := s.Preview(ctx, operator, transfer.Request{Node: "site1", Document: []byte(c.next), Mode: c.mode})
		if err != nil {
			t.Fatal(err)
		}
		var late []string
		if p.Restart != nil {
			for _, r := range p.Restart.Entries {
				late = append(late, r.String())
			}
		}
		if got := sorted(late); got != c.want {
			t.Errorf("%s: %q come into use late, want %q", brief, got, c.want)
		}
		told := len(p.Warnings()) > 0 && strings.Contains(p.Warnings()[0].Message, "without a restart of the node the import does not take whole effect")
		if told != (c.want != "") {
			t.Errorf("%s: the plan says %v", brief, p.Warnings())
		}
	}
}

// TestRestart has a node restart, which it does in its own way. What is told must be what
// became of it.
func TestRestart(t *testing.T) {
	for name, c := range map[string]struct {
		mode  plan.Mode
		next  string
		fault func(*nodetest.Engine)
		want  string // see says
		boots int
		sent  string // the imports and stops, in order
	}{
		"full": {plan.Full, newer, nil, "; 2 applied, 0 rejected", 1, "/data/import?stop=1"},
		"full with nothing that needs it": {
			plan.Full, loaded[:len(loaded)-1] + `,"rules":{` + ruleQ + `}}`, nil, "; 1 applied, 0 rejected", 0, "/data/import /data/import?partial=1",
		},
		"partial":        {plan.Partial, `{"connectionConfig":{` + broker2 + `}}`, nil, "; 1 applied, 0 rejected", 1, "/data/import?partial=1 /stop"},
		"a schema goes":  {plan.Full, `{}`, func(e *nodetest.Engine) { e.Holds.Set(ref("Schema/protobuf_old"), `{"type":"protobuf","name":"old"}`) }, "; 4 applied, 0 rejected", 1, "/data/import?stop=1"},
		"a schema comes": {plan.Full, `{"Schema":{` + schema + `}}`, nil, "; 4 applied, 0 rejected", 1, "/data/import?stop=1"},
		"a rule that waits for the plugin": {
			plan.Full, newer, func(e *nodetest.Engine) {
				e.Refuses[ref("rules/q")] = "function echo not found"
				e.OnBoot = func(e *nodetest.Engine) { delete(e.Refuses, ref("rules/q")) }
			},
			"; 2 applied, 0 rejected", 1, "/data/import?stop=1 /data/import?stop=1 /data/import?partial=1",
		},
		"a rule that is refused": {
			plan.Full, newer, func(e *nodetest.Engine) { e.Refuses[ref("rules/q")] = "no such thing" },
			"refused rules/q; 1 applied, 1 rejected", 1, "/data/import?stop=1 /data/import?stop=1 /data/import?partial=1",
		},
		"the answer is lost": {
			plan.Full, newer, func(e *nodetest.Engine) { e.Faults["POST /data/import"] = nodetest.DieAfter }, "; 2 applied, 0 rejected", 1, "/data/import?stop=1",
		},
		"the plugin is not there when it is back": {
			plan.Full, newer, func(e *nodetest.Engine) { e.Loses[ref("nativePlugins/functions_echo")] = true },
			"missing nativePlugins/functions_echo; 1 applied, 1 rejected", 1, "/data/import?stop=1",
		},
		"it stays": {
			plan.Full, newer, func(e *nodetest.Engine) { e.Stops = nodetest.Stays },
			"not-restarted, not-restarted nativePlugins/functions_echo; 2 applied, 0 rejected; undone", 0, "/data/import?stop=1 /data/import?partial=1",
		},
		"it cannot be stopped": {
			plan.Partial, `{"connectionConfig":{` + broker2 + `}}`, func(e *nodetest.Engine) { e.Stops = nodetest.Refuses },
			"not-restarted, not-restarted connectionConfig/mqtt; 1 applied, 0 rejected; undone", 0, "/data/import?partial=1 /stop",
		},
		"it comes back as another": {
			plan.Full, newer, func(e *nodetest.Engine) { e.Stops = nodetest.Updates }, "other-version; 2 applied, 0 rejected; undone", 1, "/data/import?stop=1",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, loaded)
			if c.fault != nil {
				s.engine.Do(c.fault)
			}
			r, err := s.Import(ctx, operator, transfer.Request{Node: "site1", Document: []byte(c.next), Mode: c.mode, Restart: true})
			if err != nil {
				t.Fatal(err)
			}
			got := says(r)
			if r.Undone {
				got += "; undone"
			}
			if got != c.want || r.Undone != strings.Contains(c.want, "undone") || r.Undone && !r.Failed() {
				t.Errorf("says %q, want %q (%+v)", got, c.want, r.Deviations)
			}
			if r.Undone && r.Report.Len() == 0 {
				t.Errorf("the report tells of nothing")
			}
			if s.engine.Boots != c.boots {
				t.Errorf("it started anew %d times, want %d", s.engine.Boots, c.boots)
			}
			if sent := s.sent(); sent != c.sent {
				t.Errorf("it was sent %q, want %q", sent, c.sent)
			}
			now, err := s.Export(ctx, viewer, "site1")
			if err != nil || !now.Bundle.Equal(s.engine.Holds) {
				t.Errorf("the newest revision is not what the engine holds (%v)", err)
			}
		})
	}
}

// sent returns the imports and stops that the engine was sent, in order.
func (s *site) sent() string {
	var sent []string
	s.engine.Do(func(e *nodetest.Engine) {
		for _, call := range e.Calls {
			if path, ok := strings.CutPrefix(call, "POST "); ok && (strings.HasPrefix(path, "/data/import") || path == "/stop") {
				sent = append(sent, path)
			}
		}
	})
	return strings.Join(sent, " ")
}

// TestGoneForGood restarts a node that does not come back: that is no import that was done,
// and no revision is made of it.
func TestGoneForGood(t *testing.T) {
	s := open(t, loaded)
	s.live.Times = node.Times{Ask: time.Second, Return: 50 * time.Millisecond, Restart: 100 * time.Millisecond, Settle: time.Millisecond}
	s.engine.Do(func(e *nodetest.Engine) { e.Stops = nodetest.Leaves })
	var stages []string
	_, err := s.Import(ctx, operator, transfer.Request{
		Node: "site1", Document: []byte(newer), Mode: plan.Full, Restart: true,
		Progress: func(p transfer.Progress) { stages = append(stages, string(p.Stage)) },
	})
	if core.CodeOf(err) != core.Unreachable || !strings.Contains(err.Error(), "was to restart and did not come back within 100ms") {
		t.Errorf("restarting a node for good: %v", err)
	}
	if stages[len(stages)-1] != "restarting" {
		t.Errorf("stages: %v", stages)
	}
	if now, err := s.Export(ctx, viewer, "site1"); err != nil || now.Revision != 1 {
		t.Errorf("the mirror is at revision %d (%v), want 1", now.Revision, err)
	}
	s.engine.Do(func(e *nodetest.Engine) { e.Stops, e.Calls = nodetest.Restarts, nil })
	if _, err := s.Import(ctx, operator, transfer.Request{Node: "site1", Document: []byte(newer), Mode: plan.Full, Restart: true}); core.CodeOf(err) != core.Unreachable || s.sent() != "" {
		t.Errorf("while it is away: %v, sent %q", err, s.sent())
	}
}
