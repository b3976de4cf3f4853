package handlers

import (
	"context"
	"net/http"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
	"ekuiper-console/web/views"
)

// kept returns how nodes stand to their baselines, and how their last backups went.
func (s *Server) kept(r *http.Request) (map[string]views.Kept, error) {
	latest, err := s.Vault.Latest(r.Context(), callerOf(r))
	if err != nil {
		return nil, err
	}
	all, err := s.Watch.List(r.Context(), callerOf(r))
	kept := make(map[string]views.Kept, len(all))
	for _, d := range all {
		kept[d.Node] = views.Kept{Drift: d, Latest: latest[d.Node]}
	}
	return kept, err
}

// keptOf is kept for one node, which is compared anew where it was read since.
func (s *Server) keptOf(r *http.Request, name string) (views.Kept, error) {
	latest, err := s.Vault.Latest(r.Context(), callerOf(r))
	if err != nil {
		return views.Kept{}, err
	}
	report, err := s.Watch.Report(r.Context(), callerOf(r), name)
	return views.Kept{Drift: report.Status, Latest: latest[name]}, err
}

// driftPage is GET /ui/nodes/{name}/drift.
func (s *Server) driftPage(w http.ResponseWriter, r *http.Request) error {
	report, err := s.Watch.Report(r.Context(), callerOf(r), param(r, "name"))
	if err != nil {
		return err
	}
	p := views.DriftPage{Layout: s.layout(r), Drift: report.Status, Changes: changesOf(r, report.Changes)}
	p.Waiting = s.errand(comparing, report.Node, views.DriftPath(report.Node))
	p.Changes.Apart = report.Node != p.Node
	s.show(w, r, http.StatusOK, p)
	return nil
}

// compareNode is POST /ui/nodes/{name}/drift.
func (s *Server) compareNode(w http.ResponseWriter, r *http.Request) error {
	by, name := callerOf(r), param(r, "name")
	if err := s.Live.Known(r.Context(), name); err != nil {
		return err
	}
	_, err := s.send(r, comparing, name, func(ctx context.Context) error {
		_, err := s.Watch.Check(ctx, by, name)
		return err
	})
	if err != nil {
		return err
	}
	http.Redirect(w, r, views.DriftPath(param(r, "name")), http.StatusSeeOther)
	return nil
}

// changeBaseline is POST /ui/nodes/{name}/baseline.
func (s *Server) changeBaseline(w http.ResponseWriter, r *http.Request) error {
	if err := parseSmall(w, r); err != nil {
		return err
	}
	var err error
	switch name := param(r, "name"); r.PostForm.Get("action") {
	case "apply":
		return s.reapply(w, r)
	case "accept":
		err = s.accept(r, name)
	case "remove":
		err = s.Watch.Remove(r.Context(), callerOf(r), name)
	case "set":
		var n int64
		if n, err = revision(r.PostForm.Get("revision")); err == nil && n > 0 {
			_, err = s.Watch.Set(r.Context(), callerOf(r), name, n)
		}
	default:
		err = core.Errorf(core.Invalid, "%q is nothing that can be done to a baseline", r.PostForm.Get("action"))
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, views.DriftPath(param(r, "name")), http.StatusSeeOther)
	return nil
}

// accept makes what a node holds now its baseline; where the form says what was looked at,
// that and nothing else.
func (s *Server) accept(r *http.Request, name string) error {
	if r.PostForm.Get("revision") == "" {
		_, err := s.Watch.Set(r.Context(), callerOf(r), name, 0)
		return err
	}
	seen, err := revision(r.PostForm.Get("revision"))
	if err == nil {
		_, err = s.Watch.Accept(r.Context(), callerOf(r), name, seen)
	}
	return err
}

// reapply prepares to bring a baseline back, and leads to the review of that.
func (s *Server) reapply(w http.ResponseWriter, r *http.Request) error {
	b, err := s.baseline(r)
	if err != nil {
		return err
	}
	id, err := s.Drafts.Revert(r.Context(), callerOf(r), param(r, "name"), b.Revision)
	if err != nil {
		return err
	}
	if err := s.record(r, audit.BaselineApply, param(r, "name"), revisionText(b.Revision)); err != nil {
		return err
	}
	http.Redirect(w, r, reviewPath(id), http.StatusSeeOther)
	return nil
}
