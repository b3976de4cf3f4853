package audit

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
	"time"

	"ekuiper-console/core"
)

// Store keeps events for good.
type Store interface {
	// AppendEvents adds events to the log, all or none. Their ids are the store's.
	AppendEvents(ctx context.Context, all ...Event) error
	// Events returns the events that a query is for, the newest first.
	Events(ctx context.Context, q Query) ([]Event, error)
}

// Query says which events are wanted. What is empty does not matter.
type Query struct {
	Action Action
	Caller string
	Text   string // contained in caller, address, subject or detail, in any case
	Before int64  // only events with a lower id; 0 begins with the newest
	Limit  int    // how many at most; 0 means DefaultLimit, and MaxLimit is the most
}

// The numbers of events that a query is for.
const (
	DefaultLimit = 100
	MaxLimit     = 1000
)

// window is how long what repeats an event is counted instead of written; maxRefusals
// bounds how many different refusals are written within it. Beyond them who was refused
// is forgotten, and only that somebody was is kept.
const (
	window      = time.Minute
	maxRefusals = 60
)

// Log writes down what changes nothing in the store, such as an export or a refusal,
// and tells admins all that was written. (What changes something is written in the
// transaction that does it.) An event that is the same as one of the last minute but
// for its time is counted; the count becomes an event of its own when the minute is
// over, so that no flood fills the disk. What the store does not take because its disk is
// full, or somebody holds it, waits in memory and is written with what comes next: nobody
// is kept from reading by it.
type Log struct {
	Store Store
	Now   func() time.Time   // nil means time.Now
	Seen  func(Event)        // told of every event that is recorded, repeated or not; may be nil
	Late  func(Event, error) // told of every event that has to wait, and why; may be nil

	mu      sync.Mutex
	repeats map[Event]*repeats
	waiting []Event   // for the store to take them
	tried   time.Time // when it last did not; zero where it takes all
}

// How long a store is waited for, how long after that it is left alone, and how many
// events may wait for it. Of what is beyond them only Late tells.
const (
	patience   = 2 * time.Second
	pause      = 5 * time.Second
	maxWaiting = 1_000
)

// repeats counts what came after an event.
type repeats struct {
	since, last time.Time
	count       int
}

// Record writes an event, counts it, or lets it wait. It does so even when the context is done, so
// that nobody who hangs up early goes unnoticed.
func (l *Log) Record(ctx context.Context, e Event) error {
	e.Time = l.now()
	if l.Seen != nil {
		l.Seen(e)
	}
	return l.write(ctx, l.note(e), false)
}

// write stores events, behind those that wait, or lets them wait too. Where the store did
// not take any a moment ago it is asked only if it must.
func (l *Log) write(ctx context.Context, due []Event, must bool) error {
	l.mu.Lock()
	old := l.waiting
	if len(old)+len(due) == 0 {
		l.mu.Unlock()
		return nil
	}
	if since := l.now().Sub(l.tried); !must && !l.tried.IsZero() && since >= 0 && since < pause {
		l.wait(due, errPaused)
		l.mu.Unlock()
		return nil
	}
	l.waiting = nil
	l.mu.Unlock()
	soon, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	err := l.Store.AppendEvents(soon, slices.Concat(old, due)...)
	if err != nil && soon.Err() != nil {
		err = core.Errorf(core.Busy, "the store was busy for %v", patience)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tried = time.Time{}
	if err == nil {
		return nil
	}
	since := l.waiting
	l.waiting = old
	if code := core.CodeOf(err); code != core.Unwritable && code != core.Busy {
		l.waiting = append(l.waiting, since...)
		return err
	}
	l.tried = l.now()
	l.wait(due, err)
	l.waiting = append(l.waiting, since...)
	return nil
}

// errPaused is why an event waits that the store was not asked about.
var errPaused = errors.New("the store took nothing a moment ago")

// wait keeps events for later. The caller holds the lock.
func (l *Log) wait(due []Event, why error) {
	for _, e := range due {
		if l.Late != nil {
			l.Late(e, why)
		}
		if len(l.waiting) < maxWaiting {
			l.waiting = append(l.waiting, e)
		}
	}
}

// note returns what is to be written now: the counts of minutes that are over, and the
// event itself where it is the first of its kind.
func (l *Log) note(e Event) []Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	due := l.over(e.Time.Add(-window))
	if e.Result == Denied && l.repeats[kind(e)] == nil && len(l.repeats) >= maxRefusals {
		e = Event{Time: e.Time, Via: e.Via, Action: e.Action, Result: Denied, Detail: "one of too many to tell apart", Count: 1}
	}
	if r := l.repeats[kind(e)]; r != nil {
		r.count, r.last = r.count+1, e.Time
		return due
	}
	if l.repeats == nil {
		l.repeats = map[Event]*repeats{}
	}
	l.repeats[kind(e)] = &repeats{since: e.Time}
	return append(due, e)
}

// kind returns what is the same in an event and its repeats.
func kind(e Event) Event {
	e.Time, e.Count = time.Time{}, 0
	return e
}

// over takes out what began up to a time, and returns an event for each that was
// repeated, in the order of time. The caller holds the lock.
func (l *Log) over(until time.Time) []Event {
	var due []Event
	for e, r := range l.repeats {
		// What began later than now did so before the clock was put back.
		if r.since.After(until) && !r.since.After(until.Add(window)) {
			continue
		}
		delete(l.repeats, e)
		if r.count > 0 {
			e.Time, e.Count = r.last, r.count
			due = append(due, e)
		}
	}
	slices.SortFunc(due, func(a, b Event) int { return a.Time.Compare(b.Time) })
	return due
}

// Flush writes what was only counted so far, and what had to wait.
func (l *Log) Flush(ctx context.Context) error {
	l.mu.Lock()
	due := l.over(l.now())
	l.mu.Unlock()
	return l.write(ctx, due, true)
}

// List returns events, the newest first. Only an admin may.
func (l *Log) List(ctx context.Context, by core.Caller, q Query) ([]Event, error) {
	if err := by.Require(core.Admin); err != nil {
		return nil, err
	}
	if q.Limit == 0 {
		q.Limit = DefaultLimit
	}
	q.Limit = min(max(q.Limit, 1), MaxLimit)
	if q.Before == 0 {
		if err := l.Flush(ctx); err != nil {
			return nil, err
		}
	}
	return l.Store.Events(ctx, q)
}

// All returns every event that a query is for, the newest first, whatever its limit. It
// ends with the first error. Only an admin may.
func (l *Log) All(ctx context.Context, by core.Caller, q Query) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		for q.Limit = MaxLimit; ; {
			events, err := l.List(ctx, by, q)
			if err != nil {
				yield(Event{}, err)
				return
			}
			for _, e := range events {
				if !yield(e, nil) {
					return
				}
			}
			if len(events) < q.Limit {
				return
			}
			q.Before = events[len(events)-1].ID
		}
	}
}

func (l *Log) now() time.Time {
	if l.Now == nil {
		return time.Now()
	}
	return l.Now()
}
