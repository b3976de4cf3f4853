package vault

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/schedule"
)

// Reader finds backups.
type Reader interface {
	// Backup returns a backup with its packed document, or a NotFound error.
	Backup(ctx context.Context, id int64) (Backup, []byte, error)
	// Backups returns backups, the newest first.
	Backups(ctx context.Context, q Query) ([]Backup, error)
}

// Store keeps backups, and each document once. A change is one transaction with the event
// that tells of it.
type Store interface {
	Reader
	// PutBackup stores a backup and returns its id. One that has an id, which failed, takes
	// the place of the one that failed with it; where that is there no more it is a NotFound
	// error. Packed may be nil.
	PutBackup(ctx context.Context, b Backup, packed []byte, did audit.Event) (int64, error)
	// ChangeBackup changes a backup, and nothing of it that the change does not say, or
	// returns a NotFound error.
	ChangeBackup(ctx context.Context, id int64, c Change, did audit.Event) error
	// DeleteBackups takes backups out, of the pinned ones only where that is asked for, and
	// documents that no other has.
	DeleteBackups(ctx context.Context, ids []int64, pinned bool, did audit.Event) error
}

// Query says which backups are asked for. The zero Query asks for all.
type Query struct {
	Node   string // empty for all nodes
	Before int64  // only those with a lower id; 0 for any
	Limit  int    // how many; 0 for any number
	Newest bool   // of each node only the newest, and the newest that failed
}

// Source reads nodes.
type Source interface {
	// Known returns a NotFound error for a node that is not there.
	Known(ctx context.Context, node string) error
	// Pull returns what a node holds now.
	Pull(ctx context.Context, by core.Caller, node string) (plan.Snapshot, error)
}

// Vault keeps backups of nodes. Its fields must not change once it is in use.
type Vault struct {
	Store  Store
	Source Source
	Terms  *schedule.Book   // how long backups stay
	Now    func() time.Time // nil means time.Now
}

// maxNote bounds a note, in bytes.
const maxNote = 1000

// Make backs a node up. It takes an operator. Where the node cannot be read, that is kept
// with its reason, and is the error. That older backups, whose time is over, could not be
// taken out is none: the backup says so.
func (v *Vault) Make(ctx context.Context, by core.Caller, node, note string) (Backup, error) {
	if err := by.Require(core.Operator); err != nil {
		return Backup{}, err
	}
	if err := v.Source.Known(ctx, node); err != nil {
		return Backup{}, err
	}
	b := Backup{Node: node, Time: v.now(), By: by.Name, Via: by.Via}
	if err := b.remark(note); err != nil {
		return Backup{}, err
	}
	snapshot, err := v.Source.Pull(ctx, by, node)
	if ctx.Err() != nil {
		return Backup{}, cmp.Or(err, core.Errorf(core.Cancelled, "backing up %s: %w", node, context.Cause(ctx)))
	}
	if err != nil {
		return v.fail(ctx, by, b, err)
	}
	document, err := snapshot.Bundle.MarshalJSON()
	if err != nil {
		return Backup{}, fmt.Errorf("backing up %s: %w", node, err)
	}
	b.Revision, b.Entries, b.Size, b.SHA256 = snapshot.Revision, snapshot.Bundle.Len(), int64(len(document)), sumOf(document)
	packed, err := pack(document)
	if err != nil {
		return Backup{}, fmt.Errorf("backing up %s: %w", node, err)
	}
	did := audit.New(b.Time, by, audit.NodeBackup, node).Saying(fmt.Sprintf("%d entries, revision %d", b.Entries, b.Revision))
	if b.ID, err = v.Store.PutBackup(ctx, b, packed, did); err != nil {
		return Backup{}, err
	}
	if err := v.sweep(ctx, node); err != nil {
		b.Unswept = err.Error()
	}
	return b, nil
}

// fail keeps that a node could not be read, and returns why. What fails by itself, again and
// again, is kept once, as it was the last time.
func (v *Vault) fail(ctx context.Context, by core.Caller, b Backup, why error) (Backup, error) {
	b.Reason = why.Error()
	last, err := v.Store.Backups(ctx, Query{Node: b.Node, Limit: 1})
	if err != nil {
		return Backup{}, errors.Join(why, err)
	}
	if len(last) > 0 && b.repeats(last[0]) {
		b.ID = last[0].ID
	}
	did := audit.New(b.Time, by, audit.NodeBackup, b.Node).Saying(b.Reason).Ending(audit.Failed)
	if b.ID, err = v.Store.PutBackup(ctx, b, nil, did); err != nil {
		return Backup{}, errors.Join(why, err)
	}
	if err := v.sweep(ctx, b.Node); err != nil {
		b.Unswept = err.Error()
	}
	return b, why
}

// repeats reports whether a backup that failed was tried by itself, as one before it was,
// of which nobody has said anything.
func (b Backup) repeats(last Backup) bool {
	return b.Via == sweeper.Via && last.Via == b.Via && last.Failed() && !last.Pinned && last.Note == ""
}

// remark gives the backup a note, or returns an Invalid error.
func (b *Backup) remark(note string) error {
	if b.Note = strings.TrimSpace(note); len(b.Note) > maxNote {
		return core.Errorf(core.Invalid, "the note is longer than %d bytes", maxNote)
	}
	return nil
}

// List returns backups, the newest first. It takes a viewer.
func (v *Vault) List(ctx context.Context, by core.Caller, q Query) ([]Backup, error) {
	if err := by.Require(core.Viewer); err != nil {
		return nil, err
	}
	return v.Store.Backups(ctx, q)
}

// Latest is how the last backups of a node went.
type Latest struct {
	Good   Backup // the newest; zero for none
	Failed Backup // the one that was tried after it and failed; zero for none
}

// Latest returns how the last backups of all nodes went. It takes a viewer.
func (v *Vault) Latest(ctx context.Context, by core.Caller) (map[string]Latest, error) {
	all, err := v.List(ctx, by, Query{Newest: true})
	latest := map[string]Latest{}
	for _, b := range all { // the newest first
		l := latest[b.Node]
		switch {
		case !b.Failed():
			l.Good = b
		case l.Good.ID == 0:
			l.Failed = b
		}
		latest[b.Node] = l
	}
	return latest, err
}

// Backup returns a backup, or a NotFound error. It takes a viewer.
func (v *Vault) Backup(ctx context.Context, by core.Caller, id int64) (Backup, error) {
	if err := by.Require(core.Viewer); err != nil {
		return Backup{}, err
	}
	b, _, err := v.Store.Backup(ctx, id)
	return b, err
}

// Document returns a backup with its document, which is the one that was stored: else it is
// an Internal error. One that failed is a Conflict error. It takes a viewer.
func (v *Vault) Document(ctx context.Context, by core.Caller, id int64) (Backup, []byte, error) {
	if err := by.Require(core.Viewer); err != nil {
		return Backup{}, nil, err
	}
	b, packed, err := v.Store.Backup(ctx, id)
	if err != nil {
		return b, nil, err
	}
	if b.Failed() {
		return b, nil, core.Errorf(core.Conflict, "backup %d holds nothing: %s", id, b.Reason)
	}
	document, err := unpack(packed, b.Size)
	if err != nil || sumOf(document) != b.SHA256 {
		return b, nil, core.WithHint(core.Errorf(core.Internal, "backup %d is not what was stored", id), "the store is damaged: use another backup, and run console doctor")
	}
	return b, document, nil
}

func (v *Vault) now() time.Time {
	if v.Now == nil {
		return time.Now()
	}
	return v.Now()
}
