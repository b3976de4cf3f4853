package handlers

import (
	"io"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"ekuiper-console/core"
)

// param returns a part of the path, decoded.
func param(r *http.Request, name string) string {
	raw := chi.URLParam(r, name)
	if r.URL.RawPath == "" {
		return raw
	}
	if decoded, err := url.PathUnescape(raw); err == nil {
		return decoded
	}
	return raw
}

// root is GET /: the engine's information for scripts, the pages for browsers.
func (s *Server) root(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Vary", "Accept")
	if strings.Contains(r.Header.Get("Accept"), "text/html") {
		http.Redirect(w, r, "/ui/", http.StatusSeeOther)
		return nil
	}
	return ok(w, struct {
		Version string `json:"version"`
		OS      string `json:"os"`
		Arch    string `json:"arch"`
		UpTime  int64  `json:"upTimeSeconds"`
	}{s.Version, runtime.GOOS, runtime.GOARCH, int64(time.Since(s.Started).Seconds())}, nil)
}

// ping is GET /ping.
func (s *Server) ping(http.ResponseWriter, *http.Request) error { return nil }

// names is a route that lists the names of a kind.
func (s *Server) names(kind core.Kind) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		names, err := s.Transfer.Names(r.Context(), callerOf(r), nodeOf(r), kind)
		return ok(w, names, err)
	}
}

// streams is GET /streams or /tables, the latter with ?kind=scan or lookup.
func (s *Server) streams(kind core.Kind) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		only := ""
		if kind == core.Table {
			only = r.URL.Query().Get("kind")
		}
		names, err := s.Transfer.StreamNames(r.Context(), callerOf(r), nodeOf(r), kind, only)
		return ok(w, names, err)
	}
}

// describe is GET /streams/{name} or /tables/{name}.
func (s *Server) describe(kind core.Kind) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		name := param(r, "name")
		d, err := s.Transfer.Describe(r.Context(), callerOf(r), nodeOf(r), core.Ref{Kind: kind, Name: name})
		if core.CodeOf(err) == core.NotFound && err != nil {
			noun := kind.Noun()
			err = &engineError{http.StatusBadRequest, numberStream, core.Errorf(core.NotFound, "describe %s error: Describe %s fails, %s is not found.", noun, noun, name)}
		}
		return ok(w, d, err)
	}
}

// details is GET /streamdetails or /tabledetails.
func (s *Server) details(kind core.Kind) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		d, err := s.Transfer.StreamDetails(r.Context(), callerOf(r), nodeOf(r), kind)
		return ok(w, d, err)
	}
}

// rules is GET /rules.
func (s *Server) rules(w http.ResponseWriter, r *http.Request) error {
	rules, err := s.Transfer.Rules(r.Context(), callerOf(r), nodeOf(r))
	said := s.runs(r).Rules
	for i := range rules {
		if run, told := said[rules[i].ID]; told {
			rules[i].Status = run.Status
		}
	}
	return ok(w, rules, err)
}

// rule is GET /rules/{id}: the text as it is stored, to the byte.
func (s *Server) rule(w http.ResponseWriter, r *http.Request) error {
	id := param(r, "id")
	text, err := s.Transfer.Text(r.Context(), callerOf(r), nodeOf(r), core.Ref{Kind: core.Rule, Name: id})
	switch {
	case err == nil:
	case core.CodeOf(err) == core.NotFound:
		return core.Errorf(core.NotFound, "Describe rule error: Rule %s is not found.", id)
	default:
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, text) // the client is gone
	return nil
}

// configKeys is GET /metadata/sources/yaml/{type} or /metadata/sinks/yaml/{type}.
func (s *Server) configKeys(kind core.Kind) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		keys, err := s.Transfer.ConfigKeys(r.Context(), callerOf(r), nodeOf(r), core.Ref{Kind: kind, Name: param(r, "type")})
		return ok(w, keys, err)
	}
}

// connections is GET /connections.
func (s *Server) connections(w http.ResponseWriter, r *http.Request) error {
	all, err := s.Transfer.Connections(r.Context(), callerOf(r), nodeOf(r))
	return ok(w, all, err)
}

// schemas is GET /schemas/{type}.
func (s *Server) schemas(w http.ResponseWriter, r *http.Request) error {
	names, err := s.Transfer.Schemas(r.Context(), callerOf(r), nodeOf(r), param(r, "type"))
	return ok(w, names, err)
}

// nativePlugins is GET /plugins/sources, /plugins/sinks or /plugins/functions.
func (s *Server) nativePlugins(kind string) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		names, err := s.Transfer.NativePlugins(r.Context(), callerOf(r), nodeOf(r), kind)
		return ok(w, names, err)
	}
}

// portablePlugins is GET /plugins/portables.
func (s *Server) portablePlugins(w http.ResponseWriter, r *http.Request) error {
	all, err := s.Transfer.Installs(r.Context(), callerOf(r), nodeOf(r), core.PortablePlugin)
	return ok(w, all, err)
}
