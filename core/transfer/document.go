package transfer

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"slices"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/bundlev2"
	"ekuiper-console/core/parcel"
	"ekuiper-console/core/plan"
)

// Format is a form of the document.
type Format uint8

// The formats.
const (
	JSON   Format = iota // a bundle
	V2                   // the engine's second form, in YAML
	Detect               // V2 where the text looks like it, else JSON
)

var formatNames = [...]string{JSON: "json", V2: "yaml", Detect: "auto"}

// MarshalText writes json, yaml or auto.
func (f Format) MarshalText() ([]byte, error) { return []byte(formatNames[f]), nil }

// UnmarshalText reads what MarshalText writes.
func (f *Format) UnmarshalText(text []byte) error {
	i := slices.Index(formatNames[:], string(text))
	if i < 0 {
		return core.Errorf(core.Invalid, "%q is not a format: use json, yaml or auto", text)
	}
	*f = Format(i)
	return nil
}

// formats say how a document is read, and in the engine's words that it cannot be.
var formats = [...]struct {
	decode func(data []byte, tell func(done int)) (*bundle.Bundle, []string, error)
	words  string
}{
	JSON: {bundle.DecodeTelling, "configuration unmarshal with error "},
	V2: {func(data []byte, _ func(int)) (*bundle.Bundle, []string, error) {
		return bundlev2.Decode(data)
	}, "import failed: "},
}

// document is a decoded document.
type document struct {
	bundle  *bundle.Bundle
	unknown []string
	sum     string // SHA-256 of the text, hexadecimal; empty for a revision
	loose   bool   // the texts of its entries are written anew, so that only their meaning counts

	view *view // what it said last; nil to remember nothing

	artifacts map[core.Ref]plan.Artifact // of a revision: the files that it had
}

// decode reads a document; its error is in the engine's words. Tell is called from time to
// time with how many bytes are done with.
func decode(f Format, data []byte, tell func(done int)) (document, error) {
	if f == Detect {
		f = JSON
		if bundlev2.Is(data) {
			f = V2
		}
	}
	sum := make(chan string, 1) // large documents take long to sum, and there is another core
	go func() { sum <- sumOf(data) }()
	b, unknown, err := formats[f].decode(data, tell)
	if err == nil {
		doc := document{bundle: b.Settle(), unknown: unknown, sum: <-sum, loose: f == V2}
		if tell != nil {
			tell(len(data))
		}
		return doc, nil
	}
	wrapped := core.Errorf(core.Invalid, "%s%w", formats[f].words, err)
	if e, ok := errors.AsType[*bundle.SyntaxError](err); ok {
		return document{}, core.WithHint(wrapped, "the trouble is at "+e.Place()+"; nothing was changed")
	}
	return document{}, wrapped
}

// Readable returns an Invalid error, in the engine's words, for a document that is no
// bundle. Whether an archive is one is seen when it is unpacked.
func Readable(f Format, data []byte) error {
	if parcel.Is(data) {
		return nil
	}
	_, err := decode(f, data, nil)
	return err
}

// sumOf returns the SHA-256 of a document, in hexadecimal.
func sumOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// keep takes out what is of other kinds. Their sections are unknown from then on.
func (d *document) keep(kinds []core.Kind) {
	kept := &bundle.Bundle{}
	for _, kind := range core.DocumentOrder() {
		if !slices.Contains(kinds, kind) && d.bundle.Count(kind) > 0 {
			d.unknown = append(d.unknown, kind.Key())
		}
	}
	for _, kind := range kinds {
		for name, text := range d.bundle.Section(kind) {
			kept.Set(core.Ref{Kind: kind, Name: name}, text)
		}
	}
	d.bundle = kept
}

// over returns what the document says to a node that holds current.
func (d *document) over(req Request, current *bundle.Bundle) (*bundle.Bundle, masked) {
	if d.view == nil {
		return d.say(req, current)
	}
	if d.view.over != current {
		next, lost := d.say(req, current)
		*d.view = view{current, next, lost}
	}
	return d.view.next, d.view.lost
}

// view is what the document of a request says over one state.
type view struct {
	over, next *bundle.Bundle
	lost       masked
}

// say is over without a memory.
func (d *document) say(req Request, current *bundle.Bundle) (*bundle.Bundle, masked) {
	if d.sum == "" { // a revision comes back as it was, but where it was masked by the node
		if req.Node == Local {
			return d.bundle, nil
		}
		return req.reveal(current, d.bundle, hiding(d.bundle))
	}
	full, unresolved := req.filled(current, d.bundle)
	doubtful := hiding(full)
	shown, starred := req.reveal(current, full, doubtful)
	next, lost := unmask(req.Node, current, shown, doubtful)
	for ref, findings := range starred {
		lost[ref] = append(findings, lost[ref]...)
	}
	maps.Copy(lost, unresolved)
	if d.loose {
		next = settle(current, next)
	}
	return next, lost
}

// settle gives the entries that say what is there already the text that is there. The
// bundle itself stays as it was.
func settle(current, next *bundle.Bundle) *bundle.Bundle {
	settled := &bundle.Bundle{}
	for _, kind := range core.InstallOrder() {
		for name, text := range next.Section(kind) {
			ref := core.Ref{Kind: kind, Name: name}
			if old, ok := current.Get(ref); ok && bundlev2.Same(kind, old, text) {
				text = old
			}
			settled.Set(ref, text)
		}
	}
	return settled
}
