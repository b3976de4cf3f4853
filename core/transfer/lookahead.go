package transfer

import (
	"runtime"
	"sync"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/resource"
)

// batch is how many entries are decoded at once. It bounds how many decoded entries
// are held.
const batch = 2048

// lookahead decodes and prepares the entries of an import on all cores, some way ahead of where
// they are judged one after the other.
type lookahead struct {
	next *bundle.Bundle
	refs []core.Ref // still to be decoded, in install order
	done map[core.Ref]decoded
}

// decoded is an entry that was read, or why it could not be.
type decoded struct {
	r        resource.Resource
	findings []core.Finding
}

func newLookahead(mode plan.Mode, current, next *bundle.Bundle) *lookahead {
	a := &lookahead{next: next}
	for ref, text := range next.All() {
		if !stays(mode, current, ref, text) {
			a.refs = append(a.refs, ref)
		}
	}
	return a
}

// stays reports whether an import leaves an entry as it is, without looking into it.
func stays(mode plan.Mode, current *bundle.Bundle, ref core.Ref, text string) bool {
	old, exists := current.Get(ref)
	return exists && (old == text || mode == plan.Partial && ref.Kind.Partial() == core.Keep)
}

// decode returns an entry decoded. Entries must be asked for in install order.
func (a *lookahead) decode(e plan.Entry) (resource.Resource, []core.Finding) {
	d, ok := a.done[e.Ref]
	if !ok {
		a.fill()
		if d, ok = a.done[e.Ref]; !ok {
			return resource.Decode(e.Ref, e.Text)
		}
	}
	return d.r, d.findings
}

// fill decodes the next batch, a part on each core.
func (a *lookahead) fill() {
	n := min(batch, len(a.refs))
	refs := a.refs[:n]
	a.refs = a.refs[n:]
	results := make([]decoded, n)
	var wg sync.WaitGroup
	parts := runtime.GOMAXPROCS(0)
	for part := range parts {
		wg.Go(func() {
			for i := part; i < n; i += parts {
				text, _ := a.next.Get(refs[i])
				results[i].r, results[i].findings = resource.Decode(refs[i], text)
				resource.Prepare(results[i].r)
			}
		})
	}
	wg.Wait()
	a.done = make(map[core.Ref]decoded, n)
	for i, ref := range refs {
		a.done[ref] = results[i]
	}
}
