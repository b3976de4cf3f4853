package resource

import (
	"strings"
	"sync"
)

// What a memo keeps: texts longer than that rarely repeat, and what is full begins anew.
const (
	memoTexts = 512
	memoText  = 2 << 10 // bytes
)

// memo keeps what was worked out for short texts, since the rules of a plant repeat each
// other: a template, or options, that a thousand rules share is read once. Its zero value is
// empty. What it keeps must not be changed.
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
