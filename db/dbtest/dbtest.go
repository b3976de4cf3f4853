// Package dbtest gives tests a store of their own.
package dbtest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"ekuiper-console/db"
)

// empty is the file of an empty store. Making its tables takes long with the race
// detector, so it is done once.
var empty = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "dbtest-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "console.db")
	store, err := db.Open(context.Background(), path)
	if err != nil {
		return nil, err
	}
	if err := store.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// Open returns an empty store in a real file that goes away with the test.
func Open(t testing.TB) *db.DB {
	t.Helper()
	path := filepath.Join(t.TempDir(), "console.db")
	file, err := empty()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	store, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}
