package resource

import (
	"fmt"

	"ekuiper-console/core"
)

// World is what there will be besides a rule when it is planned.
type World interface {
	// Source returns the stream or table of a name, or nil. The same name gives the
	// same answer each time.
	Source(name string) *Stream
	// Columns returns the columns of a message of a protobuf schema, or what is wrong with the schema. The id is
	// "schema.message". Where they cannot be known it returns nil and nothing wrong.
	Columns(id string) (columns *Columns, fault string)
	// Serves reports whether there is something that serves a need for a type of
	// sources or sinks, a function or a schema.
	Serves(need Need) bool
	// Missing says why something that a rule needs is not there: the entry that would have served
	// it but is refused, or nil, and what to do about it.
	Missing(need Need) (cause *core.Ref, hint string)
}

// Plan judges a rule as the engine does when it plans it: in a partial import, or else
// when the rule starts. The rule must have been judged before and be without faults.
// Faults are in the engine's words. The order is the engine's, so the first fault is
// the one that the engine would tell.
func (r *Rule) Plan(world World) []core.Finding {
	r.prepare()
	p := &planner{rule: r, world: world}
	if r.stmt != nil {
		p.query()
	}
	if r.Graph != nil {
		p.namedSources()
	}
	for _, s := range r.staged {
		p.take(s)
	}
	return p.found
}

// maxPlanned bounds how many findings are made about one rule.
const maxPlanned = 20

// planner is the planning of one rule.
type planner struct {
	rule  *Rule
	world World
	found []core.Finding
}

// staged is a finding that was made without knowing what else there is. With a need it
// holds only if nothing serves that.
type staged struct {
	severity core.Severity
	msg      string
	hint     string
	path     []any // to its place in the text of the rule, as for place
	offset   int   // in the string at that place, -1 for its beginning
	unless   Need
}

// take turns what was staged into a finding, unless it is answered.
func (p *planner) take(s staged) {
	if len(p.found) >= maxPlanned {
		return
	}
	f := core.Finding{Severity: s.severity, Ref: p.rule.ref, Message: s.msg, Hint: s.hint}
	if s.unless.Why != "" {
		if p.world.Serves(s.unless) {
			return
		}
		cause, hint := p.world.Missing(s.unless)
		if f.Cause = cause; hint != "" && (cause != nil || f.Hint == "") {
			f.Hint = hint
		}
	}
	p.found = append(p.found, f.At(p.rule.text, inside(p.rule.text, s.offset, s.path...)))
}

// refuse makes a fault at a place in the SQL.
func (p *planner) refuse(at int, hint, format string, args ...any) {
	if len(p.found) >= maxPlanned {
		return
	}
	f := fault(p.rule.ref, format, args...)
	f.Hint = hint
	p.found = append(p.found, f.At(p.rule.text, p.rule.sqlOffset(at)))
}

// warn makes a warning about a place in the SQL.
func (p *planner) warn(at int, hint, format string, args ...any) {
	if len(p.found) < maxPlanned {
		p.found = append(p.found, warning(p.rule.ref, hint, format, args...).At(p.rule.text, p.rule.sqlOffset(at)))
	}
}

// stage collects what is found about a part of a rule without knowing anything else.
type stage struct {
	found   []staged
	path    []any // to the part
	repeats *Repeats
}

func (s *stage) add(severity core.Severity, unless Need, hint, msg string, path ...any) {
	if len(s.found) >= maxPlanned {
		return
	}
	whole := append(append(make([]any, 0, len(s.path)+len(path)), s.path...), path...)
	s.found = append(s.found, staged{severity, msg, hint, whole, -1, unless})
}

// refuse stages a fault at a property, or at the part itself.
func (s *stage) refuse(prop, hint, format string, args ...any) {
	s.add(core.Fault, Need{}, hint, fmt.Sprintf(format, args...), steps(prop)...)
}

// need stages a fault for the case that nothing serves a need.
func (s *stage) need(prop string, need Need, hint, format string, args ...any) {
	s.add(core.Fault, need, hint, fmt.Sprintf(format, args...), steps(prop)...)
}

// note stages a warning.
func (s *stage) note(prop, hint, format string, args ...any) {
	s.add(core.Warn, Need{}, hint, fmt.Sprintf(format, args...), steps(prop)...)
}

func steps(prop string) []any {
	if prop == "" {
		return nil
	}
	return []any{prop}
}
