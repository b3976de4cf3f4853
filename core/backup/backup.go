// Package backup puts all that a data folder keeps into one archive, and takes it out
// again: the store, the files of entries, the public keys of callers, and the keys that
// links are signed and the secrets of nodes are sealed with.
package backup

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"time"

	"ekuiper-console/core"
)

// Store is the name of the store, in the data folder and in the archive.
const Store = "console.db"

// manifestName is the last part of an archive.
const manifestName = "manifest.json"

// format is the form of archives that this program writes and reads.
const format = 1

// others is what there may be beside the store: the files of entries, each named by its
// content, and keys. Nothing else is put in, and nothing else is taken out.
var others = regexp.MustCompile(`^(artifacts/[0-9a-f]{2}/[0-9a-f]{64}|mgmt/[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}\.pub|links\.key|nodes\.key)$`)

// besides are the folders and files that others are in.
var besides = []string{"artifacts", "mgmt", "links.key", "nodes.key"}

// Manifest says what an archive holds.
type Manifest struct {
	Format  int              `json:"format"`
	Version string           `json:"version"` // of the program that wrote it
	Time    time.Time        `json:"time"`
	Rows    map[string]int64 `json:"rows"`  // of the store, by table
	Files   []File           `json:"files"` // in the order of the archive
}

// File is one file of an archive.
type File struct {
	Name   string `json:"name"` // with slashes
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Write writes an archive of a store, which nobody may be writing to, and of what else
// there is in a data folder. It returns the manifest, made whole.
func Write(ctx context.Context, w io.Writer, m Manifest, store, data string) (Manifest, error) {
	z := zip.NewWriter(w)
	m.Format, m.Files = format, nil
	names, err := listed(data)
	if err != nil {
		return m, fmt.Errorf("listing the files of entries: %w", err)
	}
	for _, name := range append([]string{Store}, names...) {
		from := filepath.Join(data, filepath.FromSlash(name))
		if name == Store {
			from = store
		}
		f, err := add(ctx, z, m.Time, name, from)
		if errors.Is(err, fs.ErrNotExist) && name != Store {
			continue // swept meanwhile
		}
		if err != nil {
			return m, fmt.Errorf("adding %s: %w", name, err)
		}
		m.Files = append(m.Files, f)
	}
	part, err := z.CreateHeader(header(manifestName, m.Time))
	if err == nil {
		err = json.NewEncoder(part).Encode(m)
	}
	if err := errors.Join(err, z.Close()); err != nil {
		return m, fmt.Errorf("writing the archive: %w", err)
	}
	return m, nil
}

// listed returns the names of the files beside the store.
func listed(data string) (names []string, err error) {
	for _, root := range besides {
		err := fs.WalkDir(os.DirFS(data), root, func(name string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() && others.MatchString(name) {
				names = append(names, name)
			}
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return names, nil
}

// header is how a part of an archive begins. Plugins are compressed already, but the
// store is mostly text.
func header(name string, at time.Time) *zip.FileHeader {
	h := &zip.FileHeader{Name: name, Method: zip.Store, Modified: at}
	if path.Dir(name) == "." {
		h.Method = zip.Deflate
	}
	h.SetMode(0o600)
	return h
}

// add copies a file into an archive.
func add(ctx context.Context, z *zip.Writer, at time.Time, name, from string) (File, error) {
	src, err := os.Open(from)
	if err != nil {
		return File{}, err
	}
	defer src.Close()
	part, err := z.CreateHeader(header(name, at))
	if err != nil {
		return File{}, err
	}
	hash := sha256.New()
	size, err := io.Copy(io.MultiWriter(part, hash), interruptible{ctx, src})
	return File{name, size, hex.EncodeToString(hash.Sum(nil))}, err
}

// interruptible is a reader that ends with its context.
type interruptible struct {
	ctx context.Context
	io.Reader
}

// Read reads on, unless the context has ended.
func (r interruptible) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, core.Errorf(core.Cancelled, "interrupted: %w", err)
	}
	return r.Reader.Read(p)
}
