package plan

import "ekuiper-console/core"

// Disturbed is who uses an entry that a plan replaces or deletes, and is there afterwards.
type Disturbed struct {
	Users []core.Ref // the first of them, sorted
	Total int        // how many there are; of very many, in how many ways they use it
}
