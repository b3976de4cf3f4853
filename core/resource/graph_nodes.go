package resource

import (
	"errors"
	"fmt"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/streamsql"
)

// sourceNodeProps are the properties of a source node; they are the options of a stream.
var sourceNodeProps = []prop{
	{"datasource", aText}, {"key", aText}, {"format", aText}, {"confKey", aText}, {"type", aText}, {"strictValidation", aFlag},
	{"timestamp", aText}, {"timestampFormat", aText}, {"shared", aFlag}, {"schemaId", aText}, {"kind", aText}, {"delimiter", aText},
	{"sourceName", aText}, {"sourceType", aText},
}

// sourceNode judges a source of a graph: one of its own, or a stream that it names.
func (s *stage) sourceNode(name string, n *GraphNode) {
	s.path = append(s.path, "props")
	wrap := func(msg string) string {
		return fmt.Sprintf("parse source %s with %s error: %s", name, short(n.Props), msg)
	}
	d := &decoding{props: n.Props}
	if msg := d.decode(sourceNodeProps); msg != "" {
		s.refuse(d.first, "", "%s", wrap(msg))
		return
	}
	if stream := d.text("sourceName", ""); stream != "" {
		s.need("sourceName", Need{ReadsFrom, stream, ""}, "", "%s", wrap("fail to get stream "+stream+", please check if stream is created"))
		return
	}
	if !sources[n.NodeType] {
		s.need("", Need{SourceType, n.NodeType, ""}, didYouMean(n.NodeType, names(sources)), "%s", wrap("source type "+n.NodeType+" not found"))
		return
	}
	if n.NodeType == "mqtt" && d.text("datasource", "") == "" {
		s.refuse("", `give the topic under "datasource"`, "%s", wrap("topic is required"))
	}
	if format := strings.ToLower(d.text("format", "")); schemaTypes[format] {
		need := schemaNeed(format, d.text("schemaId", ""))
		s.need("format", need, "", "%s", wrap(fmt.Sprintf("schema type %s id %s not found in registry", format, strings.TrimPrefix(need.Name, format+"_"))))
	}
}

// operatorType is what is known about a type of operators: its properties, and how to
// judge them.
type operatorType struct {
	props []prop
	check func(o *operatorNode)
}

// operatorTypes are the types of operators.
var operatorTypes = map[string]operatorType{
	"watermark": {[]prop{{"emitters", texts}, {"sendWatermark", aFlag}}, (*operatorNode).watermark},
	"function":  {[]prop{{"expr", aText}}, (*operatorNode).function},
	"aggfunc":   {[]prop{{"expr", aText}}, (*operatorNode).function},
	"filter":    {[]prop{{"expr", aText}}, (*operatorNode).filter},
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
	o := &operatorNode{stage: s, decoding: decoding{props: n.Props}, name: name, node: n, graph: g.graph}
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
	name  string
	node  *GraphNode
	graph *RuleGraph
}

func (o *operatorNode) wrap(msg string) string {
	return fmt.Sprintf("parse %s %s with %s error: %s", o.node.NodeType, o.name, short(o.node.Props), msg)
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
	if err == nil {
		if errs := streamsql.CheckCalls(stmt, func(string) bool { return true }); len(errs) > 0 {
			err = errs[0]
		}
	}
	if err != nil {
		o.stageAt(err, len(begin), Need{}, before, path)
		return nil
	}
	for c := range streamsql.Calls(stmt) {
		if _, ok := streamsql.Builtin(c.Name); !ok {
			o.stageAt(&streamsql.Error{Pos: c.Pos(), Msg: fmt.Sprintf("function %s not found", c.Name)}, len(begin), Need{Calls, c.Name, ""}, before, path)
		}
	}
	return stmt
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
		if n := o.graph.Nodes[name]; n == nil || n.Type != "source" {
			o.fail("emitters", "", fmt.Sprintf("emitter %s does not exist", name))
			return
		}
	}
}

func (o *operatorNode) function() {
	expr := o.text("expr", "")
	stmt := o.parse("SELECT %s FROM nonexist", expr, "", "expr")
	if stmt == nil {
		return
	}
	if _, ok := stmt.Fields[0].Expr.(*streamsql.Call); !ok {
		o.fail("expr", "write one call of a function", fmt.Sprintf("expr %s is not ast.Call", expr))
	}
}

func (o *operatorNode) filter() {
	o.parse("SELECT * FROM nonexist WHERE %s", o.text("expr", ""), "", "expr")
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
	o.parse("SELECT * FROM nonexist GROUP BY %s", strings.Join(dimensions, ","), "", "dimensions")
}

func (o *operatorNode) cases() {
	cases := o.items("cases")
	if len(cases) == 0 {
		o.fail("cases", "", "switch node must have at least one case")
	}
	for i, c := range cases {
		if o.parse("SELECT * FROM nonexist WHERE %s", c, fmt.Sprintf("parse case %d error: ", i), "cases", i) == nil {
			return
		}
	}
}

func (o *operatorNode) script() {
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
	text := o.text("from", "")
	for _, j := range joins {
		text += fmt.Sprintf(" %s JOIN %s", j.text("type", ""), j.text("name", ""))
		if on := j.text("on", ""); on != "" {
			text += " ON " + on
		}
	}
	o.parse("SELECT * FROM %s", text, "invalid join statement error: ", "joins")
}

func (o *operatorNode) orderBy() {
	sorts, ok := o.parts("sorts", []prop{{"field", aText}, {"order", aText}})
	if !ok {
		return
	}
	var parts []string
	for _, s := range sorts {
		parts = append(parts, s.text("field", "")+" "+s.text("order", ""))
	}
	if len(parts) > 0 {
		o.parse("SELECT * FROM nonexist ORDER BY %s", strings.Join(parts, ","), "", "sorts")
	}
}
