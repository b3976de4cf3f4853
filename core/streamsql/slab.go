package streamsql

// A slab makes the nodes of one type, some of them at a time, because a tree has many and small ones.
type slab[T any] struct {
	free []T
	last int // how many the last allocation made
}

// make returns a new node of the given value.
func (s *slab[T]) make(value T) *T {
	const first, most = 4, 64
	if len(s.free) == 0 {
		s.last = min(max(first, 2*s.last), most)
		s.free = make([]T, s.last)
	}
	n := &s.free[0]
	s.free = s.free[1:]
	*n = value
	return n
}

// slabs has one for each type of node that a statement has several of.
type slabs struct {
	fields   slab[Field]
	refs     slab[Ref]
	calls    slab[Call]
	binaries slab[Binary]
	ints     slab[Int]
	columns  slab[Column]
}

// An exprList gathers lists of expressions, which may be nested, and gives each the room it needs.
type exprList struct {
	open []Expr // the elements of the lists that are not closed, the innermost last
	free []Expr
}

// push adds an element to the innermost list.
func (l *exprList) push(e Expr) { l.open = append(l.open, e) }

// close ends the list that began when so many elements were open. A list without elements is nil.
func (l *exprList) close(begin int) []Expr {
	const room = 8
	elements := l.open[begin:]
	n := len(elements)
	if n == 0 {
		return nil
	}
	if n > len(l.free) {
		l.free = make([]Expr, max(n, room))
	}
	list := l.free[:n:n]
	l.free = l.free[n:]
	copy(list, elements)
	l.open = l.open[:begin]
	return list
}
