package db_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
	"ekuiper-console/db"
)

// big is a bundle of n entries of 600 bytes.
func big(n int) *bundle.Bundle {
	b := &bundle.Bundle{}
	for i := range n {
		kind := core.Kind(i * core.NumKinds / n)
		b.Set(core.Ref{Kind: kind, Name: fmt.Sprintf("entry%07d", i)}, strings.Repeat("abcdefghij", 60))
	}
	return b
}

// floor writes the entries of a bundle with one prepared statement in one transaction
// and returns how long that took.
func floor(b *testing.B, s *db.DB, entries *bundle.Bundle) time.Duration {
	b.Helper()
	const table = `create table floor (node text not null, kind text not null, name text not null,
		text text not null, primary key (node, kind, name)) strict, without rowid`
	if _, err := s.Writer().Exec(table); err != nil {
		b.Fatal(err)
	}
	begun := time.Now()
	t, err := s.Writer().Begin()
	if err != nil {
		b.Fatal(err)
	}
	insert, err := t.Prepare("insert into floor (node, kind, name, text) values (?, ?, ?, ?)")
	if err != nil {
		b.Fatal(err)
	}
	for ref, text := range entries.All() {
		if _, err := insert.Exec(node, ref.Kind.Key(), ref.Name, text); err != nil {
			b.Fatal(err)
		}
	}
	if err := t.Commit(); err != nil {
		b.Fatal(err)
	}
	return time.Since(begun)
}

// fresh opens an empty store.
func fresh(b *testing.B, n int) *db.DB {
	b.Helper()
	s, err := db.Open(context.Background(), filepath.Join(b.TempDir(), fmt.Sprint(n, ".db")))
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// BenchmarkCommit commits new entries into an empty store. It reports how many times
// the floor that takes: the same rows without a history, written in the same run. Of both the best time
// counts, for the others tell of the machine.
func BenchmarkCommit(b *testing.B) {
	for _, size := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			entries := big(size)
			p := plan.New(plan.Full, plan.Snapshot{Bundle: &bundle.Bundle{}}, entries, nil)
			least, spent := time.Hour, time.Hour
			for i := 0; b.Loop(); i++ {
				b.StopTimer()
				s := fresh(b, i)
				least = min(least, floor(b, s, entries))
				s.Close()
				s = fresh(b, -1-i)
				b.StartTimer()
				begun := time.Now()
				if _, err := s.Commit(context.Background(), &plan.Commit{Node: node, Plan: p}); err != nil {
					b.Fatal(err)
				}
				spent = min(spent, time.Since(begun))
				b.StopTimer()
				s.Close()
				b.StartTimer()
			}
			b.ReportMetric(float64(spent)/float64(least), "x-floor")
			b.ReportMetric(float64(spent.Milliseconds()), "best-ms")
		})
	}
}

// BenchmarkSnapshot reads all entries from the file, and takes them from the cache.
func BenchmarkSnapshot(b *testing.B) {
	path := filepath.Join(b.TempDir(), "console.db")
	s, err := db.Open(context.Background(), path)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	p := plan.New(plan.Full, plan.Snapshot{Bundle: &bundle.Bundle{}}, big(100_000), nil)
	if _, err := s.Commit(context.Background(), &plan.Commit{Node: node, Plan: p}); err != nil {
		b.Fatal(err)
	}
	b.Run("file", func(b *testing.B) {
		for b.Loop() {
			cold, err := db.Open(context.Background(), path)
			if err != nil {
				b.Fatal(err)
			}
			snapshot(b, cold)
			cold.Close()
		}
	})
	b.Run("cache", func(b *testing.B) {
		snapshot(b, s)
		for b.Loop() {
			snapshot(b, s)
		}
	})
}
