package streamsql

import (
	"fmt"
	"iter"
	"slices"
	"strings"
)

// FunctionKind says where a function may be called and what may follow the call.
type FunctionKind string

// The kinds of built-in functions.
const (
	Scalar           FunctionKind = "scalar"
	Aggregate        FunctionKind = "aggregate"         // not in GROUP BY
	Analytic         FunctionKind = "analytic"          // may have OVER (PARTITION BY … WHEN …)
	SetReturning     FunctionKind = "set-returning"     // one in the fields of a SELECT
	Columns          FunctionKind = "columns"           // in the fields of a SELECT
	WindowFunction   FunctionKind = "window function"   // in the fields of a SELECT; may have OVER (PARTITION BY … ORDER BY …)
	WindowDefinition FunctionKind = "window definition" // parsed as *Window
	Trigger          FunctionKind = "trigger"
)

// Function is a built-in function.
type Function struct {
	Name string // in lower case; calls may have any
	Kind FunctionKind
	// Min and Max are the least and the greatest number of arguments; Max is -1 when there is none.
	// The numbers between are Step apart, which is 1 when it is 0.
	Min, Max, Step int
	// Params has a letter for each argument whose literals are checked, and - for the others. A * repeats
	// the letter before it. The letters are the keys of the table params.
	Params string

	count string // the engine's words for a wrong number of arguments, when they are not the usual ones
}

// Takes reports whether the function can be called with n arguments.
func (f Function) Takes(n int) bool {
	return n >= f.Min && (f.Max < 0 || n <= f.Max) && (n-f.Min)%max(f.Step, 1) == 0
}

// Builtin returns the built-in function of the given name, in any case.
func Builtin(name string) (Function, bool) {
	f := builtin(name)
	return *f, f.Name != ""
}

// byName has the built-in functions by their names, and by the empty name what stands for none of them.
var byName = func() map[string]*Function {
	m := map[string]*Function{"": {}}
	for i := range functions {
		m[functions[i].Name] = &functions[i]
	}
	return m
}()

// builtin is Builtin without a copy. What it returns for other names has no name.
func builtin(name string) *Function {
	var lower [32]byte // longer than any name
	n := min(len(name), len(lower))
	for i := range n {
		lower[i] = name[i]
		if c := name[i]; 'A' <= c && c <= 'Z' {
			lower[i] = c + 'a' - 'A'
		}
	}
	if f, ok := byName[string(lower[:n])]; ok {
		return f
	}
	return byName[""]
}

// Builtins yields the built-in functions in alphabetical order.
func Builtins() iter.Seq[Function] {
	return slices.Values(functions)
}

// param returns the letter for the argument at an index, or - for none.
func (f *Function) param(i int) byte {
	if n := len(f.Params); n > 0 && f.Params[n-1] == '*' && i >= n-2 {
		return f.Params[n-2]
	}
	if i < len(f.Params) {
		return f.Params[i]
	}
	return '-'
}

// A class is what a parser can tell about an argument.
type class uint16

const (
	classField class = 1 << iota
	classString
	classInt
	classNegative
	classFloat
	classBool
	classTime
	classStar
	classOther
)

// classOf returns the class of an argument. Comparisons are of the class of TRUE and FALSE.
func classOf(e Expr) class {
	switch e := e.(type) {
	case *Ref:
		return classField
	case *String:
		return classString
	case *Int:
		if e.Value < 0 {
			return classNegative
		}
		return classInt
	case *Float:
		return classFloat
	case *TimeUnit:
		return classTime
	case *Star:
		return classStar
	}
	if isCondition(e) {
		return classBool
	}
	return classOther
}

// A param is what is refused as an argument, by class and by value. The check of the value is called
// only for classes that are not refused, and returns the engine's words.
type param struct {
	refuses class
	want    string
	value   func(c *Call, i int) string
}

const (
	anyNumber = classInt | classNegative | classFloat
	notText   = anyNumber | classBool | classTime
	notIndex  = classString | classFloat | classBool | classTime
)

var params = map[byte]param{
	'n': {refuses: classString | classBool | classTime, want: "number - float or int"},
	'i': {refuses: classString | classFloat | classBool | classTime, want: "int"},
	'c': {refuses: classFloat | classBool | classTime, want: "int"},
	's': {refuses: notText, want: "string"},
	'd': {refuses: classString | anyNumber | classBool, want: "datetime"},
	'b': {refuses: classString | anyNumber | classTime, want: "bool"},
	'B': {refuses: ^classBool, want: "bool"},
	'I': {refuses: ^(classInt | classNegative), want: "int"},
	'J': {refuses: ^(classInt | classNegative), want: "integer"},
	'S': {refuses: ^classString, want: "string"},
	'L': {value: locale},
	'E': {refuses: ^classString, want: "string", value: encoding},
	'T': {refuses: notText, want: "string", value: typeName},
	'N': {refuses: classField | classString | classFloat | classBool | classTime, want: "int", value: lagIndex},
	'Y': {refuses: notIndex, want: "int", value: startIndex},
	'X': {refuses: notIndex, want: "int", value: endIndex},
	'Z': {refuses: classString | classFloat | classBool | classTime, want: "int", value: splitIndex},
	'k': {value: key},
	'M': {refuses: classString | anyNumber | classBool | classTime, want: "meta reference", value: metaReference},
	'Q': {refuses: classString | anyNumber | classBool | classTime | classStar, want: "meta reference", value: mqttReference},
}

