package fetch

import (
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzAddress reads whatever address somebody makes up: nothing is read but what lies under
// the root, and a network is not even asked.
func FuzzAddress(f *testing.F) {
	folder := f.TempDir()
	root := filepath.Join(folder, "root")
	if err := os.Mkdir(root, 0o700); err != nil {
		f.Fatal(err)
	}
	for path, content := range map[string]string{filepath.Join(root, "in"): "inside", filepath.Join(folder, "out"): "outside"} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			f.Fatal(err)
		}
	}
	if err := os.Symlink("../out", filepath.Join(root, "link")); err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{
		"file://{}/in", "file://localhost{}/in", "file:{}/in", "file://{}/../out", "file://{}/%2e%2e/out", "file://{}/link", "file://{}/in%00", "file://{}//in/", "FILE://{}/in",
		"file:///etc/passwd", "file://evil.example{}/in", "file:in", "file:", "", "{}/in", `file:///C:\in`, "http://127.0.0.1/", "http://0x7f.1/", "http://[::ffff:127.0.0.1%25lo]:80/",
		"http://a\r\nb/", "https://user@127.0.0.1:99999/", "ftp://127.0.0.1/", "http://①/", "http:///x", "http://[::1", "\x00",
	} {
		f.Add(seed)
	}
	fetcher := &Fetcher{Roots: []string{root}, proxy: func(*http.Request) (*url.URL, error) { return nil, errors.New("there is no network here") }}
	f.Fuzz(func(t *testing.T, address string) {
		for _, at := range []string{address, strings.ReplaceAll(address, "{}", root)} {
			if content, problem := read(fetcher, at); problem == "" && content != "inside" {
				t.Errorf("%q was read: %q", at, content)
			}
		}
	})
}
