package static

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// ask sends one request to the handler.
func ask(path, encoding string) *http.Response {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept-Encoding", encoding)
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func TestTypes(t *testing.T) {
	for name, want := range map[string]string{
		"app.css": "text/css; charset=utf-8", "app.js": "text/javascript; charset=utf-8",
		"htmx.js": "text/javascript; charset=utf-8", "editor.js": "text/javascript; charset=utf-8", "favicon.svg": "image/svg+xml",
	} {
		res := ask(URL(name), "")
		if got := res.Header.Get("Content-Type"); res.StatusCode != 200 || got != want {
			t.Errorf("GET %s = %d %s, want 200 %s", URL(name), res.StatusCode, got, want)
		}
		if got := res.Header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
			t.Errorf("GET %s: Cache-Control = %q, want immutable", URL(name), got)
		}
	}
}

func TestCompressed(t *testing.T) {
	plain, packed := ask(URL("app.css"), ""), ask(URL("app.css"), "br, gzip")
	if packed.Header.Get("Content-Encoding") != "gzip" || packed.ContentLength >= plain.ContentLength/2 {
		t.Errorf("gzip: %q of %d bytes, plain %d bytes, want less than half", packed.Header.Get("Content-Encoding"), packed.ContentLength, plain.ContentLength)
	}
}

func TestOtherVersion(t *testing.T) {
	for _, path := range []string{"/ui/static/app.css", "/ui/static/app.000000000000.css", "/ui/static/"} {
		if res := ask(path, ""); res.StatusCode != 404 {
			t.Errorf("GET %s = %d, want 404", path, res.StatusCode)
		}
	}
}
