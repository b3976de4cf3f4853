package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"ekuiper-console/core/rollout"
)

const putTargetSQL = `
insert into rollout_targets (rollout, position, node, wave, state, plans, changes, begun, before, after, deviations, reason, updated, ailing)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict (rollout, position) do update set
	wave = excluded.wave, state = excluded.state, plans = excluded.plans, changes = excluded.changes, begun = excluded.begun,
	before = excluded.before, after = excluded.after, deviations = excluded.deviations, reason = excluded.reason, updated = excluded.updated,
	ailing = excluded.ailing`

// PutTargets stores what is other about nodes of a rollout, all or none.
func (db *DB) PutTargets(ctx context.Context, id string, targets ...rollout.Target) error {
	return db.write(ctx, func(t *sql.Tx) error { return putTargets(ctx, t, id, targets) })
}

func putTargets(ctx context.Context, t *sql.Tx, id string, targets []rollout.Target) error {
	put, err := t.PrepareContext(ctx, putTargetSQL)
	if err != nil {
		return fault(ctx, err, "storing the nodes of rollout %s", id)
	}
	defer put.Close()
	for _, n := range targets {
		updated := sql.NullInt64{Int64: n.Updated.UnixMilli(), Valid: !n.Updated.IsZero()}
		ailing, err := json.Marshal(n.Ailing)
		if err == nil {
			_, err = put.ExecContext(ctx, id, n.Position, n.Node, n.Wave, string(n.State), n.Group, n.Changes, n.Begun,
				n.Before, n.After, n.Deviations, n.Reason, updated, sql.NullString{String: string(ailing), Valid: n.Ailing != nil})
		}
		if err != nil {
			return fault(ctx, err, "storing node %s of rollout %s", n.Node, id)
		}
	}
	return nil
}

const targetsSQL = `
select position, node, wave, state, plans, changes, begun, before, after, deviations, reason, updated, ailing
from rollout_targets
where rollout = ?
order by position`

// Targets returns the nodes of a rollout by position.
func (db *DB) Targets(ctx context.Context, id string) ([]rollout.Target, error) {
	all, err := list(ctx, db.readers, scanTarget, targetsSQL, id)
	return all, fault(ctx, err, "reading the nodes of rollout %s", id)
}

func scanTarget(r row) (n rollout.Target, err error) {
	var updated sql.NullInt64
	var ailing []byte
	err = r.Scan(&n.Position, &n.Node, &n.Wave, &n.State, &n.Group, &n.Changes, &n.Begun,
		&n.Before, &n.After, &n.Deviations, &n.Reason, &updated, &ailing)
	n.Updated = perhaps(updated)
	if err == nil && ailing != nil {
		err = json.Unmarshal(ailing, &n.Ailing)
	}
	return n, err
}

const groupsSQL = `
select g.body, g.reviewed, count(*)
from rollout_targets t join rollout_groups g on g.rollout = t.rollout and g.id = t.plans
where t.rollout = ?
group by g.id
order by count(*) desc, min(t.position)
limit ?`

// Groups returns up to limit groups of nodes with equal plans, the largest first; 0 for
// all.
func (db *DB) Groups(ctx context.Context, id string, limit int) ([]rollout.Group, error) {
	if limit == 0 {
		limit = -1
	}
	all, err := list(ctx, db.readers, scanGroup, groupsSQL, id, limit)
	return all, fault(ctx, err, "reading the plans of rollout %s", id)
}

func scanGroup(r row) (g rollout.Group, err error) {
	var body []byte
	var reviewed bool
	var nodes int
	if err := r.Scan(&body, &reviewed, &nodes); err != nil {
		return g, err
	}
	err = json.Unmarshal(body, &g)
	g.Reviewed, g.Nodes = reviewed, nodes
	return g, err
}

const putGroupSQL = `insert into rollout_groups (rollout, id, reviewed, body) values (?, ?, 0, ?) on conflict do nothing`

// PutGroup stores what equal plans change, unless it is there.
func (db *DB) PutGroup(ctx context.Context, id string, g rollout.Group) error {
	body, err := json.Marshal(g)
	if err != nil {
		return fmt.Errorf("writing a plan of rollout %s: %w", id, err)
	}
	_, err = db.writer.ExecContext(ctx, putGroupSQL, id, g.ID, string(body))
	return fault(ctx, err, "storing a plan of rollout %s", id)
}

const reviewGroupsSQL = `update rollout_groups set reviewed = 1 where rollout = ?`

// ReviewGroups notes that somebody stands for all plans that there are.
func (db *DB) ReviewGroups(ctx context.Context, id string) error {
	_, err := db.writer.ExecContext(ctx, reviewGroupsSQL, id)
	return fault(ctx, err, "storing that rollout %s was reviewed", id)
}
