package resource

import (
	"errors"
	"fmt"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/streamsql"
)

// operatorType is what is known about a type of operators: its properties, and how to
// judge them.
type operatorType struct {
	props []prop
	check func(o *operatorNode)
}

// operatorTypes are the types of operators.
var operatorTypes = map[string]operatorType{
	"watermark": {[]prop{{"emitters", texts}, {"sendWatermark", aFlag}}, (*operatorNode).watermark},
	"function":  {nil, (*operatorNode).function},
	"aggfunc":   {nil, (*operatorNode).function},
	"filter":    {nil, (*operatorNode).filter},
	"pick":      {[]prop{{"fields", texts}, {"isAgg", aFlag}}, (*operatorNode).pick},
	"window":    {[]prop{{"type", aText}, {"unit", aText}, {"size", aNumber}, {"interval", aNumber}}, (*operatorNode).window},
	"join":      {[]prop{{"from", aText}}, (*operatorNode).join},
	"groupby":   {[]prop{{"dimensions", texts}}, (*operatorNode).groupBy},
	"orderby":   {nil, (*operatorNode).orderBy},
	"switch":    {[]prop{{"cases", texts}, {"stopAtFirstMatch", aFlag}}, (*operatorNode).cases},
	"script":    {[]prop{{"script", aText}, {"isAgg", aFlag}}, (*operatorNode).script},
}

// operator judges an operator of a graph.
func (g *graphPlan) operator(s *stage, name string, n *GraphNode) {
	typ, ok := operatorTypes[strings.ToLower(n.NodeType)]
	if !ok {
		s.refuse("nodeType", didYouMean(n.NodeType, sortedKeys(operatorTypes)), "unknown operator type %s", n.NodeType)
		return
	}
	s.path = append(s.path, "props")
	o := &operatorNode{stage: s, decoding: decoding{props: n.Props}, name: name, node: n, emitters: g.emitters}
	if msg := o.decode(typ.props); msg != "" {
		o.fail(o.first, "", msg)
		return
	}
	typ.check(o)
}

// operatorNode is the planning of one operator.
type operatorNode struct {
	*stage
	decoding
	name     string
	node     *GraphNode
	emitters map[string]emitter
}

func (o *operatorNode) wrap(msg string) string {
	what := strings.ToLower(o.node.NodeType)
	switch what {
	case "script":
		return msg
	case "window":
		what = "window conf"
	}
	return fmt.Sprintf("parse %s %s with %s error: %s", what, o.name, short(o.node.Props), msg)
}

// fail stages a fault at a property, in the engine's frame.
func (o *operatorNode) fail(prop, hint, msg string) { o.refuse(prop, hint, "%s", o.wrap(msg)) }

// items returns a list of texts.
func (o *operatorNode) items(name string) []string {
	v, _ := o.lookup(name)
	list, _ := v.([]any)
	all := make([]string, len(list))
	for i, e := range list {
		all[i], _ = e.(string)
	}
	return all
}

// parse reads an expression as a part of a statement. In messages before is put before what is wrong.
func (o *operatorNode) parse(statement, expr, before string, path ...any) *streamsql.Select {
	begin, end, _ := strings.Cut(statement, "%s")
	stmt, err := streamsql.ParseSelect(begin + expr + end)
	if err != nil {
		o.stageAt(err, len(begin), Need{}, before, path)
		return nil
	}
	if !o.calls(stmt, len(begin), before, path) {
		return nil
	}
	return stmt
}

// condition reads a condition, as parse does a part of a statement. What stands behind it does not count.
func (o *operatorNode) condition(expr, before string, path ...any) bool {
	e, err := streamsql.ParseCondition(expr)
	if err != nil {
		o.stageAt(err, 0, Need{}, before, path)
		return false
	}
	return o.calls(e, 0, before, path)
}

// calls judges the calls of functions in what was read, whose text has begin bytes before the expression.
func (o *operatorNode) calls(n streamsql.Node, begin int, before string, path []any) bool {
	if errs := streamsql.CheckCalls(n, func(string) bool { return true }); len(errs) > 0 {
		o.stageAt(errs[0], begin, Need{}, before, path)
		return false
	}
	for c := range streamsql.Calls(n) {
		if _, ok := streamsql.Builtin(c.Name); !ok {
			o.stageAt(&streamsql.Error{Pos: c.Pos(), Msg: fmt.Sprintf("function %s not found", c.Name)}, begin, Need{Calls, c.Name, ""}, before, path)
		}
	}
	return true
}

// stageAt stages an error in an expression at its place there.
func (o *operatorNode) stageAt(err error, shift int, need Need, before string, path []any) {
	hint, offset := "", -1
	if e, ok := errors.AsType[*streamsql.Error](err); ok {
		hint, offset = e.Hint, max(e.Pos-shift, 0)
	}
	o.add(core.Fault, need, hint, o.wrap(before+err.Error()), path...)
	o.found[len(o.found)-1].offset = offset
}

