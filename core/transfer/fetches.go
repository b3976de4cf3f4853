package transfer

import (
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
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
	ref core.Ref
	uri string
}

// fetches keeps what came of reading the files of one import, each address once.
type fetches struct {
	open Fetcher
	done map[string]error // by address

	progress func(done, total int) // told of every file; may be nil
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
			files = append(files, file{ref, l.URI()})
		}
	}
	return files
}

// get reads files that were not read before. It returns early when the context ends.
func (f *fetches) get(ctx context.Context, files []file) {
	if f.done == nil {
		f.done = map[string]error{}
	}
	var todo []string
	for _, file := range files {
		if _, known := f.done[file.uri]; !known {
			f.done[file.uri] = nil
			todo = append(todo, file.uri)
		}
	}
	var read atomic.Int64
	errs := make([]error, len(todo))
	slots := make(chan struct{}, parallelFetches)
	var wg sync.WaitGroup
	for i, uri := range todo {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			f.tell(int(read.Load()), len(todo))
			errs[i] = f.read(ctx, uri)
			f.tell(int(read.Add(1)), len(todo))
		})
	}
	wg.Wait()
	for i, uri := range todo {
		f.done[uri] = errs[i]
	}
}

// tell tells how many files were read.
func (f *fetches) tell(done, total int) {
	if f.progress != nil {
		f.progress(done, total)
	}
}

// read reads a file to its end.
func (f *fetches) read(ctx context.Context, uri string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	r, err := f.open.Open(ctx, uri)
	if err != nil {
		return err
	}
	defer r.Close()
	if _, err := io.Copy(io.Discard, r); err != nil {
		return fmt.Errorf("reading %s: %w", uri, err)
	}
	return nil
}

// finding tells why the file of an entry could not be had, in the engine's words.
func (f *fetches) finding(ref core.Ref, uri string) (core.Finding, bool) {
	err := f.done[uri]
	if err == nil {
		return core.Finding{}, false
	}
	msg := err.Error()
	if ref.Kind != core.Schema && ref.Kind != core.Upload {
		msg = "fail to download file " + uri + ": " + msg
	}
	hint := core.HintOf(err)
	if hint == "" {
		hint = "make the file available at this address, then import the entry again"
	}
	return core.Finding{Severity: core.Fault, Ref: ref, Message: msg, Hint: hint, Offset: -1}, true
}

func faulty(findings []core.Finding) bool {
	for _, f := range findings {
		if f.Severity == core.Fault {
			return true
		}
	}
	return false
}
