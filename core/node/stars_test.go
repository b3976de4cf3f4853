package node_test

import (
	"strings"
	"testing"

	"ekuiper-console/core/node"
	"ekuiper-console/core/node/nodetest"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/transfer"
)

// secretive is a site whose engine masks the password of a connection.
func secretive(t *testing.T) *site {
	s := open(t, `{"streams":{`+stream+`},"rules":{`+ruleR+`},"connectionConfig":{"mqtt":"{\"a\":{\"password\":\"p\",\"server\":\"x\"}}"}}`)
	s.engine.Do(func(e *nodetest.Engine) { e.Masks = true })
	variables := map[string]string{"pw": "q"}
	if _, err := s.nodes.Change(ctx, admin, "site1", node.Change{Variables: &variables}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.live.Pull(ctx, operator, "site1"); err != nil {
		t.Fatal(err)
	}
	return s
}

// connection returns what the engine holds of its connection.
func (s *site) connection() (text string) {
	s.engine.Do(func(e *nodetest.Engine) { text, _ = e.Holds.Get(ref("connectionConfig/mqtt")) })
	return text
}

// TestStars never sends a mask in place of a secret.
func TestStars(t *testing.T) {
	const (
		kept  = `{"a":{"password":"p","server":"x"}}`
		stays = `"connectionConfig":{"mqtt":"{\"a\":{\"server\":\"x\",\"password\":\"******\"}}"}`
	)
	for name, c := range map[string]struct {
		mode     plan.Mode
		document string
		says     string // what came of it
		message  string // of what is rejected
		holds    string
	}{
		"as it is":              {plan.Partial, `{` + stays + `}`, "; 0 applied, 0 rejected", "", kept},
		"as it is, in full":     {plan.Full, `{"streams":{` + stream + `},"rules":{` + ruleR + `},` + stays + `}`, "; 0 applied, 0 rejected", "", kept},
		"with more, in full":    {plan.Full, `{"streams":{` + stream + `,` + another + `},"rules":{` + ruleR + `},` + stays + `}`, "; 1 applied, 0 rejected", "", kept},
		"with a deletion":       {plan.Full, `{"streams":{` + stream + `},` + stays + `}`, "; 0 applied, 1 rejected", "site1 masks a.password of connectionConfig/mqtt", kept},
		"another server":        {plan.Partial, `{"streams":{` + another + `},"connectionConfig":{"mqtt":"{\"a\":{\"password\":\"******\",\"server\":\"y\"}}"}}`, "; 1 applied, 1 rejected", "a.password of connectionConfig/mqtt is masked (******), and would take the place of the secret on site1", kept},
		"another, in full":      {plan.Full, `{"streams":{` + stream + `},"connectionConfig":{"mqtt":"{\"a\":{\"password\":\"******\",\"server\":\"y\"}}"}}`, "; 0 applied, 1 rejected", "a.password", kept},
		"one that is not there": {plan.Partial, `{"connectionConfig":{"edgex":"{\"a\":{\"password\":\"******\"}}"}}`, "; 0 applied, 1 rejected", "a.password of connectionConfig/edgex is masked", kept},
		"the secret":            {plan.Partial, `{"connectionConfig":{"mqtt":"{\"a\":{\"password\":\"${pw}\",\"server\":\"x\"}}"}}`, "; 1 applied, 0 rejected", "", `{"a":{"password":"q","server":"x"}}`},
		"another key":           {plan.Partial, `{"connectionConfig":{"mqtt":"{\"b\":{\"server\":\"y\"}}"}}`, "; 1 applied, 0 rejected", "", `{"a":{"password":"p","server":"x"},"b":{"server":"y"}}`},
		"somebody's text":       {plan.Partial, `{"rules":{"q":"{\"id\":\"q\",\"sql\":\"SELECT \\\"******\\\" AS x FROM s\",\"actions\":[{\"log\":{}}]}"}}`, "; 1 applied, 0 rejected", "", kept},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := secretive(t)
			r, err := s.bring(c.mode, c.document)
			if err != nil || says(r) != c.says {
				t.Fatalf("%v, %v, want %s", says(r), err, c.says)
			}
			if len(r.Rejected) > 0 && !strings.Contains(r.Rejected[0].Fault().Message, c.message) {
				t.Errorf("it says %q, want %q", r.Rejected[0].Fault().Message, c.message)
			}
			if got := s.connection(); got != c.holds {
				t.Errorf("the engine holds %s, want %s", got, c.holds)
			}
			if len(r.Applied) == 0 && s.engine.Called("POST /data/import") > 0 {
				t.Error("something was sent")
			}
		})
	}
}

// TestStarsComeBack brings a revision back that was read with masks.
func TestStarsComeBack(t *testing.T) {
	s := secretive(t)
	restore := func() *transfer.Result {
		t.Helper()
		r, err := s.Import(ctx, operator, transfer.Request{Node: "site1", Restores: 1})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	s.engine.Do(func(e *nodetest.Engine) { e.Holds.Set(ref("streams/s"), `CREATE STREAM s () WITH (DATASOURCE="z")`) })
	if r := restore(); says(r) != "; 1 applied, 0 rejected" {
		t.Errorf("with a stream that was changed: %s", says(r))
	}
	s.engine.Do(func(e *nodetest.Engine) {
		e.Holds.Set(ref("connectionConfig/mqtt"), `{"a":{"password":"p","server":"z"}}`)
	})
	if r := restore(); says(r) != "; 0 applied, 1 rejected" || r.Written {
		t.Errorf("with a connection that was changed: %s", says(r))
	}
	if got := s.connection(); got != `{"a":{"password":"p","server":"z"}}` {
		t.Errorf("the engine holds %s", got)
	}
}
