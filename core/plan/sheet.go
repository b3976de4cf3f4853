package plan

import (
	"iter"
	"math"
	"runtime"
	"slices"
	"sync"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
)

// Sheet makes the plans of one import: of one bundle, in one mode, over one state. It
// remembers what was said of every entry and what the check looked at for that, so that
// a plan with other entries left out asks only about those of which something else may be
// said now. It must not be used by two at once.
type Sheet struct {
	mode    Mode
	current Snapshot
	check   Check
	ahead   func(refs []core.Ref)
	items   []item // what the bundle names and, in a full import, what is there; in install order
	places  map[core.Ref]int32
	round   int32   // counts the plans
	asked   []int32 // what the check that goes on has looked at
}

// item is an entry with what is known of it.
type item struct {
	ref           core.Ref
	text, old     string // what the bundle says, what is there
	named, exists bool   // whether there is a text, and an old one

	left   bool   // in the last plan: it was left out
	shown  string // in the last plan: the text that later entries saw
	there  bool   // in the last plan: whether they saw any
	moved  int32  // the round in which that last changed, or the entry was left out or taken back
	judged int32  // the round in which step was made; 0 if it was not, always if nothing can change it
	step   Step
	asked  []int32 // the items that the check looked at
	hints  int32   // how many it asked for
	given  int32   // how many it could have had
}

// always is the round of what depends on nothing.
const always = math.MaxInt32

// NewSheet returns a sheet on which nothing is judged yet. Before a plan asks about
// entries it tells ahead, unless that is nil, about which ones it most likely will, in
// order, and about none when it is through.
func NewSheet(mode Mode, current Snapshot, next *bundle.Bundle, check Check, ahead func(refs []core.Ref)) *Sheet {
	s := &Sheet{mode: mode, current: current, check: check, ahead: ahead}
	s.list(next)
	var work sync.WaitGroup
	work.Go(s.place)
	part := len(s.items)/runtime.GOMAXPROCS(0) + 1
	for items := range slices.Chunk(s.items, part) {
		work.Go(func() { s.fill(items, next) })
	}
	work.Wait()
	return s
}

// list makes an item of every entry of the bundle and, in a full import, of what is there
// besides.
func (s *Sheet) list(next *bundle.Bundle) {
	var others []core.Ref
	if s.mode == Full {
		for ref := range refs(s.current.Bundle) {
			if _, ok := next.Get(ref); !ok {
				others = append(others, ref)
			}
		}
	}
	s.items = make([]item, 0, next.Len()+len(others))
	for ref := range refs(next) {
		for ; len(others) > 0 && others[0].Compare(ref) < 0; others = others[1:] {
			s.items = append(s.items, item{ref: others[0]})
		}
		s.items = append(s.items, item{ref: ref, named: true})
	}
	for _, ref := range others {
		s.items = append(s.items, item{ref: ref})
	}
}

// refs yields the names of the entries of a bundle in install order.
func refs(b *bundle.Bundle) iter.Seq[core.Ref] {
	return func(yield func(core.Ref) bool) {
		for _, kind := range core.InstallOrder() {
			for _, name := range b.Names(kind) {
				if !yield(core.Ref{Kind: kind, Name: name}) {
					return
				}
			}
		}
	}
}

// place notes where each entry stands.
func (s *Sheet) place() {
	s.places = make(map[core.Ref]int32, len(s.items))
	for i := range s.items {
		s.places[s.items[i].ref] = int32(i)
	}
}

// fill notes what the bundle and the node say of entries.
func (s *Sheet) fill(items []item, next *bundle.Bundle) {
	for i := range items {
		it := &items[i]
		it.text, _ = next.Get(it.ref)
		it.old, it.exists = s.current.Bundle.Get(it.ref)
		s.settle(it)
	}
}

// settle decides about an entry that needs no check.
func (s *Sheet) settle(it *item) {
	it.step = Step{Ref: it.ref, Old: it.old, New: it.text, Action: Create}
	switch {
	case !it.named:
		it.judged = always
	case it.exists && it.old == it.text:
		it.step.Action, it.judged = Unchanged, always
	case it.exists && s.mode == Partial && it.ref.Kind.Partial() == core.Keep:
		it.step.Action, it.step.New, it.judged = Kept, it.old, always
		it.step.Findings = []core.Finding{keptNote(it.ref)}
	}
}

// Plan returns the plan in which the entries of leave stay as they are.
func (s *Sheet) Plan(leave ...core.Ref) *Plan {
	s.round++
	s.leaveOut(leave)
	if s.ahead != nil {
		s.ahead(s.doubtful())
	}
	hints := int32(0)
	for i := range s.items {
		it := &s.items[i]
		if it.named && !it.left {
			if given := max(MaxHints-hints, 0); !s.holds(it, given) {
				s.judge(i, given)
			}
			hints += it.hints
		}
		if shown, there := s.outcome(it); shown != it.shown || there != it.there {
			it.shown, it.there, it.moved = shown, there, s.round
		}
	}
	if s.ahead != nil {
		s.ahead(nil)
	}
	return &Plan{Mode: s.mode, Base: s.current.State, Steps: s.steps()}
}

