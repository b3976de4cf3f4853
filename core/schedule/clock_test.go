package schedule

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
)

// shelf keeps schedules and turns in memory.
type shelf struct {
	mu        sync.Mutex
	schedules map[string]Schedule
	turns     map[Turn]Went
	broken    error
}

func (s *shelf) PutSchedule(_ context.Context, one Schedule, _ audit.Event) error {
	s.schedules[one.Node] = one
	return nil
}

func (s *shelf) DeleteSchedule(_ context.Context, node string, _ audit.Event) error {
	if _, there := s.schedules[node]; !there {
		return core.Errorf(core.NotFound, "none")
	}
	delete(s.schedules, node)
	return nil
}

func (s *shelf) Schedules(context.Context) (all []Schedule, err error) {
	for _, node := range slices.Sorted(maps.Keys(s.schedules)) {
		all = append(all, s.schedules[node])
	}
	return all, nil
}

func (s *shelf) Turns(context.Context) (map[Turn]Went, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.turns), nil
}

func (s *shelf) PutTurn(_ context.Context, t Turn, w Went) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken == nil {
		s.turns[t] = w
	}
	return s.broken
}

// plant is nodes that a clock looks after.
type plant struct {
	*shelf
	nodes []string
	takes time.Duration // of a job
	fails error         // what comes of a job

	mu   sync.Mutex
	did  []string // jobs with their times, as they ended
	most int      // jobs at once
	now  int
}

// run lets the clock run for a while and returns what was done meanwhile, by the minute.
func (p *plant) run(d time.Duration) []string {
	p.did = nil
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	job := func(name string) func(context.Context, string) error {
		return func(ctx context.Context, node string) error {
			p.count(1)
			defer p.count(-1)
			select {
			case <-time.After(p.takes):
			case <-ctx.Done():
				return ctx.Err()
			}
			p.mu.Lock()
			defer p.mu.Unlock()
			p.did = append(p.did, fmt.Sprintf("%s %s %s", time.Now().UTC().Format("02 15:04"), name, node))
			return p.fails
		}
	}
	c := &Clock{
		Book: &Book{Store: p.shelf, Turns: p.shelf}, Nodes: func(context.Context) ([]string, error) { return p.nodes, nil },
		Jobs: map[Job]func(context.Context, string) error{Compare: job("compare"), Backup: job("backup")},
	}
	c.Run(ctx)
	return p.did
}

func (p *plant) count(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now += n
	p.most = max(p.most, p.now)
}

func newPlant(nodes ...string) *plant {
	return &plant{shelf: &shelf{schedules: map[string]Schedule{}, turns: map[Turn]Went{}}, nodes: nodes, takes: time.Second}
}

// within reports whether a job was done in the minutes from one time to another.
func within(did, from, to string) bool { return did[:8] >= from && did[:8] <= to }

// TestClock does jobs by day and night. Time begins on 2000-01-01 at midnight.
func TestClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlant("a")
		p.schedules[""] = Schedule{Zone: "UTC", Backup: Rhythm{Daily: true, At: 2 * time.Hour}}
		if did := p.run(50 * time.Hour); len(did) != 2 || !within(did[0], "01 02:00", "01 02:05") || !within(did[1], "02 02:00", "02 02:05") {
			t.Errorf("in 50 hours: %q", did)
		}
		// The program is away for four nights, and makes up one.
		time.Sleep(98 * time.Hour)
		if did := p.run(2 * time.Hour); len(did) != 1 || !within(did[0], "07 04:00", "07 04:05") {
			t.Errorf("after four nights: %q", did)
		}
		p.schedules["a"] = Schedule{Node: "a", Zone: "UTC", Compare: Rhythm{Every: time.Hour}, Changed: time.Now()}
		if did := p.run(5 * time.Hour); len(did) != 4 {
			t.Errorf("in 5 hours with a schedule of its own: %q", did)
		}
	})
}

