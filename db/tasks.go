package db

import (
	"context"
	"encoding/json"

	"ekuiper-console/core/task"
)

const putTaskSQL = `
insert into tasks (id, node, caller, title, state, message, result, created, updated)
values (?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict (id) do update set
	node = excluded.node, caller = excluded.caller, title = excluded.title,
	state = excluded.state, message = excluded.message, result = excluded.result,
	created = excluded.created, updated = excluded.updated`

// PutTask stores a task, in place of the one with the same id.
func (db *DB) PutTask(ctx context.Context, t task.Task) error {
	_, err := db.writer.ExecContext(ctx, putTaskSQL, t.ID, t.Node, t.By, t.Title, string(t.State),
		t.Message, string(t.Result), t.Created.UnixMilli(), t.Updated.UnixMilli())
	return fault(ctx, err, "storing task %s", t.ID)
}

const taskSQL = `
select id, node, caller, title, state, message, result, created, updated, 0
from tasks
where id = ?`

// Task returns a task, or a NotFound error.
func (db *DB) Task(ctx context.Context, id string) (task.Task, error) {
	t, err := scanTask(db.readers.QueryRowContext(ctx, taskSQL, id))
	err = orNotFound(err, "there is no task %q", id)
	return t.Task, fault(ctx, err, "reading a task")
}

const tasksSQL = `
select id, node, caller, title, state, '', '', created, updated, 0
from tasks
where node = ?
order by rowid desc
limit ?`

// Tasks returns up to limit tasks of a node without their messages and results, the
// newest first: the one that was stored last, whatever the clock said.
func (db *DB) Tasks(ctx context.Context, node string, limit int) ([]task.Task, error) {
	scan := func(r row) (task.Task, error) {
		t, err := scanTask(r)
		return t.Task, err
	}
	all, err := list(ctx, db.readers, scan, tasksSQL, node, limit)
	return all, fault(ctx, err, "reading the tasks of node %s", node)
}

// The states are the ones that are not final.
const unfinishedSQL = `
select t.id, t.node, t.caller, t.title, t.state, t.message, t.result, t.created, t.updated,
	coalesce((select max(r.number) from revisions r
		where r.task = t.id and r.task <> '' and r.node = t.node), 0)
from tasks t
where t.state in ('register', 'running')
order by t.created, t.rowid`

// UnfinishedTasks returns the tasks that are not in a final state, the oldest first,
// each with the revision that it committed, if it came to that.
func (db *DB) UnfinishedTasks(ctx context.Context) ([]task.Unfinished, error) {
	all, err := list(ctx, db.readers, scanTask, unfinishedSQL)
	return all, fault(ctx, err, "reading the unfinished tasks")
}

func scanTask(row row) (t task.Unfinished, err error) {
	var created, updated int64
	var result string
	err = row.Scan(&t.ID, &t.Node, &t.By, &t.Title, &t.State, &t.Message, &result, &created, &updated, &t.Revision)
	t.Created, t.Updated = moment(created), moment(updated)
	if result != "" {
		t.Result = json.RawMessage(result)
	}
	return t, err
}
