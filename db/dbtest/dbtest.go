// Package dbtest gives tests a store of their own.
package dbtest

import (
	"path/filepath"
	"testing"

	"ekuiper-console/db"
)

// Open returns an empty store in a real file that goes away with the test.
func Open(t testing.TB) *db.DB {
	t.Helper()
	store, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "console.db"))
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
