package db

import (
	"context"
	"database/sql"
	"errors"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
	"ekuiper-console/core/schedule"
)

const putScheduleSQL = `
insert or replace into schedules (node, zone, compare, backup, keep, days, caller, changed)
values (?, ?, ?, ?, ?, ?, ?, ?)`

// PutSchedule stores a schedule in place of the one for the same node.
func (db *DB) PutSchedule(ctx context.Context, s schedule.Schedule, did audit.Event) error {
	return db.told(ctx, did, func(t *sql.Tx) error {
		_, err := t.ExecContext(ctx, putScheduleSQL, s.Node, s.Zone, s.Compare.String(), s.Backup.String(), s.Keep, s.Days, s.By, s.Changed.UnixMilli())
		return fault(ctx, err, "storing a schedule")
	})
}

const deleteScheduleSQL = `delete from schedules where node = ?`

// DeleteSchedule takes the schedule of a node out, or returns a NotFound error.
func (db *DB) DeleteSchedule(ctx context.Context, node string, did audit.Event) error {
	return db.told(ctx, did, func(t *sql.Tx) error {
		result, err := t.ExecContext(ctx, deleteScheduleSQL, node)
		return oneGone(ctx, result, err, "%s has no schedule of its own", node)
	})
}

const schedulesSQL = `select node, zone, compare, backup, keep, days, caller, changed from schedules order by node`

// Schedules returns all schedules by node.
func (db *DB) Schedules(ctx context.Context) ([]schedule.Schedule, error) {
	all, err := list(ctx, db.readers, scanSchedule, schedulesSQL)
	return all, fault(ctx, err, "reading the schedules")
}

func scanSchedule(r row) (s schedule.Schedule, err error) {
	var compare, backup string
	var changed int64
	if err := r.Scan(&s.Node, &s.Zone, &compare, &backup, &s.Keep, &s.Days, &s.By, &changed); err != nil {
		return s, err
	}
	s.Changed = moment(changed)
	return s, errors.Join(s.Compare.UnmarshalText([]byte(compare)), s.Backup.UnmarshalText([]byte(backup)))
}

const turnsSQL = `select job, node, time, tried, failures, reason, hint, again from turns`

// Turns returns how each job went last.
func (db *DB) Turns(ctx context.Context) (map[schedule.Turn]schedule.Went, error) {
	all := map[schedule.Turn]schedule.Went{}
	scan := func(r row) (turn schedule.Turn, err error) {
		var w schedule.Went
		var done int64
		var tried, again sql.NullInt64
		err = r.Scan(&turn.Job, &turn.Node, &done, &tried, &w.Failures, &w.Reason, &w.Hint, &again)
		w.Done, w.Tried, w.Again = moment(done), perhaps(tried), perhaps(again)
		all[turn] = w
		return turn, err
	}
	_, err := list(ctx, db.readers, scan, turnsSQL)
	return all, fault(ctx, err, "reading how jobs went")
}

const putTurnSQL = `
insert or replace into turns (job, node, time, tried, failures, reason, hint, again)
select ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 where ?2 = ?9 or exists (select 1 from nodes where name = ?2)`

// PutTurn keeps how a job went. Of a node that is there no more nothing is kept.
func (db *DB) PutTurn(ctx context.Context, turn schedule.Turn, w schedule.Went) error {
	_, err := db.writer.ExecContext(ctx, putTurnSQL, string(turn.Job), turn.Node, w.Done.UnixMilli(), orNull(w.Tried), w.Failures, w.Reason, w.Hint, orNull(w.Again), core.Local)
	return fault(ctx, err, "keeping how a job went")
}
