package streamsql

import (
	"strconv"
)

// selectStatement prints the clauses of a SELECT. An ORDER BY without items is none.
func (p *printer) selectStatement(s *Select) {
	p.add("SELECT ")
	list(p, s.Fields)
	p.add(" FROM ")
	p.source(s.Source)
	for _, j := range s.Joins {
		p.add(" ")
		p.join(j)
	}
	p.optional(" WHERE ", s.Where)
	if s.GroupBy != nil {
		p.add(" GROUP BY ")
		list(p, s.GroupBy)
	}
	p.optional(" HAVING ", s.Having)
	if len(s.OrderBy) > 0 {
		p.add(" ORDER BY ")
		list(p, s.OrderBy)
	}
	if s.Limit != nil {
		p.add(" LIMIT ")
		p.node(s.Limit)
	}
	if s.Terminated {
		p.add(";")
	}
}

// field prints an expression with its alias.
func (p *printer) field(f *Field) {
	p.node(f.Expr)
	if f.Alias != "" {
		p.add(" AS ", name(f.Alias))
	}
	if f.Invisible {
		p.add(" INVISIBLE")
	}
}

// source prints the name of a stream or table with its alias.
func (p *printer) source(s *Source) {
	p.add(sourceName(s))
	if s.Alias != "" {
		p.add(" AS ", name(s.Alias))
	}
}

// sourceName prints a topic without quotes where the parser would put it together again. It looks for AS
// after every other word only, the first among them.
func sourceName(s *Source) string {
	l := lexer{text: s.Name}
	words, at := 0, 0
	for t := l.next(); t.kind != eof; t = l.next() {
		if !t.isSourceWord() || t.pos != at || t.lit != s.Name[at:t.end] {
			return "`" + s.Name + "`"
		}
		words, at = words+1, t.end
	}
	if at < len(s.Name) || words == 0 || s.Alias != "" && words%2 == 0 {
		return "`" + s.Name + "`"
	}
	return s.Name
}

// join prints a joined source and its condition.
func (p *printer) join(j *Join) {
	p.add(j.Type, " JOIN ")
	p.source(j.Source)
	p.optional(" ON ", j.On)
}

// sortItem prints what to sort by. Ascending order goes without saying.
func (p *printer) sortItem(s *SortItem) {
	p.node(s.Expr)
	if s.Desc {
		p.add(" DESC")
	}
}

// create prints all options as they were given, also those given twice.
func (p *printer) create(c *Create) {
	p.add("CREATE ", noun(c.Table), " ", name(c.Name), " (")
	list(p, c.Fields)
	p.add(") WITH (")
	for i, o := range c.Options.Given {
		p.separate(i)
		p.add(o.Name, "=", strconv.Quote(o.Value))
	}
	p.add(")")
}

// column prints a column.
func (p *printer) column(c *Column) {
	p.add(name(c.Name), " ")
	p.columnType(c.Type)
	p.optional(" DEFAULT ", c.Default)
}

// columnType prints a type with what it consists of. A STRUCT of nothing is read only with
// a WITH behind it, and an ARRAY of nothing with anything but a bracket.
func (p *printer) columnType(t Type) {
	p.add(t.Name)
	switch {
	case t.Elem != nil:
		p.add("(")
		p.columnType(*t.Elem)
		p.add(")")
	case t.Fields != nil:
		p.add("(")
		list(p, t.Fields)
		p.add(")")
	case t.Name == "STRUCT":
		p.add("() WITH")
	case t.Name == "ARRAY":
		p.add(" ?")
	}
}
