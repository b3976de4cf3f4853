package handlers

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/node"
	"ekuiper-console/web/views"
)

// nodesPage is GET /ui/nodes.
func (s *Server) nodesPage(w http.ResponseWriter, r *http.Request) error {
	return s.showNodes(w, r, http.StatusOK, views.NodeForm{})
}

func (s *Server) showNodes(w http.ResponseWriter, r *http.Request, status int, form views.NodeForm) error {
	nodes, err := s.Nodes.List(r.Context(), callerOf(r))
	if err != nil {
		return err
	}
	kept, err := s.kept(r)
	if err != nil {
		return err
	}
	p := views.NodesPage{Layout: s.layout(r), Form: form, Own: kept[core.Local]}
	for _, n := range nodes {
		p.Nodes = append(p.Nodes, views.NodeRow{Node: n, Health: s.Live.Health(n), Kept: kept[n.Name]})
	}
	s.show(w, r, status, p)
	return nil
}

// nodeForm reads what was typed about a node.
func nodeForm(r *http.Request) views.NodeForm {
	typed := func(name string) string {
		return strings.TrimSpace(strings.ReplaceAll(r.PostForm.Get(name), "\r\n", "\n"))
	}
	return views.NodeForm{
		Name: typed("name"), URL: typed("url"), Labels: typed("labels"), Auth: typed("auth"),
		Issuer: typed("issuer"), CA: typed("ca"), Variables: typed("variables"),
		Artifacts: typed("artifacts"), ConsoleURL: typed("console_url"), Version: typed("version"),
	}
}

// changeOf returns what a form asks for. Its secrets are read from the request, since a
// form is shown again.
func changeOf(r *http.Request, form views.NodeForm) (c node.Change, err error) {
	labels, err := pairsIn(form.Labels)
	if err != nil {
		return c, err
	}
	variables, err := pairsIn(form.Variables)
	if err != nil {
		return c, err
	}
	reads := node.Artifacts(form.Artifacts)
	return node.Change{URL: &form.URL, Labels: &labels, CA: &form.CA, Variables: &variables, Artifacts: &reads, ConsoleURL: &form.ConsoleURL, Auth: &node.Auth{
		Kind: node.AuthKind(form.Auth), Issuer: form.Issuer,
		Token: strings.TrimSpace(r.PostForm.Get("token")), Key: strings.TrimSpace(r.PostForm.Get("key")),
	}}, nil
}

// pairsIn reads pairs, one a line. A value in quotes is a string of JSON, which may have
// several lines.
func pairsIn(text string) (map[string]string, error) {
	pairs := map[string]string{}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if !ok {
			return nil, core.Errorf(core.Invalid, "%q is not of the form NAME=VALUE", line)
		}
		value = strings.TrimSpace(value)
		if strings.HasPrefix(value, `"`) {
			var text string
			if json.Unmarshal([]byte(value), &text) != nil {
				return nil, core.WithHint(core.Errorf(core.Invalid, "the value of %s begins with a quote, and is no string of JSON", strings.TrimSpace(name)), `write "one\ntwo" for two lines, and \" for a quote`)
			}
			value = text
		}
		pairs[strings.TrimSpace(name)] = value
	}
	return pairs, nil
}

// blamed puts an error of the input into the form that it is about, and returns any other.
func blamed(form *views.NodeForm, err error) error {
	if code := core.CodeOf(err); err == nil || code != core.Invalid && code != core.Conflict {
		return err
	}
	form.Problem, form.Hint = err.Error(), core.HintOf(err)
	return nil
}

// addNode is POST /ui/nodes.
func (s *Server) addNode(w http.ResponseWriter, r *http.Request) error {
	if err := parseForm(w, r, maxNodeForm); err != nil {
		return err
	}
	form := nodeForm(r)
	c, err := changeOf(r, form)
	if err == nil {
		_, err = s.Nodes.Add(r.Context(), callerOf(r), node.Node{
			Name: form.Name, URL: form.URL, Labels: *c.Labels, Auth: *c.Auth, CA: form.CA, Variables: *c.Variables,
			Artifacts: *c.Artifacts, ConsoleURL: form.ConsoleURL,
		})
	}
	status := statuses[core.CodeOf(err)]
	if err := blamed(&form, err); err != nil {
		return err
	}
	if form.Problem != "" {
		return s.showNodes(w, r, status, form)
	}
	http.Redirect(w, r, views.NodePath(form.Name), http.StatusSeeOther)
	return nil
}

