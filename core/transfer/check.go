package transfer

import (
	"fmt"
	"slices"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/resource"
)

// checker judges the entries of one import.
type checker struct {
	mode  plan.Mode
	next  *bundle.Bundle
	files *fetches
	ahead *lookahead
	// serving finds the native plugin that brings a function or source type, among
	// those that are there or are to come.
	serving map[resource.Need]core.Ref
	// opaque is whether there are plugins or services whose functions and types stand
	// in archives, so that a name that nobody knows may still be theirs.
	opaque bool
}

func newChecker(mode plan.Mode, current, next *bundle.Bundle, files *fetches) *checker {
	c := &checker{mode: mode, next: next, files: files, serving: map[resource.Need]core.Ref{}}
	c.ahead = newLookahead(mode, current, next)
	c.learn(next)
	if mode == plan.Partial {
		c.learn(current)
	}
	return c
}

// learn notes what the plugins of a bundle serve.
func (c *checker) learn(b *bundle.Bundle) {
	for _, name := range b.Names(core.NativePlugin) {
		ref := core.Ref{Kind: core.NativePlugin, Name: name}
		text, _ := b.Get(ref)
		if r, _ := resource.Decode(ref, text); r != nil {
			for _, need := range r.(*resource.Plugin).Serves() {
				c.serving[need] = ref
			}
		}
	}
	if b.Count(core.PortablePlugin)+b.Count(core.Service) > 0 {
		c.opaque = true
	}
}

// check is the plan's check.
func (c *checker) check(e plan.Entry) plan.Verdict {
	known := &scope{checker: c, after: e.After}
	r, findings := c.ahead.decode(e)
	if r != nil {
		findings = resource.Judge(r, resource.Scope{Function: known.function, Source: known.source})
	}
	if c.mode == plan.Partial && e.Ref.Kind == core.Rule {
		prefix(findings, "Invalid rule json: ")
	}
	if r == nil || faulty(findings) {
		return plan.Verdict{Text: e.Text, Findings: known.blame(findings)}
	}
	findings = append(findings, known.guessed(e.Ref)...)
	findings = append(findings, c.inContext(e, r)...)
	return plan.Verdict{Text: c.stored(e, r), Findings: findings}
}

// prefix puts the engine's words for a partial import before the messages of faults.
func prefix(findings []core.Finding, words string) {
	for i := range findings {
		if findings[i].Severity == core.Fault {
			findings[i].Message = words + findings[i].Message
		}
	}
}

// stored returns the text to keep: in a partial import a configuration is laid over
// the one that is there.
func (c *checker) stored(e plan.Entry, r resource.Resource) string {
	config, ok := r.(*resource.Config)
	if !ok || c.mode != plan.Partial || !e.Exists {
		return r.Stored()
	}
	old, _ := resource.Decode(e.Ref, e.Old)
	if old == nil {
		return r.Stored()
	}
	return config.Over(old.(*resource.Config)).Stored()
}

// inContext judges a sound entry by what is around it.
func (c *checker) inContext(e plan.Entry, r resource.Resource) []core.Finding {
	var findings []core.Finding
	if l, ok := r.(located); ok {
		if f, failed := c.files.finding(e.Ref, l.URI()); failed {
			findings = append(findings, f)
		}
	}
	if c.mode == plan.Partial && e.Exists {
		if old, _ := resource.Decode(e.Ref, e.Old); old != nil {
			findings = append(findings, resource.Supersede(old, r)...)
		}
	}
	switch r := r.(type) {
	case *resource.Stream:
		findings = append(findings, shared(e)...)
	case *resource.Rule:
		findings = append(findings, c.reads(e, r)...)
	}
	return findings
}

