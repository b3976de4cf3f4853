package db_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
	"ekuiper-console/db"
)

// victim names, in a child process, the file to commit into until it is killed.
const victim = "DB_TEST_VICTIM"

// TestMain also fails where a test leaves a goroutine behind.
func TestMain(m *testing.M) {
	if path := os.Getenv(victim); path != "" {
		fmt.Println(commitForever(context.Background(), path))
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}

// bundleAt is what a node holds at a revision: every revision creates, replaces and
// deletes some entries.
func bundleAt(revision int64) *bundle.Bundle {
	b := &bundle.Bundle{}
	for i := range int64(300) {
		if revision > 0 && (i+revision)%7 > 0 {
			text := strings.Repeat(fmt.Sprintf("%d at %d. ", i, revision/(1+i%5)), 40)
			b.Set(core.Ref{Kind: core.Kind(i % core.NumKinds), Name: fmt.Sprint("e", i)}, text)
		}
	}
	return b
}

// reportAt is the report of the import that made a revision.
func reportAt(revision int64) *bundle.Bundle {
	b := &bundle.Bundle{}
	if revision > 0 {
		b.Set(core.Ref{Kind: core.Rule, Name: "bad"}, fmt.Sprint(revision))
	}
	return b
}

// commitForever makes one revision after the other, and says when the first is there.
func commitForever(ctx context.Context, path string) error {
	s, err := db.Open(ctx, path)
	if err != nil {
		return err
	}
	for {
		snap, err := s.Snapshot(ctx, node)
		if err != nil {
			return err
		}
		next := snap.Revision + 1
		p := plan.New(plan.Full, snap, bundleAt(next), nil)
		if _, err := s.Commit(ctx, &plan.Commit{Node: node, Plan: p, Report: reportAt(next)}); err != nil {
			return err
		}
		fmt.Println("committed", next)
	}
}

// A process that is killed at any moment leaves the state of before or of after a
// commit, whole.
func TestKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "console.db")
	var last int64
	rounds := 20
	if testing.Short() {
		rounds = 3
	}
	for range rounds {
		said := killOnTheWay(t, path)
		s := open(t, path)
		snap := snapshot(t, s)
		if snap.Revision < said || snap.Revision <= last {
			t.Fatalf("at revision %d; the child said %d, before it was %d", snap.Revision, said, last)
		}
		last = snap.Revision
		if !snap.Bundle.Equal(bundleAt(last)) {
			t.Fatalf("revision %d is not what was committed", last)
		}
		if report, err := s.Report(t.Context(), node); err != nil || !report.Equal(reportAt(last)) {
			t.Fatalf("Report at revision %d = %q, %v", last, show(report), err)
		}
		s.Close()
	}
	s := open(t, path)
	if err := verify(t, s, node, nil); err != nil {
		t.Error(err)
	}
	var sound string
	if err := s.Writer().QueryRow("pragma integrity_check").Scan(&sound); err != nil || sound != "ok" {
		t.Errorf("integrity_check = %q, %v", sound, err)
	}
	t.Logf("20 kills in %d revisions", last)
}

// killOnTheWay runs a child that commits, kills it some time after its first commit,
// and returns the last revision that it said it had committed.
func killOnTheWay(t *testing.T, path string) (said int64) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), victim+"="+path)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	kill := func() {
		time.Sleep(time.Duration(rand.IntN(80_000)) * time.Microsecond)
		child.Process.Kill()
	}
	var once sync.Once
	for lines := bufio.NewScanner(out); lines.Scan(); once.Do(func() { go kill() }) {
		if _, err := fmt.Sscanf(lines.Text(), "committed %d", &said); err != nil {
			t.Fatalf("the child says %q", lines.Text())
		}
	}
	if err := child.Wait(); err == nil {
		t.Fatal("the child ended by itself")
	}
	return said
}
