// Package static holds the style sheet, the scripts and the icon of the pages, and
// serves them under addresses that change with their content.
//
// What lies in dist is built from src and committed: npm ci --ignore-scripts, then
// npm run assets.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// Prefix is where Handler expects to be mounted.
const Prefix = "/ui/static/"

//go:embed dist
var dist embed.FS

// types are those of the files of dist; the tables of the machine are not asked.
var types = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

// asset is one file, ready to be sent.
type asset struct {
	url, mime   string
	plain, gzip []byte
}

var byName, byURL = load(dist)

// load reads all files of dist. It panics on one that cannot be read, because the
// files are part of the program.
func load(dist fs.FS) (byName, byURL map[string]*asset) {
	byName, byURL = map[string]*asset{}, map[string]*asset{}
	files, err := fs.ReadDir(dist, "dist")
	if err != nil {
		panic(fmt.Errorf("listing the assets: %w", err))
	}
	for _, f := range files {
		data, err := fs.ReadFile(dist, "dist/"+f.Name())
		if err != nil {
			panic(fmt.Errorf("reading an asset: %w", err))
		}
		a := newAsset(f.Name(), data)
		byName[f.Name()], byURL[a.url] = a, a
	}
	return byName, byURL
}

// newAsset hashes and compresses a file.
func newAsset(name string, data []byte) *asset {
	ext := path.Ext(name)
	sum := sha256.Sum256(data)
	return &asset{
		url:   Prefix + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext,
		mime:  types[ext],
		plain: data,
		gzip:  compress(data),
	}
}

// compress returns data as gzip. Writing to memory does not fail.
func compress(data []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	_, _ = w.Write(data)
	_ = w.Close()
	return b.Bytes()
}

// URL returns the address of a file of dist, such as "app.css". It panics on a name
// that is not there.
func URL(name string) string {
	a, ok := byName[name]
	if !ok {
		panic("static: there is no " + name)
	}
	return a.url
}

// Handler serves the assets. An address never changes its content, so that a browser
// need not ask twice; an address of another version is not found.
func Handler() http.Handler { return http.HandlerFunc(serve) }

func serve(w http.ResponseWriter, r *http.Request) {
	a, ok := byURL[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	body, h := a.plain, w.Header()
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		body = a.gzip
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Type", a.mime)
	h.Set("Content-Length", fmt.Sprint(len(body)))
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	h.Set("X-Content-Type-Options", "nosniff")
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}
