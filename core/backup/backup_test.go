package backup

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ekuiper-console/core"
)

var ctx = context.Background()

func sumOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// folder makes a folder of files, given as names and contents in turn.
func folder(t testing.TB, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		name := filepath.Join(dir, filepath.FromSlash(files[i]))
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(files[i+1]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// held returns the files of a folder, with their contents.
func held(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		all[name] = string(data)
		if info, err := d.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has the mode %v, %v", name, info.Mode(), err)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// artifact returns the name of the file with a content.
func artifact(text string) string { return "artifacts/" + sumOf(text)[:2] + "/" + sumOf(text) }

// pack writes a backup of a folder with everything in it, and returns its file.
func pack(t testing.TB) (file, data string) {
	t.Helper()
	data = folder(t, Store, strings.Repeat("store", 1000), artifact("one"), "one", artifact("two"), "two", "mgmt/plant.pub", "key", "links.key", "k",
		"artifacts/.put-123", "half", "artifacts/ab/other", "x", "uploads/a.json", "{}", "serve.lock", "", "mgmt/private.pem", "secret")
	var buf bytes.Buffer
	m, err := Write(ctx, &buf, Manifest{Version: "test", Time: time.Now(), Rows: map[string]int64{"changes": 3}}, filepath.Join(data, Store), data)
	if err != nil || len(m.Files) != 5 {
		t.Fatalf("Write = %+v, %v", m, err)
	}
	return filepath.Join(folder(t, "b.zip", buf.String()), "b.zip"), data
}

func TestRoundTrip(t *testing.T) {
	file, data := pack(t)
	dir := filepath.Join(t.TempDir(), "new", "data")
	m, err := Unpack(ctx, file, dir)
	if err != nil || m.Rows["changes"] != 3 || m.Version != "test" {
		t.Fatalf("Unpack = %+v, %v", m, err)
	}
	want := held(t, data)
	for _, name := range []string{"artifacts/.put-123", "artifacts/ab/other", "uploads/a.json", "serve.lock", "mgmt/private.pem"} {
		delete(want, name)
	}
	if diff := cmp.Diff(want, held(t, dir)); diff != "" {
		t.Error(diff)
	}
	if _, err := Unpack(ctx, file, dir); core.CodeOf(err) != core.Conflict {
		t.Errorf("into a folder that is not empty: %v", err)
	}
	if diff := cmp.Diff(want, held(t, dir)); diff != "" {
		t.Error(diff)
	}
}

// zipped makes an archive of parts, given as names and contents in turn.
func zipped(t testing.TB, parts ...string) string {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for i := 0; i < len(parts); i += 2 {
		w, err := z.Create(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(parts[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(folder(t, "b.zip", buf.String()), "b.zip")
}

// manifest makes the manifest of files, given as names and contents in turn.
func manifest(t testing.TB, of int, files ...string) string {
	t.Helper()
	m := Manifest{Format: of}
	for i := 0; i < len(files); i += 2 {
		m.Files = append(m.Files, File{files[i], int64(len(files[i+1])), sumOf(files[i+1])})
	}
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestRefused has archives that are none, or made to do harm.
func TestRefused(t *testing.T) {
	way := func(name string) string {
		return zipped(t, Store, "s", name, "evil", manifestName, manifest(t, 1, Store, "s", name, "evil"))
	}
	for what, file := range map[string]string{
		"no archive":           filepath.Join(folder(t, "x", "text"), "x"),
		"no manifest":          zipped(t, Store, "s"),
		"rubbish in it":        zipped(t, Store, "s", manifestName, "{"),
		"no store":             zipped(t, manifestName, manifest(t, 1)),
		"a store that is gone": zipped(t, manifestName, manifest(t, 1, Store, "s")),
		"another store":        zipped(t, Store, "x", manifestName, manifest(t, 1, Store, "s")),
		"a longer store":       zipped(t, Store, "ss", manifestName, manifest(t, 1, Store, "s")),
		"a newer form":         zipped(t, Store, "s", manifestName, manifest(t, 2, Store, "s")),
		"a way out":            way("../evil"),
		"a way out of mgmt":    way("mgmt/../../evil.pub"),
		"an absolute path":     way("/tmp/evil"),
		"a way with \\":        way(`artifacts\..\evil`),
		"another folder":       way("uploads/evil"),
		"a wrong name":         way(artifact("good")),
	} {
		parent := t.TempDir()
		dir := filepath.Join(parent, "data")
		_, err := Unpack(ctx, file, dir)
		if code := core.CodeOf(err); code != core.Invalid && code != core.Conflict {
			t.Errorf("%s: %v", what, err)
		}
		if left := held(t, parent); len(left) > 0 {
			t.Errorf("%s leaves %v", what, left)
		}
	}
}

// TestAlteredBytes turns over one byte after another, here and there.
func TestAlteredBytes(t *testing.T) {
	file, data := pack(t)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < len(whole); at += 7 {
		bad := bytes.Clone(whole)
		bad[at] ^= 0xff
		if err := os.WriteFile(file, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(t.TempDir(), "data")
		if _, err := Unpack(ctx, file, dir); err != nil {
			continue
		}
		if got := held(t, dir)[Store]; got != held(t, data)[Store] {
			t.Fatalf("byte %d: another store came out", at)
		}
	}
}

func TestInterrupted(t *testing.T) {
	file, data := pack(t)
	done, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := Write(done, &bytes.Buffer{}, Manifest{}, filepath.Join(data, Store), data); core.CodeOf(err) != core.Cancelled {
		t.Errorf("Write: %v", err)
	}
	dir := filepath.Join(t.TempDir(), "data")
	if _, err := Unpack(done, file, dir); err == nil || len(held(t, dir)) > 0 {
		t.Errorf("Unpack: %v", err)
	}
}
