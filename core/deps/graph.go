package deps

import (
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/resource"
)

// Graph answers who needs whom in one bundle. It decodes an entry when it is first
// asked about, so it serves one goroutine at a time.
type Graph struct {
	b       *bundle.Bundle
	decoded map[core.Ref]resource.Resource
	served  map[resource.Need]core.Ref // by source type, sink type and function: the plugin
	writers map[string][]core.Ref      // by memory topic: the rules that write to it
	conns   map[string]Part            // by connection id: where it is
	uploads map[string]core.Ref        // by base name of the file: the upload
}

// New returns the graph of a bundle, which must not change while it is in use.
func New(b *bundle.Bundle) *Graph {
	g := &Graph{
		b: b, decoded: map[core.Ref]resource.Resource{}, served: map[resource.Need]core.Ref{},
		conns: map[string]Part{}, uploads: map[string]core.Ref{},
	}
	for _, name := range b.Names(core.NativePlugin) {
		g.addPlugin(core.Ref{Kind: core.NativePlugin, Name: name})
	}
	for _, name := range b.Names(core.Connection) {
		g.addConnections(core.Ref{Kind: core.Connection, Name: name})
	}
	for _, name := range b.Names(core.Upload) {
		g.addUpload(core.Ref{Kind: core.Upload, Name: name})
	}
	return g
}

func (g *Graph) addPlugin(ref core.Ref) {
	p, ok := g.resource(ref).(*resource.Plugin)
	if !ok {
		return
	}
	for _, need := range p.Serves() {
		if _, taken := g.served[need]; !taken {
			g.served[need] = ref
		}
	}
}

func (g *Graph) addConnections(ref core.Ref) {
	c, ok := g.resource(ref).(*resource.Config)
	if !ok {
		return
	}
	for id := range c.Keys {
		if _, taken := g.conns[id]; !taken {
			g.conns[id] = Part{ref, id}
		}
	}
}

func (g *Graph) addUpload(ref core.Ref) {
	name := ref.Name
	if u, ok := g.resource(ref).(*resource.Upload); ok && u.Name != "" {
		name = u.Name
	}
	g.uploads[baseName(name)] = ref
}

// resource decodes an entry, once. It is nil for what cannot be read or is not there.
func (g *Graph) resource(ref core.Ref) resource.Resource {
	r, ok := g.decoded[ref]
	if !ok {
		if text, there := g.b.Get(ref); there {
			r, _ = resource.Decode(ref, text)
		}
		g.decoded[ref] = r
	}
	return r
}

// needs returns what a part needs.
func (g *Graph) needs(p Part) []resource.Need {
	switch r := g.resource(p.Ref).(type) {
	case nil:
		return nil
	case *resource.Config:
		return r.KeyNeeds(p.Key)
	default:
		return r.Needs()
	}
}

// serve returns the parts that serve a need. Need is false where nothing has to:
// what is built in, and what may but need not be there.
func (g *Graph) serve(n resource.Need) (parts []Part, need bool) {
	switch n.Why {
	case resource.ReadsFrom:
		return g.first(true, core.Ref{Kind: core.Stream, Name: n.Name}, core.Ref{Kind: core.Table, Name: n.Name})
	case resource.SourceType:
		return g.plugin(n, resource.BuiltinSource(n.Name))
	case resource.SinkType:
		return g.plugin(n, resource.BuiltinSink(n.Name))
	case resource.Calls:
		return g.function(n)
	case resource.SourceKey:
		return g.key(core.Ref{Kind: core.SourceConfig, Name: n.Name}, n.Key)
	case resource.SinkKey:
		return g.key(core.Ref{Kind: core.SinkConfig, Name: n.Name}, n.Key)
	case resource.Connects:
		if part, ok := g.conns[n.Name]; ok {
			return []Part{part}, true
		}
		return nil, true
	case resource.Decodes:
		return g.first(true, core.Ref{Kind: core.Schema, Name: n.Name})
	case resource.Mentions:
		return g.upload(n.Name), false
	case resource.Fed:
		return g.writersOf(n.Name), false
	}
	panic("deps: nothing serves " + string(n.Why))
}

