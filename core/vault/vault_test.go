package vault_test

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
	"ekuiper-console/core/node"
	"ekuiper-console/core/node/nodetest"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/schedule"
	"ekuiper-console/core/vault"
	"ekuiper-console/db"
	"ekuiper-console/db/dbtest"
)

var (
	ctx      = context.Background()
	admin    = core.Caller{Name: "root", Role: core.Admin, Via: "test"}
	operator = core.Caller{Name: "ann", Role: core.Operator, Via: "test"}
	viewer   = core.Caller{Name: "vic", Role: core.Viewer, Via: "test"}
)

const held = `{"streams":{"s":"CREATE STREAM s () WITH (DATASOURCE=\"a\")"}}`

// site is a console that backs up the engine site1.
type site struct {
	*vault.Vault
	t      *testing.T
	db     *db.DB
	engine *nodetest.Engine
	now    time.Time
}

func open(t *testing.T) *site {
	s := &site{t: t, db: dbtest.Open(t), engine: nodetest.Open(t, held), now: time.Date(2026, 1, 1, 2, 0, 0, 0, time.UTC)}
	nodes := &node.Registry{Store: s.db, Seal: node.Seal{File: filepath.Join(t.TempDir(), "nodes.key")}}
	live := &node.Live{Mirror: s.db, Nodes: nodes, Noter: s.db, Times: node.Times{Export: 2 * time.Second}}
	clock := func() time.Time { return s.now }
	s.Vault = &vault.Vault{Store: s.db, Source: live, Terms: &schedule.Book{Store: s.db, Turns: s.db, Known: live.Known}, Now: clock}
	if _, err := nodes.Add(ctx, admin, node.Node{Name: "site1", URL: s.engine.URL}); err != nil {
		t.Fatal(err)
	}
	return s
}

// make backs site1 up, a day after the last time.
func (s *site) make() vault.Backup {
	s.t.Helper()
	s.now = s.now.AddDate(0, 0, 1)
	b, err := s.Make(ctx, operator, "site1", "")
	if err != nil {
		s.t.Fatal(err)
	}
	return b
}

