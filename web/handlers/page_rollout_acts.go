package handlers

import (
	"net/http"
	"strconv"

	"ekuiper-console/core"
	"ekuiper-console/core/rollout"
	"ekuiper-console/web/views"
)

// rolloutRemovalPage is GET /ui/rollouts/{id}/remove.
func (s *Server) rolloutRemovalPage(w http.ResponseWriter, r *http.Request) error {
	one, err := s.Rollouts.Rollout(r.Context(), callerOf(r), param(r, "id"))
	if err != nil {
		return err
	}
	s.show(w, r, http.StatusOK, views.ConfirmPage{
		Layout: s.layout(r), What: views.RemoveRollout, Name: views.RolloutTitle(one), Back: views.RolloutPath(one.ID),
	})
	return nil
}

// removeRollout is POST /ui/rollouts/{id}/remove.
func (s *Server) removeRollout(w http.ResponseWriter, r *http.Request) error {
	return s.didRollout(w, r, "/ui/rollouts", s.Rollouts.Remove(r.Context(), callerOf(r), param(r, "id")))
}

// didRollout leads on after something was done with a rollout, or to its board where that
// cannot be done as it stands.
func (s *Server) didRollout(w http.ResponseWriter, r *http.Request, to string, err error) error {
	if core.CodeOf(err) == core.Conflict {
		return s.showRollout(w, r, http.StatusConflict, views.RolloutPage{Problem: err.Error(), Hint: core.HintOf(err)})
	}
	if err == nil {
		http.Redirect(w, r, to, http.StatusSeeOther)
	}
	return err
}

// asksRollback reads which wave is to be rolled back, 0 for all, and how many nodes that is.
func (s *Server) asksRollback(r *http.Request) (p views.ConfirmPage, err error) {
	one, err := s.Rollouts.Rollout(r.Context(), callerOf(r), param(r, "id"))
	if err != nil {
		return p, err
	}
	targets, err := s.Rollouts.Targets(r.Context(), callerOf(r), one.ID)
	if err != nil {
		return p, err
	}
	p = views.ConfirmPage{Layout: s.layout(r), What: views.RollBack, Name: views.RolloutTitle(one), Back: views.RolloutPath(one.ID)}
	if p.Wave, err = numberIn(r.URL.Query().Get("wave")); p.Wave != 0 {
		p.What = views.RollBackWave
	}
	p.Count = len(rollout.Undoable(targets, p.Wave))
	return p, err
}

// rollbackPage is GET /ui/rollouts/{id}/rollback: it asks before nodes get back what they
// held.
func (s *Server) rollbackPage(w http.ResponseWriter, r *http.Request) error {
	p, err := s.asksRollback(r)
	switch {
	case err != nil:
		return err
	case p.Count == 0:
		http.Redirect(w, r, p.Back, http.StatusSeeOther)
		return nil
	}
	s.show(w, r, http.StatusOK, p)
	return nil
}

// rollBack is POST /ui/rollouts/{id}/rollback. It takes the number of nodes that was asked
// about.
func (s *Server) rollBack(w http.ResponseWriter, r *http.Request) error {
	if err := parseSmall(w, r); err != nil {
		return err
	}
	p, err := s.asksRollback(r)
	if err != nil {
		return err
	}
	if p.Count > 0 && r.PostForm.Get("count") != strconv.Itoa(p.Count) {
		p.Error = views.RollbackMoved
		s.show(w, r, http.StatusConflict, p)
		return nil
	}
	_, err = s.Rollouts.Rollback(r.Context(), callerOf(r), param(r, "id"), p.Wave)
	return s.didRollout(w, r, p.Back, err)
}
