package rollout

import (
	"context"
	"fmt"
	"slices"
	"time"
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
	if u.r.Strategy.OnlyHealthy {
		if why := u.unwell(ctx); why != "" {
			u.rest(Stopped, why)
			return false, nil
		}
	}
	stopped, err := u.stopped(ctx)
	return !stopped, err
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
// more; nothing where all are.
func (u *run) unwell(ctx context.Context) (why string) {
	var done []Target
	for _, t := range u.all() {
		if t.State == Verified {
			done = append(done, t)
		}
	}
	_ = u.each(ctx, max(u.r.Strategy.Parallel, DefaultParallel), done, func(t Target) (bool, error) {
		is := u.ill(ctx, t.Node)
		if is == "" || ctx.Err() != nil {
			return true, nil
		}
		u.mu.Lock()
		defer u.mu.Unlock()
		why = is
		return false, nil
	})
	return why
}

// ill returns why a node that was verified is not well any more: it does not answer, or a
// rule of it stopped that ran then.
func (u *run) ill(ctx context.Context, node string) string {
	rules, err := u.Doctor.Ailing(ctx, node)
	if err != nil {
		return fmt.Sprintf("no further wave is begun while a node is not well: %v", err)
	}
	u.mu.Lock()
	before, asked := u.ailing[node]
	u.mu.Unlock()
	if !asked { // since somebody goes on with it, or the console was started anew
		u.noteAiling(node, rules)
	}
	for _, rule := range rules {
		if asked && !slices.Contains(before, rule) {
			return fmt.Sprintf("no further wave is begun while a node is not well: on %s the rule %s has stopped by an error", node, rule)
		}
	}
	return ""
}

// noteHealth remembers which rules of a node do not run though it was just verified: they
// did not before.
func (u *run) noteHealth(ctx context.Context, node string) {
	if !u.r.Strategy.OnlyHealthy {
		return
	}
	rules, err := u.Doctor.Ailing(ctx, node)
	if err != nil {
		return // before the next wave it is asked again
	}
	u.noteAiling(node, rules)
}

// noteAiling remembers the rules of a node that do not run.
func (u *run) noteAiling(node string, rules []string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.ailing == nil {
		u.ailing = map[string][]string{}
	}
	u.ailing[node] = rules
}
