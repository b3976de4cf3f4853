package streamsql

import (
	"math"
	"strconv"
)

// rank is how tight an operator binds, the higher the tighter, and 0 for what is no operator or an accidental one.
// All of them group from the left. Subscripts and arrows rank with multiplication, so 2 * a->b is (2 * a)->b.
func (op Op) rank() int {
	switch op {
	case OpOr:
		return 1
	case OpAnd:
		return 2
	case "=", "!=", "<", "<=", ">", ">=", OpIn, OpNotIn, OpBetween, OpNotBetween, OpLike, OpNotLike:
		return 3
	case "+", "-", "|", "^":
		return 4
	case "*", "/", "%", "&", OpSubscript, OpArrow:
		return 5
	}
	return 0
}

// accidental reports whether an operator is none but for an accident of the engine: its words for a star with
// exceptions count as operators anywhere else, and bind less than all others.
func (op Op) accidental() bool {
	return op == OpExcept || op == OpReplace
}

// expr reads an expression: operands and the operators between them.
func (p *parser) expr() Expr {
	p.enter()
	root := p.operand()
	for {
		op := p.operator()
		if op == "" {
			p.leave()
			return root
		}
		root = p.graft(root, op, p.right(op))
	}
}

// operator reads a binary operator, if there is one. The bracket of a subscript is left in place,
// because it belongs to the operand.
func (p *parser) operator() Op {
	if p.tok.kind != symbol && p.tok.kind != keyword {
		return ""
	}
	switch op := Op(p.tok.lit); {
	case op == "[":
		return OpSubscript
	case op == ".":
		p.next()
		return OpArrow
	case op == "NOT":
		p.next()
		return p.negated()
	case op.rank() > 0 || op.accidental():
		p.next()
		return op
	}
	return ""
}

// negated reads what may follow NOT after an operand. There is no NOT before one.
func (p *parser) negated() Op {
	if p.tok.kind == keyword {
		switch p.tok.lit {
		case "IN":
			p.next()
			return OpNotIn
		case "BETWEEN":
			p.next()
			return OpNotBetween
		case "LIKE":
			p.next()
			return OpNotLike
		}
	}
	p.fail("found %q, expected expression", p.tok.lit)
	return ""
}

// right reads the operand on the right of an operator.
func (p *parser) right(op Op) Expr {
	switch op {
	case OpIn, OpNotIn:
		return p.list(p.tok.pos)
	case OpBetween, OpNotBetween:
		return p.bounds()
	}
	from := p.tok.pos
	if op == OpArrow && p.tok.kind == ident {
		return p.step()
	}
	y := p.operand()
	switch {
	case op == OpLike || op == OpNotLike:
		p.checkPattern(y)
	case op == "-" && isNegative(y), op == "/" && isStar(y):
		// What begins a comment with the operator could not be printed after it as it stands.
		y = &Paren{Span{from, y.End()}, y}
	}
	return y
}

// isStar reports whether an expression is printed with a star at its beginning.
func isStar(e Expr) bool {
	_, ok := e.(*Star)
	return ok
}

// isNegative reports whether an expression is a number that is printed with a sign. Zero may be one: -0.0.
func isNegative(e Expr) bool {
	switch e := e.(type) {
	case *Int:
		return e.Value < 0
	case *Float:
		return math.Signbit(e.Value)
	}
	return false
}

// graft hangs an operator and its right operand into a tree, below every operator on the tree's
// right edge that binds less tightly. The edge is never longer than there are ranks.
func (p *parser) graft(root Expr, op Op, y Expr) Expr {
	at, rank := &root, op.rank()
	for {
		b, ok := (*at).(*Binary)
		if !ok || b.Op.rank() >= rank {
			break
		}
		b.To = y.End()
		at = &b.Y
	}
	b := p.slabs.binaries.next(p.slabs.room)
	b.Span, b.Op, b.X, b.Y = Span{(*at).Pos(), y.End()}, op, *at, y
	*at = b
	return root
}

// count counts one more operand.
func (p *parser) count() {
	if p.operands++; p.operands > MaxOperands {
		panic(p.tooMuch("more than %d operands", MaxOperands))
	}
}

