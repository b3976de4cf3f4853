package schedule

import (
	"cmp"
	"context"
	"slices"
	"time"

	"ekuiper-console/core"
)

// Failure is a job that failed when it was last tried.
type Failure struct {
	Job      Job       `json:"job"`
	Node     string    `json:"node"`
	Tried    time.Time `json:"tried"`    // when it failed last
	Failures int       `json:"failures"` // how often, since it was last its time
	Reason   string    `json:"reason"`
	Hint     string    `json:"hint,omitempty"` // what to do about it
	Again    time.Time `json:"again"`          // when it is tried again
}

// Kept is a schedule with what failed of it.
type Kept struct {
	Schedule
	Failing []Failure `json:"failing"` // by node
}

// Overview returns all schedules as List does, each with the jobs that failed of the nodes
// that it counts for. It takes a viewer.
func (b *Book) Overview(ctx context.Context, by core.Caller) ([]Kept, error) {
	all, err := b.List(ctx, by)
	if err != nil {
		return nil, err
	}
	turns, err := b.turns(ctx)
	if err != nil {
		return nil, err
	}
	failing := map[string][]Failure{} // by the node of the schedule
	for turn, went := range turns {
		s := of(all, turn.Node)
		again, _ := s.when(turn, went, b.now())
		if went.Failures == 0 || again.IsZero() {
			continue
		}
		failing[s.Node] = append(failing[s.Node], Failure{turn.Job, turn.Node, went.Tried, went.Failures, went.Reason, went.Hint, again})
	}
	kept := make([]Kept, 0, len(all))
	for _, s := range all {
		slices.SortFunc(failing[s.Node], func(a, b Failure) int {
			return cmp.Or(cmp.Compare(a.Node, b.Node), cmp.Compare(a.Job, b.Job))
		})
		kept = append(kept, Kept{s, append([]Failure{}, failing[s.Node]...)})
	}
	return kept, nil
}
