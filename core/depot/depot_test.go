package depot

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"ekuiper-console/core"
)

// newStore returns an empty store.
func newStore(t testing.TB) *Store {
	s, err := New(filepath.Join(t.TempDir(), "data", "artifacts"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// put keeps a text.
func put(t testing.TB, s *Store, text string) string {
	item, err := s.Put(t.Context(), strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if want := shaOf(text); item != (Item{want, int64(len(text))}) {
		t.Fatalf("Put(%.20q) = %v, want %s", text, item, want)
	}
	return item.SHA256
}

func shaOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// files returns the names of the files of a store, short.
func files(t testing.TB, s *Store) string {
	var names []string
	err := s.walk(t.Context(), func(path, name string) error {
		rel, err := filepath.Rel(s.dir, path)
		names = append(names, filepath.ToSlash(rel)[:min(5, len(rel))])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(names, " ")
}

func TestPutAndOpen(t *testing.T) {
	s := newStore(t)
	for _, text := range []string{"", "a", "a", strings.Repeat("long", 1<<18)} {
		sha := put(t, s, text)
		file, err := s.Open(sha)
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(io.NewSectionReader(file, 0, file.Size))
		if err != nil || string(content) != text || !s.Has(sha) || s.Verify(t.Context(), sha) != nil {
			t.Errorf("%.20q came back as %.20q, %v", text, content, err)
		}
		file.Close()
	}
	if got, want := files(t, s), "ca/ca e3/e3 f7/f7"; got != want {
		t.Errorf("the store has %s, want %s", got, want)
	}
}

func TestModes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no such modes")
	}
	s := newStore(t)
	path := s.path(put(t, s, "a"))
	for path, want := range map[string]fs.FileMode{path: 0o600, filepath.Dir(path): 0o700, s.dir: 0o700} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v, want %v", path, info.Mode(), err, want)
		}
	}
}

func TestOpenWhatIsNotThere(t *testing.T) {
	s := newStore(t)
	tests := map[string]core.Code{
		shaOf("a"): core.NotFound, "": core.Invalid, "..": core.Invalid, strings.ToUpper(shaOf("a")): core.Invalid, strings.Repeat("/", 64): core.Invalid,
	}
	for sha, want := range tests {
		_, err := s.Open(sha)
		if err == nil || core.CodeOf(err) != want || s.Has(sha) || core.CodeOf(s.Verify(t.Context(), sha)) != want {
			t.Errorf("Open(%q): %v (code %d), want code %d", sha, err, core.CodeOf(err), want)
		}
	}
}

func TestPutLeavesNothingBehind(t *testing.T) {
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	broken := errors.New("cut off")
	tests := []struct {
		ctx  context.Context
		r    io.Reader
		want error
	}{
		{t.Context(), io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken)), broken},
		{cancelled, strings.NewReader("a"), context.Canceled},
	}
	for _, tt := range tests {
		s := newStore(t)
		if _, err := s.Put(tt.ctx, tt.r); !errors.Is(err, tt.want) {
			t.Errorf("Put: %v, want %v", err, tt.want)
		}
		if got := files(t, s); got != "" {
			t.Errorf("after %v the store has %s", tt.want, got)
		}
	}
}

func TestPutMends(t *testing.T) {
	s := newStore(t)
	sha := put(t, s, "content")
	alter(t, s, sha)
	if err := s.Verify(t.Context(), sha); core.CodeOf(err) != core.Conflict || core.HintOf(err) == "" {
		t.Errorf("Verify of an altered file: %v", err)
	}
	put(t, s, "content")
	if err := s.Verify(t.Context(), sha); err != nil {
		t.Error(err)
	}
}

