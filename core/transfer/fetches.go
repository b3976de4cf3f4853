package transfer

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sync"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/depot"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/resource"
)

// How many files an import has in its hands at once. Reading one and bringing it to the
// disk take turns: while some wait for the disk others are read.
const (
	parallelFiles    = 16 // on their way from the network to the disk
	parallelFetches  = 4  // of which so many are read
	parallelInspects = 4  // looked into; a program is in memory meanwhile
)

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
	past  map[core.Ref]plan.Artifact // of a revision that is brought back: the files that it had
	meter meter

	// trouble is why our own disk took no file, if it did not: that says nothing of the
	// entry that names it.
	trouble error
}

// fetched is a file that was read, or why it could not be.
type fetched struct {
	depot.Item
	err error
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

// job is an address with the entries that name it.
type job struct {
	uri   string
	files []file
	known bool // whether it was read before
	fetched
	found []found // in its entries
}

// get reads files that were not read before, and looks into them. It returns early when
// the context ends.
func (f *fetches) get(ctx context.Context, files []file) {
	if f.done == nil {
		f.done, f.found = map[string]fetched{}, map[core.Ref]found{}
	}
	jobs := f.jobs(files)
	f.do(ctx, jobs)
	for _, j := range jobs {
		f.done[j.uri] = j.fetched
		if core.CodeOf(j.err) == core.Unwritable {
			f.trouble = j.err
		}
		for i, found := range j.found {
			f.found[j.files[i].ref] = found
		}
	}
}

// jobs returns what is left to do about files, by address.
func (f *fetches) jobs(files []file) []*job {
	var jobs []*job
	at := map[string]*job{}
	for _, file := range files {
		read, known := f.done[file.uri]
		if _, found := f.found[file.ref]; known && (found || read.err != nil) {
			continue
		}
		j, ok := at[file.uri]
		if !ok {
			j = &job{uri: file.uri, known: known, fetched: read}
			at[file.uri], jobs = j, append(jobs, j)
		}
		j.files = append(j.files, file)
	}
	return jobs
}

// turns bounds how many do something at once.
type turns chan struct{}

// take waits for a turn. The function it returns gives the turn back, once.
func (t turns) take() (give func()) {
	t <- struct{}{}
	return sync.OnceFunc(func() { <-t })
}

// do does some jobs at a time.
func (f *fetches) do(ctx context.Context, jobs []*job) {
	unread := 0
	for _, j := range jobs {
		if !j.known {
			unread++
		}
	}
	if unread > 0 {
		f.meter.begin(unread)
	}
	under, reading, looking := make(turns, parallelFiles), make(turns, parallelFetches), make(turns, parallelInspects)
	var wg sync.WaitGroup
	for _, j := range jobs {
		give := under.take()
		wg.Go(func() {
			defer give()
			if !j.known {
				d := f.meter.file()
				j.Item, j.err = f.read(ctx, j.uri, d, reading)
				d.end()
			}
			if j.err == nil {
				j.found = f.inspectAll(ctx, j.files, j.Item, looking)
			}
		})
	}
	wg.Wait()
}

// read keeps the file of an address, unless it came with the document. It has its turn
// for as long as there is something to read.
func (f *fetches) read(ctx context.Context, uri string, d *download, reading turns) (depot.Item, error) {
	if err := ctx.Err(); err != nil {
		return depot.Item{}, err
	}
	if sha, ok := f.given[uri]; ok {
		return f.kept(sha)
	}
	give := reading.take()
	defer give()
	r, err := f.open.Open(ctx, uri, d.moved)
	if err != nil {
		return depot.Item{}, err
	}
	defer r.Close()
	if f.depot != nil {
		return f.depot.Put(ctx, &ending{r, give})
	}
	if _, err := io.Copy(io.Discard, r); err != nil {
		return depot.Item{}, fmt.Errorf("reading %s: %w", uri, err)
	}
	return depot.Item{}, nil
}

// ending is a reader that says when it comes to its end.
type ending struct {
	io.Reader
	end func()
}

// Read reads on.
func (e *ending) Read(p []byte) (int, error) {
	n, err := e.Reader.Read(p)
	if err != nil {
		e.end()
	}
	return n, err
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
