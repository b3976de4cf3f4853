package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"ekuiper-console/core/audit"
	"ekuiper-console/core/rollout"
)

// keptRollouts is how many rollouts are kept that are over.
const keptRollouts = 100

const sweepRolloutsSQL = `
delete from rollouts where id in (
	select id from rollouts where state in ('finished', 'cancelled') order by created desc limit -1 offset ?)`

const makeRolloutSQL = `insert into rollouts (id, created, state, head) values (?, ?, ?, ?)`

const putRolloutBodySQL = `insert into rollout_bodies (rollout, body) values (?, ?)`

// MakeRollout stores a new rollout, and deletes the oldest of those that are over.
func (db *DB) MakeRollout(ctx context.Context, r rollout.Rollout, body []byte, targets []rollout.Target, did audit.Event) error {
	head, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("writing rollout %s: %w", r.ID, err)
	}
	if body == nil {
		body = []byte{} // nil would be null
	}
	return db.told(ctx, did, func(t *sql.Tx) error {
		if _, err := t.ExecContext(ctx, sweepRolloutsSQL, keptRollouts); err != nil {
			return fault(ctx, err, "deleting old rollouts")
		}
		_, err := t.ExecContext(ctx, makeRolloutSQL, r.ID, r.Created.UnixMilli(), string(r.State), string(head))
		if err == nil {
			_, err = t.ExecContext(ctx, putRolloutBodySQL, r.ID, body)
		}
		if err != nil {
			return fault(ctx, err, "storing rollout %s", r.ID)
		}
		return putTargets(ctx, t, r.ID, targets)
	})
}

const putRolloutSQL = `update rollouts set state = ?, head = ? where id = ?`

// PutRollout stores what is other about a rollout.
func (db *DB) PutRollout(ctx context.Context, r rollout.Rollout, did ...audit.Event) error {
	head, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("writing rollout %s: %w", r.ID, err)
	}
	return db.write(ctx, func(t *sql.Tx) error {
		if _, err := t.ExecContext(ctx, putRolloutSQL, string(r.State), string(head), r.ID); err != nil {
			return fault(ctx, err, "storing rollout %s", r.ID)
		}
		for _, e := range did {
			if err := putEvent(ctx, t, e); err != nil {
				return err
			}
		}
		return nil
	})
}

const removeRolloutSQL = `delete from rollouts where id = ?`

// RemoveRollout deletes a rollout with all that is kept of it.
func (db *DB) RemoveRollout(ctx context.Context, id string, did audit.Event) error {
	return db.told(ctx, did, func(t *sql.Tx) error {
		_, err := t.ExecContext(ctx, removeRolloutSQL, id)
		return fault(ctx, err, "deleting rollout %s", id)
	})
}

const rolloutSQL = `select head from rollouts where id = ?`

const rolloutsSQL = `select head from rollouts order by created desc, rowid desc limit ?`

// Rollout returns a rollout, or a NotFound error.
func (db *DB) Rollout(ctx context.Context, id string) (r rollout.Rollout, err error) {
	err = db.read(ctx, func(t *sql.Tx) error {
		r, err = scanRollout(t.QueryRowContext(ctx, rolloutSQL, id))
		if err != nil {
			return orNotFound(err, "there is no rollout %s", id)
		}
		r.Tally, err = tally(ctx, t, id)
		return err
	})
	return r, fault(ctx, err, "reading rollout %s", id)
}

// Rollouts returns up to limit rollouts, the newest first; 0 for all.
func (db *DB) Rollouts(ctx context.Context, limit int) (all []rollout.Rollout, err error) {
	if limit == 0 {
		limit = -1
	}
	err = db.read(ctx, func(t *sql.Tx) error {
		all, err = list(ctx, t, scanRollout, rolloutsSQL, limit)
		for i := range all {
			if err == nil {
				all[i].Tally, err = tally(ctx, t, all[i].ID)
			}
		}
		return err
	})
	return all, fault(ctx, err, "reading the rollouts")
}

func scanRollout(r row) (one rollout.Rollout, err error) {
	var head []byte
	if err := r.Scan(&head); err != nil {
		return one, err
	}
	return one, json.Unmarshal(head, &one)
}

const tallySQL = `select state, count(*) from rollout_targets where rollout = ? group by state`

// tally counts the nodes of a rollout by where they stand.
func tally(ctx context.Context, q querier, id string) (rollout.Tally, error) {
	rows, err := q.QueryContext(ctx, tallySQL, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	n := rollout.Tally{}
	for rows.Next() {
		var state rollout.Standing
		var count int
		if err := rows.Scan(&state, &count); err != nil {
			return nil, err
		}
		n[state] = count
	}
	return n, rows.Err()
}

const rolloutBodySQL = `select body from rollout_bodies where rollout = ?`

// RolloutBody returns the bundle of a rollout as it came.
func (db *DB) RolloutBody(ctx context.Context, id string) (body []byte, err error) {
	err = db.readers.QueryRowContext(ctx, rolloutBodySQL, id).Scan(&body)
	err = orNotFound(err, "there is no rollout %s", id)
	return body, fault(ctx, err, "reading the bundle of rollout %s", id)
}
