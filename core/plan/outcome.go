package plan

import (
	"strings"

	"ekuiper-console/core"
)

// Outcome is what became of an import, small enough to be kept and shown: every
// count, every rejected entry and every warning, but of what went well only names.
type Outcome struct {
	Mode     Mode           `json:"mode"`
	Atomic   bool           `json:"atomic"`           // all or nothing was asked for
	Written  bool           `json:"written"`          // whether a revision was committed
	Base     int64          `json:"base"`             // the revision before
	Revision int64          `json:"revision"`         // the revision afterwards; Base where nothing was written
	Sections []Section      `json:"sections"`         // all twelve, in document order
	Rejected []Refused      `json:"rejected"`         // in install order
	Applied  []Done         `json:"applied"`          // the first MaxApplied of them
	LeftOut  []core.Ref     `json:"left_out"`         // the first MaxApplied of them
	Warnings []core.Finding `json:"warnings"`         // in the order of the steps
	Unknown  []string       `json:"unknown_sections"` // names in the document that are no section

	RolledBack int64       `json:"rolled_back,omitempty"` // the revision that undid it; 0 for none
	Deviations []Deviation `json:"deviations,omitempty"`  // of a node that runs elsewhere: what it did not do as planned
	Undone     bool        `json:"undone,omitempty"`      // the node was to restart, and did not, or came back as another version
}

// MaxApplied bounds the names of applied entries that an Outcome keeps.
const MaxApplied = 1000

// Section counts the steps of one kind.
type Section struct {
	Key       string `json:"section"`
	Created   int    `json:"created"`
	Replaced  int    `json:"replaced"`
	Deleted   int    `json:"deleted"`
	Unchanged int    `json:"unchanged"`
	Kept      int    `json:"kept"`
	Rejected  int    `json:"rejected"`
	LeftOut   int    `json:"left_out"`
}

// Refused is an entry that was kept out.
type Refused struct {
	Ref      core.Ref       `json:"ref"`
	Text     string         `json:"text"`          // what the bundle says, as far as it is kept
	Cut      bool           `json:"cut,omitempty"` // the bundle says more
	Findings []core.Finding `json:"findings"`
}

// Fault returns the finding that keeps the entry out, or the zero finding.
func (r *Refused) Fault() core.Finding { return fault(r.Findings) }

// Of the text of a refused entry an Outcome keeps up to MaxText bytes, and of no more
// than MaxTexts entries.
const (
	MaxText  = 16 << 10
	MaxTexts = 200
)

// Done is an entry that was written.
type Done struct {
	Action Action   `json:"action"`
	Ref    core.Ref `json:"ref"`
}

// Outcome sums the plan up. Written and Revision are for the caller to set once the
// plan was committed.
func (p *Plan) Outcome(atomic bool) *Outcome {
	o := &Outcome{
		Mode: p.Mode, Atomic: atomic, Base: p.Base.Revision, Revision: p.Base.Revision,
		Sections: p.sections(), Rejected: []Refused{}, Applied: []Done{}, LeftOut: []core.Ref{},
		Warnings: append([]core.Finding{}, p.Warnings()...), Unknown: append([]string{}, p.Unknown...),
	}
	for i := range p.Steps {
		switch s := &p.Steps[i]; {
		case s.Action == Rejected:
			text := o.keep(s.New)
			o.Rejected = append(o.Rejected, Refused{s.Ref, text, len(text) < len(s.New), s.Findings})
		case s.Action.Changes() && len(o.Applied) < MaxApplied:
			o.Applied = append(o.Applied, Done{s.Action, s.Ref})
		case s.Action == LeftOut && len(o.LeftOut) < MaxApplied:
			o.LeftOut = append(o.LeftOut, s.Ref)
		}
	}
	return o
}

// keep returns as much of the text of a refused entry as is kept.
func (o *Outcome) keep(text string) string {
	if len(o.Rejected) >= MaxTexts {
		return ""
	}
	if len(text) > MaxText {
		text = strings.ToValidUTF8(text[:MaxText], "")
	}
	return text
}

// sections counts the steps of each kind.
func (p *Plan) sections() []Section {
	var counts [core.NumKinds][NumActions]int
	for i := range p.Steps {
		counts[p.Steps[i].Ref.Kind][p.Steps[i].Action]++
	}
	sections := make([]Section, 0, core.NumKinds)
	for _, k := range core.DocumentOrder() {
		n := counts[k]
		sections = append(sections, Section{k.Key(), n[Create], n[Replace], n[Delete], n[Unchanged], n[Kept], n[Rejected], n[LeftOut]})
	}
	return sections
}

// Total adds the sections up.
func (o *Outcome) Total() (t Section) {
	for _, s := range o.Sections {
		t.Created += s.Created
		t.Replaced += s.Replaced
		t.Deleted += s.Deleted
		t.Unchanged += s.Unchanged
		t.Kept += s.Kept
		t.Rejected += s.Rejected
		t.LeftOut += s.LeftOut
	}
	return t
}
