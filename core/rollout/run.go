package rollout

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/transfer"
)

// run is what is under way of a rollout.
type run struct {
	*Service
	work *work
	by   core.Caller
	r    Rollout
	body []byte

	until time.Time // so long a node that does not answer is asked again

	mu       sync.Mutex // guards what follows
	targets  []Target   // by position
	known    map[string]bool
	atOnce   bool // no pause before the next wave
	failures int  // since it was started, or gone on with
}

// guarded keeps a fault of some work from ending the process.
func (u *run) guarded(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = core.Errorf(core.Internal, "%v", p)
			u.log(err)
		}
	}()
	return do()
}

// preview returns what would become of a node.
func (u *run) preview(ctx context.Context, req transfer.Request) (p *plan.Plan, err error) {
	err = u.guarded(func() (err error) {
		p, err = u.Importer.Preview(ctx, u.by, req)
		return err
	})
	return p, err
}

// bring imports into a node.
func (u *run) bring(ctx context.Context, req transfer.Request) (result *transfer.Result, err error) {
	err = u.guarded(func() (err error) {
		result, err = u.Importer.Import(ctx, u.by, req)
		return err
	})
	return result, err
}

// breakOff puts the rollout to rest after an error that is not one of a node. Where not
// even that can be stored, it stays as it is: who goes on with it reads the nodes first.
func (u *run) breakOff(cause error) {
	if err := u.giveUp(); err != nil {
		u.log(err)
		return
	}
	u.rest(Stopped, "the rollout broke off: "+cause.Error())
}

// giveUp says of the nodes under way that nobody knows where they stand.
func (u *run) giveUp() error {
	for _, t := range u.all() {
		if t.State != Applying && t.State != Undoing {
			continue
		}
		if t.Begun {
			t.State, t.After, t.Reason = Failed, 0, "the rollout broke off, and what the node holds is not known"
		} else {
			t.State = Waiting // nothing was sent
		}
		if err := u.put(t); err != nil {
			return err
		}
	}
	return nil
}

// request returns the import into one node.
func (u *run) request(node string) transfer.Request {
	note := u.r.Note
	if note == "" {
		note = "rollout " + u.r.ID
	}
	return transfer.Request{
		Node: node, Document: u.body, Format: u.r.Format, Files: u.r.Files, Mode: u.r.Mode, Leave: u.r.Leave, Restart: u.r.Restart,
		Atomic: true, Note: note, Fresh: true,
	}
}

// put stores a target that this goroutine works on, and returns it as it is stored.
func (u *run) put(t Target) error {
	t.Updated = u.now()
	u.mu.Lock()
	u.targets[t.Position] = t
	u.mu.Unlock()
	err := u.Board.PutTargets(context.Background(), u.r.ID, t)
	u.work.touch()
	return err
}

// all returns the targets as they stand.
func (u *run) all() []Target {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Clone(u.targets)
}

// rest brings the rollout into a state, and says why.
func (u *run) rest(s State, reason string) {
	u.r.State, u.r.Reason, u.r.Next = s, reason, time.Time{}
	u.log(u.save())
}

// save stores the rollout.
func (u *run) save(did ...audit.Event) error {
	u.r.Updated = u.now()
	err := u.Store.PutRollout(context.Background(), u.r, did...)
	u.work.touch()
	return err
}

// failed counts one more node that failed.
func (u *run) failed() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.failures++
}

// halt returns why nothing more may be begun: the state to go into, and the reason; no
// state where it may.
func (u *run) halt() (s State, reason string) {
	if s, by := u.work.wanted(); s == Cancelled {
		return s, "cancelled by " + by
	} else if s != "" {
		return s, fmt.Sprintf("paused by %s; waits for somebody to go on", by)
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case u.failures > 0 && u.r.Strategy.Canary > 0 && u.r.Wave == 1:
		return Stopped, "a node of the first wave failed"
	case u.failures >= u.r.Strategy.StopAfter:
		return Stopped, fmt.Sprintf("%d failed, at most %d may", u.failures, u.r.Strategy.StopAfter-1)
	}
	return "", ""
}

// waves applies to all nodes that wait for it, wave by wave.
func (u *run) waves(ctx context.Context) error {
	for {
		wave := u.nextWave()
		if wave == 0 {
			return u.finish()
		}
		ready, err := u.between(ctx, wave)
		if err != nil || !ready {
			return err
		}
		if wave != u.r.Wave {
			u.r.Wave = wave
			if err := u.save(); err != nil {
				return err
			}
		}
		if err := u.wave(ctx, wave); err != nil {
			return err
		}
		if stopped, err := u.stopped(ctx); stopped || err != nil {
			return err
		}
	}
}

// stopped puts the rollout to rest where nothing more may be begun.
func (u *run) stopped(ctx context.Context) (bool, error) {
	if err := context.Cause(ctx); err != nil {
		return true, err
	}
	s, reason := u.halt()
	switch s {
	case "":
		return false, nil
	case Cancelled:
		return true, u.skip(reason)
	}
	if u.nextWave() == 0 {
		return true, u.finish()
	}
	u.rest(s, reason)
	return true, nil
}

// nextWave returns the first wave with a node that waits, or 0.
func (u *run) nextWave() (first int) {
	for _, t := range u.all() {
		if t.State == Waiting && (first == 0 || t.Wave < first) {
			first = t.Wave
		}
	}
	return first
}

// finish says that nothing is left to apply.
func (u *run) finish() error {
	n := Tally{}
	for _, t := range u.all() {
		n[t.State]++
	}
	u.r.State, u.r.Next = Finished, time.Time{}
	u.r.Reason = fmt.Sprintf("%d of %d verified", n[Verified], n.Nodes())
	return u.save()
}

// skip cancels the rollout: who has not been applied to will not be.
func (u *run) skip(reason string, did ...audit.Event) error {
	var left []Target
	for _, t := range u.all() {
		if t.State == Waiting || t.State == Unplanned || t.State == Blocked {
			t.State, t.Updated = Skipped, u.now()
			left = append(left, t)
		}
	}
	if err := u.Board.PutTargets(context.Background(), u.r.ID, left...); err != nil {
		return err
	}
	u.r.State, u.r.Reason, u.r.Next = Cancelled, reason, time.Time{}
	return u.save(did...)
}

// wave applies to the nodes of a wave, so many at once, until one may not go on.
func (u *run) wave(ctx context.Context, wave int) error {
	var todo []Target
	for _, t := range u.all() {
		if t.Wave == wave && t.State == Waiting {
			todo = append(todo, t)
		}
	}
	return u.each(ctx, u.r.Strategy.Parallel, todo, func(t Target) (bool, error) {
		if s, _ := u.halt(); s != "" || ctx.Err() != nil {
			return false, nil
		}
		return true, u.apply(ctx, t)
	})
}

// each does something with targets, so many at once, until one of them says that it was
// the last, or the first error.
func (u *run) each(ctx context.Context, parallel int, targets []Target, do func(Target) (more bool, err error)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan Target)
	var wg sync.WaitGroup
	for range min(parallel, len(targets)) {
		wg.Go(func() {
			for t := range next {
				more := false
				err := u.guarded(func() (err error) {
					more, err = do(t)
					return err
				})
				if err != nil || !more {
					cancel(err)
					return
				}
			}
		})
	}
	for _, t := range targets {
		select {
		case next <- t:
		case <-ctx.Done():
		}
	}
	close(next)
	wg.Wait()
	if err := context.Cause(ctx); err != nil && err != context.Canceled {
		return err
	}
	return nil
}
