package node

import (
	"context"
	"strings"
	"sync"
	"time"
)

// Runs is what a node said of its rules when it was last asked.
type Runs struct {
	At    time.Time          // when; the zero time for never
	Rules map[string]Running // by id
}

// runnings are what nodes said of their rules, by name.
type runnings struct {
	mu sync.Mutex
	by map[string]said
}

// said is what a node said, and what was registered of it then.
type said struct {
	Runs
	of string
}

func (r *runnings) put(n Node, rules []Running, at time.Time) {
	all := make(map[string]Running, len(rules))
	for _, rule := range rules {
		all[rule.ID] = rule
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.by == nil {
		r.by = map[string]said{}
	}
	r.by[n.Name] = said{Runs{at, all}, n.identity}
}

// maxExplained bounds the rules of a node that are asked why they stopped, each time.
const maxExplained = 10

// explained asks rules that stopped by an error why.
func (c *Client) explained(ctx context.Context, rules []Running) []Running {
	asked := 0
	for i, r := range rules {
		if !strings.Contains(strings.ToLower(r.Status), "error") || r.Message != "" {
			continue
		}
		if asked++; asked > maxExplained {
			break
		}
		if why, err := c.Status(ctx, r.ID); err == nil {
			rules[i].Message = why.Message // that it stopped is known without
		}
	}
	return rules
}

// Runs returns what a node said of its rules when it was last asked, without asking.
func (l *Live) Runs(n Node) Runs {
	l.runnings.mu.Lock()
	defer l.runnings.mu.Unlock()
	if found := l.runnings.by[n.Name]; found.of == n.identity {
		return found.Runs
	}
	return Runs{}
}
