package transfer

import (
	"slices"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
)

// StepQuery asks for steps of a plan. The zero StepQuery asks for all.
type StepQuery struct {
	Actions []plan.Action // none means all
	Text    string        // contained in the name or in a text, whatever the case
	Offset  int           // how many to pass over
	Limit   int           // how many to return; 0 means all
}

// FoundSteps is a part of what a StepQuery asks for.
type FoundSteps struct {
	Steps []*plan.Step // by section in document order, within it by action, then by name
	Total int          // how many there are, of which Steps are some
}

// stepOrder is the order of steps within a section: what needs a look comes first.
var stepOrder = [plan.NumActions]plan.Action{plan.Rejected, plan.Create, plan.Replace, plan.Delete, plan.Kept, plan.LeftOut, plan.Unchanged}

// FindSteps returns the steps of a plan that a query asks for. It takes one look at every
// step: those of a section and an action stand in the plan by their names already, or in
// the reverse order, so that hardly anything is left to be sorted.
func FindSteps(p *plan.Plan, q StepQuery) FoundSteps {
	var heaps [core.NumKinds][plan.NumActions][]int32 // places in the plan
	match := q.matcher()
	for i := range p.Steps {
		if s := &p.Steps[i]; match(s) {
			heaps[s.Ref.Kind][s.Action] = append(heaps[s.Ref.Kind][s.Action], int32(i))
		}
	}
	var found FoundSteps
	for _, k := range core.DocumentOrder() {
		for _, a := range stepOrder {
			heap := heaps[k][a]
			if a == plan.Delete || a == plan.LeftOut {
				slices.SortFunc(heap, func(x, y int32) int { return p.Steps[x].Ref.Compare(p.Steps[y].Ref) })
			}
			found.add(p, heap, q)
		}
	}
	return found
}

// add counts a heap of steps, and takes those of them that are asked for.
func (f *FoundSteps) add(p *plan.Plan, heap []int32, q StepQuery) {
	from, to := min(max(q.Offset-f.Total, 0), len(heap)), len(heap)
	if q.Limit > 0 {
		to = min(from+q.Limit-len(f.Steps), len(heap))
	}
	for _, i := range heap[from:to] {
		f.Steps = append(f.Steps, &p.Steps[i])
	}
	f.Total += len(heap)
}

// matcher returns the test of a query.
func (q StepQuery) matcher() func(*plan.Step) bool {
	var asked [plan.NumActions]bool
	for _, a := range q.Actions {
		asked[a] = true
	}
	contains := newNeedle(q.Text)
	return func(s *plan.Step) bool {
		if len(q.Actions) > 0 && !asked[s.Action] {
			return false
		}
		return q.Text == "" || contains.in(s.Ref.Name) || contains.in(s.New) || contains.in(s.Old)
	}
}
