package transfer

import (
	"context"
	"encoding/json"
	"runtime"
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
	hits := l.find(q)
	found := &Found{State: snapshot.State, Total: len(hits), Entries: []Listed{}}
	from := min(max(q.Offset, 0), len(hits))
	for _, hit := range hits[from:min(from+max(q.Limit, 0), len(hits))] {
		found.Entries = append(found.Entries, *hit)
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
	s.lists[node] = &listing{Snapshot: snapshot, before: before, hits: map[string][]*Listed{}}
	return s.lists[node]
}

// listing is what was found out about one state so far.
type listing struct {
	plan.Snapshot
	mu     sync.Mutex
	before *listing                 // of the state before, from which rules are taken over; may be nil
	whole  [core.NumKinds][]*Listed // by name
	rules  map[string]traits
	seen   []string             // all tags, sorted
	hits   map[string][]*Listed // of the last queries, by all of them that counts
}

// forget lets go of the state before.
func (l *listing) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.before = nil
}

// known returns what was found out of rules so far.
func (l *listing) known() map[string]traits {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.rules
}

// traits are what rules are filtered by.
type traits struct {
	Tags      []string `json:"tags"`
	Triggered *bool    `json:"triggered"`
}

// keptHits bounds the queries whose results are kept, for whoever pages through them.
const keptHits = 32

// find returns all that a query asks for.
func (l *listing) find(q Query) []*Listed {
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
	var hits []*Listed
	for _, k := range kinds {
		hits = append(hits, filter(l.all(k), match)...)
	}
	if len(l.hits) == keptHits {
		clear(l.hits)
	}
	l.hits[string(key)] = hits
	return hits
}

// all returns the entries of one kind.
func (l *listing) all(k core.Kind) []*Listed {
	if l.whole[k] != nil {
		return l.whole[k]
	}
	names := l.Bundle.Names(k)
	room := make([]Listed, len(names))
	l.whole[k] = make([]*Listed, len(names))
	for i, name := range names {
		room[i].Ref = core.Ref{Kind: k, Name: name}
		room[i].Text, _ = l.Bundle.Get(room[i].Ref)
		l.whole[k][i] = &room[i]
	}
	return l.whole[k]
}

// filter returns the entries that match, in their order. It looks at parts of them on all
// cores.
func filter(all []*Listed, match func(*Listed) bool) []*Listed {
	parts := min(runtime.GOMAXPROCS(0), 1+len(all)/1000)
	found := make([][]*Listed, parts)
	var wg sync.WaitGroup
	for part := range parts {
		wg.Go(func() {
			for _, e := range all[len(all)*part/parts : len(all)*(part+1)/parts] {
				if match(e) {
					found[part] = append(found[part], e)
				}
			}
		})
	}
	wg.Wait()
	return slices.Concat(found...)
}

// matcher returns the test of a query, which may be used by many at once.
func (l *listing) matcher(q Query) func(*Listed) bool {
	contains := newNeedle(q.Text)
	if q.Tag != "" || q.Status != "" {
		l.readRules()
	}
	return func(e *Listed) bool {
		if q.Tag != "" || q.Status != "" {
			t, rule := l.rules[e.Ref.Name]
			stopped := t.Triggered != nil && !*t.Triggered
			if !rule || e.Ref.Kind != core.Rule || q.Tag != "" && !slices.Contains(t.Tags, q.Tag) || q.Status != "" && stopped != (q.Status == RuleStopped) {
				return false
			}
		}
		return contains.in(e.Ref.Name) || contains.in(e.Text)
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
	before := l.before.known()
	for _, e := range l.all(core.Rule) {
		t, known := before[e.Ref.Name]
		if known {
			was, _ := l.before.Bundle.Get(e.Ref)
			known = was == e.Text
		}
		if !known {
			t = readTraits(e.Text)
		}
		l.rules[e.Ref.Name] = t
		for _, tag := range t.Tags {
			if !tags[tag] {
				tags[tag] = true
				l.seen = append(l.seen, tag)
			}
		}
	}
	slices.Sort(l.seen)
}

// traitNames are what the text of a rule with traits has one of: their names in any case, as
// rules are read, or an escape of a letter.
var traitNames = [...]needle{
	newNeedle("tags"), newNeedle("triggered"),
	newNeedle(`\u004`), newNeedle(`\u005`), newNeedle(`\u006`), newNeedle(`\u007`), newNeedle(`\u017f`),
}

// longS is a letter besides ASCII that is an s in another case.
const longS = "ſ"

// readTraits reads the traits of a rule. Most rules have none, and are not decoded; of
// one that cannot be read nothing is known.
func readTraits(text string) (t traits) {
	if !slices.ContainsFunc(traitNames[:], func(n needle) bool { return n.in(text) }) && !strings.Contains(text, longS) {
		return traits{}
	}
	if json.Unmarshal([]byte(text), &t) != nil {
		return traits{}
	}
	return t
}
