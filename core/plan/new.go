package plan

import (
	"fmt"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
)

// Entry is what a check is asked about.
type Entry struct {
	Ref    core.Ref
	Text   string // what the bundle says
	Old    string // what is there
	Exists bool   // whether anything is there
	After  View   // what will be there of the kinds that are installed before, and of this one so far
}

// View finds the text of an entry in the state that an import leads to.
type View interface {
	Get(ref core.Ref) (text string, ok bool)
}

// Verdict is what a check says: the text to store, in its stored form, and findings.
// One finding that is a fault keeps the entry out.
type Verdict struct {
	Text     string
	Findings []core.Finding
	Artifact *Artifact // the file that the entry names by address, where it was read
}

// Check judges an entry. It is called in install order, and not for entries that
// stay as they are.
type Check func(Entry) Verdict

// New returns what importing next over current would do. A nil check accepts all. The
// entries of leave stay as they are, whatever the bundle says of them.
func New(mode Mode, current Snapshot, next *bundle.Bundle, check Check, leave ...core.Ref) *Plan {
	if check == nil {
		check = func(e Entry) Verdict { return Verdict{Text: e.Text} }
	}
	m := maker{mode: mode, current: current.Bundle, check: check, leave: make(map[core.Ref]bool, len(leave))}
	for _, ref := range leave {
		m.leave[ref] = true
		if old, exists := current.Bundle.Get(ref); exists {
			m.after.top.Set(ref, old)
		}
	}
	if mode == Partial {
		m.after.base = current.Bundle
	}
	p := &Plan{Mode: mode, Base: current.State, Steps: make([]Step, 0, next.Len())}
	for ref, text := range next.All() {
		p.Steps = append(p.Steps, m.step(ref, text))
	}
	if mode == Full {
		p.Steps = append(m.deletions(next), p.Steps...)
	}
	return p
}

// maker is the state of making one plan.
type maker struct {
	mode    Mode
	current *bundle.Bundle
	check   Check
	leave   map[core.Ref]bool
	after   overlay
}

// overlay is a bundle laid over another one, which may be nil.
type overlay struct {
	top  bundle.Bundle
	base *bundle.Bundle
}

// Get returns the text of the top, else of the base.
func (o *overlay) Get(ref core.Ref) (string, bool) {
	if text, ok := o.top.Get(ref); ok || o.base == nil {
		return text, ok
	}
	return o.base.Get(ref)
}

// step decides about one entry of the bundle.
func (m *maker) step(ref core.Ref, text string) Step {
	old, exists := m.current.Get(ref)
	s := Step{Ref: ref, Old: old, New: text, Action: Create}
	switch {
	case m.leave[ref]:
		s.Action = LeftOut
		return s
	case exists && old == text:
		s.Action = Unchanged
	case exists && m.mode == Partial && ref.Kind.Partial() == core.Keep:
		s.Action, s.New = Kept, old
		s.Findings = []core.Finding{keptNote(ref)}
	default:
		m.judge(&s, exists)
	}
	if s.Action != Rejected {
		m.after.top.Set(ref, s.New)
	}
	return s
}

// judge asks the check about an entry that would be written.
func (m *maker) judge(s *Step, exists bool) {
	v := m.check(Entry{Ref: s.Ref, Text: s.New, Old: s.Old, Exists: exists, After: &m.after})
	s.Findings = v.Findings
	switch {
	case s.Fault().Severity == core.Fault:
		s.Action = Rejected
		return
	case exists && v.Text == s.Old:
		s.Action = Unchanged
	case exists:
		s.Action = Replace
	}
	s.New, s.Artifact = v.Text, v.Artifact
}

// deletions returns the steps that take out what a full import does not leave: what
// the bundle does not name, and what it names in a form that is refused. What is left
// out of them stands in its place.
func (m *maker) deletions(next *bundle.Bundle) []Step {
	var steps []Step
	for ref, old := range m.current.All() {
		_, stays := m.after.top.Get(ref)
		_, named := next.Get(ref)
		switch {
		case !stays:
			steps = append(steps, Step{Action: Delete, Ref: ref, Old: old})
		case m.leave[ref] && !named:
			steps = append(steps, Step{Action: LeftOut, Ref: ref, Old: old, New: old})
		}
	}
	for i, j := 0, len(steps)-1; i < j; i, j = i+1, j-1 {
		steps[i], steps[j] = steps[j], steps[i]
	}
	return steps
}

func keptNote(ref core.Ref) core.Finding {
	return core.Finding{
		Severity: core.Warn, Ref: ref, Offset: -1,
		Message: fmt.Sprintf("the %s %s is installed already and was kept; its text in the bundle differs", ref.Kind.Noun(), ref.Name),
		Hint:    "a full import replaces it",
	}
}
