package handlers_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"ekuiper-console/web/handlers"
)

// fuzzed are the routes that read something of their own: a query, a list, a form, a body.
var fuzzed = []string{
	"GET /data/export", "POST /data/export", "POST /v2/data/export", "POST /ruleset/export", "POST /data/import", "POST /async/data/import", "POST /v2/data/import",
	"POST /ruleset/import", "POST /api/v1/plan", "POST /api/v1/import", "GET /api/v1/entries", "GET /api/v1/diff", "GET /api/v1/revisions", "GET /api/v1/tasks", "GET /api/v1/audit",
	"POST /api/v1/users", "POST /api/v1/tokens", "POST /api/v1/revisions/1/restore", "POST /ui/sign-in", "POST /ui/setup", "POST /ui/preferences", "GET /ui/sign-in", "GET /ui/", "GET /artifacts/0/x",
}

// FuzzRequest sends a query, a cookie, a token and a body to a route: the console never
// fails, and who is refused changes nothing.
func FuzzRequest(f *testing.F) {
	for _, seed := range []struct{ query, cookie, token, kind, body string }{
		{"", "", "", "application/json", `{"content":"{}"}`},
		{"partial=1&stop=0&atomic=1&dry_run=1", "", "", "application/json", `{"content":"{\"streams\":{\"s\":\"x\"}}"}`},
		{"partial=true&partial=1", "console_session=x", "x", "application/json", `["r1","",null]`},
		{"secrets=masked&connections=all&self_contained=1", "", "", "", `[]`},
		{"section=rules&q=%00&offset=-1&limit=9999999999999999999999", "", "e30.e30.x", "application/json", `{"mode":"full","content":"rules: &a [*a]","format":"yaml"}`},
		{"from=1&to=2&before=0&action=import&caller='", "", "eyJhbGciOiJub25lIn0.e30.", "application/json", `{"name":"a","role":"viewer","password":"a long passphrase"}`},
		{"%zz;a", "console_language=\"><b>; console_theme=dark", "\xff", "application/x-www-form-urlencoded", "user=a&password=b&next=//x&back=/ui/..&theme=x&language=zh&token=y"},
		{"expires=1&signature=x", "a", "Bearer", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=a; filename=a\r\n\r\nPK\x03\x04\r\n--b--\r\n"},
		{"", "", "", "multipart/form-data", "--"},
		{"format=v2", "", "", "application/json", "\xef\xbb\xbf{\"content\":\"\\ud800\"}"},
	} {
		for i := range fuzzed {
			f.Add(i, seed.query, seed.cookie, seed.token, seed.kind, seed.body)
		}
	}
	s := open(f, func(s *handlers.Server) { s.Log = slog.New(slog.NewTextHandler(io.Discard, nil)) })
	all := s.server.Handler()
	ask := func(method, target, body string, headers ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, "http://127.0.0.1/", strings.NewReader(body))
		path, query, _ := strings.Cut(target, "?")
		r.URL.Path, r.URL.RawQuery = path, query
		for i := 0; i+1 < len(headers); i += 2 {
			r.Header[headers[i]] = []string{headers[i+1]}
		}
		w := httptest.NewRecorder()
		all.ServeHTTP(w, r)
		return w
	}
	good := "Bearer " + s.tokens["admin"]
	held := func() string {
		return ask("GET", "/data/export", "", "Authorization", good).Body.String() + ask("GET", "/api/v1/users", "", "Authorization", good).Body.String()
	}
	f.Fuzz(func(t *testing.T, route int, query, cookie, token, kind, body string) {
		method, path, _ := strings.Cut(fuzzed[uint(route)%uint(len(fuzzed))], " ")
		authorization := good
		if token != "" {
			authorization = "Bearer " + token
		}
		before := held()
		w := ask(method, path+"?"+query, body, "Authorization", authorization, "Cookie", cookie, "Content-Type", kind)
		if w.Code >= http.StatusInternalServerError {
			t.Errorf("%s %s?%s %s = %d %s", method, path, query, body, w.Code, w.Body)
		}
		// A full import deletes also where it is told that some entries were rejected.
		partial := strings.Contains(w.Body.String(), `"findings"`)
		if now := held(); now != before && w.Code >= http.StatusBadRequest && !partial {
			t.Errorf("%s %s?%s %s = %d %s, and changed what is there", method, path, query, body, w.Code, w.Body)
		}
	})
}
