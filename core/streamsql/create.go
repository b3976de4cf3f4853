package streamsql

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Create is CREATE STREAM or CREATE TABLE.
type Create struct {
	Span
	Table    bool
	Name     string
	NameSpan Span
	Fields   []*Column // none for a source without a schema
	Options  Options
}

// Column is a field of a stream, a table or a STRUCT. Default is nil when absent, else a literal.
type Column struct {
	Span
	Name    string
	Type    Type
	Default Expr
}

// Type is the type of a column. Elem is what an ARRAY holds, Fields what a STRUCT does.
type Type struct {
	Name   string // BIGINT, FLOAT, STRING, DATETIME, BOOLEAN, BYTEA, ARRAY or STRUCT
	Elem   *Type  // nil for an array of nothing, which the engine takes by accident
	Fields []*Column
}

// A basic type has no parts. Convert checks that a default can become a value of the type; nil means that
// the type takes no default.
type basicType struct {
	goName  string
	convert func(string) error
}

var basicTypes = map[string]basicType{
	"BIGINT":   {"int64", func(s string) error { _, err := strconv.ParseInt(s, 0, 64); return err }},
	"FLOAT":    {"float64", func(s string) error { _, err := strconv.ParseFloat(s, 64); return err }},
	"STRING":   {"string", func(string) error { return nil }},
	"BOOLEAN":  {"bool", func(s string) error { _, err := strconv.ParseBool(s); return err }},
	"DATETIME": {"datetime", nil},
	"BYTEA":    {"bytea", nil},
}

// create reads CREATE STREAM or CREATE TABLE to the end of the text, or to a semicolon.
func (p *parser) create() *Create {
	from := p.tok.pos
	p.next()
	c := &Create{Table: p.streamOrTable()}
	c.NameSpan = Span{p.tok.pos, p.tok.end}
	c.Name = p.sourceName("stream")
	c.Fields = p.columns()
	c.Options = p.options()
	c.Span = p.span(from)
	if !p.tok.is(";") && p.tok.kind != eof {
		p.fail("found %q, expected semicolon or EOF.", p.tok.lit)
	}
	if e := checkCreate(c); e != nil {
		panic(e)
	}
	return c
}

// columns reads the fields of a source or STRUCT in parentheses, and WITH if it follows.
func (p *parser) columns() []*Column {
	p.enter()
	list := p.columnList()
	p.leave()
	return list
}

// columnList is columns at a depth that is counted.
func (p *parser) columnList() []*Column {
	if !p.got("(") {
		p.failHint("the parentheses of the fields are needed even when there are none: ()",
			"found %q, expected lparen after stream name.", p.tok.lit)
	}
	if p.got(")") {
		p.with(p.tok.lit)
		return nil
	}
	var list []*Column
	for {
		list = append(list, p.column())
		comma := p.got(",")
		if p.got(")") {
			break
		}
		if !comma {
			p.failHint(p.itemHint("a comma"), "found %q, expect comma or rparen.", p.tok.lit)
		}
	}
	if !p.tok.is(",") && !p.tok.is(")") {
		p.with(p.shown())
	}
	return list
}

// with reads WITH; the literal is what is shown instead. The engine wants it after the brackets of the columns, and
// also after those of a STRUCT that neither a comma nor a bracket follows.
func (p *parser) with(shown string) {
	if p.word0() != "WITH" {
		p.fail("found %q, expected is with.", shown)
	}
	p.next()
}

// column reads the name of a column, its type and its default.
func (p *parser) column() *Column {
	c := p.slabs.columns.next(p.slabs.room)
	c.Name = p.tok.lit
	from := p.tok.pos
	if p.tok.kind != ident {
		p.failName("found %q, expect stream field name.", p.tok.lit)
	}
	p.next()
	c.Type = p.columnType("found %q, expect valid stream field types(BIGINT | FLOAT | STRING | DATETIME | BOOLEAN | BYTEA | ARRAY | STRUCT).")
	if p.got("DEFAULT") {
		c.Default = p.defaultValue(c.Type)
	}
	c.Span = p.span(from)
	return c
}

