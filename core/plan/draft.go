package plan

import (
	"time"
)

// Draft is a document that somebody brought and that is not applied yet.
type Draft struct {
	ID      string
	Node    string // the node it is meant for
	Name    string // of the file, or what the page calls it
	By      string // who brought it
	Created time.Time
	Body    []byte // empty in lists
	Size    int    // of the body, in bytes
}
