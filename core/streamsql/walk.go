package streamsql

import "slices"

// Walk visits n and everything below it, each node before its parts, from left to right.
// The parts of a node are left out when visit returns false for it. Nodes may be nested to any depth.
func Walk(n Node, visit func(Node) bool) {
	var few [32]Node // enough for most trees, and not on the heap
	todo := append(few[:0], n)
	for len(todo) > 0 {
		last := len(todo) - 1
		n := todo[last]
		todo = todo[:last]
		if visit(n) {
			todo = appendParts(todo, n)
			slices.Reverse(todo[last:])
		}
	}
}

// appendParts appends the direct parts of n in the order of their text.
func appendParts(to []Node, n Node) []Node {
	switch n := n.(type) {
	case *Select:
		to = appendSelect(to, n)
	case *Create:
		to = appendNodes(to, n.Fields)
	case *Column:
		to = appendOne(appendType(to, &n.Type), n.Default)
	case *Field:
		to = appendOne(to, n.Expr)
	case *Join:
		to = appendOne(append(to, n.Source), n.On)
	case *SortItem:
		to = appendOne(to, n.Expr)
	case *Star:
		to = appendNodes(to, n.Replace)
	case *Paren:
		to = appendOne(to, n.X)
	case *Binary:
		to = append(to, n.X, n.Y)
	case *List:
		to = appendNodes(to, n.Values)
	case *Range:
		to = append(to, n.Low, n.High)
	case *Index:
		to = append(to, n.X)
	case *Slice:
		to = appendOne(appendOne(to, n.Low), n.High)
	case *Case:
		to = appendOne(appendNodes(appendOne(to, n.Value), n.Whens), n.Else)
	case *When:
		to = append(to, n.Cond, n.Result)
	case *Call:
		to = appendOver(appendNodes(to, n.Args), n.Over)
	case *Window:
		to = appendOver(appendOne(appendNodes(to, n.Args), n.Filter), n.Over)
	case *Over:
		to = appendOverParts(to, n)
	}
	return to
}

// appendSelect appends the clauses of a SELECT.
func appendSelect(to []Node, s *Select) []Node {
	to = appendNodes(to, s.Fields)
	to = appendNodes(append(to, s.Source), s.Joins)
	to = appendNodes(appendOne(to, s.Where), s.GroupBy)
	to = appendNodes(appendOne(to, s.Having), s.OrderBy)
	if s.Limit != nil {
		to = append(to, s.Limit)
	}
	return to
}

// appendType appends the columns of a type, or of what it is an array of.
func appendType(to []Node, t *Type) []Node {
	for t.Elem != nil {
		t = t.Elem
	}
	return appendNodes(to, t.Fields)
}

// appendOver appends an OVER clause, if there is one.
func appendOver(to []Node, o *Over) []Node {
	if o == nil {
		return to
	}
	return append(to, o)
}

// appendOverParts follows the text: WHEN is the first part of the clause of a window, and the last of that of a call.
func appendOverParts(to []Node, o *Over) []Node {
	if o.When != nil && len(o.PartitionBy) > 0 && o.When.Pos() < o.PartitionBy[0].Pos() {
		return appendNodes(append(to, o.When), o.PartitionBy)
	}
	return appendNodes(appendOne(appendNodes(to, o.PartitionBy), o.When), o.OrderBy)
}

// appendOne appends an expression, if there is one.
func appendOne(to []Node, e Expr) []Node {
	if e == nil {
		return to
	}
	return append(to, e)
}

// appendNodes appends all of a list.
func appendNodes[N Node](to []Node, nodes []N) []Node {
	for _, n := range nodes {
		to = append(to, n)
	}
	return to
}
