package artifact

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"ekuiper-console/core"
)

// The limits of an archive. Those of plugins that exist are far below.
const (
	maxEntries   = 10_000
	maxUnpacked  = 2 << 30   // bytes of all files
	maxRatio     = 200       // unpacked to packed bytes, of a file and of all,
	ratioFrom    = 1 << 20   // where there are more unpacked bytes than this
	maxName      = 1000      // bytes
	maxDepth     = 32        // folders in one another
	maxDirectory = 8 << 20   // bytes of the archive's list of entries
	maxText      = 1 << 20   // bytes of a descriptor
	maxProgram   = 128 << 20 // bytes of a program that is looked into
)

// archive is a zip archive of which no entry is over a limit or leads elsewhere.
type archive struct {
	entries  []*zip.File // in their order, folders too
	files    map[string]*zip.File
	count    int   // of files
	unpacked int64 // bytes of all files, as the archive claims; no file gives more
	verified map[*zip.File]bool
}

// openArchive reads the list of entries and refuses the archive for any that is unsafe.
// An engine passes over some of those; but what has one is no archive of a plugin.
func openArchive(file *io.SectionReader) (*archive, error) {
	list := &budget{ReaderAt: file, left: maxDirectory}
	reader, err := zip.NewReader(list, file.Size())
	switch {
	case errors.Is(err, errBudget) || err == nil && len(reader.File) > maxEntries:
		return nil, tooLarge("the archive has more than %d entries", maxEntries)
	case err != nil:
		return nil, core.WithHint(core.Errorf(core.Invalid, "%w", err), "see that the address leads to a zip archive, and that it is whole")
	}
	list.lifted = true
	a := &archive{entries: reader.File, files: map[string]*zip.File{}, verified: map[*zip.File]bool{}}
	seen := map[string]bool{}
	packed := uint64(0)
	for _, f := range reader.File {
		if err := a.admit(f, uint64(file.Size()), seen); err != nil {
			return nil, err
		}
		packed += f.CompressedSize64
	}
	switch {
	case packed > uint64(file.Size()):
		return nil, unsafe("the entries of the archive overlap")
	case a.unpacked > ratioFrom && a.unpacked/maxRatio > file.Size():
		return nil, tooLarge("the archive unpacks to more than %d times its size", maxRatio)
	}
	return a, nil
}

// admit adds an entry that is safe.
func (a *archive) admit(f *zip.File, size uint64, seen map[string]bool) error {
	if why := unsafeName(f.Name); why != "" {
		return unsafe("entry %.200q: %s", f.Name, why)
	}
	name := path.Clean(f.Name)
	folder := f.Mode().IsDir()
	switch {
	case seen[name]:
		return unsafe("entry %s: it is there twice", f.Name)
	case !folder && !f.Mode().IsRegular():
		return unsafe("entry %s: it is no regular file", f.Name)
	case f.Flags&1 != 0:
		return unsafe("entry %s: it is encrypted", f.Name)
	case f.CompressedSize64 > size:
		return unsafe("entry %s: it is longer than the archive", f.Name)
	case f.UncompressedSize64 > uint64(maxUnpacked-a.unpacked):
		return tooLarge("entry %s: the archive unpacks to more than %d bytes", f.Name, int64(maxUnpacked))
	case f.UncompressedSize64 > ratioFrom && f.UncompressedSize64/maxRatio > f.CompressedSize64:
		return tooLarge("entry %s: it unpacks to more than %d times its size", f.Name, maxRatio)
	}
	seen[name] = true
	a.unpacked += int64(f.UncompressedSize64)
	if !folder {
		a.count++
		a.files[f.Name] = f
	}
	return nil
}

// unsafeName says what is wrong with the name of an entry, or nothing.
func unsafeName(name string) string {
	switch {
	case !utf8.ValidString(name):
		return "its name is not UTF-8"
	case len(name) > maxName:
		return "its name is too long"
	case strings.ContainsFunc(name, unicode.IsControl):
		return "its name has a control character"
	case strings.Contains(name, `\`):
		return "its name has a backslash"
	case path.IsAbs(name) || len(name) > 1 && name[1] == ':':
		return "its name is an absolute path"
	case path.Clean(name) == ".":
		return "it has no name"
	case strings.Count(name, "/") > maxDepth:
		return "it lies too deep"
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == ".." {
			return "its name leads out of the archive"
		}
	}
	return ""
}

func unsafe(format string, args ...any) error {
	return core.WithHint(core.Errorf(core.Invalid, format, args...), "pack the archive anew, with nothing but regular files and folders")
}

func tooLarge(format string, args ...any) error {
	return core.WithHint(core.Errorf(core.TooLarge, format, args...), "pack the archive anew, with nothing but what the plugin or service needs")
}

// content returns a file's content, which must not be longer than max.
func (a *archive) content(ctx context.Context, f *zip.File, max uint64) ([]byte, error) {
	if f.UncompressedSize64 > max {
		return nil, tooLarge("entry %s: it is longer than %d bytes", f.Name, max)
	}
	var buf bytes.Buffer
	buf.Grow(int(f.UncompressedSize64) + bytes.MinRead) // the ratio was checked
	if err := a.copy(ctx, &buf, f); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// verify reads the files that were not read before, so that damage is found.
func (a *archive) verify(ctx context.Context) error {
	for _, f := range a.entries {
		if a.verified[f] || f.Mode().IsDir() {
			continue
		}
		if err := a.copy(ctx, io.Discard, f); err != nil {
			return err
		}
	}
	return nil
}

// copy unpacks a file.
func (a *archive) copy(ctx context.Context, w io.Writer, f *zip.File) error {
	r, err := f.Open()
	if err != nil {
		return core.Errorf(core.Invalid, "entry %s: %w", f.Name, err)
	}
	defer r.Close()
	if _, err := io.Copy(w, &interruptible{ctx, r}); err != nil {
		return core.Errorf(core.Invalid, "entry %s: %w", f.Name, err)
	}
	a.verified[f] = true
	return nil
}

// open returns the content of a text in the archive, as a resolver of imports wants it.
func (a *archive) open(ctx context.Context, name string) (string, error) {
	f, ok := a.files[name]
	if !ok {
		return "", &fs.PathError{Op: "open", Path: name, Err: errNoFile}
	}
	data, err := a.content(ctx, f, maxProto)
	return string(data), err
}

// errNoFile is fs.ErrNotExist in the words of an engine's system.
var errNoFile = errors.New("no such file or directory")

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

// errBudget ends the reading of a list of entries that is too long.
var errBudget = errors.New("the list of entries is too long")

// budget is a reader that gives no more than some bytes until it is lifted. The list of
// entries is kept in memory, and what the archive says of its length may be a lie.
type budget struct {
	io.ReaderAt
	left   int
	lifted bool
}

// ReadAt reads on while there is something left.
func (b *budget) ReadAt(p []byte, off int64) (int, error) {
	n, err := b.ReaderAt.ReadAt(p, off)
	if b.left -= n; b.left < 0 && !b.lifted {
		return 0, errBudget
	}
	return n, err
}