// oddWords holds what the engine says where its usual words would name another type or argument.
var oddWords = map[string]string{
	"cast/2":            "Expect string type for parameter 1",
	"get_keyed_state/2": "Expect string type for parameter 1",
	"changed_col/1":     "Expect boolean type for parameter 1",
	"date_diff/2":       "Expect datetime type for parameter 1",
	"month_name/1":      "Expect datetime type for parameter 2",
	"from_days/1":       "Expect int type for parameter 1",
	"from_unix_time/1":  "Expect int type for parameter 1",
}

// typeNames holds the types a value is converted to by name.
var typeNames = map[string]struct {
	names []string
	words string
}{
	"cast": {
		[]string{"bigint", "float", "string", "boolean", "datetime", "bytea"},
		"Expect one of following value for the 2nd parameter: bigint, float, string, boolean, datetime, bytea.",
	},
	"get_keyed_state": {
		[]string{"bigint", "float", "string", "boolean", "datetime"},
		"expect one of following value for the 2nd parameter: bigint, float, string, boolean, datetime",
	},
}

// typeName checks the name of the type that a value is converted to.
func typeName(c *Call, i int) string {
	s, ok := c.Args[i].(*String)
	types := typeNames[strings.ToLower(c.Name)]
	if !ok || slices.Contains(types.names, s.Value) {
		return ""
	}
	return types.words
}

// encoding checks the name of an encoding, of which there is one.
func encoding(c *Call, i int) string {
	if c.Args[i].(*String).Value == "base64" {
		return ""
	}
	return "Only base64 is supported for the 2nd parameter."
}

// lagIndex, startIndex and splitIndex check that an index is none from the end. The misspelling is the engine's.
func lagIndex(c *Call, i int) string {
	return notNegative(c.Args[i], "the index should not be a nagtive integer")
}

func startIndex(c *Call, i int) string {
	if i+1 < len(c.Args) && classOf(c.Args[i+1])&notIndex != 0 {
		return "" // said of the end, which comes first
	}
	return notNegative(c.Args[i], "The start index should not be a nagtive integer.")
}

func splitIndex(c *Call, i int) string {
	return notNegative(c.Args[i], "The index should not be a nagtive integer.")
}

// notNegative returns the words when an argument is a literal below zero.
func notNegative(e Expr, words string) string {
	if classOf(e) == classNegative {
		return words
	}
	return ""
}

// locale checks the language of a number's format, which the engine looks at only where it is the last argument.
func locale(c *Call, i int) string {
	if len(c.Args) == i+1 && classOf(c.Args[i]) != classString {
		return fmt.Sprintf("Expect string type for parameter %d", i+1)
	}
	return ""
}

// endIndex checks that the end of a substring, if both are literals, is not before its start, whatever the words.
func endIndex(c *Call, i int) string {
	start, ok := c.Args[i-1].(*Int)
	end, ok2 := c.Args[i].(*Int)
	if ok && ok2 && end.Value < start.Value {
		return "The end index should be larger than start index."
	}
	return ""
}

// key checks the first of each pair of arguments.
func key(c *Call, i int) string {
	if i%2 == 0 && classOf(c.Args[i])&notText != 0 {
		return fmt.Sprintf("Expect string type for parameter %d", i+1)
	}
	return ""
}

// metaReference wants a field, a path that begins with one, or *.
func metaReference(c *Call, i int) string {
	e := c.Args[i]
	for {
		b, ok := e.(*Binary)
		if !ok {
			break
		}
		if _, ok := b.X.(*Ref); ok && b.Op == OpArrow {
			return ""
		}
		e = b.X
	}
	if e == c.Args[i] && classOf(e)&(classField|classStar) != 0 {
		return ""
	}
	return fmt.Sprintf("Expect meta reference type for parameter %d", i+1)
}

// mqttReference checks the name of what an MQTT message tells besides its content.
func mqttReference(c *Call, i int) string {
	ref, ok := c.Args[i].(*Ref)
	if !ok || strings.EqualFold(ref.Name, "topic") || strings.EqualFold(ref.Name, "messageid") {
		return ""
	}
	return "Parameter of mqtt function can be only topic or messageid."
}
