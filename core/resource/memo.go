package resource

import (
	"strings"
	"sync"

	"ekuiper-console/core"
)

// Repeats decodes the entries of one bundle, and remembers what they repeat: a template, or
// options, that a thousand rules share is read once. Its zero value is ready, nil remembers
// nothing, and many may use one at once.
type Repeats struct {
	templates memo[string]
	options   memo[*RuleOption]
}

// Decode is the function of that name with a memory.
func (m *Repeats) Decode(ref core.Ref, text string) (Resource, []core.Finding) {
	r, err := decode(m, ref, text)
	if err != nil {
		return nil, []core.Finding{err.finding(ref, text)}
	}
	return r, nil
}

func (m *Repeats) wrongTemplate(text string) string {
	if m == nil {
		return wrongTemplate(text)
	}
	return m.templates.of(text, wrongTemplate)
}

func (m *Repeats) readOptions(text string) *RuleOption {
	if m == nil {
		return readOptions(text)
	}
	return m.options.of(text, readOptions)
}

// What a memo keeps: texts longer than that rarely repeat, and what is full begins anew.
const (
	memoTexts = 512
	memoText  = 2 << 10 // bytes
)

// memo keeps what was worked out for short texts. Its zero value is empty. What it keeps must
// not be changed.
type memo[V any] struct {
	mu   sync.RWMutex
	kept map[string]V
}

// of returns what work makes of a text. Work must depend on nothing else.
func (m *memo[V]) of(text string, work func(text string) V) V {
	if len(text) > memoText {
		return work(text)
	}
	m.mu.RLock()
	v, ok := m.kept[text]
	m.mu.RUnlock()
	if ok {
		return v
	}
	v = work(text)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept == nil || len(m.kept) >= memoTexts {
		m.kept = make(map[string]V, memoTexts)
	}
	m.kept[strings.Clone(text)] = v
	return v
}
