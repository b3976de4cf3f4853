package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"

	sqlite3 "modernc.org/sqlite/lib"

	"ekuiper-console/core/plan"
)

// Examination is what a store was found to be.
type Examination struct {
	Form      int                   `json:"form"`   // how many migrations it has seen
	Known     int                   `json:"known"`  // how many this program knows
	States    map[string]plan.State `json:"states"` // by node
	Rows      map[string]int64      `json:"rows"`   // by table
	Artifacts []string              `json:"-"`      // the hashes of the files that entries name
	Troubles  []string              `json:"troubles"`
}

// maxTroubles bounds how many troubles an examination names.
const maxTroubles = 100

// note adds a trouble.
func (x *Examination) note(format string, args ...any) {
	if len(x.Troubles) < maxTroubles {
		x.Troubles = append(x.Troubles, fmt.Sprintf(format, args...))
	}
}

// Current reports whether the store has the form that this program knows.
func (x *Examination) Current() bool { return x.Form == x.Known }

// Examine looks through the store in the file at path, as it is at one moment, and
// changes nothing: whether the file is sound, whether its tables agree, and whether each
// node holds what its journal says. An error means that it could not be examined.
func Examine(ctx context.Context, path string) (*Examination, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("opening the store: %w", err)
	}
	pool, err := connect(path, 1, readerPragmas)
	if err != nil {
		return nil, fmt.Errorf("opening the store %s: %w", path, err)
	}
	defer pool.Close()
	x := &Examination{States: map[string]plan.State{}, Rows: map[string]int64{}, Troubles: []string{}}
	t, err := pool.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if code := primaryCode(err); code == sqlite3.SQLITE_NOTADB || code == sqlite3.SQLITE_CORRUPT {
		x.note("the file cannot be read: %v", err)
		return x, nil
	}
	if err != nil {
		return nil, fault(ctx, err, "beginning to read")
	}
	defer t.Rollback()
	for _, look := range []func(context.Context, *sql.Tx) error{x.soundness, x.form, x.count, x.journals, x.artifacts} {
		switch err := look(ctx, t); {
		case errors.Is(err, errUnreadable):
			return x, nil
		case err != nil:
			return nil, fault(ctx, err, "examining the store")
		}
	}
	return x, nil
}

// errUnreadable is the error of what need not be looked at further. The examination
// says why.
var errUnreadable = errors.New("the store cannot be read")

// text scans the only column of a row.
func text(r row) (s string, err error) {
	err = r.Scan(&s)
	return s, err
}

// soundness asks the database itself.
func (x *Examination) soundness(ctx context.Context, t *sql.Tx) error {
	said, err := list(ctx, t, text, `pragma integrity_check`)
	if err != nil {
		x.note("the file cannot be read: %v", err)
		return errUnreadable
	}
	if !slices.Equal(said, []string{"ok"}) {
		for _, s := range said {
			x.note("the file is damaged: %s", s)
		}
		return errUnreadable
	}
	dangling, err := list(ctx, t, text, `select "table" || ' names a row of ' || parent || ' that is not there' from pragma_foreign_key_check`)
	for _, s := range dangling {
		x.note("a row of %s", s)
	}
	return err
}

// form asks which migrations the store has seen.
func (x *Examination) form(ctx context.Context, t *sql.Tx) error {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	x.Known = len(names)
	err = t.QueryRowContext(ctx, migratedSQL).Scan(&x.Form)
	if primaryCode(err) != 0 || x.Form == 0 {
		x.note("the file is no store of a console")
		return errUnreadable
	}
	return err
}

const tablesSQL = `select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' order by name`

// count counts the rows of all tables.
func (x *Examination) count(ctx context.Context, t *sql.Tx) error {
	tables, err := list(ctx, t, text, tablesSQL)
	if err != nil {
		return err
	}
	for _, table := range tables {
		var n int64
		if err := t.QueryRowContext(ctx, `select count(*) from "`+table+`"`).Scan(&n); err != nil {
			return err
		}
		x.Rows[table] = n
	}
	return nil
}

const nodesSQL = `select node from revisions union select node from changes union select node from entries`

// journals replays the journal of every node.
func (x *Examination) journals(ctx context.Context, t *sql.Tx) error {
	nodes, err := list(ctx, t, text, nodesSQL)
	if err != nil {
		return err
	}
	var replayed int64
	for _, node := range nodes {
		r := &replay{node: node, x: x, held: map[entryKey]int64{}}
		if err := r.run(ctx, t); err != nil {
			return err
		}
		x.States[node] = r.state
		replayed += r.changes
	}
	if n := x.Rows["changes"]; n != replayed {
		x.note("the journal has %d changes, %d of which belong to no revision", n, n-replayed)
	}
	return nil
}

