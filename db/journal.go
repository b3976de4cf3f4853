package db

import (
	"context"
	"database/sql"
	"fmt"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
)

const nextChangeSQL = `select coalesce(max(id), 0) + 1 from changes`

// writeRevision writes a revision, its journal, and the entries that it leaves.
func writeRevision(ctx context.Context, t *sql.Tx, rev plan.Revision, steps []plan.Step) error {
	j := journal{node: rev.Node, revision: rev.Number}
	if err := t.QueryRowContext(ctx, nextChangeSQL).Scan(&j.next); err != nil {
		return fault(ctx, err, "finding the end of the journal")
	}
	if err := putRevision(ctx, t, rev, j.next); err != nil {
		return err
	}
	if err := j.prepare(ctx, t); err != nil {
		return fault(ctx, err, "preparing the journal")
	}
	for i := range steps {
		if s := &steps[i]; s.Action.Changes() {
			if err := j.apply(s); err != nil {
				return fault(ctx, err, "applying %v", s.Ref)
			}
		}
	}
	return nil
}

// journal is the writing of one revision. It must not be used beyond its transaction,
// whose end closes the statements.
type journal struct {
	node     string
	revision int64
	next     int64 // id of the next change
	changes  [plan.Delete + 1]*sql.Stmt
	entries  [plan.Delete + 1]*sql.Stmt
}

// changeSQL writes one line of the journal, by action. It must run before the
// statement of holdSQL: the change that it ends is found through the entry.
var changeSQL = [plan.Delete + 1]string{
	plan.Create: `
insert into changes (id, node, revision, kind, name, action, text)
values (?1, ?2, ?3, ?4, ?5, 'create', ?6)`,
	plan.Replace: `
insert into changes (id, node, revision, kind, name, action, text, previous)
values (?1, ?2, ?3, ?4, ?5, 'replace', ?6,
	(select change from entries where node = ?2 and kind = ?4 and name = ?5))`,
	plan.Delete: `
insert into changes (id, node, revision, kind, name, action, previous)
values (?1, ?2, ?3, ?4, ?5, 'delete',
	(select change from entries where node = ?2 and kind = ?4 and name = ?5))`,
}

// holdSQL makes the entry point to its newest change, by action.
var holdSQL = [plan.Delete + 1]string{
	plan.Create:  `insert into entries (node, kind, name, change) values (?1, ?2, ?3, ?4)`,
	plan.Replace: `update entries set change = ?4 where node = ?1 and kind = ?2 and name = ?3`,
	plan.Delete:  `delete from entries where node = ?1 and kind = ?2 and name = ?3`,
}

func (j *journal) prepare(ctx context.Context, t *sql.Tx) (err error) {
	for a := range changeSQL {
		if j.changes[a], err = t.PrepareContext(ctx, changeSQL[a]); err != nil {
			return err
		}
		if j.entries[a], err = t.PrepareContext(ctx, holdSQL[a]); err != nil {
			return err
		}
	}
	return nil
}

// apply writes one step. It has no context, which would cost a goroutine for every
// statement; when the context of the transaction is done, the next statement fails.
func (j *journal) apply(s *plan.Step) error {
	id, kind, name := j.next, s.Ref.Kind.Key(), s.Ref.Name
	j.next++
	line := []any{id, j.node, j.revision, kind, name, s.New}
	hold := []any{j.node, kind, name, id}
	if s.Action == plan.Delete {
		line, hold = line[:5], hold[:3]
	}
	if _, err := j.changes[s.Action].Exec(line...); err != nil {
		return err
	}
	_, err := j.entries[s.Action].Exec(hold...)
	return err
}

const rangeSQL = `select first_change, last_change from revisions where node = ? and number = ?`

const changesSQL = `
select c.action, c.kind, c.name, coalesce(p.text, ''), coalesce(c.text, '')
from changes c left join changes p on p.id = c.previous
where c.id between ? and ?
order by c.id`

// Changes returns what a revision did, in the order in which it did it, or a NotFound
// error.
func (db *DB) Changes(ctx context.Context, node string, revision int64) (all []plan.Change, err error) {
	var first, last int64
	err = db.readers.QueryRowContext(ctx, rangeSQL, node, revision).Scan(&first, &last)
	err = orNotFound(err, "there is no revision %d", revision)
	if err == nil {
		all, err = list(ctx, db.readers, scanChange, changesSQL, first, last)
	}
	return all, fault(ctx, err, "reading the changes of revision %d", revision)
}

func scanChange(r row) (c plan.Change, err error) {
	var action, kind string
	if err := r.Scan(&action, &kind, &c.Ref.Name, &c.Old, &c.New); err != nil {
		return c, err
	}
	var known bool
	if c.Ref.Kind, known = core.KindOf(kind); !known {
		return c, fmt.Errorf("%q is not a section", kind)
	}
	return c, c.Action.UnmarshalText([]byte(action))
}
