// Package rollout brings one bundle into many nodes, wave by wave. What it would do to
// each node is planned and looked at first; a node counts as verified only when what it
// holds was read back. Every step is stored before and after it is done, so that a console
// which was stopped knows afterwards which nodes were under way.
package rollout

import (
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/transfer"
)

// State is where a rollout stands.
type State string

// The states.
const (
	Planning    State = "planning" // its plans are being made
	Planned     State = "planned"  // somebody is to look at the plans, and start it
	Running     State = "running"
	Paused      State = "paused"  // somebody is to go on
	Stopped     State = "stopped" // it stopped by itself; somebody is to retry, to roll back or to go on
	RollingBack State = "rolling-back"
	Finished    State = "finished" // nothing is left to apply
	Cancelled   State = "cancelled"
)

// States returns all states, in the order in which a rollout meets them.
func States() []State {
	return []State{Planning, Planned, Running, Paused, Stopped, RollingBack, Finished, Cancelled}
}

// Working reports whether the rollout is doing something by itself.
func (s State) Working() bool { return s == Planning || s == Running || s == RollingBack }

// Over reports whether nothing is left to apply.
func (s State) Over() bool { return s == Finished || s == Cancelled }

// Strategy says how a rollout goes about its nodes. The zero value takes all of them in
// one wave and stops at the first failure.
type Strategy struct {
	Canary          int  `json:"canary"`            // nodes of the first wave, of which none may fail; 0 for no such wave
	Batch           int  `json:"batch"`             // nodes of every further wave; 0 for all of them
	Parallel        int  `json:"parallel"`          // nodes that are applied to at once; 0 means DefaultParallel
	StopAfter       int  `json:"stop_after"`        // failures after which it stops; 0 means 1
	PauseSeconds    int  `json:"pause_seconds"`     // between two waves
	OnlyHealthy     bool `json:"only_healthy"`      // begin a wave only while all nodes that were verified are well
	RollbackOnError bool `json:"rollback_on_error"` // bring back what a node held, where it does not do all as planned
	Resume          bool `json:"resume"`            // after a stop of the console: go on, and do not wait for somebody
}

// The numbers of nodes that are applied to at once.
const (
	DefaultParallel = 4
	MaxParallel     = 64
)

// The most that a strategy may say.
const (
	MaxNodes        = 10_000
	maxPauseSeconds = 7 * 24 * 60 * 60
)

// check returns an Invalid error for a strategy that makes no sense, and fills in what is
// not said.
func (s *Strategy) check() error {
	for name, n := range map[string]struct{ is, most int }{
		"canary": {s.Canary, MaxNodes}, "batch": {s.Batch, MaxNodes}, "parallel": {s.Parallel, MaxParallel},
		"stop_after": {s.StopAfter, MaxNodes}, "pause_seconds": {s.PauseSeconds, maxPauseSeconds},
	} {
		if n.is < 0 || n.is > n.most {
			return core.Errorf(core.Invalid, "%s is a number from 0 to %d", name, n.most)
		}
	}
	if s.Parallel == 0 {
		s.Parallel = DefaultParallel
	}
	if s.StopAfter == 0 {
		s.StopAfter = 1
	}
	return nil
}

// Rollout is one bundle on its way to many nodes.
type Rollout struct {
	ID       string            `json:"id"`
	Name     string            `json:"name,omitempty"` // of the file, or what somebody calls it
	Note     string            `json:"note,omitempty"` // for the history of every node
	By       string            `json:"by"`             // who planned it
	Actor    string            `json:"actor"`          // who acted on it last
	Created  time.Time         `json:"created"`
	Updated  time.Time         `json:"updated"`
	Since    time.Time         `json:"since,omitzero"` // when somebody set it to work: what failed since counts
	Document string            `json:"document"`       // SHA-256 of the bundle, hexadecimal
	Format   transfer.Format   `json:"format"`
	Mode     plan.Mode         `json:"mode"`
	Leave    []core.Ref        `json:"leave,omitempty"`   // entries that stay as they are
	Restart  bool              `json:"restart,omitempty"` // restart the nodes where the bundle needs it
	Files    map[string]string `json:"files,omitempty"`   // of a self-contained bundle: hashes by address
	Labels   map[string]string `json:"labels,omitempty"`
	Strategy Strategy          `json:"strategy"`
	Auto     bool              `json:"auto,omitempty"` // start once it is planned
	State    State             `json:"state"`
	Reason   string            `json:"reason,omitempty"` // why it is in this state
	Wave     int               `json:"wave"`             // the last one that was begun; 0 for none
	Waves    int               `json:"waves"`
	Next     time.Time         `json:"next,omitzero"` // when the next wave begins, while it is waited for
	Tally    Tally             `json:"tally"`         // is counted by the store
}

// Removable reports whether it can be deleted: it was never begun, or it is over.
func (r *Rollout) Removable() bool {
	return r.State.Over() || r.State == Planned && r.Wave == 0
}

// Tally counts targets by state.
type Tally map[Standing]int

// Nodes returns how many targets there are.
func (t Tally) Nodes() (n int) {
	for _, some := range t {
		n += some
	}
	return n
}