// columnType reads a type. The format takes the literal found where there is none.
func (p *parser) columnType(format string) Type {
	p.enter()
	t := Type{Name: p.word0()}
	switch {
	case t.Name == "ARRAY":
		p.next()
		t.Elem = p.element()
	case t.Name == "STRUCT":
		p.next()
		t.Fields = p.columns()
		if !p.tok.is(",") && !p.tok.is(")") {
			p.fail("found %q, expect comma in create stream record statement.", p.tok.lit)
		}
	case basicTypes[t.Name].goName == "":
		p.noType(format)
	default:
		p.next()
	}
	p.leave()
	return t
}

// noType ends the parsing where a type should stand, with a hint at one of a like name or meaning.
func (p *parser) noType(format string) {
	hint := foreignWords[p.word0()]
	if hint == "" {
		hint = didYouMean(p.tok.lit, append(slices.Sorted(maps.Keys(basicTypes)), "ARRAY", "STRUCT"))
	}
	p.failHint(hint, format, p.tok.lit)
}

// element reads the type of the elements of an ARRAY, in parentheses. The engine also takes an array of nothing:
// with any other token for the opening bracket, or with a comma after the bracket.
func (p *parser) element() *Type {
	if !p.got("(") {
		p.next()
		return nil
	}
	if p.tok.is(",") {
		return nil
	}
	t := p.columnType("found %q, expect stream data types.")
	switch t.Name {
	case "ARRAY":
		p.want(")", "found %q, expect rparen in array of array type definition.")
	case "STRUCT":
		p.want(")", "found %q, expect rparen in struct of array type definition.")
	default:
		p.want(")", "found %q, expect rparen in array type definition.")
	}
	return &t
}

// defaultValue reads the literal after DEFAULT and checks it against the type. A number becomes what the engine
// makes of it: a text, or an integer that may be written in bases other than ten.
func (p *parser) defaultValue(t Type) Expr {
	if p.tok.is("-") {
		p.negative()
	}
	switch tok := p.tok; tok.kind {
	case integer, number, doubleQuoted, singleQuoted:
	default:
		if !tok.is("TRUE") && !tok.is("FALSE") {
			p.fail("found %q, expect default constraint value.", tok.lit)
		}
	}
	at, tok := Span{p.tok.pos, p.tok.end}, p.tok
	checkDefault(at, t, tok.lit)
	switch {
	case t.Name == "STRING":
		p.next()
		return &String{at, tok.lit}
	case t.Name == "BIGINT" && tok.kind == integer:
		p.next()
		n, _ := strconv.ParseInt(tok.lit, 0, 64)
		return &Int{at, n}
	}
	return p.operand()
}

// checkDefault refuses a default for a type that takes none, and one that is no value of the type.
func checkDefault(at Span, t Type, lit string) {
	basic := basicTypes[t.Name]
	switch {
	case t.Name == "ARRAY" && t.Elem == nil:
		failAt(at, "unsupported type <nil>")
	case t.Name == "ARRAY":
		failAt(at, "DEFAULT clause is not supported for *ast.ArrayType")
	case basic.convert == nil:
		failAt(at, "DEFAULT clause is not supported for %s", basic.goName)
	case basic.convert(lit) == nil:
	case t.Name == "BOOLEAN":
		failAt(at, "strconv.ParseBool: parsing %q: invalid syntax", lit)
	default:
		failAt(at, "cannot convert string(%s) to %s", lit, basic.goName)
	}
}

// checkCreate makes the checks of a whole statement: which options go together.
func checkCreate(c *Create) *Error {
	o := &c.Options
	at := o.at("FORMAT")
	binary := strings.EqualFold(o.Format, "binary")
	switch {
	case !knownFormat(o.Format):
		e := failure(at, "option 'format=%s' is invalid", o.Format)
		e.Hint = didYouMean(o.Format, formats)
		return e
	case o.Kind == "lookup" && o.Type == "memory" && o.Key == "":
		return failure(o.at("KIND"), "Option \"key\" is required for memory lookup table.")
	case binary && c.Table:
		return failure(at, "'binary' format is not supported for table")
	case binary && len(c.Fields) > 1:
		return failure(at, "'binary' format stream can have only one field")
	case binary && len(c.Fields) == 1 && c.Fields[0].Type.Name != "BYTEA":
		return failure(at, "'binary' format stream can have only 'bytea' type field")
	}
	return nil
}
