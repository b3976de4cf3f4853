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
	"os"
	"path"

	"ekuiper-console/core"
	"ekuiper-console/core/disk"
)

// maxManifest bounds a manifest, in bytes: it has a line of about 200 for each file.
const maxManifest = 64 << 20

// Unpack takes the archive in a file out into a folder, which must be empty; it is made
// where it is absent. Every file is compared with the manifest. An archive that is
// damaged, or is none, is an Invalid error, and the folder is empty again.
func Unpack(ctx context.Context, file, dir string) (Manifest, error) {
	z, err := zip.OpenReader(file)
	if errors.Is(err, zip.ErrFormat) {
		return Manifest{}, core.WithHint(core.Errorf(core.Invalid, "%s is no backup, or was cut off", file), "make backups with: console backup FILE")
	}
	if err != nil {
		return Manifest{}, fmt.Errorf("opening the backup: %w", err)
	}
	defer z.Close()
	m, err := manifestOf(&z.Reader)
	if err != nil {
		return m, err
	}
	root, err := emptyFolder(dir)
	if err != nil {
		return m, err
	}
	defer root.Close()
	if err := unpackAll(ctx, &z.Reader, m, root); err != nil {
		return m, errors.Join(err, emptied(root))
	}
	return m, nil
}

// damaged is the error of an archive that is not what was written.
func damaged(format string, args ...any) error {
	return core.WithHint(core.Errorf(core.Invalid, "the backup is damaged: "+format, args...), "take another one")
}

// manifestOf reads the manifest, which names all other parts.
func manifestOf(z *zip.Reader) (m Manifest, err error) {
	part, err := z.Open(manifestName)
	if err != nil {
		return m, damaged("it has no manifest")
	}
	defer part.Close()
	if err := json.NewDecoder(io.LimitReader(part, maxManifest)).Decode(&m); err != nil {
		return m, damaged("its manifest cannot be read: %w", err)
	}
	switch {
	case m.Format > format:
		return m, core.WithHint(core.Errorf(core.Conflict, "a newer program, %s, has written the backup", m.Version), "restore it with that program")
	case m.Format != format || len(m.Files) == 0 || m.Files[0].Name != Store:
		return m, damaged("its manifest names no store")
	}
	for _, f := range m.Files[1:] {
		if !others.MatchString(f.Name) || path.Dir(path.Dir(f.Name)) == "artifacts" && path.Base(f.Name) != f.SHA256 {
			return m, damaged("its manifest has the name %q", f.Name)
		}
	}
	return m, nil
}

// emptyFolder opens a folder and makes sure that it is empty.
func emptyFolder(dir string) (*os.Root, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, disk.Told("making the data folder", err)
	}
	there, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("looking into the data folder: %w", err)
	}
	if len(there) > 0 {
		return nil, core.WithHint(core.Errorf(core.Conflict, "%s is not empty: it has %s", dir, there[0].Name()), "give a new folder with --data")
	}
	return os.OpenRoot(dir)
}

// emptied removes what was taken out so far.
func emptied(root *os.Root) error {
	var errs []error
	for _, name := range append([]string{Store}, besides...) {
		errs = append(errs, root.RemoveAll(name))
	}
	return errors.Join(errs...)
}

// unpackAll takes all parts out, the store last: a folder without it is no console.
func unpackAll(ctx context.Context, z *zip.Reader, m Manifest, root *os.Root) error {
	for i := len(m.Files) - 1; i >= 0; i-- {
		if err := unpack(ctx, z, m.Files[i], root); err != nil {
			return err
		}
	}
	return nil
}

// unpack takes one part out.
func unpack(ctx context.Context, z *zip.Reader, f File, root *os.Root) error {
	part, err := z.Open(f.Name)
	if err != nil {
		return damaged("%s is missing", f.Name)
	}
	defer part.Close()
	if err := root.MkdirAll(path.Dir(f.Name), 0o700); err != nil {
		return disk.Told("restoring "+f.Name, err)
	}
	to, err := root.OpenFile(f.Name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return disk.Told("restoring "+f.Name, err)
	}
	defer to.Close()
	hash := sha256.New()
	// One byte more than there should be shows that there is more.
	size, err := io.Copy(io.MultiWriter(to, hash), io.LimitReader(interruptible{ctx, part}, f.Size+1))
	switch {
	case errors.Is(err, zip.ErrChecksum) || errors.Is(err, io.ErrUnexpectedEOF):
		return damaged("%s: %w", f.Name, err)
	case err != nil:
		return disk.Told("restoring "+f.Name, err)
	case size != f.Size || hex.EncodeToString(hash.Sum(nil)) != f.SHA256:
		return damaged("%s is not what was written", f.Name)
	}
	return disk.Told("restoring "+f.Name, to.Sync())
}
