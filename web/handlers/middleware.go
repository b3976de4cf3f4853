package handlers

import (
	"crypto/rand"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/a-h/templ"
	"github.com/go-chi/chi/v5/middleware"
)

// secured sets the headers that keep a browser from doing with a page what is not
// meant, and gives each page the nonce of its scripts and of the styles they add.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		nonce := rand.Text()
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'self'; script-src 'self' 'nonce-"+nonce+"'; style-src 'self' 'nonce-"+nonce+"'; "+
			"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		if noteOf(r.Context()).https {
			h.Set("Strict-Transport-Security", "max-age=31536000") // a year
		}
		next.ServeHTTP(w, r.WithContext(templ.WithNonce(r.Context(), nonce)))
	})
}

// logged writes a line for every request, and answers for a handler that panics. It
// writes neither queries nor headers nor bodies, which may hold secrets.
func (s *Server) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		r = s.noted(w, r)
		seen := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
		defer func() {
			p := recover()
			if p == http.ErrAbortHandler {
				panic(p)
			}
			if p != nil {
				s.brokeOff(seen, r, p)
			}
			status, took := max(seen.Status(), http.StatusOK), time.Since(began)
			s.Metrics.Request(r.Method, noteOf(r.Context()).route, status, took)
			s.Log.InfoContext(r.Context(), "request", "method", r.Method, "path", r.URL.Path, "from", r.RemoteAddr,
				"status", status, "bytes", seen.BytesWritten(), "took", took.Round(time.Microsecond))
		}()
		next.ServeHTTP(seen, r)
	})
}

// brokeOff answers for a handler that panicked.
func (s *Server) brokeOff(w middleware.WrapResponseWriter, r *http.Request, p any) {
	s.Log.ErrorContext(r.Context(), "handler broke off", "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
	if w.Status() == 0 {
		writeJSON(w, http.StatusInternalServerError, errorBody{
			Error: numberUndefined, Message: "a fault of the console; its log tells more", Request: noteOf(r.Context()).id,
		})
	}
}
