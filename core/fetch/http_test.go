package fetch

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ekuiper-console/core"
)

// certificate writes the certificate of a server to a file.
func certificate(t *testing.T, srv *httptest.Server) string {
	file := filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})
	if err := os.WriteFile(file, block, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestCAFile(t *testing.T) {
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "content") }))
	defer srv.Close()
	if content, problem := read(&Fetcher{AllowPrivate: true, CAFile: certificate(t, srv)}, srv.URL); content != "content" {
		t.Errorf("with the CA file: %q, %q", content, problem)
	}
	none := filepath.Join(t.TempDir(), "none.pem")
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{
		"":    "",
		none:  "reading the CA file: open " + none + ": no such file or directory",
		empty: "the CA file " + empty + " has no certificate",
	} {
		f := &Fetcher{CAFile: file}
		if err := f.Prepare(); message(err) != want {
			t.Errorf("Prepare() with %s = %v, want %q", file, err, want)
		}
		if _, problem := read(f, srv.URL); want != "" && problem != want {
			t.Errorf("Open with the CA file %s: %q, want %q", file, problem, want)
		}
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// raw serves bytes as they stand, one connection after the other, and closes each.
func raw(t *testing.T, answer func(net.Conn)) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			conn.Read(make([]byte, 4096))
			answer(conn)
			conn.Close()
		}
	}()
	return "http://" + l.Addr().String() + "/a.zip"
}

func TestCutOff(t *testing.T) {
	tests := []struct{ answer, content, problem string }{
		{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789", "0123456789", ""},
		{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234", "", "the download was cut off after 5 of 10 bytes"},
		{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", "", "the download was cut off after 0 of 10 bytes"},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n", "", "the download was cut off after 5 bytes"},
	}
	for _, tt := range tests {
		address := raw(t, func(c net.Conn) { io.WriteString(c, tt.answer) })
		if content, problem := read(&Fetcher{AllowPrivate: true}, address); content != tt.content || problem != tt.problem {
			t.Errorf("%q: %q, %q, want %q, %q", tt.answer, content, problem, tt.content, tt.problem)
		}
	}
}

func TestPatience(t *testing.T) {
	const short, long = 50 * time.Millisecond, 10 * time.Second
	patient := patience{connect: long, handshake: long, answer: long, silence: long, all: long}
	hurry := func(set func(*patience)) patience {
		p := patient
		set(&p)
		return p
	}
	done := make(chan struct{})
	defer close(done)
	silent := func(net.Conn) { <-done }
	half := func(c net.Conn) {
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234")
		<-done
	}
	drip := func(c net.Conn) {
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
		for {
			if _, err := io.WriteString(c, "x"); err != nil {
				return
			}
			time.Sleep(short / 10)
		}
	}
	tests := []struct {
		name    string
		wait    patience
		answer  func(net.Conn)
		problem string
	}{
		{"no head", hurry(func(p *patience) { p.answer = short }), silent, `Get "URL": net/http: timeout awaiting response headers`},
		{"no more content", hurry(func(p *patience) { p.silence = short }), half, "no data came for 50ms"},
		{"content for ever", hurry(func(p *patience) { p.all = short }), drip, "the download took longer than 50ms"},
		{"no head, in all", hurry(func(p *patience) { p.all = short }), silent, "the download took longer than 50ms"},
	}
	for _, tt := range tests {
		began := time.Now()
		address := raw(t, tt.answer)
		_, problem := read(&Fetcher{AllowPrivate: true, patience: tt.wait}, address)
		if want := strings.Replace(tt.problem, "URL", address, 1); problem != want || time.Since(began) > long/2 {
			t.Errorf("%s: %q after %v, want %q", tt.name, problem, time.Since(began), want)
		}
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	address := raw(t, func(c net.Conn) {
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234")
		cancel()
		time.Sleep(50 * time.Millisecond)
	})
	r, err := (&Fetcher{AllowPrivate: true}).Open(ctx, address, nil)
	if err == nil {
		defer r.Close()
		_, err = io.ReadAll(r)
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled fetch: %v", err)
	}
}

func TestTells(t *testing.T) {
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "a"), []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/known", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "content") })
	mux.HandleFunc("/unknown", func(w http.ResponseWriter, _ *http.Request) {
		w.(http.Flusher).Flush()
		io.WriteString(w, "content")
	})
	srv := httptest.NewServer(mux)
	defer srv.Close()
	for address, want := range map[string]string{"file://" + root + "/a": "7/7", srv.URL + "/known": "7/7", srv.URL + "/unknown": "7/-1"} {
		var last string
		f := &Fetcher{Roots: []string{root}, AllowPrivate: true}
		r, err := f.Open(context.Background(), address, func(read, total int64) { last = fmt.Sprintf("%d/%d", read, total) })
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(r); err != nil || last != want {
			t.Errorf("Open(%s) told %s at last, %v; want %s", address, last, err, want)
		}
		r.Close()
	}
}

func TestConnectionsAreKept(t *testing.T) {
	var connections atomic.Int32
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "content") }))
	srv.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			connections.Add(1)
		}
	}
	srv.Start()
	defer srv.Close()
	f := &Fetcher{AllowPrivate: true}
	for range 5 {
		if content, problem := read(f, srv.URL); content != "content" {
			t.Fatal(problem)
		}
	}
	if n := connections.Load(); n != 1 {
		t.Errorf("five fetches made %d connections", n)
	}
}

