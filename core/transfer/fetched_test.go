package transfer_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"ekuiper-console/core"
	"ekuiper-console/core/artifact/artifacttest"
	"ekuiper-console/core/fetch"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/transfer"
)

// bomb is an archive with an entry that claims to unpack to 10 GiB.
func bomb(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateRaw(&zip.FileHeader{Name: "p.so", Method: zip.Deflate, CompressedSize64: 4, UncompressedSize64: 10 << 30})
	if err == nil {
		_, err = io.WriteString(w, "bomb")
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestFetched imports a plugin from a server that answers in all ways that there are.
// What is wrong with one file keeps no other entry out.
func TestFetched(t *testing.T) {
	const fails, refused = "fail to download file URL: ", "fail to install plugin: "
	answer := func(data []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.Write(data) }
	}
	tests := []struct {
		name   string
		answer http.HandlerFunc
		want   string // the message of the plugin; URL stands for its address
	}{
		{"whole", answer(artifacttest.Portable("p", "f")), ""},
		{"moved", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/elsewhere" {
				w.Write(artifacttest.Portable("p", "f"))
				return
			}
			http.Redirect(w, r, "/elsewhere", http.StatusMovedPermanently)
		}, ""},
		{"not there", http.NotFound, fails + "cannot download the file with status: 404 Not Found"},
		{"broken", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, fails + "cannot download the file with status: 500 Internal Server Error"},
		{"cut off", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			w.Write(make([]byte, 400))
		}, fails + "the download was cut off after 400 of 1000 bytes"},
		{"too long", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", strconv.Itoa(fetch.DefaultMaxBytes+1))
		}, fails + "the file is over the limit of 536870912 bytes"},
		{"no archive", answer([]byte("<html>")), refused + "zip: not a valid zip file"},
		{"zip slip", answer(artifacttest.Zip("../../etc/cron.d/p", "x")), refused + `entry "../../etc/cron.d/p": its name leads out of the archive`},
		{"bomb", answer(bomb(t)), refused + "entry p.so: the archive unpacks to more than 2147483648 bytes"},
		{"no descriptor", answer(artifacttest.Zip("main.py", "x")), refused + "missing or invalid json file p.json, found 1 files in total"},
		{"another's", answer(artifacttest.Zip("p.json", `{"name":"q"}`)), refused + "invalid plugin, expect name 'p' but got 'q'"},
	}
	for _, tt := range tests {
		home := httptest.NewServer(tt.answer)
		s := keeper(t, &fetch.Fetcher{AllowPrivate: true})
		res := run(t, s, plan.Partial, demo+"\n"+fmt.Sprintf(`portablePlugins/p = {"name":"p","file":"%s/p.zip"}`, home.URL))
		want := ""
		if tt.want != "" {
			want = "portablePlugins/p: " + strings.ReplaceAll(tt.want, "URL", home.URL+"/p.zip")
		}
		if got := messages(res.Report); got != want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, want)
		}
		kept, err := s.Artifacts(ctx, viewer, transfer.Local)
		if _, ok := kept[core.Ref{Kind: core.PortablePlugin, Name: "p"}]; ok != (want == "") || err != nil {
			t.Errorf("%s: kept %v, %v", tt.name, kept, err)
		}
		if !strings.Contains(held(t, s), demo) {
			t.Errorf("%s: the stream is not there", tt.name)
		}
		home.Close()
	}
}

// A server in a private network is not asked, unless that is allowed.
func TestFetchedInside(t *testing.T) {
	home := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was asked") }))
	defer home.Close()
	res := run(t, keeper(t, &fetch.Fetcher{}), plan.Partial, fmt.Sprintf(`uploads/u = {"name":"u","file":"%s/u"}`, home.URL))
	want := fmt.Sprintf(`uploads/u: Get "%s/u": dial tcp %s: ip 127.0.0.1 is in internal network`, home.URL, home.Listener.Addr())
	if got := messages(res.Report); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// TestFollowsFromTheFile has a rule that calls a function of a plugin whose file is refused
// or cannot be had: it follows from the plugin, also where an engine has a function that is
// called much the same.
func TestFollowsFromTheFile(t *testing.T) {
	const at = "https://h/p.zip"
	for name, files := range map[string]shelf{
		"a part is missing": {at: zipped(t, "p.json", `{"name":"p","language":"python","executable":"p.py","sources":["s"],"functions":["revert"]}`, "p.py", "pass")},
		"no descriptor":     {at: zipped(t, "p.py", "pass")},
		"not there":         {},
	} {
		res := run(t, keeper(t, files), plan.Partial, demo+`
			portablePlugins/p = {"name":"p","file":"`+at+`"}
			rules/r = {"id":"r","sql":"SELECT revert(x) FROM demo","actions":[{"log":{}}]}`)
		if len(res.Rejected) != 2 || res.Rejected[1].Ref != ref(t, "rules/r") {
			t.Errorf("%s: rejected are %v", name, res.Rejected)
			continue
		}
		if f := res.Rejected[1].Fault(); f.Cause == nil || *f.Cause != ref(t, "portablePlugins/p") || f.Hint != "it follows from the error of portablePlugins/p" {
			t.Errorf("%s: it follows from %v: %s", name, f.Cause, f.Hint)
		}
	}
}
