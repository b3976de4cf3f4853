package resource

import (
	"maps"
	"slices"
	"strings"

	"ekuiper-console/core/streamsql"
)

// RuleGraph is a rule drawn as nodes and edges.
type RuleGraph struct {
	Nodes map[string]*GraphNode `json:"nodes"`
	Topo  *PrintableTopo        `json:"topo"`
}

// GraphNode is a source, an operator or a sink.
type GraphNode struct {
	Type     string         `json:"type"`
	NodeType string         `json:"nodeType"`
	Props    map[string]any `json:"props"`
}

// PrintableTopo says how the nodes hang together.
type PrintableTopo struct {
	Sources []string         `json:"sources"`
	Edges   map[string][]any `json:"edges"`
}

// needs returns what the nodes refer to, by name of the node.
func (g *RuleGraph) needs() []Need {
	var needs []Need
	for _, name := range sortedKeys(g.Nodes) {
		n := g.Nodes[name]
		if n == nil {
			continue
		}
		switch n.Type {
		case "source":
			needs = append(needs, n.sourceNeeds()...)
		case "sink":
			needs = append(needs, sinkNeeds(n.NodeType, n.Props)...)
		default:
			needs = append(needs, n.operatorNeeds()...)
		}
	}
	return needs
}

// sourceNeeds returns the needs of a source node: the stream that it names, or what
// its own properties say.
func (n *GraphNode) sourceNeeds() []Need {
	if name, ok := n.prop("sourceName").(string); ok && name != "" {
		return []Need{{ReadsFrom, name, ""}}
	}
	needs := []Need{{SourceType, n.NodeType, ""}}
	if key, ok := n.prop("confKey", "conf_key").(string); ok && key != "" {
		needs = append(needs, Need{SourceKey, n.NodeType, key})
	}
	if topic, ok := n.prop("datasource").(string); ok && n.NodeType == "memory" {
		needs = append(needs, Need{Fed, topic, ""})
	}
	format, _ := n.prop("format").(string)
	if id, ok := n.prop("schemaId").(string); ok && id != "" {
		needs = append(needs, schemaNeed(format, id))
	}
	return append(needs, propertyNeeds(n.Props)...)
}

// prop returns the first property of these names, in any case, or nil.
func (n *GraphNode) prop(names ...string) any {
	for _, key := range sortedKeys(n.Props) {
		for _, name := range names {
			if strings.EqualFold(key, name) {
				return n.Props[key]
			}
		}
	}
	return nil
}

// operatorNeeds returns the functions that the expressions of an operator call.
func (n *GraphNode) operatorNeeds() []Need {
	var needs []Need
	for _, text := range n.expressions() {
		stmt, err := streamsql.ParseSelect("SELECT " + text + " FROM graph")
		if err == nil && stmt != nil {
			needs = append(needs, callNeeds(stmt)...)
		}
	}
	if n.NodeType == "join" {
		needs = append(needs, n.joinNeeds()...)
	}
	return needs
}

// joinNeeds returns the tables that a join node names.
func (n *GraphNode) joinNeeds() []Need {
	var needs []Need
	joins, _ := n.prop("joins").([]any)
	for _, j := range joins {
		props, _ := j.(map[string]any)
		if name, ok := props["name"].(string); ok && name != "" {
			needs = append(needs, Need{ReadsFrom, name, ""})
		}
	}
	return needs
}

// expressionProps are the properties of operators that hold expressions, a list of
// them, or objects with one under a name of this table.
var expressionProps = set("expr", "fields", "cases", "dimensions", "joins", "on", "sorts", "field", "condition", "begincondition", "emitcondition", "partition")

// expressions returns every text that stands where an operator takes an expression.
func (n *GraphNode) expressions() []string {
	var texts []string
	var collect func(v any)
	collect = func(v any) {
		switch v := v.(type) {
		case string:
			texts = append(texts, v)
		case []any:
			for _, e := range v {
				collect(e)
			}
		case map[string]any:
			for _, key := range sortedKeys(v) {
				if expressionProps[strings.ToLower(key)] {
					collect(v[key])
				}
			}
		}
	}
	collect(n.Props)
	return texts
}

func sortedKeys[V any](m map[string]V) []string {
	keys := slices.AppendSeq(make([]string, 0, len(m)), maps.Keys(m))
	slices.Sort(keys)
	return keys
}
