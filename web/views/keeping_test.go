package views

import (
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"ekuiper-console/core"
	"ekuiper-console/core/drift"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/schedule"
	"ekuiper-console/core/vault"
)

// keptFixture is a node that has drifted, and whose last backup failed.
func keptFixture(at time.Time) Kept {
	return Kept{
		Drift:  drift.Status{Node: "plant1", State: drift.Drifted, Baseline: &drift.Baseline{Revision: 41, By: "m.keller", Time: at}, Compared: at, Revision: 43, Tally: drift.Tally{Added: 1, Changed: 2}},
		Latest: vault.Latest{Good: vault.Backup{ID: 7, Node: "plant1", Time: at, SHA256: "ab"}, Failed: vault.Backup{ID: 8, Node: "plant1", Time: at, Reason: "node plant1 is unreachable: no answer within 10s"}},
	}
}

// keepingFixtures are the pages of drift, backups and schedules in states that differ, by
// name.
func keepingFixtures() map[string]templ.Component {
	at := time.Date(2026, 11, 19, 14, 32, 58, 0, time.UTC)
	kept := keptFixture(at)
	changes := ChangeList{Path: DriftPath("plant1"), Counts: [...]int{plan.Create: 1, plan.Replace: 1, plan.Delete: 0}, Apart: true, Changes: []plan.Change{
		{Action: plan.Replace, Ref: core.Ref{Kind: core.Stream, Name: "s"}, Old: `CREATE STREAM s () WITH (DATASOURCE="a")`, New: `CREATE STREAM s () WITH (DATASOURCE="b")`},
		{Action: plan.Create, Ref: core.Ref{Kind: core.Rule, Name: longName}, New: `{"id":"r","sql":"SELECT * FROM s"}`},
	}}
	good := vault.Backup{ID: 7, Node: longName[:63], Time: at, By: "console", Via: "task", Revision: 41, SHA256: strings.Repeat("ab", 32), Size: 48_200, Entries: 120, Pinned: true, Note: "before the move of " + longName}
	backups := []vault.Backup{kept.Latest.Failed, good}
	names := []string{"local", longName[:63], "plant1"}
	own := schedule.Default()
	own.Node, own.Keep, own.Compare = "plant1", 0, schedule.Rhythm{}
	away := schedule.Failure{Job: schedule.Backup, Node: longName[:63], Tried: at, Failures: 2, Reason: "node plant1 is unreachable: no answer within 10s", Again: at.Add(15 * time.Minute)}
	all := []schedule.Kept{{Schedule: schedule.Default(), Failing: []schedule.Failure{away}}, {Schedule: own}}
	wrong := FormOfSchedule(own)
	wrong.Zone, wrong.Problem, wrong.Hint = "Mars", `"Mars" is not a time zone`, "write UTC, or a name such as Europe/Berlin"
	return map[string]templ.Component{
		"drift":           DriftPage{Layout: admin, Drift: kept.Drift, Changes: changes},
		"drift-none":      DriftPage{Layout: admin, Drift: drift.Status{Node: "local", State: drift.None}},
		"drift-viewer":    DriftPage{Layout: viewer, Drift: drift.Status{Node: "plant1", State: drift.Unknown, Reason: "node plant1 is unreachable: no answer within 10s", Baseline: kept.Drift.Baseline}},
		"drift-waiting":   DriftPage{Layout: admin, Drift: kept.Drift, Waiting: Waiting{Page: DriftPath("plant1"), Events: "/ui/nodes/plant1/events?of=compare"}},
		"drift-over":      DriftPage{Layout: admin, Drift: kept.Drift, Waiting: Waiting{Over: true}},
		"backups-waiting": BackupsPage{Layout: admin, Of: "plant1", Nodes: names, Waiting: Waiting{Page: BackupsPath("plant1"), Events: "/ui/nodes/plant1/events?of=backup"}},
		"drift-in-sync":   DriftPage{Layout: viewer, Drift: drift.Status{Node: "plant1", State: drift.InSync, Baseline: kept.Drift.Baseline, Compared: at}},
		"backups":         BackupsPage{Layout: admin, Backups: backups, Nodes: names, Older: 7},
		"backups-none":    BackupsPage{Layout: viewer, Nodes: names[:1], Of: "local"},
		"backups-failed":  BackupsPage{Layout: admin, Backups: backups, Nodes: names, Of: "plant1", Made: kept.Latest.Failed},
		"backups-under":   BackupsPage{Layout: admin, Backups: backups, Nodes: names, Of: "plant1", Unkept: "before the change"},
		"backups-unswept": BackupsPage{Layout: admin, Backups: backups, Nodes: names, Of: "plant1", Made: vault.Backup{Node: "plant1", SHA256: "ab", Unswept: "removing backups: the disk is full"}},
		"backup":          BackupPage{Layout: admin, Backup: good, Nodes: names},
		"backup-failed":   BackupPage{Layout: admin, Backup: kept.Latest.Failed, Nodes: names},
		"backup-viewer":   BackupPage{Layout: viewer, Backup: good, Nodes: names},
		"backup-remove":   ConfirmPage{Layout: admin, What: RemoveBackup, Name: "backup 7 of plant1"},
		"schedules":       SchedulesPage{Layout: admin, Schedules: all, Nodes: names, Form: FormOfSchedule(all[0].Schedule)},
		"schedules-wrong": SchedulesPage{Layout: admin, Schedules: all, Nodes: names, Form: wrong},
		"schedules-look":  SchedulesPage{Layout: viewer, Schedules: all[1:], Nodes: names},
	}
}

