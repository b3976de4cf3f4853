package crash

import (
	"context"
	"database/sql"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	_ "modernc.org/sqlite" // holds the store as another process would

	"ekuiper-console/e2e/process"
)

// password is that of the user admin.
const password = "only for the tests of disks"

// site is a console that runs, with somebody who is signed in.
type site struct {
	*client
	t       *testing.T
	console *process.Console
	person  *http.Client
}

// open starts a console on a folder, with some entries in it.
func open(t *testing.T, data string) *site {
	t.Helper()
	p, err := process.Start(program, data, []string{"CONSOLE_ADMIN_PASSWORD=" + password}, "--allow-private-net")
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, console: p, client: &client{http: &http.Client{}, data: data}, person: newPerson()}
	t.Cleanup(func() {
		if err := s.console.Kill(); err != nil {
			t.Error(err)
		}
	})
	s.url = p.URL
	if s.token, err = process.Command(program, data, "token", "add", "disk", "--role", "admin"); err != nil {
		t.Fatal(err)
	}
	s.want("POST", "/data/import", content("before"), http.StatusOK, "")
	if status, text := s.signIn(s.person); status != http.StatusSeeOther {
		t.Fatalf("signing in = %d %s", status, text)
	}
	return s
}

// newPerson returns a browser that nobody is signed in with, and that follows no redirect.
func newPerson() *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		panic(err) // it never fails
	}
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// content is the body of an import of one upload.
func content(text string) map[string]string {
	return map[string]string{"content": marshal(map[string]map[string]string{"uploads": {"u": marshal(map[string]string{"name": "u", "content": text})}})}
}

// want sends a request and wants a status, and a part of the answer.
func (s *site) want(method, path string, body any, status int, part string) string {
	s.t.Helper()
	began := time.Now()
	got, answer, err := s.call(context.Background(), method, path, body)
	if err != nil || got != status || !strings.Contains(string(answer), part) {
		s.t.Errorf("%s %s = %d, %v: %.500s; want %d and %q", method, path, got, err, answer, status, part)
	}
	s.t.Logf("%s %s = %d after %v: %.200s", method, path, got, time.Since(began).Round(time.Millisecond), answer)
	return string(answer)
}

// soon is want for what must not wait for anybody.
func (s *site) soon(method, path string, status int, part string) {
	s.t.Helper()
	began := time.Now()
	s.want(method, path, nil, status, part)
	if took := time.Since(began); took > 5*time.Second {
		s.t.Errorf("%s %s took %v", method, path, took)
	}
}

// signIn signs the user admin in.
func (s *site) signIn(person *http.Client) (int, string) { return s.signInWith(person, password) }

func (s *site) signInWith(person *http.Client, password string) (int, string) {
	s.t.Helper()
	resp, err := person.PostForm(s.url+"/ui/sign-in", url.Values{"user": {"admin"}, "password": {password}})
	return s.page(resp, err)
}

// visit opens a page.
func (s *site) visit(person *http.Client, path string) (int, string) {
	s.t.Helper()
	resp, err := person.Get(s.url + path)
	return s.page(resp, err)
}

func (s *site) page(resp *http.Response, err error) (int, string) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// run runs a command of the console and wants it to fail with a text and a hint, or to end
// well where no text is wanted.
func (s *site) run(says string, args ...string) {
	s.t.Helper()
	cmd := exec.Command(program, append(args, "--data", s.data)...)
	cmd.Stdin = strings.NewReader(content("of the command line")["content"])
	out, err := cmd.CombinedOutput()
	s.t.Logf("console %v: %v\n%.500s", args, err, out)
	switch {
	case says == "" && err != nil:
		s.t.Errorf("console %v: %v\n%s", args, err, out)
	case says != "" && (err == nil || !strings.Contains(string(out), says) || !strings.Contains(string(out), "hint: ")):
		s.t.Errorf("console %v: %v\n%s\nwant an error with %q, and a hint", args, err, out, says)
	}
}

// reads looks whether all that only reads goes on, for a script and for a person.
func (s *site) reads() {
	s.t.Helper()
	s.soon("GET", "/data/export", http.StatusOK, "before")
	s.soon("GET", "/api/v1/revisions", http.StatusOK, "")
	s.soon("GET", "/api/v1/audit", http.StatusOK, "")
	for _, path := range []string{"/ui/", "/ui/history", "/ui/inventory/uploads/u", "/ui/export"} {
		if status, text := s.visit(s.person, path); status != http.StatusOK {
			s.t.Errorf("%s = %d %.300s", path, status, text)
		}
	}
	stranger := &site{t: s.t, client: &client{http: s.http, url: s.url, token: "wrong"}}
	stranger.soon("GET", "/data/export", http.StatusUnauthorized, "token")
}

// well looks whether the console works as before, and its folder is sound.
func (s *site) well() {
	s.t.Helper()
	s.want("POST", "/data/import", content("after"), http.StatusOK, "")
	s.want("GET", "/data/export", nil, http.StatusOK, "after")
	s.want("GET", "/readyz", nil, http.StatusOK, "")
	if status, text := s.signIn(newPerson()); status != http.StatusSeeOther {
		s.t.Errorf("signing in = %d %s", status, text)
	}
	s.run("", "doctor")
}

// TestLocked: another process holds the store for longer than anybody waits.
func TestLocked(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for a lock")
	}
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "data"))
	pool, err := sql.Open("sqlite", "file:"+filepath.Join(s.data, "console.db")+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	held, err := pool.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer held.Rollback()
	s.reads()
	s.soon("GET", "/readyz", http.StatusServiceUnavailable, "another process")
	var waiting sync.WaitGroup
	waiting.Go(func() {
		s.want("POST", "/data/import", content("meanwhile"), http.StatusServiceUnavailable, "another process")
	})
	waiting.Go(func() { s.run("another process", "import", "-") })
	s.run("", "export")
	waiting.Wait()
	if status, text := s.signIn(newPerson()); status != http.StatusServiceUnavailable || !strings.Contains(text, "Try again in a moment") {
		t.Errorf("signing in = %d %s", status, text)
	}
	if err := held.Rollback(); err != nil {
		t.Fatal(err)
	}
	s.well()
}

// fill writes to a file until the disk is full.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := 1 << 20; size > 0; {
		if _, err := f.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
}
