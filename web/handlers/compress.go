package handlers

import (
	"compress/gzip"
	"net/http"
	"regexp"

	"github.com/go-chi/chi/v5/middleware"
)

// compressed sends what scripts ask for in fewer bytes where they say that they
// understand it. Whoever asks over the loopback has no line to save, and a part of a file
// is sent as it is. Pages are left as they are: together with what somebody else makes a
// browser send, the length of a compressed page can give away what is on it.
func compressed(next http.Handler) http.Handler {
	smaller := middleware.Compress(gzip.BestSpeed, "application/json", "application/yaml", "application/x-ndjson")(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Range") != "" || unwanted.MatchString(r.Header.Get("Accept-Encoding")) || local(r.RemoteAddr) {
			next.ServeHTTP(w, r)
			return
		}
		smaller.ServeHTTP(w, r)
	})
}

// unwanted is how a client says that it does not want a form: the middleware does not see it.
var unwanted = regexp.MustCompile(`(gzip|deflate)\s*;\s*q=0(\.0*)?\s*(,|$)`)

// local reports whether an address is of the loopback.
func local(from string) bool {
	addr, ok := address(from)
	return ok && addr.IsLoopback()
}