// TestClockAgain tries again what failed, with growing pauses, until it succeeds or its time
// comes anyway, also where the program ends meanwhile.
func TestClockAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlant("a")
		p.schedules[""] = Schedule{Zone: "UTC", Backup: Rhythm{Daily: true, At: 2 * time.Hour}}
		p.fails = errors.New("it is away")
		did := p.run(150 * time.Minute)
		if len(did) != 3 || !within(did[1], "01 02:04", "01 02:12") || !within(did[2], "01 02:16", "01 02:30") {
			t.Fatalf("in the first half hour: %q", did)
		}
		b := &Book{Store: p.shelf, Turns: p.shelf}
		all, err := b.Overview(t.Context(), core.Caller{Role: core.Viewer})
		if err != nil || len(all) != 1 || len(all[0].Failing) != 1 {
			t.Fatalf("what is failing: %+v, %v", all, err)
		}
		if f := all[0].Failing[0]; f.Node != "a" || f.Job != Backup || f.Failures != 3 || f.Reason != "it is away" || f.Again.Before(time.Now()) || f.Again.After(time.Now().Add(time.Hour)) {
			t.Errorf("what is failing: %+v", f)
		}
		if did = p.run(24 * time.Hour); len(did) < 20 || len(did) > 32 {
			t.Errorf("in a day: %d times", len(did))
		}
		if f := p.turns[Turn{Backup, "a"}]; f.Failures > 3 {
			t.Errorf("the next night: %+v", f)
		}
		time.Sleep(24 * time.Hour)
		if did = p.run(4 * time.Minute); len(did) != 1 {
			t.Errorf("the turn of a night when the program was away: %q", did)
		}
		p.fails = nil
		if did = p.run(20 * time.Hour); len(did) != 1 || p.turns[Turn{Backup, "a"}].Failures != 0 {
			t.Errorf("once it succeeds: %q", did)
		}
		if all, err = b.Overview(t.Context(), core.Caller{Role: core.Viewer}); err != nil || len(all[0].Failing) != 0 {
			t.Errorf("once it succeeded: %+v, %v", all, err)
		}
		p.fails, p.schedules[""] = errors.New("it is away"), Schedule{Zone: "UTC", Compare: Rhythm{Every: 4 * time.Minute}}
		if did = p.run(time.Hour); len(did) > 15 {
			t.Errorf("more often than its rhythm says: %q", did)
		}
		p.schedules[""] = Schedule{Zone: "UTC"}
		if did = p.run(24 * time.Hour); len(did) != 0 {
			t.Errorf("what is off: %q", did)
		}
		if all, err = b.Overview(t.Context(), core.Caller{Role: core.Viewer}); err != nil || len(all[0].Failing) != 0 {
			t.Errorf("what is off is failing: %+v, %v", all, err)
		}
	})
}

// TestClockSpread does many jobs of the same time, a few at once, and none twice.
func TestClockSpread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlant()
		for i := range 100 {
			p.nodes = append(p.nodes, fmt.Sprint("n", i))
		}
		p.schedules[""] = Schedule{Zone: "UTC", Compare: Rhythm{Every: time.Hour}}
		p.takes = 20 * time.Second
		did := p.run(110 * time.Minute)
		if len(did) != 100 || p.most > parallel || p.most < 2 {
			t.Errorf("%d jobs, up to %d at once", len(did), p.most)
		}
		minutes := map[string]int{}
		for _, line := range did {
			minutes[line[:8]]++
		}
		if len(minutes) < 4 {
			t.Errorf("all at once: %v", minutes)
		}
	})
}

// TestClockFair lets every node have its turn, also where there are more than can be looked
// after in time, and spreads what is to be done at the same time.
func TestClockFair(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlant()
		for i := range 60 {
			p.nodes = append(p.nodes, fmt.Sprintf("n%02d", i))
		}
		p.schedules[""] = Schedule{Zone: "UTC", Compare: Rhythm{Every: time.Minute}}
		p.takes = 20 * time.Second // with 4 at once, 12 a minute
		turns := map[string]int{}
		for _, line := range p.run(21 * time.Minute) {
			turns[line[len(line)-3:]]++
		}
		for _, node := range p.nodes {
			if turns[node] < 3 {
				t.Errorf("%s had %d turns of %v", node, turns[node], turns)
			}
		}
		p.schedules[""] = Schedule{Zone: "UTC", Backup: Rhythm{Daily: true, At: 12 * time.Hour}}
		p.takes = time.Millisecond
		minutes := map[string]int{}
		for _, line := range p.run(24 * time.Hour) {
			minutes[line[:8]]++
		}
		if len(minutes) < 4 {
			t.Errorf("all at once: %v", minutes)
		}
	})
}

