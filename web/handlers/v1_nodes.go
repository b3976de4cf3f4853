package handlers

import (
	"context"
	"net/http"

	"ekuiper-console/core/node"
	"ekuiper-console/core/plan"
)

// nodesV1 is GET /api/v1/nodes.
func (s *Server) nodesV1(w http.ResponseWriter, r *http.Request) error {
	nodes, err := s.Nodes.List(r.Context(), callerOf(r))
	if err != nil {
		return err
	}
	all := make([]nodeV1, 0, len(nodes))
	for _, n := range nodes {
		all = append(all, s.nodeV1(n))
	}
	return ok(w, all, nil)
}

// nodeV1 is a node as a program reads it: without secrets, and with how it is doing.
type nodeV1 struct {
	node.Node
	Health node.Health `json:"health"`
}

func (s *Server) nodeV1(n node.Node) nodeV1 { return nodeV1{n, s.Live.Health(n)} }

// addNodeV1 is POST /api/v1/nodes.
func (s *Server) addNodeV1(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Name      string            `json:"name"`
		URL       string            `json:"url"`
		Labels    map[string]string `json:"labels"`
		Auth      node.Auth         `json:"auth"`
		CA        string            `json:"ca"`
		Variables map[string]string `json:"variables"`

		Artifacts  node.Artifacts `json:"artifacts"`
		ConsoleURL string         `json:"console_url"`
	}
	if err := s.readStrict(w, r, &body); err != nil {
		return err
	}
	n, err := s.Nodes.Add(r.Context(), callerOf(r), node.Node{
		Name: body.Name, URL: body.URL, Labels: body.Labels, Auth: body.Auth, CA: body.CA, Variables: body.Variables,
		Artifacts: body.Artifacts, ConsoleURL: body.ConsoleURL,
	})
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, s.nodeV1(n))
	return nil
}

// oneNodeV1 is GET /api/v1/nodes/{name}.
func (s *Server) oneNodeV1(w http.ResponseWriter, r *http.Request) error {
	n, err := s.Nodes.Node(r.Context(), callerOf(r), param(r, "name"))
	return ok(w, s.nodeV1(n), err)
}

// changeNodeV1 is PATCH /api/v1/nodes/{name}: what is not said stays.
func (s *Server) changeNodeV1(w http.ResponseWriter, r *http.Request) error {
	var body node.Change
	if err := s.readStrict(w, r, &body); err != nil {
		return err
	}
	n, err := s.Nodes.Change(r.Context(), callerOf(r), param(r, "name"), body)
	return ok(w, s.nodeV1(n), err)
}

// removeNodeV1 is DELETE /api/v1/nodes/{name}.
func (s *Server) removeNodeV1(w http.ResponseWriter, r *http.Request) error {
	return gone(w, s.Nodes.Remove(r.Context(), callerOf(r), param(r, "name")))
}

// pullNodeV1 is POST /api/v1/nodes/{name}/pull: it reads what the node holds now, and
// answers with the revision that this is.
func (s *Server) pullNodeV1(w http.ResponseWriter, r *http.Request) error {
	var snapshot plan.Snapshot
	err := bounded(r, param(r, "name"), func(ctx context.Context) (err error) {
		snapshot, err = s.Live.Pull(ctx, callerOf(r), param(r, "name"))
		return err
	})
	if err != nil {
		return err
	}
	return ok(w, struct {
		Revision int64 `json:"revision"`
		Entries  int   `json:"entries"`
	}{snapshot.Revision, snapshot.Bundle.Len()}, nil)
}
