package db

import (
	"fmt"
	"strings"
	"testing"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
)

// Of nodes that run elsewhere so much is held as may be, the last used first; what the
// console holds itself stays.
func TestCacheShrinks(t *testing.T) {
	whole := &bundle.Bundle{}
	for i := range maxOthers * 2 / 5 {
		whole.Set(core.Ref{Kind: core.Rule, Name: fmt.Sprintf("r%06d", i)}, "x")
	}
	c, state := newCache(), plan.State{Revision: 1}
	held := func() string {
		var names []string
		for _, name := range []string{core.Local, "a", "b", "c", "d"} {
			if _, ok := c.by[name]; ok {
				names = append(names, name)
			}
		}
		return strings.Join(names, " ")
	}
	for _, step := range []struct{ act, node, want string }{
		{"put", core.Local, "local"},
		{"put", "a", "local a"},
		{"put", "b", "local a b"},
		{"put", "c", "local a b c"},
		{"use", "a", "local a b c"},
		{"put", "d", "local a c d"}, // b was not used for the longest time
		{"put", "b", "local a b d"},
		{"put", core.Local, "local b d"}, // all others count now
	} {
		if step.act == "put" {
			c.put(step.node, plan.Snapshot{State: state, Bundle: whole})
		} else if _, ok := c.at(step.node, state); !ok {
			t.Errorf("%s is not held", step.node)
		}
		if got := held(); got != step.want || len(c.by) != len(c.used) {
			t.Errorf("after %s %s held are %q (%v), want %q", step.act, step.node, got, c.used, step.want)
		}
	}
}
