package streamsql

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// The limits of a statement. One beyond them is refused, so that no text can exhaust the stack or the memory.
const (
	MaxDepth    = 500       // how deep expressions and types may be nested
	MaxTokens   = 5_000_000 // how many words, numbers, strings and operators there may be
	MaxOperands = 2_000_000 // how many fields, literals, calls and the like
	MaxPatterns = 64 << 10  // how many bytes of LIKE patterns that use more than % and _
)

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

// ParseCondition parses the expression that a text begins with. What follows it is ignored, as the engine does in
// the nodes of graphs. Every error is an *Error.
func ParseCondition(text string) (e Expr, err error) {
	p := parser{lex: lexer{text: text}, slabs: slabs{room: roomFor(text)}}
	p.next()
	defer p.door(&err)
	p.prepare()
	return p.expr(), nil
}

// parseSelect parses a SELECT; check, if it is not nil, may refuse its calls as they are read.
func parseSelect(text string, check func(finding) *Error) (s *Select, err error) {
	p := parser{lex: lexer{text: text}, check: check, slabs: slabs{room: roomFor(text)}}
	p.next()
	defer p.door(&err)
	if p.tok.kind == eof {
		return nil, nil
	}
	if !p.tok.is("SELECT") {
		p.otherStatement(text)
	}
	p.prepare()
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
	lex      lexer
	tok      token
	prev     place  // of the token before tok
	tokens   int    // read so far
	operands int    // read so far
	depth    int    // of nested expressions and types
	clause   string // the clause of a SELECT being read
	meta     bool   // reading the arguments of meta or mqtt
	patterns int    // bytes of patterns checked so far
	placed   bool   // a call was read that is allowed in some clauses only
	check    func(finding) *Error

	rewords []reword // of the expressions being read, the innermost last
	slabs   slabs
	lists   exprList
}

// door turns the panic of a parser's method into an error.
func (p *parser) door(err *error) {
	if r := recover(); r != nil {
		e, ok := r.(*Error)
		if !ok {
			panic(r)
		}
		if e.Err == nil {
			for _, r := range slices.Backward(p.rewords) {
				e.Msg = r.message(e.Msg)
			}
		}
		*err = e
	}
}

// A place is where a token is, and its class.
type place struct {
	kind     kind
	pos, end int
}

// next goes on to the next token.
func (p *parser) next() {
	p.prev = place{p.tok.kind, p.tok.pos, p.tok.end}
	p.tok = p.lex.next()
	if p.tokens++; p.tokens > MaxTokens {
		panic(p.tooMuch("longer than %d words", MaxTokens))
	}
}

// got consumes the token if it is the given keyword or symbol.
func (p *parser) got(lit string) (ok bool) {
	if ok = p.tok.is(lit); ok {
		p.next()
	}
	return
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

// errorf makes a finding about the current token.
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

// failHint ends the parsing at the current token with a hint.
func (p *parser) failHint(hint, format string, args ...any) {
	e := p.errorf(format, args...)
	e.Hint = hint
	panic(e)
}

// failAt ends the parsing with a finding about a part that is read already.
func failAt(at Span, format string, args ...any) {
	panic(failure(at, format, args...))
}

// failure makes a finding. Of a word that nobody would read to its end, the message has the beginning.
func failure(at Span, format string, args ...any) *Error {
	for i, arg := range args {
		if s, ok := arg.(string); ok {
			args[i] = shortened(s)
		}
	}
	return &Error{Pos: at.From, End: at.To, Msg: fmt.Sprintf(format, args...)}
}

// shortened is a literal as messages show it, whole unless it is very long.
func shortened(s string) string {
	const longest = 2000
	if len(s) <= longest {
		return s
	}
	return strings.ToValidUTF8(s[:longest], "") + "…"
}

// A reword is what the engine makes of a message about an expression within another.
type reword struct {
	before string // what it puts before the message
	after  string // when not empty, what it says after that instead of the message
}

// message is what becomes of a message.
func (r reword) message(msg string) string {
	if r.after != "" {
		msg = r.after
	}
	return r.before + msg
}

// reworded reads an expression whose messages are reworded.
func (p *parser) reworded(r reword, read func() Expr) Expr {
	p.rewords = append(p.rewords, r)
	e := read()
	p.rewords = p.rewords[:len(p.rewords)-1]
	return e
}

var errTooMuch = errors.New("too much to read")

// tooMuch makes the error of a statement that the engine might read, or die of.
func (p *parser) tooMuch(format string, args ...any) *Error {
	e := p.errorf(format, args...)
	e.Err = errTooMuch
	return e
}

// enter counts one more level of nesting. A call of leave follows, unless the parsing ends before.
func (p *parser) enter() {
	if p.depth++; p.depth > MaxDepth {
		panic(p.tooMuch("nested more than %d levels deep", MaxDepth))
	}
}

// leave ends a level of nesting.
func (p *parser) leave() { p.depth-- }
