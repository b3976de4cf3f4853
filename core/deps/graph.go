package deps

import (
	"maps"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/resource"
)

// Graph answers who needs whom in one bundle. It is safe for use by many at once.
type Graph struct {
	b        *bundle.Bundle
	brings   Brings
	complete atomic.Bool // known has every entry, and is no longer written to
	mu       sync.Mutex  // guards known until then
	known    [core.NumKinds]map[string]*facts

	served  map[resource.Need]core.Ref   // by source type, sink type and function: the plugin
	conns   map[string]Part              // by connection id: where it is
	uploads map[string]core.Ref          // by base name of the file: the upload
	writers func() map[string][]core.Ref // by memory topic: the rules that write to it
	uses    func() *uses                 // the needs of all entries, the other way round
}

// Brings is what was found in the archives of plugins and services: what they bring. Of
// those that are not in it, their own text and their name tell.
type Brings map[core.Ref]core.Provides

// New returns the graph of a bundle, which must not change while the graph is in use.
// It reads an entry when it is first asked about: right for a few questions.
func New(b *bundle.Bundle, brings Brings) *Graph {
	g := &Graph{b: b, brings: brings}
	for k := range g.known {
		g.known[k] = map[string]*facts{}
	}
	g.index()
	return g
}

// Complete returns the graph of a bundle, with every entry read: right for many
// questions. What previous, which may be nil, knows of an entry with the same text is
// not read again.
func Complete(b *bundle.Bundle, brings Brings, previous *Graph) *Graph {
	g := &Graph{b: b, brings: brings}
	if previous != nil {
		g.known = previous.recall()
	}
	g.readAll()
	g.index()
	return g
}

// recall returns what the graph knows, for reading.
func (g *Graph) recall() [core.NumKinds]map[string]*facts {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.complete.Load() {
		return g.known
	}
	var known [core.NumKinds]map[string]*facts
	for k := range known {
		known[k] = maps.Clone(g.known[k])
	}
	return known
}

// readAll reads every entry that is not known with its present text, on all cores.
func (g *Graph) readAll() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.complete.Load() {
		return
	}
	var unread []*facts
	for _, k := range core.InstallOrder() {
		known := make(map[string]*facts, g.b.Count(k))
		for name, text := range g.b.Section(k) {
			f, ok := g.known[k][name]
			if !ok || f.text != text {
				f = &facts{ref: core.Ref{Kind: k, Name: name}, text: text}
				unread = append(unread, f)
			}
			known[name] = f
		}
		g.known[k] = known
	}
	readEach(unread)
	g.complete.Store(true)
}

func readEach(unread []*facts) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(unread)) {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(unread)); i = next.Add(1) - 1 {
				unread[i].read()
			}
		})
	}
	wg.Wait()
}

// about returns what is known of an entry, nil for one that is not there.
func (g *Graph) about(ref core.Ref) *facts {
	if g.complete.Load() {
		return g.known[ref.Kind][ref.Name]
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	f, ok := g.known[ref.Kind][ref.Name]
	if ok {
		return f
	}
	text, ok := g.b.Get(ref)
	if !ok {
		return nil
	}
	f = readFacts(ref, text)
	g.known[ref.Kind][ref.Name] = f
	return f
}

// index notes what is looked for by another name than that of its entry.
func (g *Graph) index() {
	g.served, g.conns, g.uploads = map[resource.Need]core.Ref{}, map[string]Part{}, map[string]core.Ref{}
	g.writers, g.uses = sync.OnceValue(g.readWriters), sync.OnceValue(g.readUses)
	for _, name := range g.b.Names(core.NativePlugin) {
		g.addPlugin(core.Ref{Kind: core.NativePlugin, Name: name})
	}
	for _, ref := range slices.SortedFunc(maps.Keys(g.brings), core.Ref.Compare) {
		g.addArchive(ref, g.brings[ref])
	}
	for _, name := range g.b.Names(core.Connection) {
		g.addConnections(core.Ref{Kind: core.Connection, Name: name})
	}
	for _, name := range g.b.Names(core.Upload) {
		ref := core.Ref{Kind: core.Upload, Name: name}
		g.uploads[baseName(g.fileName(ref))] = ref
	}
}

func (g *Graph) addPlugin(ref core.Ref) {
	for _, need := range g.about(ref).extras().serves {
		g.addServed(need, ref)
	}
}

// addArchive notes what an entry's archive brings.
func (g *Graph) addArchive(ref core.Ref, p core.Provides) {
	if _, there := g.b.Get(ref); !there {
		return
	}
	for _, need := range resource.Serving(p) {
		g.addServed(need, ref)
	}
}

func (g *Graph) addServed(need resource.Need, ref core.Ref) {
	if _, taken := g.served[need]; !taken {
		g.served[need] = ref
	}
}

func (g *Graph) addConnections(ref core.Ref) {
	for _, s := range g.about(ref).extras().keys {
		if _, taken := g.conns[s.key]; !taken {
			g.conns[s.key] = Part{ref, s.key}
		}
	}
}

// fileName returns the name of an upload's file.
func (g *Graph) fileName(ref core.Ref) string {
	if file := g.about(ref).extras().file; file != "" {
		return file
	}
	return ref.Name
}
