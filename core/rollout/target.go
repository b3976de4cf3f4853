package rollout

import (
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
)

// Standing is where one node of a rollout stands.
type Standing string

// The standings.
const (
	Unplanned  Standing = "unplanned"
	Blocked    Standing = "blocked" // it cannot be applied to; the reason says why
	Waiting    Standing = "planned"
	Applying   Standing = "applying"
	Verified   Standing = "verified" // it was read back, and holds what was planned
	Failed     Standing = "failed"
	Undoing    Standing = "rolling-back"
	RolledBack Standing = "rolled-back" // it was read back, and holds what it held before
	Skipped    Standing = "skipped"     // the rollout was cancelled before its turn
)

// Standings returns all standings, in the order in which a board lists them.
func Standings() []Standing {
	return []Standing{Unplanned, Blocked, Waiting, Applying, Verified, Failed, Undoing, RolledBack, Skipped}
}

// Target is one node of a rollout.
type Target struct {
	Node       string    `json:"node"`
	Position   int       `json:"position"` // counts up from 0, in the order in which they were chosen
	Wave       int       `json:"wave"`     // counts up from 1; 0 for none
	State      Standing  `json:"state"`
	Group      string    `json:"group,omitempty"` // of equal plans; empty before it is planned
	Changes    int       `json:"changes"`         // entries that its plan changes
	Begun      bool      `json:"begun"`           // something may have been written to it
	Before     int64     `json:"before"`          // its revision before it was applied to
	After      int64     `json:"after"`           // its revision afterwards; 0 where that is not known
	Deviations int       `json:"deviations"`      // what did not come as planned
	Reason     string    `json:"reason,omitempty"`
	Updated    time.Time `json:"updated,omitzero"`
	Ailing     []string  `json:"-"` // rules that had stopped by an error before; nil where that is not known
}

// Undoable reports whether there is something to roll back.
func (t *Target) Undoable() bool {
	return t.Begun && (t.State == Verified && t.Changes > 0 || t.State == Failed)
}

// Undoable returns the targets of a wave of which something can be rolled back, of all
// waves where it is 0.
func Undoable(targets []Target, wave int) (some []Target) {
	for i := range targets {
		if t := &targets[i]; t.Undoable() && (wave == 0 || t.Wave == wave) {
			some = append(some, *t)
		}
	}
	return some
}

// retryable reports whether it can be tried again.
func (t *Target) retryable() bool {
	return t.State == Failed || t.State == Blocked || t.State == RolledBack
}

// Group is the nodes with equal plans: the same changes of the same texts.
type Group struct {
	ID       string   `json:"id"`      // hash of the changes
	Changes  []Change `json:"changes"` // the first of them
	Created  int      `json:"created"`
	Replaced int      `json:"replaced"`
	Deleted  int      `json:"deleted"`
	Late     int      `json:"late"`     // changes that come into use only when the node restarts
	Reviewed bool     `json:"reviewed"` // somebody started the rollout with it
	Nodes    int      `json:"nodes"`    // is counted by the store
}

// Change is one entry that a plan changes.
type Change struct {
	Action plan.Action `json:"action"`
	Ref    core.Ref    `json:"ref"`
	Diff   string      `json:"diff,omitempty"` // unified, secrets masked
}
