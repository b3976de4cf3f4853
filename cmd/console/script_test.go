package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"

	"ekuiper-console/core/artifact/artifacttest"
)

var update = flag.Bool("update", false, "rewrite the files that scripts compare with")

// TestMain makes this test's program the command console of the scripts.
func TestMain(m *testing.M) {
	testscript.Main(leaks{m}, map[string]func(){"console": main})
}

// leaks runs all tests, and fails where they leave a goroutine behind.
type leaks struct{ *testing.M }

// Run runs the tests.
func (l leaks) Run() int {
	code := l.M.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// TestScripts runs the sessions of testdata. Beside the commands that every script
// has, there are:
//
//	exits CODE PROGRAM ARGS…     run it and expect this exit code
//	start ARGS…                  start console serve; sets URL and ADDRESS, and
//	                             SETUP to the link
//	stop CODE, ended CODE        end it with SIGTERM, or wait until it ends
//	http STATUS METHOD PATH …    send a request to $URL, with $TOKEN where it is set;
//	                             more arguments are Header=value, or the body
//	expand FILE…                 put environment variables in place of $NAME
//	certificate CERT KEY         write a certificate for 127.0.0.1, which no one vouches for
//	sql FILE STATEMENT           change a store behind the console's back
//	getline NAME FILE            read the only line of a file into a variable
//
// A script finds in its folder seed.json, the sample bundle, whose plugins come from
// $FILES, a web server on this machine that has all of them.
func TestScripts(t *testing.T) {
	files := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, ".zip") {
			http.NotFound(w, r)
			return
		}
		name, _, _ := strings.Cut(path.Base(r.URL.Path), "_")
		if _, err := w.Write(artifacttest.Native(name)); err != nil {
			t.Error(err)
		}
	}))
	defer files.Close()
	t.Run("scripts", func(t *testing.T) {
		testscript.Run(t, testscript.Params{
			Dir: "testdata",
			Setup: func(env *testscript.Env) error {
				env.Setenv("FILES", files.URL)
				env.Values[serverKey{}] = new(server)
				return writeSeed(filepath.Join(env.WorkDir, "seed.json"), files.URL)
			},
			Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
				"exits": exits, "start": start, "stop": stop, "ended": ended, "http": request, "expand": expand, "getline": getline,
				"certificate": certificate, "sql": statement,
			},
			RequireExplicitExec: true, RequireUniqueNames: true, UpdateScripts: *update,
		})
	})
}

// plugins is where the plugins of the sample bundle lie, which cannot be reached.
var plugins = regexp.MustCompile(`https://[^/"]+/kuiper-plugins`)

// writeSeed writes the sample bundle with other addresses of its plugins.
func writeSeed(name, files string) error {
	seed, err := os.ReadFile("../../core/bundle/testdata/seed.json")
	if err != nil {
		return err
	}
	return os.WriteFile(name, plugins.ReplaceAll(seed, []byte(files)), 0o600)
}

// exits runs a program and expects an exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits code program args…")
	}
	err := ts.Exec(args[1], args[2:]...)
	if got := exitCode(err); got != args[0] {
		ts.Fatalf("%s exits with %s, want %s", strings.Join(args[1:], " "), got, args[0])
	}
}

// exitCode returns the code that a program ended with.
func exitCode(err error) string {
	if ended, ok := errors.AsType[*exec.ExitError](err); ok {
		return strconv.Itoa(ended.ExitCode())
	}
	if err != nil {
		return err.Error()
	}
	return "0"
}

type serverKey struct{}

// server is the console that a script started.
type server struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended, and err is set
	err  error
}

func serverOf(ts *testscript.TestScript) *server { return ts.Value(serverKey{}).(*server) }

// announced is the line that a console prints once it can be reached.
var announced = regexp.MustCompile(`(Open|Set it up): +((https?://[^/]+)/\S+)\n`)

// start starts a console in the background and waits until it says where it is. What
// it prints goes to serve.out and serve.err.
func start(ts *testscript.TestScript, neg bool, args []string) {
	s := serverOf(ts)
	if neg || s.cmd != nil {
		ts.Fatalf("usage: start args…, once at a time")
	}
	program, err := exec.LookPath("console")
	ts.Check(err)
	out, err := os.Create(ts.MkAbs("serve.out"))
	ts.Check(err)
	defer out.Close()
	log, err := os.Create(ts.MkAbs("serve.err"))
	ts.Check(err)
	defer log.Close()
	s.cmd, s.done = exec.Command(program, append([]string{"serve"}, args...)...), make(chan struct{})
	s.cmd.Dir, s.cmd.Env = ts.MkAbs("."), environment(ts)
	s.cmd.Stdout, s.cmd.Stderr = out, log
	ts.Check(s.cmd.Start())
	go func() {
		s.err = s.cmd.Wait()
		close(s.done)
	}()
	ts.Defer(func() {
		if s.cmd != nil {
			_ = s.cmd.Process.Kill()
			<-s.done
		}
	})
	found := await(ts, s)
	ts.Setenv("URL", found[3])
	ts.Setenv("ADDRESS", found[3][strings.LastIndex(found[3], "/")+1:])
	ts.Setenv("SETUP", "")
	if found[1] == "Set it up" {
		ts.Setenv("SETUP", found[2])
	}
}

