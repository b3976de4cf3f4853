package streamsql

import "strings"

// Show is SHOW STREAMS or SHOW TABLES.
type Show struct {
	Span
	Tables bool
}

// Describe is DESCRIBE STREAM or DESCRIBE TABLE.
type Describe struct {
	Span
	Table bool
	Name  string
}

// Explain is EXPLAIN STREAM or EXPLAIN TABLE.
type Explain struct {
	Span
	Table bool
	Name  string
}

// Drop is DROP STREAM or DROP TABLE.
type Drop struct {
	Span
	Table bool
	Name  string
}

// ParseStatement parses CREATE, SHOW, DROP, DESCRIBE and EXPLAIN. A text that begins with
// another word is no statement and yields nil and no error. Every error is an *Error.
func ParseStatement(text string) (s Statement, err error) {
	p := parser{lex: lexer{text: text}, slabs: slabs{room: roomFor(text)}}
	p.next()
	defer p.door(&err)
	switch p.word0() {
	case "CREATE":
		return p.create(), nil
	case "SHOW":
		return p.show(), nil
	case "DESCRIBE":
		at, table, name := p.target()
		return &Describe{at, table, name}, nil
	case "EXPLAIN":
		at, table, name := p.target()
		return &Explain{at, table, name}, nil
	case "DROP":
		at, table, name := p.target()
		return &Drop{at, table, name}, nil
	}
	return nil, nil
}

// word0 is the literal of the current token in upper case. The engine looks these words up by their
// literal alone, so they may stand in quotes.
func (p *parser) word0() string {
	if p.tok.kind == eof {
		return ""
	}
	return strings.ToUpper(p.tok.lit)
}

// show reads SHOW STREAMS or SHOW TABLES. Unlike those of target, it must end there.
func (p *parser) show() *Show {
	from := p.tok.pos
	p.next()
	word := p.word0()
	if word != "STREAMS" && word != "TABLES" {
		p.fail("found %q, expected keyword streams or tables.", p.shown())
	}
	p.next()
	s := &Show{p.span(from), word == "TABLES"}
	if !p.tok.is(";") && p.tok.kind != eof {
		p.fail("found %q, expected semecolon or EOF.", p.tok.lit)
	}
	return s
}

// target reads the kind and name after DESCRIBE, EXPLAIN and DROP. What follows is ignored.
func (p *parser) target() (at Span, table bool, name string) {
	from := p.tok.pos
	p.next()
	table = p.streamOrTable()
	noun := "stream"
	if table {
		noun = "table"
	}
	name = p.sourceName(noun)
	return p.span(from), table, name
}

// streamOrTable reads one of the two words and reports whether it is TABLE.
func (p *parser) streamOrTable() bool {
	word := p.word0()
	if word != "STREAM" && word != "TABLE" {
		p.fail("found %q, expected keyword stream or table.", p.shown())
	}
	p.next()
	return word == "TABLE"
}

// sourceName reads the name of a stream or table; the noun is for the message when there is none.
func (p *parser) sourceName(noun string) string {
	if p.tok.kind != ident {
		p.failName("found %q, expected %s name.", p.tok.lit, noun)
	}
	name := p.tok.lit
	p.next()
	return name
}

// shown is the literal of the current token as messages about looked-up words have it.
func (p *parser) shown() string {
	return strings.ToUpper(p.tok.lit)
}
