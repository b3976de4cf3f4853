package transfer

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/parcel"
	"ekuiper-console/core/plan"
)

// Request is an import that somebody wants.
type Request struct {
	Node     string
	Document []byte            // the bundle as it was given
	Format   Format            // of the document
	Address  string            // where it is, in place of Document
	Files    map[string]string // hashes of files that came with the document, by address; see Unpack
	Restores int64             // the revision to bring back, in place of a document; the mode is then full
	Mode     plan.Mode
	Kinds    []core.Kind // what of the document counts; none means all
	Leave    []core.Ref  // entries that stay as they are, whatever the bundle says
	Atomic   bool        // apply nothing unless all is accepted
	NoFetch  bool        // for a preview: take it that every file can be had
	NoDelete bool        // refuse, with a Conflict error, to delete anything
	Plan     string      // the hash of the plan that somebody looked at; another one is a Conflict error
	Note     string      // what history shall say of it
	Task     string      // the id of the task that does it, if one does

	// Rollback brings back what the node held before, where it does not do all as planned.
	Rollback bool
	// Restart has the node restarted where what is imported comes into use only then.
	Restart bool

	// Variables are what stands in place of ${name}, on a node that runs elsewhere. They
	// are filled in by the service.
	Variables map[string]string
	unread    bool // the files that entries name are for the node to read

	// Fresh makes a preview of what the node holds now an Unreachable error where the node
	// does not answer, in place of a plan that is stale.
	Fresh bool
	// Approve, where it is set, is shown every plan before it is applied. Its error ends the
	// import, and nothing is written.
	Approve func(*plan.Plan) error
	// Hold, where it is set, is called when nothing is left but to write. Its error
	// ends the import, and nothing is written.
	Hold func() error
	// Begins, where it is set, is called before anything is sent to a node that runs
	// elsewhere: from then on it is not known what that holds, until it was read back. Its
	// error ends the import, and nothing is written.
	Begins func() error
	// Progress, where it is set, is told how far the import has come.
	Progress func(Progress)
}

// Stage is what an import is doing.
type Stage string

// The stages, in order.
const (
	Reading    Stage = "reading"
	Checking   Stage = "checking"
	Fetching   Stage = "fetching" // counts files and bytes
	Committing Stage = "committing"
	Done       Stage = "done"       // written; what became of every entry is put together
	Restarting Stage = "restarting" // waits for a node that was told to; of most imports no stage
)

// Stages returns the stages of an import in order.
func Stages() []Stage { return []Stage{Reading, Fetching, Checking, Committing, Done} }

// report tells what the import does now.
func (r *Request) report(stage Stage) {
	if r.Progress != nil {
		r.Progress(Progress{Stage: stage})
	}
}

// checking tells how many entries were checked.
func (r *Request) checking(done, total int) {
	if r.Progress != nil {
		r.Progress(Progress{Stage: Checking, Done: done, Total: total})
	}
}

// committing tells how many changes were written.
func (r *Request) committing(done, total int) {
	if r.Progress != nil {
		r.Progress(Progress{Stage: Committing, Done: done, Total: total})
	}
}

// Result is what became of an import.
type Result struct {
	*plan.Outcome
	Report *bundle.Bundle // the message of every rejected entry; empty means complete success
}

// Failed reports whether any entry was rejected, or a restart went wrong.
func (r *Result) Failed() bool { return len(r.Rejected) > 0 || r.Undone }

// maxAttempts bounds how often an import is planned anew because another process
// wrote meanwhile.
const maxAttempts = 5

// Preview returns what an import would do. It needs the role of an operator, since
// it reads the files that the bundle names. A document that is no bundle is an
// Invalid error that wraps a *bundle.SyntaxError.
func (s *Service) Preview(ctx context.Context, by core.Caller, req Request) (*plan.Plan, error) {
	if err := s.admit(ctx, by, req); err != nil {
		return nil, err
	}
	err := s.fresh(ctx, by, &req)
	stale := ""
	if !req.Fresh {
		stale, err = staleness(err)
	}
	if err != nil {
		return nil, err
	}
	in := intake{room: s.Room}
	defer in.end()
	doc, err := s.load(ctx, &req, &in)
	if err != nil {
		return nil, err
	}
	p, err := s.plan(ctx, req, doc, &fetches{open: s.Fetch, depot: s.Depot, given: req.Files})
	if err != nil {
		return nil, err
	}
	p.Stale = stale
	return p, nil
}

// Import brings a document into a node, in one transaction. Entries that are
// rejected are no error: the result names them. It is an error, and nothing is
// written, when the document is no bundle (Invalid, wrapping a *bundle.SyntaxError)
// or when Hold or the context ends it.
func (s *Service) Import(ctx context.Context, by core.Caller, req Request) (*Result, error) {
	if err := s.admit(ctx, by, req); err != nil {
		return nil, err
	}
	began := s.now()
	result, err := s.bring(ctx, by, &req)
	if err == nil {
		s.rollback(ctx, by, req, result)
	}
	s.observe(began, req, result, err)
	if untold := s.tellUnwritten(ctx, by, req, result, err); untold != nil {
		return nil, errors.Join(err, untold)
	}
	return result, err
}

