package node

import (
	"context"
	"slices"
	"strings"
)

// Ailing returns the rules of a node that stopped by an error, sorted. Where it does not
// answer as it should, it is an Unreachable error.
func (l *Live) Ailing(ctx context.Context, name string) ([]string, error) {
	c, err := l.client(ctx, name)
	if err != nil {
		return nil, err
	}
	rules, err := c.Rules(ctx)
	var ill []string
	for _, r := range rules {
		if !r.Runs() && strings.Contains(strings.ToLower(r.Status), "error") {
			ill = append(ill, r.ID)
		}
	}
	slices.Sort(ill)
	return ill, err
}
