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
	for _, s := range p.rule.stmt.Sources() {
		q.source(s)
	}
	if len(p.found) > before {
		return
	}
	for _, step := range []func(){q.declare, q.cycles, q.bindAll, q.validate, q.plan} {
		if step(); len(p.found) > before {
			return
		}
	}
	for _, s := range q.sources {
		q.open(s)
	}
}

// query is the planning of one SELECT.
type query struct {
	*planner
	stmt    *streamsql.Select
	sources []querySource
	// free is whether any column may be there, since a source declares none.
	free    bool
	aliases map[string]int         // of fields, in lower case, by number
	columns map[string]int         // in how many sources they are, by name in lower case
	called  map[string]querySource // the first source of a name or alias
}

// querySource is a stream or table that a query reads.
type querySource struct {
	*streamsql.Source
	stream *Stream
}

// called reports whether a qualifier means the source.
func (s querySource) called(name string) bool {
	return s.Name == name || s.Alias != "" && s.Alias == name
}

// declare notes what names and columns the sources have.
func (q *query) declare() {
	q.called = make(map[string]querySource, len(q.sources))
	if !q.free && len(q.sources) > 1 {
		q.columns = map[string]int{}
	}
	for _, s := range q.sources {
		if _, again := q.called[s.Name]; !again {
			q.called[s.Name] = s
			for name := range s.stream.columns {
				if q.columns != nil {
					q.columns[name]++
				}
			}
		}
		if _, taken := q.called[s.Alias]; !taken && s.Alias != "" {
			q.called[s.Alias] = s
		}
	}
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
	q.sources = append(q.sources, querySource{s, stream})
	q.free = q.free || stream.columns == nil
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
	if options := q.rule.Options; options != nil && options.IsEventTime && o.Timestamp == "" && !s.stream.Create.Table {
		q.refuse(s.Pos(), fmt.Sprintf("give %s the option TIMESTAMP", s.Name),
			"preprocessor is set to be event time but stream option TIMESTAMP not found")
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

// cycles refuses aliases that need each other.
func (q *query) cycles() {
	q.aliases = make(map[string]int, len(q.stmt.Fields))
	for i, f := range q.stmt.Fields {
		if f.Alias == "" {
			continue
		}
		if _, taken := q.aliases[strings.ToLower(f.Alias)]; !taken {
			q.aliases[strings.ToLower(f.Alias)] = i
		}
	}
	if len(q.aliases) < 2 {
		return
	}
	uses := make([][]int, len(q.stmt.Fields))
	for i, f := range q.stmt.Fields {
		if f.Alias == "" {
			continue
		}
		for ref := range refs(f.Expr) {
			if j, ok := q.aliases[strings.ToLower(ref.Name)]; ok && j != i && ref.Qualifier == "" {
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
