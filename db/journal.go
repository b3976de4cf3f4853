package db

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
)

const nextChangeSQL = `select coalesce(max(id), 0) + 1 from changes`

// writeRevision writes a revision, its journal, and the entries that it leaves, and gives the
// revision its hash.
func writeRevision(ctx context.Context, t *sql.Tx, rev *plan.Revision, c *plan.Commit) error {
	var hash string
	var hashing sync.WaitGroup // on another core, since it takes as long as a fifth of the rest
	hashing.Go(func() { hash = chain(c.Plan.Base.Hash, c.Plan.Steps) })
	defer hashing.Wait()
	if err := writeChanges(ctx, t, *rev, c); err != nil {
		return err
	}
	hashing.Wait()
	rev.Hash = hash
	_, err := t.ExecContext(ctx, putHashSQL, hash, rev.Node, rev.Number)
	return fault(ctx, err, "writing revision %d", rev.Number)
}

// writeChanges writes a revision without its hash, its journal, and the entries.
func writeChanges(ctx context.Context, t *sql.Tx, rev plan.Revision, c *plan.Commit) error {
	var first int64
	if err := t.QueryRowContext(ctx, nextChangeSQL).Scan(&first); err != nil {
		return fault(ctx, err, "finding the end of the journal")
	}
	if err := putRevision(ctx, t, rev, first); err != nil {
		return err
	}
	w := writer{ctx: ctx, t: t, rev: rev, next: first, held: first}
	for i := range c.Plan.Steps {
		if s := &c.Plan.Steps[i]; s.Action.Changes() {
			if err := w.write(s); err != nil {
				return err
			}
		}
		if written := int(w.next - first); written > 0 && w.next-w.held == holdEvery {
			if err := w.hold(); err != nil {
				return err
			}
			c.Tell(written, changed(rev))
		}
	}
	if err := w.hold(); err != nil {
		return err
	}
	c.Tell(changed(rev), changed(rev))
	return nil
}

// holdEvery is how many changes are written before their entries are. Between, the commit
// can end, and tells how far it has come.
const holdEvery = 4096

// atOnce is how many changes one statement writes, where there are so many of one action: to
// start a statement costs as much as some rows of it.
const atOnce = 64

// writer writes the changes of one revision. Its statements run without the context, which
// would cost each of them a goroutine: hold looks at it.
type writer struct {
	ctx    context.Context
	t      *sql.Tx
	rev    plan.Revision
	one    [plan.Delete + 1]*sql.Stmt // writes a change, by action; nil until it is needed
	many   [plan.Delete + 1]*sql.Stmt // writes atOnce changes
	action plan.Action                // of the changes that are gathered
	rows   []any                      // what is gathered: id, kind, name and text of each change
	next   int64                      // the id of the next change
	held   int64                      // the id of the first change whose entry was not written yet
}

// rowValues is how many values of a change a statement takes besides those that all changes
// of a revision share.
const rowValues = 4

// write gathers one change for the journal, and writes those that are enough.
func (w *writer) write(s *plan.Step) error {
	if s.Action != w.action {
		if err := w.flush(); err != nil {
			return err
		}
		w.action = s.Action
	}
	w.rows = append(w.rows, w.next, s.Ref.Kind.Key(), s.Ref.Name, newText(s))
	w.next++
	if len(w.rows) < atOnce*rowValues && s.Artifact == nil {
		return nil
	}
	if err := w.flush(); err != nil || s.Artifact == nil {
		return err
	}
	return putArtifact(w.ctx, w.t, w.next-1, s.Artifact)
}

// flush writes into the journal what is gathered.
func (w *writer) flush() error {
	rows := w.rows
	w.rows = w.rows[:0]
	if len(rows) == atOnce*rowValues {
		return w.insert(&w.many[w.action], atOnce, rows)
	}
	for ; len(rows) > 0; rows = rows[rowValues:] {
		if err := w.insert(&w.one[w.action], 1, rows[:rowValues]); err != nil {
			return err
		}
	}
	return nil
}

