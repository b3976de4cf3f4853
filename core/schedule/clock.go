package schedule

import (
	"context"
	"hash/fnv"
	"log/slog"
	"slices"
	"sync"
	"time"

	"ekuiper-console/core"
)

// Job is what is done to a node by itself.
type Job string

// The jobs.
const (
	Compare Job = "compare"
	Backup  Job = "backup"
)

// rhythm returns how often a job is done.
func (s Schedule) rhythm(j Job) Rhythm {
	return map[Job]Rhythm{Compare: s.Compare, Backup: s.Backup}[j]
}

// Turn is one job of one node.
type Turn struct {
	Job  Job
	Node string
}

// Turns keeps when jobs were done.
type Turns interface {
	// Turns returns when each job was last done, or first seen.
	Turns(ctx context.Context) (map[Turn]time.Time, error)
	// PutTurn keeps when a job was done.
	PutTurn(ctx context.Context, t Turn, at time.Time) error
}

// Clock does jobs when it is time. A job whose time has passed while nobody was there is
// done once, however often it was missed. Its fields must not change once it runs.
type Clock struct {
	Book  *Book
	Turns Turns
	Nodes func(ctx context.Context) ([]string, error)          // the names of all nodes
	Jobs  map[Job]func(ctx context.Context, node string) error // tell and keep what came of them
	Tick  func(ctx context.Context) error                      // is done besides, at every look at the clock; may be nil
	Log   *slog.Logger                                         // told of what goes wrong; nil means nobody
	Now   func() time.Time                                     // nil means time.Now

	mu   sync.Mutex
	done map[Turn]time.Time // when jobs were last done, as far as it is known here
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
	var jobs sync.WaitGroup
	defer jobs.Wait()
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for waiting := c.look(ctx); ; {
		var room chan<- struct{} // nil while nothing waits for it
		if len(waiting) > 0 {
			room = slots
		}
		select {
		case room <- struct{}{}:
			turn := waiting[0]
			waiting = waiting[1:]
			c.mark(turn, true)
			jobs.Go(func() {
				defer func() { <-slots }()
				c.do(ctx, turn)
			})
		case <-ticker.C:
			waiting = c.look(ctx)
		case <-ctx.Done():
			return
		}
	}
}

// look looks at the clock, and returns the jobs whose time has come.
func (c *Clock) look(ctx context.Context) []Turn {
	if c.Tick != nil {
		c.trouble(ctx, "looking after nodes", c.Tick(ctx))
	}
	due, err := c.due(ctx)
	c.trouble(ctx, "reading the schedules", err)
	return due
}

// do does a job, and keeps when. One that the end of the program cuts off is done again.
func (c *Clock) do(ctx context.Context, turn Turn) {
	defer c.mark(turn, false)
	err := c.Jobs[turn.Job](ctx, turn.Node)
	if ctx.Err() != nil {
		return
	}
	c.trouble(ctx, "doing a job", err, "job", turn.Job, "node", turn.Node)
	c.trouble(ctx, "keeping when a job was done", c.keep(ctx, turn), "job", turn.Job, "node", turn.Node)
}

// keep notes that a job was done. Where that cannot be stored it counts all the same, for
// as long as the program runs.
func (c *Clock) keep(ctx context.Context, turn Turn) error {
	at := c.now()
	c.mu.Lock()
	if c.done == nil {
		c.done = map[Turn]time.Time{}
	}
	c.done[turn] = at
	c.mu.Unlock()
	return c.Turns.PutTurn(ctx, turn, at)
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
func (c *Clock) due(ctx context.Context) ([]Turn, error) {
	schedules, err := c.Book.List(ctx, reader)
	if err != nil {
		return nil, err
	}
	nodes, err := c.Nodes(ctx)
	if err != nil {
		return nil, err
	}
	stored, err := c.Turns.Turns(ctx)
	if err != nil {
		return nil, err
	}
	var due []Turn
	since, now := map[Turn]time.Time{}, c.now()
	for _, node := range nodes {
		schedule := of(schedules, node)
		for _, job := range []Job{Compare, Backup} {
			turn := Turn{job, node}
			last, busy := c.last(turn, stored[turn])
			switch {
			case busy:
			case last.IsZero(), last.After(now.Add(setBack)):
				err = c.keep(ctx, turn)
			default:
				if at := schedule.next(turn, last, now); !at.IsZero() && !now.Before(at) {
					since[turn] = at
					due = append(due, turn)
				}
			}
		}
	}
	slices.SortStableFunc(due, func(a, b Turn) int { return since[a].Compare(since[b]) })
	return due, err
}

// last returns when a job was last done, and whether somebody does it now.
func (c *Clock) last(turn Turn, stored time.Time) (time.Time, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if known := c.done[turn]; known.After(stored) {
		stored = known
	}
	return stored, c.busy[turn]
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
