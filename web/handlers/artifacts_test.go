package handlers_test

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/account"
	"ekuiper-console/core/artifact/artifacttest"
	"ekuiper-console/core/node/nodetest"
	"ekuiper-console/web/handlers"
)

// upload sends a file in a form, with options where there are any.
func (s *site) upload(path string, file []byte, options string) answer {
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("bundle", "bundle.zip")
	if err == nil {
		_, err = part.Write(file)
	}
	if err == nil && options != "" {
		err = w.WriteField("options", options)
	}
	if err != nil || w.Close() != nil {
		s.t.Fatal(err)
	}
	return s.send("POST", path, form.String(), "Content-Type", w.FormDataContentType())
}

// withPlugin imports a plugin, and returns its hash.
func withPlugin(t *testing.T, s *site) (sha string) {
	t.Helper()
	zip := s.write("a.zip", string(artifacttest.Native("a")))
	s.post("/api/v1/import", body(`{"nativePlugins":{"functions_a":"{\"name\":\"a\",\"file\":\"`+zip+`\"}"}}`, "")).at(t, 200, "", `"created":1`)
	var all []struct{ SHA256 string }
	if err := json.Unmarshal([]byte(s.get("/api/v1/artifacts").body), &all); err != nil || len(all) != 1 {
		t.Fatalf("artifacts: %v, %v", all, err)
	}
	return all[0].SHA256
}

func TestArtifactsAreServed(t *testing.T) {
	s := open(t)
	sha := withPlugin(t, s)
	want := string(artifacttest.Native("a"))
	if a := s.get("/artifacts/" + sha + "/a.zip"); a.StatusCode != 200 || a.body != want || a.Header.Get("ETag") != `"`+sha+`"` {
		t.Errorf("with a token: %d, %d bytes", a.StatusCode, len(a.body))
	}
	if a := s.send("GET", "/artifacts/"+sha+"/a.zip", "", "Authorization", ""); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("with nothing: %d", a.StatusCode)
	}
	link := s.post("/api/v1/artifacts/"+sha+"/link", `{"name":"a b.zip","seconds":60}`).field(t, "url")
	path := strings.TrimPrefix(link, s.URL)
	if a := s.send("GET", path, "", "Authorization", ""); a.StatusCode != 200 || a.body != want || !strings.Contains(a.Header.Get("Content-Disposition"), "a b.zip") {
		t.Errorf("signed: %d %v", a.StatusCode, a.Header)
	}
	for _, wrong := range []string{strings.Replace(path, "a%20b", "c", 1), path + "x", strings.Replace(path, "expires=", "expires=9", 1), strings.Replace(path, "expires=1", "expires=0", 1)} {
		if a := s.send("GET", wrong, "", "Authorization", ""); a.StatusCode != http.StatusForbidden {
			t.Errorf("GET %s: %d", wrong, a.StatusCode)
		}
	}
	for path, status := range map[string]int{"/artifacts/" + strings.Repeat("0", 64) + "/x": 404, "/artifacts/..%2f..%2fconsole.db/x": 400} {
		if a := s.get(path); a.StatusCode != status {
			t.Errorf("GET %s: %d, want %d", path, a.StatusCode, status)
		}
	}
	for _, name := range []string{"", ".", "..", "../x", `a\\b`, "/x", `a\nb`, `a\u0000b`, strings.Repeat("x", 256)} {
		s.post("/api/v1/artifacts/"+sha+"/link", `{"name":"`+name+`"}`).at(t, 400, "", "is no name of a file")
	}
	s.post("/api/v1/artifacts/"+sha+"/link", `{"seconds":999999999}`).at(t, 400, "", "a number from 1 to")
	imports := s.token(account.Token{Name: "in", Role: core.Operator, Scope: account.ImportOnly})
	if a := s.send("GET", "/artifacts/"+sha+"/a.zip", "", "Authorization", imports); a.StatusCode != http.StatusForbidden {
		t.Errorf("with a token for imports: %d", a.StatusCode)
	}
}

