package node

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"ekuiper-console/core"
)

// Health is how a node was doing when it was last asked.
type Health struct {
	State   State     `json:"state"`
	Reason  string    `json:"reason,omitempty"` // why it is not online
	Asked   time.Time `json:"asked,omitzero"`
	Since   time.Time `json:"since,omitzero"` // when it came into this state
	Version string    `json:"version,omitempty"`
	UpTime  int64     `json:"uptime_seconds,omitempty"`
	Clock   int64     `json:"clock_seconds,omitempty"` // how far its clock is ahead of ours
	Latency int64     `json:"latency_ms,omitempty"`

	of       string    // what was registered when it was asked: another address is another node
	failures int       // in a row
	next     time.Time // when it is to be asked again
}

// healths are the healths of nodes by name.
type healths struct {
	mu sync.Mutex
	by map[string]Health
}

// of returns the health of a node with an identity. That of another node, which had the
// same name, is none of it.
func (h *healths) of(name, identity string) Health {
	h.mu.Lock()
	defer h.mu.Unlock()
	if found, ok := h.by[name]; ok && found.of == identity {
		return found
	}
	return Health{State: Unknown, of: identity}
}

func (h *healths) put(name string, is Health) {
	h.change(name, is.of, func(known *Health) { *known = is })
}

// change changes the health of a node with an identity, which nobody else does meanwhile.
func (h *healths) change(name, identity string, change func(*Health)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.by == nil {
		h.by = map[string]Health{}
	}
	is, ok := h.by[name]
	if !ok || is.of != identity {
		is = Health{State: Unknown, of: identity}
	}
	change(&is)
	h.by[name] = is
}

// Health returns how a node was doing when it was last asked, without asking: Unknown for
// one that was not asked since it was registered or changed.
func (l *Live) Health(n Node) Health { return l.healths.of(n.Name, n.identity) }

// answered notes that a node has told all that it holds, where it was not known to be
// online. The rest is asked for soon.
func (l *Live) answered(n Node) {
	now := l.now()
	l.healths.change(n.Name, n.identity, func(h *Health) {
		if h.State != Online {
			*h = Health{State: Online, Asked: now, Since: now, of: n.identity}
		}
	})
}

// soon has a node asked at the next opportunity: what its rules do has changed.
func (l *Live) soon(n Node) {
	l.healths.change(n.Name, n.identity, func(h *Health) { h.next = time.Time{} })
}

// How often nodes are asked. One that does not answer is asked less and less often. The
// time is never just that, so that many nodes are not asked at once.
const (
	everyPoll = 30 * time.Second
	mostPoll  = 10 * time.Minute
	jitter    = 0.2
)

// wait returns how long to wait after so many failures in a row.
func wait(failures int, random float64) time.Duration {
	d := everyPoll << min(failures, 10)
	d = min(d, mostPoll)
	return time.Duration(float64(d) * (1 - jitter + 2*jitter*random))
}

// parallelPolls bounds how many nodes are asked at once.
const parallelPolls = 8

// Poll asks nodes how they are doing and what they hold, each in its time, until the
// context ends.
func (l *Live) Poll(ctx context.Context) {
	slots := make(chan struct{}, parallelPolls)
	var asking sync.WaitGroup
	defer asking.Wait()
	for tick := time.NewTicker(time.Second); ; {
		for _, name := range l.due(ctx) {
			slots <- struct{}{}
			asking.Go(func() {
				defer func() { <-slots }()
				l.Ask(ctx, name)
			})
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			tick.Stop()
			return
		}
	}
}

// due returns the nodes whose time has come, and puts the next off, so that none is asked
// twice at once.
func (l *Live) due(ctx context.Context) []string {
	nodes, err := l.Nodes.Store.Nodes(ctx)
	if err != nil && ctx.Err() == nil && l.Log != nil {
		l.Log.WarnContext(ctx, "nodes not read", "error", err)
	}
	var names []string
	for _, n := range nodes {
		if h := l.healths.of(n.Name, n.identity()); !l.now().Before(h.next) {
			h.next = l.now().Add(mostPoll)
			l.healths.put(n.Name, h)
			names = append(names, n.Name)
		}
	}
	return names
}

// identity tells what was registered of a node at one time from all else.
func (s Stored) identity() string { return s.URL + "\n" + s.CA + "\n" + string(s.Sealed) }

// Ask asks a node how it is doing, reads what it holds, and returns its health.
func (l *Live) Ask(ctx context.Context, name string) Health {
	is := Health{Asked: l.now()}
	if n, err := l.Nodes.Store.Node(ctx, name); err == nil {
		is.of = n.identity()
	}
	before := l.healths.of(name, is.of)
	about, err := l.ask(ctx, name)
	if ctx.Err() != nil {
		return before
	}
	if is.State, is.Reason = StateOf(err); err != nil && is.State == Online {
		is.State, is.Reason = Unknown, err.Error()
	}
	is.Version, is.UpTime, is.Clock = about.Version, int64(about.UpTime.Seconds()), int64(about.Clock.Seconds())
	is.Latency = about.Latency.Milliseconds()
	if is.Since = before.Since; is.State != before.State {
		is.Since = is.Asked
	}
	if is.State != Online {
		is.failures = before.failures + 1
	}
	is.next = l.now().Add(wait(is.failures, rand.Float64()))
	l.healths.put(name, is)
	return is
}

// Look is Ask for somebody who has asked for it: where somebody else reads the node, or
// imports into it, that is waited for, and it is read then. It takes an operator. Where the
// node does not answer as it should, it is an Unreachable error.
func (l *Live) Look(ctx context.Context, by core.Caller, name string) error {
	if err := by.Require(core.Operator); err != nil {
		return err
	}
	begun := l.now()
	if is := l.Ask(ctx, name); is.State != Online && is.Reason != "" {
		return trouble(name, is.State, "%s", is.Reason)
	}
	read, err := l.Pulled(ctx, name)
	if err != nil || !read.Before(begun.Truncate(time.Millisecond)) {
		return err
	}
	_, err = l.Pull(ctx, by, name)
	return err
}

// Glance is Ask for somebody who only looks, and does not wait long: a node that does not
// tell by then is asked again in its time.
func (l *Live) Glance(ctx context.Context, name string) Health {
	ctx, cancel := context.WithTimeout(ctx, l.Times.or(defaultTimes).Glance)
	defer cancel()
	return l.Ask(ctx, name)
}

// reader is who reads nodes by themselves.
var reader = core.Caller{Name: "console", Role: core.Operator, Via: "task"}

func (l *Live) ask(ctx context.Context, name string) (About, error) {
	c, err := l.client(ctx, name)
	if err != nil {
		return About{}, err
	}
	about, rules, err := c.about(ctx)
	if err != nil {
		return about, err
	}
	l.runnings.put(c.node, c.explained(ctx, rules), l.now())
	done, ok := l.turns.try(name)
	if !ok {
		return about, nil // it is read, or imported into, by somebody else
	}
	defer done()
	_, err = l.pull(ctx, reader, c)
	return about, err
}