// What a person reads on the pages of drift, backups and schedules.
func TestKeepingTells(t *testing.T) {
	for name, wants := range map[string][]string{
		"drift":           {"drifted", "revision 41, set by m.keller", `action="/ui/nodes/plant1/baseline"`, `value="apply"`, `value="accept"`, "Compare now", "Another baseline"},
		"drift-waiting":   {"This page tells when it is compared", `data-live="/ui/nodes/plant1/events?of=compare"`, `http-equiv="refresh"`},
		"drift-over":      {"The node was compared."},
		"backups-waiting": {"plant1 is being backed up", `http-equiv="refresh"`},
		"drift-none":      {"no baseline", "Make what it holds now the baseline"},
		"drift-viewer":    {"unknown", "no answer within 10s"},
		"drift-in-sync":   {"in sync", "The node holds what its baseline says"},
		"backups":         {"120 entries, 48.2 KB", "Failed", "pinned", `href="/ui/backups/7"`, `href="/ui/backups?before=7"`, "Back up now"},
		"backups-none":    {"No backups yet"},
		"backups-failed":  {"plant1 was not backed up: node plant1 is unreachable"},
		"backups-unswept": {"plant1 was backed up. Older backups whose time is over are still there: removing backups: the disk is full"},
		"backup":          {`href="/ui/backups/7/bundle?secrets=masked"`, `action="/ui/backups/7/restore"`, "Unpin", "Review the plan"},
		"backup-failed":   {"no answer within 10s", "Pin", `href="/ui/backups/8/remove"`},
		"backup-remove":   {"Remove backup 7 of plant1"},
		"schedules":       {"All nodes", "every 1h", "daily at 02:00", "the last 30, for 90 days", "for 90 days", "never", `value="every 1h"`, `action="/ui/schedules/remove"`, "1 failed, and is tried again", "no answer within 10s", "14:47"},
		"schedules-wrong": {"is not a time zone", `value="Mars"`},
	} {
		text, doc := render(t, keepingFixtures()[name])
		for _, want := range wants {
			if !strings.Contains(textOf(doc), want) && !strings.Contains(text, want) {
				t.Errorf("%s does not tell %q; it reads\n%s", name, want, textOf(doc))
			}
		}
	}
	for _, name := range []string{"drift-viewer", "drift-in-sync", "backups-none", "backup-viewer", "schedules-look"} {
		if _, doc := render(t, keepingFixtures()[name]); offersMore(textOf(doc)) {
			t.Errorf("%s offers a viewer what only others may: %s", name, textOf(doc))
		}
	}
}

// offersMore reports whether a page offers what a viewer may not.
func offersMore(text string) bool {
	for _, button := range []string{"Back up now", "Compare now", "Review the plan", "Save the schedule", "Make it the baseline", "Unpin"} {
		if strings.Contains(text, button) {
			return true
		}
	}
	return false
}