// maxNodeForm bounds the form of a node, in bytes: a key and certificates are in it.
const maxNodeForm = 1 << 20

// nodePage is GET /ui/nodes/{name}. A node that nobody has asked yet is asked now.
func (s *Server) nodePage(w http.ResponseWriter, r *http.Request) error {
	n, err := s.Nodes.Node(r.Context(), callerOf(r), param(r, "name"))
	if h := s.Live.Health(n); err == nil && h.State == node.Unknown && h.Reason == "" {
		s.Live.Glance(r.Context(), n.Name)
	}
	return s.showNode(w, r, http.StatusOK, nil, "")
}

func (s *Server) showNode(w http.ResponseWriter, r *http.Request, status int, form *views.NodeForm, done views.Key) error {
	n, err := s.Nodes.Node(r.Context(), callerOf(r), param(r, "name"))
	if err != nil {
		return err
	}
	kept, err := s.keptOf(r, n.Name)
	if err != nil {
		return err
	}
	p := views.NodePage{Layout: s.layout(r), NodeRow: views.NodeRow{Node: n, Health: s.Live.Health(n), Kept: kept}, Form: views.FormOf(n), Done: done}
	if form != nil {
		p.Form = *form
	}
	if status == http.StatusConflict { // that is told: who sends the form again means it
		p.Form.Version = n.Version
	}
	if p.Waiting = s.errand(pulling, n.Name, views.NodePath(n.Name)); p.Waiting.Over && p.Waiting.Err == nil {
		p.Done = views.NodePulled
	}
	s.show(w, r, status, p)
	return nil
}

// changeNode is POST /ui/nodes/{name}.
func (s *Server) changeNode(w http.ResponseWriter, r *http.Request) error {
	if err := parseForm(w, r, maxNodeForm); err != nil {
		return err
	}
	form := nodeForm(r)
	c, err := changeOf(r, form)
	if form.Version != "" {
		c.Version = &form.Version
	}
	if err == nil {
		_, err = s.Nodes.Change(r.Context(), callerOf(r), param(r, "name"), c)
	}
	status := statuses[core.CodeOf(err)]
	if err := blamed(&form, err); err != nil {
		return err
	}
	if form.Problem != "" {
		return s.showNode(w, r, status, &form, "")
	}
	s.Live.Glance(r.Context(), param(r, "name"))
	return s.showNode(w, r, http.StatusOK, nil, views.NodeChanged)
}

// pullNode is POST /ui/nodes/{name}/pull.
func (s *Server) pullNode(w http.ResponseWriter, r *http.Request) error {
	if err := s.Live.Known(r.Context(), param(r, "name")); err != nil {
		return err
	}
	by, name := callerOf(r), param(r, "name")
	done, err := s.send(r, pulling, name, func(ctx context.Context) error { return s.Live.Look(ctx, by, name) })
	if err != nil && core.CodeOf(err) != core.Unreachable {
		return err
	}
	if !done { // a page that tells when it is, and may be loaded again
		http.Redirect(w, r, views.NodePath(name), http.StatusSeeOther)
		return nil
	}
	if err == nil {
		return s.showNode(w, r, http.StatusOK, nil, views.NodePulled)
	}
	return s.showNode(w, r, http.StatusOK, nil, "")
}

// nodeRemovalPage is GET /ui/nodes/{name}/remove.
func (s *Server) nodeRemovalPage(w http.ResponseWriter, r *http.Request) error {
	n, err := s.Nodes.Node(r.Context(), callerOf(r), param(r, "name"))
	if err != nil {
		return err
	}
	s.show(w, r, http.StatusOK, views.ConfirmPage{Layout: s.layout(r), What: views.RemoveNode, Name: n.Name})
	return nil
}

// removeNode is POST /ui/nodes/{name}/remove.
func (s *Server) removeNode(w http.ResponseWriter, r *http.Request) error {
	if err := s.Nodes.Remove(r.Context(), callerOf(r), param(r, "name")); err != nil {
		return err
	}
	http.Redirect(w, r, "/ui/nodes", http.StatusSeeOther)
	return nil
}

// chooseNode is POST /ui/node: from now on the pages of this session are about that node.
func (s *Server) chooseNode(w http.ResponseWriter, r *http.Request) error {
	if err := parseSmall(w, r); err != nil {
		return err
	}
	name := r.PostForm.Get("node")
	if err := s.Live.Known(r.Context(), name); err != nil {
		return err
	}
	s.Sessions.Put(r.Context(), sessionNode, name)
	http.Redirect(w, r, "/ui/", http.StatusSeeOther)
	return nil
}