// ids lists the backups, the newest first; those that failed in brackets.
func (s *site) ids(q vault.Query) string {
	s.t.Helper()
	all, err := s.List(ctx, viewer, q)
	if err != nil {
		s.t.Fatal(err)
	}
	var words []string
	for _, b := range all {
		word := fmt.Sprint(b.ID)
		if b.Failed() {
			word = "(" + word + ")"
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

func (s *site) terms(r schedule.Retention) {
	s.t.Helper()
	terms := schedule.Default()
	terms.Retention = r
	if _, err := s.Terms.Put(ctx, admin, terms); err != nil {
		s.t.Fatal(err)
	}
}

// TestMake backs a node up and reads it back, also where it holds what it held before.
func TestMake(t *testing.T) {
	s := open(t)
	first, second := s.make(), s.make()
	if first.SHA256 != second.SHA256 || first.ID == second.ID || first.Entries != 1 || first.Revision != 1 || first.By != "ann" {
		t.Errorf("two backups of the same: %+v and %+v", first, second)
	}
	s.engine.Do(func(e *nodetest.Engine) { e.Holds.Set(core.Ref{Kind: core.Script, Name: "x"}, "{}") })
	third := s.make()
	for _, b := range []vault.Backup{first, second, third} {
		got, document, err := s.Document(ctx, viewer, b.ID)
		if err != nil || got != b || int64(len(document)) != b.Size || bytes.Contains(document, []byte(`"x":"{}"`)) != (b.ID == third.ID) {
			t.Errorf("backup %d: %+v, %s, %v", b.ID, got, document, err)
		}
	}
	// A document goes with the last backup that has it.
	for i, b := range []vault.Backup{first, second} {
		if err := s.Remove(ctx, operator, b.ID); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Document(ctx, viewer, second.ID); (err == nil) != (i == 0) {
			t.Errorf("after removing backup %d: %v", b.ID, err)
		}
	}
	if err := s.Remove(ctx, operator, first.ID); core.CodeOf(err) != core.NotFound {
		t.Errorf("removing it twice: %v", err)
	}
	if _, err := s.Make(ctx, operator, "site2", ""); core.CodeOf(err) != core.NotFound {
		t.Errorf("backing up a node that is not there: %v", err)
	}
	if _, err := s.Make(ctx, operator, "site1", strings.Repeat("x", 1001)); core.CodeOf(err) != core.Invalid {
		t.Errorf("a long note: %v", err)
	}
	if b, err := s.Make(ctx, operator, core.Local, " before the change "); err != nil || b.Note != "before the change" || b.Entries != 0 {
		t.Errorf("the embedded node: %+v, %v", b, err)
	}
}

// TestFaults keeps that a node could not be read, with the reason.
func TestFaults(t *testing.T) {
	for fault, want := range map[nodetest.Fault]string{
		nodetest.Hang: "unreachable: no answer within", nodetest.Die: "unreachable", nodetest.Denied: "unauthorised", nodetest.Garbage: "is no bundle",
	} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			s := open(t)
			s.make()
			s.engine.Do(func(e *nodetest.Engine) { e.Faults["GET"] = fault })
			b, err := s.Make(ctx, operator, "site1", "")
			if core.CodeOf(err) != core.Unreachable || !strings.Contains(b.Reason, want) {
				t.Errorf("%+v, %v", b, err)
			}
			if got := s.ids(vault.Query{}); got != "(2) 1" {
				t.Errorf("kept: %s", got)
			}
			if _, _, err := s.Document(ctx, viewer, b.ID); core.CodeOf(err) != core.Conflict {
				t.Errorf("its document: %v", err)
			}
			latest, err := s.Latest(ctx, viewer)
			if err != nil || latest["site1"].Good.ID != 1 || latest["site1"].Failed.ID != 2 {
				t.Errorf("the latest: %+v, %v", latest, err)
			}
			events, err := s.db.Events(ctx, audit.Query{Action: audit.NodeBackup, Limit: 9})
			if err != nil || len(events) != 2 || events[0].Result != audit.Failed {
				t.Errorf("audited: %+v, %v", events, err)
			}
		})
	}
}

// hasty is a source of which whoever asks has gone once it has answered.
type hasty struct {
	vault.Source
	gone context.CancelFunc
}

func (h hasty) Pull(ctx context.Context, by core.Caller, name string) (plan.Snapshot, error) {
	defer h.gone()
	return h.Source.Pull(ctx, by, name)
}

// TestGone keeps nothing for somebody who has gone, and says so.
func TestGone(t *testing.T) {
	s := open(t)
	ctx, gone := context.WithCancel(ctx)
	s.Source = hasty{s.Source, gone}
	if b, err := s.Make(ctx, operator, "site1", ""); core.CodeOf(err) != core.Cancelled {
		t.Errorf("%+v, %v", b, err)
	}
	if got := s.ids(vault.Query{}); got != "" {
		t.Errorf("kept: %s", got)
	}
}