// insert writes n changes with a statement, which is prepared first where it is not.
func (w *writer) insert(s **sql.Stmt, n int, rows []any) (err error) {
	if *s == nil {
		if *s, err = w.t.PrepareContext(w.ctx, changesSQL(w.action, n)); err != nil {
			return fault(w.ctx, err, "preparing the journal")
		}
	}
	values := append(make([]any, 0, 2+len(rows)), w.rev.Node, w.rev.Number)
	if _, err := (*s).Exec(append(values, rows...)...); err != nil {
		what := fmt.Sprint(rows[1], "/", rows[2])
		if n > 1 {
			what += fmt.Sprint(" to ", rows[len(rows)-3], "/", rows[len(rows)-2])
		}
		return fault(w.ctx, err, "applying %s", what)
	}
	return nil
}

// hold brings the entries up to the changes that were written.
func (w *writer) hold() error {
	if err := w.flush(); err != nil {
		return err
	}
	for _, query := range []string{dropEntriesSQL, holdEntriesSQL} {
		if _, err := w.t.ExecContext(w.ctx, query, w.held, w.next-1); err != nil {
			return fault(w.ctx, err, "applying revision %d", w.rev.Number)
		}
	}
	w.held = w.next
	return nil
}

// previousSQL finds the change that another one of an entry follows through the entry,
// which still is what it was.
const previousSQL = `
	(select change from entries where node = ?1 and kind = ?KIND and name = ?NAME)`

// changesSQL returns the statement that writes n changes with an action. Its values are the
// node and the number of the revision, then id, kind, name and text of each change. Most
// have no number in it: the driver looks the numbered ones up one after the other.
func changesSQL(a plan.Action, n int) string {
	var b strings.Builder
	b.WriteString("insert into changes (node, revision, id, kind, name, action, text, previous) values")
	for row := range n {
		kind, text, previous := 4+row*rowValues, "?", "null"
		if a == plan.Delete {
			text = "nullif(?, '')" // there is none
		}
		if a != plan.Create {
			previous = strings.NewReplacer("KIND", strconv.Itoa(kind), "NAME", strconv.Itoa(kind+1)).Replace(previousSQL)
		}
		if row > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, " (?1, ?2, ?, ?, ?, '%s', %s, %s)", a, text, previous)
	}
	return b.String()
}

// dropEntriesSQL takes out the entries that the changes in a range of ids end.
const dropEntriesSQL = `
delete from entries where (node, kind, name) in (
	select node, kind, name from changes where id between ?1 and ?2 and action <> 'create')`

// holdEntriesSQL puts in the entries that the changes in a range of ids leave.
const holdEntriesSQL = `
insert into entries (node, kind, name, change)
select node, kind, name, id from changes where id between ?1 and ?2 and action <> 'delete'`

const rangeSQL = `select first_change, last_change from revisions where node = ? and number = ?`

const listChangesSQL = `
select c.action, c.kind, c.name, coalesce(p.text, ''), coalesce(c.text, '')
from changes c left join changes p on p.id = c.previous
where c.id between ?1 and ?2 and (?3 = '' or c.action = ?3)
order by c.id
limit ?4 offset ?5`

// Changes returns what a revision did, or a part of it, in the order in which it did it,
// or a NotFound error.
func (db *DB) Changes(ctx context.Context, node string, revision int64, w plan.Window) (all []plan.Change, err error) {
	var first, last int64
	only, limit := "", -1
	if w.Only != nil {
		only = w.Only.String()
	}
	if w.Limit > 0 {
		limit = w.Limit
	}
	offset := w.Offset
	err = db.readers.QueryRowContext(ctx, rangeSQL, node, revision).Scan(&first, &last)
	err = orNotFound(err, "there is no revision %d", revision)
	if w.Only == nil { // the ids of a revision have no gaps
		first, offset = first+int64(w.Offset), 0
	}
	if err == nil {
		all, err = list(ctx, db.readers, scanChange, listChangesSQL, first, last, only, limit, offset)
	}
	return all, fault(ctx, err, "reading the changes of revision %d", revision)
}

func scanChange(r row) (c plan.Change, err error) {
	var action, kind string
	if err := r.Scan(&action, &kind, &c.Ref.Name, &c.Old, &c.New); err != nil {
		return c, err
	}
	if c.Ref.Kind, err = kindOf(kind); err != nil {
		return c, err
	}
	return c, c.Action.UnmarshalText([]byte(action))
}

// kindOf reads a kind as it is stored.
func kindOf(key string) (core.Kind, error) {
	k, known := core.KindOf(key)
	if !known {
		return k, fmt.Errorf("%q is not a section", key)
	}
	return k, nil
}
