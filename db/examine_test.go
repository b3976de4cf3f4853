package db_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ekuiper-console/db"
)

// opened returns a store with some history, and its file.
func opened(t testing.TB) (*db.DB, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "console.db")
	s, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	for _, text := range []string{"streams/s=1 rules/a=1", "streams/s=2 rules/b=1", "", "streams/s=3 scripts/f=1"} {
		commit(t, s, text)
	}
	return s, path
}

// examine returns the troubles of a store, one a line.
func examine(t testing.TB, path string) string {
	t.Helper()
	x, err := db.Examine(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(x.Troubles, "\n")
}

// TestExamine damages a store in one way at a time.
func TestExamine(t *testing.T) {
	s, path := opened(t)
	x, err := db.Examine(t.Context(), path)
	if err != nil || len(x.Troubles) > 0 || !x.Current() || x.States[node] != snapshot(t, s).State || x.Rows["revisions"] != 4 {
		t.Fatalf("a sound store: %+v, %v", x, err)
	}
	for _, tt := range []struct{ damage, want string }{
		{`update changes set text = 'x' where id = 1`, "the hash of revision 1"},
		{`update changes set name = 'z' where id = 1`, "the hash of revision 1"},
		{`update revisions set hash = 'x' where number = 2`, "the hash of revision 2"},
		{`update revisions set created = 7 where number = 1`, "revision 1 says create 7, its journal 2"},
		{`update revisions set last_change = last_change - 1 where number = 4`, "1 of which belong to no revision"},
		{`delete from revisions where number = 3`, "revision 4 follows revision 2"},
		{`delete from entries where kind = 'scripts'`, "scripts/f is missing, the journal leaves it"},
		{`update entries set change = 1 where kind = 'streams'`, "streams/s is that of change 1"},
		{`insert into entries (node, kind, name, change) select node, kind, 'more', change from entries limit 1`, "/more is that of change"},
		{`insert into entries (node, kind, name, change) select 'other', kind, name, change from entries limit 1`, "other: "},
		{`update entries set change = 4711 where kind = 'streams'`, "a row of entries names a row of changes that is not there"},
		{`update changes set previous = null, action = 'create' where id = (select min(id) from changes where action = 'replace')`, "follows change 0, the one before it is"},
	} {
		copied := filepath.Join(t.TempDir(), "copy.db")
		if err := db.Copy(t.Context(), path, copied); err != nil {
			t.Fatal(err)
		}
		if got := examine(t, copied); got != "" {
			t.Fatalf("a copy: %s", got)
		}
		damaged, err := db.Open(t.Context(), copied)
		if err != nil {
			t.Fatal(err)
		}
		for _, sql := range []string{`pragma foreign_keys = 0`, tt.damage} {
			if _, err := damaged.Writer().ExecContext(t.Context(), sql); err != nil {
				t.Fatal(err)
			}
		}
		if err := damaged.Close(); err != nil {
			t.Fatal(err)
		}
		if got := examine(t, copied); !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.damage, got, tt.want)
		}
	}
}

// TestExamineRubbish has files that are no store.
func TestExamineRubbish(t *testing.T) {
	_, path := opened(t)
	copied := filepath.Join(t.TempDir(), "copy.db")
	if err := db.Copy(t.Context(), path, copied); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(copied)
	if err != nil {
		t.Fatal(err)
	}
	torn := bytes.Clone(whole)
	copy(torn[4096*3:], bytes.Repeat([]byte{0xff}, 4096*4))
	for what, data := range map[string][]byte{"empty": nil, "text": bytes.Repeat([]byte("no database "), 1000), "cut off": whole[:len(whole)/2], "torn": torn} {
		name := filepath.Join(t.TempDir(), "x.db")
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if x, err := db.Examine(t.Context(), name); err == nil && len(x.Troubles) == 0 {
			t.Errorf("%s: no trouble", what)
		}
	}
	if _, err := db.Examine(t.Context(), filepath.Join(t.TempDir(), "none.db")); err == nil {
		t.Error("a file that is not there: no error")
	}
}

// TestCopy copies a store while somebody writes to it.
func TestCopy(t *testing.T) {
	s, path := opened(t)
	before := snapshot(t, s).State
	tx, err := s.Writer().BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.ExecContext(t.Context(), `delete from entries`); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "copy.db")
	if err := db.Copy(t.Context(), path, to); err != nil {
		t.Fatal(err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	x, err := db.Examine(t.Context(), to)
	if err != nil || len(x.Troubles) > 0 || x.States[node] != before {
		t.Errorf("the copy: %+v, %v", x, err)
	}
	c, err := db.Open(t.Context(), to)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if diff := cmp.Diff(show(snapshot(t, s).Bundle), show(snapshot(t, c).Bundle)); diff != "" {
		t.Error(diff)
	}
	if err := db.Copy(t.Context(), path, to); err == nil {
		t.Error("a copy replaces a file")
	}
}

// TestExamineRandom: whatever was committed is sound.
func TestExamineRandom(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			r.Fatal(err)
		}
		path := filepath.Join(dir, "console.db")
		s, err := db.Open(t.Context(), path)
		if err != nil {
			r.Fatal(err)
		}
		defer s.Close()
		entry := rapid.StringMatching(`(streams|rules|scripts)/[abc]=[12]?`)
		for range rapid.IntRange(0, 5).Draw(r, "commits") {
			commit(t, s, strings.Join(rapid.SliceOfN(entry, 0, 5).Draw(r, "entries"), " "))
		}
		if got := examine(t, path); got != "" {
			r.Error(got)
		}
	})
}
