package schedule

import (
	"context"
	"hash/fnv"
	"log/slog"
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
	look     = 5 * time.Second // between two looks at the clock
	parallel = 4               // jobs at once
	mostWait = 5 * time.Minute // by which jobs of the same time are spread
	setBack  = time.Hour       // by which the clock must be off to have been put back
)

// reader is who asks for the schedules.
var reader = core.Caller{Name: "console", Role: core.Viewer, Via: "task"}

// Run does the jobs, each in its time, until the context ends.
func (c *Clock) Run(ctx context.Context) {
	slots := make(chan struct{}, parallel)
	var jobs sync.WaitGroup
	defer jobs.Wait()
	ticker := time.NewTicker(look)
	defer ticker.Stop()
	for {
		c.begin(ctx, slots, &jobs)
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// begin begins the jobs whose time has come, as far as there is room; the others wait for
// the next look.
func (c *Clock) begin(ctx context.Context, slots chan struct{}, jobs *sync.WaitGroup) {
	if c.Tick != nil {
		c.trouble(ctx, "looking after nodes", c.Tick(ctx))
	}
	due, err := c.due(ctx)
	c.trouble(ctx, "reading the schedules", err)
	for _, turn := range due {
		select {
		case slots <- struct{}{}:
		default:
			return
		}
		c.mark(turn, true)
		jobs.Go(func() {
			defer func() { <-slots }()
			c.do(ctx, turn)
		})
	}
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

// due returns the jobs whose time has come and that nobody does. One that is seen for the
// first time begins its rhythm, and so does one that the clock, which was put back since,
// says to have been done later than now.
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
	for _, node := range nodes {
		schedule := of(schedules, node)
		for _, job := range []Job{Compare, Backup} {
			turn := Turn{job, node}
			last, busy := c.last(turn, stored[turn])
			switch {
			case busy:
			case last.IsZero(), last.After(c.now().Add(setBack)):
				err = c.keep(ctx, turn)
			case schedule.due(turn, last, c.now()):
				due = append(due, turn)
			}
		}
	}
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

// due reports whether the time of a job has come. A schedule counts from when it was
// written.
func (s Schedule) due(turn Turn, last, now time.Time) bool {
	zone, err := s.location()
	if err != nil {
		return false
	}
	if s.Changed.After(last) {
		last = s.Changed
	}
	next := s.rhythm(turn.Job).Next(last, zone)
	return !next.IsZero() && !now.Before(next.Add(s.delay(turn)))
}

// delay spreads jobs of the same time. For each it is always the same, and less than a tenth
// of an interval.
func (s Schedule) delay(turn Turn) time.Duration {
	most := mostWait
	if every := s.rhythm(turn.Job).Every; every > 0 {
		most = min(most, every/10)
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(string(turn.Job) + "\n" + turn.Node)) // a hash takes all
	return time.Duration(h.Sum32()) % most
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
