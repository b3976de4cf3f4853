package audit

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"ekuiper-console/core"
)

// shelf is a store in memory.
type shelf struct {
	events []Event
	full   bool // it takes nothing
	asked  int  // how often it was asked to take something
}

func (s *shelf) AppendEvents(ctx context.Context, all ...Event) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	s.asked++
	if s.full {
		return core.Errorf(core.Unwritable, "the disk is full")
	}
	for _, e := range all {
		e.ID = int64(len(s.events) + 1)
		s.events = append(s.events, e)
	}
	return nil
}

func (s *shelf) Events(_ context.Context, q Query) (all []Event, err error) {
	for i := len(s.events) - 1; i >= 0 && len(all) < q.Limit; i-- {
		if e := s.events[i]; q.Before == 0 || e.ID < q.Before {
			all = append(all, e)
		}
	}
	return all, nil
}

// told returns the events as "caller×count" and forgets them.
func (s *shelf) told() string {
	var all []string
	for _, e := range s.events {
		all = append(all, fmt.Sprintf("%s×%d", e.Caller, e.Count))
	}
	s.events = nil
	return strings.Join(all, " ")
}

var (
	noon  = time.Date(2026, 11, 19, 12, 0, 0, 0, time.UTC)
	admin = core.Caller{Name: "root", Role: core.Admin}
)

// TestRepeats: a word is who is refused, +n lets n seconds pass, -n puts the clock back,
// ! reads the log, full is a disk that takes nothing, and room one that does again.
func TestRepeats(t *testing.T) {
	for script, want := range map[string]string{
		"a b a":                   "a×1 b×1",
		"a a a !":                 "a×1 a×2",
		"a a +59 a b":             "a×1 b×1",
		"a a a +60 b":             "a×1 a×2 b×1",
		"a a +60 a":               "a×1 a×1 a×1",
		"a +60 a +60 a":           "a×1 a×1 a×1",
		"a a ! ! a a !":           "a×1 a×1 a×1 a×1",
		"a b a +1 b b +59 !":      "a×1 b×1 a×1 b×2",
		"a -7200 a":               "a×1 a×1",
		"a a -7200 a a !":         "a×1 a×1 a×1 a×1",
		"full a b a !":            "",
		"full a b room c":         "",
		"full a b room +5 c":      "a×1 b×1 c×1",
		"full a b room !":         "a×1 b×1",
		"full a a +60 a b room !": "a×1 a×1 a×1 b×1",
		"full a room ! b":         "a×1 b×1",
		strings.Repeat("a ", 500): "a×1",
	} {
		store, at := &shelf{}, noon
		l := &Log{Store: store, Now: func() time.Time { return at }}
		for word := range strings.FieldsSeq(script) {
			var seconds int
			switch n, _ := fmt.Sscanf(word, "%d", &seconds); {
			case n == 1:
				at = at.Add(time.Duration(seconds) * time.Second)
			case word == "full", word == "room":
				store.full = word == "full"
			case word == "!":
				if _, err := l.List(t.Context(), admin, Query{}); err != nil {
					t.Fatal(err)
				}
			default:
				e := New(noon, core.Caller{Name: word}, Refused, "GET /x").Ending(Denied)
				if err := l.Record(t.Context(), e); err != nil {
					t.Fatal(err)
				}
			}
		}
		if got := store.told(); got != want {
			t.Errorf("%s\n got %s\nwant %s", script, got, want)
		}
	}
}

// A flood from many addresses is bounded too, and does not hide who exports.
func TestFlood(t *testing.T) {
	store := &shelf{}
	l := &Log{Store: store, Now: func() time.Time { return noon }}
	for i := range 10_000 {
		e := New(noon, core.Caller{Addr: fmt.Sprint("2001:db8::", i)}, SignInRefused, "").Ending(Denied)
		if err := l.Record(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Record(t.Context(), New(noon, core.Caller{Name: "ada"}, Export, "local")); err != nil {
		t.Fatal(err)
	}
	if err := l.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	sum := 0
	for _, e := range store.events {
		sum += e.Count
	}
	if n := len(store.events); n != maxRefusals+3 || sum != 10_001 {
		t.Errorf("%d events tell of %d", n, sum)
	}
	if e := store.events[maxRefusals+1]; e.Caller != "ada" {
		t.Errorf("the export is told as %v", e)
	}
}

// A store that takes nothing is not asked at every event, what waits is told of, and it is
// bounded.
func TestWaiting(t *testing.T) {
	store, late := &shelf{full: true}, 0
	l := &Log{Store: store, Now: func() time.Time { return noon }, Late: func(_ Event, err error) {
		if late++; err == nil {
			t.Error("Late is told no reason")
		}
	}}
	for i := range maxWaiting + 5 {
		if err := l.Record(t.Context(), New(noon, core.Caller{Name: fmt.Sprint(i)}, Export, "local")); err != nil {
			t.Fatal(err)
		}
	}
	if store.asked != 1 || late != maxWaiting+5 {
		t.Errorf("the store was asked %d times, and %d events were told to be late", store.asked, late)
	}
	store.full = false
	if err := l.Flush(t.Context()); err != nil || len(store.events) != maxWaiting {
		t.Errorf("Flush: %v, the log has %d events", err, len(store.events))
	}
	if first, last := store.events[0].Caller, store.events[maxWaiting-1].Caller; first != "0" || last != fmt.Sprint(maxWaiting-1) {
		t.Errorf("they begin with %s and end with %s", first, last)
	}
}

// Whoever hangs up is noticed all the same.
func TestHangUp(t *testing.T) {
	store := &shelf{}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := (&Log{Store: store}).Record(ctx, New(noon, admin, Export, "local")); err != nil || len(store.events) != 1 {
		t.Errorf("Record: %v, the log has %v", err, store.events)
	}
}

func TestList(t *testing.T) {
	store := &shelf{}
	l := &Log{Store: store}
	for range 2500 {
		store.events = append(store.events, Event{ID: int64(len(store.events) + 1), Count: 1})
	}
	if _, err := l.List(t.Context(), core.Caller{Name: "eve", Role: core.Operator}, Query{}); core.CodeOf(err) != core.Forbidden {
		t.Errorf("List by an operator: %v", err)
	}
	for limit, want := range map[int]int{0: DefaultLimit, 7: 7, -1: 1, 5000: MaxLimit} {
		if all, err := l.List(t.Context(), admin, Query{Limit: limit}); err != nil || len(all) != want {
			t.Errorf("List with limit %d: %d, %v", limit, len(all), err)
		}
	}
	next := int64(2500)
	for e, err := range l.All(t.Context(), admin, Query{Limit: 3}) {
		if err != nil || e.ID != next {
			t.Fatalf("All: %d, %v, want %d", e.ID, err, next)
		}
		next--
	}
	if next != 0 {
		t.Errorf("All ended at %d", next)
	}
}

func TestActions(t *testing.T) {
	for _, a := range append(Actions(), "") {
		if got, err := ParseAction(string(a)); err != nil || got != a {
			t.Errorf("ParseAction(%q) = %q, %v", a, got, err)
		}
	}
	if _, err := ParseAction("drop"); core.CodeOf(err) != core.Invalid || !strings.Contains(core.HintOf(err), "token-revoke") {
		t.Errorf("ParseAction(drop): %v", err)
	}
}
