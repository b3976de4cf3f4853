package resource

import (
	"fmt"
	"slices"

	"ekuiper-console/core"
)

// planGraph stages what is found about the nodes and edges of a graph.
func (r *Rule) planGraph() []staged {
	g := &graphPlan{rule: r, graph: r.Graph, inputs: map[string][]string{}}
	g.path = []any{"graph"}
	if r.Options != nil && r.Options.Experiment != nil && r.Options.Experiment.UseSliceTuple {
		g.refuse("", "leave out experiment.useSliceTuple", "graph mode does not support slice-tuple mode")
	}
	if r.Graph.Topo == nil || len(r.Graph.Topo.Edges)+len(r.Graph.Topo.Sources) == 0 {
		g.refuse("topo", `say under "topo" which nodes are sources, and what leads where`, "the graph has no topology")
		return g.found
	}
	for _, step := range []func(){g.sources, g.nodes, g.edges, g.flow} {
		if step(); g.faulty() {
			break
		}
	}
	return g.found
}

// graphPlan is the planning of one graph.
type graphPlan struct {
	stage
	rule    *Rule
	graph   *RuleGraph
	inputs  map[string][]string // of a node, by its name
	ordered []string            // nodes, each behind its inputs
	names   []string            // of nodes, for hints
}

func (g *graphPlan) faulty() bool {
	return slices.ContainsFunc(g.found, func(s staged) bool { return s.severity == core.Fault && s.unless.Why == "" })
}

// near says which node is likely meant by a name.
func (g *graphPlan) near(name string) string {
	const most = 1000
	if len(g.found) >= maxPlanned {
		return ""
	}
	if g.names == nil {
		g.names = sortedKeys(g.graph.Nodes)
		g.names = g.names[:min(most, len(g.names))]
	}
	return didYouMean(name, g.names)
}

// at stages what a function finds about a node.
func (g *graphPlan) at(name string, judge func(s *stage, n *GraphNode)) {
	if len(g.found) >= maxPlanned {
		return
	}
	s := &stage{path: []any{"graph", "nodes", name}}
	judge(s, g.graph.Nodes[name])
	g.found = append(g.found, s.found...)
}

func (g *graphPlan) sources() {
	topo := g.graph.Topo
	for i, name := range topo.Sources {
		switch {
		case g.graph.Nodes[name] == nil:
			g.below([]any{"topo", "sources", i}, g.near(name), "source node %s not defined", name)
		case len(topo.Edges[name]) == 0:
			g.below([]any{"topo", "sources", i}, "say under topo.edges where it leads", "no edge defined for source node %s", name)
		}
	}
	if len(topo.Sources) == 0 {
		g.refuse("topo", `name the source nodes under topo.sources`, "can't find node ")
	}
}

// below stages a fault at a path below the graph.
func (g *graphPlan) below(path []any, hint, format string, args ...any) {
	g.add(core.Fault, Need{}, hint, fmt.Sprintf(format, args...), path...)
}

func (g *graphPlan) nodes() {
	for _, name := range sortedKeys(g.graph.Nodes) {
		n := g.graph.Nodes[name]
		if n == nil {
			g.below([]any{"nodes", name}, "give it a type, a nodeType and props", "node %s is not defined", name)
			continue
		}
		edges := g.graph.Topo.Edges[name]
		g.at(name, func(s *stage, n *GraphNode) {
			switch n.Type {
			case "source":
				s.sourceNode(name, n)
			case "sink":
				if len(edges) > 0 {
					s.refuse("", "nothing comes after a sink", "sink %s has edge", name)
					return
				}
				s.path = append(s.path, "props")
				props := any(n.Props)
				if n.Props == nil {
					props = map[string]any{}
				}
				s.sink(n.NodeType, props)
			case "operator":
				if len(edges) == 0 {
					s.refuse("", "say under topo.edges where it leads", "no edge defined for operator node %s", name)
					return
				}
				g.operator(s, name, n)
			default:
				s.refuse("type", didYouMean(n.Type, []string{"source", "operator", "sink"}), "unknown node type %s", n.Type)
			}
		})
	}
}

