package db

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

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

// The events that a query is for are selected by one of two beginnings and the conditions
// that it has. A short text is looked for in every row; where it is found at all, it is
// found soon.
const (
	eventColumns = `
select a.id, a.time, a.caller, a.via, a.address, a.action, a.subject, a.result, a.detail, a.revision, a.count`
	eventsSQL = eventColumns + `
from audit a
where a.id < ?`
	searchSQL = eventColumns + `
from audit_text join audit a on a.id = audit_text.rowid
where audit_text.rowid < ? and audit_text match ?`
	ofAction   = ` and a.action = ?`
	ofCaller   = ` and a.caller = ?`
	withText   = ` and (a.caller like ? escape '\' or a.address like ? escape '\' or a.subject like ? escape '\' or a.detail like ? escape '\')`
	newest     = ` order by a.id desc limit ?`
	newestText = ` order by audit_text.rowid desc limit ?`
)

// Events returns the events of the audit log that a query is for, the newest first.
func (db *DB) Events(ctx context.Context, q audit.Query) ([]audit.Event, error) {
	before := q.Before
	if before == 0 {
		before = math.MaxInt64
	}
	sql, order, args := eventsSQL, newest, []any{before}
	switch {
	case indexed(q.Text):
		sql, order, args = searchSQL, newestText, append(args, phrase(q.Text))
	case q.Text != "":
		sql, args = eventsSQL+withText, append(args, containing(q.Text), containing(q.Text), containing(q.Text), containing(q.Text))
	}
	if q.Action != "" {
		sql, args = sql+ofAction, append(args, string(q.Action))
	}
	if q.Caller != "" {
		sql, args = sql+ofCaller, append(args, q.Caller)
	}
	all, err := list(ctx, db.readers, scanEvent, sql+order, append(args, q.Limit)...)
	return all, fault(ctx, err, "reading the audit log")
}

// indexed reports whether the index can tell where a text is.
func indexed(text string) bool {
	return utf8.ValidString(text) && utf8.RuneCountInString(text) >= 3 && !strings.Contains(text, "\x00")
}

// phrase returns the expression for what contains a text, in any case.
func phrase(text string) string { return `"` + strings.ReplaceAll(text, `"`, `""`) + `"` }

// containing returns the pattern of like for what contains a text.
func containing(text string) string {
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
