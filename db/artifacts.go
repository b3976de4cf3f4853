package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
)

const putArtifactSQL = `
insert into artifacts (change, address, sha256, size, provides, contents)
values (?, ?, ?, ?, ?, ?)`

// putArtifact stores the file of the entry that a change wrote.
func putArtifact(ctx context.Context, t *sql.Tx, change int64, a *plan.Artifact) error {
	provides, err := json.Marshal(a.Provides)
	if err != nil {
		return fmt.Errorf("writing what %s provides: %w", a.Address, err)
	}
	_, err = t.ExecContext(ctx, putArtifactSQL, change, a.Address, a.SHA256, a.Size, string(provides), string(a.Contents))
	return fault(ctx, err, "storing the artifact %s", a.SHA256)
}

// artifactOf makes an artifact of its columns; nil where they are null.
func artifactOf(address, sha, provides, contents sql.NullString, size sql.NullInt64) (*plan.Artifact, error) {
	if !sha.Valid {
		return nil, nil
	}
	a := &plan.Artifact{Address: address.String, SHA256: sha.String, Size: size.Int64}
	if contents.String != "" {
		a.Contents = json.RawMessage(contents.String)
	}
	return a, json.Unmarshal([]byte(provides.String), &a.Provides)
}

const artifactsSQL = `
select e.kind, e.name, a.address, a.sha256, a.provides, a.contents, a.size
from artifacts a
	join changes c on c.id = a.change
	join entries e on e.node = c.node and e.kind = c.kind and e.name = c.name and e.change = c.id
where e.node = ?`

// readArtifacts returns the artifacts of what a node holds.
func readArtifacts(ctx context.Context, t *sql.Tx, node string) (map[core.Ref]plan.Artifact, error) {
	rows, err := t.QueryContext(ctx, artifactsSQL, node)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[core.Ref]plan.Artifact{}
	for rows.Next() {
		var kind string
		var ref core.Ref
		var address, sha, provides, contents sql.NullString
		var size sql.NullInt64
		if err := rows.Scan(&kind, &ref.Name, &address, &sha, &provides, &contents, &size); err != nil {
			return nil, err
		}
		if ref.Kind, err = kindOf(kind); err != nil {
			return nil, err
		}
		a, err := artifactOf(address, sha, provides, contents, size)
		if err != nil {
			return nil, err
		}
		all[ref] = *a
	}
	return all, rows.Err()
}

const knownArtifactsSQL = `
select sha256 from artifacts
union
select f.value from rollouts r, json_each(r.head, '$.files') f`

// ArtifactHashes returns the hashes of all artifacts that any revision names, and of the
// files that came with the bundle of a rollout, which may wait for days.
func (db *DB) ArtifactHashes(ctx context.Context) (map[string]bool, error) {
	scan := func(r row) (sha string, err error) {
		err = r.Scan(&sha)
		return sha, err
	}
	all, err := list(ctx, db.readers, scan, knownArtifactsSQL)
	known := make(map[string]bool, len(all))
	for _, sha := range all {
		known[sha] = true
	}
	return known, fault(ctx, err, "listing the artifacts")
}
