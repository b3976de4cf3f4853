package bundlev2

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v4"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/jsonscan"
)

// section is one section of the document.
type section struct {
	kind   core.Kind
	key    string
	prefix string // of the names of configurations
	always bool   // it is there even when it is empty
}

// sections are in the order of the engine, scripts before what uses them.
var sections = []section{
	{kind: core.SourceConfig, key: "sourceConfig", prefix: "sources"},
	{kind: core.SinkConfig, key: "sinkConfig", prefix: "sinks"},
	{kind: core.Connection, key: "connectionConfig", prefix: "connections"},
	{kind: core.NativePlugin, key: "nativePlugins"},
	{kind: core.PortablePlugin, key: "portablePlugins"},
	{kind: core.Service, key: "service"},
	{kind: core.Schema, key: "schema"},
	{kind: core.Upload, key: "uploads"},
	{kind: core.Script, key: "scripts"},
	{kind: core.Stream, key: "streams", always: true},
	{kind: core.Table, key: "tables"},
	{kind: core.Rule, key: "rules", always: true},
}

// Encode writes a bundle, the names of a section sorted.
func Encode(b *bundle.Bundle, w io.Writer) error {
	document := &yaml.Node{Kind: yaml.MappingNode}
	for _, s := range sections {
		entries := &yaml.Node{Kind: yaml.MappingNode}
		for _, name := range b.Names(s.kind) {
			text, _ := b.Get(core.Ref{Kind: s.kind, Name: name})
			s.add(entries, name, text)
		}
		if s.always || len(entries.Content) > 0 {
			add(document, s.key, entries)
		}
	}
	out, err := yaml.NewDumper(w, yaml.WithIndent(2), yaml.WithCompactSeqIndent(false), yaml.WithLineWidth(-1))
	if err == nil {
		err = out.Dump(document)
	}
	if err == nil {
		err = out.Close()
	}
	if err != nil {
		return fmt.Errorf("writing the bundle as YAML: %w", err)
	}
	return nil
}

// add adds a member to a mapping.
func add(mapping *yaml.Node, name string, value *yaml.Node) {
	mapping.Content = append(mapping.Content, str(name), value)
}

// str returns the node of a string. One that looks like a number is quoted here, since
// YAML takes a number that is too large for a float for a string.
func str(text string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
	if json.Valid([]byte(text)) {
		n.Style = yaml.SingleQuotedStyle
	}
	return n
}

// add adds an entry to its section.
func (s section) add(entries *yaml.Node, name, text string) {
	if s.kind == core.Stream || s.kind == core.Table {
		entry := &yaml.Node{Kind: yaml.MappingNode}
		add(entry, "sql", str(text))
		add(entries, name, entry)
		return
	}
	value, object := toNode(text)
	switch {
	case !object:
		value = str(text)
	case s.kind == core.Rule:
		settleRule(value)
	case s.prefix != "" && len(value.Content) > 0:
		for i := 0; i < len(value.Content); i += 2 {
			add(entries, s.configName(name)+"."+value.Content[i].Value, value.Content[i+1])
		}
		return
	}
	if s.prefix != "" {
		name = s.configName(name)
	}
	add(entries, name, value)
}

// typeEscapes keep the dots of a type from parting it.
var typeEscapes = strings.NewReplacer("%", "%25", ".", "%2E")

// configName returns what the names of all keys of a type begin with.
func (s section) configName(typ string) string { return s.prefix + "." + typeEscapes.Replace(typ) }

// toNode returns the node of a JSON text, and whether it is an object.
func toNode(text string) (n *yaml.Node, object bool) {
	if !json.Valid([]byte(text)) {
		return nil, false
	}
	r := reader{jsonscan.Scanner{Data: []byte(text)}}
	r.Blanks()
	if r.Type() != "object" {
		return nil, false
	}
	return r.node(), true
}

// reader makes nodes of valid JSON.
type reader struct{ jsonscan.Scanner }

// tags are the YAML types of JSON types.
var tags = map[string]string{"bool": "!!bool", "null": "!!null"}

// node reads the value that begins here.
func (r *reader) node() *yaml.Node {
	switch r.Type() {
	case "object":
		return r.object()
	case "array":
		return r.array()
	case "string":
		return str(r.String())
	}
	// A number has no tag, so that it is written with the digits that it has.
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: tags[r.Type()]}
	start := r.Pos
	r.Skip()
	n.Value = string(r.Data[start:r.Pos])
	return n
}

// object reads an object. Of a name that is there twice the last value counts.
func (r *reader) object() *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	places := map[string]int{}
	_ = r.Members(func(name string) error {
		value := r.node()
		if at, ok := places[name]; ok {
			n.Content[at] = value
			return nil
		}
		add(n, name, value)
		places[name] = len(n.Content) - 1
		return nil
	})
	return n
}

func (r *reader) array() *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode}
	r.Pos++
	for {
		r.Blanks()
		switch r.Data[r.Pos] {
		case ']':
			r.Pos++
			return n
		case ',':
			r.Pos++
		default:
			n.Content = append(n.Content, r.node())
		}
	}
}