// operand reads what stands between operators.
func (p *parser) operand() Expr {
	p.count()
	from, lit := p.tok.pos, p.tok.lit
	switch p.tok.kind {
	case ident:
		return p.name()
	case integer, number:
		return p.number()
	case doubleQuoted, singleQuoted:
		p.next()
		return &String{p.span(from), lit}
	case keyword:
		if e := p.keywordOperand(); e != nil {
			return e
		}
	case symbol:
		if e := p.symbolOperand(); e != nil {
			return e
		}
	}
	hint := p.hint()
	if p.tok.kind == keyword && !frameWords[lit] {
		hint = p.nameHint()
	}
	p.failHint(hint, "found %q, expected expression.", lit)
	return nil
}

// keywordOperand reads an operand that begins with a reserved word, or returns nil when none does.
func (p *parser) keywordOperand() Expr {
	from, lit := p.tok.pos, p.tok.lit
	switch {
	case lit == "CASE":
		return p.caseExpr()
	case lit == "TRUE" || lit == "FALSE":
		p.next()
		return &Bool{p.span(from), lit == "TRUE"}
	case isTimeUnit(lit):
		p.next()
		return &TimeUnit{p.span(from), lit}
	case lit == "IN":
		p.next()
		return p.list(from)
	}
	return nil
}

// symbolOperand reads an operand that begins with a bracket, a star or a sign, or returns nil.
func (p *parser) symbolOperand() Expr {
	from := p.tok.pos
	switch p.tok.lit {
	case "(":
		p.next()
		x := p.expr()
		p.want(")", "found %q, expected right paren.")
		return &Paren{p.span(from), x}
	case "[":
		return p.subscript()
	case "*":
		return p.star()
	case "-":
		if p.negative() {
			return p.number()
		}
	}
	return nil
}

// negative makes one token of a sign, which is the current token, and the digits after it. Without digits, the
// sign stays the current token and the character after it is lost, as it is to the engine.
func (p *parser) negative() bool {
	k, lit, ok := p.lex.negative()
	if ok {
		p.tok = token{k, lit, p.tok.pos, p.lex.pos}
	}
	return ok
}

// number reads a number, which may have a sign.
func (p *parser) number() Expr {
	from, lit, k := p.tok.pos, p.tok.lit, p.tok.kind
	if k == integer {
		v, _ := strconv.ParseInt(lit, 10, 64) // beyond the range, this is the nearest number within
		p.next()
		n := p.slabs.ints.next(p.slabs.room)
		n.Span, n.Value = p.span(from), v
		return n
	}
	v, err := strconv.ParseFloat(lit, 64)
	if err != nil {
		p.fail("found %q, invalid number value.", lit)
	}
	p.next()
	return &Float{p.span(from), v}
}

// name reads a field, with its qualifier if there is one, or a call. A point at the end is ignored.
func (p *parser) name() Expr {
	first := p.tok
	p.next()
	if p.tok.is("(") {
		return p.call(first)
	}
	ref := p.slabs.refs.next(2 * p.slabs.room)
	ref.Name = first.lit
	if p.got(".") && (p.tok.kind == ident || p.tok.is("*")) {
		ref.Qualifier, ref.Name = first.lit, p.tok.lit
		p.next()
	}
	ref.Span = p.span(first.pos)
	return ref
}

// step reads a name after an arrow or a point, which has no qualifier, or a call.
func (p *parser) step() Expr {
	p.count()
	first := p.tok
	p.next()
	if p.tok.is("(") {
		return p.call(first)
	}
	ref := p.slabs.refs.next(2 * p.slabs.room)
	ref.Span, ref.Name = p.span(first.pos), first.lit
	return ref
}

// list reads what follows IN: values in parentheses, or one operand. A list in the place of
// an operand begins with the word IN itself, at the given offset.
func (p *parser) list(from int) Expr {
	if !p.tok.is("(") {
		return p.listOperand()
	}
	l := &List{}
	begin := len(p.lists.open)
	p.next()
	for {
		p.lists.push(p.reworded(reword{before: "expect elements for IN expression, but "}, p.expr))
		if p.got(",") {
			continue
		}
		p.want(")", "expect ) for IN expression, but got %q")
		l.Values = p.lists.close(begin)
		l.Span = p.span(from)
		return l
	}
}

// listOperand reads the operand that stands for a list. It counts as nested because another IN may begin it.
func (p *parser) listOperand() Expr {
	p.enter()
	e := p.reworded(reword{before: "expect expression after IN, but got error "}, p.operand)
	p.leave()
	return e
}

// bounds reads what follows BETWEEN.
func (p *parser) bounds() Expr {
	r := &Range{Low: p.operand()}
	p.want("AND", "expect AND expression after between but found %s")
	r.High = p.operand()
	r.Span = p.span(r.Low.Pos())
	return r
}
