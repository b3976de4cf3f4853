package resource

import (
	"fmt"
	"strings"

	"ekuiper-console/core/streamsql"
)

// query judges the SQL by the streams and tables that it reads, in the order in
// which the engine comes across things.
func (p *planner) query() {
	before := len(p.found)
	q := &query{planner: p, stmt: p.rule.stmt}
	q.options()
	for _, s := range p.rule.stmt.Sources() {
		q.source(s)
	}
	if len(p.found) > before {
		return
	}
	for _, step := range []func(){q.declare, q.cycles, q.bindAll, q.validate, q.plan, q.eventTime} {
		if step(); len(p.found) > before {
			return
		}
	}
	for _, s := range q.sources {
		q.open(s)
	}
	q.miss()
}

// query is the planning of one SELECT.
type query struct {
	*planner
	stmt    *streamsql.Select
	sources []querySource
	// free is whether any column may be there, since a source declares none.
	free    bool
	aliases map[string]int         // of fields, by number
	called  map[string]querySource // the first source of a name or alias

	distinct []querySource // the sources, but only the first of each name
	missed   *bindFault    // a name that means nothing, without the engine noticing it
}

// querySource is a stream or table that a query reads. Its columns are nil where any may be there.
type querySource struct {
	*streamsql.Source
	stream  *Stream
	columns *Columns
}

// declare notes what names the sources have.
func (q *query) declare() {
	q.called = make(map[string]querySource, len(q.sources))
	for _, s := range q.sources {
		if _, again := q.called[s.Name]; !again {
			q.called[s.Name] = s
			q.distinct = append(q.distinct, s)
		}
		if _, taken := q.called[s.Alias]; !taken && s.Alias != "" {
			q.called[s.Alias] = s
		}
	}
}

// options judges an option that the engine looks at before anything else of the statement but the slices.
func (q *query) options() {
	q.slices()
	if o := q.rule.Options; o == nil || !o.SendMetaToSink || len(q.stmt.GroupBy)+len(q.stmt.Joins) == 0 {
		return
	}
	at := q.stmt.Pos()
	if len(q.stmt.GroupBy) > 0 {
		at = q.stmt.GroupBy[0].Pos()
	}
	q.refuse(at, "take one of them out", "Invalid option sendMetaToSink, it can not be applied to window")
}

// slices refuses parts of arrays that end before they begin.
func (q *query) slices() {
	streamsql.Walk(q.stmt, func(n streamsql.Node) bool {
		if s, ok := n.(*streamsql.Slice); ok {
			low, _ := s.Low.(*streamsql.Int)
			high, ok := s.High.(*streamsql.Int)
			if low != nil && ok && high.Value >= 0 && low.Value > high.Value {
				q.refuse(s.Pos(), "write the lower index first", "the slice begins at %d and ends at %d", low.Value, high.Value)
			}
		}
		return true
	})
}

// source finds a stream or table.
func (q *query) source(s *streamsql.Source) {
	stream := q.world.Source(s.Name)
	if stream == nil {
		cause, hint := q.world.Missing(Need{ReadsFrom, s.Name, ""})
		q.refuse(s.Pos(), hint, "fail to get stream %s, please check if stream is created", s.Name)
		if n := len(q.found); n > 0 {
			q.found[n-1].Cause = cause
		}
		return
	}
	o := &stream.Create.Options
	if o.Temp && !q.rule.Temp {
		q.refuse(s.Pos(), "", "temp stream %s can only be used by temp rules", s.Name)
	}
	if stream.twice != "" {
		q.refuse(s.Pos(), fmt.Sprintf("take one of them out of %s", s.Name), "duplicate field definition %s", stream.twice)
	}
	columns := q.columnsOf(s, stream)
	q.sources = append(q.sources, querySource{s, stream, columns})
	q.free = q.free || columns == nil
	if options := q.rule.Options; options != nil && options.DisableBufferFullDiscard && o.Shared {
		q.refuse(s.Pos(), "", "disableBufferFullDiscard can't be enabled with shared stream %s", s.Name)
	}
}