// TestSweep lets backups go as the schedule says, and pinned ones never.
func TestSweep(t *testing.T) {
	s := open(t)
	s.terms(schedule.Retention{Keep: 3})
	pin := s.make().ID
	yes, no, note := true, false, "before the move"
	if b, err := s.Change(ctx, operator, pin, vault.Change{Pinned: &yes, Note: &note}); err != nil || !b.Pinned || b.Note != note {
		t.Errorf("pinning: %+v, %v", b, err)
	}
	for range 5 {
		s.make()
	}
	if got := s.ids(vault.Query{Node: "site1"}); got != "6 5 4 1" {
		t.Errorf("of six, three and the pinned: %s", got)
	}
	if got := s.ids(vault.Query{Before: 6, Limit: 2}); got != "5 4" {
		t.Errorf("two before the newest: %s", got)
	}
	s.terms(schedule.Retention{Days: 10})
	s.now = s.now.AddDate(0, 0, 30)
	if err := s.Sweep(ctx); err != nil {
		t.Fatal(err)
	}
	if got := s.ids(vault.Query{}); got != "6 1" {
		t.Errorf("after a month: %s", got)
	}
	if _, err := s.Change(ctx, operator, pin, vault.Change{Pinned: &no}); err != nil {
		t.Fatal(err)
	}
	if err := s.Sweep(ctx); err != nil {
		t.Fatal(err)
	}
	if got := s.ids(vault.Query{}); got != "6" {
		t.Errorf("unpinned: %s", got)
	}
	events, err := s.db.Events(ctx, audit.Query{Action: audit.BackupRemove, Limit: 9})
	if err != nil || len(events) != 4 || events[0].Detail != "retention: 1" || events[0].Caller != "console" {
		t.Errorf("audited: %+v, %v", events, err)
	}
}

// TestSweepLate lets stay what is pinned while it is being swept, and what was made last
// though the clock was put back since the others.
func TestSweepLate(t *testing.T) {
	s := open(t)
	s.terms(schedule.Retention{Keep: 2})
	pin := s.make().ID
	yes := true
	if _, err := s.Change(ctx, operator, pin, vault.Change{Pinned: &yes}); err != nil {
		t.Fatal(err)
	}
	if err := s.Store.DeleteBackups(ctx, []int64{pin}, false, audit.New(s.now, operator, audit.BackupRemove, "site1")); err != nil {
		t.Error(err)
	}
	s.make()
	s.make()
	s.now = s.now.AddDate(-1, 0, 0)
	s.make()
	if got := s.ids(vault.Query{}); got != "4 3 1" {
		t.Errorf("a year before: %s", got)
	}
}

func TestRoles(t *testing.T) {
	s := open(t)
	id := s.make().ID
	_, make := s.Make(ctx, viewer, "site1", "")
	_, change := s.Change(ctx, viewer, id, vault.Change{})
	nobody := core.Caller{Name: "nobody"}
	_, list := s.List(ctx, nobody, vault.Query{})
	_, _, document := s.Document(ctx, nobody, id)
	for what, err := range map[string]error{"make": make, "change": change, "remove": s.Remove(ctx, viewer, id)} {
		if core.CodeOf(err) != core.Forbidden {
			t.Errorf("%s as a viewer: %v", what, err)
		}
	}
	for what, err := range map[string]error{"list": list, "document": document} {
		if core.CodeOf(err) != core.Unauthenticated {
			t.Errorf("%s as nobody: %v", what, err)
		}
	}
}

