package schedule

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
	_ "time/tzdata" // a machine need not have the zones

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
)

// Retention says how long backups stay. Those that are pinned stay for good, and of each
// node the newest does.
type Retention struct {
	Keep int `json:"keep"` // how many of a node stay, without the pinned; 0 for any number
	Days int `json:"days"` // how many days they stay; 0 for any
}

// The bounds of a retention.
const (
	mostKept = 10_000
	mostDays = 10_000
)

// Schedule says what is done to a node by itself.
type Schedule struct {
	Node    string `json:"node"` // empty for all that have no schedule of their own
	Zone    string `json:"zone"` // of times of day, such as Europe/Berlin
	Compare Rhythm `json:"compare"`
	Backup  Rhythm `json:"backup"`
	Retention
	By      string    `json:"by,omitempty"`     // who wrote it; empty where nobody has yet
	Changed time.Time `json:"changed,omitzero"` // when it was written
}

// Default is the schedule of all nodes while nobody has written one: they are compared every
// hour and backed up every night.
func Default() Schedule {
	return Schedule{
		Zone: "UTC", Compare: Rhythm{Every: time.Hour}, Backup: Rhythm{Daily: true, At: 2 * time.Hour},
		Retention: Retention{Keep: 30, Days: 90},
	}
}

// check returns an Invalid error for a schedule that cannot be kept.
func (s Schedule) check() error {
	if _, err := s.location(); err != nil {
		return err
	}
	if s.Keep < 0 || s.Keep > mostKept || s.Days < 0 || s.Days > mostDays {
		return core.Errorf(core.Invalid, "backups stay for a number from 0 to %d, and for as many days; 0 is without end", mostKept)
	}
	return nil
}

// location returns the zone.
func (s Schedule) location() (*time.Location, error) {
	zone, err := time.LoadLocation(s.Zone)
	if err != nil || s.Zone == "" || s.Zone == "Local" {
		return nil, core.WithHint(core.Errorf(core.Invalid, "%q is not a time zone", s.Zone), "write UTC, or a name such as Europe/Berlin")
	}
	return zone, nil
}

// Store keeps schedules. Each change is one transaction with the event that tells of it.
type Store interface {
	// PutSchedule stores a schedule in place of the one for the same node.
	PutSchedule(ctx context.Context, s Schedule, did audit.Event) error
	// DeleteSchedule takes the schedule of a node out, or returns a NotFound error.
	DeleteSchedule(ctx context.Context, node string, did audit.Event) error
	// Schedules returns all schedules by node.
	Schedules(ctx context.Context) ([]Schedule, error)
}

// Book knows the schedules, and how it went when it was time. Its fields must not change
// once it is in use.
type Book struct {
	Store Store
	Turns Turns
	Known func(ctx context.Context, node string) error // a NotFound error for a node that is not there
	Now   func() time.Time                             // nil means time.Now

	mu     sync.Mutex
	unkept map[Turn]Went // how jobs went of which that could not be stored
}

// Put writes the schedule of a node, or that of all which have none of their own. Only an
// admin may.
func (b *Book) Put(ctx context.Context, by core.Caller, s Schedule) (Schedule, error) {
	if err := by.Require(core.Admin); err != nil {
		return s, err
	}
	if s.Node != "" {
		if err := b.Known(ctx, s.Node); err != nil {
			return s, err
		}
	}
	if err := s.check(); err != nil {
		return s, err
	}
	s.By, s.Changed = by.Name, b.now()
	detail := fmt.Sprintf("compare %v, back up %v in %s, keep %d for %d days", s.Compare, s.Backup, s.Zone, s.Keep, s.Days)
	return s, b.Store.PutSchedule(ctx, s, audit.New(s.Changed, by, audit.ScheduleSet, s.subject()).Saying(detail))
}

// Change is what is to be other about a schedule. What is nil is as it counts for the node
// now.
type Change struct {
	Zone    *string `json:"zone,omitempty"`
	Compare *Rhythm `json:"compare,omitempty"`
	Backup  *Rhythm `json:"backup,omitempty"`
	Keep    *int    `json:"keep,omitempty"`
	Days    *int    `json:"days,omitempty"`
}

// Change changes the schedule of a node, which has one of its own from then on, or that of
// all which have none. Only an admin may.
func (b *Book) Change(ctx context.Context, by core.Caller, node string, c Change) (Schedule, error) {
	s, err := b.For(ctx, by, node)
	if err != nil {
		return s, err
	}
	s.Node = node
	given(&s.Zone, c.Zone)
	given(&s.Compare, c.Compare)
	given(&s.Backup, c.Backup)
	given(&s.Keep, c.Keep)
	given(&s.Days, c.Days)
	return b.Put(ctx, by, s)
}

// given puts a value in place of another, where there is one.
func given[T any](old, new *T) {
	if new != nil {
		*old = *new
	}
}

// subject is what the audit log calls the node.
func (s Schedule) subject() string {
	if s.Node == "" {
		return "all nodes"
	}
	return s.Node
}

// Remove takes the schedule of a node out, which from then on has that of all. Only an
// admin may.
func (b *Book) Remove(ctx context.Context, by core.Caller, node string) error {
	if err := by.Require(core.Admin); err != nil {
		return err
	}
	return b.Store.DeleteSchedule(ctx, node, audit.New(b.now(), by, audit.ScheduleRemove, node))
}

// List returns the schedule of all nodes, and then those of single nodes by name. It takes
// a viewer.
func (b *Book) List(ctx context.Context, by core.Caller) ([]Schedule, error) {
	if err := by.Require(core.Viewer); err != nil {
		return nil, err
	}
	all, err := b.Store.Schedules(ctx)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 || all[0].Node != "" {
		all = append([]Schedule{Default()}, all...)
	}
	return all, nil
}

// For returns the schedule that counts for a node. It takes a viewer.
func (b *Book) For(ctx context.Context, by core.Caller, node string) (Schedule, error) {
	all, err := b.List(ctx, by)
	if err != nil {
		return Schedule{}, err
	}
	return of(all, node), nil
}

// of returns the schedule of a node, out of a list that begins with that of all.
func of(all []Schedule, node string) Schedule {
	if i := slices.IndexFunc(all, func(s Schedule) bool { return s.Node == node }); i >= 0 {
		return all[i]
	}
	return all[0]
}

func (b *Book) now() time.Time {
	if b.Now == nil {
		return time.Now()
	}
	return b.Now()
}
