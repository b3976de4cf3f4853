package streamsql

import (
	"fmt"
	"strings"
)

// A finding is a moment in the parsing of a call at which the engine would look at it:
// when its name is read, and again when its arguments are.
type finding struct {
	call *Call
	done bool
}

// check makes the check that is due, and returns what is wrong or nil.
func (f finding) check(known func(string) bool) *Error {
	if f.done {
		return checkArgs(f.call)
	}
	return checkName(f.call, known, nil)
}

// MaxFindings is how many findings CheckCalls and Lint return at most, the first of the text.
const MaxFindings = 100

// CheckCalls reports the calls at and below n of functions that are neither built in nor known, and the
// built-in ones whose arguments the engine would refuse. Known is asked for names as they are written;
// nil knows none. Functions that names returns may be meant by misspelt ones, as the built-in ones may;
// it is called only when there is something to report.
func CheckCalls(n Node, known func(name string) bool, names ...func() []string) []*Error {
	var all []*Error
	for c := range Calls(n) {
		e := checkName(c, known, names)
		if e == nil {
			e = checkArgs(c)
		}
		if e == nil {
			continue
		}
		if all = append(all, e); len(all) == MaxFindings {
			break
		}
	}
	return all
}

// checkName checks that the function of a call exists, and otherwise hints at one of a like name.
func checkName(c *Call, known func(string) bool, names []func() []string) *Error {
	if builtin(c.Name).Name != "" || known != nil && known(c.Name) {
		return nil
	}
	e := failure(Span{c.From, c.NameEnd}, "function %s not found", c.Name)
	candidates := functionNames()
	for _, more := range names {
		candidates = append(candidates, more()...)
	}
	e.Hint = didYouMean(c.Name, candidates)
	return e
}

// checkArgs checks the arguments of a built-in function: first their number, then each that is a literal.
func checkArgs(c *Call) *Error {
	f := builtin(c.Name)
	if f.Name == "" {
		return nil
	}
	if f.Kind == Trigger {
		return checkTrigger(c)
	}
	if !f.Takes(len(c.Args)) {
		return wrongArgs(c, c.Span, f.countWords(len(c.Args)))
	}
	for i, arg := range c.Args {
		if words := f.refusal(c, i); words != "" {
			return wrongArgs(c, Span{arg.Pos(), arg.End()}, words)
		}
	}
	return nil
}

// wrongArgs puts the words with which the engine begins before those against the arguments.
func wrongArgs(c *Call, at Span, words string) *Error {
	return failure(at, "validate function %s error: %s", strings.ToLower(c.Name), words)
}

// countWords is what the engine says when a function cannot take as many arguments as were found.
func (f *Function) countWords(found int) string {
	switch {
	case f.count == "":
		return fmt.Sprintf("Expect %d arguments but found %d.", f.Min, found)
	case strings.Contains(f.count, "%d"):
		return fmt.Sprintf(f.count, found)
	}
	return f.count
}

// refusal returns what the engine says against an argument, or nothing.
func (f *Function) refusal(c *Call, i int) string {
	p, ok := params[f.param(i)]
	if !ok {
		return ""
	}
	if classOf(c.Args[i])&p.refuses != 0 {
		if words, ok := oddWords[fmt.Sprintf("%s/%d", f.Name, i+1)]; ok {
			return words
		}
		return fmt.Sprintf("Expect %s type for parameter %d", p.want, i+1)
	}
	if p.value == nil {
		return ""
	}
	return p.value(c, i)
}

// checkTrigger checks the arguments of dedup_trigger: three fields and an integer.
func checkTrigger(c *Call) *Error {
	if len(c.Args) != 4 {
		return failure(c.Span, "dedup_trigger function should have 4 arguments")
	}
	for i, arg := range c.Args {
		cl, at := classOf(arg), Span{arg.Pos(), arg.End()}
		switch {
		case i < 3 && cl != classField:
			return failure(at, "dedup_trigger function should have fieldRef as the %d argument", i+1)
		case i == 3 && cl&(classInt|classNegative) == 0:
			return failure(at, "dedup_trigger function should have integer as the fourth argument")
		}
	}
	return nil
}

// checkClauses makes the checks of a whole statement: which kinds of functions stand in which clause.
func checkClauses(s *Select) *Error {
	for _, e := range s.GroupBy {
		if c := firstCall(e, Aggregate); c != nil {
			return refuse(c, "Not allowed to call aggregate functions in GROUP BY clause: %s.", engineString(e))
		}
	}
	if e := checkSetReturning(s.Fields); e != nil {
		return e
	}
	for _, part := range clausesAfterFields(s) {
		if c := firstCall(part, SetReturning); c != nil {
			return refuse(c, "select statement shouldn't has srf except fields")
		}
	}
	for _, part := range clausesAfterFields(s) {
		if c := firstCall(part, WindowFunction); c != nil {
			return refuse(c, "window functions can only be in select fields")
		}
	}
	return nil
}

// refuse makes a finding about a whole call.
func refuse(c *Call, format string, args ...any) *Error {
	return failure(c.Span, format, args...)
}

// checkSetReturning allows one set-returning function in all fields, and none in the arguments of a call.
func checkSetReturning(fields []*Field) *Error {
	var found []*Call
	argsEnd := 0 // of all calls so far; calls come in the order of the text, so a call before it is within one of them
	for _, f := range fields {
		for c := range Calls(f) {
			if c.isKind(SetReturning) {
				if c.From < argsEnd {
					return refuse(c, "select clause shouldn't has nested set-returning-functions")
				}
				found = append(found, c)
			}
			if n := len(c.Args); n > 0 {
				argsEnd = max(argsEnd, c.Args[n-1].End())
			}
		}
	}
	if len(found) > 1 {
		return refuse(found[1], "select clause shouldn't has multi set-returning-functions")
	}
	return nil
}

// clausesAfterFields lists what the engine searches for functions that belong into the fields: the joins and
// all clauses but LIMIT.
func clausesAfterFields(s *Select) []Node {
	var list []Node
	for _, j := range s.Joins {
		list = append(list, j)
	}
	list = appendNodes(appendOne(list, s.Where), s.GroupBy)
	return appendNodes(appendOne(list, s.Having), s.OrderBy)
}

// isKind reports whether a call is of a built-in function of a kind.
func (c *Call) isKind(k FunctionKind) bool {
	return builtin(c.Name).Kind == k
}

// firstCall returns the first call of a function of a kind at or below n, or nil.
func firstCall(n Node, k FunctionKind) *Call {
	for c := range Calls(n) {
		if c.isKind(k) {
			return c
		}
	}
	return nil
}
