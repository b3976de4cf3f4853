package handlers

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"ekuiper-console/core"
	"ekuiper-console/core/account"
	"ekuiper-console/web/views"
)

// engineError is an error in the engine's form, where that differs from what the code
// alone would give: its status, its number and its words.
type engineError struct {
	status, number int
	err            error
}

// Error returns the message.
func (e *engineError) Error() string { return e.err.Error() }

// Unwrap returns the error as our own code made it.
func (e *engineError) Unwrap() error { return e.err }

// The engine's numbers of errors that its clients look at.
const (
	numberUndefined = 1000
	numberNotFound  = 1002
	numberStream    = 3000
)

// statuses are the HTTP statuses of our codes.
var statuses = map[core.Code]int{
	core.Internal:        http.StatusInternalServerError,
	core.Invalid:         http.StatusBadRequest,
	core.NotFound:        http.StatusNotFound,
	core.Conflict:        http.StatusConflict,
	core.Unauthenticated: http.StatusUnauthorized,
	core.Forbidden:       http.StatusForbidden,
	core.Cancelled:       http.StatusConflict,
	core.TooLarge:        http.StatusRequestEntityTooLarge,
	core.Busy:            http.StatusServiceUnavailable,
	core.Limited:         http.StatusTooManyRequests,
	core.Unwritable:      http.StatusInsufficientStorage,
	core.Unreachable:     http.StatusBadGateway,
}

var errCrossOrigin = core.WithHint(
	core.Errorf(core.Forbidden, "a page of another origin sent this request"),
	"send it from a page of the console, or from a script without an Origin header")

// errorBody is how the engine tells an error, with our hint beside it.
type errorBody struct {
	Error    int            `json:"error"`
	Message  string         `json:"message"`
	Hint     string         `json:"hint,omitempty"`
	Request  string         `json:"request,omitempty"`  // the id under which the log tells of it
	Findings []core.Finding `json:"findings,omitempty"` // of the entries that an import rejected, with their places
	Warnings []core.Finding `json:"warnings,omitempty"`
}

// told makes an http.HandlerFunc of a handler. It is the one place where an error
// becomes an answer: a page for a browser, JSON for a script.
func (s *Server) told(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.tell(w, r, err)
		}
	}
}

func (s *Server) tell(w http.ResponseWriter, r *http.Request, err error) {
	status, number := statuses[core.CodeOf(err)], numberUndefined
	if status == http.StatusNotFound {
		number = numberNotFound
	}
	if e, ok := errors.AsType[*engineError](err); ok {
		status, number = e.status, e.number
	}
	message, hint := err.Error(), core.HintOf(err)
	if status == http.StatusInternalServerError || status == http.StatusInsufficientStorage {
		s.Log.ErrorContext(r.Context(), "request failed", "method", r.Method, "path", r.URL.Path, "error", err)
	}
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="eKuiper Console"`)
	}
	if status == http.StatusRequestTimeout {
		w.Header().Set("Connection", "close") // the rest of the body is not waited for
	}
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", busySeconds)
	}
	retryAfter(w, err)
	id := noteOf(r.Context()).id
	if strings.HasPrefix(r.URL.Path, "/ui/") {
		s.show(w, r, status, views.ErrorPage{Layout: s.layout(r), Status: status, Message: message, Hint: hint, Request: id})
		return
	}
	body := errorBody{Error: number, Message: message, Hint: hint, Request: id}
	if f, ok := errors.AsType[*failedImport](err); ok {
		body.Findings, body.Warnings = f.faults, f.warnings
	}
	writeJSON(w, status, body)
}

// busySeconds is when a client may try again that was sent away because too much is under way.
const busySeconds = "5"

// retryAfter tells the client of a Limited error when to try again, and returns how long
// that is; 0 for any other error.
func retryAfter(w http.ResponseWriter, err error) time.Duration {
	wait, ok := errors.AsType[*account.WaitError](err)
	if !ok {
		return 0
	}
	seconds := (wait.For + time.Second - 1) / time.Second
	w.Header().Set("Retry-After", strconv.Itoa(int(seconds)))
	return seconds * time.Second
}

// SessionFault answers where the session of a request cannot be read or kept.
func (s *Server) SessionFault(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() == nil { // else the browser has gone, and nobody waits
		s.tell(w, r, fmt.Errorf("keeping you signed in: %w", err))
	}
}

// notFound answers what no route is for.
func (s *Server) notFound(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/ui/") {
		s.session(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s.tell(w, withCaller(r, s.sessionCaller(r)), core.Errorf(core.NotFound, "there is no page %s", r.URL.Path))
		})).ServeHTTP(w, r)
		return
	}
	http.NotFound(w, r)
}

// show renders a page.
func (s *Server) show(w http.ResponseWriter, r *http.Request, status int, page templ.Component) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	ctx := views.WithLanguage(r.Context(), string(languageOf(r)), r.Header.Get("Accept-Language"))
	if err := page.Render(ctx, w); err != nil {
		s.Log.WarnContext(ctx, "page not sent", "path", r.URL.Path, "error", err)
	}
}

// writeJSON answers with a value as JSON. Only <, > and & in keys and strings of our
// own shapes stand as they are: nothing here is put into a page.
func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // the client is gone
}

// ok answers 200 with a value as JSON, or returns the error.
func ok[T any](w http.ResponseWriter, v T, err error) error {
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, v)
	return nil
}

// writeText answers 200 with a sentence.
func writeText(w http.ResponseWriter, text string) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, text) // the client is gone
	return nil
}
