package hostile

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"ekuiper-console/e2e/process"
)

// world is a console among strangers.
type world struct {
	console *process.Console
	home    string // the folder that it must not leave: its data and nothing else
	host    string
	cookie  string
	fill    *strings.Replacer
	held    string // what it holds
	peak    int    // the most memory that it has needed so far, in MiB
	reached atomic.Int32
}

// The one user, who may do everything.
const (
	user     = "admin"
	password = "a long passphrase for tests"
)

// populated is what the console holds.
const populated = `{"streams":{"s":"CREATE STREAM s () WITH (DATASOURCE=\"a\", FORMAT=\"JSON\")"},
	"rules":{"r":"{\"id\":\"r\",\"sql\":\"SELECT * FROM s\",\"actions\":[{\"log\":{}}]}"}}`

// open starts a console on an empty folder, with somebody signed in.
func open(t *testing.T) *world {
	t.Helper()
	w := &world{home: t.TempDir()}
	binary, err := process.Build(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"work", "temp", "home"} {
		if err := os.Mkdir(filepath.Join(w.home, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(filepath.Join(w.home, "work"))
	data := filepath.Join(w.home, "data")
	token, err := process.Command(binary, data, "token", "add", "hostile", "--role", "admin")
	if err != nil {
		t.Fatal(err)
	}
	env := []string{"CONSOLE_ADMIN_PASSWORD=" + password, "HOME=" + filepath.Join(w.home, "home"), "TMPDIR=" + filepath.Join(w.home, "temp")}
	if w.console, err = process.Start(binary, data, env); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.console.Kill() }) // it may be gone already
	w.host = strings.TrimPrefix(w.console.URL, "http://")
	w.settle(t, token)
	return w
}

// settle signs in, fills the console and learns what the words in braces stand for.
func (w *world) settle(t *testing.T, token string) {
	t.Helper()
	canary := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { w.reached.Add(1) }))
	t.Cleanup(canary.Close)
	port := strconv.Itoa(canary.Listener.Addr().(*net.TCPAddr).Port)
	words := []string{"{host}", w.host, "{token}", token, "{port}", port, "{home}", w.home}
	w.fill = strings.NewReplacer(words...)
	in := w.must(t, form("/ui/sign-in", "user", user, "password", password).without("Cookie"), "303 /ui/$")
	w.cookie, _, _ = strings.Cut(in.header.Get("Set-Cookie"), ";")
	w.fill = strings.NewReplacer(append(words, "{cookie}", w.cookie)...)
	w.must(t, post("/data/import", marshal(map[string]string{"content": populated})), "200")
	draft := w.must(t, form("/ui/import", "text", populated), "303 /ui/import/")
	w.fill = strings.NewReplacer(append(words, "{cookie}", w.cookie, "{draft}", draft.header.Get("Location"))...)
	w.held = w.holds(t)
}

// must sends a request that is answered as is wanted.
func (w *world) must(t *testing.T, r request, want string) answer {
	t.Helper()
	a, err := exchange(w.host, w.fill, r)
	if err != nil || !regexp.MustCompile("^(?:"+want+")").MatchString(a.String()) {
		t.Fatalf("%.200s%.200s = %.1000s, %v, want %s", r.line, r.whole, a, err, want)
	}
	return a
}

// marshal writes a value as JSON.
func marshal(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// changing is what of a token changes by its use.
var changing = regexp.MustCompile(`,"last_used":"[^"]*"`)

// holds tells all that a request might have changed.
func (w *world) holds(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, target := range []string{"/data/export", "/api/v1/revisions?limit=1", "/api/v1/users", "/api/v1/tokens"} {
		all.WriteString(w.must(t, get(target), "200").body)
	}
	return changing.ReplaceAllString(all.String(), "")
}

// memory returns the most memory that the console has ever needed, in MiB.
func (w *world) memory(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", w.console.PID))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kilobytes, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return kilobytes >> 10
}

// files lists what lies in the folder, but for the data.
func (w *world) files(t *testing.T) string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(w.home, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if path == filepath.Join(w.home, "data") {
			return filepath.SkipDir
		}
		if !d.IsDir() {
			name, _ := filepath.Rel(w.home, path)
			all = append(all, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, " ")
}

// trouble are words that no line of the log may have, and no answer.
var trouble = regexp.MustCompile(`panic|goroutine \d|runtime error|level=ERROR|\.go:\d+|superfluous`)
