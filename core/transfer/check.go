package transfer

import (
	"fmt"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/resource"
)

// checker judges the entries of one import. What it keeps from one entry to the next only
// saves time: what it says depends on the entry, and on what that finds around it.
type checker struct {
	mode    plan.Mode
	current *bundle.Bundle
	next    *bundle.Bundle
	files   *fetches
	ahead   *lookahead
	// serving finds the plugins and services that bring a function, source or sink type,
	// among those that are there or are to come.
	serving map[resource.Need][]provider
	// unread are those of whose archives nobody knows what is in them, so that a name that
	// nobody knows may still be theirs.
	unread []provider
	// sources are the streams and tables that rules were found to read, as they were then.
	sources map[core.Ref]source
	// near are the names of what there is of a kind, for hints; made when first asked for.
	near map[core.Kind][]string
	// hints is how often the entry that is judged compared names for a hint, and spare how
	// often it may.
	hints, spare int
	// connections are the entries, there or to come, that have a connection of an id; made
	// when first asked for.
	connections map[string][]core.Ref
	// columns are those of the messages that streams name, by the id of the message.
	columns map[string]columns
	// keys are the ids of the connections of an entry, as they were found last.
	keys map[core.Ref]keys
}

func newChecker(mode plan.Mode, current plan.Snapshot, next *bundle.Bundle, files *fetches) *checker {
	c := &checker{mode: mode, current: current.Bundle, next: next, files: files, serving: map[resource.Need][]provider{},
		ahead: &lookahead{next: next, repeats: &resource.Repeats{}}, sources: map[core.Ref]source{}, near: map[core.Kind][]string{}, columns: map[string]columns{}, keys: map[core.Ref]keys{}}
	c.learn(current, next)
	return c
}

// check is the plan's check.
func (c *checker) check(e plan.Entry) plan.Verdict {
	c.hints, c.spare = 0, e.Hints
	v := c.judge(e)
	v.Hints = c.hints
	return v
}

// judge is the check without the count of hints.
func (c *checker) judge(e plan.Entry) plan.Verdict {
	known := &scope{checker: c, after: e.After}
	r, findings := c.ahead.decode(e)
	if r != nil {
		findings = resource.Judge(r, resource.Scope{Function: known.function, Source: known.source, Near: known.nearFunction})
	}
	if c.mode == plan.Partial && e.Ref.Kind == core.Rule {
		prefix(findings, "Invalid rule json: ")
	}
	if r == nil || faulty(findings) {
		return plan.Verdict{Text: e.Text, Findings: known.blame(findings)}
	}
	findings = append(findings, nameless(e.Ref)...)
	findings = append(findings, known.guessed(e.Ref)...)
	findings = append(findings, c.inContext(e, r)...)
	return plan.Verdict{Text: c.stored(e, r), Findings: findings, Artifact: c.files.found[e.Ref].artifact}
}

// nameless refuses an entry without a name, since nothing can speak of it afterwards.
// The engine keeps configurations of a type without a name: of these it is a warning.
func nameless(ref core.Ref) []core.Finding {
	if ref.Name != "" {
		return nil
	}
	f := core.Finding{Severity: core.Fault, Ref: ref, Offset: -1, Message: fmt.Sprintf("the %s has no name", ref.Kind.Noun()), Hint: "give it one"}
	if ref.Kind.Partial() == core.Merge {
		f.Severity = core.Warn
	}
	return []core.Finding{f}
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
	if l, ok := r.(located); ok && l.URI() != "" {
		findings = append(findings, c.files.findings(e.Ref, l.URI())...)
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
		findings = append(findings, c.planned(e, r)...)
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

// planned judges a rule by what it will find when it is planned. The engine refuses a rule
// that cannot be planned in a partial import; in a full one it stores the rule, which
// then does not start.
func (c *checker) planned(e plan.Entry, r *resource.Rule) []core.Finding {
	w := &world{scope: &scope{checker: c, after: e.After}}
	findings := r.Plan(w)
	for i := range findings {
		if f := &findings[i]; c.mode == plan.Full && f.Severity == core.Fault {
			f.Severity, f.Message = core.Warn, "stored, will not start: "+f.Message
		}
	}
	return append(findings, w.guessed(e.Ref)...)
}
