// Package audit remembers who did what and when: imports, exports, sign-ins, changes of
// accounts and tokens, and what was refused. The log is append-only. Nothing in the
// program changes or deletes an event, and there is no retention: it grows for good.
package audit

import (
	"slices"
	"strings"
	"time"

	"ekuiper-console/core"
)

// Action is what somebody did or tried. The words are a closed set.
type Action string

// The actions.
const (
	Import        Action = "import"
	Restore       Action = "restore"
	Export        Action = "export"
	ExportSecrets Action = "export-secrets" // an export with the secrets as they are
	Backup        Action = "backup"
	Cancel        Action = "cancel" // of a task
	SetUp         Action = "setup"  // the first administrator was made
	SignIn        Action = "sign-in"
	SignInRefused Action = "sign-in-refused"
	SignOut       Action = "sign-out"
	SessionEnd    Action = "session-end"   // a session elsewhere was ended
	TokenRefused  Action = "token-refused" // an API token that is unknown or has expired
	Refused       Action = "refused"       // a request that the role or the token does not allow
	UserAdd       Action = "user-add"
	UserRole      Action = "user-role"
	UserPassword  Action = "user-password"
	UserRemove    Action = "user-remove"
	TokenAdd      Action = "token-add"
	TokenRevoke   Action = "token-revoke"
	NodeAdd       Action = "node-add"
	NodeChange    Action = "node-change"
	NodeRemove    Action = "node-remove"
	NodePull      Action = "node-pull" // what a node holds was found to have changed

	RolloutPlan     Action = "rollout-plan"
	RolloutStart    Action = "rollout-start"
	RolloutPause    Action = "rollout-pause"
	RolloutResume   Action = "rollout-resume"
	RolloutCancel   Action = "rollout-cancel"
	RolloutRetry    Action = "rollout-retry"
	RolloutRollback Action = "rollout-rollback"
	RolloutRemove   Action = "rollout-remove"
	BaselineSet     Action = "baseline-set"
	BaselineAccept  Action = "baseline-accept" // what a node holds became its baseline
	BaselineApply   Action = "baseline-apply"  // a node is to hold again what its baseline says
	BaselineRemove  Action = "baseline-remove"
	NodeBackup      Action = "node-backup"
	BackupChange    Action = "node-backup-change" // it was pinned, let go, or got another note
	BackupRestore   Action = "node-backup-restore"
	BackupRemove    Action = "node-backup-remove"
	ScheduleSet     Action = "schedule-set"
	ScheduleRemove  Action = "schedule-remove"
)

// actions are all of them, in the order in which a person chooses.
var actions = []Action{
	Import, Restore, Export, ExportSecrets, Backup, Cancel,
	SetUp, SignIn, SignInRefused, SignOut, SessionEnd, TokenRefused, Refused,
	UserAdd, UserRole, UserPassword, UserRemove, TokenAdd, TokenRevoke,
	NodeAdd, NodeChange, NodeRemove, NodePull,
	RolloutPlan, RolloutStart, RolloutPause, RolloutResume, RolloutCancel, RolloutRetry, RolloutRollback, RolloutRemove,
	BaselineSet, BaselineAccept, BaselineApply, BaselineRemove,
	NodeBackup, BackupChange, BackupRestore, BackupRemove, ScheduleSet, ScheduleRemove,
}

// Actions returns all actions, in the order in which a person chooses.
func Actions() []Action { return slices.Clone(actions) }

// ParseAction reads the word of an action; the empty word is none. Any other is an
// Invalid error.
func ParseAction(s string) (Action, error) {
	if s == "" || slices.Contains(actions, Action(s)) {
		return Action(s), nil
	}
	words := make([]string, len(actions))
	for i, a := range actions {
		words[i] = string(a)
	}
	return "", core.WithHint(core.Errorf(core.Invalid, "%q is not an action", s), "use one of "+strings.Join(words, ", "))
}

// Result is what became of an act.
type Result string

// The results.
const (
	OK     Result = "ok"
	Denied Result = "refused" // somebody was not allowed to
	Failed Result = "failed"  // it was allowed and did not work
)

// Event is one line of the log.
type Event struct {
	ID       int64     `json:"id"` // counts up; the order in which events were written
	Time     time.Time `json:"time"`
	Caller   string    `json:"caller"`  // empty for somebody unknown
	Via      string    `json:"via"`     // page, api, cli or task
	Addr     string    `json:"address"` // of the client; empty for the command line
	Action   Action    `json:"action"`
	Subject  string    `json:"subject"` // a node, user, token, task or route
	Result   Result    `json:"result"`
	Detail   string    `json:"detail,omitempty"`   // a few words, never a secret
	Revision int64     `json:"revision,omitempty"` // that came of it; 0 for none
	Count    int       `json:"count"`              // how often it happened: more than once for what was repeated
}

// New returns the event of an act that went well.
func New(at time.Time, by core.Caller, a Action, subject string) Event {
	return Event{Time: at, Caller: by.Name, Via: by.Via, Addr: by.Addr, Action: a, Subject: subject, Result: OK, Count: 1}
}

// Saying returns the event with a detail.
func (e Event) Saying(detail string) Event {
	e.Detail = detail
	return e
}

// Ending returns the event with another result.
func (e Event) Ending(r Result) Event {
	e.Result = r
	return e
}
