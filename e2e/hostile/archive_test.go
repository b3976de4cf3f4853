package hostile

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
)

// part is a file of an archive. One with a size is as many zeros, packed small.
type part struct {
	name, content string
	zeros         uint64
}

// zipped packs files, under whatever names they have.
func zipped(parts ...part) string {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, p := range parts {
		var w io.Writer
		var err error
		content := p.content
		if p.zeros > 0 {
			content = zeros(p.zeros)
			w, err = z.CreateRaw(&zip.FileHeader{Name: p.name, Method: zip.Deflate, CompressedSize64: uint64(len(content)), UncompressedSize64: p.zeros})
		} else {
			w, err = z.Create(p.name)
		}
		if err == nil {
			_, err = io.WriteString(w, content)
		}
		if err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return out.String()
}

// zeros packs that many zeros, in steps of a megabyte: what one step packs to can come
// over and over.
func zeros(n uint64) string {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		panic(err)
	}
	mega := make([]byte, 1<<20)
	for range 2 { // the second one begins with what is behind it
		out.Reset()
		_, _ = w.Write(mega) // into memory
		_ = w.Flush()
	}
	step := out.String()
	out.Reset()
	w.Reset(&out)
	_, _ = w.Write(mega)
	_ = w.Flush()
	first := out.String()
	return first + strings.Repeat(step, int(n>>20)-1) + "\x03\x00"
}

// parcel is a self-contained bundle with a plugin that has this archive.
func parcel(archive string) string {
	const address = "https://plugins.example/p.zip"
	sum := sha256.Sum256([]byte(archive))
	hash := hex.EncodeToString(sum[:])
	manifest := map[string]any{"format": 1, "node": "local", "revision": 1, "created": "2026-01-01T00:00:00Z", "files": []any{
		map[string]any{"address": address, "sha256": hash, "size": len(archive), "entries": []string{"portablePlugins/p"}},
	}}
	document := marshal(map[string]any{"portablePlugins": map[string]string{"p": marshal(map[string]string{"name": "p", "file": address})}})
	return zipped(part{name: "bundle.json", content: document}, part{name: "manifest.json", content: marshal(manifest)}, part{name: "artifacts/" + hash, content: archive})
}

// boundary is what lies between the parts of a form.
const boundary = "----------------------------hostile"

// uploaded is a form with one file, sent to a target.
func uploaded(target, name, content string) request {
	return multi(send(target, payload{}), fmt.Sprintf("Content-Disposition: form-data; name=\"bundle\"; filename=%q\r\n\r\n%s", name, content))
}

// rolledOut is a rollout of a file.
func rolledOut(content, options string) request {
	return multi(send("/api/v1/rollouts", payload{}), "Content-Disposition: form-data; name=\"bundle\"; filename=\"b\"\r\n\r\n"+content,
		"Content-Disposition: form-data; name=\"options\"\r\n\r\n"+options)
}

// multi gives a request a form of parts.
func multi(r request, parts ...string) request {
	body := ""
	for _, p := range parts {
		body += "--" + boundary + "\r\n" + p + "\r\n"
	}
	r.body = text(body + "--" + boundary + "--\r\n")
	return r.with("Content-Type: multipart/form-data; boundary=" + boundary)
}

// brought is an archive as a bundle for the engine's route.
func brought(parts ...part) request { return uploaded("/data/import", "b.zip", zipped(parts...)) }

// plugin is a bundle that brings a plugin of these files.
func plugin(parts ...part) request {
	return uploaded("/data/import?partial=1", "b.zip", parcel(zipped(parts...)))
}

// good is the manifest of a bundle without files.
var good = part{name: "manifest.json", content: `{"format":1,"files":[]}`}

// described is what a portable plugin says of itself.
var described = part{name: "p.json", content: `{"version":"v1","language":"python","executable":"p.py","functions":["p"]}`}

// nestedZip packs an archive into an archive, and so on.
func nestedZip(levels int) string {
	content := zipped(part{name: "p.json", zeros: 64 << 20})
	for range levels {
		content = zipped(part{name: "p.zip", content: content})
	}
	return content
}

// many are as many empty files.
func many(n int) (parts []part) {
	for i := range n {
		parts = append(parts, part{name: fmt.Sprint("f", i)})
	}
	return parts
}

