package db

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"strings"

	"ekuiper-console/core/audit"
	"ekuiper-console/core/plan"
)

// AppendEvents adds events to the audit log, all or none.
func (db *DB) AppendEvents(ctx context.Context, all ...audit.Event) error {
	return db.write(ctx, func(t *sql.Tx) error {
		for _, e := range all {
			if err := putEvent(ctx, t, e); err != nil {
				return err
			}
		}
		return nil
	})
}

const putEventSQL = `
insert into audit (time, caller, via, address, action, subject, result, detail, revision, count)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

// putEvent adds an event to the audit log, in the transaction of what it tells of.
func putEvent(ctx context.Context, t *sql.Tx, e audit.Event) error {
	_, err := t.ExecContext(ctx, putEventSQL, e.Time.UnixMilli(), e.Caller, e.Via, e.Addr,
		string(e.Action), e.Subject, string(e.Result), e.Detail, e.Revision, e.Count)
	return fault(ctx, err, "writing the audit log")
}

// told is write, with the event that tells of it in the same transaction.
func (db *DB) told(ctx context.Context, did audit.Event, do func(t *sql.Tx) error) error {
	return db.write(ctx, func(t *sql.Tx) error {
		if err := do(t); err != nil {
			return err
		}
		return putEvent(ctx, t, did)
	})
}

const eventsSQL = `
select id, time, caller, via, address, action, subject, result, detail, revision, count
from audit
where id < ?1 and (?2 = '' or action = ?2) and (?3 = '' or caller = ?3)
	and (?4 = '' or caller like ?4 escape '\' or address like ?4 escape '\' or subject like ?4 escape '\' or detail like ?4 escape '\')
order by id desc
limit ?5`

// Events returns the events of the audit log that a query is for, the newest first.
func (db *DB) Events(ctx context.Context, q audit.Query) ([]audit.Event, error) {
	before := q.Before
	if before == 0 {
		before = math.MaxInt64
	}
	all, err := list(ctx, db.readers, scanEvent, eventsSQL, before, string(q.Action), q.Caller, containing(q.Text), q.Limit)
	return all, fault(ctx, err, "reading the audit log")
}

// containing returns the pattern of like for what contains a text; empty for no text.
func containing(text string) string {
	if text == "" {
		return ""
	}
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
}

func scanEvent(r row) (e audit.Event, err error) {
	var ms int64
	err = r.Scan(&e.ID, &ms, &e.Caller, &e.Via, &e.Addr, &e.Action, &e.Subject, &e.Result, &e.Detail, &e.Revision, &e.Count)
	e.Time = moment(ms)
	return e, err
}

// imported is the event that tells of a commit.
func imported(c *plan.Commit, rev plan.Revision) audit.Event {
	action := audit.Import
	switch {
	case c.Found:
		action = audit.NodePull
	case c.Restores > 0:
		action = audit.Restore
	}
	e := audit.New(c.Time, c.By, action, c.Node)
	e.Detail = fmt.Sprintf("%v, %d created, %d replaced, %d deleted, %d rejected", c.Plan.Mode, rev.Created, rev.Replaced, rev.Deleted, rev.Rejected)
	if c.Restores > 0 {
		e.Detail = fmt.Sprintf("of revision %d; %s", c.Restores, e.Detail)
	}
	if !c.Plan.Empty() {
		e.Revision = rev.Number
	}
	return e
}
