package db

import (
	"context"
	"database/sql"
	"math"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
	"ekuiper-console/core/vault"
)

const putDocumentSQL = `insert into backup_documents (sha256, packed) values (?, ?) on conflict do nothing`

const putBackupSQL = `
insert into node_backups (node, time, caller, via, revision, sha256, size, entries, pinned, note, reason)
values (?, ?, ?, ?, ?, nullif(?, ''), ?, ?, ?, ?, ?)`

const failAgainSQL = `update node_backups set time = ?, caller = ?, via = ?, reason = ? where id = ? and sha256 is null`

// PutBackup stores a backup and returns its id. One that has an id, which failed, takes the
// place of the one that failed with it; where that is there no more it is a NotFound error.
func (db *DB) PutBackup(ctx context.Context, b vault.Backup, packed []byte, did audit.Event) (id int64, err error) {
	id = b.ID
	err = db.told(ctx, did, func(t *sql.Tx) error {
		if id > 0 {
			result, err := t.ExecContext(ctx, failAgainSQL, b.Time.UnixMilli(), b.By, b.Via, b.Reason, id)
			return oneGone(ctx, result, err, "there is no backup %d", id)
		}
		if b.SHA256 != "" {
			if _, err := t.ExecContext(ctx, putDocumentSQL, b.SHA256, packed); err != nil {
				return fault(ctx, err, "storing a backup of %s", b.Node)
			}
		}
		result, err := t.ExecContext(ctx, putBackupSQL, b.Node, b.Time.UnixMilli(), b.By, b.Via, b.Revision, b.SHA256, b.Size, b.Entries, b.Pinned, b.Note, b.Reason)
		if err != nil {
			return fault(ctx, err, "storing a backup of %s", b.Node)
		}
		id, err = result.LastInsertId()
		return err
	})
	return id, err
}

const changeBackupSQL = `update node_backups set pinned = coalesce(?, pinned), note = coalesce(?, note) where id = ?`

// ChangeBackup changes a backup, and nothing of it that the change does not say, or returns
// a NotFound error.
func (db *DB) ChangeBackup(ctx context.Context, id int64, c vault.Change, did audit.Event) error {
	return db.told(ctx, did, func(t *sql.Tx) error {
		result, err := t.ExecContext(ctx, changeBackupSQL, c.Pinned, c.Note, id)
		return oneGone(ctx, result, err, "there is no backup %d", id)
	})
}

const backupColumns = `
select id, node, time, caller, via, revision, coalesce(b.sha256, ''), size, entries, pinned, note, reason`

const backupSQL = backupColumns + `, coalesce(d.packed, x'')
from node_backups b left join backup_documents d on d.sha256 = b.sha256
where id = ?`

// Backup returns a backup with its packed document, or a NotFound error.
func (db *DB) Backup(ctx context.Context, id int64) (b vault.Backup, packed []byte, err error) {
	b, err = scanBackup(db.readers.QueryRowContext(ctx, backupSQL, id), &packed)
	err = orNotFound(err, "there is no backup %d", id)
	return b, packed, fault(ctx, err, "reading backup %d", id)
}

// backupsSQL takes a node or ”, the id below which it looks, how many, and whether of each
// node only the newest that failed and the newest that did not are asked for.
const backupsSQL = backupColumns + `
from node_backups b
where (?1 = '' or node = ?1) and id < ?2
	and (not ?4 or id in (select max(id) from node_backups group by node, sha256 is null))
order by id desc limit ?3`

// Backups returns the backups that a query is for, the newest first.
func (db *DB) Backups(ctx context.Context, q vault.Query) ([]vault.Backup, error) {
	if q.Before == 0 {
		q.Before = math.MaxInt64
	}
	if q.Limit == 0 {
		q.Limit = -1
	}
	scan := func(r row) (vault.Backup, error) { return scanBackup(r) }
	all, err := list(ctx, db.readers, scan, backupsSQL, q.Node, q.Before, q.Limit, q.Newest)
	return all, fault(ctx, err, "reading the backups")
}

// scanBackup reads a backup, and what stands behind it.
func scanBackup(r row, behind ...any) (b vault.Backup, err error) {
	var made int64
	err = r.Scan(append([]any{&b.ID, &b.Node, &made, &b.By, &b.Via, &b.Revision, &b.SHA256, &b.Size, &b.Entries, &b.Pinned, &b.Note, &b.Reason}, behind...)...)
	b.Time = moment(made)
	return b, err
}

const (
	deleteBackupSQL    = `delete from node_backups where id = ?1 and (?2 or not pinned)`
	deleteDocumentsSQL = `delete from backup_documents where sha256 not in (select sha256 from node_backups where sha256 is not null)`
)

// DeleteBackups takes backups out, and documents that no other has. Where pinned ones go
// too, one that is gone already is a NotFound error; else those stay that are pinned by now.
func (db *DB) DeleteBackups(ctx context.Context, ids []int64, pinned bool, did audit.Event) error {
	return db.told(ctx, did, func(t *sql.Tx) error {
		for _, id := range ids {
			result, err := t.ExecContext(ctx, deleteBackupSQL, id, pinned)
			err = oneGone(ctx, result, err, "there is no backup %d", id)
			if err != nil && (pinned || core.CodeOf(err) != core.NotFound) {
				return err
			}
		}
		_, err := t.ExecContext(ctx, deleteDocumentsSQL)
		return fault(ctx, err, "deleting documents")
	})
}
