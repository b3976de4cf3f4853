// Package vault keeps backups of nodes: what a node held at a moment, as a document that
// can be brought into the same node or another one. A backup of the console itself, with
// all its nodes, is the matter of core/backup.
package vault

import (
	"fmt"
	"time"
)

// Backup is what a node held at a moment, or the note that it could not be read then.
type Backup struct {
	ID       int64     `json:"id"` // counts up
	Node     string    `json:"node"`
	Time     time.Time `json:"time"`
	By       string    `json:"by"`
	Via      string    `json:"via"`
	Revision int64     `json:"revision"`         // of the node
	SHA256   string    `json:"sha256,omitempty"` // of the document, hexadecimal; empty where there is none
	Size     int64     `json:"size"`             // of the document, in bytes
	Entries  int       `json:"entries"`
	Pinned   bool      `json:"pinned"` // it stays until somebody removes it
	Note     string    `json:"note,omitempty"`
	Reason   string    `json:"reason,omitempty"` // why the node could not be read; empty where it could

	// Unswept says, of one that was just made, why older ones could not be taken out, whose
	// time is over. It is tried again from hour to hour.
	Unswept string `json:"unswept,omitempty"`
}

// Failed reports whether the node could not be read.
func (b Backup) Failed() bool { return b.SHA256 == "" }

// Restores returns the revision that brings the backup back into a node; 0 where that takes
// its document.
func (b Backup) Restores(into string) int64 {
	if into == b.Node {
		return b.Revision
	}
	return 0
}

// String names the backup.
func (b Backup) String() string { return fmt.Sprintf("backup %d of %s", b.ID, b.Node) }
