package resource

import (
	"fmt"
	"slices"
	"strings"

	"ekuiper-console/core"
)

// planGraph stages what is found about the nodes and edges of a graph.
func (r *Rule) planGraph() []staged {
	g := &graphPlan{rule: r, graph: r.Graph, inputs: map[string][]string{}, emitters: map[string]emitter{}}
	g.path = []any{"graph"}
	if r.Options != nil && r.Options.Experiment != nil && r.Options.Experiment.UseSliceTuple {
		g.refuse("", "leave out experiment.useSliceTuple", "graph mode does not support slice-tuple mode")
	}
	if r.Graph.Topo == nil {
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

	emitters map[string]emitter // the sources, by the names under which their data comes
}

// An emitter is a kind of source: a stream, or a table that is read by name.
type emitter uint8

const (
	noEmitter emitter = iota
	streamEmitter
	tableEmitter
)

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
	s := &stage{repeats: g.rule.repeats, path: []any{"graph", "nodes", name}}
	judge(s, g.graph.Nodes[name])
	g.found = append(g.found, s.found...)
}

func (g *graphPlan) sources() {
	topo := g.graph.Topo
	for i, name := range topo.Sources {
		switch {
		case g.graph.Nodes[name] == nil:
			g.below([]any{"topo", "sources", i}, g.near(name), "source node %s not defined", name)
		case topo.Edges[name] == nil:
			g.below([]any{"topo", "sources", i}, "say under topo.edges where it leads", "no edge defined for source node %s", name)
		default:
			g.listen(name)
		}
	}
}

// listen notes under which name the data of a source comes.
func (g *graphPlan) listen(name string) {
	n := g.graph.Nodes[name]
	d := &decoding{props: n.Props}
	emitter, kind := d.text("sourceName", ""), streamEmitter
	switch {
	case emitter == "":
		emitter = name
	case d.text("sourceType", "stream") == "table":
		kind = tableEmitter
	}
	g.emitters[emitter] = kind
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
		_, leads := g.graph.Topo.Edges[name]
		g.at(name, func(s *stage, n *GraphNode) {
			switch n.Type {
			case "source":
				s.sourceNode(name, n)
			case "sink":
				if leads {
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
				if !leads {
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
		for i, e := range g.graph.Topo.Edges[from] {
			for _, to := range targets(e) {
				if g.node(to, from) {
					g.inputs[to] = append(g.inputs[to], from)
				}
			}
			if several, _ := e.([]any); i > 0 && len(several) > 0 && !strings.EqualFold(g.nodeType(from), "switch") {
				g.below([]any{"topo", "edges", from, i}, "only a switch has an output for each case", "node %s is not a switch node but have multiple output", from)
			}
		}
	}
}

// nodeType returns the type of a node, or "" where there is none.
func (g *graphPlan) nodeType(name string) string {
	if n := g.graph.Nodes[name]; n != nil {
		return n.NodeType
	}
	return ""
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
