package main

import (
	"os"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// softMemory is how much memory the console is to keep to, in bytes, as long as what it
// holds is less: near it garbage is collected sooner. GOMEMLIMIT says otherwise.
const softMemory = 768 << 20

// memory bounds the garbage that gathers while large documents are imported, in proportion to
// them: with the usual pace, an import would take twice the memory that it needs. Its zero
// value does so from the first document on.
type memory struct {
	mu        sync.Mutex
	before    int64 // bytes that were in use before the first of the documents
	documents int64 // bytes of those that are in memory
}

// What an import may take, in bytes: some for any, and some for each byte of its document,
// of which it needs about three quarters.
const (
	importMemory = 64 << 20
	documentCost = 3.2
)

// smallDocument is the size of documents that nobody needs to care for, in bytes: to set the
// limit takes longer than to read one.
const smallDocument = 8 << 20

// garbage is how much may gather before it is collected, in percent of what is in use: a
// console holds little, and on a small machine it pays to collect half as often.
const garbage = 200

// keepTo sets the limit at which the console rests, and returns what is to be told of
// documents; nil where the environment has set a limit.
func keepTo() func(document int64) (end func()) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
	if os.Getenv("GOMEMLIMIT") != "" {
		return nil
	}
	debug.SetMemoryLimit(softMemory)
	return new(memory).take
}

// take makes room for a document of so many bytes, until the function it returns is called.
func (m *memory) take(document int64) (end func()) {
	if document < smallDocument {
		return func() {}
	}
	m.add(document)
	return func() { m.add(-document) }
}

func (m *memory) add(document int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.documents == 0 {
		m.before = inUse()
	}
	if m.documents += document; m.documents == 0 {
		debug.SetMemoryLimit(max(softMemory, 2*inUse())) // what they have left may be more
		return
	}
	debug.SetMemoryLimit(m.before + importMemory + int64(documentCost*float64(m.documents)))
}

// inUse returns how many bytes the last collection of garbage has left.
func inUse() int64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return int64(sample[0].Value.Uint64())
}
