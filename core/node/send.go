package node

import (
	"context"
	"errors"
	"strings"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
)

// Commit brings a plan into a node and returns the revision of what is there afterwards.
// Into the embedded node that is one transaction. One that runs elsewhere is read first,
// and is a Conflict error where it is not in the state that the plan was made from; then
// the plan is sent, the node is read back, and the Deviations of the commit say what
// did not come as planned. An Unreachable error after sending says so.
func (l *Live) Commit(ctx context.Context, c *plan.Commit) (plan.Revision, error) {
	if c.Node == core.Local || c.Plan.Empty() {
		return l.Mirror.Commit(ctx, c)
	}
	client, err := l.client(ctx, c.Node)
	if err != nil {
		return plan.Revision{}, err
	}
	unlock, err := l.alone(ctx, c.Node)
	if err != nil {
		return plan.Revision{}, err
	}
	defer unlock()
	now, err := l.pull(ctx, c.By, client)
	if err != nil {
		return plan.Revision{}, err
	}
	if now.State != c.Plan.Base {
		return plan.Revision{}, core.WithHint(core.Errorf(core.Conflict, "node %s has changed since the plan was made", c.Node), "look at the plan of now")
	}
	ctx = context.WithoutCancel(ctx) // from here on it must be seen through
	s := &sending{client: client, plan: c.Plan, begins: c.Begins, waits: c.Waits, now: now.Bundle, wanted: c.Plan.After(now.Bundle), said: &bundle.Bundle{}}
	s.files = l.newLinking(client.node, now, c.Plan)
	if err := s.run(ctx); err != nil {
		return plan.Revision{}, err
	}
	c.Deviations = s.deviations()
	s.report(c.Report, c.Deviations)
	base := c.Plan
	c.Plan = &plan.Plan{Mode: base.Mode, Steps: s.rest(c.Deviations)}
	rev, err := l.keep(ctx, s.found, c, s.files.artifacts)
	c.Plan = base
	l.soon(client.node)
	return rev, err
}

// alone keeps everybody else from reading a node, and from importing into it.
func (l *Live) alone(ctx context.Context, name string) (end func(), err error) {
	done, err := l.turns.wait(ctx, name)
	if err != nil || l.Lock == nil {
		return done, err
	}
	unlock, err := l.Lock(name)
	if err != nil {
		done()
		return nil, core.WithHint(core.Errorf(core.Busy, "another process is importing into node %s: %w", name, err), "try again in a moment")
	}
	return func() {
		unlock()
		done()
	}, nil
}

// sending is one import into a node.
type sending struct {
	client *Client
	plan   *plan.Plan
	begins func() error // told before anything is sent; may be nil
	waits  func()       // told that the node restarts; may be nil
	files  *linking
	now    *bundle.Bundle // what the node holds before
	wanted *bundle.Bundle // what it is to hold afterwards

	said   *bundle.Bundle     // what it says of entries that it did not take
	broke  error              // why it did not answer to the end; nil where it did
	found  *bundle.Bundle     // what it holds afterwards
	late   map[string]Running // the rules that do not run, and ought to
	unsure error              // why it is not known whether rules run; nil where it is
	reboot reboot
}

// run sends the import, and reads back what became of it.
func (s *sending) run(ctx context.Context) error {
	if err := s.masks(); err != nil {
		return err
	}
	if err := s.prepare(ctx); err != nil {
		return err
	}
	if s.begins != nil {
		if err := s.begins(); err != nil {
			return err
		}
	}
	s.send(ctx)
	if err := s.lost(); err != nil {
		return err
	}
	if err := s.readBack(ctx); err != nil {
		return err
	}
	s.settle(ctx)
	return nil
}

// send does the import. Of a full one the engine passes over native plugins and schemas:
// they come behind it, and the rules that waited for them are started anew.
func (s *sending) send(ctx context.Context) {
	switch {
	case s.lays():
		s.sendOver(ctx)
	case s.restarts():
		s.sendStopping(ctx)
	default:
		s.tell(ctx, Reset, s.wanted)
		s.dropSchemas(ctx)
		s.sendRest(ctx)
	}
}

// dropSchemas takes out the schemas that are to go or to change: the engine's reset leaves
// them, and it does not lay another one over them.
func (s *sending) dropSchemas(ctx context.Context) {
	for name, text := range s.now.Section(core.Schema) {
		if next, stays := s.wanted.Get(core.Ref{Kind: core.Schema, Name: name}); !stays || next != text {
			_ = s.client.dropSchema(ctx, name) // what is still there is found when it is read back
		}
	}
}

// sendRest sends what a full import passes over.
func (s *sending) sendRest(ctx context.Context) {
	if rest := only(s.wanted, core.NativePlugin, core.Schema); s.broke == nil && rest.Len() > 0 {
		s.tell(ctx, Over, rest)
		s.revive(ctx)
	}
}