// leaveOut notes what is left out this time, and for whom that is news.
func (s *Sheet) leaveOut(leave []core.Ref) {
	if !slices.IsSortedFunc(leave, core.Ref.Compare) {
		leave = slices.SortedFunc(slices.Values(leave), core.Ref.Compare)
	}
	for i := range s.items {
		it := &s.items[i]
		for len(leave) > 0 && leave[0].Compare(it.ref) < 0 {
			leave = leave[1:]
		}
		if left := len(leave) > 0 && leave[0] == it.ref; it.left != left {
			it.left, it.moved = left, s.round
		}
	}
}

// doubtful returns the entries that were never judged, or by way of others depend on what
// is news.
func (s *Sheet) doubtful() []core.Ref {
	var refs []core.Ref
	doubt := make([]bool, len(s.items))
	for i := range s.items {
		it := &s.items[i]
		if !it.named || it.left || it.judged == always {
			continue
		}
		doubt[i] = !s.fresh(it) || slices.ContainsFunc(it.asked, func(j int32) bool { return doubt[j] })
		if doubt[i] {
			refs = append(refs, it.ref)
		}
	}
	return refs
}

// fresh reports whether everything that an entry was judged by is still the same.
func (s *Sheet) fresh(it *item) bool {
	return it.judged > 0 && !slices.ContainsFunc(it.asked, func(j int32) bool { return s.items[j].moved > it.judged })
}

// holds reports whether what was said of an entry would be said again, where so many
// hints are left.
func (s *Sheet) holds(it *item, given int32) bool {
	return s.fresh(it) && min(it.hints, given) == min(it.hints, it.given)
}

// judge asks the check about an entry that would be written.
func (s *Sheet) judge(i int, given int32) {
	it := &s.items[i]
	s.asked = s.asked[:0]
	v := s.check(Entry{Ref: it.ref, Text: it.text, Old: it.old, Exists: it.exists, After: sight{s, i}, Hints: int(given)})
	it.step = Step{Ref: it.ref, Old: it.old, New: it.text, Action: Create, Findings: v.Findings}
	switch {
	case it.step.Fault().Severity == core.Fault:
		it.step.Action = Rejected
	case it.exists && v.Text == it.old:
		it.step.Action = Unchanged
	case it.exists:
		it.step.Action = Replace
	}
	if it.step.Action != Rejected {
		it.step.New, it.step.Artifact = v.Text, v.Artifact
	}
	slices.Sort(s.asked)
	if asked := slices.Compact(s.asked); !slices.Equal(asked, it.asked) {
		it.asked = slices.Clone(asked)
	}
	it.hints, it.given, it.judged = int32(v.Hints), given, s.round
}

// sight is what one entry sees of the others.
type sight struct {
	*Sheet
	from int // the place of the entry
}

// Get returns the text of an entry, and notes that it was looked at. What comes later in the
// plan is seen as it is there now.
func (s sight) Get(ref core.Ref) (string, bool) {
	i, ok := s.places[ref]
	if !ok {
		if s.mode == Full {
			return "", false
		}
		return s.current.Bundle.Get(ref)
	}
	s.asked = append(s.asked, i)
	it := &s.items[i]
	if int(i) < s.from {
		return it.shown, it.there
	}
	return s.before(it)
}

// Left reports whether an entry was left out, and notes that it was looked at.
func (s sight) Left(ref core.Ref) bool {
	i, ok := s.places[ref]
	if ok {
		s.asked = append(s.asked, i)
	}
	return ok && s.items[i].left
}

// before returns what is seen of an entry until it is written, and where it is refused.
func (s *Sheet) before(it *item) (string, bool) {
	if it.left || s.mode == Partial {
		return it.old, it.exists
	}
	return "", false
}

// outcome returns what later entries see of an entry.
func (s *Sheet) outcome(it *item) (string, bool) {
	if it.left || !it.named || it.step.Action == Rejected {
		return s.before(it)
	}
	return it.step.New, true
}

// steps returns the deletions downward, then the bundle's entries upward. A full import
// deletes what it does not leave: what the bundle does not name, and what it names in a
// form that is refused. What is left out of that stands in its place.
func (s *Sheet) steps() []Step {
	steps := make([]Step, 0, len(s.items))
	for i := len(s.items) - 1; i >= 0 && s.mode == Full; i-- {
		switch it := &s.items[i]; {
		case it.exists && !it.there:
			steps = append(steps, Step{Action: Delete, Ref: it.ref, Old: it.old})
		case it.left && !it.named:
			steps = append(steps, Step{Action: LeftOut, Ref: it.ref, Old: it.old, New: it.old})
		}
	}
	for i := range s.items {
		switch it := &s.items[i]; {
		case it.left && it.named:
			steps = append(steps, Step{Action: LeftOut, Ref: it.ref, Old: it.old, New: it.text})
		case it.named:
			steps = append(steps, it.step)
		}
	}
	return steps
}