func TestSelfContainedOverREST(t *testing.T) {
	home := open(t)
	withPlugin(t, home)
	for _, path := range []string{"/data/import", "/data/import?partial=1", "/api/v1/import"} {
		archive := home.get("/data/export?self_contained=1")
		if archive.StatusCode != 200 || archive.Header.Get("Content-Type") != "application/zip" {
			t.Fatalf("export: %d %v", archive.StatusCode, archive.Header)
		}
		away := open(t, func(s *handlers.Server) { s.MaxDocument = 400 }) // less than the archive has
		options := ""
		if strings.Contains(path, "v1") {
			options = `{"mode":"full"}`
		}
		if a := away.upload(path, []byte(archive.body), options); a.StatusCode != 200 {
			t.Errorf("POST %s: %d %s", path, a.StatusCode, a.body)
		}
		if a := away.get("/api/v1/artifacts"); !strings.Contains(a.body, `"ref":"nativePlugins/functions_a"`) {
			t.Errorf("POST %s kept %s", path, a.body)
		}
	}
	away := open(t)
	away.upload("/data/import", []byte(`{"streams":{"s":"CREATE STREAM s () WITH (DATASOURCE=\"x\")"}}`), "").want(t, 200, success)
	away.upload("/data/import", []byte("PK\x03\x04"), "").at(t, 400, "", "no self-contained bundle")
	away.upload("/api/v1/import", []byte(`{}`), "").at(t, 400, "", "the form has no field options")
	away.upload("/api/v1/import", []byte(`{}`), `{"mode":"full","x":1}`).at(t, 400, "", "the field options cannot be read")
	away.get("/streams").want(t, 200, `["s"]`)
}

func TestSelfContainedInThePages(t *testing.T) {
	home := open(t)
	withPlugin(t, home)
	archive := home.get("/data/export?self_contained=1")
	away := open(t)
	b := away.signedIn(core.Operator)
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("bundle", "all.zip")
	if err == nil {
		_, err = io.WriteString(part, archive.body)
	}
	if err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	away.read(b.Post(away.URL+"/ui/import", w.FormDataContentType(), &form)).at(t, 200, "/ui/import/", "all.zip")
}

func TestSelfContainedNeedsItsFiles(t *testing.T) {
	s := open(t)
	withPlugin(t, s)
	s.server.Transfer.Depot = nil
	s.post("/api/v1/import", body(`{"nativePlugins":{"functions_b":"{\"name\":\"b\",\"file\":\"`+s.write("b.zip", "")+`\"}"}}`, "")).at(t, 200, "")
	if a := s.get("/data/export?self_contained=1"); a.StatusCode != http.StatusConflict || !strings.Contains(a.message(t), "nativePlugins/functions_b") || a.Header.Get("Content-Disposition") != "" {
		t.Errorf("export: %d %s %v", a.StatusCode, a.body, a.Header)
	}
}

func TestAnEntryShowsItsFile(t *testing.T) {
	s := open(t)
	sha := withPlugin(t, s)
	b := s.signedIn(core.Viewer)
	s.open(b, "/ui/inventory/nativePlugins/functions_a").at(t, 200, "/ui/inventory/", "linux/amd64", sha, "/ui/artifacts/"+sha+"/a.zip")
	if a := s.open(b, "/ui/artifacts/"+sha+"/a.zip"); a.body != string(artifacttest.Native("a")) {
		t.Errorf("download: %d, %d bytes", a.StatusCode, len(a.body))
	}
	s.get("/api/v1/entries/nativePlugins/functions_a").at(t, 200, "", `"artifact":{"address":"`, `"platform":"linux/amd64"`)
}

func TestTheExportPageBringsFiles(t *testing.T) {
	s := open(t)
	withPlugin(t, s)
	b := s.signedIn(core.Viewer)
	a := s.form(b, "/ui/export/download", "all", "1", "format", "zip", "secrets", "masked")
	if a.StatusCode != 200 || a.Header.Get("Content-Type") != "application/zip" || !strings.HasPrefix(a.body, "PK") {
		t.Errorf("download: %d %v", a.StatusCode, a.Header)
	}
}

// TestLinks reads the tickets of links that are good, spent, or somebody else's.
func TestLinks(t *testing.T) {
	l, sha := handlers.Links{Key: []byte("key")}, strings.Repeat("a", 64)
	for _, address := range []string{"https://h/a b.zip", "file:///p/echo.zip", "http://h:1/x.proto?q=1#f", "https://h/", "", "https://h/ü.zip", "\x00"} {
		for _, base := range []string{"", "http://c", "https://c:9082/console"} {
			link := base + l.Link(sha, address, time.Unix(1, 0))
			if got, ours := l.Original(link); !ours || got != address {
				t.Errorf("Original(%s) = %q, %v, want %q", link, got, ours, address)
			}
			if _, ours := (handlers.Links{Key: []byte("other")}).Original(link); ours {
				t.Errorf("a link of another console is ours: %s", link)
			}
			if _, ours := l.Original(strings.Replace(link, "aaa", "bbb", 1)); ours {
				t.Errorf("a link with another hash is ours: %s", link)
			}
		}
	}
	if link := l.Link(sha, "https://h/x/echo.zip?token=1", time.Now()); !strings.HasSuffix(link, "/echo.zip") {
		t.Errorf("an engine takes no plugin from %s", link)
	}
	for _, other := range []string{"", "https://h/artifacts/x/y/z", "/artifacts/a/b", ":", "https://h/artifacts/" + sha + "/a.zip?expires=1&signature=x"} {
		if _, ours := l.Original(other); ours {
			t.Errorf("%q is no link", other)
		}
	}
}

