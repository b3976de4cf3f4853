package parcel

import (
	"archive/zip"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"ekuiper-console/core"
)

// Manifest says what is in a parcel.
type Manifest struct {
	Format   int       `json:"format"`   // Format
	Node     string    `json:"node"`     // where it was exported
	Revision int64     `json:"revision"` // of the node then
	Created  time.Time `json:"created"`
	Files    []File    `json:"files"`
}

// File is a file that entries of the bundle name.
type File struct {
	Address string     `json:"address"` // as the entries have it
	SHA256  string     `json:"sha256"`  // of the content, hexadecimal
	Size    int64      `json:"size"`    // in bytes
	Entries []core.Ref `json:"entries"` // that name it
}

// Format is the version of the archive's layout.
const Format = 1

// The names in the archive.
const (
	documentName = "bundle.json"
	manifestName = "manifest.json"
	folder       = "artifacts/"
)

// MaxFiles bounds the files of a parcel.
const MaxFiles = 10_000

// maxManifest bounds the manifest, in bytes.
const maxManifest = 64 << 20

// Is reports whether data begins like a parcel: as a zip archive, which no document does.
func Is(data []byte) bool { return bytes.HasPrefix(data, []byte("PK\x03\x04")) }

// Write writes a parcel. Open returns the content of a file by its hash. A content is
// stored once, however many addresses lead to it.
func Write(w io.Writer, m Manifest, document []byte, open func(sha256 string) (io.ReadCloser, error)) error {
	m.Format = Format
	manifest, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return fmt.Errorf("writing the manifest: %w", err)
	}
	z := zip.NewWriter(w)
	for _, part := range []struct {
		name string
		data []byte
	}{{documentName, document}, {manifestName, manifest}} {
		if err := add(z, part.name, m.Created, zip.Deflate, bytes.NewReader(part.data)); err != nil {
			return err
		}
	}
	written := map[string]bool{}
	for _, f := range m.Files {
		if written[f.SHA256] {
			continue
		}
		written[f.SHA256] = true
		if err := addFile(z, m.Created, f, open); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("ending the archive: %w", err)
	}
	return nil
}

func addFile(z *zip.Writer, at time.Time, f File, open func(string) (io.ReadCloser, error)) error {
	content, err := open(f.SHA256)
	if err != nil {
		return fmt.Errorf("opening the file of %s: %w", f.Address, err)
	}
	defer content.Close()
	// Most are archives themselves, which do not get smaller.
	return add(z, folder+f.SHA256, at, zip.Store, content)
}

func add(z *zip.Writer, name string, at time.Time, method uint16, content io.Reader) error {
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: at})
	if err == nil {
		_, err = io.Copy(w, content)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return nil
}

// Parcel is an archive that was opened. Its document and manifest were read; the files are
// read as they are asked for.
type Parcel struct {
	Manifest
	Document []byte
	files    map[string]*zip.File // by hash
}

// Open reads a parcel. It is an Invalid error that names what is wrong when the archive
// is none, when the document or the manifest is missing, or when a file that the manifest
// names is not there. The document may have up to limit bytes.
func Open(r io.ReaderAt, size, limit int64) (*Parcel, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, invalid("it is no zip archive that can be read: %v", err)
	}
	p := &Parcel{files: map[string]*zip.File{}}
	var document, manifest *zip.File
	for _, f := range z.File {
		switch name := f.Name; {
		case name == documentName && document == nil:
			document = f
		case name == manifestName && manifest == nil:
			manifest = f
		case len(name) == len(folder)+64 && name[:len(folder)] == folder:
			p.files[name[len(folder):]] = f
		default:
			return nil, invalid("%q does not belong there", name)
		}
	}
	if p.Document, err = readPart(document, documentName, limit); err != nil {
		return nil, err
	}
	text, err := readPart(manifest, manifestName, maxManifest)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &p.Manifest); err != nil {
		return nil, invalid("%s cannot be read: %v", manifestName, err)
	}
	return p, p.check()
}

func invalid(format string, args ...any) error {
	err := core.Errorf(core.Invalid, "the archive is no self-contained bundle: "+format, args...)
	return core.WithHint(err, "export it again with --self-contained; nothing was changed")
}

// readPart reads a small part of the archive.
func readPart(f *zip.File, name string, limit int64) ([]byte, error) {
	if f == nil {
		return nil, invalid("%s is missing", name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, invalid("%s cannot be read: %v", name, err)
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, invalid("%s cannot be read: %v", name, err)
	}
	if int64(len(data)) > limit {
		return nil, core.Errorf(core.TooLarge, "%s is over the limit of %d bytes", name, limit)
	}
	return data, nil
}

// check holds the manifest against the archive.
func (p *Parcel) check() error {
	if p.Format != Format {
		return invalid("its format is %d, this console reads %d", p.Format, Format)
	}
	if len(p.Files) > MaxFiles {
		return invalid("it has more than %d files", MaxFiles)
	}
	for _, f := range p.Files {
		stored, ok := p.files[f.SHA256]
		switch sum, err := hex.DecodeString(f.SHA256); {
		case err != nil || len(sum) != 32:
			return invalid("the hash %q of %s is none", f.SHA256, f.Address)
		case !ok:
			return invalid("the file of %s is missing (%s%s)", f.Address, folder, f.SHA256)
		case stored.UncompressedSize64 != uint64(f.Size):
			return invalid("the file of %s has %d bytes, the manifest says %d", f.Address, stored.UncompressedSize64, f.Size)
		}
	}
	return nil
}

// Keep hands the content of every file to put, each content once, and compares the hash
// that put returns. An altered file is an Invalid error that names it.
func (p *Parcel) Keep(put func(io.Reader) (sha256 string, err error)) error {
	kept := map[string]bool{}
	for _, f := range p.Files {
		if kept[f.SHA256] {
			continue
		}
		kept[f.SHA256] = true
		if err := p.keep(f, put); err != nil {
			return err
		}
	}
	return nil
}

func (p *Parcel) keep(f File, put func(io.Reader) (string, error)) error {
	r, err := p.files[f.SHA256].Open()
	if err != nil {
		return invalid("the file of %s cannot be read: %v", f.Address, err)
	}
	defer r.Close()
	content := &watched{r: io.LimitReader(r, f.Size+1)}
	sum, err := put(content)
	switch {
	case content.err != nil:
		return invalid("the file of %s cannot be read: %v", f.Address, content.err)
	case err != nil:
		return fmt.Errorf("keeping the file of %s: %w", f.Address, err)
	case sum != f.SHA256:
		return invalid("the file of %s was altered: its hash is %s, the manifest says %s", f.Address, sum, f.SHA256)
	}
	return nil
}

// watched remembers the error of a reader, so that it can be told from one of the writer.
type watched struct {
	r   io.Reader
	err error
}

// Read reads on.
func (w *watched) Read(b []byte) (int, error) {
	n, err := w.r.Read(b)
	if err != nil && err != io.EOF {
		w.err = err
	}
	return n, err
}
