package node

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
)

// reboot is the restart of a node in the middle of an import.
type reboot struct {
	before About     // what the node said of itself
	asked  time.Time // when it was told to; the zero time for never
	after  About     // what it said once it was back
	stayed error     // why it did not restart; nil where it did
	away   error     // why it is not back; nil where it is
}

// leastUpTime is how long a node must have run before it is told to restart: a time that is
// told in seconds could else be that of before and of after.
const leastUpTime = 2 * time.Second

// prepare asks a node what it is before it is told to restart.
func (s *sending) prepare(ctx context.Context) (err error) {
	if !s.restarts() {
		return nil
	}
	if s.reboot.before, err = s.client.greet(ctx); err == nil {
		time.Sleep(max(0, leastUpTime-s.reboot.before.UpTime))
	}
	return err
}

// restarts reports whether the node is to restart.
func (s *sending) restarts() bool { return s.plan.Restart != nil && s.plan.Restart.Chosen }

// sendOver does a partial import, for which the engine knows no restart: it is stopped
// afterwards.
func (s *sending) sendOver(ctx context.Context) {
	s.tell(ctx, Over, s.fresh())
	if !s.restarts() || s.broke != nil {
		return
	}
	s.reboot.asked = time.Now()
	if _, refused := errors.AsType[*Refusal](s.client.stop(ctx)); refused {
		s.reboot.stayed = core.Errorf(core.Invalid, "it cannot be stopped")
		return
	}
	s.await(ctx)
}

// sendStopping does a full import after which the node restarts. What it installs only then
// is there for no rule before: those that it does not take are brought afterwards.
func (s *sending) sendStopping(ctx context.Context) {
	s.dropSchemas(ctx)
	s.reboot.asked = time.Now()
	s.tell(ctx, Stop, s.wanted)
	if _, refused := errors.AsType[*Refusal](s.broke); refused {
		return
	}
	taken, held := s.split()
	if s.broke == nil && held.Len() > 0 { // with them it does not restart
		first := s.said
		s.said, s.reboot.asked = &bundle.Bundle{}, time.Now()
		s.tell(ctx, Stop, taken)
		if s.said.Len() > 0 {
			s.reboot.stayed = core.Errorf(core.Invalid, "it does not, as long as it refuses entries")
			lay(s.said, first)
			s.sendRest(ctx)
			return
		}
	}
	s.await(ctx)
	if s.reboot.away == nil && held.Len() > 0 {
		s.tell(ctx, Over, held)
	}
	if s.reboot.stayed != nil {
		s.sendRest(ctx)
	}
}

// split parts what is to be there into what the node took and what it did not.
func (s *sending) split() (taken, held *bundle.Bundle) {
	taken, held = s.wanted.Clone(), &bundle.Bundle{}
	for ref := range s.said.All() {
		if text, ok := s.wanted.Get(ref); ok {
			taken.Delete(ref)
			held.Set(ref, text)
		}
	}
	return taken, held
}

// lay adds the entries of one bundle to another.
func lay(onto, b *bundle.Bundle) {
	for ref, text := range b.All() {
		onto.Set(ref, text)
	}
}

// await waits until the node has gone and come back. Its answer may be lost when it goes:
// what it took is seen when it is read back.
func (s *sending) await(ctx context.Context) {
	if s.waits != nil {
		s.waits()
	}
	times, r, begun := s.client.times, &s.reboot, time.Now() // the import itself may have taken long
	for {
		about, err := s.client.greet(ctx)
		waited := time.Since(begun)
		switch {
		case about.Version != "" && about.UpTime < time.Since(r.asked):
			r.after, s.broke = about, nil
			return
		case err == nil && waited > times.Return:
			r.stayed = core.Errorf(core.Unreachable, "it has been running since before")
			return
		case err != nil && waited > times.Restart:
			r.away = err
			return
		}
		time.Sleep(min(pause, times.Return/5))
	}
}

// lost is the error of a node that did not come back.
func (s *sending) lost() error {
	if s.reboot.away == nil {
		return nil
	}
	return core.WithHint(core.Errorf(core.Unreachable, "the import was sent to %s, which was to restart and did not come back within %v: %w", s.client.node.Name, s.client.times.Restart, s.reboot.away),
		"look what the node writes when it starts, and what starts it; when it is back, pull it and look at its history")
}

// rebooted returns what of a restart did not come as planned. Others are the deviations
// that are known already.
func (s *sending) rebooted(others []plan.Deviation) []plan.Deviation {
	if !s.restarts() {
		return nil
	}
	if is, was := s.reboot.after.Version, s.reboot.before.Version; is != "" && is != was {
		return []plan.Deviation{{What: plan.OtherVersion, Message: fmt.Sprintf("the node came back as version %s; it was %s before", is, was)}}
	}
	why := s.reboot.stayed
	if why == nil {
		why = s.broke
	}
	if why == nil {
		return nil
	}
	known := map[core.Ref]bool{}
	for _, d := range others {
		known[d.Ref] = true
	}
	all := []plan.Deviation{{What: plan.NotRestarted, Message: fmt.Sprintf("the node did not restart: %v", why)}}
	for _, ref := range s.plan.Restart.Entries {
		if !known[ref] {
			all = append(all, plan.Deviation{Ref: ref, What: plan.NotRestarted, Message: fmt.Sprintf("the node goes on using the %s %s that it had before", ref.Kind.Noun(), ref.Name)})
		}
	}
	return all
}

// report adds to a report what keeps an import from being done: the entries that the node
// does not hold, and of a restart that went wrong those that it was for.
func (s *sending) report(into *bundle.Bundle, deviations []plan.Deviation) {
	for _, d := range deviations {
		switch {
		case d.What == plan.Declined || d.What == plan.Missing || d.What == plan.NotRestarted && d.Ref.Name != "":
			into.Set(d.Ref, d.Message)
		case d.What == plan.OtherVersion:
			for _, ref := range s.plan.Restart.Entries {
				into.Set(ref, d.Message)
			}
		}
	}
}
