package transfer_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ekuiper-console/core"
	"ekuiper-console/core/depot"
	"ekuiper-console/core/parcel"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/transfer"
	"ekuiper-console/db/dbtest"
)

// zipped makes an archive of names and texts in turn.
func zipped(t testing.TB, parts ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i+1 < len(parts); i += 2 {
		w, err := z.Create(parts[i])
		if err == nil {
			_, err = io.WriteString(w, parts[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// keeper is a service that keeps files.
func keeper(t testing.TB, files transfer.Fetcher) *transfer.Service {
	t.Helper()
	db := dbtest.Open(t)
	kept, err := depot.New(filepath.Join(t.TempDir(), "artifacts"))
	if err != nil {
		t.Fatal(err)
	}
	s := &transfer.Service{Nodes: db, Journal: db, Fetch: files, Depot: kept}
	t.Cleanup(s.Close)
	return s
}

// camera is a portable plugin that brings the source video and the sink screen.
func camera(t testing.TB) string {
	return zipped(t, "cam.json", `{"name":"cam","version":"1.0.0","language":"python","executable":"cam.py","sources":["video"],"sinks":["screen"],"functions":["blur"]}`,
		"cam.py", "pass", "sources/video.yaml", "default: {}")
}

const cameraRule = `
	portablePlugins/cam = {"name":"cam","file":"https://h/cam.zip"}
	streams/s = CREATE STREAM s () WITH (TYPE="video", DATASOURCE="x")
	rules/r = {"id":"r","sql":"SELECT blur(x) FROM s","actions":[{"screen":{}}]}`

func rejected(r *transfer.Result) string {
	var all []string
	for ref, msg := range r.Report.All() {
		all = append(all, ref.String()+": "+msg)
	}
	return strings.Join(all, "\n")
}

func TestWhatAnArchiveBringsIsKnown(t *testing.T) {
	s := keeper(t, shelf{"https://h/cam.zip": camera(t), "https://h/other.zip": zipped(t, "other.json", `{"name":"other","version":"1","language":"go","executable":"x","functions":["f"]}`, "x", "")})
	if r := run(t, s, plan.Partial, cameraRule); r.Failed() || len(r.Warnings) > 0 {
		t.Fatalf("rejected %s, warnings %v", rejected(r), r.Warnings)
	}
	r := run(t, s, plan.Partial, `
		portablePlugins/other = {"name":"other","file":"https://h/other.zip"}
		rules/known = {"id":"known","sql":"SELECT f(blur(x)) FROM s","actions":[{"log":{}}]}
		rules/bad = {"id":"bad","sql":"SELECT nosuch(x) FROM s","actions":[{"log":{}}]}`)
	if got, want := rejected(r), "rules/bad: Invalid rule json: Parse SQL SELECT nosuch(x) FROM s error: function nosuch not found."; got != want {
		t.Errorf("rejected\n got %s\nwant %s", got, want)
	}
	x, err := s.Compose(ctx, viewer, transfer.ExportRequest{Node: transfer.Local, Rules: []string{"r"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := x.Bundle.Get(core.Ref{Kind: core.PortablePlugin, Name: "cam"}); !ok || len(x.Missing) > 0 {
		t.Errorf("the export of r lacks its plugin: %v", x.Missing)
	}
}

func TestAnArchiveThatIsNotWhatItClaims(t *testing.T) {
	s := keeper(t, shelf{"https://h/text.zip": "text", "https://h/cam.zip": zipped(t, "a.txt", "")})
	r := run(t, s, plan.Partial, `
		nativePlugins/functions_image = {"name":"image","file":"https://h/text.zip"}
		portablePlugins/cam = {"name":"cam","file":"https://h/cam.zip"}
		nativePlugins/sinks_none = {"name":"none","file":"https://h/none.zip"}
		uploads/u = {"name":"u","file":"https://h/text.zip"}`)
	want := `portablePlugins/cam: fail to install plugin: missing or invalid json file cam.json, found 1 files in total
nativePlugins/functions_image: fail to install plugin: zip: not a valid zip file
nativePlugins/sinks_none: fail to download file https://h/none.zip: stat https://h/none.zip: no such file or directory`
	if got := rejected(r); sortLines(got) != sortLines(want) {
		t.Errorf("rejected\n got %s\nwant %s", got, want)
	}
}

func sortLines(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		for j := i + 1; j < len(lines); j++ {
			if lines[j] < lines[i] {
				lines[i], lines[j] = lines[j], lines[i]
			}
		}
	}
	return strings.Join(lines, "\n")
}

// A bundle goes with its files to a machine without a network, and on from there.
func TestSelfContained(t *testing.T) {
	online := keeper(t, shelf{"https://h/cam.zip": camera(t)})
	run(t, online, plan.Full, cameraRule)
	var archive bytes.Buffer
	if err := online.Pack(ctx, viewer, transfer.ExportRequest{Node: transfer.Local, Rules: []string{"r"}}, &archive); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		offline := keeper(t, shelf{})
		brought, err := offline.Take(ctx, operator, bytes.NewReader(archive.Bytes()), int64(archive.Len()))
		if err != nil {
			t.Fatal(err)
		}
		res, err := offline.Import(ctx, operator, transfer.Request{Node: transfer.Local, Document: brought.Text, Files: brought.Files, Mode: plan.Full, Atomic: true})
		if err != nil || !res.Written || len(res.Warnings) > 0 {
			t.Fatalf("Import = %+v, %v", res, err)
		}
		archive.Reset()
		if err := offline.Pack(ctx, viewer, transfer.ExportRequest{Node: transfer.Local, All: true}, &archive); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPackNamesAFileThatWasNotKept(t *testing.T) {
	s := service(t) // keeps no files
	run(t, s, plan.Full, `nativePlugins/functions_a = {"name":"a","file":"https://h/a.zip"}`)
	s.Depot = keeper(t, shelf{}).Depot
	var archive bytes.Buffer
	err := s.Pack(ctx, viewer, transfer.ExportRequest{Node: transfer.Local, All: true}, &archive)
	if core.CodeOf(err) != core.Conflict || !strings.Contains(err.Error(), "nativePlugins/functions_a (https://h/a.zip) was not kept") || archive.Len() > 0 {
		t.Errorf("Pack = %v after %d bytes", err, archive.Len())
	}
}

func TestTakeRefusesAnAlteredArchive(t *testing.T) {
	s := keeper(t, shelf{"https://h/cam.zip": camera(t)})
	run(t, s, plan.Full, cameraRule)
	var archive bytes.Buffer
	if err := s.Pack(ctx, viewer, transfer.ExportRequest{Node: transfer.Local, All: true}, &archive); err != nil {
		t.Fatal(err)
	}
	altered := bytes.Replace(archive.Bytes(), []byte("cam.py"), []byte("dam.py"), 1)
	_, err := keeper(t, shelf{}).Take(ctx, operator, bytes.NewReader(altered), int64(len(altered)))
	if want := "the archive is no self-contained bundle: the file of https://h/cam.zip cannot be read: zip: checksum error"; core.CodeOf(err) != core.Invalid || err.Error() != want {
		t.Errorf("Take = %v\nwant %s", err, want)
	}
}

// A file that is not what the manifest says keeps the whole archive out.
func TestTakeRefusesAWrongHash(t *testing.T) {
	one, two := fmt.Sprintf("%x", sha256.Sum256([]byte("one"))), fmt.Sprintf("%x", sha256.Sum256([]byte("two")))
	var archive bytes.Buffer
	m := parcel.Manifest{Files: []parcel.File{{Address: "https://h/u", SHA256: one, Size: 3}}}
	err := parcel.Write(&archive, m, document(t, `uploads/u = {"name":"u","file":"https://h/u"}`), func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("two")), nil })
	if err != nil {
		t.Fatal(err)
	}
	s := keeper(t, shelf{})
	_, err = s.Take(ctx, operator, bytes.NewReader(archive.Bytes()), int64(archive.Len()))
	want := "the archive is no self-contained bundle: the file of https://h/u was altered: its hash is " + two + ", the manifest says " + one
	if core.CodeOf(err) != core.Invalid || err.Error() != want || s.Depot.Has(one) {
		t.Errorf("Take = %v\nwant %s", err, want)
	}
}

// A restore brings the file back that the entry had then, and needs no network.
func TestRestoreKeepsTheFile(t *testing.T) {
	files := shelf{"https://h/cam.zip": camera(t)}
	s := keeper(t, files)
	run(t, s, plan.Full, cameraRule)
	run(t, s, plan.Full, "")
	delete(files, "https://h/cam.zip")
	res, err := s.Import(ctx, operator, transfer.Request{Node: transfer.Local, Restores: 1, Mode: plan.Full})
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Warnings) > 0 {
		t.Errorf("the restore warns: %v", res.Warnings)
	}
	kept, err := s.Artifacts(ctx, viewer, transfer.Local)
	if err != nil || len(kept) != 1 || kept[core.Ref{Kind: core.PortablePlugin, Name: "cam"}].Provides.Sinks[0] != "screen" {
		t.Errorf("Artifacts = %+v, %v", kept, err)
	}
}

// What cannot be fetched again leaves the entry and its file as they are.
func TestAFailedFetchKeepsThePrevious(t *testing.T) {
	files := shelf{"https://h/a.txt": "one"}
	s := keeper(t, files)
	run(t, s, plan.Partial, `uploads/u = {"name":"u","file":"https://h/a.txt"}`)
	before, _ := s.Artifacts(ctx, viewer, transfer.Local)
	res := run(t, s, plan.Partial, `uploads/u = {"name":"u","file":"https://h/b.txt"}`)
	after, err := s.Artifacts(ctx, viewer, transfer.Local)
	ref := core.Ref{Kind: core.Upload, Name: "u"}
	if err != nil || !res.Failed() || after[ref].SHA256 != before[ref].SHA256 || after[ref].SHA256 == "" {
		t.Errorf("before %+v, after %+v, %v", before, after, err)
	}
	f, err := s.Artifact(ctx, viewer, after[ref].SHA256)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if text, err := os.ReadFile(f.Name()); err != nil || string(text) != "one" {
		t.Errorf("kept %q, %v", text, err)
	}
}
