package streamsql

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// MaxDepth is how deep expressions and types may be nested. A statement beyond it is refused,
// so that no text can exhaust the stack.
const MaxDepth = 500

// ErrNotSelect is what the error of ParseSelect and Check wraps when the text is a statement of another kind, or none.
var ErrNotSelect = errors.New("not a select statement")

// Error is a finding in a text. Pos and End are byte offsets into it, End never before Pos.
// Msg has the words of the engine where it has any, and Hint says what to do when that is known.
type Error struct {
	Pos, End  int
	Msg, Hint string
	Err       error // the class of the finding, such as ErrNotSelect, or nil
}

// Error returns Msg.
func (e *Error) Error() string { return e.Msg }

// Unwrap returns the class of the finding.
func (e *Error) Unwrap() error { return e.Err }

// Position returns the line and the column of an offset, both counted from 1, the column in runes.
func Position(text string, offset int) (line, column int) {
	before := text[:max(0, min(offset, len(text)))]
	start := strings.LastIndexByte(before, '\n') + 1
	return strings.Count(before, "\n") + 1, utf8.RuneCountInString(before[start:]) + 1
}

// ParseSelect parses the sql of a rule, which is one SELECT. Whether the functions it calls exist and
// take the arguments given is not looked at; CheckCalls does that. A text without any token is no
// statement and yields nil and no error. Every other error is an *Error.
func ParseSelect(text string) (*Select, error) {
	return parseSelect(text, nil)
}

// Check parses the sql of a rule as ParseSelect does, and at once checks its calls as CheckCalls does.
// Its error is the one the engine would notice first.
func Check(text string, known func(name string) bool) (*Select, error) {
	return parseSelect(text, func(f finding) *Error { return f.check(known) })
}

func parseSelect(text string, check func(finding) *Error) (s *Select, err error) {
	p := newParser(text)
	p.check = check
	defer p.door(&err)
	if p.tok.kind == eof {
		return nil, nil
	}
	if !p.tok.is("SELECT") {
		p.otherStatement(text)
	}
	return p.selectStatement(), nil
}

// otherStatement tells what is wrong with a text that should be a SELECT. Other statements are parsed
// first, because the engine does, and reports their errors.
func (p *parser) otherStatement(text string) {
	if _, err := ParseStatement(text); err != nil {
		panic(err)
	}
	e := p.errorf("Found %q, Expected SELECT.\n", p.tok.lit)
	e.Err, e.Hint = ErrNotSelect, "the sql of a rule is one SELECT statement"
	panic(e)
}

// A parser reads a text from left to right, one token ahead. Its methods panic with an *Error, which door catches.
type parser struct {
	lex    lexer
	tok    token
	prev   token  // the one before tok
	depth  int    // of nested expressions and types
	clause string // the clause of a SELECT being read
	meta   bool   // reading the arguments of meta or mqtt
	check  func(finding) *Error

	rewords []func(string) string // of the expressions being read, the innermost last
}

func newParser(text string) *parser {
	p := &parser{lex: lexer{text: text}}
	p.next()
	return p
}

// door turns the panic of a parser's method into an error.
func (p *parser) door(err *error) {
	if r := recover(); r != nil {
		e, ok := r.(*Error)
		if !ok {
			panic(r)
		}
		if e.Err == nil {
			for _, reword := range slices.Backward(p.rewords) {
				e.Msg = reword(e.Msg)
			}
		}
		*err = e
	}
}

func (p *parser) next() {
	p.prev = p.tok
	p.tok = p.lex.next()
}

// got consumes the token if it is the given keyword or symbol.
func (p *parser) got(lit string) bool {
	if !p.tok.is(lit) {
		return false
	}
	p.next()
	return true
}

// want consumes the given keyword or symbol. The format of the message takes the literal found instead.
func (p *parser) want(lit, format string) {
	if !p.got(lit) {
		p.fail(format, p.tok.lit)
	}
}

// span is the place from an offset to the end of the last token consumed.
func (p *parser) span(from int) Span {
	return Span{from, max(from, p.prev.end)}
}

func (p *parser) errorf(format string, args ...any) *Error {
	return failure(Span{p.tok.pos, p.tok.end}, format, args...)
}

// fail ends the parsing at the current token.
func (p *parser) fail(format string, args ...any) {
	p.failHint(p.hint(), format, args...)
}

// failName ends the parsing at a token in the place of a name.
func (p *parser) failName(format string, args ...any) {
	p.failHint(p.nameHint(), format, args...)
}

func (p *parser) failHint(hint, format string, args ...any) {
	e := p.errorf(format, args...)
	e.Hint = hint
	panic(e)
}

// failAt ends the parsing with a finding about a part that is read already.
func failAt(at Span, format string, args ...any) {
	panic(failure(at, format, args...))
}

func failure(at Span, format string, args ...any) *Error {
	return &Error{Pos: at.From, End: at.To, Msg: fmt.Sprintf(format, args...)}
}

// reworded reads an expression. A message about what is in it goes through the given function, as the engine does it.
func (p *parser) reworded(message func(string) string, read func() Expr) Expr {
	p.rewords = append(p.rewords, message)
	e := read()
	p.rewords = p.rewords[:len(p.rewords)-1]
	return e
}

var errTooDeep = errors.New("nested too deep")

// enter counts one more level of nesting; every call is followed by one of leave.
func (p *parser) enter() {
	if p.depth++; p.depth > MaxDepth {
		e := p.errorf("nested more than %d levels deep", MaxDepth)
		e.Err = errTooDeep
		panic(e)
	}
}

func (p *parser) leave() { p.depth-- }
