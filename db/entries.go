package db

import (
	"context"
	"database/sql"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
)

// Snapshot returns all that a node holds as it was at one moment. The bundle is
// shared with other callers. It is read from the file only if the state has moved
// since the last call.
func (db *DB) Snapshot(ctx context.Context, node string) (plan.Snapshot, error) {
	state, err := db.State(ctx, node)
	if err != nil {
		return plan.Snapshot{}, err
	}
	if s, ok := db.cache.at(node, state); ok {
		return s, nil
	}
	if err := db.cache.lock(ctx); err != nil {
		return plan.Snapshot{}, fault(ctx, err, "waiting for the entries of node %s", node)
	}
	defer db.cache.unlock()
	return db.load(ctx, node)
}

// load reads a snapshot and caches it, unless somebody else just did.
func (db *DB) load(ctx context.Context, node string) (s plan.Snapshot, err error) {
	err = db.read(ctx, func(t *sql.Tx) error {
		s, err = db.snapshotIn(ctx, t, node)
		return err
	})
	return s, err
}

// snapshotIn returns the snapshot of the moment that a transaction sees.
func (db *DB) snapshotIn(ctx context.Context, t *sql.Tx, node string) (plan.Snapshot, error) {
	state, err := state(ctx, t, node)
	if err != nil {
		return plan.Snapshot{}, err
	}
	if s, ok := db.cache.at(node, state); ok {
		return s, nil
	}
	s := plan.Snapshot{State: state, Bundle: &bundle.Bundle{}}
	if err := readEntries(ctx, t, node, s.Bundle); err != nil {
		return plan.Snapshot{}, fault(ctx, err, "reading the entries of node %s", node)
	}
	if s.Artifacts, err = readArtifacts(ctx, t, node); err != nil {
		return plan.Snapshot{}, fault(ctx, err, "reading the artifacts of node %s", node)
	}
	s.Bundle.Settle()
	db.cache.put(node, s)
	return s, nil
}

// readEntries reads all that a node holds into b.
func readEntries(ctx context.Context, t *sql.Tx, node string, b *bundle.Bundle) error {
	section, err := t.PrepareContext(ctx, sectionSQL)
	if err != nil {
		return err
	}
	for _, k := range core.InstallOrder() {
		if err := readSection(ctx, section, node, k, b); err != nil {
			return err
		}
	}
	return nil
}

const sectionSQL = `
select e.name, c.text
from entries e join changes c on c.id = e.change
where e.node = ? and e.kind = ?`

// readSection reads the entries of one kind into b.
func readSection(ctx context.Context, section *sql.Stmt, node string, k core.Kind, b *bundle.Bundle) error {
	rows, err := section.QueryContext(ctx, node, k.Key())
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		ref, text := core.Ref{Kind: k}, ""
		if err := rows.Scan(&ref.Name, &text); err != nil {
			return err
		}
		b.Set(ref, text)
	}
	return rows.Err()
}

const entrySQL = `
select c.text
from entries e join changes c on c.id = e.change
where e.node = ? and e.kind = ? and e.name = ?`

// Entry returns the text of one entry, or a NotFound error.
func (db *DB) Entry(ctx context.Context, node string, ref core.Ref) (text string, err error) {
	err = db.readers.QueryRowContext(ctx, entrySQL, node, ref.Kind.Key(), ref.Name).Scan(&text)
	err = orNotFound(err, "there is no %s named %q", ref.Kind.Noun(), ref.Name)
	return text, fault(ctx, err, "reading %v", ref)
}
