package schedule

import (
	"context"
	"hash/fnv"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"ekuiper-console/core"
)

// Clock does jobs when it is time. A job whose time has passed while nobody was there is
// done once, however often it was missed. One that fails is tried again, with longer and
// longer pauses, until it succeeds or its rhythm says that it is time anyway. Its fields
// must not change once it runs.
type Clock struct {
	Book  *Book
	Nodes func(ctx context.Context) ([]string, error)          // the names of all nodes
	Jobs  map[Job]func(ctx context.Context, node string) error // tell and keep what came of them
	Tick  func(ctx context.Context) error                      // is done besides, at every look at the clock; may be nil
	Log   *slog.Logger                                         // told of what goes wrong; nil means nobody
	Now   func() time.Time                                     // nil means time.Now

	mu   sync.Mutex
	busy map[Turn]bool
}

const (
	lookEvery = 5 * time.Second // between two looks at the clock
	parallel  = 4               // jobs at once
	mostWait  = 5 * time.Minute // by which jobs of the same time are spread
	setBack   = time.Hour       // by which the clock must be off to have been put back
)

// reader is who asks for the schedules.
var reader = core.Caller{Name: "console", Role: core.Viewer, Via: "task"}

// Run does the jobs, each in its time, until the context ends.
func (c *Clock) Run(ctx context.Context) {
	slots := make(chan struct{}, parallel)
	var working sync.WaitGroup
	defer working.Wait()
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for waiting := c.look(ctx); ; {
		var room chan<- struct{} // nil while nothing waits for it
		if len(waiting) > 0 {
			room = slots
		}
		select {
		case room <- struct{}{}:
			call := waiting[0]
			waiting = waiting[1:]
			c.mark(call.Turn, true)
			working.Go(func() {
				defer func() { <-slots }()
				c.do(ctx, call)
			})
		case <-ticker.C:
			waiting = c.look(ctx)
		case <-ctx.Done():
			return
		}
	}
}

// look looks at the clock, and returns the jobs whose time has come.
func (c *Clock) look(ctx context.Context) []call {
	if c.Tick != nil {
		c.trouble(ctx, "looking after nodes", c.Tick(ctx))
	}
	due, err := c.due(ctx)
	c.trouble(ctx, "reading the schedules", err)
	return due
}

// do does a job, and keeps how it went. One that the end of the program cuts off is done
// again.
func (c *Clock) do(ctx context.Context, call call) {
	defer c.mark(call.Turn, false)
	err := c.Jobs[call.Job](ctx, call.Node)
	if ctx.Err() != nil {
		return
	}
	c.trouble(ctx, "doing a job", err, "job", call.Job, "node", call.Node)
	err = c.Book.keep(ctx, call.Turn, call.ended(c.now(), err, rand.Float64()))
	c.trouble(ctx, "keeping how a job went", err, "job", call.Job, "node", call.Node)
}

func (c *Clock) mark(turn Turn, busy bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.busy == nil {
		c.busy = map[Turn]bool{}
	}
	c.busy[turn] = busy
}

// due returns the jobs whose time has come and that nobody does, first those that have
// waited for the longest: where there are more than can be done in time, none is left out.
// One that is seen for the first time begins its rhythm, and so does one that the clock,
// which was put back since, says to have been done later than now.
func (c *Clock) due(ctx context.Context) ([]call, error) {
	busy := c.marked() // first: a job that ends from here on is looked at the next time
	schedules, err := c.Book.List(ctx, reader)
	if err != nil {
		return nil, err
	}
	nodes, err := c.Nodes(ctx)
	if err != nil {
		return nil, err
	}
	turns, err := c.Book.turns(ctx)
	if err != nil {
		return nil, err
	}
	var due []call
	since, now := map[Turn]time.Time{}, c.now()
	for _, node := range nodes {
		schedule := of(schedules, node)
		for _, job := range jobs {
			turn := Turn{job, node}
			went := turns[turn]
			switch {
			case busy[turn]:
			case went.Done.IsZero(), went.Done.After(now.Add(setBack)):
				err = c.Book.keep(ctx, turn, Went{Done: now})
			default:
				if at, again := schedule.when(turn, went, now); !at.IsZero() && !now.Before(at) {
					since[turn] = at
					due = append(due, call{turn, went, again})
				}
			}
		}
	}
	slices.SortStableFunc(due, func(a, b call) int { return since[a.Turn].Compare(since[b.Turn]) })
	return due, err
}

// marked returns the jobs that are being done.
func (c *Clock) marked() map[Turn]bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.busy)
}

// when returns the next time of a job that went like that; the zero time for never. Again
// says that it comes before the rhythm's, because the job failed. One that would come just
// before it does not come.
func (s Schedule) when(turn Turn, went Went, now time.Time) (at time.Time, again bool) {
	at = s.next(turn, went.Done, now)
	if !at.IsZero() && went.Failures > 0 && now.Before(at) && went.Again.Add(pauses[0]).Before(at) {
		return went.Again, true
	}
	return at, false
}

// next returns the next time of a job that was last done at a time; the zero time for
// never. A schedule counts from when it was written, unless that was by a clock that was
// put back since.
func (s Schedule) next(turn Turn, last, now time.Time) time.Time {
	zone, err := s.location()
	if err != nil {
		return time.Time{}
	}
	if s.Changed.After(last) && !s.Changed.After(now.Add(setBack)) {
		last = s.Changed
	}
	next := s.rhythm(turn.Job).Next(last, zone)
	if next.IsZero() {
		return next
	}
	return next.Add(s.delay(turn))
}

// delay spreads jobs of the same time. For each it is always the same, and less than a tenth
// of an interval.
func (s Schedule) delay(turn Turn) time.Duration {
	most := mostWait
	if every := s.rhythm(turn.Job).Every; every > 0 {
		most = min(most, every/10)
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(string(turn.Job) + "\n" + turn.Node)) // a hash takes all
	return time.Duration(h.Sum64() % uint64(most))
}

// trouble logs what went wrong.
func (c *Clock) trouble(ctx context.Context, doing string, err error, about ...any) {
	if err != nil && ctx.Err() == nil && c.Log != nil {
		c.Log.WarnContext(ctx, doing, append(about, "error", err)...)
	}
}

func (c *Clock) now() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}
