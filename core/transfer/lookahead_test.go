package transfer

import (
	"fmt"
	"testing"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
)

// TestLookaheadAnew has plans follow each other while entries of the plan before are still
// being decoded.
func TestLookaheadAnew(t *testing.T) {
	next := entries(t, `streams/a = CREATE STREAM a () WITH (DATASOURCE="x")`, `tables/a = CREATE TABLE a () WITH (DATASOURCE="x")`)
	for i := range 4 * batch {
		next.Set(core.Ref{Kind: core.Rule, Name: fmt.Sprint("r", i)}, `{"sql":"SELECT * FROM a","actions":[{"log":{}}]}`)
	}
	table := core.Ref{Kind: core.Table, Name: "a"}
	current := plan.Snapshot{Bundle: entries(t)}
	c := newChecker(plan.Partial, current, next, &fetches{})
	s := plan.NewSheet(plan.Partial, current, next, c.check, c.ahead.look)
	for range 5 {
		if p := s.Plan(); p.Count(plan.Rejected) != 1 {
			t.Fatalf("%d entries are rejected", p.Count(plan.Rejected))
		}
		if p := s.Plan(table); p.Count(plan.Rejected) != 0 {
			t.Fatalf("%d entries are rejected without the table", p.Count(plan.Rejected))
		}
	}
}
