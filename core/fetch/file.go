package fetch

import (
	"errors"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"

	"ekuiper-console/core"
)

var drivePath = regexp.MustCompile(`^/[A-Za-z]:[/\\]`)

// openFile opens a regular file under one of the roots and says how long it is. Links
// that lead out of the root are not followed.
func (f *Fetcher) openFile(u *url.URL) (io.ReadCloser, int64, error) {
	if u.Host != "" && u.Host != "localhost" {
		return nil, 0, core.WithHint(core.Errorf(core.Invalid, "file: address with the host %s", u.Host), "write file:///path, with three slashes")
	}
	path := u.Path
	if drivePath.MatchString(path) {
		path = path[1:]
	}
	clean := filepath.Clean(filepath.FromSlash(path))
	for _, root := range f.Roots {
		rel, err := filepath.Rel(root, clean)
		if err == nil && filepath.IsLocal(rel) {
			return openUnder(root, rel, path)
		}
	}
	return nil, 0, f.denied()
}

// openUnder opens rel in root; path is what messages call it.
func openUnder(root, rel, path string) (io.ReadCloser, int64, error) {
	dir, err := os.OpenRoot(root)
	if err != nil {
		return nil, 0, core.Errorf(core.Invalid, "%s", told(err, path))
	}
	defer dir.Close()
	file, err := dir.OpenFile(rel, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe would wait for a writer
	if err != nil {
		return nil, 0, core.Errorf(core.Invalid, "%s", told(err, path))
	}
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		file.Close()
		return nil, 0, core.Errorf(core.Invalid, "%s is not a regular file", path)
	}
	return file, info.Size(), nil
}

// told words an error of the file system as the engine does, with the whole path.
func told(err error, path string) string {
	reason := err
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		reason = e.Err
	}
	return "stat " + path + ": " + strings.TrimSpace(reason.Error())
}