// settings are the variables that a console of a script may see.
var settings = []string{"METRICS", "TRUSTED_PROXY", "LISTEN", "DATA", "REST_AUTH", "INSECURE_REST", "FILE_ROOT", "ALLOW_PRIVATE_NET", "TLS_CERT", "TLS_KEY", "LOG_FORMAT",
	"SERVER", "TOKEN", "JSON", "ADMIN_PASSWORD"}

// environment returns the settings that the script has made.
func environment(ts *testscript.TestScript) []string {
	env := []string{"PATH=" + ts.Getenv("PATH"), "HOME=" + ts.Getenv("HOME"), "TMPDIR=" + ts.Getenv("TMPDIR")}
	for _, name := range settings {
		if value := ts.Getenv("CONSOLE_" + name); value != "" {
			env = append(env, "CONSOLE_"+name+"="+value)
		}
	}
	return env
}

// await waits for the line with the address.
func await(ts *testscript.TestScript, s *server) []string {
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if found := announced.FindStringSubmatch(ts.ReadFile("serve.out")); found != nil {
			return found
		}
		select {
		case <-s.done:
			ts.Fatalf("the console has ended: %v\n%s", s.err, ts.ReadFile("serve.err"))
		default:
		}
	}
	ts.Fatalf("the console does not say where it is")
	return nil
}

// stop ends the console with SIGTERM where the script says stop, and waits for its end
// in any case.
func stop(ts *testscript.TestScript, neg bool, args []string) {
	s := serverOf(ts)
	if neg || len(args) != 1 || s.cmd == nil {
		ts.Fatalf("usage: stop code, or ended code, after start")
	}
	ts.Check(ignoreEnded(s.cmd.Process.Signal(syscall.SIGTERM)))
	waitFor(ts, s, args[0])
}

// ended waits until the console ends by itself.
func ended(ts *testscript.TestScript, neg bool, args []string) {
	s := serverOf(ts)
	if neg || len(args) != 1 || s.cmd == nil {
		ts.Fatalf("usage: ended code, after start")
	}
	waitFor(ts, s, args[0])
}

func ignoreEnded(err error) error {
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	return err
}

// waitFor waits for the end of the console and compares its exit code.
func waitFor(ts *testscript.TestScript, s *server, want string) {
	select {
	case <-s.done:
	case <-time.After(30 * time.Second):
		ts.Fatalf("the console does not end")
	}
	s.cmd = nil
	if got := exitCode(s.err); got != want {
		ts.Fatalf("the console exits with %s, want %s\n%s", got, want, ts.ReadFile("serve.err"))
	}
}

// client follows no redirect: scripts look at them.
// They trust any certificate.
var client = &http.Client{
	Transport:     &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// request sends a request. The body of the answer is the script's stdout, status and
// header its stderr.
func request(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: http status method path [Header=value…] [body]")
	}
	url := args[2]
	if strings.HasPrefix(url, "/") {
		url = ts.Getenv("URL") + url
	}
	req, err := http.NewRequest(args[1], url, nil)
	ts.Check(err)
	if token := ts.Getenv("TOKEN"); token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for _, arg := range args[3:] {
		if name, value, ok := strings.Cut(arg, "="); ok && !strings.ContainsAny(name, `{["`) {
			req.Header.Set(name, value)
		} else {
			req.Body = io.NopCloser(strings.NewReader(arg))
		}
	}
	resp, err := client.Do(req)
	ts.Check(err)
	defer resp.Body.Close()
	_, err = io.Copy(ts.Stdout(), resp.Body)
	ts.Check(err)
	var header bytes.Buffer
	ts.Check(resp.Header.Write(&header))
	fmt.Fprintf(ts.Stderr(), "%s\n%s", resp.Status, strings.ReplaceAll(header.String(), "\r", ""))
	if strconv.Itoa(resp.StatusCode) != args[0] {
		ts.Fatalf("%s %s = %s, want %s", args[1], url, resp.Status, args[0])
	}
}

// expand puts variables in place of $NAME in files.
func expand(ts *testscript.TestScript, neg bool, args []string) {
	for _, name := range args {
		text := os.Expand(ts.ReadFile(name), ts.Getenv)
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o600))
	}
}

// getline reads the only line of a file, or of stdout, into a variable.
func getline(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: getline name file")
	}
	lines := slices.Collect(strings.Lines(ts.ReadFile(args[1])))
	if len(lines) != 1 {
		ts.Fatalf("%s has %d lines, want one", args[1], len(lines))
	}
	ts.Setenv(args[0], strings.TrimSpace(lines[0]))
}

// statement runs one statement on a store, without what keeps its tables sound.
func statement(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: sql file statement")
	}
	store, err := sql.Open("sqlite", ts.MkAbs(args[0]))
	ts.Check(err)
	defer store.Close()
	_, err = store.Exec(args[1])
	ts.Check(err)
}

// certificate writes a certificate of an hour and its key.
func certificate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: certificate cert key")
	}
	cert, key, err := certificatePair()
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), cert, 0o600))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), key, 0o600))
}

// certificatePair makes a certificate for 127.0.0.1 and its key, as PEM.
func certificatePair() (cert, key []byte, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		return nil, nil, err
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	cert = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return cert, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}), err
}
