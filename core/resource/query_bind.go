package resource

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ekuiper-console/core/streamsql"
)

// anySource stands for the name of a source where any may have a column.
const anySource = "$$default"

// A binding finds what the names of a query mean, in the engine's order and with its oversights: of the names in one
// field, and of those in all other clauses together, what is wrong with the last is what counts.
type binding struct {
	*query
	aliased map[string]bool            // the aliases that all clauses know, in lower case
	found   map[string]map[string]bool // where any column may be: the sources in which a name was found, in lower case
	fields  []int                      // the fields, by number, in the order in which the engine takes them
	last    *bindFault                 // what is wrong with the last name
}

// bindFault is what is wrong with a name.
type bindFault struct {
	at      int
	name    string
	wrong   wrongName
	sources []querySource // where the column would be
	shown   string        // the name as the message has it, when it is not just the name
}

// wrongName is the kind of what is wrong with a name.
type wrongName uint8

const (
	unknownColumn wrongName = iota
	ambiguousColumn
	doubleAlias
	unknownStream
)

// bindAll finds the column or alias of every reference.
func (q *query) bindAll() {
	b := &binding{query: q, aliased: map[string]bool{}, found: map[string]map[string]bool{}}
	for _, step := range []func(){b.arrange, b.bindFields, b.bindAliases, b.bindClauses} {
		if step(); len(q.planner.found) > 0 {
			return
		}
	}
	if b.tell(); b.last == nil {
		q.exactColumns(b.fields)
	}
}

// miss warns of the first name that means nothing without the engine noticing it.
func (q *query) miss() {
	if q.missed != nil {
		q.warn(q.missed.at, "the engine does not notice this because of the names behind it", "%s means nothing", q.missed.name)
	}
}

// tell makes a fault of what is wrong, if anything is.
func (b *binding) tell() {
	f := b.last
	if f == nil {
		return
	}
	switch f.wrong {
	case unknownColumn:
		b.refuse(f.at, b.columnHint(f.name, f.sources), "unknown field %s", cmp.Or(f.shown, f.name))
	case ambiguousColumn:
		b.refuse(f.at, fmt.Sprintf("write %s.%s", b.sources[0].Name, f.name), "ambiguous field %s", f.name)
	case doubleAlias:
		b.refuse(f.at, "give one of them another name", "duplicate alias %s", f.name)
	case unknownStream:
		b.refuse(f.at, "write the name of the stream, not its alias", "stream %s not found", f.name)
	}
}

// keep notes what is wrong with a name, if anything is, and forgets what was wrong before it.
func (b *binding) keep(f *bindFault) {
	if before := b.last; before != nil && before.wrong != doubleAlias && b.missed == nil {
		b.missed = before
	}
	b.last = f
}

// target returns the name that a reference is looked up by and the source that it names, if it names one. A path
// into a column refers to the column.
func (q *query) target(ref *streamsql.Ref) (source, name string) {
	if ref.Qualifier == "" {
		return "", ref.Name
	}
	if _, ok := q.called[ref.Qualifier]; ok {
		return ref.Qualifier, ref.Name
	}
	return "", ref.Qualifier
}

// arrange puts fields with an alias before the others, those first that need no other alias, when all columns are
// known. Of fields with the same alias the last remains. A name that is neither a column nor an alias ends it.
func (b *binding) arrange() {
	fields := b.stmt.Fields
	if b.free || b.ownAliases() {
		for i := range fields {
			b.fields = append(b.fields, i)
		}
		return
	}
	last, times, depth := map[string]int{}, map[string]int{}, map[string]int{}
	for i, f := range fields {
		if f.Alias != "" {
			last[f.Alias] = i
			times[f.Alias]++
		}
	}
	for _, f := range fields {
		if _, done := depth[f.Alias]; f.Alias == "" || done {
			continue
		}
		times[f.Alias]--
		if depth[f.Alias] = b.depth(f, depth, times); len(b.planner.found) > 0 {
			return
		}
		times[f.Alias]++
	}
	for _, i := range last {
		b.fields = append(b.fields, i)
	}
	slices.SortFunc(b.fields, func(i, j int) int {
		x, y := fields[i].Alias, fields[j].Alias
		return cmp.Or(cmp.Compare(depth[x], depth[y]), strings.Compare(x, y))
	})
	for i, f := range fields {
		if f.Alias == "" {
			b.fields = append(b.fields, i)
		}
	}
}