// TestPrivateNotations leads to a server on this machine in every notation of its address.
func TestPrivateNotations(t *testing.T) {
	var reached atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer srv.Close()
	_, port, err := net.SplitHostPort(srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	hosts := []string{"127.0.0.1", "localhost", "LOCALHOST.", "a.localhost", "127.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001",
		"0", "0.0.0.0", "127.0.0.1.", "0x7F000001", "0x7f000001.", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]", "user@127.0.0.1"}
	for _, host := range hosts {
		if _, problem := read(&Fetcher{}, "http://"+host+":"+port+"/"); problem == "" {
			t.Errorf("http://%s was read", host)
		}
		proxied := &Fetcher{proxy: func(*http.Request) (*url.URL, error) { return url.Parse(srv.URL) }}
		if _, problem := read(proxied, "http://"+host+":"+port+"/"); problem == "" {
			t.Errorf("http://%s was read through a proxy", host)
		}
	}
	if n := reached.Load(); n > 0 {
		t.Errorf("the server was reached %d times", n)
	}
}

// TestProxy has a private proxy, which the operator has chosen, answer for public hosts.
func TestProxy(t *testing.T) {
	var asked []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.String())
		if r.URL.Path == "/in" {
			http.Redirect(w, r, "http://10.0.0.1/secret", http.StatusFound)
			return
		}
		io.WriteString(w, "content")
	}))
	defer proxy.Close()
	direct := httptest.NewServer(http.NotFoundHandler())
	defer direct.Close()
	by := func(r *http.Request) (*url.URL, error) {
		if r.URL.Host == strings.TrimPrefix(direct.URL, "http://") {
			return nil, nil
		}
		return url.Parse(proxy.URL)
	}
	tests := []struct{ address, content, problemEnd string }{
		{"http://8.8.8.8/a.zip", "content", ""},
		{"http://name.invalid/a.zip", "content", ""},
		{"http://10.0.0.1/a.zip", "", "ip 10.0.0.1 is in internal network"},
		{"http://8.8.8.8/in", "", "ip 10.0.0.1 is in internal network"},
		{"http://0x0a000001/a.zip", "", "the host 0x0a000001 is an address in a form that is not read"},
		{direct.URL + "/a.zip", "", "ip 127.0.0.1 is in internal network"},
	}
	f := &Fetcher{proxy: by}
	for _, tt := range tests {
		content, problem := read(f, tt.address)
		if content != tt.content || !strings.HasSuffix(problem, tt.problemEnd) || (problem == "") != (tt.problemEnd == "") {
			t.Errorf("Open(%s) = %q, %q, want %q, …%q", tt.address, content, problem, tt.content, tt.problemEnd)
		}
	}
	if want := "[http://8.8.8.8/a.zip http://name.invalid/a.zip http://8.8.8.8/in]"; fmt.Sprint(asked) != want {
		t.Errorf("the proxy was asked for %v, want %v", asked, want)
	}
	if _, err := f.Open(context.Background(), "http://10.0.0.1/", nil); core.HintOf(err) == "" {
		t.Errorf("%v has no hint", err)
	}
}

// environmentAddress tells this program, started by TestProxyOfEnvironment, what to read.
const environmentAddress = "FETCH_TEST_ADDRESS"

// TestProxyOfEnvironment reads in a program of its own, since the environment is read once.
func TestProxyOfEnvironment(t *testing.T) {
	if address := os.Getenv(environmentAddress); address != "" {
		content, problem := read(&Fetcher{AllowPrivate: true}, address)
		fmt.Printf("%s%s\n", content, problem)
		os.Exit(0) // the connection is still open, and nobody looks for leaks
	}
	answering := func(content string) *httptest.Server {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, content) }))
		t.Cleanup(srv.Close)
		return srv
	}
	proxy, direct := answering("by proxy"), answering("directly")
	_, port, _ := net.SplitHostPort(direct.Listener.Addr().String())
	for _, tt := range []struct{ env, address, want string }{
		{"HTTP_PROXY=" + proxy.URL, "http://plugins.invalid/a.zip", "by proxy"},
		{"http_proxy=" + proxy.URL, "http://plugins.invalid/a.zip", "by proxy"},
		{"NO_PROXY=name.invalid", direct.URL, "directly"},
		{"HTTPS_PROXY=" + proxy.URL, "http://127.0.0.1:" + port, "directly"},
	} {
		self := exec.Command(os.Args[0], "-test.run=^TestProxyOfEnvironment$")
		self.Env = []string{environmentAddress + "=" + tt.address, tt.env}
		out, err := self.CombinedOutput()
		if first, _, _ := strings.Cut(string(out), "\n"); first != tt.want || err != nil {
			t.Errorf("%s of %s: %s, %v, want %s", tt.env, tt.address, out, err, tt.want)
		}
	}
}
