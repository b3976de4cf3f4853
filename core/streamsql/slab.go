package streamsql

// A slab makes the nodes of one type, some of them at a time, because a tree has many and small ones.
type slab[T any] struct {
	all  []T // of the last allocation
	used int
}

// next returns a new node, from an allocation of so many when there is none left.
func (s *slab[T]) next(room int) *T {
	if s.used == len(s.all) {
		s.all, s.used = make([]T, room), 0
	}
	s.used++
	return &s.all[s.used-1]
}

// slabs has one for each type of node that a statement has several of.
type slabs struct {
	room     int // of a slab, from the length of the text
	fields   slab[Field]
	refs     slab[Ref]
	calls    slab[Call]
	binaries slab[Binary]
	ints     slab[Int]
	columns  slab[Column]
}

// A stem is what every SELECT has, in one allocation.
type stem struct {
	statement Select
	source    Source
	fields    [4]*Field
}

// A crown is what most rules of some length need besides, in one allocation.
type crown struct {
	fields   [4]Field
	refs     [8]Ref
	calls    [4]Call
	binaries [4]Binary
	ints     [4]Int
	open     [8]Expr
	free     [8]Expr
}

// prepare gives the parser of a text that is not short the first of its nodes.
func (p *parser) prepare() {
	const short = 160
	if len(p.lex.text) < short {
		return
	}
	c := &crown{}
	p.slabs.fields.all, p.slabs.refs.all, p.slabs.calls.all = c.fields[:], c.refs[:], c.calls[:]
	p.slabs.binaries.all, p.slabs.ints.all = c.binaries[:], c.ints[:]
	p.lists.open, p.lists.free = c.open[:0], c.free[:]
}

// roomFor is how many nodes of one type to expect in a text. References are twice as frequent.
func roomFor(text string) int {
	const bytesPerNode, most = 64, 32
	return min(1+len(text)/bytesPerNode, most)
}

// An exprList gathers lists of expressions, which may be nested, and gives each the room it needs.
type exprList struct {
	open []Expr // the elements of the lists that are not closed, the innermost last
	free []Expr
}

// push adds an element to the innermost list.
func (l *exprList) push(e Expr) {
	if l.open == nil {
		const first = 8
		room := make([]Expr, 2*first)
		l.open, l.free = room[:0:first], room[first:]
	}
	l.open = append(l.open, e)
}

// close ends the list that began when so many elements were open. A list without elements is nil.
func (l *exprList) close(begin int) []Expr {
	const room = 8
	n := len(l.open) - begin
	if n == 0 {
		return nil
	}
	if n > len(l.free) {
		l.free = make([]Expr, max(n, room))
	}
	list := l.free[:n:n]
	l.free = l.free[n:]
	copy(list, l.open[begin:])
	l.open = l.open[:begin]
	return list
}
