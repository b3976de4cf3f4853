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
		next.ServeHTTP(w, r.WithContext(templ.WithNonce(r.Context(), nonce)))
	})
}

// logged writes a line for every request, and answers for a handler that panics.
func (s *Server) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		seen := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
		defer func() {
			p := recover()
			if p == http.ErrAbortHandler {
				panic(p)
			}
			if p != nil {
				s.Log.ErrorContext(r.Context(), "handler broke off", "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
				if seen.Status() == 0 {
					writeJSON(seen, http.StatusInternalServerError, errorBody{Error: numberUndefined, Message: "a fault of the console; its log tells more"})
				}
			}
			s.Log.InfoContext(r.Context(), "request", "method", r.Method, "path", r.URL.Path, "from", r.RemoteAddr,
				"status", max(seen.Status(), http.StatusOK), "bytes", seen.BytesWritten(), "took", time.Since(began).Round(time.Microsecond))
		}()
		next.ServeHTTP(seen, r)
	})
}
