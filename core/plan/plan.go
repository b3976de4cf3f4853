package plan

import (
	"fmt"
	"slices"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
)

// Mode says what an import does with what is there already.
type Mode uint8

// The modes. The zero mode is the one that deletes nothing.
const (
	Partial Mode = iota // keep what is there, lay the bundle over it
	Full                // afterwards there is what the bundle holds, and nothing else
)

// String returns "partial" or "full".
func (m Mode) String() string {
	if m == Full {
		return "full"
	}
	return "partial"
}

// MarshalText writes the mode as String does.
func (m Mode) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (m *Mode) UnmarshalText(text []byte) error {
	switch string(text) {
	case Partial.String():
		*m = Partial
	case Full.String():
		*m = Full
	default:
		return core.Errorf(core.Invalid, "%q is not a mode", text)
	}
	return nil
}

// Action is what an import would do with one entry.
type Action uint8

// The actions, in the order in which pages list them.
const (
	Create    Action = iota // it is new
	Replace                 // its text changes
	Delete                  // it goes
	Unchanged               // its text is the same already
	Kept                    // it is there and a partial import leaves it, though its text differs
	Rejected                // a finding keeps it out
	LeftOut                 // somebody chose to leave it as it is
)

// NumActions is how many actions there are.
const NumActions = 7

var actionNames = [NumActions]string{"create", "replace", "delete", "unchanged", "kept", "rejected", "left-out"}

// String returns the action's name in lower case.
func (a Action) String() string { return actionNames[a] }

// MarshalText writes the action as String does.
func (a Action) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (a *Action) UnmarshalText(text []byte) error {
	for i, name := range actionNames {
		if name == string(text) {
			*a = Action(i)
			return nil
		}
	}
	return core.Errorf(core.Invalid, "%q is not an action", text)
}

// Changes reports whether the action writes anything.
func (a Action) Changes() bool { return a <= Delete }

// Step is what would happen to one entry.
type Step struct {
	Action   Action
	Ref      core.Ref
	Old      string // the text that is there; empty where there is none
	New      string // the text that would be there; of a rejected or left out entry, what the bundle says
	Findings []core.Finding
	Artifact *Artifact // the file that New names by address; nil where it names none, or it was not read
}

// State is the identity of what a node holds at one moment. Two states are the same
// only if their hashes are.
type State struct {
	Revision int64  // counts the commits; 0 is the empty node
	Hash     string // of the chain of all commits up to the revision, hexadecimal; empty at 0
}

// Snapshot is all that a node holds at one moment. It is shared and must not be written
// to.
type Snapshot struct {
	State
	Bundle    *bundle.Bundle
	Artifacts map[core.Ref]Artifact // of the entries whose file was kept
}

// Plan is what an import would do to a node.
type Plan struct {
	Mode    Mode
	Base    State    // what it was made from
	Steps   []Step   // deletions downward, then the bundle's entries upward in install order
	Unknown []string // sections of the document that are no part of a bundle

	// Hash is the identity of all that the plan was made from: the state, the document,
	// the mode and what is left out. Equal hashes mean equal plans.
	Hash string

	// Stale says why it was planned from an earlier state than that of now; empty where it
	// was not.
	Stale string

	// Restart is there where some of it comes into use only when the node restarts.
	Restart *Restart

	// Unread is how many files a node that runs elsewhere reads itself, at addresses of
	// which only the form was checked.
	Unread int
}

// Count returns how many steps have the action.
func (p *Plan) Count(a Action) int { return p.Counts()[a] }

// Counts returns how many steps have each action.
func (p *Plan) Counts() (n [NumActions]int) {
	for i := range p.Steps {
		n[p.Steps[i].Action]++
	}
	return n
}

// Empty reports whether applying the plan would change nothing.
func (p *Plan) Empty() bool {
	n := p.Counts()
	return n[Create]+n[Replace]+n[Delete] == 0
}

// Report returns, under the name of every rejected entry, the message that says
// why. An empty report means that nothing was rejected.
func (p *Plan) Report() *bundle.Bundle {
	report := &bundle.Bundle{}
	for i := range p.Steps {
		if s := &p.Steps[i]; s.Action == Rejected {
			report.Set(s.Ref, s.Fault().Message)
		}
	}
	return report
}

// Fault returns the finding that keeps the entry out, or the zero finding.
func (s *Step) Fault() core.Finding { return fault(s.Findings) }

// fault returns the first finding that is one, or the zero finding.
func fault(findings []core.Finding) core.Finding {
	for _, f := range findings {
		if f.Severity == core.Fault {
			return f
		}
	}
	return core.Finding{}
}

// Warnings returns the findings that keep nothing out, in the order of the steps; before
// them that the plan is stale, that it lacks a restart, and that nobody looked into files.
func (p *Plan) Warnings() []core.Finding {
	var warnings []core.Finding
	if p.Stale != "" {
		warnings = append(warnings, p.stale())
	}
	if p.Restart != nil && !p.Restart.Chosen {
		warnings = append(warnings, p.Restart.notice())
	}
	if p.Unread > 0 {
		warnings = append(warnings, p.unread())
	}
	for i := range p.Steps {
		for _, f := range p.Steps[i].Findings {
			if f.Severity == core.Warn {
				warnings = append(warnings, f)
			}
		}
	}
	return warnings
}

// unread says that the node reads files itself.
func (p *Plan) unread() core.Finding {
	return core.Finding{
		Severity: core.Warn, Offset: -1, Message: fmt.Sprintf("the node reads %d files itself: nobody has looked whether they are there, and what is in them", p.Unread),
		Hint: "let the console keep the files for this node",
	}
}

// stale warns that the plan is.
func (p *Plan) stale() core.Finding {
	return core.Finding{Severity: core.Warn, Offset: -1, Message: p.Stale}
}

// Lays reports whether a partial import of what the plan changes leads to the same: it
// deletes nothing, and of what it replaces a partial import keeps nothing.
func (p *Plan) Lays() bool {
	return !slices.ContainsFunc(p.Steps, func(s Step) bool {
		return s.Action == Delete || s.Action == Replace && s.Ref.Kind.Partial() != core.Overwrite
	})
}

// After returns what is there once the plan is applied to what it was made from.
func (p *Plan) After(current *bundle.Bundle) *bundle.Bundle {
	next := current.Clone()
	for i := range p.Steps {
		switch s := &p.Steps[i]; s.Action {
		case Create, Replace:
			next.Set(s.Ref, s.New)
		case Delete:
			next.Delete(s.Ref)
		}
	}
	return next
}
