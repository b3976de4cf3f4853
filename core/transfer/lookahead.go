package transfer

import (
	"fmt"
	"runtime"
	"sync"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/resource"
)

// batch is how many entries are decoded at once. Up to two batches of decoded entries
// are held.
const batch = 1024

// lookahead decodes and prepares the entries of an import on all cores, some way ahead of where
// they are judged one after the other.
type lookahead struct {
	next    *bundle.Bundle
	repeats *resource.Repeats
	refs    []core.Ref // still to be decoded, in install order
	done    map[core.Ref]decoded
	last    core.Ref // of done
	// coming brings the batch after done, nil where there is none yet. It has room for it, so that whoever decodes
	// it ends even when nobody asks any more.
	coming chan decodedBatch
}

// decoded is an entry that was read, or why it could not be.
type decoded struct {
	r        resource.Resource
	findings []core.Finding
}

// look begins to decode entries that will be asked for, in install order.
func (a *lookahead) look(refs []core.Ref) {
	*a = lookahead{next: a.next, repeats: a.repeats, refs: refs}
}

// stays reports whether an import leaves an entry as it is, without looking into it.
func stays(mode plan.Mode, current *bundle.Bundle, ref core.Ref, text string) bool {
	old, exists := current.Get(ref)
	return exists && (old == text || mode == plan.Partial && ref.Kind.Partial() == core.Keep)
}

// decode returns an entry decoded. Entries must be asked for in install order; those
// that nobody said would be asked for are decoded then.
func (a *lookahead) decode(e plan.Entry) (resource.Resource, []core.Finding) {
	for e.Ref.Compare(a.last) > 0 && a.more() {
		a.fill()
	}
	d, ok := a.done[e.Ref]
	if !ok {
		d = decodeOne(a.repeats, e.Ref, e.Text)
	}
	return d.r, d.findings
}

// more reports whether there are entries that were not taken yet.
func (a *lookahead) more() bool { return a.coming != nil || len(a.refs) > 0 }

// fill takes the next batch, and has the one after it decoded meanwhile.
func (a *lookahead) fill() {
	if a.coming == nil {
		a.start()
	}
	b := <-a.coming
	a.done, a.last, a.coming = b.done, b.last, nil
	if len(a.refs) > 0 {
		a.start()
	}
}

// start begins to decode a batch.
func (a *lookahead) start() {
	n := min(batch, len(a.refs))
	refs, coming := a.refs[:n], make(chan decodedBatch, 1)
	a.refs, a.coming = a.refs[n:], coming
	next, repeats := a.next, a.repeats // look may be called meanwhile
	go func() { coming <- decodedBatch{decodeAll(next, repeats, refs), refs[n-1]} }()
}

// decodedBatch is decoded entries, and which comes last of them.
type decodedBatch struct {
	done map[core.Ref]decoded
	last core.Ref
}

// decodeAll decodes entries, a part on each core.
func decodeAll(b *bundle.Bundle, repeats *resource.Repeats, refs []core.Ref) map[core.Ref]decoded {
	results := make([]decoded, len(refs))
	var wg sync.WaitGroup
	parts := runtime.GOMAXPROCS(0)
	for part := range parts {
		wg.Go(func() {
			for i := part; i < len(refs); i += parts {
				text, _ := b.Get(refs[i])
				results[i] = decodeOne(repeats, refs[i], text)
			}
		})
	}
	wg.Wait()
	done := make(map[core.Ref]decoded, len(refs))
	for i, ref := range refs {
		done[ref] = results[i]
	}
	return done
}

// decodeOne decodes and prepares an entry. A fault of ours, in a check, refuses the
// entry and does not end the program.
func decodeOne(repeats *resource.Repeats, ref core.Ref, text string) (d decoded) {
	defer func() {
		if p := recover(); p != nil {
			d = decoded{findings: []core.Finding{{
				Severity: core.Fault, Ref: ref, Offset: -1,
				Message: fmt.Sprintf("the check of the entry broke off: %v", p), Hint: "this is a fault of the console; report it with the entry's text",
			}}}
		}
	}()
	d.r, d.findings = repeats.Decode(ref, text)
	resource.Prepare(d.r)
	return d
}
