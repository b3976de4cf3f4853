package resource

import (
	"cmp"
	"fmt"
	"strings"
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
	if typ := d.text("sourceType", "stream"); typ != "stream" && typ != "table" {
		s.refuse("sourceType", "write stream or table", "%s", wrap("source type "+typ+" not supported"))
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

// namedSources judges the sources of a graph that are streams or tables by name.
func (p *planner) namedSources() {
	for _, name := range sortedKeys(p.rule.Graph.Nodes) {
		n := p.rule.Graph.Nodes[name]
		if n == nil || n.Type != "source" {
			continue
		}
		d := &decoding{props: n.Props}
		stream := p.world.Source(d.text("sourceName", ""))
		if stream == nil {
			continue
		}
		if msg := stream.misfit(n.NodeType, d.text("sourceType", "stream")); msg != "" {
			s := &stage{path: []any{"graph", "nodes", name, "props"}}
			s.refuse("", "", "parse source %s with %s error: %s", name, short(n.Props), msg)
			p.take(s.found[0])
		}
	}
}

// misfit says why a stream or table is not what a node takes it for, or nothing.
func (s *Stream) misfit(nodeType, sourceType string) string {
	typ := cmp.Or(s.Create.Options.Type, "mqtt") // of tables too
	switch name := s.Create.Name; {
	case sourceType == "table" && !s.Create.Table:
		return fmt.Sprintf("stream %s is not a table", name)
	case sourceType == "stream" && s.Create.Table:
		return fmt.Sprintf("table %s is not a stream", name)
	case typ != nodeType:
		return fmt.Sprintf("source type %s does not match the stream type %s", nodeType, typ)
	}
	return ""
}
