package resource

import (
	"fmt"
	"strings"
)

// A form is a set of forms that data between nodes may have. In what a node gives, none stands for the form of what
// it takes.
type form uint8

// formNames are the names of the forms of one aspect, in the engine's words, by their bits.
type formNames [4]string

var (
	inputForms      = formNames{"same", "row", "collection", "any"}
	rowForms        = formNames{"same", "single emitter row", "merged row", "any"}
	collectionForms = formNames{"same", "non-grouped collection", "grouped collection", "any"}
)

const (
	same      form = iota
	firstForm      // rows, of one source, and collections that are not grouped
	otherForm      // collections, rows that are merged, and collections that are grouped
	anyForm
)

// A flow is what comes along an edge, or may come.
type flow struct{ input, row, collection form }

// An operatorFlow is what an operator takes and gives. Several inputs are for few.
type operatorFlow struct {
	takes, gives flow
	many         bool
}

var (
	anyFlow  = flow{anyForm, anyForm, anyForm}
	onlyRows = flow{firstForm, anyForm, anyForm}
	windowed = flow{otherForm, anyForm, anyForm}
	grouped  = flow{otherForm, same, otherForm}
)

// operatorFlows are the flows of operators, by their types in lower case.
var operatorFlows = map[string]operatorFlow{
	"aggfunc":   {windowed, grouped, false},
	"filter":    {anyFlow, flow{}, false},
	"function":  {flow{anyForm, anyForm, firstForm}, flow{}, false},
	"groupby":   {flow{otherForm, anyForm, firstForm}, grouped, false},
	"join":      {flow{anyForm, firstForm, firstForm}, flow{otherForm, otherForm, firstForm}, true},
	"orderby":   {windowed, flow{}, false},
	"pick":      {anyFlow, flow{}, false},
	"watermark": {onlyRows, flow{}, true},
	"window":    {onlyRows, flow{otherForm, firstForm, firstForm}, true},
	"switch":    {anyFlow, flow{}, false},
	"script":    {anyFlow, flow{}, false},
}

// mismatch says why what is given is not what is wanted, or nothing.
func (given flow) mismatch(wanted flow) string {
	for _, aspect := range []struct {
		name          string
		given, wanted form
		names         formNames
	}{
		{"input", given.input, wanted.input, inputForms},
		{"row", given.row, wanted.row, rowForms},
		{"collection", given.collection, wanted.collection, collectionForms},
	} {
		if aspect.given&aspect.wanted == 0 {
			return fmt.Sprintf("%s type mismatch, expect %s, got %s", aspect.name, aspect.names[aspect.wanted], aspect.names[aspect.given])
		}
	}
	return ""
}

// out returns what an operator gives of what it is given.
func (given flow) out(gives flow) flow {
	if gives.input == same {
		return given
	}
	if gives.row == same {
		gives.row = given.row
	}
	if gives.collection == same {
		gives.collection = given.collection
	}
	return gives
}

// flow follows the data from the sources and judges what each node is given.
func (g *graphPlan) flow() {
	g.order()
	given := map[string]flow{}
	for _, name := range g.ordered {
		switch n := g.graph.Nodes[name]; n.Type {
		case "source":
			given[name] = flow{firstForm, firstForm, anyForm}
		case "operator":
			given[name] = g.through(name, n, given)
		}
	}
	if !g.faulty() {
		g.unreached()
	}
}

// unreached refuses a node that no edges lead to from a source.
func (g *graphPlan) unreached() {
	ordered := set(g.ordered...)
	for _, name := range sortedKeys(g.graph.Nodes) {
		if !ordered[name] {
			g.below([]any{"nodes", name}, "let edges lead to it from a node that topo.sources names, and in no ring", "can't find node ")
			return
		}
	}
}

// through returns what an operator gives on.
func (g *graphPlan) through(name string, n *GraphNode, given map[string]flow) flow {
	inputs, at := g.inputs[name], []any{"nodes", name}
	op := operatorFlows[strings.ToLower(n.NodeType)]
	switch {
	case len(inputs) == 0:
		g.below(at, "let an edge lead to it", "operator %s of type %s has no input", name, n.NodeType)
		return flow{}
	case len(inputs) > 1 && !op.many:
		g.below(at, "only a window or a join takes more than one", "operator %s of type %s does not allow multiple inputs", name, n.NodeType)
		return flow{}
	case len(inputs) > 1 && n.NodeType == "join" && g.streams(inputs) > 1:
		g.below(at, "let a window take the streams first", "join node %s does not allow multiple stream inputs", name)
		return flow{}
	}
	for _, input := range inputs {
		if msg := given[input].mismatch(op.takes); msg != "" {
			g.below(at, "windows make collections of rows", "node %s output does not match node %s input: %s", input, name, msg)
			return flow{}
		}
	}
	return given[inputs[0]].out(op.gives)
}

// streams counts the inputs that are no tables.
func (g *graphPlan) streams(inputs []string) int {
	n := 0
	for _, input := range inputs {
		if g.emitters[input] != tableEmitter {
			n++
		}
	}
	return n
}

// order sorts the nodes that edges lead to from the sources, each behind all of its inputs.
func (g *graphPlan) order() {
	open := map[string]int{}
	for name, inputs := range g.inputs {
		open[name] = len(inputs)
	}
	for _, name := range g.graph.Topo.Sources {
		if open[name] == 0 {
			open[name]--
			g.ordered = append(g.ordered, name)
		}
	}
	for i := 0; i < len(g.ordered); i++ {
		for _, e := range g.graph.Topo.Edges[g.ordered[i]] {
			for _, to := range targets(e) {
				if open[to]--; open[to] == 0 {
					g.ordered = append(g.ordered, to)
				}
			}
		}
	}
}
