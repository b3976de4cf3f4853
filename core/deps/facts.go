package deps

import (
	"slices"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/resource"
)

// facts are what a graph keeps of one entry: enough to answer, and far less than the
// decoded resource. They do not change once they are read, so that graphs share them.
type facts struct {
	ref   core.Ref
	text  string          // what they were read from
	needs []resource.Need // where the entry has keys, those of one key after another
	more  *extras         // nil for most entries
}

// extras are what only some kinds of entries have.
type extras struct {
	keys   []span          // of a configuration, sorted
	topics []string        // of a rule: the memory topics that it writes to
	serves []resource.Need // of a plugin
	file   string          // of an upload: the name it gives itself
}

// span is a configuration key with the place of its needs, which begin where those of
// the key before it end.
type span struct {
	key string
	end int
}

// noExtras is what an entry without extras has.
var noExtras extras

func (f *facts) extras() *extras {
	if f == nil || f.more == nil {
		return &noExtras
	}
	return f.more
}

// readFacts decodes an entry. Of one that cannot be read nothing is known.
func readFacts(ref core.Ref, text string) *facts {
	f := &facts{ref: ref, text: text}
	f.read()
	return f
}

func (f *facts) read() {
	r, _ := resource.Decode(f.ref, f.text)
	switch r := r.(type) {
	case nil:
	case *resource.Config:
		f.readKeys(r)
	case *resource.Plugin:
		if serves := f.keep(r.Serves()); serves != nil {
			f.more = &extras{serves: serves}
		}
	case *resource.Upload:
		if r.Name != "" && r.Name != f.ref.Name {
			f.more = &extras{file: f.borrow(r.Name)}
		}
	case *resource.Rule:
		f.needs = f.keep(r.Needs())
		f.readTopics(r)
	default:
		f.needs = f.keep(r.Needs())
	}
}

func (f *facts) readKeys(c *resource.Config) {
	if len(c.Keys) == 0 {
		return
	}
	f.more = &extras{keys: make([]span, 0, len(c.Keys))}
	for key := range c.Keys {
		f.more.keys = append(f.more.keys, span{key: f.borrow(key)})
	}
	slices.SortFunc(f.more.keys, func(a, b span) int { return strings.Compare(a.key, b.key) })
	for i, s := range f.more.keys {
		f.needs = append(f.needs, f.keep(c.KeyNeeds(s.key))...)
		f.more.keys[i].end = len(f.needs)
	}
	f.needs = slices.Clip(f.needs)
}

func (f *facts) readTopics(r *resource.Rule) {
	topics := r.Topics()
	if len(topics) == 0 {
		return
	}
	slices.Sort(topics)
	topics = slices.Compact(topics)
	for i, topic := range topics {
		topics[i] = f.borrow(topic)
	}
	f.more = &extras{topics: topics}
}

// keep returns a copy of needs, without those that every engine serves by itself.
func (f *facts) keep(needs []resource.Need) []resource.Need {
	n := 0
	for _, need := range needs {
		if !builtin(need) {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	kept := make([]resource.Need, 0, n)
	for _, need := range needs {
		if !builtin(need) {
			kept = append(kept, resource.Need{Why: need.Why, Name: f.borrow(need.Name), Key: f.borrow(need.Key)})
		}
	}
	return kept
}

// borrowable bounds the texts in which names are looked for: every name of an entry is
// looked for from the start.
const borrowable = 16 << 10

// borrow returns a string as a piece of the text of the entry, which is in memory
// anyway, or as a copy that holds nothing else in memory.
func (f *facts) borrow(s string) string {
	if s == "" {
		return ""
	}
	if len(f.text) <= borrowable {
		if at := strings.Index(f.text, s); at >= 0 {
			return f.text[at : at+len(s)]
		}
	}
	return strings.Clone(s)
}

// findKey returns the place of a configuration key.
func (f *facts) findKey(key string) (i int, ok bool) {
	return slices.BinarySearchFunc(f.extras().keys, key, func(s span, key string) int { return strings.Compare(s.key, key) })
}

// needsOf returns what one key needs; of an entry that has no keys, with an empty key,
// what it needs as a whole.
func (f *facts) needsOf(key string) []resource.Need {
	keys := f.extras().keys
	if len(keys) == 0 {
		return f.needs
	}
	i, ok := f.findKey(key)
	if !ok {
		return nil
	}
	begin := 0
	if i > 0 {
		begin = keys[i-1].end
	}
	return f.needs[begin:keys[i].end]
}

// part returns the part of the entry that has the need at place i.
func (f *facts) part(i int) Part {
	keys := f.extras().keys
	if len(keys) == 0 {
		return Part{Ref: f.ref}
	}
	at, _ := slices.BinarySearchFunc(keys, i, func(s span, i int) int {
		if s.end <= i {
			return -1
		}
		return 1
	})
	return Part{f.ref, keys[at].key}
}

// builtin reports whether a need is served by the engine itself.
func builtin(n resource.Need) bool {
	switch n.Why {
	case resource.SourceType:
		return resource.BuiltinSource(n.Name)
	case resource.SinkType:
		return resource.BuiltinSink(n.Name)
	}
	return false
}
