package handlers

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/web/views"
)

// What a page asks of a node that may take long: it waits a moment, and then tells when it
// is done.
const (
	pulling   = "pull"
	comparing = "compare"
	backingUp = "backup"
)

// send does something of a node, and waits a moment for its end.
func (s *Server) send(r *http.Request, what, node string, do func(ctx context.Context) error) (done bool, err error) {
	return s.Errands.Do(r.Context(), what+" "+node, patience, do)
}

// errand returns what a page at an address says of what it has asked of a node.
func (s *Server) errand(what, node, page string) views.Waiting {
	if s.Errands.Under(what + " " + node) {
		return views.Waiting{Page: page, Events: views.NodePath(node) + "/events?" + url.Values{"of": {what}}.Encode()}
	}
	over, err := s.Errands.Told(what + " " + node)
	return views.Waiting{Over: over, Err: err}
}

// nodeEvents is GET /ui/nodes/{name}/events: it sends an event, called over, once what is
// asked of the node, and named by the parameter of, is not under way any more.
func (s *Server) nodeEvents(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	go func() {
		select {
		case <-s.Ending:
			cancel()
		case <-ctx.Done():
		}
	}()
	out := newEvents(w)
	if err := out.send("moved", ""); err != nil {
		return nil // the browser has gone
	}
	s.Errands.Wait(ctx, value(r, "of")+" "+param(r, "name"))
	if ctx.Err() == nil {
		_ = out.send("over", "") // or the browser has gone
	}
	return nil
}

// mostWait bounds how long an answer to a program waits for a node: for what it holds, and
// for an import into it that is under way.
const mostWait = 2 * time.Minute

// bounded does something of a node, and waits no longer than that: then it is a Busy error.
func bounded(r *http.Request, node string, do func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(r.Context(), mostWait)
	defer cancel()
	err := do(ctx)
	if err != nil && ctx.Err() != nil && r.Context().Err() == nil {
		return core.WithHint(core.Errorf(core.Busy, "%s was not read within %v: it is busy, or somebody imports into it", node, mostWait), "try again in some minutes")
	}
	return err
}
