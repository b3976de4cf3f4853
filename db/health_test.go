package db

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ekuiper-console/core"
)

func TestProbe(t *testing.T) {
	ctx := context.Background()
	store, err := Open(ctx, filepath.Join(t.TempDir(), "console.db"))
	if err != nil {
		t.Fatal(err)
	}
	wants := func(what string, err error, text string) {
		t.Helper()
		if err == nil && text != "" || err != nil && (text == "" || !strings.Contains(err.Error(), text)) {
			t.Errorf("%s: %v, want %q", what, err, text)
		}
	}
	for range 2 { // the first leaves nothing behind
		wants("Probe", store.Probe(ctx), "")
	}
	wants("Migrated", store.Migrated(ctx), "")
	busy, err := store.writer.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	soon, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	wants("Probe while somebody writes", store.Probe(soon), "")
	if err := busy.Rollback(); err != nil {
		t.Fatal(err)
	}
	if _, err := store.writer.ExecContext(ctx, `insert into migrations (number, name, applied) values (1000, 'later', 0)`); err != nil {
		t.Fatal(err)
	}
	wants("Migrated by a newer program", store.Migrated(ctx), "form 1000")
	if _, err := store.writer.ExecContext(ctx, `pragma query_only = 1`); err != nil {
		t.Fatal(err)
	}
	wants("Probe of a store that cannot be written", store.Probe(ctx), "readonly")
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if err := store.Probe(ctx); err == nil || core.CodeOf(err) != core.Internal {
		t.Errorf("Probe of a store that is closed: %v", err)
	}
}
