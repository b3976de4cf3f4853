package handlers

import (
	"context"
	"net/http"
	"strings"

	"ekuiper-console/core/transfer"
)

// heavy are the routes that take a document: few requests for them may be under way at
// once, and only their bodies may be large.
var heavy = map[string]bool{
	"POST /data/import":       true,
	"POST /async/data/import": true,
	"POST /v2/data/import":    true,
	"POST /ruleset/import":    true,
	"POST /api/v1/plan":       true,
	"POST /api/v1/import":     true,
	"POST /ui/import":         true,
	"POST /ui/import/{id}":    true,
	"POST /api/v1/rollouts":   true,
	"POST /ui/rollouts":       true,
}

// maxBody bounds the body of a request that takes no document, in bytes: a list of all
// the rules that somebody may have fits in.
const maxBody = 8 << 20

// bounded holds the requests of a route to what the route needs: the size of the body,
// and of a stream of events that it ends with the program.
func (s *Server) bounded(rt route, next http.Handler) http.Handler {
	takes := heavy[rt.method+" "+rt.path]
	endless := strings.HasSuffix(rt.path, "/events")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		noteOf(r.Context()).route = rt.path
		r.Body = http.MaxBytesReader(w, r.Body, s.limit(r, takes))
		if endless {
			ctx, cancel := s.untilEnd(r.Context())
			defer cancel()
			r = r.WithContext(ctx)
		}
		next.ServeHTTP(w, r)
	})
}

// limit returns how large the body of a request may be. A form may bring a bundle with
// its files, which go to temporary files and not into memory.
func (s *Server) limit(r *http.Request, takesDocument bool) int64 {
	switch {
	case !takesDocument:
		return maxBody
	case isMultipart(r):
		return transfer.MaxParcel
	}
	return s.maxDocument()
}

// untilEnd returns a context that is done when the program is about to end.
func (s *Server) untilEnd(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		select {
		case <-s.Ending:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// session gives a request its session. The cookie of one that came by https is sent by
// https only, and cannot be planted by another host.
func (s *Server) session(next http.Handler) http.Handler {
	plain := s.Sessions.LoadAndSave(next)
	guarded := *s.Sessions
	guarded.Cookie.Name, guarded.Cookie.Secure = "__Host-"+s.Sessions.Cookie.Name, true
	hidden := guarded.LoadAndSave(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if noteOf(r.Context()).https {
			hidden.ServeHTTP(w, r)
			return
		}
		plain.ServeHTTP(w, r)
	})
}