// open judges a source as the engine does when it makes it.
func (q *query) open(s querySource) {
	o, typ := &s.stream.Create.Options, s.stream.Type()
	if s.stream.lookup() {
		return
	}
	if need := (Need{SourceType, typ, ""}); !sources[typ] && !q.world.Serves(need) {
		cause, hint := q.world.Missing(need)
		if near := streamsql.Nearest(typ, names(sources)); near != "" && cause == nil {
			hint = fmt.Sprintf("did you mean %s? It stands in the option TYPE of %s", near, s.Name)
		}
		q.refuse(s.Pos(), hint, "source type %s not found", typ)
		q.found[len(q.found)-1].Cause = cause
	}
	if typ == "mqtt" && o.DataSource == "" {
		q.refuse(s.Pos(), fmt.Sprintf("give %s the option DATASOURCE", s.Name), "topic is required")
	}
	if format := s.stream.Format(); schemaTypes[format] {
		need := schemaNeed(format, o.SchemaID)
		if q.world.Serves(need) {
			return
		}
		id, _, _ := strings.Cut(o.SchemaID, ".")
		cause, hint := q.world.Missing(need)
		q.refuse(s.Pos(), hint, "schema type %s id %s not found in registry", format, id)
		q.found[len(q.found)-1].Cause = cause
	}
}

// columnsOf returns the columns of a source: those that it declares, or those of its schema.
func (q *query) columnsOf(s *streamsql.Source, stream *Stream) *Columns {
	o := &stream.Create.Options
	if o.SchemaID == "" {
		return stream.columns
	}
	if o.Format != "protobuf" {
		return nil
	}
	columns, fault := q.world.Columns(o.SchemaID)
	if fault != "" {
		q.refuse(s.Pos(), fmt.Sprintf("see the option SCHEMAID of %s", s.Name), "%s", fault)
	}
	return columns
}

// eventTime requires that sources say which column is the time of an event, when a rule goes by that.
func (q *query) eventTime() {
	if o := q.rule.Options; o == nil || !o.IsEventTime {
		return
	}
	for _, s := range q.sources {
		column := s.stream.Create.Options.Timestamp
		switch {
		case s.stream.lookup():
		case column == "":
			q.refuse(s.Pos(), fmt.Sprintf("give %s the option TIMESTAMP", s.Name),
				"preprocessor is set to be event time but stream option TIMESTAMP not found")
		case s.columns != nil && !s.columns.exact[column]:
			q.refuse(s.Pos(), fmt.Sprintf("see the option TIMESTAMP of %s", s.Name), "timestamp field %s not found", column)
		}
	}
}

// ownAliases reports whether fields cannot refer to the aliases of others.
func (q *query) ownAliases() bool {
	o := q.rule.Options
	return o != nil && o.PlanOptimizeStrategy != nil && o.PlanOptimizeStrategy.DisableAliasRefCal
}

// cycles refuses aliases that need each other.
func (q *query) cycles() {
	q.aliases = make(map[string]int, len(q.stmt.Fields))
	for i, f := range q.stmt.Fields {
		if _, taken := q.aliases[f.Alias]; f.Alias != "" && !taken {
			q.aliases[f.Alias] = i
		}
	}
	if len(q.aliases) < 2 || q.ownAliases() {
		return
	}
	uses := make([][]int, len(q.stmt.Fields))
	for i, f := range q.stmt.Fields {
		if f.Alias == "" {
			continue
		}
		for ref := range refs(f.Expr) {
			_, name := q.target(ref)
			if j, ok := q.aliases[name]; ok && name != f.Alias {
				uses[i] = append(uses[i], j)
			}
		}
	}
	if i := ring(uses); i >= 0 {
		f := q.stmt.Fields[i]
		q.refuse(f.Pos(), fmt.Sprintf("%s needs itself by way of other aliases", f.Alias), "select fields have cycled alias")
	}
}

// ring returns a member of a ring in a graph, or -1. The graph may be of any depth.
func ring(uses [][]int) int {
	needed := make([]int, len(uses)) // by how many that were not taken away
	for _, list := range uses {
		for _, j := range list {
			needed[j]++
		}
	}
	var free []int
	for i, n := range needed {
		if n == 0 {
			free = append(free, i)
		}
	}
	for taken := 0; taken < len(free); taken++ {
		for _, j := range uses[free[taken]] {
			if needed[j]--; needed[j] == 0 {
				free = append(free, j)
			}
		}
	}
	for i, n := range needed {
		if n > 0 {
			return i
		}
	}
	return -1
}
