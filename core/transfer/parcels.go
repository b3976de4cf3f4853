package transfer

import (
	"context"
	"fmt"
	"io"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/depot"
	"ekuiper-console/core/parcel"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/resource"
)

// Pack writes an export with all the files that its entries name, as one archive that can
// be imported without a network. A file that was not kept is a Conflict error that
// names it, and then nothing is written.
func (s *Service) Pack(ctx context.Context, by core.Caller, req ExportRequest, w io.Writer) error {
	snapshot, err := s.Export(ctx, by, req.Node)
	if err != nil {
		return err
	}
	x, err := s.Compose(ctx, by, req)
	if err != nil {
		return err
	}
	files, err := packed(x.Bundle, snapshot.Artifacts)
	if err != nil {
		return err
	}
	for _, f := range files {
		if !s.Depot.Has(f.SHA256) {
			return core.Errorf(core.Conflict, "the file of %s is no longer among the artifacts (%s)", f.Address, f.SHA256)
		}
	}
	doc, err := x.Bundle.MarshalJSON()
	if err != nil {
		return fmt.Errorf("writing the document: %w", err)
	}
	m := parcel.Manifest{Node: req.Node, Revision: x.Revision, Created: s.now().UTC(), Files: files}
	return parcel.Write(w, m, doc, func(sha string) (io.ReadCloser, error) {
		content, err := s.Depot.Open(sha)
		if err != nil {
			return nil, err
		}
		return content, nil
	})
}

// packed returns the files that the entries of a bundle name, each address once.
func packed(b *bundle.Bundle, kept map[core.Ref]plan.Artifact) ([]parcel.File, error) {
	var files []parcel.File
	at := map[string]int{}
	for _, f := range named(b) {
		a, ok := kept[f.ref]
		if !ok {
			return nil, core.WithHint(core.Errorf(core.Conflict, "the file of %v (%s) was not kept", f.ref, f.uri),
				"import the entry again while its address can be reached, or export without the files")
		}
		i, ok := at[a.Address]
		if !ok {
			i = len(files)
			at[a.Address] = i
			files = append(files, parcel.File{Address: a.Address, SHA256: a.SHA256, Size: a.Size})
		}
		if files[i].SHA256 != a.SHA256 {
			return nil, core.Errorf(core.Conflict, "%s gave %v and %v different files: export them one after the other", a.Address, files[i].Entries[0], f.ref)
		}
		files[i].Entries = append(files[i].Entries, f.ref)
	}
	return files, nil
}

// named returns the files that the entries of a bundle name by address.
func named(b *bundle.Bundle) []file {
	var files []file
	for _, kind := range core.InstallOrder() {
		if !kindsWithFiles[kind] {
			continue
		}
		for _, name := range b.Names(kind) {
			ref := core.Ref{Kind: kind, Name: name}
			text, _ := b.Get(ref)
			r, _ := resource.Decode(ref, text)
			if l, ok := r.(located); ok && l.URI() != "" {
				files = append(files, file{ref, l.URI(), r})
			}
		}
	}
	return files
}

// kindsWithFiles are the kinds whose entries may name a file.
var kindsWithFiles = map[core.Kind]bool{
	core.Upload: true, core.NativePlugin: true, core.PortablePlugin: true, core.Service: true, core.Schema: true,
}

// Brought is a document as somebody brings it.
type Brought struct {
	Text  []byte
	Files map[string]string // the hashes of the files that came with it, by address
}

// Unpack keeps the files of an archive that Pack wrote, and returns its document. It
// takes an operator. An archive that is not whole, or was altered, is an Invalid error
// that says where.
func (s *Service) Unpack(ctx context.Context, by core.Caller, r io.ReaderAt, size int64) (Brought, error) {
	if err := by.Require(core.Operator); err != nil {
		return Brought{}, err
	}
	return s.unpack(ctx, r, size)
}

func (s *Service) unpack(ctx context.Context, r io.ReaderAt, size int64) (Brought, error) {
	if s.Depot == nil {
		return Brought{}, core.Errorf(core.Invalid, "files are not kept here, and so a bundle that brings them cannot be read")
	}
	p, err := parcel.Open(r, size, s.maxDocument())
	if err != nil {
		return Brought{}, err
	}
	err = p.Keep(func(content io.Reader) (string, error) {
		item, err := s.Depot.Put(ctx, content)
		return item.SHA256, err
	})
	if err != nil {
		return Brought{}, err
	}
	files := make(map[string]string, len(p.Files))
	for _, f := range p.Files {
		files[f.Address] = f.SHA256
	}
	return Brought{p.Document, files}, nil
}

// Take reads a document as it was brought: as it stands, or unpacked where it is an
// archive that Pack wrote. It takes an operator.
func (s *Service) Take(ctx context.Context, by core.Caller, r io.ReaderAt, size int64) (Brought, error) {
	var start [4]byte
	if n, _ := r.ReadAt(start[:], 0); parcel.Is(start[:n]) {
		return s.Unpack(ctx, by, r, size)
	}
	if size > s.maxDocument() {
		return Brought{}, core.WithHint(core.Errorf(core.TooLarge, "the document is over the limit of %d bytes", s.maxDocument()), LargerHint)
	}
	text, err := io.ReadAll(io.NewSectionReader(r, 0, size))
	if err != nil {
		return Brought{}, fmt.Errorf("reading the document: %w", err)
	}
	return Brought{Text: text}, nil
}

// MaxParcel bounds a document that comes with its files, in bytes.
const MaxParcel = 4 << 30

// Artifact opens a file that was kept. One that is not there is a NotFound error.
func (s *Service) Artifact(ctx context.Context, by core.Caller, sha256 string) (*depot.File, error) {
	if err := by.Require(core.Viewer); err != nil {
		return nil, err
	}
	return s.Depot.Open(sha256)
}

// Artifacts returns the files that were kept of the entries that a node holds now.
func (s *Service) Artifacts(ctx context.Context, by core.Caller, node string) (map[core.Ref]plan.Artifact, error) {
	snapshot, err := s.Export(ctx, by, node)
	return snapshot.Artifacts, err
}
