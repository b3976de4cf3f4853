package streamsql

import "strconv"

// star reads * with what is left out of it and computed anew.
func (p *parser) star() Expr {
	s := &Star{}
	from := p.tok.pos
	p.next()
	for p.tok.is("EXCEPT") || p.tok.is("REPLACE") {
		word := p.tok.lit
		if p.meta {
			p.fail("%q is not supported in meta function", word)
		}
		p.next()
		p.want("(", "Found %q after "+word+", expect left parentheses.")
		if word == "EXCEPT" {
			s.Except = append(s.Except, p.excepted()...)
		} else {
			s.Replace = p.fields(s.Replace)
			p.want(")", "Found %q in REPLACE")
		}
	}
	s.Span = p.span(from)
	return s
}

// excepted reads names to the closing bracket; commas after them may be left out.
func (p *parser) excepted() []Name {
	var names []Name
	for p.tok.kind == ident {
		names = append(names, Name{Span{p.tok.pos, p.tok.end}, p.tok.lit})
		p.next()
		p.got(",")
	}
	p.want(")", "Found %q in EXCEPT")
	return names
}

// subscript reads a bracket that picks one element or a part of an array.
func (p *parser) subscript() Expr {
	from := p.tok.pos
	p.next()
	if p.got("]") {
		return &Slice{Span: p.span(from)}
	}
	first := p.tok
	low := p.low()
	switch {
	case low != nil && p.got("]"):
		return &Index{p.span(from), low}
	case p.got(":"):
		return p.slice(from, low)
	}
	p.failHint("put the index in parentheses if it is more than a number",
		"Unexpected token %q. when parsing bracket expressions.", first.lit)
	return nil
}

// low reads the first bound of a subscript, or nothing before a colon.
func (p *parser) low() Expr {
	if p.tok.is(":") {
		return nil
	}
	return p.bound("start")
}

// slice reads the rest of a subscript whose colon has been read.
func (p *parser) slice(from int, low Expr) Expr {
	s := &Slice{Low: low}
	if !p.tok.is("]") {
		s.High = p.bound("end")
	}
	p.want("]", "Found %q, expected right bracket.")
	s.Span = p.span(from)
	return s
}

// bound reads the start or end of a subscript. An integer is never the beginning of a longer expression there.
func (p *parser) bound(which string) Expr {
	lit := p.tok.lit
	if n := p.plainInt(which); n != nil {
		return n
	}
	return p.reworded(reword{after: "The " + which + " index " + shortened(lit) + " is invalid in bracket expression."}, p.expr)
}

// plainInt reads an integer, if there is one. Unlike elsewhere, it must be one of 64 bits.
func (p *parser) plainInt(which string) Expr {
	from, ahead, sign := p.tok.pos, p.lex, ""
	if p.tok.is("-") {
		if ahead.next().kind != integer {
			return nil
		}
		sign = "-"
		p.next()
	}
	if p.tok.kind != integer {
		return nil
	}
	if _, err := strconv.ParseInt(sign+p.tok.lit, 10, 64); err != nil {
		failAt(Span{from, p.tok.end}, "The %s index %s is not an int value in bracket expression.", which, sign+p.tok.lit)
	}
	return p.number(from, sign)
}

// caseExpr reads a CASE. ELSE may stand between branches and be repeated: the last counts.
func (p *parser) caseExpr() Expr {
	c := &Case{}
	from := p.tok.pos
	p.next()
	if !p.tok.is("WHEN") {
		c.Value = p.expr()
	}
	for {
		switch word := p.tok.lit; {
		case p.tok.is("WHEN"):
			c.Whens = append(c.Whens, p.when(c.Value == nil))
		case !p.tok.is("ELSE") && !p.tok.is("END"):
			p.fail("invalid CASE expression, END expected")
		case c.Whens == nil:
			p.fail("invalid CASE expression, WHEN expected before %s", word)
		case word == "ELSE":
			p.next()
			c.Else = p.expr()
		default:
			p.next()
			c.Span = p.span(from)
			return c
		}
	}
}

// when reads a branch of a CASE, whose condition must be one when the CASE has no value to compare.
func (p *parser) when(condition bool) *When {
	w := &When{}
	from := p.tok.pos
	p.next()
	w.Cond = p.expr()
	if condition && !isCondition(w.Cond) {
		failAt(Span{w.Cond.Pos(), w.Cond.End()}, "invalid CASE expression, WHEN expression must be a bool condition")
	}
	if !p.got("THEN") {
		p.fail("invalid CASE expression, THEN expected after WHEN")
	}
	w.Result = p.expr()
	w.Span = p.span(from)
	return w
}

// isCondition reports whether the engine sees at once that an expression is true or false.
// It does not look into parentheses.
func isCondition(e Expr) bool {
	switch e := e.(type) {
	case *Bool:
		return true
	case *Binary:
		return e.Op.rank() <= Op("=").rank()
	}
	return false
}
