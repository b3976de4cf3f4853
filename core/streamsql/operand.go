package streamsql

import (
	"strconv"
	"strings"
)

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

// excepted reads names to the closing bracket; commas between them may be left out or repeated.
func (p *parser) excepted() []Name {
	var names []Name
	for !p.got(")") {
		if p.got(",") {
			continue
		}
		if p.tok.kind != ident {
			p.fail("Found %q in EXCEPT", p.tok.lit)
		}
		names = append(names, Name{Span{p.tok.pos, p.tok.end}, p.tok.lit})
		p.next()
	}
	return names
}

// subscript reads a bracket that picks one element or a part of an array.
func (p *parser) subscript() Expr {
	from := p.tok.pos
	p.next()
	if p.got("]") {
		return &Slice{Span: p.span(from)}
	}
	first := p.sign()
	low := p.low(first)
	switch {
	case low != nil && p.got("]"):
		return &Index{p.span(from), low}
	case p.got(":"):
		return p.slice(from, low)
	}
	p.failHint("put the index in parentheses if it is more than a number",
		"Unexpected token %q. when parsing bracket expressions.", first)
	return nil
}

// low reads the first bound of a subscript, or nothing before a colon. The literal of its first token is given.
func (p *parser) low(first string) Expr {
	if p.tok.is(":") {
		return nil
	}
	return p.bound("start", first)
}

// slice reads the rest of a subscript whose colon has been read.
func (p *parser) slice(from int, low Expr) Expr {
	s := &Slice{Low: low}
	if !p.tok.is("]") {
		s.High = p.bound("end", p.sign())
	}
	p.want("]", "Found %q, expected right bracket.")
	s.Span = p.span(from)
	return s
}

// sign makes one token of the sign and the digits that a bound begins with, and returns the literal of its first
// token. Of a number with a point the engine loses the digits: its sign stays the current token.
func (p *parser) sign() string {
	sign := p.tok
	if !sign.is("-") || !p.negative() {
		return sign.lit
	}
	lit := p.tok.lit
	if p.tok.kind != integer {
		p.tok = sign
	}
	return lit
}

// bound reads the start or end of a subscript, the literal of whose first token is given. An integer is never the
// beginning of a longer expression there and, unlike elsewhere, it must be one of 64 bits.
func (p *parser) bound(which, first string) Expr {
	if p.tok.kind != integer {
		e := p.reworded(reword{after: "The " + which + " index " + shortened(first) + " is invalid in bracket expression."}, p.expr)
		if strings.HasPrefix(first, "-.") {
			e = &Paren{Span{e.Pos(), e.End()}, e} // it is printed with a digit after the sign
		}
		return e
	}
	if _, err := strconv.ParseInt(first, 10, 64); err != nil {
		failAt(Span{p.tok.pos, p.tok.end}, "The %s index %s is not an int value in bracket expression.", which, first)
	}
	return p.number()
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
		return e.Op.rank() <= Op("=").rank() && !e.Op.accidental()
	}
	return false
}
