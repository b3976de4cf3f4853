package handlers

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"

	"ekuiper-console/core"
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

// withToken admits a caller of the REST API.
func (s *Server) withToken(role core.Role, next http.Handler) http.HandlerFunc {
	return s.told(func(w http.ResponseWriter, r *http.Request) error {
		by, err := s.apiCaller(r)
		if err != nil {
			return err
		}
		if err := by.Require(role); err != nil {
			return err
		}
		next.ServeHTTP(w, withCaller(r, by))
		return nil
	})
}

// apiCaller returns whom the token of a request stands for. Where none is asked for,
// who sends none is an operator. But then a request must name the machine by its
// address, or at least not come from a browser: a page under a name that was made to
// lead here passes for one of ours.
func (s *Server) apiCaller(r *http.Request) (core.Caller, error) {
	header := r.Header.Get("Authorization")
	if !s.RESTAuth && header == "" {
		if !plainHost(r.Host) && (!s.AnyHost || fromBrowser(r)) {
			return core.Caller{}, core.WithHint(core.Errorf(core.Forbidden, "the host name %s is not this machine's address", r.Host),
				"without tokens the REST API answers only under an IP address or localhost")
		}
		return core.Caller{Name: "anonymous", Role: core.Operator, Via: "api"}, nil
	}
	scheme, secret, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return core.Caller{}, core.WithHint(core.Errorf(core.Unauthenticated, "missing_token"),
			"send the header Authorization: Bearer TOKEN; make a token with: console token add NAME")
	}
	return s.Tokens.Caller(r.Context(), strings.TrimSpace(secret))
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
func (s *Server) withSession(role core.Role, next http.Handler) http.HandlerFunc {
	return s.told(func(w http.ResponseWriter, r *http.Request) error {
		by := s.sessionCaller(r)
		if by.Role == core.Nobody {
			return s.toSignIn(w, r)
		}
		r = withCaller(r, by)
		if err := by.Require(role); err != nil {
			s.tell(w, r, err)
			return nil
		}
		next.ServeHTTP(w, r)
		return nil
	})
}

// sessionCaller returns who is signed in, with the role of now.
func (s *Server) sessionCaller(r *http.Request) core.Caller {
	name := s.Sessions.GetString(r.Context(), sessionUser)
	if name == "" {
		return core.Caller{}
	}
	user, err := s.Users.User(r.Context(), name)
	if err != nil || user.Stamp != s.Sessions.GetString(r.Context(), sessionStamp) {
		return core.Caller{}
	}
	return core.Caller{Name: user.Name, Role: user.Role, Via: "page"}
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
