package plan

import (
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
)

// Commit is a plan on its way into the store, with what history keeps of it.
type Commit struct {
	Node     string
	Plan     *Plan
	By       core.Caller
	Time     time.Time
	Document string         // SHA-256 of the document that was imported, hexadecimal
	Note     string         // what the caller says of it
	Task     string         // id of the task that does it; empty where there is none
	Restores int64          // the revision that it brings back; 0 where it is no restore
	Report   *bundle.Bundle // the errors of the import
	Found    bool           // it was found so on a node that runs elsewhere, and not imported

	// Progress, where it is set, is told how many changes of how many were written.
	Progress func(done, total int)
	// Begins, where it is set, is called before anything is sent to a node that runs
	// elsewhere. Its error ends the commit, and nothing is sent.
	Begins func() error
	// Waits, where it is set, is called when a node restarts and is waited for.
	Waits func()

	// Deviations is set by a node that runs elsewhere: what it did not do as planned. The
	// Report has what of them it refused.
	Deviations []Deviation
}

// Tell tells how far the commit has come.
func (c *Commit) Tell(done, total int) {
	if c.Progress != nil {
		c.Progress(done, total)
	}
}

// Revision is one commit as history keeps it.
type Revision struct {
	Node      string    `json:"node"`
	Number    int64     `json:"revision"` // counts up from 1 in each node
	Hash      string    `json:"hash"`     // of this commit and all before it, hexadecimal
	Time      time.Time `json:"time"`
	By        string    `json:"by"`
	Via       string    `json:"via"`
	Mode      Mode      `json:"mode"`
	Document  string    `json:"document"` // SHA-256 of the imported document, hexadecimal
	Created   int       `json:"created"`
	Replaced  int       `json:"replaced"`
	Deleted   int       `json:"deleted"`
	Unchanged int       `json:"unchanged"` // unchanged and kept entries of the bundle
	Rejected  int       `json:"rejected"`
	Note      string    `json:"note,omitempty"`
	Task      string    `json:"task,omitempty"`
	Restores  int64     `json:"restores,omitempty"`
}

// State returns the state that the revision left.
func (r Revision) State() State { return State{Revision: r.Number, Hash: r.Hash} }

// Touch is one change of an entry, as the entry's own history tells it.
type Touch struct {
	Action   Action    `json:"action"`
	Revision int64     `json:"revision"`
	Time     time.Time `json:"time"`
	By       string    `json:"by"`
	Mode     Mode      `json:"mode"`
	Note     string    `json:"note,omitempty"`
	Restores int64     `json:"restores,omitempty"`
}

// Window asks for some of the changes of a revision. The zero Window asks for all.
type Window struct {
	Only   *Action // nil for every action
	Offset int     // how many to pass over
	Limit  int     // how many to return; 0 for all
}

// Change is one line of the journal: what a revision did to one entry.
type Change struct {
	Action   Action
	Ref      core.Ref
	Old, New string
}
