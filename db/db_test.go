package db_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"ekuiper-console/core"
	"ekuiper-console/db"
	"ekuiper-console/db/dbtest"
)

// open opens the store at path until the test ends.
func open(t *testing.T, path string) *db.DB {
	t.Helper()
	s, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestOpenMakesPrivateFiles(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "data", "deep")
	s := open(t, filepath.Join(folder, "console.db"))
	commit(t, s, "rules/a=1")
	files, err := fs.Glob(os.DirFS(folder), "*")
	if err != nil || len(files) < 2 {
		t.Fatalf("files %v, %v; want the file and its log", files, err)
	}
	for _, name := range append(files, ".") {
		stat, err := os.Stat(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		if mode := stat.Mode().Perm(); mode&0o077 != 0 {
			t.Errorf("mode of %s = %v; want nothing for others", name, mode)
		}
	}
}

func TestOpenOddPath(t *testing.T) {
	for _, name := range []string{"a b?c=d#e%20f&g;h.db", "ü'\".db"} {
		path := filepath.Join(t.TempDir(), name)
		s := open(t, path)
		commit(t, s, "rules/a=1")
		s.Close()
		wantHeld(t, open(t, path), "rules/a=1")
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
}

func TestOpenAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "console.db")
	s := open(t, path)
	commit(t, s, "rules/a=1")
	schema := dump(t, s)
	s.Close()
	again := open(t, path)
	if got := dump(t, again); got != schema {
		t.Errorf("schema after a second Open:\n%s\nwant\n%s", got, schema)
	}
	wantHeld(t, again, "rules/a=1")
}

// dump returns the schema and the list of migrations.
func dump(t *testing.T, s *db.DB) string {
	t.Helper()
	var text string
	const query = `select (select group_concat(sql, char(10)) from sqlite_schema)
		|| (select group_concat(number || name || applied) from migrations)`
	if err := s.Writer().QueryRow(query).Scan(&text); err != nil {
		t.Fatal(err)
	}
	return text
}

func TestOpenAtOnce(t *testing.T) {
	for i := range 2 {
		path := filepath.Join(t.TempDir(), fmt.Sprint(i, ".db"))
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				s, err := db.Open(t.Context(), path)
				if err != nil {
					t.Error(err)
					return
				}
				defer s.Close()
				if _, err := s.Snapshot(t.Context(), node); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	}
}

func TestOpenNewerFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "console.db")
	s := open(t, path)
	const query = `insert into migrations (number, name, applied) values (9999, 'later', 0)`
	if _, err := s.Writer().Exec(query); err != nil {
		t.Fatal(err)
	}
	s.Close()
	_, err := db.Open(t.Context(), path)
	wantError(t, err, core.Conflict, "a newer program has written it: its form is 9999")
	if core.HintOf(err) == "" {
		t.Error("no hint")
	}
}

func TestOpenRefuses(t *testing.T) {
	folder := t.TempDir()
	text := filepath.Join(folder, "text.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("no database\n", 99)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := db.Open(t.Context(), text)
	wantError(t, err, core.Internal, text, "not a database")
	_, err = db.Open(t.Context(), filepath.Join(text, "console.db"))
	wantError(t, err, core.Internal, "making the store")
	_, err = db.Open(t.Context(), folder)
	wantError(t, err, core.Unwritable, "opening the store "+folder)
}

// wantError checks the code and what the message must contain.
func wantError(t *testing.T, err error, code core.Code, parts ...string) {
	t.Helper()
	if err == nil || core.CodeOf(err) != code {
		t.Fatalf("error %v with code %d; want code %d", err, core.CodeOf(err), code)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q; want %q in it", err, part)
		}
	}
}

func TestEveryTableIsStrictAndEveryColumnTold(t *testing.T) {
	s := dbtest.Open(t)
	const query = `
		select l.name, l.strict, c.name, s.sql
		from pragma_table_list l
		join pragma_table_info(l.name) c
		join sqlite_schema s on s.name = l.name
		where l.type = 'table' and l.name not like 'sqlite_%'`
	rows, err := s.Writer().Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns := 0
	for ; rows.Next(); columns++ {
		var table, column, sql string
		var strict bool
		if err := rows.Scan(&table, &strict, &column, &sql); err != nil {
			t.Fatal(err)
		}
		if !strict {
			t.Errorf("table %s is not strict", table)
		}
		if !told(sql, column) {
			t.Errorf("column %s of %s has no comment", column, table)
		}
	}
	if err := rows.Err(); err != nil || columns < 50 {
		t.Errorf("%d columns, %v", columns, err)
	}
}

// told reports whether the line of a column has a comment.
func told(sql, column string) bool {
	for line := range strings.Lines(sql) {
		fields := strings.Fields(line)
		if len(fields) > 1 && fields[0] == column {
			_, comment, found := strings.Cut(line, "--")
			return found && strings.TrimSpace(comment) != ""
		}
	}
	return false
}

func TestDiskFull(t *testing.T) {
	s := dbtest.Open(t)
	commit(t, s, "rules/a=1")
	limit(t, s, 60)
	_, err := s.Commit(t.Context(), full(t, s, "rules/a=2 rules/big="+strings.Repeat("x", 1<<20)))
	wantError(t, err, core.Unwritable, "applying rules/big: the disk is full")
	if errors.Unwrap(err) == nil || core.HintOf(err) == "" {
		t.Errorf("error %#v; want a cause and a hint", err)
	}
	wantHeld(t, s, "rules/a=1")
	limit(t, s, 1<<30)
	commit(t, s, "rules/a=2 rules/b=2")
	wantHeld(t, s, "rules/a=2 rules/b=2")
}

// limit sets how many pages the file may have.
func limit(t *testing.T, s *db.DB, pages int) {
	t.Helper()
	if _, err := s.Writer().Exec(fmt.Sprintf("pragma max_page_count = %d", pages)); err != nil {
		t.Fatal(err)
	}
}

func TestBusyAndCancelled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "console.db")
	s, other := open(t, path), open(t, path)
	held, err := other.Writer().BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Rollback()
	if _, err := s.Writer().Exec("pragma busy_timeout = 20"); err != nil {
		t.Fatal(err)
	}
	_, err = s.Commit(t.Context(), full(t, s, "rules/a=1"))
	wantError(t, err, core.Busy, "another process is writing")

	ctx, cancel := contextWith(t)
	c := full(t, s, "rules/a=1")
	cancel()
	_, err = s.Commit(ctx, c)
	wantError(t, err, core.Cancelled, "beginning to write")
	_, err = s.Snapshot(ctx, node)
	wantError(t, err, core.Cancelled)
}
