package handlers

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
	"ekuiper-console/web/views"
)

// eventsPerPage is how many events a page of the audit log shows.
const eventsPerPage = 50

// auditPage is GET /ui/audit.
func (s *Server) auditPage(w http.ResponseWriter, r *http.Request) error {
	q, err := auditQuery(r.URL.Query())
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
	q, err := auditQuery(r.URL.Query())
	if err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", `attachment; filename="audit.jsonl"`)
	return s.sendEvents(w, r, q)
}

// auditQuery reads which events are wanted.
func auditQuery(values url.Values) (q audit.Query, err error) {
	q.Caller, q.Text = strings.TrimSpace(values.Get("caller")), strings.TrimSpace(values.Get("q"))
	if q.Action, err = audit.ParseAction(values.Get("action")); err != nil {
		return q, err
	}
	if q.Before, err = number(values, "before"); err != nil {
		return q, err
	}
	limit, err := number(values, "limit")
	q.Limit = int(min(limit, audit.MaxLimit))
	return q, err
}

// number reads a number of a query that is not negative; 0 where there is none.
func number(values url.Values, name string) (int64, error) {
	text := values.Get(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, core.Errorf(core.Invalid, "%s=%s is no number that counts", name, text)
	}
	return n, nil
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
