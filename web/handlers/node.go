package handlers

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-chi/chi/v5"

	"ekuiper-console/core"
	"ekuiper-console/core/node"
	"ekuiper-console/web/views"
)

type nodeKey struct{}

// nodeOf returns the node that a request is about.
func nodeOf(r *http.Request) string {
	if name, ok := r.Context().Value(nodeKey{}).(string); ok {
		return name
	}
	return core.Local
}

func withNode(r *http.Request, name string) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), nodeKey{}, name))
}

// What names the node of a request: a part of the path or of the query, and, of pages,
// what the session holds.
const (
	nodeParam   = "node"
	sessionNode = "node"
)

// ofEngine reports whether a route is one of the engine's, which every node has under its
// own path.
func (rt route) ofEngine() bool {
	_, token := scopes[rt.door]
	return token && !strings.HasPrefix(rt.path, "/api/") || rt.path == "/" || rt.path == "/ping"
}

// chosen finds out which node a request by token is about. Before what it holds is told,
// it is read; where that is not possible, a header says so.
func (s *Server) chosen(next http.Handler) http.Handler {
	return s.told(func(w http.ResponseWriter, r *http.Request) error {
		name := chi.URLParam(r, nodeParam)
		if strings.HasPrefix(r.URL.Path, "/api/v1/") {
			name = takeNode(r)
		} else if r.URL.Query().Has(nodeParam) {
			return core.WithHint(core.Errorf(core.Invalid, "unknown parameter %s", nodeParam), "name the node in the path, as in /nodes/NAME/rules; nothing was changed")
		}
		if name == "" || name == core.Local {
			next.ServeHTTP(w, r)
			return nil
		}
		if s.Live == nil {
			return core.Errorf(core.NotFound, "there is no node %s", name)
		}
		if err := s.Live.Known(r.Context(), name); err != nil {
			return err
		}
		if r.Method == http.MethodGet || strings.HasSuffix(r.URL.Path, "/data/export") {
			s.freshen(w, r, name)
		}
		next.ServeHTTP(w, withNode(r, name))
		return nil
	})
}

// takeNode takes the node out of the query, of which the routes know nothing.
func takeNode(r *http.Request) string {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil || len(query[nodeParam]) != 1 {
		return "" // who reads the query tells what is wrong with it
	}
	name := query.Get(nodeParam)
	query.Del(nodeParam)
	r.URL.RawQuery = query.Encode()
	return name
}

// staleHeader says why an answer tells what a node held when it was last read, and not
// what it holds now.
const staleHeader = "X-Node-Stale"

// freshen reads a node before it is told what it holds.
func (s *Server) freshen(w http.ResponseWriter, r *http.Request, name string) {
	by := callerOf(r)
	by.Role = core.Operator // reading it is ours; whoever may look may see what was read
	if err := s.Live.Refresh(r.Context(), by, name); err != nil {
		w.Header().Set(staleHeader, strings.Join(strings.Fields(err.Error()), " "))
	}
}

// visited gives a page the node that its session is about. One that is there no more is
// the embedded one.
func (s *Server) visited(r *http.Request) *http.Request {
	name := s.Sessions.GetString(r.Context(), sessionNode)
	if name == "" || name == core.Local || s.Live == nil || s.Live.Known(r.Context(), name) != nil {
		return r
	}
	return withNode(r, name)
}

// ofDraft makes a handler of pages about a draft, whose node is the draft's, whatever
// the session is about.
func (s *Server) ofDraft(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if name, err := s.Drafts.NodeOf(r.Context(), callerOf(r), param(r, "id")); err == nil {
			r = withNode(r, name)
		}
		return h(w, r)
	}
}

// ofTask makes a handler of pages about a task, whose node is the task's.
func (s *Server) ofTask(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if t, err := s.Tasks.Task(r.Context(), param(r, "id")); err == nil {
			r = withNode(r, t.Node)
		}
		return h(w, r)
	}
}

// ownPath returns what the paths of the engine's routes begin with for the node of a
// request.
func ownPath(r *http.Request) string {
	if name := nodeOf(r); name != core.Local {
		return "/nodes/" + url.PathEscape(name)
	}
	return ""
}

// layoutNodes tells a page which nodes there are, and how its own is doing.
func (s *Server) layoutNodes(r *http.Request, l *views.Layout) {
	if s.Live == nil || l.Role == core.Nobody {
		return
	}
	if l.Node != core.Local {
		if n, err := s.Nodes.Node(r.Context(), callerOf(r), l.Node); err == nil {
			l.NodeState, l.NodeRead = s.Live.Health(n).State, n.Pulled
		}
	}
	nodes, err := s.Nodes.Store.Nodes(r.Context())
	if err != nil || len(nodes) == 0 {
		return // the page is no worse for it
	}
	l.Choice = []string{core.Local}
	for _, n := range nodes {
		l.Choice = append(l.Choice, n.Name)
	}
}

// runs returns what the node of a request said of its rules; nothing of the embedded one.
func (s *Server) runs(r *http.Request) node.Runs {
	if s.Live == nil || nodeOf(r) == core.Local {
		return node.Runs{}
	}
	n, err := s.Nodes.Node(r.Context(), callerOf(r), nodeOf(r))
	if err != nil {
		return node.Runs{} // the page is no worse for it
	}
	return s.Live.Runs(n)
}
