package plan

import (
	"slices"

	"ekuiper-console/core"
)

// Deviation is what a node that runs elsewhere did not do as planned.
type Deviation struct {
	Ref     core.Ref  `json:"ref,omitzero"` // zero where it is about the import as a whole
	What    Departure `json:"what"`
	Message string    `json:"message"`        // in the node's words, where it said something
	Diff    string    `json:"diff,omitempty"` // what is there against what was planned, unified, secrets masked
}

// Departure says how a node departed from a plan.
type Departure string

// The departures.
const (
	Declined   Departure = "refused"        // it did not take the entry
	Missing    Departure = "missing"        // it said nothing, and does not hold the entry
	Remains    Departure = "remains"        // it holds what was to go
	Differs    Departure = "not-as-planned" // it holds another text
	NotRunning Departure = "not-running"    // it holds the rule, which does not run
	BrokeOff   Departure = "broke-off"      // it did not answer to the end

	NotRestarted Departure = "not-restarted" // it was to restart, and did not
	OtherVersion Departure = "other-version" // it came back as another version
)

// fails reports whether an import of which this is true was not done, whatever the node
// holds.
func (d Departure) fails() bool { return d == NotRestarted || d == OtherVersion }

// Kept reports whether the node holds the entry all the same.
func (d Deviation) Kept() bool { return d.What == Differs || d.What == NotRunning }

// Correct puts into an outcome what a node did not do as planned: what it does not hold
// was rejected, and of the rest there is a warning.
func (o *Outcome) Correct(p *Plan, all []Deviation) {
	if len(all) == 0 {
		return
	}
	o.Deviations = all
	o.Undone = slices.ContainsFunc(all, func(d Deviation) bool { return d.What.fails() })
	steps := p.byRef()
	undone := map[core.Ref]bool{}
	for _, d := range all {
		f := core.Finding{Severity: core.Warn, Ref: d.Ref, Message: d.Message, Offset: -1}
		step := steps[d.Ref]
		switch d.What {
		case Declined, Missing:
			f.Severity = core.Fault
			text := o.keep(step.New)
			o.Rejected = append(o.Rejected, Refused{d.Ref, text, len(text) < len(step.New), []core.Finding{f}})
			o.section(d.Ref.Kind).undo(step.Action)
			o.section(d.Ref.Kind).Rejected++
			undone[d.Ref] = true
			continue
		case Remains:
			o.section(d.Ref.Kind).undo(step.Action)
			undone[d.Ref] = true
		}
		o.Warnings = append(o.Warnings, f)
	}
	slices.SortStableFunc(o.Rejected, func(a, b Refused) int { return a.Ref.Compare(b.Ref) })
	o.Applied = slices.DeleteFunc(o.Applied, func(d Done) bool { return undone[d.Ref] })
}

// byRef returns the steps by their entry. Where one goes because what the bundle says is
// refused, it is the step that goes.
func (p *Plan) byRef() map[core.Ref]Step {
	steps := make(map[core.Ref]Step, len(p.Steps))
	for i := range p.Steps {
		if s := &p.Steps[i]; s.Action != Rejected {
			steps[s.Ref] = *s
		}
	}
	return steps
}

// section returns the counts of a kind.
func (o *Outcome) section(k core.Kind) *Section {
	i := slices.IndexFunc(o.Sections, func(s Section) bool { return s.Key == k.Key() })
	return &o.Sections[i]
}

// undo counts one step less.
func (s *Section) undo(a Action) {
	if n := map[Action]*int{Create: &s.Created, Replace: &s.Replaced, Delete: &s.Deleted, Unchanged: &s.Unchanged}[a]; n != nil {
		*n--
	}
}
