package streamsql

import "strings"

// selectStatement reads a SELECT to its end.
func (p *parser) selectStatement() *Select {
	from := p.tok.pos
	all := &stem{}
	s := &all.statement
	p.next()
	p.clause = "select"
	s.Fields = p.fields(all.fields[:0])
	p.clause = "from"
	if !p.got("FROM") {
		p.failHint(p.itemHint("a comma, or AS,"), "found %q, expected FROM.", p.tok.lit)
	}
	s.Source = p.source(&all.source)
	s.Joins = p.joins()
	p.clause = "where"
	if p.got("WHERE") {
		s.Where = p.expr()
	}
	p.clause = "group"
	if p.got("GROUP") {
		p.want("BY", "found %q, expected BY statement.")
		s.GroupBy = p.exprs()
	}
	p.clause = "having"
	if p.got("HAVING") {
		s.Having = p.expr()
	}
	p.clause = "order"
	if p.got("ORDER") {
		p.want("BY", "found %q, expected BY keyword.")
		if items := p.sortItems(); len(items) > 0 {
			s.OrderBy = items
		}
	}
	p.clause = "limit"
	s.Limit = p.limit()
	s.Span = p.span(from)
	p.endOfSelect(s)
	return s
}

// endOfSelect reads the end of a SELECT. The last checks of the engine are not made after a semicolon.
func (p *parser) endOfSelect(s *Select) {
	if p.tok.is(";") {
		s.Terminated = true
		return
	}
	if p.tok.kind != eof {
		p.fail("found %q, expected EOF.", p.tok.lit)
	}
	if !p.placed {
		return
	}
	if e := checkClauses(s); e != nil {
		panic(e)
	}
}

// limit reads LIMIT. The engine wants an expression that is an integer, so a sign before the digits is fine
// and brackets around them are not.
func (p *parser) limit() *Int {
	if !p.got("LIMIT") {
		return nil
	}
	e := p.expr()
	n, ok := e.(*Int)
	if !ok {
		failAt(Span{e.Pos(), e.End()}, "limit should be integer")
	}
	return n
}

// exprs reads one or more expressions with commas between them.
func (p *parser) exprs() []Expr {
	begin := len(p.lists.open)
	p.lists.push(p.expr())
	for p.got(",") {
		p.lists.push(p.expr())
	}
	return p.lists.close(begin)
}

// fields reads one or more fields into a list.
func (p *parser) fields(list []*Field) []*Field {
	list = append(list, p.field())
	for p.got(",") {
		list = append(list, p.field())
	}
	return list
}

// field reads an item of a SELECT list or of REPLACE.
func (p *parser) field() *Field {
	f := p.slabs.fields.next(p.slabs.room)
	f.Expr = p.expr()
	from := f.Expr.Pos()
	if p.got("AS") {
		if p.tok.kind != ident {
			p.failName("found %q, expected as alias.", p.tok.lit)
		}
		f.Alias = p.tok.lit
		p.next()
	}
	if f.Alias != "" && isAll(f.Expr) {
		failAt(p.span(from), "alias is not supported for *")
	}
	f.Invisible = p.got("INVISIBLE")
	f.Span = p.span(from)
	return f
}

// isAll reports whether an expression stands for all fields.
func isAll(e Expr) bool {
	switch e := e.(type) {
	case *Star:
		return true
	case *Ref:
		return e.Name == "*"
	}
	return false
}

// source reads the name of a stream or table and its alias into s. The engine joins the words of a name, so that
// topics can be written without quotes, takes them in pairs, and looks for AS after the first of a pair only.
func (p *parser) source(s *Source) *Source {
	from := p.tok.pos
	if !p.tok.isSourceWord() {
		from = p.prev.end
	}
	s.NameEnd = from
	var more []string // words after the first
	for p.tok.isSourceWord() {
		last := p.tok.lit
		more = p.sourceWord(s, more)
		if p.got("AS") {
			if p.tok.kind != ident {
				p.failName("found %q, expected JOIN key word.", last)
			}
			s.Alias = p.tok.lit
			p.next()
			continue
		}
		if !p.tok.isSourceWord() {
			break
		}
		more = p.sourceWord(s, more)
	}
	s.Name += strings.Join(more, "")
	s.Span = p.span(from)
	return s
}

// isSourceWord reports whether a token is one of those that the name of a source is made of.
func (t token) isSourceWord() bool {
	return t.kind == ident || t.is("/") || t.is("#") || t.is("+")
}

// sourceWord adds a word to the name, or to those that will be added to it.
func (p *parser) sourceWord(s *Source, more []string) []string {
	if s.Name == "" {
		s.Name = p.tok.lit
	} else {
		more = append(more, p.tok.lit)
	}
	s.NameEnd = p.tok.end
	p.next()
	return more
}

// joins reads the joined sources, each after the kind of its join.
func (p *parser) joins() []*Join {
	var list []*Join
	for p.tok.is("INNER") || p.tok.is("LEFT") || p.tok.is("RIGHT") || p.tok.is("FULL") || p.tok.is("CROSS") {
		list = append(list, p.join())
	}
	return list
}

// join reads one joined source. Its condition may be left out, and must be for CROSS.
func (p *parser) join() *Join {
	from := p.tok.pos
	j := &Join{Type: p.tok.lit}
	p.next()
	p.clause = "join"
	if !p.got("JOIN") {
		p.fail("found %q, expected JOIN key word.", j.Type)
	}
	j.Source = p.source(&Source{})
	if p.tok.is("ON") {
		if j.Type == "CROSS" {
			p.fail("On expression is not required for cross join type.\n")
		}
		p.next()
		j.On = p.expr()
	}
	j.Span = p.span(from)
	return j
}

// checkSortName refuses an item of ORDER BY that begins with a name and a point but nothing after it. Elsewhere
// such a point is ignored.
func (p *parser) checkSortName() {
	ahead := p.lex
	point := ahead.next()
	if !point.is(".") {
		return
	}
	if name := ahead.next(); name.kind != ident && !name.is("*") {
		failAt(Span{point.pos, point.end}, "found %q, expected expression.", point.lit)
	}
}

// sortItems reads the items of ORDER BY. Each begins with a name; commas may be left out or repeated.
// The list is not nil even when there are none.
func (p *parser) sortItems() []*SortItem {
	list := []*SortItem{}
	for {
		for p.got(",") {
		}
		if p.tok.kind != ident {
			return list
		}
		p.checkSortName()
		item := &SortItem{Expr: p.expr()}
		if p.got("DESC") {
			item.Desc = true
		} else {
			p.got("ASC")
		}
		item.Span = p.span(item.Expr.Pos())
		list = append(list, item)
	}
}