// artifacts lists the files that entries name. Stores of an earlier form name none.
func (x *Examination) artifacts(ctx context.Context, t *sql.Tx) error {
	if _, ok := x.Rows["artifacts"]; !ok {
		return nil
	}
	all, err := list(ctx, t, text, knownArtifactsSQL)
	x.Artifacts = slices.Sorted(slices.Values(all))
	return err
}

// entryKey names an entry as it is stored.
type entryKey struct{ kind, name string }

// replay does again what the journal of a node says was done.
type replay struct {
	node    string
	x       *Examination
	state   plan.State
	held    map[entryKey]int64 // the change that wrote what the node would hold now
	changes int64              // that were replayed
}

// ledger is what a revision says of itself.
type ledger struct {
	number                     int64
	hash                       string
	created, replaced, deleted int
	first, last                int64
}

const ledgerSQL = `
select number, hash, created, replaced, deleted, first_change, last_change
from revisions where node = ? order by number`

// run replays all revisions, and compares what comes of it with what the node holds.
func (r *replay) run(ctx context.Context, t *sql.Tx) error {
	scan := func(row row) (l ledger, err error) {
		err = row.Scan(&l.number, &l.hash, &l.created, &l.replaced, &l.deleted, &l.first, &l.last)
		return l, err
	}
	revisions, err := list(ctx, t, scan, ledgerSQL, r.node)
	if err != nil {
		return err
	}
	for _, l := range revisions {
		if l.number != r.state.Revision+1 {
			r.x.note("%s: revision %d follows revision %d", r.node, l.number, r.state.Revision)
		}
		if err := r.revision(ctx, t, l); err != nil {
			return err
		}
		r.state = plan.State{Revision: l.number, Hash: l.hash}
	}
	return r.compare(ctx, t)
}

const replaySQL = `
select id, node, revision, action, kind, name, coalesce(previous, 0), coalesce(text, '')
from changes where id between ? and ? order by id`

// journalRow is one line of the journal.
type journalRow struct {
	id, revision, previous int64
	node, kind             string
	step                   plan.Step
}

func scanJournal(r row) (c journalRow, err error) {
	var action string
	if err := r.Scan(&c.id, &c.node, &c.revision, &action, &c.kind, &c.step.Ref.Name, &c.previous, &c.step.New); err != nil {
		return c, err
	}
	if c.step.Ref.Kind, err = kindOf(c.kind); err != nil {
		return c, err
	}
	return c, c.step.Action.UnmarshalText([]byte(action))
}

// revision replays one revision, and computes its hash anew.
func (r *replay) revision(ctx context.Context, t *sql.Tx, l ledger) error {
	rows, err := list(ctx, t, scanJournal, replaySQL, l.first, l.last)
	if err != nil {
		return err
	}
	counts := map[plan.Action]int{}
	steps := make([]plan.Step, 0, len(rows))
	for _, c := range rows {
		if c.node != r.node || c.revision != l.number {
			r.x.note("%s: revision %d claims change %d, which is of %s %d", r.node, l.number, c.id, c.node, c.revision)
		}
		r.apply(c)
		counts[c.step.Action]++
		steps = append(steps, c.step)
	}
	r.changes += int64(len(rows))
	want := map[plan.Action]int{plan.Create: l.created, plan.Replace: l.replaced, plan.Delete: l.deleted}
	for action, n := range want {
		if counts[action] != n {
			r.x.note("%s: revision %d says %v %d, its journal %d", r.node, l.number, action, n, counts[action])
		}
	}
	if chain(r.state.Hash, steps) != l.hash {
		r.x.note("%s: the hash of revision %d is not that of its changes and of all before it", r.node, l.number)
	}
	return nil
}

// apply does one change again.
func (r *replay) apply(c journalRow) {
	key := entryKey{c.kind, c.step.Ref.Name}
	if r.held[key] != c.previous {
		r.x.note("%s: change %d of %v follows change %d, the one before it is %d", r.node, c.id, c.step.Ref, c.previous, r.held[key])
	}
	if c.step.Action == plan.Delete {
		delete(r.held, key)
		return
	}
	r.held[key] = c.id
}

const heldSQL = `select kind, name, change from entries where node = ?`

// compare holds what the node has against what its journal leaves.
func (r *replay) compare(ctx context.Context, t *sql.Tx) error {
	rows, err := t.QueryContext(ctx, heldSQL, r.node)
	if err != nil {
		return err
	}
	defer rows.Close()
	left := maps.Clone(r.held)
	for rows.Next() {
		var key entryKey
		var change int64
		if err := rows.Scan(&key.kind, &key.name, &change); err != nil {
			return err
		}
		if left[key] != change {
			r.x.note("%s: %s/%s is that of change %d, the journal leaves that of change %d", r.node, key.kind, key.name, change, left[key])
		}
		delete(left, key)
	}
	for key := range left {
		r.x.note("%s: %s/%s is missing, the journal leaves it", r.node, key.kind, key.name)
	}
	return rows.Err()
}
