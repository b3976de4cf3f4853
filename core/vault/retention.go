package vault

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
	"ekuiper-console/core/schedule"
)

// Expired returns those of the backups of a node that its retention does not let stay. What
// is pinned stays, and so does the newest that did not fail: the one that was made last,
// whatever the clock said. Failed ones are counted by themselves, so that they take no place
// from the others.
func Expired(all []Backup, r schedule.Retention, now time.Time) []Backup {
	all = slices.SortedFunc(slices.Values(all), func(a, b Backup) int { return cmp.Compare(b.ID, a.ID) })
	oldest := now.AddDate(0, 0, -r.Days)
	var expired []Backup
	counts, newest := map[bool]int{}, true
	for _, b := range all {
		if b.Pinned {
			newest = newest && b.Failed()
			continue
		}
		last := newest && !b.Failed()
		newest = newest && b.Failed()
		over := r.Keep > 0 && counts[b.Failed()] == r.Keep || r.Days > 0 && b.Time.Before(oldest)
		if over && !last {
			expired = append(expired, b)
			continue
		}
		counts[b.Failed()]++
	}
	return expired
}

// sweeper is who takes out what does not stay.
var sweeper = core.Caller{Name: "console", Role: core.Operator, Via: "task"}

// sweep takes out the backups of a node that do not stay, but for those that somebody pins
// meanwhile.
func (v *Vault) sweep(ctx context.Context, node string) error {
	terms, err := v.Terms.For(ctx, sweeper, node)
	if err != nil {
		return err
	}
	all, err := v.Store.Backups(ctx, Query{Node: node})
	if err != nil {
		return err
	}
	expired := Expired(all, terms.Retention, v.now())
	if len(expired) == 0 {
		return nil
	}
	ids := make([]int64, len(expired))
	words := make([]string, len(expired))
	for i, b := range expired {
		ids[i], words[i] = b.ID, fmt.Sprint(b.ID)
	}
	did := audit.New(v.now(), sweeper, audit.BackupRemove, node).Saying("retention: " + strings.Join(words, ", "))
	return v.Store.DeleteBackups(ctx, ids, false, did)
}

// Sweep takes out all backups that do not stay, also those of nodes that are backed up no
// more.
func (v *Vault) Sweep(ctx context.Context) error {
	latest, err := v.Latest(ctx, sweeper)
	for node := range latest {
		err = errors.Join(err, v.sweep(ctx, node))
	}
	return err
}
