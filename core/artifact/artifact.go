// Package artifact looks into the files that entries name: the archives of plugins,
// services and schemas, and uploads. It says what is in them, and refuses what an engine
// could not install or what is made to do harm. Nothing is written to a disk, and nothing
// is run.
package artifact

import (
	"context"
	"errors"
	"io"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/resource"
)

// Want is what an entry promises of its file.
type Want struct {
	Ref        core.Ref
	Name       string   // under which the archive must have its parts
	Functions  []string // of a native plugin for functions; empty means one, called Name
	ShellParas []string // of a plugin's install.sh
	SchemaType string   // of a schema: protobuf or custom
	Archive    bool     // whether the file must be a zip archive
}

// WantOf returns what a decoded entry promises of its file. It reports false where its
// kind has no files.
func WantOf(ref core.Ref, r resource.Resource) (Want, bool) {
	switch r := r.(type) {
	case *resource.Plugin:
		return Want{Ref: ref, Name: strings.TrimSpace(r.Name), Functions: r.Functions, ShellParas: r.ShellParas, Archive: true}, true
	case *resource.Service:
		return Want{Ref: ref, Name: r.Name, Archive: true}, true
	case *resource.Schema:
		return Want{Ref: ref, Name: r.Name, SchemaType: r.Type, Archive: strings.HasSuffix(r.File, ".zip")}, true
	case *resource.Upload:
		return Want{Ref: ref, Name: r.Name}, true
	}
	return Want{}, false
}

// Contents is what a file holds.
type Contents struct {
	Files int   `json:"files"` // how many files an archive has; 1 for what is no archive
	Bytes int64 `json:"bytes"` // how long they are, unpacked
	Text  bool  `json:"text,omitempty"`

	Version  string   `json:"version,omitempty"`
	Language string   `json:"language,omitempty"` // of a portable plugin: go or python
	Platform string   `json:"platform,omitempty"` // what its program is built for, such as linux/arm64
	Build    *Build   `json:"build,omitempty"`
	Provides Provides `json:"provides,omitzero"`

	Interfaces []Interface `json:"interfaces,omitempty"` // of a service
	Messages   []string    `json:"messages,omitempty"`   // of a protobuf schema

	Notes    []string       `json:"notes,omitempty"`    // what is good to know, and nobody's fault
	Findings []core.Finding `json:"findings,omitempty"` // warnings
}

// Build is what a Go program says about how it was built.
type Build struct {
	Go     string `json:"go"`               // version of Go, such as go1.24.2
	Engine string `json:"engine,omitempty"` // version of eKuiper that it was built with
}

// Provides is what a plugin or a service brings to rules and streams.
type Provides struct {
	Sources   []string `json:"sources,omitempty"`
	Sinks     []string `json:"sinks,omitempty"`
	Functions []string `json:"functions,omitempty"`
}

// Interface is one interface of a service.
type Interface struct {
	Name      string   `json:"name"`
	Address   string   `json:"address"`
	Protocol  string   `json:"protocol"`         // rest, grpc or msgpack-rpc
	Schema    string   `json:"schema,omitempty"` // the file of its schema
	Functions []string `json:"functions,omitempty"`
}

// Inspect looks into the file of an entry. It fails where an engine would not take the
// file, in the engine's words, and where it is over a limit or made to do harm: Invalid
// or TooLarge, with a hint where there is a remedy. What an engine takes although it is
// doubtful is a warning among the contents. With the error come the contents as far as they
// are known, unless the context has ended.
func Inspect(ctx context.Context, r io.ReaderAt, size int64, want Want) (*Contents, error) {
	i := &inspection{ctx: ctx, want: want, file: io.NewSectionReader(r, 0, size)}
	err := i.run()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err == nil:
		return &i.Contents, nil
	case want.Ref.Kind == core.NativePlugin || want.Ref.Kind == core.PortablePlugin:
		return &i.Contents, core.Errorf(codeOf(err), "fail to install plugin: %w", err)
	}
	return &i.Contents, core.Errorf(codeOf(err), "%w", err)
}

// codeOf returns the code of an error. One without is of a library that could not read
// the file.
func codeOf(err error) core.Code {
	if e, ok := errors.AsType[*core.Error](err); ok {
		return e.Code
	}
	return core.Invalid
}

// inspection is one run of Inspect.
type inspection struct {
	Contents
	ctx  context.Context
	want Want
	file *io.SectionReader
	zip  *archive // nil where the file is none
}

// inspectors look into archives, by kind.
var inspectors = map[core.Kind]func(*inspection) error{
	core.NativePlugin:   (*inspection).native,
	core.PortablePlugin: (*inspection).portable,
	core.Service:        (*inspection).service,
	core.Schema:         (*inspection).schemaArchive,
}

func (i *inspection) run() error {
	if !i.want.Archive {
		return i.single()
	}
	zip, err := openArchive(i.file)
	if err != nil {
		return err
	}
	i.zip, i.Files, i.Bytes = zip, zip.count, zip.unpacked
	if inspect := inspectors[i.want.Ref.Kind]; inspect != nil {
		if err := inspect(i); err != nil {
			return err
		}
	}
	return zip.verify(i.ctx)
}

// note adds something that is good to know.
func (i *inspection) note(text string) { i.Notes = append(i.Notes, text) }

// warn adds a warning.
func (i *inspection) warn(hint, format string, args ...any) {
	message := core.Errorf(core.Invalid, format, args...).Error()
	i.Findings = append(i.Findings, core.Finding{Severity: core.Warn, Ref: i.want.Ref, Message: message, Hint: hint, Offset: -1})
}