// tell imports a bundle and keeps what the node says.
func (s *sending) tell(ctx context.Context, way Way, b *bundle.Bundle) {
	said, err := s.client.Import(ctx, way, s.files.put(b))
	if err != nil {
		s.broke = err
		return
	}
	lay(s.said, s.files.plain(said))
}

// changes returns what a partial import writes.
func (s *sending) changes() *bundle.Bundle {
	b := &bundle.Bundle{}
	for i := range s.plan.Steps {
		if step := &s.plan.Steps[i]; step.Action == plan.Create || step.Action == plan.Replace {
			b.Set(step.Ref, step.New)
		}
	}
	return b
}

// only returns the entries of some kinds.
func only(b *bundle.Bundle, kinds ...core.Kind) *bundle.Bundle {
	some := &bundle.Bundle{}
	for _, kind := range kinds {
		for name, text := range b.Section(kind) {
			some.Set(core.Ref{Kind: kind, Name: name}, text)
		}
	}
	return some
}

// revive starts the rules anew that stopped by an error before all they need was there.
func (s *sending) revive(ctx context.Context) {
	rules, err := s.client.Rules(ctx)
	if err != nil {
		return // it is asked again when the rules have settled
	}
	for _, r := range rules {
		if text, ok := s.wanted.Get(core.Ref{Kind: core.Rule, Name: r.ID}); ok && triggered(text) && !r.Runs() {
			_ = s.client.restart(ctx, r.ID) // whether it helped is seen when the rules have settled
		}
	}
}

// pause is how long is waited between two questions to a node that is waited for.
const pause = 500 * time.Millisecond

// readBack reads what the node holds afterwards. A node that broke off is given time to
// come back.
func (s *sending) readBack(ctx context.Context) (err error) {
	for until := time.Now().Add(s.client.times.Return); ; time.Sleep(min(pause, s.client.times.Return/5)) {
		if s.found, err = s.client.Export(ctx); err == nil {
			return nil
		}
		if state, _ := StateOf(err); state != Unreachable || time.Now().After(until) {
			break
		}
	}
	return core.WithHint(core.Errorf(core.Unreachable, "the import was sent to %s, and what became of it is not known: %w", s.client.node.Name, errors.Join(s.broke, err)),
		"when the node is back, pull it and look at its history")
}

// noRoute is how a node answers that has no such address.
const noRoute = "404 page not found"

// settle waits for the rules to start, and asks those that do not why. A node that has no
// address for that, as a console has none, runs no rules.
func (s *sending) settle(ctx context.Context) {
	concerned := s.concerned()
	for id := range concerned {
		_, err := s.client.Status(ctx, id)
		if r, ok := errors.AsType[*Refusal](err); ok && strings.TrimSpace(r.Message) == noRoute {
			return
		}
		break
	}
	until, nap := time.Now().Add(s.client.times.Settle), min(pause, s.client.times.Settle/5)
	for calm := 0; calm < 3 && len(concerned) > 0; time.Sleep(nap) {
		late, err := s.lateOf(ctx, concerned)
		if len(late) == 0 && err == nil {
			calm++
			continue
		}
		calm = 0
		if time.Now().After(until) {
			s.unsure = err
			s.ask(ctx, late)
			return
		}
	}
}

// unlisted is the status of a rule that a node holds, and does not know as a rule.
const unlisted = "it is not in the list of rules"

// lateOf returns those of some rules that do not run. Of a rule that the node does not list
// nobody knows that it runs.
func (s *sending) lateOf(ctx context.Context, ids map[string]bool) ([]Running, error) {
	rules, err := s.client.Rules(ctx)
	if err != nil {
		return nil, err
	}
	var late []Running
	listed := map[string]bool{}
	for _, r := range rules {
		listed[r.ID] = true
		if ids[r.ID] && !r.Runs() {
			late = append(late, r)
		}
	}
	for id := range ids {
		if !listed[id] {
			late = append(late, Running{ID: id, Status: unlisted})
		}
	}
	return late, nil
}

// concerned returns the rules that the import wrote and that ought to run.
func (s *sending) concerned() map[string]bool {
	ids := map[string]bool{}
	for id, text := range s.looked().Section(core.Rule) {
		if _, there := s.found.Get(core.Ref{Kind: core.Rule, Name: id}); there && triggered(text) {
			ids[id] = true
		}
	}
	return ids
}

// ask asks rules why they do not run.
func (s *sending) ask(ctx context.Context, late []Running) {
	s.late = map[string]Running{}
	for _, r := range late {
		if why, err := s.client.Status(ctx, r.ID); err == nil {
			r = why
		}
		if !r.Runs() {
			s.late[r.ID] = r
		}
	}
}
