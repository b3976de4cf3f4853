package resource

import (
	"strings"

	"ekuiper-console/core/streamsql"
)

// exactColumns requires that columns are written letter by letter as they are declared, up to a star that takes all
// of them. It is the columns of the sources themselves that are asked for, no aliases.
func (q *query) exactColumns(fields []int) {
	if q.free {
		return
	}
	for _, n := range q.inPruningOrder(fields) {
		all := false
		streamsql.Walk(n, func(n streamsql.Node) bool {
			star, ok := n.(*streamsql.Star)
			all = all || ok && len(star.Except) == 0 && len(star.Replace) == 0
			return !all
		})
		for ref := range refs(n) {
			if q.exactColumn(ref); len(q.planner.found) > 0 {
				return
			}
		}
		if all {
			return
		}
	}
}

// inPruningOrder returns the parts of a statement in the order in which the engine asks the sources for columns.
func (q *query) inPruningOrder(fields []int) []streamsql.Node {
	var parts []streamsql.Node
	for _, i := range fields {
		parts = append(parts, q.stmt.Fields[i].Expr)
	}
	return append(parts, clauses(q.stmt)...)
}

// exactColumn refuses a column that is declared in another case only.
func (q *query) exactColumn(ref *streamsql.Ref) {
	source, name := q.target(ref)
	if _, alias := q.aliases[name]; alias && source == "" || q.declared(name) {
		return
	}
	for _, s := range q.distinct {
		if (source == "" || s.Name == source) && s.columns.lower[strings.ToLower(name)] {
			q.refuse(ref.Pos(), q.columnHint(name, []querySource{s}), "field %s not found in stream %s", name, s.Name)
			return
		}
	}
}
