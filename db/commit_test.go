package db_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
	"ekuiper-console/db"
	"ekuiper-console/db/dbtest"
)

const node = "local"

// noon is when the tests take place.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

var keller = core.Caller{Name: "m.keller", Role: core.Operator, Via: "page"}

// parse reads a bundle in the notation "rules/a=1 streams/s=1".
func parse(t testing.TB, text string) *bundle.Bundle {
	t.Helper()
	b := &bundle.Bundle{}
	for _, field := range strings.Fields(text) {
		name, value, _ := strings.Cut(field, "=")
		ref, err := core.ParseRef(name)
		if err != nil {
			t.Fatal(err)
		}
		b.Set(ref, value)
	}
	return b
}

// show writes the notation that parse reads.
func show(b *bundle.Bundle) string {
	var fields []string
	for ref, text := range b.All() {
		fields = append(fields, ref.String()+"="+text)
	}
	return strings.Join(fields, " ")
}

// snapshot returns what the node of most tests holds.
func snapshot(t testing.TB, s *db.DB) plan.Snapshot {
	t.Helper()
	return snapshotOf(t, s, node)
}

// snapshotOf returns what a node holds.
func snapshotOf(t testing.TB, s *db.DB, node string) plan.Snapshot {
	t.Helper()
	snap, err := s.Snapshot(t.Context(), node)
	if err != nil {
		t.Fatal(err)
	}
	return snap
}

// full returns the commit of a full import.
func full(t testing.TB, s *db.DB, text string) *plan.Commit {
	t.Helper()
	p := plan.New(plan.Full, snapshot(t, s), parse(t, text), nil)
	return &plan.Commit{Node: node, Plan: p, By: keller, Time: noon, Document: "d0c"}
}

// commit makes the node hold what text says.
func commit(t testing.TB, s *db.DB, text string) plan.Revision {
	t.Helper()
	rev, err := s.Commit(t.Context(), full(t, s, text))
	if err != nil {
		t.Fatal(err)
	}
	return rev
}

// wantHeld checks what the node holds.
func wantHeld(t testing.TB, s *db.DB, want string) {
	t.Helper()
	if got := show(snapshot(t, s).Bundle); got != want {
		t.Errorf("held %q; want %q", got, want)
	}
}

func contextWith(t *testing.T) (context.Context, context.CancelFunc) {
	return context.WithCancel(t.Context())
}

func TestCommitThenSnapshot(t *testing.T) {
	s := dbtest.Open(t)
	wantHeld(t, s, "")
	for _, text := range []string{
		"streams/s=1 rules/a=1",
		"streams/s=2 rules/a=1 rules/b=",
		"uploads/u=1 rules/b=",
		"",
		"rules/a=again",
	} {
		rev := commit(t, s, text)
		wantHeld(t, s, text)
		if got := snapshot(t, s).State; got != rev.State() {
			t.Errorf("state %v; want %v", got, rev.State())
		}
	}
	sample, _, err := bundle.Decode(bundle.Sample)
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, s, sample)
}

// wantSame commits a bundle, forgets it, and checks that it is there.
func wantSame(t *testing.T, s *db.DB, want *bundle.Bundle) {
	t.Helper()
	p := plan.New(plan.Full, snapshot(t, s), want, nil)
	if _, err := s.Commit(t.Context(), &plan.Commit{Node: node, Plan: p}); err != nil {
		t.Fatal(err)
	}
	if got := snapshot(t, s).Bundle; !got.Equal(want) {
		t.Errorf("held %v; want %v", show(got), show(want))
	}
}

func TestCommitKeepsWhatItIsTold(t *testing.T) {
	s := dbtest.Open(t)
	commit(t, s, "streams/s=1 rules/a=1 Schema/x=1 rules/same=1")
	check := func(e plan.Entry) plan.Verdict {
		v := plan.Verdict{Text: e.Text}
		if e.Text == "bad" {
			v.Findings = []core.Finding{{Severity: core.Fault, Ref: e.Ref, Message: "no good"}}
		}
		return v
	}
	next := parse(t, "streams/s=2 rules/b=1 rules/c=1 rules/d=bad Schema/x=2 rules/same=1")
	c := &plan.Commit{
		Node: node, Plan: plan.New(plan.Partial, snapshot(t, s), next, check), By: keller,
		Time:     noon.Add(1_500_000).In(time.FixedZone("", 3600)),
		Document: "d0c", Note: "a note", Task: "t1", Restores: 1,
	}
	c.Report = c.Plan.Report()
	rev, err := s.Commit(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	want := plan.Revision{
		Node: node, Number: 2, Hash: rev.Hash, Time: noon.Add(1_000_000), By: "m.keller", Via: "page",
		Mode: plan.Partial, Document: "d0c", Created: 2, Replaced: 1, Unchanged: 2, Rejected: 1,
		Note: "a note", Task: "t1", Restores: 1,
	}
	revs, err := s.Revisions(t.Context(), node, 0, 10)
	if err != nil || len(revs) != 2 {
		t.Fatalf("Revisions = %v, %v", revs, err)
	}
	for _, got := range []plan.Revision{rev, revs[0]} {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("revision, -want +got:\n%s", diff)
		}
	}
	report, err := s.Report(t.Context(), node)
	if err != nil || show(report) != "rules/d=no good" {
		t.Errorf("Report = %q, %v", show(report), err)
	}
}

