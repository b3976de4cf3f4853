package streamsql

import "iter"

// A Node is a part of a statement. Pos and End are the byte offsets of its first byte and of the byte after its last.
type Node interface {
	Pos() int
	End() int
}

// Span is the place of a node in its text.
type Span struct{ From, To int }

// Pos returns the offset of the first byte.
func (s Span) Pos() int { return s.From }

// End returns the offset of the byte after the last.
func (s Span) End() int { return s.To }

// A Statement is one of *Select, *Create, *Show, *Describe, *Explain and *Drop.
type Statement interface {
	Node
	statement()
}

// An Expr is one of *Int, *Float, *String, *Bool, *TimeUnit, *Ref, *Star, *Paren, *Binary, *List,
// *Range, *Index, *Slice, *Case, *Call and *Window.
type Expr interface {
	Node
	expr()
}

// Select is the statement of a rule.
type Select struct {
	Span
	Fields  []*Field
	Source  *Source
	Joins   []*Join
	Where   Expr // nil when absent, as Having and Limit
	GroupBy []Expr
	Having  Expr
	OrderBy []*SortItem
	Limit   *Int
	// Terminated says that a semicolon ends the statement. The engine leaves out its last checks then.
	Terminated bool
}

// Sources yields the streams and tables a statement reads: the one after FROM, then each joined one.
func (s *Select) Sources() []*Source {
	all := []*Source{s.Source}
	for _, j := range s.Joins {
		all = append(all, j.Source)
	}
	return all
}

// A Name is a written name and its place.
type Name struct {
	Span
	Text string
}

// Field is an item of a SELECT list or of REPLACE. An empty alias is none.
type Field struct {
	Span
	Expr      Expr
	Alias     string
	Invisible bool
}

// Source is a stream or table that is read. Its name may be an MQTT topic such as a/b/#, and it may be empty.
type Source struct {
	Span
	Name, Alias string
	// NameEnd is the offset after the last byte of the name.
	NameEnd int
}

// Join is a joined source. Type is INNER, LEFT, RIGHT, FULL or CROSS; On is nil when absent.
type Join struct {
	Span
	Type   string
	Source *Source
	On     Expr
}

// SortItem is an item of ORDER BY.
type SortItem struct {
	Span
	Expr Expr
	Desc bool
}

// Int is an integer, a sign included. A number beyond 64 bits is the nearest one within.
type Int struct {
	Span
	Value int64
}

// Float is a number with a decimal point, a sign included.
type Float struct {
	Span
	Value float64
}

// String is a string in either kind of quotes, without them.
type String struct {
	Span
	Value string
}

// Bool is TRUE or FALSE.
type Bool struct {
	Span
	Value bool
}

// TimeUnit is one of DD, HH, MI, SS and MS.
type TimeUnit struct {
	Span
	Unit string
}

// Ref names a field. With a qualifier it is a field of that source, when the statement has a source
// or an alias of this name, and otherwise a path into the field named by the qualifier.
// The name * stands for all fields of the source.
type Ref struct {
	Span
	Qualifier, Name string
}

// Star stands for all fields, with some left out and some computed anew.
type Star struct {
	Span
	Except  []Name
	Replace []*Field
}

// Paren is an expression in parentheses.
type Paren struct {
	Span
	X Expr
}

// Op is a binary operator as it is printed.
type Op string

// The operators that have names of their own. OpArrow is also what a point after an operand means,
// OpSubscript has an *Index or *Slice on its right, and OpExcept and OpReplace mean nothing.
const (
	OpOr         Op = "OR"
	OpAnd        Op = "AND"
	OpIn         Op = "IN"
	OpNotIn      Op = "NOT IN"
	OpBetween    Op = "BETWEEN"
	OpNotBetween Op = "NOT BETWEEN"
	OpLike       Op = "LIKE"
	OpNotLike    Op = "NOT LIKE"
	OpArrow      Op = "->"
	OpSubscript  Op = "[]"
	OpExcept     Op = "EXCEPT"
	OpReplace    Op = "REPLACE"
)

// Binary is two operands and the operator between them.
type Binary struct {
	Span
	Op   Op
	X, Y Expr
}

// List is the bracketed values on the right of IN.
type List struct {
	Span
	Values []Expr
}

// Range is the pair of bounds on the right of BETWEEN.
type Range struct {
	Span
	Low, High Expr
}

// Index is a subscript that picks one element, or one key.
type Index struct {
	Span
	X Expr
}

// Slice is a subscript that picks a part of an array. A bound that is nil is open.
type Slice struct {
	Span
	Low, High Expr
}

// Case is a CASE expression. Value and Else are nil when absent.
type Case struct {
	Span
	Value Expr
	Whens []*When
	Else  Expr
}

// When is a condition or value of a CASE, and its result.
type When struct {
	Span
	Cond, Result Expr
}

// Call is a call of a function, built in or not. Over is nil when absent.
type Call struct {
	Span
	Name    string // as written
	NameEnd int    // the offset after the name
	Args    []Expr
	Over    *Over
}

// Window is the definition of a window, such as TUMBLINGWINDOW(ss, 10). Filter and Over are nil when absent.
type Window struct {
	Span
	Name    string // in lower case
	NameEnd int    // the offset after the name
	Args    []Expr
	Filter  Expr
	Over    *Over
}

// Over is the OVER clause of a call or window. OrderBy is not nil when ORDER BY is written, even without items.
type Over struct {
	Span
	PartitionBy []Expr
	When        Expr
	OrderBy     []*SortItem
}

func (*Select) statement()   {}
func (*Create) statement()   {}
func (*Show) statement()     {}
func (*Describe) statement() {}
func (*Explain) statement()  {}
func (*Drop) statement()     {}

func (*Int) expr()      {}
func (*Float) expr()    {}
func (*String) expr()   {}
func (*Bool) expr()     {}
func (*TimeUnit) expr() {}
func (*Ref) expr()      {}
func (*Star) expr()     {}
func (*Paren) expr()    {}
func (*Binary) expr()   {}
func (*List) expr()     {}
func (*Range) expr()    {}
func (*Index) expr()    {}
func (*Slice) expr()    {}
func (*Case) expr()     {}
func (*Call) expr()     {}
func (*Window) expr()   {}

// Calls yields every function call at or below n, the outer ones first. Window definitions are no calls.
func Calls(n Node) iter.Seq[*Call] {
	return func(yield func(*Call) bool) {
		more := true
		Walk(n, func(n Node) bool {
			if c, ok := n.(*Call); ok && more {
				more = yield(c)
			}
			return more
		})
	}
}
