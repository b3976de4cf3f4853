package streamsql

import (
	"math"
	"strconv"
	"strings"
)

// Print returns the canonical text of a statement or of a part of one: keywords in capitals, one space
// between words, strings in double quotes, names in backquotes where they must be. Parsing the text of a
// statement gives the same tree again, but for the places of its nodes.
func Print(n Node) string {
	var p printer
	p.node(n)
	return p.String()
}

type printer struct {
	strings.Builder
	bare bool // what is printed next follows IN, so a list needs no IN of its own
}

// add prints words as they are.
func (p *printer) add(parts ...string) {
	for _, s := range parts {
		p.WriteString(s)
	}
	p.bare = false
}

// node prints a statement or a part of one.
func (p *printer) node(n Node) {
	switch n := n.(type) {
	case *Select:
		p.selectStatement(n)
	case *Create:
		p.create(n)
	case *Show:
		p.add("SHOW ", plural(n.Tables))
	case *Describe:
		p.add("DESCRIBE ", noun(n.Table), " ", name(n.Name))
	case *Explain:
		p.add("EXPLAIN ", noun(n.Table), " ", name(n.Name))
	case *Drop:
		p.add("DROP ", noun(n.Table), " ", name(n.Name))
	case *Column:
		p.column(n)
	case *Field:
		p.field(n)
	case *Source:
		p.source(n)
	case *Join:
		p.join(n)
	case *SortItem:
		p.sortItem(n)
	case *When:
		p.add("WHEN ")
		p.node(n.Cond)
		p.add(" THEN ")
		p.node(n.Result)
	case *Over:
		p.over(n, false)
	case Expr:
		p.expr(n)
	}
}

// expr prints an expression.
func (p *printer) expr(e Expr) {
	switch e := e.(type) {
	case *Int:
		p.add(strconv.FormatInt(e.Value, 10))
	case *Float:
		p.add(float(e.Value))
	case *String:
		p.add(strconv.Quote(e.Value))
	case *Bool:
		p.add(strings.ToUpper(strconv.FormatBool(e.Value)))
	case *TimeUnit:
		p.add(e.Unit)
	case *Ref:
		p.add(reference(e))
	case *Star:
		p.star(e)
	case *Paren:
		p.add("(")
		p.node(e.X)
		p.add(")")
	case *Binary:
		p.binary(e)
	case *Range:
		p.node(e.Low)
		p.add(" AND ")
		p.node(e.High)
	case *Case:
		p.caseExpr(e)
	case *Call:
		p.add(name(e.Name))
		p.args(e.Args)
		p.over(e.Over, false)
	case *Window:
		p.window(e)
	default:
		p.brackets(e)
	}
}

// brackets prints lists and subscripts.
func (p *printer) brackets(e Expr) {
	switch e := e.(type) {
	case *List:
		if !p.bare {
			p.add("IN ")
		}
		p.args(e.Values)
	case *Index:
		p.add("[")
		p.node(e.X)
		p.add("]")
	case *Slice:
		p.add("[")
		p.optional("", e.Low)
		p.add(":")
		p.optional("", e.High)
		p.add("]")
	}
}

// binary prints a chain of operators from the left without recursion, because it may be of any length.
func (p *printer) binary(e *Binary) {
	var chain []*Binary
	first := Expr(e)
	for b, ok := e, true; ok; b, ok = first.(*Binary) {
		chain = append(chain, b)
		first = b.X
	}
	p.node(first)
	for i := len(chain) - 1; i >= 0; i-- {
		b := chain[i]
		switch b.Op {
		case OpSubscript:
		case OpArrow:
			p.add("->")
		default:
			p.add(" ", string(b.Op), " ")
		}
		p.bare = b.Op == OpIn || b.Op == OpNotIn
		p.node(b.Y)
	}
}

// star prints * with what is left out and computed anew. All of either stands in one pair of brackets.
func (p *printer) star(s *Star) {
	p.add("*")
	if s.Except != nil {
		p.add(" EXCEPT(")
		for i, n := range s.Except {
			p.separate(i)
			p.add(name(n.Text))
		}
		p.add(")")
	}
	if s.Replace != nil {
		p.add(" REPLACE(")
		list(p, s.Replace)
		p.add(")")
	}
}

// caseExpr prints a CASE, its ELSE last.
func (p *printer) caseExpr(c *Case) {
	p.add("CASE")
	p.optional(" ", c.Value)
	for _, w := range c.Whens {
		p.add(" ")
		p.node(w)
	}
	p.optional(" ELSE ", c.Else)
	p.add(" END")
}

// window prints the definition of a window, in capitals like a keyword.
func (p *printer) window(w *Window) {
	p.add(strings.ToUpper(w.Name))
	p.args(w.Args)
	if w.Filter != nil {
		p.add(" FILTER (WHERE ")
		p.node(w.Filter)
		p.add(")")
	}
	p.over(w.Over, true)
}

// over prints an OVER clause, if there is one. That of a window has WHEN first, that of a call has it last.
func (p *printer) over(o *Over, whenFirst bool) {
	if o == nil {
		return
	}
	p.add(" OVER (")
	space := ""
	if whenFirst && o.When != nil {
		p.optional("WHEN ", o.When)
		space = " "
	}
	if o.PartitionBy != nil {
		p.add(space, "PARTITION BY ")
		list(p, o.PartitionBy)
		space = " "
	}
	if !whenFirst {
		p.optional(space+"WHEN ", o.When)
	}
	if o.OrderBy != nil {
		p.add(space, "ORDER BY ")
		list(p, o.OrderBy)
	}
	p.add(")")
}

// args prints expressions in parentheses.
func (p *printer) args(args []Expr) {
	p.add("(")
	list(p, args)
	p.add(")")
}

// list prints nodes with commas between them.
func list[N Node](p *printer, nodes []N) {
	for i, n := range nodes {
		p.separate(i)
		p.node(n)
	}
}

// separate prints a comma before every item of a list but the first.
func (p *printer) separate(i int) {
	if i > 0 {
		p.add(", ")
	}
}

// optional prints an expression and what stands before it, if there is one.
func (p *printer) optional(before string, e Expr) {
	if e != nil {
		p.add(before)
		p.node(e)
	}
}

// reference prints the name of a field. A star after a qualifier is no name and stands without quotes.
func reference(r *Ref) string {
	last := name(r.Name)
	if r.Name == "*" {
		last = "*"
	}
	if r.Qualifier == "" {
		return last
	}
	return name(r.Qualifier) + "." + last
}

// name puts a name between backquotes unless it can stand without them.
func name(s string) string {
	l := lexer{text: s}
	if t := l.next(); t.kind == ident && t.lit == s && t.end == len(s) {
		return s
	}
	return "`" + s + "`"
}

// float prints a number so that it is read as one with a decimal point.
func float(v float64) string {
	s := strconv.FormatFloat(v, 'f', -1, 64)
	if v == math.Trunc(v) {
		return s + ".0"
	}
	return s
}

// noun is the keyword for a stream or a table, and plural the one for all of them.
func noun(table bool) string {
	if table {
		return "TABLE"
	}
	return "STREAM"
}

func plural(tables bool) string { return noun(tables) + "S" }
