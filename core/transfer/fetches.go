package transfer

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"

	"ekuiper-console/core"
	"ekuiper-console/core/artifact"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/depot"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/resource"
)

// parallelFetches bounds how many files an import reads at once.
const parallelFetches = 4

// located is an entry whose content is in a file.
type located interface {
	resource.Resource
	URI() string // empty where it is in the entry after all
}

// file is a file that an entry needs.
type file struct {
	ref      core.Ref
	uri      string
	resource resource.Resource
}

// fetches keeps what came of reading the files of one import, each address once.
type fetches struct {
	open  Fetcher
	depot *depot.Store      // nil where files are read and not kept
	given map[string]string // hashes of files that came with the document, by address
	done  map[string]fetched
	found map[core.Ref]found

	progress func(done, total int) // told of every file; may be nil
}

// fetched is a file that was read, or why it could not be.
type fetched struct {
	depot.Item
	err error
}

// found is what was found in the file of an entry.
type found struct {
	artifact *plan.Artifact
	findings []core.Finding
}

// wanted returns the files of the entries that an import would write.
func wanted(mode plan.Mode, current, next *bundle.Bundle, leave []core.Ref) []file {
	var files []file
	left := make(map[core.Ref]bool, len(leave))
	for _, ref := range leave {
		left[ref] = true
	}
	for ref, text := range next.All() {
		if ref.Kind >= core.Script {
			break // in install order no later kind has files
		}
		if stays(mode, current, ref, text) || left[ref] {
			continue
		}
		r, findings := resource.Check(ref, text, resource.Scope{})
		if l, ok := r.(located); ok && !faulty(findings) && l.URI() != "" {
			files = append(files, file{ref, l.URI(), r})
		}
	}
	return files
}

// given returns those files that came with the document.
func given(files []file, hashes map[string]string) []file {
	return slices.DeleteFunc(files, func(f file) bool { return hashes[f.uri] == "" })
}

// get reads files that were not read before, and looks into them. It returns early when
// the context ends.
func (f *fetches) get(ctx context.Context, files []file) {
	if f.done == nil {
		f.done, f.found = map[string]fetched{}, map[core.Ref]found{}
	}
	f.readAll(ctx, f.unread(files))
	for _, file := range files {
		if _, known := f.found[file.ref]; !known && f.done[file.uri].err == nil {
			f.found[file.ref] = f.inspect(ctx, file)
		}
	}
}

// unread returns the addresses that were not read before.
func (f *fetches) unread(files []file) []string {
	var todo []string
	for _, file := range files {
		if _, known := f.done[file.uri]; !known {
			f.done[file.uri] = fetched{}
			todo = append(todo, file.uri)
		}
	}
	return todo
}

// readAll reads some addresses at a time.
func (f *fetches) readAll(ctx context.Context, todo []string) {
	var read atomic.Int64
	results := make([]fetched, len(todo))
	slots := make(chan struct{}, parallelFetches)
	var wg sync.WaitGroup
	for i, uri := range todo {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			f.tell(int(read.Load()), len(todo))
			results[i].Item, results[i].err = f.read(ctx, uri)
			f.tell(int(read.Add(1)), len(todo))
		})
	}
	wg.Wait()
	for i, uri := range todo {
		f.done[uri] = results[i]
	}
}

// tell tells how many files were read.
func (f *fetches) tell(done, total int) {
	if f.progress != nil {
		f.progress(done, total)
	}
}

// read keeps the file of an address, unless it came with the document.
func (f *fetches) read(ctx context.Context, uri string) (depot.Item, error) {
	if err := ctx.Err(); err != nil {
		return depot.Item{}, err
	}
	if sha, ok := f.given[uri]; ok {
		return f.kept(sha)
	}
	r, err := f.open.Open(ctx, uri)
	if err != nil {
		return depot.Item{}, err
	}
	defer r.Close()
	if f.depot != nil {
		return f.depot.Put(ctx, r)
	}
	if _, err := io.Copy(io.Discard, r); err != nil {
		return depot.Item{}, fmt.Errorf("reading %s: %w", uri, err)
	}
	return depot.Item{}, nil
}

// kept returns a file that came with the document.
func (f *fetches) kept(sha string) (depot.Item, error) {
	content, err := f.depot.Open(sha)
	if err != nil {
		return depot.Item{}, err
	}
	defer content.Close()
	return depot.Item{SHA256: sha, Size: content.Size}, nil
}

// findings tells why the file of an entry could not be had, in the engine's words, or
// what is to be said of what is in it.
func (f *fetches) findings(ref core.Ref, uri string) []core.Finding {
	err := f.done[uri].err
	if err == nil {
		return f.found[ref].findings
	}
	msg := err.Error()
	if ref.Kind != core.Schema && ref.Kind != core.Upload {
		msg = "fail to download file " + uri + ": " + msg
	}
	hint := core.HintOf(err)
	if hint == "" {
		hint = "make the file available at this address, then import the entry again"
	}
	return []core.Finding{{Severity: core.Fault, Ref: ref, Message: msg, Hint: hint, Offset: -1}}
}

func faulty(findings []core.Finding) bool {
	for _, f := range findings {
		if f.Severity == core.Fault {
			return true
		}
	}
	return false
}

// inspect looks into the file of an entry. Without a place to keep files nobody has.
func (f *fetches) inspect(ctx context.Context, file file) found {
	want, ok := artifact.WantOf(file.ref, file.resource)
	if f.depot == nil || !ok {
		return found{}
	}
	item := f.done[file.uri].Item
	content, err := f.depot.Open(item.SHA256)
	if err != nil {
		return refused(file.ref, err)
	}
	defer content.Close()
	in, err := artifact.Inspect(ctx, content, item.Size, want)
	if err != nil {
		return refused(file.ref, err)
	}
	text, err := json.Marshal(in)
	if err != nil {
		return refused(file.ref, err)
	}
	return found{&plan.Artifact{
		Address: file.uri, SHA256: item.SHA256, Size: item.Size, Provides: core.Provides(in.Provides), Contents: text,
	}, in.Findings}
}

// refused is what was found in a file that an engine would not take.
func refused(ref core.Ref, err error) found {
	return found{findings: []core.Finding{{Severity: core.Fault, Ref: ref, Message: err.Error(), Hint: core.HintOf(err), Offset: -1}}}
}
