package resource

import (
	"fmt"
	"strings"

	"ekuiper-console/core/streamsql"
)

// notInAggregates are the functions that a query with GROUP BY or joins cannot call.
var notInAggregates = set("last_hit_count", "last_hit_time")

// validate judges where aggregates stand.
func (q *query) validate() {
	s := q.stmt
	if s.Where != nil && q.aggregate(s.Where) {
		q.refuse(s.Where.Pos(), "aggregates belong into HAVING", "Not allowed to call aggregate functions in WHERE clause: %s.", q.shown(s.Where))
		return
	}
	if s.Having != nil && !q.allAggregate(s.Having) {
		q.refuse(s.Having.Pos(), "conditions on single rows belong into WHERE", "Not allowed to call non-aggregate functions in HAVING clause: %s.", q.shown(s.Having))
		return
	}
	for _, e := range s.GroupBy {
		if _, ok := e.(*streamsql.Window); !ok && q.aggregate(e) {
			q.refuse(e.Pos(), "", "Not allowed to call aggregate functions in GROUP BY clause: %s.", q.shown(e))
			return
		}
	}
	before := len(q.found)
	streamsql.Walk(s, func(n streamsql.Node) bool {
		if c, ok := n.(*streamsql.Call); ok {
			q.call(c)
		}
		_, window := n.(*streamsql.Window)
		return !window && len(q.found) == before
	})
	if len(q.found) > before {
		return
	}
	if groups, window := q.groups(); len(groups) > 0 && window == nil {
		q.refuse(groups[0].Pos(), "add a window, such as TUMBLINGWINDOW(ss, 10)", "select stmt group by should be used with window")
	}
}

// call judges one call of a function.
func (q *query) call(c *streamsql.Call) {
	f, ok := streamsql.Builtin(c.Name)
	if !ok {
		return
	}
	if f.Kind == streamsql.Aggregate {
		for _, arg := range c.Args {
			if q.aggregate(arg) {
				q.refuse(arg.Pos(), "", "invalid argument for func %s: aggregate argument is not allowed", f.Name)
				return
			}
		}
	}
	if notInAggregates[f.Name] && len(q.stmt.GroupBy)+len(q.stmt.Joins) > 0 {
		q.refuse(c.Pos(), "", "function %s is not allowed in an aggregate query", f.Name)
	}
}

// aggregate reports whether an expression calls an aggregate function, also by way of
// an alias.
func (q *query) aggregate(e streamsql.Expr) bool {
	found := false
	var done map[string]bool
	todo := []streamsql.Expr{e}
	for len(todo) > 0 && !found {
		next := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		streamsql.Walk(next, func(n streamsql.Node) bool {
			switch n := n.(type) {
			case *streamsql.Call:
				f, ok := streamsql.Builtin(n.Name)
				found = found || ok && f.Kind == streamsql.Aggregate
			case *streamsql.Ref:
				if x, ok := q.aliased(n); ok && !done[n.Name] {
					if done == nil {
						done = map[string]bool{}
					}
					done[n.Name] = true
					todo = append(todo, x)
				}
			}
			return !found
		})
	}
	return found
}

// allAggregate reports whether both sides of every operator of a condition are
// aggregates or need no row, such as literals. A function that is not built in may be
// an aggregate.
func (q *query) allAggregate(e streamsql.Expr) bool {
	todo := []streamsql.Expr{e}
	for len(todo) > 0 {
		e := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		switch e := e.(type) {
		case *streamsql.Binary:
			switch e.Op {
			case streamsql.OpArrow, streamsql.OpSubscript:
			case streamsql.OpLike, streamsql.OpNotLike: // of a pattern the engine does not ask
				todo = append(todo, e.X)
			default:
				todo = append(todo, e.X, e.Y)
			}
		case *streamsql.Call:
			if _, builtin := streamsql.Builtin(e.Name); builtin && !q.aggregate(e) {
				return false
			}
		case *streamsql.Ref:
			if !q.aggregate(e) {
				return false
			}
		}
	}
	return true
}

