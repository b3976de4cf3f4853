package e2e

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// admin is the password of the user admin, where a console starts with one.
const admin = "only for the tests of pages"

// server is a console that runs.
type server struct {
	t    *testing.T
	data string // its data folder
	url  string // where it answers, without a slash at the end
	link string // the one-time link of the set-up page; empty where there is a user
	cmd  *exec.Cmd
	log  bytes.Buffer // complete once the process has ended
}

// serve starts a console that has the user admin, and stops it at the end of the test.
func serve(t *testing.T, flags ...string) *server {
	return start(t, []string{"CONSOLE_ADMIN_PASSWORD=" + admin}, flags...)
}

// serveNew starts a console that nobody has set up yet.
func serveNew(t *testing.T, flags ...string) *server { return start(t, nil, flags...) }

func start(t *testing.T, env []string, flags ...string) *server {
	t.Helper()
	if shared == nil {
		t.Skip(errNoDriver)
	}
	s := &server{t: t, data: t.TempDir()}
	s.cmd = exec.Command(shared.binary, append([]string{"serve", "--listen", "127.0.0.1:0", "--data", s.data}, flags...)...)
	s.cmd.Env = append(os.Environ(), env...)
	s.cmd.Stderr = &s.log
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.stop)
	s.read(stdout)
	return s
}

// read takes the address from what the console prints when it is ready.
func (s *server) read(stdout io.Reader) {
	s.t.Helper()
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if _, link, ok := strings.Cut(lines.Text(), "Set it up:"); ok {
			s.link = strings.TrimSpace(link)
			s.url, _, _ = strings.Cut(s.link, "/ui/")
			return
		}
		if _, address, ok := strings.Cut(lines.Text(), "Open:"); ok {
			s.url = strings.TrimSuffix(strings.TrimSpace(address), "/ui/")
			return
		}
	}
	s.t.Fatal("the console ended without saying where it is")
}

// stop ends the console as a service manager would. It must end well, and its log must
// tell of no error.
func (s *server) stop() {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Errorf("stopping the console: %v", err)
	}
	late := time.AfterFunc(20*time.Second, func() { s.cmd.Process.Kill() })
	defer late.Stop()
	err := s.cmd.Wait()
	if code := s.cmd.ProcessState.ExitCode(); code != 0 {
		s.t.Errorf("the console ended with the exit code %d (%v), want 0", code, err)
	}
	if strings.Contains(s.log.String(), "level=ERROR") {
		s.t.Error("the console logged an error")
	}
	if s.t.Failed() {
		s.t.Logf("log of the console:\n%s", tail(s.log.String(), 4000))
	}
}

// tail returns the end of a text.
func tail(text string, n int) string { return text[max(0, len(text)-n):] }

// console runs another command of the binary on the same data folder and returns what
// it prints.
func (s *server) console(args ...string) string {
	s.t.Helper()
	cmd := exec.Command(shared.binary, append(args, "--data", s.data)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		s.t.Fatalf("console %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return strings.TrimSpace(string(out))
}

// curl sends a request of the REST API with a token, as a script would, and returns the
// answer's body.
func (s *server) curl(method, path, token, body string) string {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		s.t.Fatalf("%s %s = %s, %v: %s", method, path, resp.Status, err, answer)
	}
	return string(answer)
}

// importBundle fills the node over the REST API.
func (s *server) importBundle(doc string) {
	s.t.Helper()
	token := s.console("token", "add", "filling")
	s.curl("POST", "/data/import", token, `{"content":`+quote(doc)+`}`)
}
