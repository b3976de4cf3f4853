package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ekuiper-console/core/audit"
	"ekuiper-console/core/depot"
	"ekuiper-console/core/fetch"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/rollout"
	"ekuiper-console/core/transfer"
	"ekuiper-console/db/dbtest"
)

// TestSweepOnce keeps the files that any revision names, and those that came within a day.
func TestSweepOnce(t *testing.T) {
	store, root, dir := dbtest.Open(t), t.TempDir(), t.TempDir()
	files, err := depot.New(dir)
	if err != nil {
		t.Fatal(err)
	}
	s := &transfer.Service{Nodes: store, Journal: store, Fetch: &fetch.Fetcher{Roots: []string{root}}, Depot: files}
	defer s.Close()
	put := func(text string) string {
		item, err := files.Put(t.Context(), strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return item.SHA256
	}
	for _, text := range []string{"of an older revision", "of now"} {
		name := filepath.Join(root, text)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		doc := fmt.Sprintf(`{"uploads":{"u":"{\"name\":\"u\",\"file\":\"file://%s\"}"}}`, strings.ReplaceAll(name, " ", "%20"))
		res, err := s.Import(t.Context(), caller(), transfer.Request{Node: transfer.Local, Document: []byte(doc), Mode: plan.Full})
		if err != nil || !res.Written {
			t.Fatalf("%+v, %v", res, err)
		}
	}
	nobodys := put("nobody's")
	waiting := rollout.Rollout{ID: "waiting", Files: map[string]string{"file:///u": put("of a rollout that waits")}, State: rollout.Paused}
	if err := store.MakeRollout(t.Context(), waiting, nil, nil, audit.New(time.Now(), caller(), audit.RolloutPlan, waiting.ID)); err != nil {
		t.Fatal(err)
	}
	age(t, dir, 26*time.Hour)
	brought := put("brought a moment ago")
	if err := sweepOnce(t.Context(), store, files); err != nil {
		t.Fatal(err)
	}
	known, err := store.ArtifactHashes(t.Context())
	if err != nil || len(known) != 3 {
		t.Fatalf("revisions and rollouts name %v, %v", known, err)
	}
	known[brought], known[nobodys] = true, false
	for sha, want := range known {
		if files.Has(sha) != want {
			t.Errorf("%s is there: %v, want %v", sha, !want, want)
		}
	}
}

// age makes all files of a folder older.
func age(t *testing.T, dir string, by time.Duration) {
	t.Helper()
	then := time.Now().Add(-by)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return os.Chtimes(path, then, then)
	})
	if err != nil {
		t.Fatal(err)
	}
}
