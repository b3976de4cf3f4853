package schedule

import (
	"context"
	"maps"
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

// jobs are all of them.
var jobs = [...]Job{Compare, Backup}

// rhythm returns how often a job is done.
func (s Schedule) rhythm(j Job) Rhythm {
	return map[Job]Rhythm{Compare: s.Compare, Backup: s.Backup}[j]
}

// Turn is one job of one node.
type Turn struct {
	Job  Job
	Node string
}

// Went is how it went when it was a turn's time.
type Went struct {
	Done     time.Time // when the job was done as its rhythm says, or was seen first
	Tried    time.Time // when it was last tried; of one that failed that may be in between
	Failures int       // in a row since Done; 0 where it succeeded
	Reason   string    // why it failed; empty where it did not
	Hint     string    // what to do about it; may be empty
	Again    time.Time // when one that failed is tried again, unless its rhythm comes first
}

// Turns keeps how jobs went.
type Turns interface {
	// Turns returns how each job went last.
	Turns(ctx context.Context) (map[Turn]Went, error)
	// PutTurn keeps how a job went. Of a node that is there no more nothing is kept.
	PutTurn(ctx context.Context, t Turn, w Went) error
}

// turns returns how each job went last.
func (b *Book) turns(ctx context.Context) (map[Turn]Went, error) {
	all, err := b.Turns.Turns(ctx)
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	maps.Copy(all, b.unkept)
	return all, nil
}

// keep keeps how a job went. Where that cannot be stored it counts all the same, for as
// long as the program runs.
func (b *Book) keep(ctx context.Context, turn Turn, w Went) error {
	err := b.Turns.PutTurn(ctx, turn, w)
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.unkept, turn)
	if err != nil {
		if b.unkept == nil {
			b.unkept = map[Turn]Went{}
		}
		b.unkept[turn] = w
	}
	return err
}

// call is a turn whose time has come.
type call struct {
	Turn
	went  Went // until now
	again bool // it failed, and it is not yet time for it anyway
}

// ended returns how it went, now that the job has ended.
func (c call) ended(now time.Time, err error, random float64) Went {
	if err == nil {
		return Went{Done: now, Tried: now}
	}
	w := Went{Done: now, Tried: now, Failures: 1, Reason: err.Error(), Hint: core.HintOf(err)}
	if c.again {
		w.Done, w.Failures = c.went.Done, c.went.Failures+1
	}
	w.Again = now.Add(pause(w.Failures, random))
	return w
}

// pauses are how long is waited after the first failure, the second, and so on; after all
// others it is the last one.
var pauses = [...]time.Duration{5 * time.Minute, 15 * time.Minute, 45 * time.Minute, time.Hour}

// jitter is by how much a pause is longer or shorter, so that nodes that went away together
// are not asked together.
const jitter = 0.2

// pause is how long is waited after so many failures in a row.
func pause(failures int, random float64) time.Duration {
	d := pauses[min(failures, len(pauses))-1]
	return time.Duration(float64(d) * (1 - jitter + 2*jitter*random)).Round(time.Second)
}
