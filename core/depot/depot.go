// Package depot keeps files by their content: each under the SHA-256 of what is in it,
// once, however many entries name it. A file is there whole or not at all, whenever the
// process is killed.
package depot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sync"

	"ekuiper-console/core"
	"ekuiper-console/core/disk"
)

// Store is a folder of files. Several processes may use one folder at a time.
type Store struct {
	dir string
	// preparing guards prepared: whether the folders that files lie in are there.
	preparing sync.Mutex
	prepared  bool
	// sweeping keeps a file from being swept while it is put once more.
	sweeping sync.RWMutex
}

// Item is a file in a store.
type Item struct {
	SHA256 string `json:"sha256"` // of the content, in lower-case hexadecimal
	Size   int64  `json:"size"`   // in bytes
}

// tempPrefix begins the names of files that are being written.
const tempPrefix = ".put-"

// sumPattern is what names a file.
var sumPattern = regexp.MustCompile(`^[0-9a-f]{64}$`)

// New returns the store in a folder, which is made where it is absent.
func New(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, disk.Told("making the folder of artifacts", err)
	}
	return &Store{dir: dir}, nil
}

// Put reads to the end and keeps what it has read. When Put returns without an error the
// file is on the disk and survives a loss of power. An error of the reader is returned as
// it is; else the trouble is with the disk, and told by disk.Told. Either way nothing is left behind.
func (s *Store) Put(ctx context.Context, r io.Reader) (Item, error) {
	if err := s.prepare(); err != nil {
		return Item{}, disk.Told("keeping a file", err)
	}
	temp, err := os.CreateTemp(s.dir, tempPrefix+"*")
	if err != nil {
		return Item{}, disk.Told("keeping a file", err)
	}
	defer os.Remove(temp.Name()) // in vain once it has its own name
	defer temp.Close()           // the second time, where all is well
	item, err := write(ctx, temp, r)
	if err != nil {
		return Item{}, err
	}
	if err := errors.Join(temp.Sync(), temp.Close()); err != nil {
		return Item{}, disk.Told("keeping a file", err)
	}
	if err := s.settle(temp.Name(), item); err != nil {
		return Item{}, disk.Told("keeping a file", err)
	}
	return item, nil
}

// write copies r to a file and says what it was.
func write(ctx context.Context, temp *os.File, r io.Reader) (Item, error) {
	hash := sha256.New()
	buf := make([]byte, 256<<10)
	for size := int64(0); ; {
		if err := ctx.Err(); err != nil {
			return Item{}, err
		}
		n, err := r.Read(buf)
		hash.Write(buf[:n])
		size += int64(n)
		if _, err := temp.Write(buf[:n]); err != nil {
			return Item{}, disk.Told("keeping a file", err)
		}
		if err == io.EOF {
			return Item{hex.EncodeToString(hash.Sum(nil)), size}, nil
		}
		if err != nil {
			return Item{}, err
		}
	}
}

// settle gives a written file its own name. A file of that name is replaced: that mends
// one that was altered, and makes it new, so that it is not swept away now.
func (s *Store) settle(temp string, item Item) error {
	path := s.path(item.SHA256)
	if err := s.rename(temp, path, item); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// rename renames a written file, unless a sweep is looking.
func (s *Store) rename(temp, path string, item Item) error {
	s.sweeping.RLock()
	defer s.sweeping.RUnlock()
	err := os.Rename(temp, path)
	if err == nil {
		return nil
	}
	// Some systems replace no file that is open. Then the one that is there will do.
	if found, sumErr := sum(context.Background(), path); sumErr != nil || found != item {
		return err
	}
	return nil
}

// prepare makes all folders that files lie in, at the first Put: else hardly a file would
// not have to wait until a folder of its own is on the disk.
func (s *Store) prepare() error {
	s.preparing.Lock()
	defer s.preparing.Unlock()
	if s.prepared {
		return nil
	}
	for first := range 256 {
		err := os.Mkdir(filepath.Join(s.dir, fmt.Sprintf("%02x", first)), 0o700)
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	err := syncFolder(s.dir)
	s.prepared = err == nil
	return err
}

// path returns where a file lies.
func (s *Store) path(sha string) string { return filepath.Join(s.dir, sha[:2], sha) }

// Has reports whether a file is there.
func (s *Store) Has(sha string) bool {
	if !sumPattern.MatchString(sha) {
		return false
	}
	info, err := os.Stat(s.path(sha))
	return err == nil && info.Mode().IsRegular()
}

// File is an open file of a store, to be read and closed.
type File struct {
	*os.File
	Size int64 // in bytes
}

// Open opens a file, or fails with NotFound. Whether its content is still what it was,
// Verify says.
func (s *Store) Open(sha string) (*File, error) {
	if !sumPattern.MatchString(sha) {
		return nil, core.Errorf(core.Invalid, "%q is not a SHA-256 in lower-case hexadecimal", sha)
	}
	file, err := os.Open(s.path(sha))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, missing(sha)
	}
	if err != nil {
		return nil, disk.Told("reading a kept file", err)
	}
	info, err := file.Stat()
	if err != nil {
		return nil, errors.Join(disk.Told("reading a kept file", err), file.Close())
	}
	return &File{file, info.Size()}, nil
}

// missing is the error of a file that is not there.
func missing(sha string) error {
	return core.WithHint(core.Errorf(core.NotFound, "the file %s is not kept here", sha), "import the entry that names it again")
}

// Verify reads a file to its end. It fails with NotFound where the file is not there,
// and with Conflict where its content is not what was put.
func (s *Store) Verify(ctx context.Context, sha string) error {
	file, err := s.Open(sha)
	if err != nil {
		return err
	}
	file.Close()
	found, err := sum(ctx, file.Name())
	if err != nil {
		return fmt.Errorf("verifying the file %s: %w", sha, err)
	}
	if found.SHA256 != sha {
		return core.WithHint(core.Errorf(core.Conflict, "the file %s was altered: its SHA-256 is %s now", sha, found.SHA256), "import the entry that names it again")
	}
	return nil
}

// sum reads a file and says what it is.
func sum(ctx context.Context, path string) (Item, error) {
	file, err := os.Open(path)
	if err != nil {
		return Item{}, err
	}
	defer file.Close()
	hash := sha256.New()
	n, err := io.Copy(hash, &interruptible{ctx, file})
	return Item{hex.EncodeToString(hash.Sum(nil)), n}, err
}

// interruptible is a reader that ends with its context.
type interruptible struct {
	ctx context.Context
	io.Reader
}

// Read reads on, unless the context has ended.
func (r *interruptible) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}