// edges requires that every edge leads from a node to a node.
func (g *graphPlan) edges() {
	for _, from := range sortedKeys(g.graph.Topo.Edges) {
		g.node(from, from)
		for _, e := range g.graph.Topo.Edges[from] {
			for _, to := range targets(e) {
				if g.node(to, from) {
					g.inputs[to] = append(g.inputs[to], from)
				}
			}
		}
	}
}

func (g *graphPlan) node(name, from string) bool {
	if g.graph.Nodes[name] != nil {
		return true
	}
	g.below([]any{"topo", "edges", from}, g.near(name), "node %s is not defined", name)
	return false
}

// targets returns the nodes that an edge leads to: one, or those of a case of a switch.
func targets(edge any) []string {
	switch e := edge.(type) {
	case string:
		return []string{e}
	case []any:
		var all []string
		for _, one := range e {
			if name, ok := one.(string); ok {
				all = append(all, name)
			}
		}
		return all
	}
	return nil
}

// What flows along an edge: single rows, many rows at a time, or what is not known here.
type flow uint8

const (
	unknownFlow flow = iota
	rows
	collections
)

// String names the flow as messages do.
func (f flow) String() string { return [...]string{"any", "row", "collection"}[f] }

// takes and gives are the flows of operators; those that are not named pass on what they take.
var (
	takes = map[string]flow{"window": rows, "join": collections, "groupby": collections, "orderby": collections, "aggfunc": collections}
	gives = map[string]flow{"window": collections, "join": collections, "groupby": collections, "orderby": collections}
	loose = set("aggfunc", "script") // what they give depends
	many  = set("window", "join", "watermark")
)

// flow follows the data from the sources and judges what each node is given.
func (g *graphPlan) flow() {
	g.order()
	given := map[string]flow{}
	for _, name := range g.ordered {
		n, inputs := g.graph.Nodes[name], g.inputs[name]
		if n.Type == "source" {
			given[name] = rows
			continue
		}
		if n.Type == "operator" {
			given[name] = g.through(name, n, inputs, given)
		}
	}
	g.ring()
}

// ring refuses nodes that lead to themselves.
func (g *graphPlan) ring() {
	ordered := set(g.ordered...)
	for _, name := range sortedKeys(g.graph.Nodes) {
		if !ordered[name] {
			g.below([]any{"nodes", name}, "take out the edge that closes the ring", "the nodes form a ring")
			return
		}
	}
}

// through returns what an operator gives on.
func (g *graphPlan) through(name string, n *GraphNode, inputs []string, given map[string]flow) flow {
	at := []any{"nodes", name}
	switch {
	case len(inputs) == 0:
		g.below(at, "let an edge lead to it", "operator %s of type %s has no input", name, n.NodeType)
		return unknownFlow
	case len(inputs) > 1 && !many[n.NodeType]:
		g.below(at, "only a window or a join takes more than one", "operator %s of type %s does not allow multiple inputs", name, n.NodeType)
		return unknownFlow
	}
	got, want := given[inputs[0]], takes[n.NodeType]
	if got != unknownFlow && want != unknownFlow && got != want {
		g.below(at, "windows make collections of rows", "node %s output does not match node %s input: input type mismatch, expect %v, got %v", inputs[0], name, want, got)
	}
	if loose[n.NodeType] {
		return unknownFlow
	}
	if out := gives[n.NodeType]; out != unknownFlow {
		return out
	}
	return got
}

// order sorts the nodes so that each comes behind its inputs. Those of a ring are left out.
func (g *graphPlan) order() {
	open := map[string]int{}
	for _, name := range sortedKeys(g.graph.Nodes) {
		if open[name] = len(g.inputs[name]); open[name] == 0 {
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