// bring does what Import promises. It takes the document out of the request once that is
// read: what is large need not stay in memory beside what was read from it.
func (s *Service) bring(ctx context.Context, by core.Caller, whole *Request) (*Result, error) {
	whole.report(Reading)
	if err := s.fresh(ctx, by, whole); err != nil {
		return nil, err
	}
	in := intake{tell: whole.Progress, room: s.Room}
	defer in.end()
	doc, err := s.load(ctx, whole, &in)
	whole.Document = nil
	req := *whole
	if err != nil {
		return nil, s.unreadable(ctx, req, err)
	}
	doc.view = &view{} // all that follows is one request
	files := &fetches{open: s.Fetch, depot: s.Depot, given: req.Files, meter: meter{tell: req.Progress}}
	if err := s.prefetch(ctx, req, doc, files); err != nil {
		return nil, err
	}
	unlock, err := s.lock(ctx, req.Node)
	if err != nil {
		return nil, err
	}
	defer unlock()
	for attempt := 1; ; attempt++ {
		p, err := s.plan(ctx, req, doc, files)
		if err != nil {
			return nil, err
		}
		result, err := s.apply(ctx, by, req, doc, p)
		if core.CodeOf(err) != core.Conflict || attempt == maxAttempts {
			return result, err
		}
		req.Hold = nil // it is held already
	}
}

// admit refuses what need not be looked at.
func (s *Service) admit(ctx context.Context, by core.Caller, req Request) error {
	if err := by.Require(core.Operator); err != nil {
		return err
	}
	return s.known(ctx, req.Node)
}

// load reads and decodes the document of a request, or the revision that it restores.
func (s *Service) load(ctx context.Context, req *Request, in *intake) (document, error) {
	if req.Restores > 0 {
		req.Mode, req.NoFetch = plan.Full, true
		past, err := s.Journal.At(ctx, req.Node, req.Restores)
		return document{bundle: past.Bundle, artifacts: past.Artifacts}, err
	}
	if req.Address != "" {
		data, err := s.read(ctx, req.Address, in)
		if err != nil {
			return document{}, err
		}
		req.Document, req.Address = data, ""
	}
	if parcel.Is(req.Document) {
		brought, err := s.unpack(ctx, bytes.NewReader(req.Document), int64(len(req.Document)))
		if err != nil {
			return document{}, err
		}
		req.Document, req.Files = brought.Text, brought.Files
	}
	in.size = int64(len(req.Document))
	doc, err := decode(req.Format, req.Document, in.decoded)
	if err == nil && len(req.Kinds) > 0 {
		doc.keep(req.Kinds)
	}
	return doc, err
}

// WholeBundle is the name under which the report tells of a document that could not
// be read, in the section where the trouble is, else among the streams.
const WholeBundle = "(bundle)"

// unreadable keeps the error of a document that cannot be read, or is no bundle, as the
// report of the last import, and returns it.
func (s *Service) unreadable(ctx context.Context, req Request, cause error) error {
	if req.Restores > 0 || errors.Is(cause, ErrNoRoom) {
		return cause
	}
	ref := core.Ref{Kind: core.Stream}
	if e, ok := errors.AsType[*bundle.SyntaxError](cause); ok && e.InSection {
		ref = e.Ref
	}
	if ref.Name == "" {
		ref.Name = WholeBundle
	}
	report := &bundle.Bundle{}
	report.Set(ref, cause.Error())
	return errors.Join(cause, s.Nodes.Record(ctx, req.Node, report))
}

// prefetch reads the files that the import will need, before its turn comes.
func (s *Service) prefetch(ctx context.Context, req Request, doc document, files *fetches) error {
	if req.NoFetch {
		return nil
	}
	current, err := s.Nodes.Snapshot(ctx, req.Node)
	if err != nil {
		return fmt.Errorf("reading %s: %w", req.Node, err)
	}
	next, _ := doc.over(req, current.Bundle)
	files.get(ctx, wanted(req.Mode, current.Bundle, next, req.Leave))
	return files.trouble
}

// apply writes a plan, or only its report where the plan is not to be applied.
func (s *Service) apply(ctx context.Context, by core.Caller, req Request, doc document, p *plan.Plan) (*Result, error) {
	if req.Approve != nil {
		if err := req.Approve(p); err != nil {
			return nil, err
		}
	}
	result := &Result{Outcome: p.Outcome(req.Atomic), Report: p.Report()}
	if req.Hold != nil {
		if err := req.Hold(); err != nil {
			return nil, err
		}
	}
	if (req.Atomic || req.blocked(p)) && result.Failed() {
		result.Atomic = true
		result.Applied = []plan.Done{}
		return result, s.Nodes.Record(ctx, req.Node, result.Report)
	}
	req.report(Committing)
	c := &plan.Commit{
		Node: req.Node, Plan: p, By: by, Time: s.now(), Document: doc.sum,
		Note: req.Note, Task: req.Task, Restores: req.Restores, Report: result.Report,
		Progress: req.committing, Begins: req.Begins, Waits: func() { req.report(Restarting) },
	}
	revision, err := s.Nodes.Commit(ctx, c)
	if err != nil {
		return nil, err
	}
	req.report(Done)
	result.Correct(p, c.Deviations)
	result.Revision, result.Written = revision.Number, revision.Number != p.Base.Revision
	return result, nil
}