// shared refuses a stream with the name of a table, and the reverse: they share one
// name space, and in the engine one silently replaces the other.
func shared(e plan.Entry) []core.Finding {
	other := core.Ref{Kind: core.Table, Name: e.Ref.Name}
	if e.Ref.Kind == core.Table {
		other.Kind = core.Stream
	}
	if _, taken := e.After.Get(other); !taken {
		return nil
	}
	return []core.Finding{{
		Severity: core.Fault, Ref: e.Ref, Offset: -1, Cause: &other,
		Message: fmt.Sprintf("there is a %s %s already: streams and tables share one name space", other.Kind.Noun(), other.Name),
		Hint:    "rename one of them",
	}}
}

// reads judges the streams and tables that a rule reads. The engine refuses a rule
// without them in a partial import; in a full one it stores the rule, which then
// does not start.
func (c *checker) reads(e plan.Entry, r *resource.Rule) []core.Finding {
	var findings []core.Finding
	for _, name := range r.Reads() {
		stream, table := core.Ref{Kind: core.Stream, Name: name}, core.Ref{Kind: core.Table, Name: name}
		if has(e.After, stream) || has(e.After, table) {
			continue
		}
		f := core.Finding{
			Severity: core.Fault, Ref: e.Ref, Offset: -1, Cause: c.rejected(stream, table),
			Message: fmt.Sprintf("fail to get stream %s, please check if stream is created", name),
			Hint:    fmt.Sprintf("add the stream or table %s to the bundle", name),
		}
		if f.Cause != nil {
			f.Hint = fmt.Sprintf("it follows from the error of %v", f.Cause)
		}
		if c.mode == plan.Full {
			f.Severity, f.Message = core.Warn, "stored, will not start: "+f.Message
		}
		findings = append(findings, f)
	}
	return findings
}

func has(after plan.View, ref core.Ref) bool {
	_, ok := after.Get(ref)
	return ok
}

// rejected returns the first of these that the bundle brings. Where it is not there
// afterwards, it was rejected.
func (c *checker) rejected(refs ...core.Ref) *core.Ref {
	i := slices.IndexFunc(refs, func(ref core.Ref) bool { return has(c.next, ref) })
	if i < 0 {
		return nil
	}
	return &refs[i]
}

// scope answers which functions and source types one entry may use.
type scope struct {
	*checker
	after   plan.View
	guesses []string // names that only an archive could know
	lost    *core.Ref
}

func (s *scope) function(name string) bool {
	script := core.Ref{Kind: core.Script, Name: name}
	if has(s.after, script) {
		return true
	}
	if cause := s.rejected(script); cause != nil {
		s.lost = cause
	}
	return s.served(resource.Need{Why: resource.Calls, Name: name})
}

func (s *scope) source(name string) bool {
	return s.served(resource.Need{Why: resource.SourceType, Name: name})
}

// served reports whether a plugin that will be there serves a need, or may.
func (s *scope) served(need resource.Need) bool {
	ref, ok := s.serving[need]
	switch {
	case ok && has(s.after, ref):
		return true
	case ok:
		s.lost = &ref
	}
	if s.opaque && s.lost == nil {
		s.guesses = append(s.guesses, need.Name)
		return true
	}
	return false
}

// blame names, on the faults of an entry, the rejected entry that would have served it.
func (s *scope) blame(findings []core.Finding) []core.Finding {
	if s.lost == nil {
		return findings
	}
	for i := range findings {
		findings[i].Cause = s.lost
		findings[i].Hint = fmt.Sprintf("it follows from the error of %v", s.lost)
	}
	return findings
}

// guessed warns of names that were taken on trust.
func (s *scope) guessed(ref core.Ref) []core.Finding {
	var findings []core.Finding
	for _, name := range slices.Compact(slices.Sorted(slices.Values(s.guesses))) {
		findings = append(findings, core.Finding{
			Severity: core.Warn, Ref: ref, Offset: -1,
			Message: fmt.Sprintf("%s is not built in; it is taken for a part of one of the portable plugins or services", name),
			Hint:    "see that one of them brings it",
		})
	}
	return findings
}
