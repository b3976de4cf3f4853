package views

import (
	"context"
	"io"
	"net/url"
	"strconv"

	"ekuiper-console/core/audit"
)

// AuditPage shows who did what, the newest first. It is filtered by action, caller and
// q in the query of /ui/audit, pages by before, and links to /ui/audit/download.
type AuditPage struct {
	Layout
	Query  audit.Query
	Events []audit.Event
	More   bool // whether there are older ones
}

// Render writes the page.
func (p AuditPage) Render(ctx context.Context, w io.Writer) error { return p.view().Render(ctx, w) }

// deeds name the actions.
var deeds = map[audit.Action]Key{
	audit.Import: "audit.import", audit.Restore: "audit.restore", audit.Export: "audit.export", audit.ExportSecrets: "audit.export-secrets",
	audit.Backup: "audit.backup", audit.Cancel: "audit.cancel", audit.SetUp: "audit.setup",
	audit.SignIn: "audit.sign-in", audit.SignInRefused: "audit.sign-in-refused", audit.SignOut: "audit.sign-out", audit.SessionEnd: "audit.session-end",
	audit.TokenRefused: "audit.token-refused", audit.Refused: "audit.refused",
	audit.UserAdd: "audit.user-add", audit.UserRole: "audit.user-role", audit.UserPassword: "audit.user-password", audit.UserRemove: "audit.user-remove",
	audit.TokenAdd: "audit.token-add", audit.TokenRevoke: "audit.token-revoke",
	audit.NodeAdd: "audit.node-add", audit.NodeChange: "audit.node-change", audit.NodeRemove: "audit.node-remove", audit.NodePull: "audit.node-pull",
	audit.RolloutPlan: "audit.rollout-plan", audit.RolloutStart: "audit.rollout-start", audit.RolloutPause: "audit.rollout-pause",
	audit.RolloutResume: "audit.rollout-resume", audit.RolloutCancel: "audit.rollout-cancel", audit.RolloutRetry: "audit.rollout-retry", audit.RolloutRollback: "audit.rollout-rollback",
	audit.RolloutRemove: "audit.rollout-remove",
	audit.BaselineSet:   "audit.baseline-set", audit.BaselineAccept: "audit.baseline-accept", audit.BaselineApply: "audit.baseline-apply", audit.BaselineRemove: "audit.baseline-remove",
	audit.NodeBackup: "audit.node-backup", audit.BackupChange: "audit.node-backup-change", audit.BackupRestore: "audit.node-backup-restore", audit.BackupRemove: "audit.node-backup-remove",
	audit.ScheduleSet: "audit.schedule-set", audit.ScheduleRemove: "audit.schedule-remove",
}

// ends are what became of acts, with their marks.
var ends = map[audit.Result]struct {
	mark string
	text Key
}{audit.OK: {"ok", "audit.result.ok"}, audit.Denied: {"failed", "audit.result.refused"}, audit.Failed: {"failed", "audit.result.failed"}}

// filtered reports whether anything is left out.
func (p AuditPage) filtered() bool {
	return p.Query.Action != "" || p.Query.Caller != "" || p.Query.Text != ""
}

// link returns an address with the filter in its query, and where to begin.
func (p AuditPage) link(path string, before int64) string {
	q := url.Values{}
	for name, value := range map[string]string{"action": string(p.Query.Action), "caller": p.Query.Caller, "q": p.Query.Text} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if before > 0 {
		q.Set("before", strconv.FormatInt(before, 10))
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// older is where the next page begins.
func (p AuditPage) older() string { return p.link("/ui/audit", p.Events[len(p.Events)-1].ID) }
