package rollout

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"ekuiper-console/core/compare"
	"ekuiper-console/core/plan"
)

// How much of the changes of a group is kept to be shown.
const (
	fullGroups = 20       // groups of which so much is kept
	maxChanges = 100      // of such a group
	fewChanges = 5        // of any further one
	maxDiff    = 8 << 10  // bytes of one
	maxDiffs   = 32 << 10 // bytes of all
	maxText    = 64 << 10 // bytes of a text that is compared
)

// digest returns the identity of what a plan changes. Plans of two nodes have the same
// when they do the same to the same texts, whatever else the nodes hold.
func digest(p *plan.Plan) (id string, changes int) {
	h := sha256.New()
	fmt.Fprintf(h, "%v", p.Mode)
	for i := range p.Steps {
		s := &p.Steps[i]
		if !s.Action.Changes() && s.Action != plan.Rejected {
			continue
		}
		if s.Action.Changes() {
			changes++
		}
		for _, field := range []string{s.Action.String(), s.Ref.Kind.Key(), s.Ref.Name, s.Old, s.New} {
			fmt.Fprintf(h, " %d:", len(field))
			h.Write([]byte(field))
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:12]), changes
}

// groupOf returns the group of a plan, with the first of its changes.
func groupOf(id string, p *plan.Plan, most int) Group {
	n := p.Counts()
	g := Group{ID: id, Created: n[plan.Create], Replaced: n[plan.Replace], Deleted: n[plan.Delete], Changes: []Change{}}
	if p.Restart != nil {
		g.Late = len(p.Restart.Entries)
	}
	room := maxDiffs
	for i := range p.Steps {
		s := &p.Steps[i]
		if !s.Action.Changes() || len(g.Changes) == most {
			continue
		}
		c := Change{Action: s.Action, Ref: s.Ref}
		if len(s.Old)+len(s.New) <= maxText {
			c.Diff = compare.Unified(s.Ref.Kind, s.Old, s.New)
		}
		if len(c.Diff) > min(maxDiff, room) {
			c.Diff = ""
		}
		room -= len(c.Diff)
		g.Changes = append(g.Changes, c)
	}
	return g
}
