package crash

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"ekuiper-console/e2e/process"
)

// mounting runs a test once more where it may mount what it likes and nobody sees it: as
// the root of a name space of its own. It reports whether it is there.
func mounting(t *testing.T) bool {
	t.Helper()
	if os.Getenv(inside) != "" {
		return true
	}
	t.Parallel()
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), inside+"="+program)
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
	out, err := cmd.CombinedOutput()
	if cmd.Process == nil {
		t.Skipf("this machine lets nobody but root make a name space, so there is no small disk to fill: %v", err)
	}
	if err != nil || testing.Verbose() {
		t.Logf("inside:\n%s", out)
	}
	if strings.Contains(string(out), "--- SKIP") {
		t.Skipf("skipped inside:\n%s", out)
	}
	if err != nil {
		t.Error(err)
	}
	return false
}

// smallDisk mounts a disk of 100 MiB: a console wants 64 of them to be free.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=100m"); err != nil {
		t.Skipf("this machine lets nobody mount a small disk to fill: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// TestFullDisk fills the disk under a console.
func TestFullDisk(t *testing.T) {
	if !mounting(t) {
		return
	}
	disk := smallDisk(t)
	s := open(t, filepath.Join(disk, "data"))
	files := serveFiles()
	defer files.Close()
	fill(t, filepath.Join(disk, "fill"))
	s.reads()
	s.want("GET", "/readyz", nil, http.StatusServiceUnavailable, "are free on the disk")

	large := strings.Repeat("large ", 1<<18)
	s.want("POST", "/data/import", content(large), http.StatusInsufficientStorage, "make room")
	s.want("POST", "/api/v1/import", map[string]string{"mode": "full", "content": content(large)["content"]}, http.StatusInsufficientStorage, "make room")
	// A full import would take out what is there, if the file's trouble were the entry's.
	named := content("x")
	named["content"] = marshal(map[string]map[string]string{"uploads": {"u": `{"name":"u","file":"` + files.URL + `/upload/x/1.bin"}`}})
	s.want("POST", "/data/import", named, http.StatusInsufficientStorage, "no space left on device")
	s.reads()
	if status, text := s.signInWith(newPerson(), "wrong"); status != http.StatusUnauthorized || !strings.Contains(text, "is wrong") {
		t.Errorf("signing in with a wrong password = %d %.300s", status, text)
	}
	// Where the log of the store has room in it this goes well.
	status, text := s.signIn(newPerson())
	t.Logf("signing in = %d", status)
	if status != http.StatusSeeOther && (status != http.StatusInsufficientStorage || !strings.Contains(text, "cannot write to its disk")) {
		t.Errorf("signing in = %d %.300s", status, text)
	}
	s.run("", "export")
	s.run("make room", "export", "--output", filepath.Join(disk, "export.json"))
	s.run("make room", "backup", filepath.Join(disk, "backup.zip"))
	s.run("", "backup", filepath.Join(t.TempDir(), "backup.zip"))
	tidy(t, disk)

	if err := os.Remove(filepath.Join(disk, "fill")); err != nil {
		t.Fatal(err)
	}
	s.want("POST", "/data/import", named, http.StatusOK, "")
	s.well()
}

// tidy looks for what was begun and not ended.
func tidy(t *testing.T, disk string) {
	t.Helper()
	for _, pattern := range []string{".*", "data/.*", "data/artifacts/.put-*"} {
		left, err := filepath.Glob(filepath.Join(disk, pattern))
		if err != nil || len(left) > 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
	}
}

// TestReadOnlyDisk: a console that may not write from the start says so, and what to do.
func TestReadOnlyDisk(t *testing.T) {
	if !mounting(t) {
		return
	}
	disk := smallDisk(t)
	s := open(t, filepath.Join(disk, "data"))
	if err := s.console.Kill(); err != nil {
		t.Fatal(err)
	}
	remount := func(flags uintptr) {
		if err := syscall.Mount("", disk, "", syscall.MS_REMOUNT|flags, ""); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		remount(syscall.MS_RDONLY)
		s.run("", "export")
		s.run("", "backup", filepath.Join(t.TempDir(), "backup.zip"))
		s.run("cannot be written to", "doctor")
		s.run("may not be written to", "import", "-")
		s.run("read-only", "serve", "--listen", "127.0.0.1:0")
		remount(0)
		s.run("", "history") // it is the last to close the store, and so leaves one file of it
	}
	p, err := process.Start(program, s.data, nil, "--allow-private-net")
	if err != nil {
		t.Fatal(err)
	}
	s.console, s.url = p, p.URL
	s.well()
}