// depth returns how many aliases a field needs one behind the other, of those whose depth is known. The last of its
// names that is no column must be the alias of another field: how often those are aliases is given.
func (b *binding) depth(f *streamsql.Field, known, others map[string]int) int {
	deepest := 0
	var unknown *streamsql.Ref
	for ref := range refs(f.Expr) {
		_, name := b.target(ref)
		if d, ok := known[name]; ok {
			deepest = max(deepest, d+1)
		} else if !b.declared(name) {
			unknown = ref
		}
	}
	if unknown == nil {
		return deepest
	}
	_, name := b.target(unknown)
	if others[name] > 0 {
		return deepest
	}
	b.refuse(unknown.Pos(), b.columnHint(name, b.sources), "unknown field %s", name)
	return deepest
}

// declared reports whether a source has a column, letter by letter.
func (q *query) declared(name string) bool {
	return slices.ContainsFunc(q.distinct, func(s querySource) bool { return s.columns.exact[name] })
}

// bindFields binds the names of each field, but for the aliases of fields before it.
func (b *binding) bindFields() {
	aliases := map[string]bool{}
	for _, i := range b.fields {
		f := b.stmt.Fields[i]
		b.last = nil
		for ref := range refs(f.Expr) {
			if _, name := b.target(ref); !aliases[name] {
				b.keep(b.bind(ref))
			}
		}
		if b.tell(); b.last != nil {
			return
		}
		if f.Alias != "" {
			aliases[f.Alias] = true
		}
	}
}

// bindAliases makes the aliases known to the other clauses.
func (b *binding) bindAliases() {
	for _, i := range b.fields {
		f := b.stmt.Fields[i]
		if f.Alias == "" {
			continue
		}
		lower := strings.ToLower(f.Alias)
		if b.last = nil; b.aliased[lower] {
			b.last = &bindFault{at: f.Pos(), name: f.Alias, wrong: doubleAlias}
		}
		b.aliased[lower] = true
	}
}

// bindClauses binds the names of all other clauses.
func (b *binding) bindClauses() {
	for _, part := range clauses(b.stmt) {
		for ref := range refs(part) {
			source, _ := b.target(ref)
			if source != "" && !b.reads(source) {
				b.keep(&bindFault{at: ref.Pos(), name: source, wrong: unknownStream})
				continue
			}
			b.keep(b.bind(ref))
		}
	}
}

// reads reports whether a name is that of a source, and not its alias.
func (q *query) reads(name string) bool {
	return slices.ContainsFunc(q.distinct, func(s querySource) bool { return s.Name == name })
}

// bind finds what a reference means and returns what is wrong with it, or nil.
func (b *binding) bind(ref *streamsql.Ref) *bindFault {
	source, name := b.target(ref)
	lower := strings.ToLower(name)
	fault := &bindFault{at: ref.Pos(), name: name, sources: b.sources}
	if b.free {
		return b.bindFree(fault, source, lower)
	}
	n, here := b.holders(lower, source)
	switch {
	case n == 0 && !b.aliased[lower]:
	case source != "" && !here:
		fault.shown, fault.sources = source+"."+name, []querySource{b.called[source]}
	case source == "" && n > 1 && !b.aliased[lower]:
		fault.wrong = ambiguousColumn
	default:
		return nil
	}
	return fault
}

// holders returns how many sources have a column, and whether the one of a name does.
func (q *query) holders(lower, source string) (n int, here bool) {
	for _, s := range q.distinct {
		if s.columns.lower[lower] {
			n++
			here = here || s.Name == source
		}
	}
	return n, here
}

// bindFree binds a name where any column may be there. A name that was found in several places needs a source.
func (b *binding) bindFree(fault *bindFault, source, lower string) *bindFault {
	places := b.found[lower]
	switch {
	case source != "":
	case b.aliased[lower] || len(places) == 1 || len(places) > 1 && len(b.sources) == 1:
		return nil
	case len(places) > 1:
		fault.wrong = ambiguousColumn
		return fault
	case len(b.sources) == 1:
		source = b.sources[0].Name
	default:
		source = anySource
	}
	if places == nil {
		places = map[string]bool{}
		b.found[lower] = places
	}
	places[source] = true
	return nil
}