// TestClockFaults goes on where jobs hang and the store takes nothing.
func TestClockFaults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlant("a")
		p.schedules[""] = Schedule{Zone: "UTC", Compare: Rhythm{Every: 10 * time.Minute}}
		p.broken = errors.New("the disk is full")
		if did := p.run(35 * time.Minute); len(did) != 3 {
			t.Errorf("without a store: %q", did)
		}
		p.broken, p.takes = nil, time.Hour
		if did := p.run(30 * time.Minute); len(did) != 0 || p.most != 1 {
			t.Errorf("while one hangs: %q, %d at once", did, p.most)
		}
		p.takes = time.Second
		if did := p.run(30 * time.Minute); len(did) < 2 {
			t.Errorf("one that was cut off: %q", did)
		}
		// The clock was ahead by a year, and is put back.
		p.turns[Turn{Compare, "a"}] = Went{Done: time.Now().AddDate(1, 0, 0)}
		if did := p.run(30 * time.Minute); len(did) < 2 {
			t.Errorf("after the clock was put back: %q", did)
		}
		p.schedules[""] = Schedule{Zone: "UTC", Compare: Rhythm{Every: 10 * time.Minute}, Changed: time.Now().AddDate(1, 0, 0)}
		if did := p.run(30 * time.Minute); len(did) < 2 {
			t.Errorf("with a schedule that was written before the clock was put back: %q", did)
		}
	})
}

func TestBook(t *testing.T) {
	ctx, admin := context.Background(), core.Caller{Name: "root", Role: core.Admin}
	b := &Book{Store: newPlant().shelf, Known: func(_ context.Context, node string) error {
		if node != "a" {
			return core.Errorf(core.NotFound, "there is no node %s", node)
		}
		return nil
	}}
	good := Default()
	for what, c := range map[string]struct {
		by     core.Caller
		change func(*Schedule)
		want   core.Code
	}{
		"an operator":    {core.Caller{Role: core.Operator}, func(*Schedule) {}, core.Forbidden},
		"no zone":        {admin, func(s *Schedule) { s.Zone = "" }, core.Invalid},
		"a strange zone": {admin, func(s *Schedule) { s.Zone = "Mars/Base" }, core.Invalid},
		"the machine's":  {admin, func(s *Schedule) { s.Zone = "Local" }, core.Invalid},
		"keep":           {admin, func(s *Schedule) { s.Keep = -1 }, core.Invalid},
		"days":           {admin, func(s *Schedule) { s.Days = mostDays + 1 }, core.Invalid},
		"a strange node": {admin, func(s *Schedule) { s.Node = "b" }, core.NotFound},
	} {
		s := good
		c.change(&s)
		if _, err := b.Put(ctx, c.by, s); err == nil || core.CodeOf(err) != c.want {
			t.Errorf("%s: %v", what, err)
		}
	}
	if all, err := b.List(ctx, admin); err != nil || len(all) != 1 || all[0] != good {
		t.Errorf("at first: %+v, %v", all, err)
	}
	good.Node, good.Keep = "a", 3
	if _, err := b.Put(ctx, admin, good); err != nil {
		t.Fatal(err)
	}
	for node, keep := range map[string]int{"a": 3, "b": 30} {
		if s, err := b.For(ctx, admin, node); err != nil || s.Keep != keep {
			t.Errorf("of %s: %+v, %v", node, s, err)
		}
	}
	if err := b.Remove(ctx, admin, "a"); err != nil {
		t.Error(err)
	}
	if err := b.Remove(ctx, admin, "a"); core.CodeOf(err) != core.NotFound {
		t.Errorf("removing it twice: %v", err)
	}
}
