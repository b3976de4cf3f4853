package vault

import (
	"context"
	"fmt"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
)

// Change is what is to be other about a backup. What is nil stays.
type Change struct {
	Pinned *bool   `json:"pinned"`
	Note   *string `json:"note"`
}

// Change pins a backup or lets it go, and changes its note. It takes an operator.
func (v *Vault) Change(ctx context.Context, by core.Caller, id int64, c Change) (Backup, error) {
	if err := by.Require(core.Operator); err != nil {
		return Backup{}, err
	}
	b, _, err := v.Store.Backup(ctx, id) // whose node the audit log is to name
	if err != nil {
		return b, err
	}
	if c == (Change{}) {
		return b, nil
	}
	var says []string
	if c.Pinned != nil {
		says = append(says, map[bool]string{true: "pinned", false: "not pinned"}[*c.Pinned])
	}
	if c.Note != nil {
		if err := b.remark(*c.Note); err != nil {
			return b, err
		}
		c.Note = &b.Note
		says = append(says, "note")
	}
	did := audit.New(v.now(), by, audit.BackupChange, b.Node).Saying(fmt.Sprintf("backup %d: %s", id, strings.Join(says, ", ")))
	if err := v.Store.ChangeBackup(ctx, id, c, did); err != nil {
		return b, err
	}
	b, _, err = v.Store.Backup(ctx, id)
	return b, err
}

// Remove takes a backup out, pinned or not. It takes an operator.
func (v *Vault) Remove(ctx context.Context, by core.Caller, id int64) error {
	if err := by.Require(core.Operator); err != nil {
		return err
	}
	b, _, err := v.Store.Backup(ctx, id)
	if err != nil {
		return err
	}
	did := audit.New(v.now(), by, audit.BackupRemove, b.Node).Saying(fmt.Sprintf("backup %d", id))
	return v.Store.DeleteBackups(ctx, []int64{id}, true, did)
}
