package handlers

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// note is what is known of a request from its first moment on.
type note struct {
	id    string // in the answer, the log and the error
	https bool   // whether the client speaks https, to us or to a proxy that we trust
	route string // as the table of routes has it; empty until it is found
}

type noteKey struct{}

// noteOf returns the note of a request; an empty one where there is none.
func noteOf(ctx context.Context) *note {
	if n, ok := ctx.Value(noteKey{}).(*note); ok {
		return n
	}
	return &note{}
}

// requestID is the header that carries the id of a request, both ways.
const requestID = "X-Request-Id"

// saneID is an id that may be taken over from a client: it ends up in logs.
var saneID = regexp.MustCompile(`^[A-Za-z0-9._-]{8,64}$`)

// noted gives a request its note and tells the client the id. Behind a proxy that is
// trusted, the request is from now on that of the client before it.
func (s *Server) noted(w http.ResponseWriter, r *http.Request) *http.Request {
	n := &note{id: r.Header.Get(requestID)}
	if !saneID.MatchString(n.id) {
		n.id = rand.Text()
	}
	w.Header().Set(requestID, n.id)
	noted := r.WithContext(context.WithValue(r.Context(), noteKey{}, n))
	noted.RemoteAddr, n.https = s.client(r)
	return noted
}

// client returns where a request came from, and whether it came by https.
func (s *Server) client(r *http.Request) (addr string, https bool) {
	addr, https = r.RemoteAddr, r.TLS != nil
	peer, ok := address(addr)
	if !ok || !s.trusts(peer) {
		return addr, https
	}
	schemes := listed(r.Header, "X-Forwarded-Proto")
	https = https || len(schemes) > 0 && strings.EqualFold(schemes[len(schemes)-1], "https")
	// Whoever comes first in the list may have written whatever comes before them.
	for _, hop := range slices.Backward(listed(r.Header, "X-Forwarded-For")) {
		from, ok := address(hop)
		if !ok {
			break
		}
		addr = from.String()
		if !s.trusts(from) {
			break
		}
	}
	return addr, https
}

// trusts reports whether a proxy may say whom it speaks for.
func (s *Server) trusts(proxy netip.Addr) bool {
	return slices.ContainsFunc(s.Proxies, func(p netip.Prefix) bool { return p.Contains(proxy) })
}

// address reads an IP address that may have a port.
func address(text string) (netip.Addr, bool) {
	if with, err := netip.ParseAddrPort(text); err == nil {
		return with.Addr().Unmap(), true
	}
	addr, err := netip.ParseAddr(strings.Trim(text, "[]"))
	return addr.Unmap(), err == nil
}

// listed returns the elements of a header that is a list.
func listed(h http.Header, name string) []string {
	var all []string
	for one := range strings.SplitSeq(strings.Join(h.Values(name), ","), ",") {
		if one = strings.TrimSpace(one); one != "" {
			all = append(all, one)
		}
	}
	return all
}

// LogHandler adds to each record the id of the request that it is about.
func LogHandler(next slog.Handler) slog.Handler { return logHandler{next} }

type logHandler struct{ slog.Handler }

// Handle passes a record on.
func (h logHandler) Handle(ctx context.Context, rec slog.Record) error {
	if id := noteOf(ctx).id; id != "" {
		rec.AddAttrs(slog.String("request", id))
	}
	return h.Handler.Handle(ctx, rec)
}

// WithAttrs returns the handler for a logger with attributes.
func (h logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return logHandler{h.Handler.WithAttrs(attrs)}
}

// WithGroup returns the handler for a logger with a group.
func (h logHandler) WithGroup(name string) slog.Handler { return logHandler{h.Handler.WithGroup(name)} }
