package transfer

import (
	"fmt"
	"slices"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/resource"
	"ekuiper-console/core/streamsql"
)

func has(after plan.View, ref core.Ref) bool {
	_, ok := after.Get(ref)
	return ok
}

// brought returns the first of these that the bundle brings, or nil. Where it is not there
// afterwards, it was rejected or left out.
func (c *checker) brought(refs ...core.Ref) *core.Ref {
	for i := range refs {
		if _, ok := c.next.Get(refs[i]); ok {
			return &refs[i]
		}
	}
	return nil
}

// scope answers which functions and source types one entry may use.
type scope struct {
	*checker
	after   plan.View
	guesses []string // names that only an archive could know
	lost    *core.Ref
}

func (s *scope) function(name string) bool {
	return has(s.after, core.Ref{Kind: core.Script, Name: name}) || s.served(resource.Need{Why: resource.Calls, Name: name})
}

func (s *scope) source(name string) bool {
	return s.served(resource.Need{Why: resource.SourceType, Name: name})
}

// because says how a fault follows from an entry that is not there.
func (s *scope) because(cause *core.Ref) string {
	if s.after.Left(*cause) {
		return fmt.Sprintf("%v is left out; include it, or leave this entry out too", cause)
	}
	return fmt.Sprintf("it follows from the error of %v", cause)
}

// blame names, on the faults of an entry, the entry that would have served it and is not
// there.
func (s *scope) blame(findings []core.Finding) []core.Finding {
	if s.lost == nil {
		return findings
	}
	for i := range findings {
		findings[i].Cause = s.lost
		findings[i].Hint = s.because(s.lost)
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

// nearFunction returns the script or plugin function most like a name, or "".
func (s *scope) nearFunction(name string) string {
	return s.nearest(name, func() []string {
		names := slices.Clone(s.names(core.Script))
		for need, all := range s.serving {
			if need.Why == resource.Calls && slices.ContainsFunc(all, s.stands) {
				names = append(names, need.Name)
			}
		}
		slices.Sort(names)
		return names
	})
}

// maxNames bounds the names that are looked through for a hint.
const maxNames = 2000

// nearest returns the name most like a word, or "".
func (s *scope) nearest(word string, names func() []string) string {
	if s.hints++; s.hints > s.spare {
		return ""
	}
	return streamsql.Nearest(word, names())
}

// names returns the names of the entries of a kind that the import brings or leaves.
func (s *scope) names(kind core.Kind) []string {
	names, ok := s.near[kind]
	if !ok {
		names = s.next.Names(kind)
		if s.mode == plan.Partial {
			names = slices.Concat(names, s.current.Names(kind))
		}
		names = slices.Clip(names[:min(maxNames, len(names))])
		s.near[kind] = names
	}
	return names
}

// world is what a rule will find when it is planned.
type world struct{ *scope }

// Source returns a stream or table. What cannot be read is not there.
func (w *world) Source(name string) *resource.Stream {
	for _, kind := range [...]core.Kind{core.Stream, core.Table} {
		if s := w.readable(core.Ref{Kind: kind, Name: name}); s != nil {
			return s
		}
	}
	return nil
}

// source is a stream or table that was read, nil where it cannot be.
type source struct {
	text   string
	stream *resource.Stream
}

// readable returns the stream or table of a ref, or nil.
func (w *world) readable(ref core.Ref) *resource.Stream {
	text, ok := w.after.Get(ref)
	if !ok {
		return nil
	}
	known, ok := w.sources[ref]
	if !ok || known.text != text {
		r, _ := resource.Decode(ref, text)
		known.text = text
		known.stream, _ = r.(*resource.Stream)
		w.sources[ref] = known
	}
	return known.stream
}

// columns are those of a message of a schema, and what is wrong with it.
type columns struct {
	text  string // of the schema
	of    *resource.Columns
	fault string
}

// Columns returns the columns of a message of a protobuf schema. Of one that is not there it
// says nothing: the need for it is not met.
func (w *world) Columns(id string) (*resource.Columns, string) {
	parts := append(strings.Split(id, "."), "")
	ref := core.Ref{Kind: core.Schema, Name: "protobuf_" + parts[0]}
	text, ok := w.after.Get(ref)
	if !ok {
		return nil, ""
	}
	known, ok := w.columns[id]
	if !ok || known.text != text {
		known = columns{text: text}
		if r, _ := resource.Decode(ref, text); r != nil {
			known.of, known.fault = r.(*resource.Schema).Columns(parts[1])
		}
		w.columns[id] = known
	}
	return known.of, known.fault
}

// Serves reports whether a need is met, or may be.
func (w *world) Serves(need resource.Need) bool {
	switch need.Why {
	case resource.ReadsFrom:
		return w.Source(need.Name) != nil
	case resource.Calls:
		return w.function(need.Name)
	case resource.Decodes:
		return has(w.after, core.Ref{Kind: core.Schema, Name: need.Name})
	case resource.Connects:
		return w.connected(need.Name)
	}
	return w.served(need)
}

// connected reports whether there is a connection of an id.
func (w *world) connected(id string) bool {
	if w.connections == nil {
		w.connections = map[string][]core.Ref{}
		for _, b := range [...]*bundle.Bundle{w.next, w.current} {
			for _, typ := range b.Names(core.Connection) {
				w.connect(b, core.Ref{Kind: core.Connection, Name: typ})
			}
		}
	}
	return slices.ContainsFunc(w.connections[id], func(ref core.Ref) bool {
		text, ok := w.after.Get(ref)
		return ok && w.keysOf(ref, text)[id]
	})
}

// connect notes the connections of a type in a bundle.
func (c *checker) connect(b *bundle.Bundle, ref core.Ref) {
	text, _ := b.Get(ref)
	for id := range c.keysOf(ref, text) {
		c.connections[id] = append(c.connections[id], ref)
	}
}

// keys are the keys of a configuration.
type keys struct {
	text string
	ids  map[string]bool
}

// keysOf returns the keys of a configuration, none of one that cannot be read.
func (c *checker) keysOf(ref core.Ref, text string) map[string]bool {
	known, ok := c.keys[ref]
	if ok && known.text == text {
		return known.ids
	}
	known = keys{text, map[string]bool{}}
	r, _ := resource.Decode(ref, text)
	if config, ok := r.(*resource.Config); ok {
		for id := range config.Keys {
			known.ids[id] = true
		}
	}
	c.keys[ref] = known
	return known.ids
}

// Missing says why a need is not met.
func (w *world) Missing(need resource.Need) (cause *core.Ref, hint string) {
	switch need.Why {
	case resource.ReadsFrom:
		cause = w.brought(core.Ref{Kind: core.Stream, Name: need.Name}, core.Ref{Kind: core.Table, Name: need.Name})
		hint = fmt.Sprintf("add the stream or table %s to the bundle", need.Name)
		sources := func() []string { return slices.Concat(w.names(core.Stream), w.names(core.Table)) }
		if near := w.nearest(need.Name, sources); near != "" && near != need.Name {
			hint = fmt.Sprintf("did you mean %s?", near)
		}
	case resource.Decodes:
		cause = w.brought(core.Ref{Kind: core.Schema, Name: need.Name})
		hint = fmt.Sprintf("add the schema %s to the bundle", need.Name)
	default:
		if cause = w.cause(need); cause == nil {
			cause = w.suspect(need)
		}
	}
	if cause != nil {
		hint = w.because(cause)
	}
	return cause, hint
}