// TestExpired holds what a retention promises: what is pinned stays, and the newest; of the
// rest no more stay than are kept, none that is too old, and none goes without need.
func TestExpired(t *testing.T) {
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	backup := rapid.Custom(func(t *rapid.T) vault.Backup {
		b := vault.Backup{Time: now.Add(-time.Duration(rapid.IntRange(0, 200).Draw(t, "hours")) * time.Hour), Pinned: rapid.Float64Range(0, 1).Draw(t, "pin") > 0.8, SHA256: "x"}
		if rapid.Float64Range(0, 1).Draw(t, "fail") > 0.7 {
			b.SHA256, b.Reason = "", "away"
		}
		return b
	})
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(backup, 0, 20).Draw(t, "backups")
		for i := range all {
			all[i].ID = int64(i + 1)
		}
		r := schedule.Retention{Keep: rapid.IntRange(0, 5).Draw(t, "keep"), Days: rapid.IntRange(0, 5).Draw(t, "days")}
		gone := map[int64]bool{}
		for _, b := range vault.Expired(all, r, now) {
			gone[b.ID] = true
		}
		var newest vault.Backup
		stay := map[bool]int{}
		for _, b := range all {
			if !b.Failed() {
				newest = b
			}
			if b.Pinned && gone[b.ID] {
				t.Fatalf("%d is pinned and goes", b.ID)
			}
			if !gone[b.ID] && !b.Pinned {
				stay[b.Failed()]++
			}
		}
		old := now.AddDate(0, 0, -r.Days)
		for _, b := range all {
			switch {
			case b.ID == newest.ID && gone[b.ID]:
				t.Fatalf("%d is the newest and goes", b.ID)
			case b.ID != newest.ID && !b.Pinned && !gone[b.ID] && r.Days > 0 && b.Time.Before(old):
				t.Fatalf("%d of %v is too old and stays", b.ID, b.Time)
			case gone[b.ID] && (r.Days == 0 || !b.Time.Before(old)) && (r.Keep == 0 || stay[b.Failed()] < r.Keep):
				t.Fatalf("%d goes though there is room", b.ID)
			}
		}
		for failed, n := range stay {
			if r.Keep > 0 && n > max(r.Keep, 1) {
				t.Fatalf("%d stay (failed: %v), more than %d", n, failed, r.Keep)
			}
		}
	})
}

// TestFailsAgain keeps what fails by itself again and again once, and what somebody asked for
// by itself.
func TestFailsAgain(t *testing.T) {
	s, task := open(t), core.Caller{Name: "console", Role: core.Operator, Via: "task"}
	s.make()
	s.engine.Do(func(e *nodetest.Engine) { e.Faults["GET"] = nodetest.Denied })
	fail := func(by core.Caller) vault.Backup {
		s.now = s.now.Add(time.Minute)
		b, err := s.Make(ctx, by, "site1", "")
		if err == nil {
			t.Fatal("it was backed up")
		}
		return b
	}
	fail(task)
	if again := fail(task); again.ID != 2 {
		t.Errorf("the second time: %+v", again)
	}
	if b, err := s.Backup(ctx, viewer, 2); err != nil || !b.Time.Equal(s.now) {
		t.Errorf("it tells of %v, want %v; %v", b.Time, s.now, err)
	}
	fail(operator)
	fail(task)
	note := "look at this"
	if b, err := s.Change(ctx, operator, 4, vault.Change{Note: &note}); err != nil || b.Note != note || b.Pinned {
		t.Errorf("the note: %+v, %v", b, err)
	}
	fail(task)
	if got := s.ids(vault.Query{}); got != "(5) (4) (3) (2) 1" {
		t.Errorf("kept: %s", got)
	}
}

// unswept is a store that takes nothing out.
type unswept struct{ vault.Store }

func (unswept) DeleteBackups(context.Context, []int64, bool, audit.Event) error {
	return core.Errorf(core.Unwritable, "the disk is full")
}

// TestUnswept counts a backup as made also where older ones could not be taken out.
func TestUnswept(t *testing.T) {
	s := open(t)
	s.terms(schedule.Retention{Keep: 1})
	s.make()
	s.Store = unswept{s.Store}
	if b := s.make(); b.ID != 2 || b.Failed() || b.Unswept != "the disk is full" {
		t.Errorf("%+v", b)
	}
}

// TestChangeApart lets two change different things of a backup without undoing each other.
func TestChangeApart(t *testing.T) {
	s := open(t)
	b := s.make()
	pinned, note := true, "before the move"
	var done sync.WaitGroup
	for _, c := range []vault.Change{{Pinned: &pinned}, {Note: &note}} {
		done.Go(func() {
			if _, err := s.Change(ctx, operator, b.ID, c); err != nil {
				t.Error(err)
			}
		})
	}
	done.Wait()
	if b, err := s.Backup(ctx, viewer, b.ID); err != nil || !b.Pinned || b.Note != note {
		t.Errorf("%+v, %v", b, err)
	}
}