// TestAirGap imports a plugin into a node that reads its files from the console: it gets an
// address that is good for a while, and the history keeps the one that the file came from.
func TestAirGap(t *testing.T) {
	s, e := open(t), nodetest.Open(t, onEngine)
	s.server.Live.Links = s.server.Links
	s.register(e)
	zip := s.write("a.zip", string(artifacttest.Native("a")))
	const name = "nativePlugins/functions_a"
	document := func(file, more string) string {
		return `{"nativePlugins":{"functions_a":"{\"name\":\"a\",\"file\":\"` + file + `\"` + more + `}"}}`
	}
	held := func() string {
		text, _ := e.Holds.Get(core.Ref{Kind: core.NativePlugin, Name: "functions_a"})
		return text
	}
	s.post("/nodes/site1/data/import?partial=1&dry_run=1", content(document("file:///nowhere/a.zip", ""))).at(t, 200, "", `"action":"create","ref":"`+name+`"`, "the node reads 1 files itself")

	s.asAdmin("PATCH", "/api/v1/nodes/site1", `{"artifacts":"somebody"}`).at(t, 400, "", "does not read files")
	s.asAdmin("PATCH", "/api/v1/nodes/site1", `{"artifacts":"console"}`).at(t, 200, "", `"artifacts":"console"`)
	s.post("/nodes/site1/data/import?partial=1&dry_run=1", content(document(zip, ""))).at(t, 400, "", "under which address site1 reaches this console", "give --public-url")
	s.asAdmin("PATCH", "/api/v1/nodes/site1", `{"console_url":"nonsense"}`).at(t, 400, "", "is no address of a console")
	s.asAdmin("PATCH", "/api/v1/nodes/site1", `{"console_url":"`+s.URL+`/"}`).at(t, 200, "", `"console_url":"`+s.URL+`"`)
	s.post("/nodes/site1/data/import?partial=1&dry_run=1", content(document("file:///nowhere/a.zip", ""))).at(t, 200, "", `"action":"rejected"`, "fail to download file")

	s.post("/nodes/site1/data/import?partial=1", content(document(zip, ""))).at(t, 200, "", `"ErrorMsg":""`)
	link := jsonString(t, held(), "file")
	if !strings.HasPrefix(link, s.URL+"/artifacts/") || !strings.HasSuffix(link, "/a.zip") {
		t.Fatalf("the node got %s", held())
	}
	path := strings.TrimPrefix(link, s.URL)
	if a := s.send("GET", path, "", "Authorization", ""); a.StatusCode != 200 || a.body != string(artifacttest.Native("a")) {
		t.Errorf("reading it from the console: %d, %d bytes", a.StatusCode, len(a.body))
	}
	if a := s.send("GET", strings.Replace(path, "/a.zip", "/b.zip", 1), "", "Authorization", ""); a.StatusCode != http.StatusForbidden {
		t.Errorf("under another name: %d", a.StatusCode)
	}
	now := s.get("/nodes/site1/data/export")
	now.at(t, 200, "", zip)
	now.not(t, "/artifacts/")
	s.get("/api/v1/artifacts?node=site1").at(t, 200, "", `"ref":"`+name+`"`, zip)

	// What the node writes anew, with a link whose time is over, is still what it was.
	sha := strings.Split(path, "/")[2]
	spent := s.URL + s.server.Links.Link(sha, zip, time.Unix(1, 0))
	if a := s.send("GET", strings.TrimPrefix(spent, s.URL), "", "Authorization", ""); a.StatusCode != http.StatusForbidden {
		t.Errorf("a spent link: %d", a.StatusCode)
	}
	e.Do(func(e *nodetest.Engine) {
		e.Holds.Set(core.Ref{Kind: core.NativePlugin, Name: "functions_a"}, `{"name":"a","file":"`+spent+`"}`)
	})
	s.post("/api/v1/nodes/site1/pull", "").at(t, 200, "", `"revision":2`)
	s.get("/api/v1/artifacts?node=site1").at(t, 200, "", `"ref":"`+name+`"`, zip)

	// A full import sends what stays once more, with a link that is good; what the node says
	// of it names the address that everybody knows.
	e.Do(func(e *nodetest.Engine) {
		e.Refuses[core.Ref{Kind: core.NativePlugin, Name: "functions_a"}] = "fail to download file LINK"
	})
	refused := s.post("/nodes/site1/data/import", content(document(zip, "")))
	refused.at(t, 400, "", "fail to download file "+zip)
	refused.not(t, "/artifacts/")
}

// jsonString returns a string in an object.
func jsonString(t *testing.T, text, name string) string {
	t.Helper()
	var all map[string]any
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		t.Fatal(err)
	}
	found, _ := all[name].(string)
	return found
}
