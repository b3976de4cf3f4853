package handlers

import (
	"bufio"
	"encoding/json"
	"math"
	"net/http"
	"strings"

	"ekuiper-console/core/audit"
	"ekuiper-console/web/views"
)

// eventsPerPage is how many events a page of the audit log shows.
const eventsPerPage = 50

// auditPage is GET /ui/audit.
func (s *Server) auditPage(w http.ResponseWriter, r *http.Request) error {
	q, err := auditQuery(r)
	if err != nil {
		return err
	}
	q.Limit = eventsPerPage + 1
	events, err := s.Audit.List(r.Context(), callerOf(r), q)
	if err != nil {
		return err
	}
	p := views.AuditPage{Layout: s.layout(r), Query: q, Events: events, More: len(events) > eventsPerPage}
	p.Events = events[:min(len(events), eventsPerPage)]
	s.show(w, r, http.StatusOK, p)
	return nil
}

// auditDownload is GET /ui/audit/download.
func (s *Server) auditDownload(w http.ResponseWriter, r *http.Request) error {
	q, err := auditQuery(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", `attachment; filename="audit.jsonl"`)
	return s.sendEvents(w, r, q)
}

// auditQuery reads which events are wanted.
func auditQuery(r *http.Request) (audit.Query, error) {
	q, err := readQuery(r, "action", "caller", "q", "before", "limit")
	if err != nil {
		return audit.Query{}, err
	}
	action, err := audit.ParseAction(q["action"])
	if err != nil {
		return audit.Query{}, err
	}
	before, err := q.number("before", 0, 1, math.MaxInt)
	if err != nil {
		return audit.Query{}, err
	}
	limit, err := q.number("limit", audit.DefaultLimit, 1, audit.MaxLimit)
	return audit.Query{
		Action: action, Caller: strings.TrimSpace(q["caller"]), Text: strings.TrimSpace(q["q"]), Before: int64(before), Limit: limit,
	}, err
}

// sendEvents sends all events that a query is for as JSON lines, the newest first. Where
// it breaks off, the connection does too, so that nobody takes a part for the whole.
func (s *Server) sendEvents(w http.ResponseWriter, r *http.Request, q audit.Query) error {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "application/jsonl")
	out := bufio.NewWriterSize(w, 64<<10)
	enc, sent := json.NewEncoder(out), false
	enc.SetEscapeHTML(false)
	for e, err := range s.Audit.All(r.Context(), callerOf(r), q) {
		switch {
		case err != nil && !sent:
			return err
		case err != nil:
			s.Log.ErrorContext(r.Context(), "audit log not sent", "error", err)
			panic(http.ErrAbortHandler)
		}
		sent = true
		if err := enc.Encode(e); err != nil {
			return nil // the client is gone
		}
	}
	_ = out.Flush() // the client is gone
	return nil
}