// inArchives are archives that swell, climb, lie or are none, and forms around them.
var inArchives = []hostile{
	{"a bundle of 400 MB of zeros", brought(part{name: "bundle.json", zeros: 400 << 20}, good), "413"},
	{"a bundle of 40 GB of zeros", brought(part{name: "bundle.json", zeros: 40 << 30}, good), "413"},
	{"a manifest of 400 MB of zeros", brought(part{name: "bundle.json", content: "{}"}, part{name: "manifest.json", zeros: 400 << 20}), "413"},
	{"a bundle out of its folder", brought(part{name: "bundle.json", content: "{}"}, good, part{name: "../../owned", content: "x"}), "400"},
	{"a bundle with a path", brought(part{name: "bundle.json", content: "{}"}, good, part{name: "/tmp/owned", content: "x"}), "400"},
	{"an artifact out of its folder", brought(part{name: "bundle.json", content: "{}"}, good, part{name: "artifacts/" + strings.Repeat("../", 20) + "ownd", content: "x"}), "400|200"},
	{"two bundles", brought(part{name: "bundle.json", content: "{}"}, part{name: "bundle.json", content: "["}, good), "400"},
	{"two manifests", brought(part{name: "bundle.json", content: "{}"}, good, good), "400"},
	{"no manifest", brought(part{name: "bundle.json", content: "{}"}), "400"},
	{"no bundle", brought(good), "400"},
	{"a manifest that is none", brought(part{name: "bundle.json", content: "{}"}, part{name: "manifest.json", content: "["}), "400"},
	{"a manifest of another format", brought(part{name: "bundle.json", content: "{}"}, part{name: "manifest.json", content: `{"format":2}`}), "400"},
	{"a manifest of a file that is not there", brought(part{name: "bundle.json", content: "{}"}, part{name: "manifest.json", content: `{"format":1,"files":[{"address":"a","sha256":"` + strings.Repeat("0", 64) + `","size":1}]}`}), "400"},
	{"a manifest of a hash that is a path", brought(part{name: "bundle.json", content: "{}"}, part{name: "manifest.json", content: `{"format":1,"files":[{"address":"a","sha256":"../../../owned","size":1}]}`}), "400"},
	{"a file with the hash of another", brought(part{name: "bundle.json", content: "{}"}, part{name: "manifest.json", content: `{"format":1,"files":[{"address":"a","sha256":"` + strings.Repeat("0", 64) + `","size":1}]}`}, part{name: "artifacts/" + strings.Repeat("0", 64), content: "x"}), "400"},
	{"20,000 files", brought(append(many(20_000), good)...), "400"},
	{"an archive cut in two", uploaded("/data/import", "b.zip", zipped(good)[:60]), "400"},
	{"an archive without its list", uploaded("/data/import", "b.zip", "PK\x03\x04"+strings.Repeat("\x00", 64)), "400"},
	{"a list that says it is huge", uploaded("/data/import", "b.zip", "PK\x03\x04PK\x05\x06\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\x7f\x00\x00\x00\x00\x00\x00"), "400"},
	{"an archive that is packed with gzip", uploaded("/data/import", "b.gz", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"), "400"},
	{"a plugin of 40 GB of zeros", plugin(described, part{name: "p.py", zeros: 40 << 30}), "400"},
	{"a plugin whose description swells", plugin(part{name: "p.json", zeros: 400 << 20}, part{name: "p.py", content: "x"}), "400"},
	{"a plugin in a plugin in a plugin", uploaded("/data/import?partial=1", "b.zip", parcel(nestedZip(8))), "400"},
	{"a plugin out of its folder", plugin(described, part{name: "p.py", content: "x"}, part{name: "../../../owned", content: "x"}), "400"},
	{"a plugin with a path", plugin(described, part{name: "p.py", content: "x"}, part{name: "/etc/cron.d/owned", content: "x"}), "400"},
	{"a plugin with backslashes", plugin(described, part{name: "p.py", content: "x"}, part{name: `..\..\owned`, content: "x"}), "400"},
	{"a plugin of two files of a name", plugin(described, described, part{name: "p.py", content: "x"}), "400|200"},
	{"a plugin of 30,000 files", plugin(append(many(30_000), described)...), "400"},
	{"a plugin whose description is nested", plugin(part{name: "p.json", content: nested("[", "]", 100_000)}, part{name: "p.py", content: "x"}), "400"},
	{"a plugin that is none", uploaded("/data/import?partial=1", "b.zip", parcel("\x7fELF")), "400"},
	{"an archive for a page", uploaded("/ui/import", "b.zip", zipped(part{name: "bundle.json", zeros: 400 << 20}, good)).without("Authorization").with("Cookie: {cookie}"), "400|413"},
	{"a name of a file out of its folder", uploaded("/data/import?dry_run=1", "../../../owned.json", "{}"), "200"},
	{"a name of a file that is a path", uploaded("/data/import?dry_run=1", "/tmp/owned.json", "{}"), "200"},
	{"a name of a file that is a page", uploaded("/ui/import", "<script>alert(1)</script>.json", "{}").without("Authorization").with("Cookie: {cookie}"), "303 /ui/import/"},
	{"two files where one is due", multi(send("/data/import", payload{}), "Content-Disposition: form-data; name=a; filename=a\r\n\r\n{}", "Content-Disposition: form-data; name=b; filename=b\r\n\r\n["), "400"},
	{"a form without a file", multi(send("/data/import", payload{}), "Content-Disposition: form-data; name=a\r\n\r\n{}"), "400"},
	{"a form without an end", uploaded("/data/import", "b.json", "{}").with("Content-Length: 100").gone(), "400"},
	{"a form without a boundary", uploaded("/data/import", "b.json", "{}").with("Content-Type: multipart/form-data"), "400"},
	{"a boundary of a kilobyte", uploaded("/data/import", "b.json", "{}").with("Content-Type: multipart/form-data; boundary=" + strings.Repeat("b", 1024)), "400"},
	{"a form in a form", uploaded("/data/import", "b.json", "{}").with("Content-Type: multipart/mixed; boundary=" + boundary), "400"},
	{"20,000 parts", multi(send("/data/import", payload{}), strings.Split(strings.TrimSuffix(strings.Repeat("Content-Disposition: form-data; name=a\r\n\r\n|", 20_000), "|"), "|")...), "400|413"},
	{"a part of a megabyte of headers", multi(send("/data/import", payload{}), "X-One: "+strings.Repeat("x", 11<<20)+"\r\n\r\n{}"), "400|413"},
	{"options that are none", multi(send("/api/v1/import", payload{}), "Content-Disposition: form-data; name=a; filename=a\r\n\r\n{}", "Content-Disposition: form-data; name=options\r\n\r\n["), "400"},
	{"a form that packs its file", multi(send("/data/import", payload{}), "Content-Disposition: form-data; name=a; filename=a\r\nContent-Transfer-Encoding: base64\r\n\r\ne30="), "400"},
}
