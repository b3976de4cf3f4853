package db_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
	"ekuiper-console/db"
	"ekuiper-console/db/dbtest"
)

// journal returns the changes of a revision in a notation of one line each.
func journal(t *testing.T, s *db.DB, revision int64) (lines []string) {
	t.Helper()
	changes, err := s.Changes(t.Context(), node, revision, plan.Window{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range changes {
		lines = append(lines, fmt.Sprintf("%v %v %q %q", c.Action, c.Ref, c.Old, c.New))
	}
	return lines
}

func TestChanges(t *testing.T) {
	s := dbtest.Open(t)
	commit(t, s, "streams/s=1 rules/a=1")
	commit(t, s, "streams/s=2 rules/b=1")
	commit(t, s, "rules/a=3 rules/b=")
	for i, want := range [][]string{
		{`create streams/s "" "1"`, `create rules/a "" "1"`},
		{`delete rules/a "1" ""`, `replace streams/s "1" "2"`, `create rules/b "" "1"`},
		{`delete streams/s "2" ""`, `create rules/a "" "3"`, `replace rules/b "1" ""`},
	} {
		if diff := cmp.Diff(want, journal(t, s, int64(i+1))); diff != "" {
			t.Errorf("Changes(%d), -want +got:\n%s", i+1, diff)
		}
	}
	for want, w := range map[string]plan.Window{
		"replace streams/s create rules/b": {Offset: 1},
		"delete rules/a replace streams/s": {Limit: 2},
		"replace streams/s":                {Offset: 1, Limit: 1},
		"create rules/b":                   {Only: new(plan.Create), Limit: 5},
		"":                                 {Offset: 9},
	} {
		some, err := s.Changes(t.Context(), node, 2, w)
		var got []string
		for _, c := range some {
			got = append(got, fmt.Sprint(c.Action, " ", c.Ref))
		}
		if strings.Join(got, " ") != want || err != nil {
			t.Errorf("Changes(2, %+v) = %v, %v; want %s", w, got, err, want)
		}
	}
	_, err := s.Changes(t.Context(), node, 4, plan.Window{})
	wantError(t, err, core.NotFound, "there is no revision 4")
	_, err = s.Changes(t.Context(), "elsewhere", 1, plan.Window{})
	wantError(t, err, core.NotFound)
}

// TestManyChanges writes so many changes of each action that one statement takes several of
// them, with some left over, and with other actions between.
func TestManyChanges(t *testing.T) {
	s := dbtest.Open(t)
	const n = 150
	notation := func(rule func(i int) string) string {
		var b strings.Builder
		for i := range n {
			if text := rule(i); text != "" {
				fmt.Fprintf(&b, "rules/r%03d=%s ", i, text)
			}
		}
		return strings.TrimSpace(b.String())
	}
	commit(t, s, notation(func(int) string { return "1" }))
	commit(t, s, notation(func(int) string { return "2" }))
	commit(t, s, notation(func(i int) string { return []string{"", "3", "4"}[i/70] })) // 70 go
	var want [3][]string
	for i := range n {
		want[0] = append(want[0], fmt.Sprintf(`create rules/r%03d "" "1"`, i))
		want[1] = append(want[1], fmt.Sprintf(`replace rules/r%03d "1" "2"`, i))
		if i >= 70 {
			want[2] = append(want[2], fmt.Sprintf(`replace rules/r%03d "2" "%d"`, i, 2+i/70))
		}
	}
	for i := range 70 {
		want[2] = slices.Insert(want[2], 0, fmt.Sprintf(`delete rules/r%03d "2" ""`, i))
	}
	for i, want := range want {
		if diff := cmp.Diff(want, journal(t, s, int64(i+1))); diff != "" {
			t.Errorf("Changes(%d), -want +got:\n%s", i+1, diff)
		}
	}
}

func TestRevisions(t *testing.T) {
	s := dbtest.Open(t)
	for i := range 5 {
		commit(t, s, fmt.Sprint("rules/a=", i))
	}
	for _, c := range []struct {
		before int64
		limit  int
		want   string
	}{
		{0, 2, "[5 4]"}, {4, 2, "[3 2]"}, {2, 9, "[1]"}, {1, 9, "[]"}, {0, 9, "[5 4 3 2 1]"}, {99, 1, "[5]"},
	} {
		revs, err := s.Revisions(t.Context(), node, c.before, c.limit)
		if err != nil {
			t.Fatal(err)
		}
		numbers := []int64{}
		for _, r := range revs {
			numbers = append(numbers, r.Number)
		}
		if got := fmt.Sprint(numbers); got != c.want {
			t.Errorf("Revisions(%d, %d) = %s; want %s", c.before, c.limit, got, c.want)
		}
	}
}

// names and texts are few, so that plans meet each other, and odd.
var (
	names = rapid.SampledFrom([]string{"a", "b", "c", "", "a/b", "ü\x00ü", "\xff", "'; drop table entries"})
	texts = rapid.SampledFrom([]string{"1", "2", "3", "", "\x00", "\xfe\xff", "{\"a\":1}"})
)

// bundles draws a bundle of a few entries.
func bundles(t *rapid.T) *bundle.Bundle {
	b := &bundle.Bundle{}
	for range rapid.IntRange(0, 8).Draw(t, "size") {
		kind := core.Kind(rapid.IntRange(0, core.NumKinds-1).Draw(t, "kind"))
		b.Set(core.Ref{Kind: kind, Name: names.Draw(t, "name")}, texts.Draw(t, "text"))
	}
	return b
}

// refuse is a check that keeps one text out, and finds a file for another.
func refuse(e plan.Entry) plan.Verdict {
	if e.Text == "3" {
		return plan.Verdict{Findings: []core.Finding{{Severity: core.Fault, Ref: e.Ref, Message: "three"}}}
	}
	v := plan.Verdict{Text: e.Text}
	if e.Text == "2" {
		v.Artifact = &plan.Artifact{Address: "https://h/" + e.Ref.Name, SHA256: "22", Size: 2, Provides: core.Provides{Sinks: []string{"s"}}, Contents: []byte("{}")}
	}
	return v
}

// filed reports whether a snapshot has the files of exactly the entries that refuse
// found one for.
func filed(s plan.Snapshot) bool {
	n := 0
	for ref, text := range s.Bundle.All() {
		a, ok := s.Artifacts[ref]
		if ok != (text == "2") || ok && (a.Address != "https://h/"+ref.Name || a.Provides.Sinks[0] != "s" || string(a.Contents) != "{}") {
			return false
		}
		if ok {
			n++
		}
	}
	return n == len(s.Artifacts)
}

// Random plans come in through two handles, as from two processes. After each the
// node must hold what the plan said, and from the newest revision back the journal
// must give every earlier one again. Each round has a node of its own in one file.
func TestRandomPlans(t *testing.T) {
	path, rounds := filepath.Join(t.TempDir(), "console.db"), 0
	handles := [2]*db.DB{open(t, path), open(t, path)}
	rapid.Check(t, func(r *rapid.T) {
		rounds++
		node := fmt.Sprint("node", rounds)
		history := []*bundle.Bundle{{}}
		for range rapid.IntRange(1, 8).Draw(r, "commits") {
			s := handles[rapid.IntRange(0, 1).Draw(r, "handle")]
			mode := plan.Mode(rapid.IntRange(0, 1).Draw(r, "mode"))
			p := plan.New(mode, snapshotOf(t, s, node), bundles(r), refuse)
			rev, err := s.Commit(t.Context(), &plan.Commit{Node: node, Plan: p, Time: noon})
			if err != nil {
				r.Fatal(err)
			}
			after := applied(history[len(history)-1], p)
			if rev.Number == int64(len(history)) {
				history = append(history, after)
			}
			for _, h := range handles {
				if snap := snapshotOf(t, h, node); !snap.Bundle.Equal(after) || snap.State != rev.State() || !filed(snap) {
					r.Fatalf("held %q at %d; want %q at %d", show(snap.Bundle), snap.Revision, show(after), rev.Number)
				}
			}
		}
		if err := verify(t, handles[0], node, history); err != nil {
			r.Fatal(err)
		}
	})
}

// applied returns what a plan makes of a bundle.
func applied(before *bundle.Bundle, p *plan.Plan) *bundle.Bundle {
	after := before.Clone()
	for _, s := range p.Steps {
		switch s.Action {
		case plan.Create, plan.Replace:
			after.Set(s.Ref, s.New)
		case plan.Delete:
			after.Delete(s.Ref)
		}
	}
	return after
}

// verify goes back through the journal. The history is that of the bundles after
// each revision; nil says that only its end, the empty bundle, is known.
func verify(t testing.TB, s *db.DB, node string, history []*bundle.Bundle) error {
	snap := snapshotOf(t, s, node)
	b := snap.Bundle.Clone()
	revs, err := s.Revisions(t.Context(), node, 0, int(snap.Revision)+1)
	if err != nil || int64(len(revs)) != snap.Revision {
		return fmt.Errorf("%d revisions at %d, %v", len(revs), snap.Revision, err)
	}
	for i, rev := range revs {
		if history != nil && !b.Equal(history[rev.Number]) {
			return fmt.Errorf("revision %d is %q; want %q", rev.Number, show(b), show(history[rev.Number]))
		}
		if past, err := s.At(t.Context(), node, rev.Number); err != nil || !past.Bundle.Equal(b) || past.Hash != rev.Hash || history != nil && !filed(past) {
			return fmt.Errorf("At(%d) = %q, %v; want %q", rev.Number, show(past.Bundle), err, show(b))
		}
		changes, err := s.Changes(t.Context(), node, rev.Number, plan.Window{})
		if err != nil {
			return err
		}
		previous := ""
		if i+1 < len(revs) {
			previous = revs[i+1].Hash
		}
		if got := chained(previous, changes); got != rev.Hash || len(changes) != rev.Created+rev.Replaced+rev.Deleted {
			return fmt.Errorf("revision %d has %d changes and hash %s; want %s", rev.Number, len(changes), got, rev.Hash)
		}
		if err := undo(b, changes); err != nil {
			return fmt.Errorf("revision %d: %w", rev.Number, err)
		}
	}
	if b.Len() != 0 {
		return fmt.Errorf("%q is left before the first revision", show(b))
	}
	return nil
}

// undo takes changes back, the last one first.
func undo(b *bundle.Bundle, changes []plan.Change) error {
	for i := len(changes) - 1; i >= 0; i-- {
		c := changes[i]
		text, there := b.Get(c.Ref)
		if there != (c.Action != plan.Delete) || text != c.New {
			return fmt.Errorf("%v %v leaves %q, but there is %q", c.Action, c.Ref, c.New, text)
		}
		if c.Action == plan.Create {
			b.Delete(c.Ref)
		} else {
			b.Set(c.Ref, c.Old)
		}
	}
	return nil
}

// chained is the hash of a revision, worked out from its journal.
func chained(previous string, changes []plan.Change) string {
	h := sha256.New()
	write := func(field string) {
		err := binary.Write(h, binary.BigEndian, int64(len(field)))
		if _, err2 := h.Write([]byte(field)); errors.Join(err, err2) != nil {
			panic("a hash takes everything")
		}
	}
	write(previous)
	for _, c := range changes {
		for _, field := range []string{c.Action.String(), c.Ref.Kind.Key(), c.Ref.Name, c.New} {
			write(field)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}
