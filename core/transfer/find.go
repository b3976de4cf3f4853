package transfer

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
)

// Query asks for entries of a node. The zero Query asks for all.
type Query struct {
	Kinds  []core.Kind // none means all
	Text   string      // contained in the name or the text, whatever the case
	Tag    string      // rules only: one of its tags
	Status Status      // rules only
	Offset int         // how many to pass over
	Limit  int         // how many to return
}

// Status says whether a rule starts by itself.
type Status string

// The statuses. The empty one asks for both.
const (
	RuleStarted Status = "started"
	RuleStopped Status = "stopped"
)

// Listed is an entry in a list.
type Listed struct {
	Ref  core.Ref `json:"ref"`
	Text string   `json:"text"`
}

// Found is a part of what a Query asks for.
type Found struct {
	plan.State
	Entries []Listed // in document order, by name within a kind
	Total   int      // how many there are, of which Entries are some
	Tags    []string // all tags of the node's rules, sorted; only where rules were asked for
}

// Find returns the entries that a query asks for.
func (s *Service) Find(ctx context.Context, by core.Caller, node string, q Query) (*Found, error) {
	snapshot, err := s.Export(ctx, by, node)
	if err != nil {
		return nil, err
	}
	l := s.list(node, snapshot)
	refs := l.find(q)
	found := &Found{State: snapshot.State, Total: len(refs), Entries: []Listed{}}
	from := min(max(q.Offset, 0), len(refs))
	for _, ref := range refs[from:min(from+max(q.Limit, 0), len(refs))] {
		text, _ := snapshot.Bundle.Get(ref)
		found.Entries = append(found.Entries, Listed{ref, text})
	}
	if len(q.Kinds) == 0 || slices.Contains(q.Kinds, core.Rule) {
		found.Tags = l.tags()
	}
	return found, nil
}

// list returns the listing of a state, which is kept until the next one is asked for.
func (s *Service) list(node string, snapshot plan.Snapshot) *listing {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l, ok := s.lists[node]; ok && l.State == snapshot.State {
		return l
	}
	if s.lists == nil {
		s.lists = map[string]*listing{}
	}
	before := s.lists[node]
	if before != nil {
		before.forget()
	}
	s.lists[node] = &listing{Snapshot: snapshot, before: before, hits: map[string][]core.Ref{}}
	return s.lists[node]
}

// listing is what was found out about one state so far.
type listing struct {
	plan.Snapshot
	mu     sync.Mutex
	before *listing                  // of the state before, from which most is taken over; may be nil
	refs   [core.NumKinds][]core.Ref // by name
	rules  map[string]traits
	seen   []string              // all tags, sorted
	hits   map[string][]core.Ref // of the last queries, by all of them that counts
}

// forget lets go of the state before.
func (l *listing) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.before = nil
}

