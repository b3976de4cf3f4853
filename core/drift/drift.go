// Package drift tells how what a node holds stands to its baseline, which is a revision of
// that node that somebody has called right. Texts are compared by meaning.
package drift

import (
	"time"

	"ekuiper-console/core/plan"
)

// State says how what a node holds stands to its baseline.
type State string

// The states.
const (
	None    State = "none"    // it has no baseline
	InSync  State = "in-sync" // it holds what the baseline says
	Drifted State = "drifted" // it holds something else
	Unknown State = "unknown" // it was never compared, or could not be read the last time
)

// Baseline is the revision that a node ought to hold.
type Baseline struct {
	Node     string    `json:"-"`
	Revision int64     `json:"revision"`
	By       string    `json:"by"`
	Time     time.Time `json:"time"`
}

// Check is what came of the last comparison of a node.
type Check struct {
	Tried    time.Time // zero for never
	Reason   string    // why it told nothing; empty where it did
	Read     time.Time // when the node was read that was compared; zero for never
	Revision int64     // of the node that was compared
	Tally
}

// Tally counts the entries of a node that are not as its baseline says.
type Tally struct {
	Added   int `json:"added"`   // the node holds them, and the baseline does not
	Changed int `json:"changed"` // they mean something else
	Missing int `json:"missing"` // the baseline holds them, and the node does not
}

// Total counts them all.
func (t Tally) Total() int { return t.Added + t.Changed + t.Missing }

// Watched is a node with a baseline.
type Watched struct {
	Baseline
	Check
}

// Status is how a node stands to its baseline, in short.
type Status struct {
	Node     string    `json:"node"`
	State    State     `json:"state"`
	Reason   string    `json:"reason,omitempty"`   // why it is unknown
	Baseline *Baseline `json:"baseline,omitempty"` // nil where it has none
	Compared time.Time `json:"compared,omitzero"`  // when the node was read that was compared
	Revision int64     `json:"revision,omitempty"` // of the node that was compared
	Tally
}

// Report is a status with the entries that are not as the baseline says: what leads from
// it to what the node holds.
type Report struct {
	Status
	Changes []plan.Change `json:"-"`
}

// neverCompared is the reason of a node that nobody has compared.
const neverCompared = "it was not compared yet"

// status sums up what is kept of a node.
func (w Watched) status() Status {
	s := Status{Node: w.Node, State: InSync, Baseline: &w.Baseline, Compared: w.Read, Revision: w.Check.Revision, Tally: w.Tally}
	switch {
	case w.Reason != "":
		s.State, s.Reason, s.Tally = Unknown, w.Reason, Tally{}
	case w.Read.IsZero():
		s.State, s.Reason = Unknown, neverCompared
	case w.Total() > 0:
		s.State = Drifted
	}
	return s
}

// count counts changes.
func count(changes []plan.Change) (t Tally) {
	counts := map[plan.Action]*int{plan.Create: &t.Added, plan.Replace: &t.Changed, plan.Delete: &t.Missing}
	for i := range changes {
		*counts[changes[i].Action]++
	}
	return t
}