// groups returns the expressions of GROUP BY, and the window among them.
func (q *query) groups() (groups []streamsql.Expr, window *streamsql.Window) {
	for _, e := range q.stmt.GroupBy {
		w, ok := e.(*streamsql.Window)
		switch {
		case !ok:
			groups = append(groups, e)
		case window == nil:
			window = w
		}
	}
	return groups, window
}

// plan judges how the sources come together.
func (q *query) plan() {
	_, window := q.groups()
	streams, scans, lookups := q.bySort()
	switch {
	case window != nil && streams == 0:
		q.refuse(window.Pos(), "a window needs a stream", "cannot run window for TABLE sources")
	case len(q.stmt.Joins) > 0 && lookups == 0 && scans == 0 && window == nil:
		q.refuse(q.stmt.Joins[0].Pos(), "add a window to GROUP BY, such as TUMBLINGWINDOW(ss, 10)", "a time window or count window is required to join multiple streams")
	case q.sources[0].stream.lookup():
		q.refuse(q.sources[0].Pos(), "name a stream after FROM and join the table to it", "cannot find lookup table %s in any join", q.sources[0].Name)
	default:
		q.lookupJoins()
	}
	if q.stmt.Terminated && len(q.found) == 0 && q.setReturning() > 1 {
		q.refuse(q.stmt.Pos(), "the semicolon at the end hides it until the rule starts", "set-returning func shouldn't be more than 1")
	}
}

func (q *query) bySort() (streams, scans, lookups int) {
	for _, s := range q.sources {
		switch {
		case s.stream.lookup():
			lookups++
		case s.stream.Create.Table:
			scans++
		default:
			streams++
		}
	}
	return streams, scans, lookups
}

func (q *query) setReturning() int {
	n := 0
	for _, f := range q.stmt.Fields {
		for c := range streamsql.Calls(f) {
			if f, ok := streamsql.Builtin(c.Name); ok && f.Kind == streamsql.SetReturning {
				n++
			}
		}
	}
	return n
}

// lookupJoins requires that a lookup table is joined by a key.
func (q *query) lookupJoins() {
	for i, j := range q.stmt.Joins {
		s := q.sources[i+1]
		if s.stream.lookup() && !q.equiJoin(j.On, s) {
			q.refuse(j.Pos(), fmt.Sprintf("compare a column of %s with = to one of another source", s.Name),
				"join condition %s is invalid, at least one equi-join predicate is required", q.shown(j.On))
			return
		}
	}
}

// equiJoin reports whether a condition, or one of those that it joins with AND, compares
// a column of the table with something that is none, and none of the columns twice.
func (q *query) equiJoin(on streamsql.Expr, table querySource) bool {
	keys := map[string]bool{}
	todo := []streamsql.Expr{on}
	for len(todo) > 0 {
		b, ok := todo[len(todo)-1].(*streamsql.Binary)
		todo = todo[:len(todo)-1]
		switch {
		case !ok:
		case b.Op == streamsql.OpAnd:
			todo = append(todo, b.X, b.Y)
		case b.Op == "=":
			key, other := q.of(b.X, table), q.of(b.Y, table)
			if (key == "") == (other == "") {
				continue
			}
			if key += other; keys[key] {
				return false
			}
			keys[key] = true
		}
	}
	return len(keys) > 0
}

// of returns the column of a table that an expression is, or "".
func (q *query) of(e streamsql.Expr, table querySource) string {
	ref, ok := e.(*streamsql.Ref)
	if !ok {
		return ""
	}
	source, name := q.target(ref)
	if source == "" && !q.free {
		if n, here := q.holders(strings.ToLower(name), table.Name); n == 1 && here {
			return name
		}
	}
	if source == table.Name && source != "" {
		return name
	}
	return ""
}