// known returns what was found out so far: the entries of a kind by name, and the rules.
func (l *listing) known(k core.Kind) ([]core.Ref, map[string]traits) {
	if l == nil {
		return nil, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.refs[k], l.rules
}

// traits are what rules are filtered by.
type traits struct {
	Tags      []string `json:"tags"`
	Triggered *bool    `json:"triggered"`
}

// keptHits bounds the queries whose results are kept, for whoever pages through them.
const keptHits = 32

// find returns all that a query asks for.
func (l *listing) find(q Query) []core.Ref {
	l.mu.Lock()
	defer l.mu.Unlock()
	kinds := q.Kinds
	if len(kinds) == 0 {
		order := core.DocumentOrder()
		kinds = order[:]
	}
	if q.Tag == "" && q.Status == "" && q.Text == "" && len(kinds) == 1 {
		return l.all(kinds[0])
	}
	key, _ := json.Marshal([]any{kinds, q.Text, q.Tag, q.Status})
	if hits, ok := l.hits[string(key)]; ok {
		return hits
	}
	match := l.matcher(q)
	var hits []core.Ref
	for _, k := range kinds {
		for _, ref := range l.all(k) {
			if match(ref) {
				hits = append(hits, ref)
			}
		}
	}
	if len(l.hits) == keptHits {
		clear(l.hits)
	}
	l.hits[string(key)] = hits
	return hits
}

// all returns the entries of one kind.
func (l *listing) all(k core.Kind) []core.Ref {
	if l.refs[k] != nil || l.Bundle.Count(k) == 0 {
		return l.refs[k]
	}
	var fresh []core.Ref
	kept, _ := l.before.known(k)
	for name := range l.Bundle.Section(k) {
		ref := core.Ref{Kind: k, Name: name}
		if kept != nil {
			if _, there := l.before.Bundle.Get(ref); there {
				continue
			}
		}
		fresh = append(fresh, ref)
	}
	slices.SortFunc(fresh, core.Ref.Compare)
	l.refs[k] = l.merge(kept, fresh)
	return l.refs[k]
}

// merge puts two sorted lists into one, without what is not there any more.
func (l *listing) merge(kept, fresh []core.Ref) []core.Ref {
	all := make([]core.Ref, 0, len(kept)+len(fresh))
	for _, ref := range kept {
		if _, there := l.Bundle.Get(ref); !there {
			continue
		}
		for len(fresh) > 0 && fresh[0].Name < ref.Name {
			all, fresh = append(all, fresh[0]), fresh[1:]
		}
		all = append(all, ref)
	}
	return append(all, fresh...)
}

// matcher returns the test of a query.
func (l *listing) matcher(q Query) func(core.Ref) bool {
	contains := newNeedle(q.Text)
	if q.Tag != "" || q.Status != "" {
		l.readRules()
	}
	return func(ref core.Ref) bool {
		if q.Tag != "" || q.Status != "" {
			t, rule := l.rules[ref.Name]
			stopped := t.Triggered != nil && !*t.Triggered
			if !rule || ref.Kind != core.Rule || q.Tag != "" && !slices.Contains(t.Tags, q.Tag) || q.Status != "" && stopped != (q.Status == RuleStopped) {
				return false
			}
		}
		if q.Text == "" || contains.in(ref.Name) {
			return true
		}
		text, _ := l.Bundle.Get(ref)
		return contains.in(text)
	}
}

// tags returns the tags of all rules.
func (l *listing) tags() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.readRules()
	return l.seen
}

// readRules reads the traits of all rules, once.
func (l *listing) readRules() {
	if l.rules != nil {
		return
	}
	l.rules = make(map[string]traits, l.Bundle.Count(core.Rule))
	tags := map[string]bool{}
	_, before := l.before.known(core.Rule)
	for _, ref := range l.all(core.Rule) {
		text, _ := l.Bundle.Get(ref)
		t, known := before[ref.Name]
		if known {
			was, _ := l.before.Bundle.Get(ref)
			known = was == text
		}
		if !known {
			t = readTraits(text)
		}
		l.rules[ref.Name] = t
		for _, tag := range t.Tags {
			if !tags[tag] {
				tags[tag] = true
				l.seen = append(l.seen, tag)
			}
		}
	}
	slices.Sort(l.seen)
}

// readTraits reads the traits of a rule. Most rules have none, and are not decoded; of
// one that cannot be read nothing is known.
func readTraits(text string) (t traits) {
	if !strings.Contains(text, "tags") && !strings.Contains(text, "triggered") {
		return traits{}
	}
	if json.Unmarshal([]byte(text), &t) != nil {
		return traits{}
	}
	return t
}

// needle finds a text in others, whatever the case.
type needle struct {
	lower string
	first string // both cases of its first letter
}

func newNeedle(text string) needle {
	n := needle{lower: strings.ToLower(text)}
	if n.lower != "" {
		n.first = n.lower[:1] + strings.ToUpper(n.lower[:1])
	}
	return n
}

// in reports whether s contains the needle.
func (n needle) in(s string) bool {
	if n.lower == "" || n.first[0] >= 0x80 {
		return strings.Contains(strings.ToLower(s), n.lower)
	}
	for i := 0; i+len(n.lower) <= len(s); i++ {
		step := strings.IndexAny(s[i:], n.first)
		if step < 0 || i+step+len(n.lower) > len(s) {
			return false
		}
		i += step
		if strings.EqualFold(s[i:i+len(n.lower)], n.lower) {
			return true
		}
	}
	return false
}
