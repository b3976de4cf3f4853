package db

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
)

// Commit applies a plan, all or nothing, and returns the revision that it made. If
// the node is not in the state that the plan was made from, it returns a Conflict
// error and writes nothing.
//
// A plan that changes nothing makes no revision: only its report is stored, and the
// number and the hash that are returned are those of the state there was.
//
// Ctx counts until the commit is under way; an error means that nothing was written.
func (db *DB) Commit(ctx context.Context, c *plan.Commit) (plan.Revision, error) {
	report, err := encodeReport(c.Report)
	if err != nil {
		return plan.Revision{}, err
	}
	rev := revision(c)
	write := db.write
	if changed(rev) >= largeCommit {
		write = db.writeLarge
	}
	next := db.cache.ahead(c.Node, c.Plan)
	err = write(ctx, func(t *sql.Tx) error {
		if err := unmoved(ctx, t, c.Node, c.Plan.Base); err != nil {
			return err
		}
		if err := putReport(ctx, t, c.Node, report); err != nil {
			return err
		}
		if err := putEvent(ctx, t, imported(c, rev)); err != nil {
			return err
		}
		if c.Plan.Empty() {
			return nil
		}
		return writeRevision(ctx, t, &rev, c)
	})
	after, known := <-next // also after an error: it reads the plan
	if err != nil {
		return plan.Revision{}, err
	}
	if known {
		after.State = rev.State()
		db.cache.put(rev.Node, after)
	}
	return rev, nil
}

// revision returns what history is to hold of a commit. The hash is that of before.
func revision(c *plan.Commit) plan.Revision {
	n := c.Plan.Counts()
	rev := plan.Revision{
		Node: c.Node, Number: c.Plan.Base.Revision, Hash: c.Plan.Base.Hash,
		Time: moment(c.Time.UnixMilli()), By: c.By.Name, Via: c.By.Via,
		Mode: c.Plan.Mode, Document: c.Document,
		Created: n[plan.Create], Replaced: n[plan.Replace], Deleted: n[plan.Delete],
		Unchanged: n[plan.Unchanged] + n[plan.Kept], Rejected: n[plan.Rejected],
		Note: c.Note, Task: c.Task, Restores: c.Restores,
	}
	if !c.Plan.Empty() {
		rev.Number++
	}
	return rev
}

// chain returns the hash of a commit on top of the hash of all before it: the
// SHA-256, in hexadecimal, of the previous hash and of action, kind, name and new
// text of every change. Each of them goes in behind its length in eight bytes, the
// most significant first.
func chain(previous string, steps []plan.Step) string {
	h := sha256.New()
	buf := appendField(nil, previous)
	for i := range steps {
		s := &steps[i]
		if !s.Action.Changes() {
			continue
		}
		buf = appendField(buf, s.Action.String())
		buf = appendField(buf, s.Ref.Kind.Key())
		buf = appendField(buf, s.Ref.Name)
		buf = appendField(buf, newText(s))
		h.Write(buf)
		buf = buf[:0]
	}
	return hex.EncodeToString(h.Sum(buf))
}

func appendField(buf []byte, field string) []byte {
	return append(binary.BigEndian.AppendUint64(buf, uint64(len(field))), field...)
}

// newText returns the text that a step leaves: none where it deletes.
func newText(s *plan.Step) string {
	if s.Action == plan.Delete {
		return ""
	}
	return s.New
}

// unmoved returns a Conflict error unless the node is in the state base.
func unmoved(ctx context.Context, t *sql.Tx, node string, base plan.State) error {
	now, err := state(ctx, t, node)
	if err != nil {
		return err
	}
	if now == base {
		return nil
	}
	return &core.Error{
		Code: core.Conflict,
		Msg: fmt.Sprintf("the configuration has changed meanwhile: it is at revision %d, the plan was made at %d",
			now.Revision, base.Revision),
		Hint: "look at the new state and import again",
	}
}
