package streamsql

import (
	"cmp"
	"strings"
)

// call reads a function call or window definition, whose name has been read.
func (p *parser) call(name token) Expr {
	f := builtin(name.lit)
	if f.Kind == WindowDefinition {
		return p.window(name, f)
	}
	c := p.slabs.calls.next(p.slabs.room)
	c.Span, c.Name, c.NameEnd = Span{name.pos, name.end}, name.lit, name.end
	p.report(c, false)
	p.place(c, f)
	p.meta = f.Name == "meta" || f.Name == "mqtt"
	c.Args = p.args(name, f)
	p.meta = false // for the engine, the end of a call is that of the one around it too
	c.Span = p.span(name.pos)
	p.report(c, true)
	if p.tok.is("OVER") {
		c.Over = p.over(name, f)
		c.Span = p.span(name.pos)
	}
	return c
}

// place refuses a call in the wrong clause, or leaves that to the checks of the whole statement.
func (p *parser) place(c *Call, f *Function) {
	switch f.Kind {
	case Columns:
		if p.clause != "select" {
			failAt(c.Span, "function %s can only be used inside the select clause", c.Name)
		}
	case SetReturning, WindowFunction:
		p.placed = true
	case Aggregate:
		p.placed = p.placed || p.clause == "group"
	}
}

// report lets the check of calls, if there is one, end the parsing.
func (p *parser) report(c *Call, done bool) {
	if p.check == nil {
		return
	}
	if e := p.check(finding{c, done}); e != nil {
		panic(e)
	}
}

// args reads the arguments in parentheses. A comma may follow the last.
func (p *parser) args(name token, f *Function) []Expr {
	begin := len(p.lists.open)
	p.next()
	for !p.tok.is(")") {
		p.lists.push(p.expr())
		if !p.got(",") {
			break
		}
	}
	if !p.got(")") {
		p.fail("found function call %q, expected ), but with %q.", cmp.Or(f.Name, name.lit), p.tok.lit)
	}
	return p.lists.close(begin)
}

// over reads the OVER clause of a call: PARTITION BY, then WHEN or, for a window function, ORDER BY.
func (p *parser) over(name token, f *Function) *Over {
	if f.Kind != Analytic && f.Kind != WindowFunction {
		p.fail("Found OVER after non analytic function %s", cmp.Or(f.Name, name.lit))
	}
	from := p.tok.pos
	p.next()
	p.wantClass("(", "Found %q after OVER, expect parentheses.")
	o := &Over{PartitionBy: p.partitionBy()}
	switch {
	case f.Kind == Analytic && p.got("WHEN"):
		o.When = p.expr()
	case f.Kind == WindowFunction && p.got("ORDER"):
		p.want("BY", "found %q, expected BY keyword.")
		o.OrderBy = p.sortItems()
	}
	if o.PartitionBy == nil && o.When == nil && len(o.OrderBy) == 0 {
		p.fail("Found %q after OVER (, expect partition by or when.", p.tok.class())
	}
	p.wantClass(")", "Found %q, expect right parentheses after OVER ")
	o.Span = p.span(from)
	return o
}

// wantClass is want, but the message shows the class of the token found.
func (p *parser) wantClass(lit, format string) {
	if !p.got(lit) {
		p.fail(format, p.tok.class())
	}
}

// partitionBy reads PARTITION BY and its expressions, or nothing and returns nil.
func (p *parser) partitionBy() []Expr {
	if !p.got("PARTITION") {
		return nil
	}
	p.want("BY", "found %q, expected by after partition.")
	return p.exprs()
}

// functionNames are the names of the built-in functions.
func functionNames() []string {
	var names []string
	for f := range Builtins() {
		names = append(names, f.Name)
	}
	return names
}

// engineString shows an expression as the engine does in its messages, unless it is so long
// that nobody would read it.
func engineString(e Expr) string {
	const longest = 1000
	if e.End()-e.Pos() > longest {
		return "…"
	}
	switch e := e.(type) {
	case *Ref:
		if e.Qualifier == "" {
			return "$$default." + e.Name
		}
		return e.Qualifier + "." + e.Name
	case *Call:
		return "Call:{ name:" + strings.ToLower(e.Name) + ", args:[" + engineStrings(e.Args) + "] }"
	case *Binary:
		return "binaryExpr:{ " + engineString(e.X) + " " + string(e.Op) + " " + engineString(e.Y) + " }"
	case *Paren:
		return engineString(e.X)
	}
	return Print(e)
}

// engineStrings is engineString of several, with commas between them.
func engineStrings(list []Expr) string {
	var parts []string
	for _, e := range list {
		parts = append(parts, engineString(e))
	}
	return strings.Join(parts, ", ")
}
