package bundle

import (
	"maps"
	"slices"
)

// maxChanged is how many changes a settled section may hold besides what it shares.
const maxChanged = 1024

// section holds the entries of one kind: some that it shares with clones of it, and what
// is different from those. So a state of 100,000 entries after a change of one costs
// what changed.
type section struct {
	shared  map[string]string // what others may hold too, never written to; may be nil
	order   []string          // the names of shared, sorted
	own     map[string]string // what was set since
	sorted  []string          // the names of own, if they were set in order; of another length if not
	deleted map[string]bool   // what of shared is gone
	hidden  int               // how many entries of shared are gone or have another text in own
}

func (s *section) len() int { return len(s.shared) - s.hidden + len(s.own) }

func (s *section) get(name string) (text string, ok bool) {
	if text, ok = s.own[name]; ok {
		return text, true
	}
	if text, ok = s.shared[name]; ok && s.deleted[name] {
		return "", false
	}
	return text, ok
}

func (s *section) set(name, text string) {
	if s.own == nil {
		s.own = map[string]string{}
	}
	s.hide(name)
	delete(s.deleted, name)
	if n := len(s.sorted); n == len(s.own) && (n == 0 || s.sorted[n-1] < name) {
		s.sorted = append(s.sorted, name)
	}
	s.own[name] = text
}

func (s *section) delete(name string) {
	if _, ok := s.shared[name]; ok {
		s.hide(name)
		if s.deleted == nil {
			s.deleted = map[string]bool{}
		}
		s.deleted[name] = true
	}
	if _, ok := s.own[name]; ok {
		delete(s.own, name)
		s.sorted = nil
	}
}

// ownNames returns the names of own, sorted.
func (s *section) ownNames() []string {
	if len(s.sorted) == len(s.own) {
		return s.sorted
	}
	return slices.Sorted(maps.Keys(s.own))
}

// hide counts an entry of shared that will no longer be seen.
func (s *section) hide(name string) {
	_, there := s.shared[name]
	_, over := s.own[name]
	if there && !over && !s.deleted[name] {
		s.hidden++
	}
}

// all yields the names and texts, in no order.
func (s *section) all(yield func(name, text string) bool) {
	for name, text := range s.own {
		if !yield(name, text) {
			return
		}
	}
	for name, text := range s.shared {
		if _, over := s.own[name]; !over && !s.deleted[name] && !yield(name, text) {
			return
		}
	}
}

// clone returns a section with the same entries.
func (s *section) clone() section {
	c := *s
	c.own, c.deleted, c.sorted = maps.Clone(s.own), maps.Clone(s.deleted), slices.Clip(s.sorted)
	return c
}

// settle has much of what the section holds alone shared with its clones from now on. A
// little is copied by each of them sooner than the whole is made anew.
func (s *section) settle() {
	if len(s.own)+len(s.deleted) <= maxChanged {
		return
	}
	if len(s.shared) == 0 {
		*s = section{shared: s.own, order: s.ownNames()}
		return
	}
	whole := make(map[string]string, s.len())
	maps.Insert(whole, s.all)
	*s = section{order: s.names(), shared: whole}
}

// names returns the names, sorted. They must not be written to.
func (s *section) names() []string {
	if len(s.own)+len(s.deleted) == 0 {
		return s.order
	}
	own := s.ownNames()
	if len(s.shared) == 0 {
		return own
	}
	all := make([]string, 0, s.len())
	for _, name := range s.order {
		for len(own) > 0 && own[0] < name {
			all, own = append(all, own[0]), own[1:]
		}
		if _, over := s.own[name]; !over && !s.deleted[name] {
			all = append(all, name)
		}
	}
	return append(all, own...)
}

// equal reports whether two sections hold the same.
func (s *section) equal(other *section) bool {
	if s.len() != other.len() {
		return false
	}
	for name, text := range s.all {
		if have, ok := other.get(name); !ok || have != text {
			return false
		}
	}
	return true
}
