package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"reflect"
	"time"

	"ekuiper-console/core/audit"
	"ekuiper-console/core/node"
)

const putNodeSQL = `
insert into nodes (name, url, labels, ca, sealed, artifacts, console_url, created) values (?, ?, ?, ?, ?, ?, ?, ?)
on conflict (name) do update set
  url = excluded.url, labels = excluded.labels, ca = excluded.ca, sealed = excluded.sealed,
  artifacts = excluded.artifacts, console_url = excluded.console_url`

// PutNode stores what is registered of a node, in place of what there was, the zero Stored
// for nothing. Where it is something else that is there it is a Conflict error.
func (db *DB) PutNode(ctx context.Context, n, was node.Stored, did audit.Event) error {
	return db.told(ctx, did, func(t *sql.Tx) error {
		is, err := scanNode(t.QueryRowContext(ctx, nodeSQL, n.Name))
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fault(ctx, err, "reading node %s", n.Name)
		}
		// What was read is compared, not its text: JSON may be written in several ways.
		if is.Name != was.Name || !reflect.DeepEqual(columnsOf(is), columnsOf(was)) {
			return node.Changed(n.Name)
		}
		values := append(append([]any{n.Name}, columnsOf(n)...), n.Created.UnixMilli())
		_, err = t.ExecContext(ctx, putNodeSQL, values...)
		return fault(ctx, err, "storing node %s", n.Name)
	})
}

// columnsOf returns what is stored of what may change about a node.
func columnsOf(n node.Stored) []any {
	labels, _ := json.Marshal(n.Labels) // of texts alone
	return []any{n.URL, string(labels), n.CA, n.Sealed, n.Artifacts, n.ConsoleURL}
}

const nodeSQL = `select name, url, labels, ca, sealed, created, pulled, artifacts, console_url from nodes where name = ?`

// Node returns what is registered of a node, or a NotFound error.
func (db *DB) Node(ctx context.Context, name string) (node.Stored, error) {
	n, err := scanNode(db.readers.QueryRowContext(ctx, nodeSQL, name))
	err = orNotFound(err, "there is no node %s", name)
	return n, fault(ctx, err, "reading node %s", name)
}

const registeredSQL = `select name, url, labels, ca, sealed, created, pulled, artifacts, console_url from nodes order by name`

// Nodes returns what is registered of all nodes, by name.
func (db *DB) Nodes(ctx context.Context) ([]node.Stored, error) {
	all, err := list(ctx, db.readers, scanNode, registeredSQL)
	return all, fault(ctx, err, "reading the nodes")
}

func scanNode(r row) (n node.Stored, err error) {
	var labels string
	var created int64
	var pulled sql.NullInt64
	if err := r.Scan(&n.Name, &n.URL, &labels, &n.CA, &n.Sealed, &created, &pulled, &n.Artifacts, &n.ConsoleURL); err != nil {
		return n, err
	}
	n.Created, n.Pulled = moment(created), perhaps(pulled)
	return n, json.Unmarshal([]byte(labels), &n.Labels)
}

const deleteNodeSQL = `delete from nodes where name = ?`

// deleteKeepingSQL takes out by what a node is looked after.
var deleteKeepingSQL = []string{deleteBaselineSQL, deleteScheduleSQL, `delete from turns where node = ?`}

// DeleteNode takes a node out, or returns a NotFound error. Its history and its backups stay;
// its baseline and its schedule go.
func (db *DB) DeleteNode(ctx context.Context, name string, did audit.Event) error {
	return db.told(ctx, did, func(t *sql.Tx) error {
		result, err := t.ExecContext(ctx, deleteNodeSQL, name)
		if err := oneGone(ctx, result, err, "there is no node %s", name); err != nil {
			return err
		}
		for _, statement := range deleteKeepingSQL {
			if _, err := t.ExecContext(ctx, statement, name); err != nil {
				return fault(ctx, err, "removing node %s", name)
			}
		}
		return nil
	})
}

const pulledSQL = `update nodes set pulled = ? where name = ?`

// NotePulled notes when all that a node holds was last read.
func (db *DB) NotePulled(ctx context.Context, name string, at time.Time) error {
	_, err := db.writer.ExecContext(ctx, pulledSQL, at.UnixMilli(), name)
	return fault(ctx, err, "noting that node %s was read", name)
}
