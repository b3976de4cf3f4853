package plan

import (
	"fmt"

	"ekuiper-console/core"
)

// Listing is a plan as a program reads it: without the texts.
type Listing struct {
	Mode     Mode           `json:"mode"`
	Revision int64          `json:"revision"` // of the node, which the plan was made from
	Hash     string         `json:"hash"`     // see Plan; an import may be bound to it
	Sections []Section      `json:"sections"` // all twelve, in document order
	Steps    []Listed       `json:"steps"`    // in the order in which they would be done
	Warnings []core.Finding `json:"warnings"` // about the document as a whole

	Restart *Restart `json:"restart,omitempty"` // see Plan
}

// Listed is one step of a Listing.
type Listed struct {
	Action   Action         `json:"action"`
	Ref      core.Ref       `json:"ref"`
	Findings []core.Finding `json:"findings,omitempty"`
}

// Listing returns the plan without the texts.
func (p *Plan) Listing() *Listing {
	l := &Listing{Mode: p.Mode, Revision: p.Base.Revision, Hash: p.Hash, Sections: p.sections(), Steps: make([]Listed, 0, len(p.Steps)), Warnings: UnknownSections(p.Unknown), Restart: p.Restart}
	if p.Restart != nil {
		l.Warnings = append([]core.Finding{p.Restart.notice()}, l.Warnings...)
	}
	if p.Stale != "" {
		l.Warnings = append([]core.Finding{p.stale()}, l.Warnings...)
	}
	if p.Unread > 0 {
		l.Warnings = append(l.Warnings, p.unread())
	}
	for i := range p.Steps {
		s := &p.Steps[i]
		l.Steps = append(l.Steps, Listed{s.Action, s.Ref, s.Findings})
	}
	return l
}

// Counts returns how many steps have each action.
func (l *Listing) Counts() (n [NumActions]int) {
	for _, s := range l.Steps {
		n[s.Action]++
	}
	return n
}

// UnknownSections warns of names in a document that are no section of a bundle.
func UnknownSections(names []string) []core.Finding {
	warnings := make([]core.Finding, 0, len(names))
	for _, name := range names {
		warnings = append(warnings, core.Finding{Severity: core.Warn, Offset: -1, Message: fmt.Sprintf("unknown section %s was passed over", name)})
	}
	return warnings
}