func alter(t *testing.T, s *Store, sha string) {
	if err := os.WriteFile(s.path(sha), []byte("CONTENT"), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestSweep(t *testing.T) {
	s := newStore(t)
	kept, old, young, renewed := put(t, s, "kept"), put(t, s, "old"), put(t, s, "young"), put(t, s, "renewed")
	stale, fresh := filepath.Join(s.dir, tempPrefix+"1"), filepath.Join(s.dir, tempPrefix+"2")
	foreign := filepath.Join(s.dir, "notes.txt")
	for _, path := range []string{stale, fresh, foreign} {
		if err := os.WriteFile(path, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	long := time.Now().Add(-time.Hour)
	for _, path := range []string{s.path(kept), s.path(old), s.path(renewed), stale, foreign} {
		if err := os.Chtimes(path, long, long); err != nil {
			t.Fatal(err)
		}
	}
	put(t, s, "renewed")
	// What nobody writes any more goes however long other files stay.
	soon := time.Now().Add(-silence - time.Minute)
	if err := os.Chtimes(stale, soon, soon); err != nil {
		t.Fatal(err)
	}
	swept, err := s.Sweep(t.Context(), func(string) bool { return true }, 25*time.Hour)
	if want := (Swept{Temps: 1, Bytes: 4}); swept != want || err != nil {
		t.Errorf("Sweep of a day = %+v, %v, want %+v", swept, err, want)
	}
	keep := func(sha string) bool { return sha == kept }
	if stale, err := s.Stale(t.Context(), keep, time.Minute); stale != (Swept{Files: 1, Bytes: 3}) || err != nil {
		t.Errorf("Stale = %+v, %v", stale, err)
	}
	swept, err = s.Sweep(t.Context(), keep, time.Minute)
	if want := (Swept{Files: 1, Bytes: 3}); swept != want || err != nil {
		t.Errorf("Sweep = %+v, %v, want %+v", swept, err, want)
	}
	for path, want := range map[string]bool{s.path(kept): true, s.path(old): false, s.path(young): true, s.path(renewed): true, stale: false, fresh: true, foreign: true} {
		if _, err := os.Stat(path); (err == nil) != want {
			t.Errorf("%s is there: %v, want %v", path, err == nil, want)
		}
	}
}

func TestCheck(t *testing.T) {
	s := newStore(t)
	sound, altered := put(t, s, "sound"), put(t, s, "altered")
	alter(t, s, altered)
	list, err := s.Check(t.Context(), sound, shaOf("missing"))
	want := fmt.Sprintf("[{%s the file %[1]s was altered: its SHA-256 is %s now} {%s the file %[3]s is not kept here}]", altered, shaOf("CONTENT"), shaOf("missing"))
	if got := fmt.Sprint(list); got != want || err != nil {
		t.Errorf("Check: %v, %v\nwant %s", got, err, want)
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Check(cancelled); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled check: %v", err)
	}
}

// TestAtOnce puts and sweeps at one time: what was just put stays.
func TestAtOnce(t *testing.T) {
	s := newStore(t)
	var writers sync.WaitGroup
	for i := range 4 {
		writers.Go(func() {
			for n := range 25 {
				text := fmt.Sprint("text ", (n+i)%10)
				if item, err := s.Put(t.Context(), strings.NewReader(text)); err != nil || !s.Has(item.SHA256) {
					t.Errorf("Put(%s): %v", text, err)
				}
			}
		})
	}
	writers.Go(func() {
		for range 50 {
			if _, err := s.Sweep(t.Context(), func(string) bool { return false }, time.Minute); err != nil {
				t.Error(err)
			}
		}
	})
	writers.Wait()
	if damaged, err := s.Check(t.Context()); len(damaged) > 0 || err != nil {
		t.Errorf("Check: %v, %v", damaged, err)
	}
}

// writerFolder tells this program, started by TestKilled, to write for ever.
const writerFolder = "DEPOT_TEST_WRITER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(writerFolder); dir != "" {
		writeForEver(dir)
	}
	os.Exit(m.Run())
}

func writeForEver(dir string) {
	s, err := New(dir)
	if err != nil {
		panic(err)
	}
	for n := uint64(0); ; n++ {
		content := bytes.Repeat(binary.BigEndian.AppendUint64(nil, n), 32<<10)
		if _, err := s.Put(context.Background(), bytes.NewReader(content)); err != nil {
			panic(err)
		}
		fmt.Println(n)
	}
}

// TestKilled kills a writer at moments of chance: every file that has its own name is whole,
// and a sweep removes the rest.
func TestKilled(t *testing.T) {
	s := newStore(t)
	for range 8 {
		writer := exec.Command(os.Args[0])
		writer.Env = append(os.Environ(), writerFolder+"="+s.dir)
		out, err := writer.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := writer.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(out, make([]byte, 4)); err != nil { // two files are there
			t.Error(err)
		}
		time.Sleep(rand.N(20 * time.Millisecond))
		writer.Process.Kill()
		writer.Wait()
	}
	if damaged, err := s.Check(t.Context()); len(damaged) > 0 || err != nil {
		t.Errorf("Check: %v, %v", damaged, err)
	}
	swept, err := s.Sweep(t.Context(), func(string) bool { return true }, 0)
	if err != nil || swept.Files > 0 || strings.Contains(files(t, s), tempPrefix) {
		t.Errorf("Sweep = %+v, %v; left: %s", swept, err, files(t, s))
	}
}

func TestTroubleWithTheDisk(t *testing.T) {
	if _, err := (&Store{dir: filepath.Join(t.TempDir(), "none")}).Put(t.Context(), strings.NewReader("a")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Put into a folder that is gone: %v", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(file); err == nil {
		t.Error("a file was taken for the folder")
	}
}

func TestReadOnlyFolder(t *testing.T) {
	if runtime.GOOS == "windows" || os.Geteuid() == 0 {
		t.Skip("everybody may write here")
	}
	s := newStore(t)
	if err := os.Chmod(s.dir, 0o500); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Put(t.Context(), strings.NewReader("a")); !errors.Is(err, fs.ErrPermission) || core.HintOf(err) == "" {
		t.Errorf("Put into a read-only folder: %v", err)
	}
}

// BenchmarkPut keeps 100 plugins of 1 MB each, all different.
func BenchmarkPut(b *testing.B) {
	content := make([]byte, 1<<20)
	b.SetBytes(100 << 20)
	for n := 0; b.Loop(); n++ {
		s := newStore(b)
		for i := range 100 {
			binary.BigEndian.PutUint64(content, uint64(n*100+i))
			if _, err := s.Put(b.Context(), bytes.NewReader(content)); err != nil {
				b.Fatal(err)
			}
		}
	}
}