func TestCommitOfNothing(t *testing.T) {
	s := dbtest.Open(t)
	first := commit(t, s, "rules/a=1")
	c := full(t, s, "rules/a=1")
	c.Report = parse(t, "rules/z=bad")
	rev, err := s.Commit(t.Context(), c)
	if err != nil || rev.State() != first.State() || rev.Unchanged != 1 {
		t.Errorf("Commit = %+v, %v; want the state of before", rev, err)
	}
	revs, err := s.Revisions(t.Context(), node, 0, 10)
	if err != nil || len(revs) != 1 {
		t.Errorf("Revisions = %v, %v; want one", revs, err)
	}
	report, err := s.Report(t.Context(), node)
	if err != nil || show(report) != "rules/z=bad" {
		t.Errorf("Report = %q, %v", show(report), err)
	}
}

func TestCommitConflict(t *testing.T) {
	path := filepath.Join(t.TempDir(), "console.db")
	s, other := open(t, path), open(t, path)
	commit(t, s, "rules/a=1")
	mine, theirs := full(t, s, "rules/a=mine"), full(t, other, "rules/a=theirs")
	mine.Report = parse(t, "rules/mine=bad")
	if _, err := other.Commit(t.Context(), theirs); err != nil {
		t.Fatal(err)
	}
	_, err := s.Commit(t.Context(), mine)
	wantError(t, err, core.Conflict, "the configuration has changed meanwhile: it is at revision 2, the plan was made at 1")
	wantHeld(t, s, "rules/a=theirs")
	if report, err := s.Report(t.Context(), node); err != nil || report.Len() != 0 {
		t.Errorf("Report = %q, %v; want an empty one", show(report), err)
	}

	mine.Plan.Base.Revision = 2
	_, err = s.Commit(t.Context(), mine)
	wantError(t, err, core.Conflict)
	wantHeld(t, other, "rules/a=theirs")
}

// A plan that does not fit the state that it claims to be made from is refused whole.
func TestCommitOfWrongPlan(t *testing.T) {
	rule := func(action plan.Action, name string) plan.Step {
		return plan.Step{Action: action, Ref: core.Ref{Kind: core.Rule, Name: name}, New: "2"}
	}
	for _, c := range []struct {
		wrong plan.Step
		want  string
	}{
		{rule(plan.Create, "a"), "applying revision 2: "},
		{rule(plan.Replace, "ghost"), "applying rules/ghost: "},
		{rule(plan.Delete, "ghost"), "applying rules/ghost: "},
	} {
		s := dbtest.Open(t)
		commit(t, s, "rules/a=1")
		p := full(t, s, "rules/a=1 rules/b=1")
		p.Plan.Steps = append(p.Plan.Steps, c.wrong)
		_, err := s.Commit(t.Context(), p)
		wantError(t, err, core.Internal, c.want)
		wantHeld(t, s, "rules/a=1")
	}
}

func TestNodesAreApart(t *testing.T) {
	s := dbtest.Open(t)
	commit(t, s, "rules/a=1")
	there := plan.New(plan.Full, plan.Snapshot{Bundle: &bundle.Bundle{}}, parse(t, "rules/a=there"), nil)
	rev, err := s.Commit(t.Context(), &plan.Commit{Node: "plant", Plan: there, Report: parse(t, "rules/x=bad")})
	if err != nil || rev.Number != 1 {
		t.Fatalf("Commit = %+v, %v", rev, err)
	}
	commit(t, s, "rules/a=2")
	wantHeld(t, s, "rules/a=2")
	snap, err := s.Snapshot(t.Context(), "plant")
	if err != nil || show(snap.Bundle) != "rules/a=there" {
		t.Errorf("Snapshot of plant = %q, %v", show(snap.Bundle), err)
	}
	if report, err := s.Report(t.Context(), node); err != nil || report.Len() != 0 {
		t.Errorf("Report = %q, %v; want an empty one", show(report), err)
	}
	changes, err := s.Changes(t.Context(), "plant", 1, plan.Window{})
	if err != nil || len(changes) != 1 || changes[0].New != "there" {
		t.Errorf("Changes of plant = %v, %v", changes, err)
	}
}

func TestSnapshotIsReadOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "console.db")
	s, other := open(t, path), open(t, path)
	commit(t, s, "rules/a=1")
	first := snapshot(t, s)
	if snapshot(t, s).Bundle != first.Bundle {
		t.Error("the second snapshot of the same state was read again")
	}
	commit(t, other, "rules/a=2")
	wantHeld(t, s, "rules/a=2")
	if show(first.Bundle) != "rules/a=1" {
		t.Errorf("the first snapshot has become %q", show(first.Bundle))
	}
}

func TestEntry(t *testing.T) {
	s := dbtest.Open(t)
	commit(t, s, "rules/a=1 streams/gone=1")
	commit(t, s, "rules/a=2")
	text, err := s.Entry(t.Context(), node, core.Ref{Kind: core.Rule, Name: "a"})
	if err != nil || text != "2" {
		t.Errorf("Entry = %q, %v; want 2", text, err)
	}
	_, err = s.Entry(t.Context(), node, core.Ref{Kind: core.Stream, Name: "gone"})
	wantError(t, err, core.NotFound, `there is no stream named "gone"`)
}

// level is a bundle in which all texts are n, so that a half state shows.
func level(n int64) *bundle.Bundle {
	b := &bundle.Bundle{}
	for i := range 60 {
		b.Set(core.Ref{Kind: core.Kind(i % core.NumKinds), Name: fmt.Sprint("e", i)}, fmt.Sprint(n))
	}
	return b
}

func TestReadersDuringCommits(t *testing.T) {
	path := filepath.Join(t.TempDir(), "console.db")
	s, other := open(t, path), open(t, path)
	var all sync.WaitGroup
	defer all.Wait()
	ctx, cancel := contextWith(t)
	defer cancel()
	for _, reader := range []*db.DB{s, s, other} {
		all.Go(func() {
			for ctx.Err() == nil {
				snap, err := reader.Snapshot(t.Context(), node)
				if err != nil {
					t.Error(err)
					return
				}
				if snap.Revision > 0 && !snap.Bundle.Equal(level(snap.Revision)) {
					t.Errorf("half a state at revision %d", snap.Revision)
				}
			}
		})
	}
	for n := int64(1); n <= 20; n++ {
		writer := s
		if n%4 == 0 {
			writer = other
		}
		p := plan.New(plan.Full, snapshot(t, writer), level(n), nil)
		if _, err := writer.Commit(t.Context(), &plan.Commit{Node: node, Plan: p}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestReadersDoNotWaitForAWriter(t *testing.T) {
	s := dbtest.Open(t)
	commit(t, s, "rules/a=1")
	held, err := s.Writer().BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Rollback()
	if _, err := held.Exec("delete from entries"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	if text, err := s.Entry(ctx, node, core.Ref{Kind: core.Rule, Name: "a"}); err != nil || text != "1" {
		t.Errorf("Entry = %q, %v", text, err)
	}
	if _, err := s.Report(ctx, node); err != nil {
		t.Error(err)
	}
	wantHeld(t, s, "rules/a=1")
}

// However the cancellation falls, an error means that nothing was written, and no
// error that all was.
func TestCommitCancelledOnTheWay(t *testing.T) {
	s := dbtest.Open(t)
	seen := map[bool]int{}
	var took time.Duration // by the first, which is not cancelled
	for i := range int64(30) {
		before := snapshot(t, s)
		p := plan.New(plan.Full, before, level(i+1000), nil)
		begun, patience := time.Now(), took*time.Duration(i)/15
		if i == 0 {
			patience = time.Minute
		}
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		rev, err := s.Commit(ctx, &plan.Commit{Node: node, Plan: p})
		cancel()
		if i == 0 {
			took = time.Since(begun)
		}
		seen[err == nil]++
		want := rev.State()
		if err != nil {
			wantError(t, err, core.Cancelled)
			want = before.State
		}
		if got := snapshot(t, s); got.State != want {
			t.Fatalf("state %v after %v; want %v", got.State, err, want)
		}
	}
	t.Logf("committed %d, cancelled %d", seen[true], seen[false])
}
