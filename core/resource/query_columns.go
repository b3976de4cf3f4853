package resource

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"ekuiper-console/core/streamsql"
)

// refs yields the references to columns and aliases at and below a node. A path into a
// column refers to the column, and what meta and mqtt take is no column.
func refs(n streamsql.Node) iter.Seq[*streamsql.Ref] {
	return func(yield func(*streamsql.Ref) bool) {
		more := true
		var steps map[streamsql.Node]bool // the right sides of arrows
		streamsql.Walk(n, func(n streamsql.Node) bool {
			switch n := n.(type) {
			case *streamsql.Binary:
				if step, ok := n.Y.(*streamsql.Ref); ok && n.Op == streamsql.OpArrow {
					if steps == nil {
						steps = map[streamsql.Node]bool{}
					}
					steps[step] = true
				}
			case *streamsql.Call:
				return more && !strings.EqualFold(n.Name, "meta") && !strings.EqualFold(n.Name, "mqtt")
			case *streamsql.Ref:
				if more && !steps[n] {
					more = yield(n)
				}
			}
			return more
		})
	}
}

// clauses returns the parts of a statement besides its fields.
func clauses(s *streamsql.Select) []streamsql.Node {
	var parts []streamsql.Node
	add := func(e streamsql.Expr) {
		if e != nil {
			parts = append(parts, e)
		}
	}
	for _, j := range s.Joins {
		add(j.On)
	}
	add(s.Where)
	for _, e := range s.GroupBy {
		add(e)
	}
	add(s.Having)
	for _, o := range s.OrderBy {
		parts = append(parts, o)
	}
	return parts
}

// columnHint says which column is likely meant.
func (q *query) columnHint(name string, sources []querySource) string {
	const most = 1000
	var columns []string
	for _, s := range sources[:min(maxPlanned, len(sources))] {
		for _, c := range s.stream.Create.Fields[:min(most, len(s.stream.Create.Fields))] {
			columns = append(columns, c.Name)
		}
	}
	for alias := range q.aliases {
		columns = append(columns, alias)
	}
	slices.Sort(columns)
	if near := didYouMean(name, columns); near != "" {
		return near
	}
	return fmt.Sprintf("%s declares no such column", sources[0].Name)
}

// aliased returns the expression that a reference stands for, if it is an alias.
func (q *query) aliased(ref *streamsql.Ref) (streamsql.Expr, bool) {
	if ref.Qualifier != "" {
		return nil, false
	}
	i, ok := q.aliases[ref.Name]
	if !ok {
		return nil, false
	}
	return q.stmt.Fields[i].Expr, true
}

// shown writes an expression as the engine does in its messages: columns with the
// name of their stream.
func (q *query) shown(e streamsql.Expr) string {
	const longest = 1000
	if e == nil {
		return "<nil>"
	}
	if e.End()-e.Pos() > longest {
		return "…"
	}
	switch e := e.(type) {
	case *streamsql.Ref:
		return q.shownRef(e)
	case *streamsql.Binary:
		return fmt.Sprintf("binaryExpr:{ %s %s %s }", q.shown(e.X), e.Op, q.shown(e.Y))
	case *streamsql.Call:
		args := make([]string, len(e.Args))
		for i, arg := range e.Args {
			args[i] = q.shown(arg)
		}
		return fmt.Sprintf("Call:{ name:%s, args:[%s] }", strings.ToLower(e.Name), strings.Join(args, ", "))
	case *streamsql.Paren:
		return fmt.Sprintf("parenExpr:{ %s }", q.shown(e.X))
	}
	return streamsql.Print(e)
}

func (q *query) shownRef(ref *streamsql.Ref) string {
	if ref.Qualifier != "" {
		return ref.Qualifier + "." + ref.Name
	}
	if _, ok := q.aliased(ref); ok {
		return "$$alias." + ref.Name
	}
	for _, s := range q.sources {
		if len(q.sources) == 1 || s.columns != nil && s.columns.lower[strings.ToLower(ref.Name)] {
			return s.Name + "." + ref.Name
		}
	}
	return "$$default." + ref.Name
}