func (o *operatorNode) watermark() {
	emitters := o.items("emitters")
	if len(emitters) == 0 {
		o.fail("emitters", "", "watermark must have at least one emitter")
	}
	for _, name := range emitters {
		if o.emitters[name] != streamEmitter {
			o.fail("emitters", "", fmt.Sprintf("emitter %s does not exist", name))
			return
		}
	}
}

// expr returns the expression of a node, whose name the engine wants letter by letter.
func (o *operatorNode) expr() (string, bool) {
	v, ok := o.props["expr"]
	text, isText := v.(string)
	switch {
	case !ok:
		o.fail("", `write the expression under "expr"`, "no expr")
	case !isText:
		o.fail("expr", "", fmt.Sprintf("expr %s is not string", short(v)))
	}
	return text, isText
}

func (o *operatorNode) function() {
	expr, ok := o.expr()
	if !ok {
		return
	}
	stmt := o.parse("SELECT %s FROM nonexist", expr, "", "expr")
	if stmt == nil {
		return
	}
	if _, ok := stmt.Fields[0].Expr.(*streamsql.Call); !ok {
		o.fail("expr", "write one call of a function", fmt.Sprintf("expr %s is not ast.Call", expr))
	}
}

func (o *operatorNode) filter() {
	if expr, ok := o.expr(); ok {
		o.condition(expr, "", "expr")
	}
}

func (o *operatorNode) pick() {
	o.parse("SELECT %s FROM nonexist", strings.Join(o.items("fields"), ","), "", "fields")
}

func (o *operatorNode) groupBy() {
	dimensions := o.items("dimensions")
	if len(dimensions) == 0 {
		o.fail("dimensions", "", "groupby must have at least one dimension")
		return
	}
	o.parse("SELECT * FROM nonexist GROUP BY %s", strings.Join(dimensions, ","), "invalid join statement error: ", "dimensions")
}

func (o *operatorNode) cases() {
	cases := o.items("cases")
	if len(cases) == 0 {
		o.fail("cases", "", "switch node must have at least one case")
	}
	for i, c := range cases {
		if !o.condition(c, fmt.Sprintf("parse case %d error: ", i), "cases", i) {
			return
		}
	}
}

func (o *operatorNode) script() {
	if o.text("script", "") == "" {
		o.fail("script", "", "script node must have script")
		return
	}
	if err := runScript(o.text("script", ""), "exec"); err != nil && !err.note {
		o.add(core.Fault, Need{}, err.hint, o.wrap(err.msg), "script")
		o.found[len(o.found)-1].offset = err.offset
	}
}

// parts returns the objects of a list.
func (o *operatorNode) parts(name string, wanted []prop) ([]*decoding, bool) {
	v, _ := o.lookup(name)
	list, ok := v.([]any)
	if v != nil && !ok {
		o.fail(name, "", fmt.Sprintf("1 error(s) decoding:\n\n* '%s': source data must be an array or slice, got %s", name, kindOf(v)))
		return nil, false
	}
	var all []*decoding
	for i, e := range list {
		props, ok := e.(map[string]any)
		if !ok && e != nil {
			o.fail(name, "", fmt.Sprintf("1 error(s) decoding:\n\n* '%s[%d]' expected a map, got '%s'", name, i, kindOf(e)))
			return nil, false
		}
		d := &decoding{props: props}
		if msg := d.decode(wanted); msg != "" {
			o.fail(name, "", msg)
			return nil, false
		}
		all = append(all, d)
	}
	return all, true
}

func (o *operatorNode) join() {
	joins, ok := o.parts("joins", []prop{{"name", aText}, {"type", aText}, {"on", aText}})
	if !ok {
		return
	}
	from := o.text("from", "")
	text, path := from, "joins"
	for _, j := range joins {
		text = strings.Join([]string{text, j.text("type", ""), "JOIN", j.text("name", ""), "ON", j.text("on", "")}, " ")
	}
	if len(joins) == 0 {
		path = "from"
	}
	stmt := o.parse("SELECT * FROM %s", text, "", path)
	switch {
	case stmt == nil:
	case o.emitters[stmt.Source.Name] != streamEmitter:
		o.fail("from", "name a source that is a stream", fmt.Sprintf("join source %s is not a stream", stmt.Source.Name))
	case len(stmt.Joins) == 0:
		o.refuse("joins", "say what is joined", "node %s is not defined", o.name)
	}
}

func (o *operatorNode) orderBy() {
	sorts, ok := o.parts("sorts", []prop{{"field", aText}, {"desc", aFlag}})
	if !ok {
		return
	}
	text := ""
	for _, s := range sorts {
		text += " " + s.text("field", "") + " "
		if s.flag("desc") {
			text += "DESC"
		}
	}
	stmt := o.parse("SELECT * FROM nonexist ORDER BY%s", text, "invalid order by statement error: ", "sorts")
	if stmt != nil && len(stmt.OrderBy) == 0 {
		o.fail("sorts", "", "order by statement is empty")
	}
}
