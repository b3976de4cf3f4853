package db

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ekuiper-console/core"
)

func TestProbe(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "console.db")
	store, err := Open(ctx, path)
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
	err = store.write(ctx, func(*sql.Tx) error {
		wants("Probe while we write", store.Probe(ctx), "")
		return nil
	})
	wants("write", err, "")
	other, err := Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	err = other.write(ctx, func(*sql.Tx) error {
		began := time.Now()
		wants("Probe while another process writes", store.Probe(ctx), "another process")
		if took := time.Since(began); took > probePatience+time.Second {
			t.Errorf("Probe took %v", took)
		}
		return nil
	})
	wants("write of another process", err, "")
	wants("Probe once it has ended", store.Probe(ctx), "")
	if _, err := store.writer.ExecContext(ctx, `insert into migrations (number, name, applied) values (1000, 'later', 0)`); err != nil {
		t.Fatal(err)
	}
	wants("Migrated by a newer program", store.Migrated(ctx), "form 1000")
	if _, err := store.writer.ExecContext(ctx, `pragma query_only = 1`); err != nil {
		t.Fatal(err)
	}
	wants("Probe of a store that cannot be written", store.Probe(ctx), "may not be written")
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if err := store.Probe(ctx); err == nil || core.CodeOf(err) != core.Internal {
		t.Errorf("Probe of a store that is closed: %v", err)
	}
}
