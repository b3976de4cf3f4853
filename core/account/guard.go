package account

import (
	"fmt"
	"sync"
	"time"

	"ekuiper-console/core"
)

// Guard slows down who guesses. It counts attempts by what they have in common, such as
// a name or an address; a success is taken back. The zero Guard is ready to use. It
// forgets all when the process ends.
type Guard struct {
	Now func() time.Time // nil means time.Now

	mu    sync.Mutex
	tries map[string]tries
}

// tries are the attempts that have one thing in common.
type tries struct {
	count int
	last  time.Time
}

// Attempts in a row are free, as long as no quarter of an hour passes between two.
// Each further one waits twice as long as the one before it.
const (
	freeTries   = 5
	memory      = 15 * time.Minute
	firstWait   = 2 * time.Second
	longestWait = 5 * time.Minute
	maxTries    = 10_000 // keys that are remembered
)

// next returns when another attempt is looked at.
func (t tries) next() time.Time {
	if t.count < freeTries {
		return t.last
	}
	return t.last.Add(min(firstWait<<min(t.count-freeTries, 16), longestWait))
}

// WaitError is the cause of a Limited error.
type WaitError struct{ For time.Duration }

// Error says how long to wait.
func (e *WaitError) Error() string {
	return fmt.Sprintf("too many attempts: the next is looked at in %v", e.For.Round(time.Second))
}

// try counts an attempt, or returns a Limited error and counts nothing. Empty keys are
// left out.
func (g *Guard) try(keys ...string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	at := now(g.Now)
	var wait time.Duration
	for _, key := range keys {
		wait = max(wait, g.of(key, at).next().Sub(at))
	}
	if wait > 0 {
		wait = max(wait, time.Second)
		return core.WithHint(core.Errorf(core.Limited, "%w", &WaitError{wait}), "wait that long; every attempt that fails makes the next wait longer")
	}
	for _, key := range keys {
		if key != "" {
			g.count(key, at)
		}
	}
	return nil
}

// of returns the attempts under a key. Where the clock was put back since, they count as
// of now, so that nobody waits until it comes round again. The caller holds the lock.
func (g *Guard) of(key string, at time.Time) tries {
	t, known := g.tries[key]
	if known && t.last.After(at) {
		t.last = at
		g.tries[key] = t
	}
	return t
}

// count notes an attempt. The caller holds the lock.
func (g *Guard) count(key string, at time.Time) {
	t := g.tries[key]
	if at.Sub(t.last) > memory {
		t.count = 0
	}
	if g.tries == nil {
		g.tries = map[string]tries{}
	}
	if _, known := g.tries[key]; !known && len(g.tries) >= maxTries {
		g.makeRoom(at)
	}
	g.tries[key] = tries{t.count + 1, at}
}

// makeRoom drops what counts no more, and at least the oldest.
func (g *Guard) makeRoom(at time.Time) {
	oldest, since := "", time.Time{}
	for key, t := range g.tries {
		if at.Sub(t.last) > memory {
			delete(g.tries, key)
		}
		if oldest == "" || t.last.Before(since) {
			oldest, since = key, t.last
		}
	}
	delete(g.tries, oldest)
}

// undo takes an attempt back.
func (g *Guard) undo(keys ...string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, key := range keys {
		if t, ok := g.tries[key]; ok && t.count > 1 {
			g.tries[key] = tries{t.count - 1, t.last}
		} else {
			delete(g.tries, key)
		}
	}
}

// forget forgets all attempts under a key.
func (g *Guard) forget(key string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.tries, key)
}
