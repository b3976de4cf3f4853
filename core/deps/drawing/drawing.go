package drawing

import (
	"cmp"
	"slices"

	"ekuiper-console/core"
	"ekuiper-console/core/deps"
	"ekuiper-console/core/resource"
)

// Most is how many parts, present or missing, are drawn one by one. Of more than that
// the drawing is a summary.
const Most = 200

// Group is what a column holds.
type Group int

// The groups, from left to right.
const (
	Rules   Group = iota
	Sources       // streams and tables
	Configs       // configurations and connections
	Helpers       // plugins, schemas, scripts, services and uploads
)

// groupOf has the group of every kind.
var groupOf = [core.NumKinds]Group{
	core.Upload: Helpers, core.NativePlugin: Helpers, core.Schema: Helpers, core.PortablePlugin: Helpers, core.Service: Helpers, core.Script: Helpers,
	core.SourceConfig: Configs, core.SinkConfig: Configs, core.Connection: Configs,
	core.Stream: Sources, core.Table: Sources,
	core.Rule: Rules,
}

// kindOf has the kind that what is missing is looked for in first.
var kindOf = map[resource.Why]core.Kind{
	resource.ReadsFrom: core.Stream, resource.SourceType: core.NativePlugin, resource.SinkType: core.NativePlugin, resource.Calls: core.Script,
	resource.SourceKey: core.SourceConfig, resource.SinkKey: core.SinkConfig, resource.Connects: core.Connection, resource.Decodes: core.Schema,
	resource.Mentions: core.Upload, resource.Fed: core.Rule,
}

// Drawing is a picture of a set.
type Drawing struct {
	Columns []Group // those in use, from left to right
	Rows    int     // how many rows the nodes and lines take
	Nodes   []Node  // by column, then by row
	Edges   []Edge  // by their ends
	Summary bool    // whether one node stands for all parts of a kind
}

// Node is a part, or in a summary all parts of a kind that are alike in Picked and Gone.
type Node struct {
	Part   deps.Part     // zero for what is missing and in a summary
	Need   resource.Need // of what is missing: the first need of it; zero in a summary
	Kind   core.Kind     // of what is missing: where it is looked for first
	Picked bool          // it was asked for
	Gone   bool          // it is missing
	Count  int           // how many parts it stands for
	Column int           // in Columns
	Row    int
}

// Edge is a line from what has a need to what serves it, or would. Nothing is drawn of
// what needs itself, nor in a summary of what needs its like.
type Edge struct {
	From, To int            // in Nodes
	Whys     []resource.Why // sorted, each once
	Count    int            // how many needs it stands for
	// Through has the rows in which the line runs through the columns between its ends,
	// from left to right. No node is there, and no line to another end. It is empty for
	// a line within a column, to the next one, or to the left.
	Through []int
}

// New draws a set. Equal sets have equal drawings.
func New(s *deps.Set) *Drawing {
	nodes, lines := read(s)
	d := &Drawing{Nodes: nodes, Summary: len(nodes) > Most}
	if d.Summary {
		d.Nodes, lines = summarise(nodes, lines)
	}
	d.Edges = join(lines)
	d.setColumns()
	d.setRows()
	d.sort()
	return d
}

// line is one need, between the places of two nodes.
type line struct {
	from, to int
	why      resource.Why
}

// read makes a node of every part and of everything that is missing.
func read(s *deps.Set) (nodes []Node, lines []line) {
	there := make(map[deps.Part]int, len(s.Items))
	for i, item := range s.Items {
		there[item.Part] = i
		nodes = append(nodes, Node{Part: item.Part, Kind: item.Ref.Kind, Picked: item.Why == "", Count: 1})
	}
	missing := map[deps.Part]int{} // by what it would be
	for _, l := range s.Links {
		to, ok := there[l.To]
		if l.Missing() {
			kind := kindOf[l.Why]
			lost := deps.Part{Ref: core.Ref{Kind: kind, Name: l.Name}, Key: l.Need.Key}
			if to, ok = missing[lost]; !ok {
				to, ok = len(nodes), true
				missing[lost] = to
				nodes = append(nodes, Node{Need: l.Need, Kind: kind, Gone: true, Count: 1})
			}
		}
		if from, known := there[l.From]; ok && known {
			lines = append(lines, line{from, to, l.Why})
		}
	}
	return nodes, lines
}

// summarise makes one node of all that are alike.
func summarise(nodes []Node, lines []line) ([]Node, []line) {
	type class struct {
		kind         core.Kind
		picked, gone bool
	}
	places := map[class]int{}
	into := make([]int, len(nodes))
	var merged []Node
	for i, n := range nodes {
		c := class{n.Kind, n.Picked, n.Gone}
		at, ok := places[c]
		if !ok {
			at = len(merged)
			places[c] = at
			merged = append(merged, Node{Kind: n.Kind, Picked: n.Picked, Gone: n.Gone})
		}
		merged[at].Count++
		into[i] = at
	}
	for i := range lines {
		lines[i].from, lines[i].to = into[lines[i].from], into[lines[i].to]
	}
	return merged, lines
}

// join makes one edge of all lines between the same ends.
func join(lines []line) []Edge {
	lines = slices.DeleteFunc(lines, func(l line) bool { return l.from == l.to })
	slices.SortFunc(lines, func(a, b line) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to), cmp.Compare(a.why, b.why))
	})
	var edges []Edge
	for i, l := range lines {
		if i == 0 || l.from != lines[i-1].from || l.to != lines[i-1].to {
			edges = append(edges, Edge{From: l.from, To: l.to})
		}
		e := &edges[len(edges)-1]
		e.Count++
		if len(e.Whys) == 0 || e.Whys[len(e.Whys)-1] != l.why {
			e.Whys = append(e.Whys, l.why)
		}
	}
	return edges
}

// setColumns gives every node its column; groups without nodes take no place.
func (d *Drawing) setColumns() {
	for _, n := range d.Nodes {
		d.Columns = append(d.Columns, groupOf[n.Kind])
	}
	slices.Sort(d.Columns)
	d.Columns = slices.Compact(d.Columns)
	for i := range d.Nodes {
		d.Nodes[i].Column = slices.Index(d.Columns, groupOf[d.Nodes[i].Kind])
	}
}

// sort brings nodes and edges into the order of their places.
func (d *Drawing) sort() {
	order := make([]int, len(d.Nodes))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(d.Nodes[a].Column, d.Nodes[b].Column), cmp.Compare(d.Nodes[a].Row, d.Nodes[b].Row))
	})
	nodes, places := make([]Node, len(order)), make([]int, len(order))
	for at, i := range order {
		nodes[at], places[i] = d.Nodes[i], at
	}
	d.Nodes = nodes
	for i := range d.Edges {
		e := &d.Edges[i]
		e.From, e.To = places[e.From], places[e.To]
	}
	slices.SortFunc(d.Edges, func(a, b Edge) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
}
