package rollout

import (
	"context"
	"fmt"
	"slices"
	"time"

	"ekuiper-console/core/node"
)

// between waits the pause before a wave, and looks whether all is well. It reports false
// where the wave must not begin, and has put the rollout to rest then.
func (u *run) between(ctx context.Context, wave int) (ready bool, err error) {
	if later := u.r.Wave > 0 && wave > u.r.Wave; later && !u.atOnce && u.r.Next.IsZero() {
		u.r.Next = u.now().Add(time.Duration(u.r.Strategy.PauseSeconds) * time.Second)
	}
	if wait := u.r.Next.Sub(u.now()); wait > 0 {
		if err := u.save(); err != nil {
			return false, err
		}
		if stopped, err := u.sleep(ctx, wait); stopped || err != nil {
			return false, err
		}
	}
	u.r.Next, u.atOnce = time.Time{}, false
	why := ""
	if u.r.Strategy.OnlyHealthy {
		if why, err = u.unwell(ctx); err != nil {
			return false, err
		}
	}
	if stopped, err := u.stopped(ctx); stopped || err != nil {
		return false, err
	}
	if why != "" {
		u.rest(Stopped, why)
	}
	return why == "", nil
}

// sleep waits, until somebody asks for something else.
func (u *run) sleep(ctx context.Context, d time.Duration) (stopped bool, err error) {
	for timer := time.NewTimer(d); ; {
		moved := u.work.signal()
		if stopped, err := u.stopped(ctx); stopped || err != nil {
			return stopped, err
		}
		select {
		case <-timer.C:
			return false, nil
		case <-moved:
		case <-ctx.Done():
		}
	}
}

// unwell asks all nodes that were verified, and returns why one of them is not well any
// more; nothing where all are. Its error is one of the store.
func (u *run) unwell(ctx context.Context) (why string, err error) {
	var done []Target
	for _, t := range u.all() {
		if t.State == Verified {
			done = append(done, t)
		}
	}
	err = u.each(ctx, max(u.r.Strategy.Parallel, DefaultParallel), done, func(t Target) (bool, error) {
		is, err := u.ill(ctx, t)
		if err != nil || is == "" || ctx.Err() != nil {
			return true, err
		}
		u.mu.Lock()
		defer u.mu.Unlock()
		why = is
		return false, nil
	})
	return why, err
}

// ill returns why a node that was verified is not well any more: it does not answer, or a
// rule of it stopped by an error that had not before the node was applied to.
func (u *run) ill(ctx context.Context, t Target) (string, error) {
	var rules []string
	err := u.patiently(ctx, func() (err error) {
		rules, err = u.Doctor.Ailing(ctx, t.Node)
		return err
	})
	if err != nil {
		return fmt.Sprintf("no further wave is begun while a node is not well: %v", err), nil
	}
	if t.Ailing == nil { // somebody goes on with it as it is
		return "", u.accept(t, rules)
	}
	for _, rule := range rules {
		if !slices.Contains(t.Ailing, rule) {
			return fmt.Sprintf("no further wave is begun while a node is not well: on %s the rule %s has stopped by an error", t.Node, rule), nil
		}
	}
	return "", nil
}

// accept stores which rules of a node have stopped by an error without being held against it.
func (u *run) accept(t Target, rules []string) error {
	t.Ailing = append([]string{}, rules...)
	u.mu.Lock()
	u.targets[t.Position] = t
	u.mu.Unlock()
	return u.Board.PutTargets(context.Background(), u.r.ID, t)
}

// noteHealth remembers which rules of a node have stopped by an error before it is applied
// to. It is stored with the target as that changes.
func (u *run) noteHealth(ctx context.Context, t *Target) {
	if !u.r.Strategy.OnlyHealthy || t.Begun && t.Ailing != nil {
		return
	}
	rules, err := u.Doctor.Ailing(ctx, t.Node)
	if t.Ailing = append([]string{}, rules...); err != nil {
		t.Ailing = nil // before the next wave it is asked again
	}
}

// forget accepts the nodes as they are: somebody goes on who was told that one is not well.
func (u *run) forget() {
	if u.r.State != Stopped {
		return
	}
	for i := range u.targets {
		u.targets[i].Ailing = nil
	}
}

// How long a node may take to answer first when the console was started anew, and how long
// is waited between two questions.
const (
	defaultPatience = time.Minute
	askAgain        = 500 * time.Millisecond
)

// patiently asks a node, and after a start of the console once more while it does not
// answer: the network may come up later than the console, or the node with it.
func (u *run) patiently(ctx context.Context, ask func() error) error {
	for {
		err := ask()
		if state, _ := node.StateOf(err); state != node.Unreachable || !u.now().Before(u.until) {
			return err
		}
		if s, _ := u.work.wanted(); s != "" {
			return err
		}
		select {
		case <-time.After(askAgain):
		case <-ctx.Done():
			return err
		}
	}
}