// first returns the first of these entries that is there.
func (g *Graph) first(need bool, refs ...core.Ref) ([]Part, bool) {
	for _, ref := range refs {
		if _, ok := g.b.Get(ref); ok {
			return []Part{{Ref: ref}}, need
		}
	}
	return nil, need
}

// plugin returns the plugin that serves a type or function: a native one that says
// so, or a portable one of the same name.
func (g *Graph) plugin(n resource.Need, builtin bool) ([]Part, bool) {
	if builtin {
		return nil, false
	}
	if ref, ok := g.served[resource.Need{Why: n.Why, Name: n.Name}]; ok {
		return []Part{{Ref: ref}}, true
	}
	return g.first(true, core.Ref{Kind: core.PortablePlugin, Name: n.Name})
}

// function returns the script, plugin or service that a function comes from.
func (g *Graph) function(n resource.Need) ([]Part, bool) {
	if parts, _ := g.first(true, core.Ref{Kind: core.Script, Name: n.Name}); parts != nil {
		return parts, true
	}
	if parts, _ := g.plugin(n, false); parts != nil {
		return parts, true
	}
	return g.first(true, core.Ref{Kind: core.Service, Name: n.Name})
}

// key returns a configuration key. The key named default may be missing: the engine
// has one of its own for every type.
func (g *Graph) key(ref core.Ref, key string) ([]Part, bool) {
	if c, ok := g.resource(ref).(*resource.Config); ok {
		if _, ok := c.Keys[key]; ok {
			return []Part{{ref, key}}, true
		}
	}
	return nil, key != "default"
}

// upload returns the upload that a property names, by its own name or by a path that
// ends in it.
func (g *Graph) upload(mention string) []Part {
	ref, ok := g.uploads[baseName(mention)]
	if !ok {
		return nil
	}
	name := ref.Name
	if u, ok := g.resource(ref).(*resource.Upload); ok && u.Name != "" {
		name = u.Name
	}
	if mention == name || strings.HasSuffix(mention, "/"+name) || baseName(mention) == mention {
		return []Part{{Ref: ref}}
	}
	return nil
}

func baseName(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// writersOf returns the rules that write to a memory topic.
func (g *Graph) writersOf(topic string) []Part {
	if g.writers == nil {
		g.readWriters()
	}
	var parts []Part
	if !strings.ContainsAny(topic, "+#") {
		for _, ref := range g.writers[topic] {
			parts = append(parts, Part{Ref: ref})
		}
		return parts
	}
	for _, name := range g.b.Names(core.Rule) {
		ref := core.Ref{Kind: core.Rule, Name: name}
		if r, ok := g.resource(ref).(*resource.Rule); ok && writesTo(r, topic) {
			parts = append(parts, Part{Ref: ref})
		}
	}
	return parts
}

// readWriters finds the memory topics of all rules. Only a rule whose text speaks of
// memory is decoded for it.
func (g *Graph) readWriters() {
	g.writers = map[string][]core.Ref{}
	for _, name := range g.b.Names(core.Rule) {
		ref := core.Ref{Kind: core.Rule, Name: name}
		if text, _ := g.b.Get(ref); !strings.Contains(text, "memory") {
			continue
		}
		if r, ok := g.resource(ref).(*resource.Rule); ok {
			for _, topic := range r.Topics() {
				g.writers[topic] = append(g.writers[topic], ref)
			}
		}
	}
}

func writesTo(r *resource.Rule, filter string) bool {
	for _, topic := range r.Topics() {
		if matches(filter, topic) {
			return true
		}
	}
	return false
}

// matches reports whether a topic is one of those that a filter with the wildcards
// of MQTT names: + for one level, # for all that follow.
func matches(filter, topic string) bool {
	f, t := strings.Split(filter, "/"), strings.Split(topic, "/")
	for i, level := range f {
		switch {
		case level == "#":
			return true
		case i >= len(t) || level != "+" && level != t[i]:
			return false
		}
	}
	return len(f) == len(t)
}
