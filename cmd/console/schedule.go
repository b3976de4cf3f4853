package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"time"

	"ekuiper-console/core/schedule"
)

type scheduleCmd struct {
	List   scheduleListCmd   `cmd:"" help:"List the schedules: that of all nodes, and those of single ones."`
	Set    scheduleSetCmd    `cmd:"" help:"Write the schedule of all nodes, or of one. What is not given stays."`
	Remove scheduleRemoveCmd `cmd:"" help:"Let a node have the schedule of all again."`
}

// scheduleDesk is where schedules are.
type scheduleDesk interface {
	// schedules returns that of all nodes, and then those of single ones.
	schedules() ([]schedule.Kept, error)
	// setSchedule writes the schedule of a node, or of all where none is named.
	setSchedule(node string, c schedule.Change) (schedule.Schedule, error)
	// removeSchedule takes the schedule of a node out.
	removeSchedule(node string) error
}

// timetable prints a schedule.
func timetable(w io.Writer, s schedule.Schedule) {
	name := s.Node
	if name == "" {
		name = "(all)"
	}
	fmt.Fprintf(w, "%s\tcompare %v\tback up %v\t%s\tkeep %s, %s days\n", name, s.Compare, s.Backup, s.Zone, orAll(s.Keep), orAll(s.Days))
}

// doings are the jobs, as something that failed.
var doings = map[schedule.Job]string{schedule.Compare: "comparing", schedule.Backup: "backing up"}

// failing prints what failed, and when it is tried again.
func failing(w io.Writer, all []schedule.Kept) {
	for _, s := range all {
		for _, f := range s.Failing {
			fmt.Fprintf(w, "%s %s failed at %s, and is tried again at %s: %s\n", doings[f.Job], f.Node, timeText(f.Tried), timeText(f.Again), oneLine(f.Reason))
			if f.Hint != "" {
				fmt.Fprintf(w, "  %s\n", oneLine(f.Hint))
			}
		}
	}
}

// timeText writes a time.
func timeText(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// orAll writes a bound; 0 is none.
func orAll(n int) string {
	if n == 0 {
		return "all"
	}
	return fmt.Sprint(n)
}

type scheduleListCmd struct{ keepFlags }

// Run lists the schedules, and what failed of them.
func (c *scheduleListCmd) Run(p *process) error {
	return c.with(p, func(d keepDesk) error {
		all, err := d.schedules()
		if err != nil {
			return err
		}
		return c.print(p, all, func(w io.Writer) {
			for _, s := range all {
				timetable(w, s.Schedule)
			}
			failing(w, all)
		})
	})
}

type scheduleSetCmd struct {
	keepFlags
	Node    string           `arg:"" optional:"" help:"Only for this node."`
	Compare *schedule.Rhythm `placeholder:"WHEN" help:"How often nodes are compared with their baselines: off, every 90m, or daily 02:00."`
	Backup  *schedule.Rhythm `placeholder:"WHEN" help:"How often nodes are backed up."`
	Zone    *string          `placeholder:"ZONE" help:"Time zone of times of day, such as Europe/Berlin."`
	Keep    *int             `placeholder:"N" help:"How many backups of a node stay; 0 for any number."`
	Days    *int             `placeholder:"N" help:"How many days they stay; 0 for any."`
}

// Run writes the schedule.
func (c *scheduleSetCmd) Run(p *process) error {
	return c.with(p, func(d keepDesk) error {
		s, err := d.setSchedule(c.Node, schedule.Change{Zone: c.Zone, Compare: c.Compare, Backup: c.Backup, Keep: c.Keep, Days: c.Days})
		if err != nil {
			return err
		}
		return c.print(p, []schedule.Schedule{s}, func(w io.Writer) { timetable(w, s) })
	})
}

type scheduleRemoveCmd struct {
	keepFlags
	Node string `arg:"" help:"Name of the node."`
}

// Run takes the schedule of the node out.
func (c *scheduleRemoveCmd) Run(p *process) error {
	return c.with(p, func(d keepDesk) error {
		if err := d.removeSchedule(c.Node); err != nil {
			return err
		}
		_, err := fmt.Fprintf(p.stdout, "%s has the schedule of all nodes\n", c.Node)
		return err
	})
}

func (l localKeep) schedules() ([]schedule.Kept, error) { return l.book.Overview(l.p.ctx, caller()) }

func (l localKeep) setSchedule(node string, c schedule.Change) (schedule.Schedule, error) {
	return l.book.Change(l.p.ctx, caller(), node, c)
}

func (l localKeep) removeSchedule(node string) error {
	return l.book.Remove(l.p.ctx, caller(), node)
}

func (r remoteKeep) schedules() ([]schedule.Kept, error) {
	all, err := ask[[]schedule.Kept](r.remote, r.p, "schedules", nil)
	if err != nil {
		return nil, err
	}
	return *all, nil
}

func (r remoteKeep) setSchedule(node string, c schedule.Change) (s schedule.Schedule, err error) {
	body := struct {
		Node string `json:"node"`
		schedule.Change
	}{node, c}
	data, err := r.call(r.p, "/api/v1/schedules", instead{body})
	if err != nil {
		return s, err
	}
	return s, json.Unmarshal(data, &s)
}

func (r remoteKeep) removeSchedule(node string) error {
	_, err := r.call(r.p, "/api/v1/schedules/"+url.PathEscape(node), deleting{})
	return err
}
