package handlers

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/account"
	"ekuiper-console/core/audit"
)

type callerKey struct{}

// callerOf returns who sent a request; the zero Caller for nobody.
func callerOf(r *http.Request) core.Caller {
	by, _ := r.Context().Value(callerKey{}).(core.Caller)
	return by
}

func withCaller(r *http.Request, by core.Caller) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), callerKey{}, by))
}

// from returns what is known of who sent a request before they show who they are.
func from(r *http.Request, via string) core.Caller {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	return core.Caller{Via: via, Addr: host}
}

// withToken admits a caller of the REST API.
func (s *Server) withToken(rt route, next http.Handler) http.HandlerFunc {
	return s.told(func(w http.ResponseWriter, r *http.Request) error {
		by, scope, err := s.apiCaller(r)
		if err != nil {
			return err
		}
		r = withCaller(r, by)
		if err := by.Require(rt.role); err != nil {
			return s.refused(r, rt, err)
		}
		if !scope.Allows(scopes[rt.door]) {
			err := core.WithHint(core.Errorf(core.Forbidden, "%s is for %s only", by.Name, scope), "use a token without this restriction")
			return s.refused(r, rt, err)
		}
		next.ServeHTTP(w, r)
		return nil
	})
}

// refused writes down that a caller may not use a route, and returns why.
func (s *Server) refused(r *http.Request, rt route, why error) error {
	e := audit.New(time.Now(), callerOf(r), audit.Refused, rt.method+" "+rt.path).Ending(audit.Denied)
	if err := s.Audit.Record(r.Context(), e); err != nil {
		return err
	}
	return why
}

// record writes down what a caller did that changes nothing in the store.
func (s *Server) record(r *http.Request, a audit.Action, subject, detail string) error {
	return s.Audit.Record(r.Context(), audit.New(time.Now(), callerOf(r), a, subject).Saying(detail))
}

// apiCaller returns whom the token of a request stands for, and its scope. Where none is asked for,
// who sends none is an operator. But then a request must name the machine by its
// address, or at least not come from a browser: a page under a name that was made to
// lead here passes for one of ours.
func (s *Server) apiCaller(r *http.Request) (core.Caller, account.Scope, error) {
	header := r.Header.Get("Authorization")
	if !s.RESTAuth && header == "" {
		if !plainHost(r.Host) && (!s.AnyHost || fromBrowser(r)) {
			return core.Caller{}, "", core.WithHint(core.Errorf(core.Forbidden, "the host name %s is not this machine's address", r.Host),
				"without tokens the REST API answers only under an IP address or localhost")
		}
		by := from(r, "api")
		by.Name, by.Role = "anonymous", core.Operator
		return by, account.All, nil
	}
	secret, ok := secretIn(header)
	if !ok {
		return core.Caller{}, "", core.WithHint(core.Errorf(core.Unauthenticated, "missing_token"),
			"send the header Authorization: Bearer TOKEN; make a token with: console token add NAME")
	}
	if s.Keys != nil && account.Signed(secret) {
		by, err := s.Keys.Caller(r.Context(), from(r, "api"), secret)
		return by, account.All, err
	}
	return s.Tokens.Caller(r.Context(), from(r, "api"), secret)
}

// secretIn returns the token of an Authorization header. Clients of the engine send
// theirs as it stands.
func secretIn(header string) (secret string, ok bool) {
	if scheme, secret, _ := strings.Cut(header, " "); strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(secret), true
	}
	return header, account.Signed(header) && !strings.Contains(header, " ")
}

// fromBrowser reports whether a browser sent a request for a page.
func fromBrowser(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	return r.Header.Get("Origin") != "" || site != "" && site != "none"
}

// plainHost reports whether a Host header names an IP address or localhost.
func plainHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	return strings.EqualFold(strings.TrimSuffix(host, "."), "localhost") || net.ParseIP(host) != nil
}

// withSession admits a person who is signed in, and sends everybody else to sign in.
func (s *Server) withSession(rt route, next http.Handler) http.HandlerFunc {
	return s.told(func(w http.ResponseWriter, r *http.Request) error {
		by := s.sessionCaller(r)
		if by.Role == core.Nobody {
			return s.toSignIn(w, r)
		}
		r = s.visited(withCaller(r, by))
		if err := by.Require(rt.role); err != nil {
			s.tell(w, r, s.refused(r, rt, err))
			return nil
		}
		next.ServeHTTP(w, r)
		return nil
	})
}

// sessionCaller returns who is signed in, with the role of now.
func (s *Server) sessionCaller(r *http.Request) core.Caller {
	id := s.Sessions.GetString(r.Context(), sessionID)
	if id == "" {
		return core.Caller{}
	}
	by, err := s.SignedIn.Caller(r.Context(), from(r, "page"), id)
	if err != nil && core.CodeOf(err) != core.Unauthenticated {
		s.Log.ErrorContext(r.Context(), "session not read", "error", err)
	}
	return by
}

// toSignIn leads to the sign-in page, and back to where one wanted to go. While there
// is nobody who could sign in it leads to set-up.
func (s *Server) toSignIn(w http.ResponseWriter, r *http.Request) error {
	if any, err := s.Users.Any(r.Context()); err != nil || !any {
		if err == nil {
			http.Redirect(w, r, "/ui/setup", http.StatusSeeOther)
		}
		return err
	}
	target := "/ui/sign-in"
	if r.Method == http.MethodGet && r.URL.Path != "/ui/" {
		target += "?next=" + url.QueryEscape(r.URL.RequestURI())
	}
	w.Header().Set("HX-Redirect", target)
	http.Redirect(w, r, target, http.StatusSeeOther)
	return nil
}
