package plan

import (
	"time"

	"ekuiper-console/core"
)

// Draft is a change that somebody prepares and that is not applied yet: a document that
// they brought, or an earlier revision that they want back.
type Draft struct {
	ID       string
	Node     string // the node it is meant for
	Name     string // of the file, or what the page calls it
	By       string // who prepares it
	Created  time.Time
	Body     []byte // the document; empty in lists, and of a restore
	Size     int    // of the body, in bytes
	Document string // SHA-256 of the body, hexadecimal
	Restores int64  // the revision to bring back; 0 for a document
	Choices  Choices

	Files map[string]string // of a self-contained bundle: the hashes of its files, by address
}

// Choices are what somebody decided about a draft so far. The zero value is what is
// offered first.
type Choices struct {
	Mode  Mode       `json:"mode"`
	Valid bool       `json:"valid,omitempty"` // apply the valid entries though others are rejected
	Leave []core.Ref `json:"leave,omitempty"` // entries that are left as they are

	// Of a node that runs elsewhere: restart it where something comes into use only then, and
	// bring back what it held before where it does not do all as planned.
	Restart  bool `json:"restart,omitempty"`
	Rollback bool `json:"rollback,omitempty"`
}
