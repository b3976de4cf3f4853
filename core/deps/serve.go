package deps

import (
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/resource"
)

// serve returns the parts that serve a need. Required is false where nothing has to:
// what is built in, and what may but need not be there.
func (g *Graph) serve(n resource.Need) (parts []Part, required bool) {
	if n.Why == resource.Fed {
		return g.writersOf(n.Name), false
	}
	part, required := g.server(n)
	if part == (Part{}) {
		return nil, required
	}
	return []Part{part}, required
}

// server is serve for a need that at most one part serves, which is every need but that
// for what is fed into a memory topic. Without one the part is zero.
func (g *Graph) server(n resource.Need) (part Part, required bool) {
	switch n.Why {
	case resource.ReadsFrom:
		return g.first(core.Ref{Kind: core.Stream, Name: n.Name}, core.Ref{Kind: core.Table, Name: n.Name}), true
	case resource.SourceType, resource.SinkType:
		return g.plugin(n)
	case resource.Calls:
		return g.function(n), true
	case resource.SourceKey:
		return g.key(core.Ref{Kind: core.SourceConfig, Name: n.Name}, n.Key)
	case resource.SinkKey:
		return g.key(core.Ref{Kind: core.SinkConfig, Name: n.Name}, n.Key)
	case resource.Connects:
		return g.conns[n.Name], true
	case resource.Decodes:
		return g.first(core.Ref{Kind: core.Schema, Name: n.Name}), true
	case resource.Mentions:
		return g.upload(n.Name), false
	}
	panic("deps: nothing serves " + string(n.Why))
}

// first returns the first of these entries that is there.
func (g *Graph) first(refs ...core.Ref) Part {
	for _, ref := range refs {
		if _, ok := g.b.Get(ref); ok {
			return Part{Ref: ref}
		}
	}
	return Part{}
}

// plugin returns the plugin that serves a type or function: a native one that says
// so, or a portable one of the same name.
func (g *Graph) plugin(n resource.Need) (part Part, required bool) {
	if builtin(n) {
		return Part{}, false
	}
	if ref, ok := g.served[resource.Need{Why: n.Why, Name: n.Name}]; ok {
		return Part{Ref: ref}, true
	}
	return g.first(core.Ref{Kind: core.PortablePlugin, Name: n.Name}), true
}

// function returns the script, plugin or service that a function comes from.
func (g *Graph) function(n resource.Need) Part {
	if part := g.first(core.Ref{Kind: core.Script, Name: n.Name}); part != (Part{}) {
		return part
	}
	if part, _ := g.plugin(n); part != (Part{}) {
		return part
	}
	return g.first(core.Ref{Kind: core.Service, Name: n.Name})
}

// key returns a configuration key. The key named default may be missing: the engine
// has one of its own for every type.
func (g *Graph) key(ref core.Ref, key string) (part Part, required bool) {
	required = key != "default"
	if _, ok := g.about(ref).findKey(key); ok {
		return Part{ref, key}, required
	}
	return Part{}, required
}

// Connections returns how many connections there are, by their ids.
func (g *Graph) Connections() int { return len(g.conns) }

// upload returns the upload that a property names, by its own name or by a path that
// ends in it.
func (g *Graph) upload(mention string) Part {
	ref, ok := g.uploads[baseName(mention)]
	if !ok {
		return Part{}
	}
	name := g.fileName(ref)
	if mention == name || strings.HasSuffix(mention, "/"+name) || baseName(mention) == mention {
		return Part{Ref: ref}
	}
	return Part{}
}

func baseName(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
