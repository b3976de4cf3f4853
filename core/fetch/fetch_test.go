package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ekuiper-console/core"
)

// read returns the content of an address, or the message of the error.
func read(f *Fetcher, address string) (content, problem string) {
	r, err := f.Open(context.Background(), address, nil)
	if err != nil {
		return "", err.Error()
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		return "", err.Error()
	}
	return string(data), ""
}

func TestFile(t *testing.T) {
	root, outside := t.TempDir(), t.TempDir()
	write := func(path string) {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("content"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(root, "a.json"))
	write(filepath.Join(root, "sub", "b c.json"))
	write(filepath.Join(outside, "secret"))
	if err := os.Symlink(filepath.Join(outside, "secret"), filepath.Join(root, "link")); err != nil {
		t.Fatal(err)
	}
	denied := "file access denied: path must be under " + root
	tests := []struct{ address, content, problem string }{
		{"file://" + root + "/a.json", "content", ""},
		{"file://" + root + "/sub/b%20c.json", "content", ""},
		{"file://" + root + "/sub/../a.json", "content", ""},
		{"file://" + root + "/none.zip", "", "stat " + root + "/none.zip: no such file or directory"},
		{"file://" + root + "/sub", "", root + "/sub is not a regular file"},
		{"file://" + root + "/link", "", "stat " + root + "/link: path escapes from parent"},
		{"file://" + root + "/../x", "", denied},
		{"file://" + outside + "/secret", "", denied},
		{"file:///etc/hostname", "", denied},
		{"file://host" + root + "/a.json", "", "file: address with the host host"},
		{"file://localhost" + root + "/a.json", "content", ""},
		{"ftp://h/x", "", "unsupported url scheme ftp"},
		{"/abs/path", "", "unsupported url scheme "},
		{"nope.json", "", `parse "nope.json": invalid URI for request`},
	}
	f := &Fetcher{Roots: []string{root}}
	for _, tt := range tests {
		if content, problem := read(f, tt.address); content != tt.content || problem != tt.problem {
			t.Errorf("Open(%s) = %q, %q\nwant %q, %q", tt.address, content, problem, tt.content, tt.problem)
		}
	}
}

func TestHTTP(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /a.zip", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "zip") })
	mux.HandleFunc("GET /moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/a.zip", http.StatusFound) })
	mux.HandleFunc("GET /loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	srv := httptest.NewServer(mux)
	defer srv.Close()
	tests := []struct {
		f                         *Fetcher
		path, content, problemEnd string
	}{
		{&Fetcher{AllowPrivate: true}, "/a.zip", "zip", ""},
		{&Fetcher{AllowPrivate: true}, "/moved", "zip", ""},
		{&Fetcher{AllowPrivate: true}, "/loop", "", "more than 10 redirects"},
		{&Fetcher{AllowPrivate: true}, "/none", "", "cannot download the file with status: 404 Not Found"},
		{&Fetcher{AllowPrivate: true, MaxBytes: 3}, "/a.zip", "zip", ""},
		{&Fetcher{AllowPrivate: true, MaxBytes: 2}, "/a.zip", "", "the file is over the limit of 2 bytes"},
		{&Fetcher{}, "/a.zip", "", "ip 127.0.0.1 is in internal network"},
	}
	for _, tt := range tests {
		content, problem := read(tt.f, srv.URL+tt.path)
		if content != tt.content || !strings.HasSuffix(problem, tt.problemEnd) || (problem == "") != (tt.problemEnd == "") {
			t.Errorf("Open(%s) = %q, %q, want %q, …%q", tt.path, content, problem, tt.content, tt.problemEnd)
		}
	}
	if _, err := new(Fetcher).Open(context.Background(), srv.URL+"/a.zip", nil); !strings.Contains(core.HintOf(err), "--allow-private-net") {
		t.Errorf("the hint of %v is %q", err, core.HintOf(err))
	}
}

// TestLimit reads files of nothing, as long as the limit and longer by one, and a download
// that announces more.
func TestLimit(t *testing.T) {
	root := t.TempDir()
	const over = "the file is over the limit of 536870912 bytes"
	for size, want := range map[int64]string{512 << 20: "", 512<<20 + 1: over} {
		name := filepath.Join(root, fmt.Sprint(size))
		if err := errors.Join(os.WriteFile(name, nil, 0o600), os.Truncate(name, size)); err != nil {
			t.Fatal(err)
		}
		r, err := (&Fetcher{Roots: []string{root}}).Open(t.Context(), "file://"+name, nil)
		if err == nil {
			_, err = io.Copy(io.Discard, r)
			r.Close()
		}
		if message(err) != want || want != "" && core.CodeOf(err) != core.TooLarge {
			t.Errorf("%d bytes: %v, want %q", size, err, want)
		}
	}
	for _, head := range []string{"Content-Length: 536870913", "Transfer-Encoding: chunked"} {
		address := raw(t, func(c net.Conn) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\n"+head+"\r\n\r\n")
			for range 512 + 1 {
				if _, err := fmt.Fprintf(c, "100000\r\n%s\r\n", make([]byte, 1<<20)); err != nil {
					return
				}
			}
		})
		r, err := (&Fetcher{AllowPrivate: true}).Open(t.Context(), address, nil)
		if err == nil {
			_, err = io.Copy(io.Discard, r)
			r.Close()
		}
		if message(err) != over {
			t.Errorf("%s: %v, want %q", head, err, over)
		}
	}
}

func TestTLSIsVerified(t *testing.T) {
	srv := httptest.NewTLSServer(http.NotFoundHandler())
	defer srv.Close()
	_, problem := read(&Fetcher{AllowPrivate: true}, srv.URL)
	if !strings.Contains(problem, "certificate") {
		t.Errorf("a certificate of nobody's was taken: %q", problem)
	}
}

func TestNoWayDownFromHTTPS(t *testing.T) {
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	secure := httptest.NewTLSServer(http.RedirectHandler(plain.URL, http.StatusFound))
	defer secure.Close()
	_, problem := read(&Fetcher{AllowPrivate: true, CAFile: certificate(t, secure)}, secure.URL)
	if !strings.Contains(problem, "a redirect from https to http") {
		t.Errorf("redirected from https to http: %q", problem)
	}
}

func TestPrivate(t *testing.T) {
	tests := map[string]bool{
		"127.0.0.1": true, "10.1.2.3": true, "172.16.0.1": true, "192.168.1.1": true, "169.254.169.254": true,
		"100.64.0.1": true, "0.0.0.0": true, "224.0.0.1": true, "255.255.255.255": true, "::1": true, "fe80::1": true,
		"fd00::1": true, "::ffff:127.0.0.1": true, "::ffff:7f00:1": true, "::ffff:a9fe:a9fe": true, "::": true, "fe80::1%eth0": true, "64:ff9b::7f00:1": true, "2002:7f00:1::": true,
		"::127.0.0.1": true, "::7f00:1": true, "2001:0:7f00:1::": true, "3fff::1": true, "5f00::1": true, "192.88.99.1": true,
		"8.8.8.8": false, "1.1.1.1": false, "2606:4700::1111": false,
	}
	for ip, want := range tests {
		if got := private(netip.MustParseAddr(ip)); got != want {
			t.Errorf("private(%s) = %v, want %v", ip, got, want)
		}
	}
}
