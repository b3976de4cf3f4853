package handlers

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/rollout"
	"ekuiper-console/core/transfer"
	"ekuiper-console/web/views"
)

// shownRollouts is how many rollouts the page lists.
const shownRollouts = 50

// rolloutsPage is GET /ui/rollouts.
func (s *Server) rolloutsPage(w http.ResponseWriter, r *http.Request) error {
	all, err := s.Rollouts.List(r.Context(), callerOf(r), shownRollouts)
	if err != nil {
		return err
	}
	s.show(w, r, http.StatusOK, views.RolloutsPage{Layout: s.layout(r), Rollouts: all})
	return nil
}

// newRolloutPage is GET /ui/rollouts/new.
func (s *Server) newRolloutPage(w http.ResponseWriter, r *http.Request) error {
	form := views.RolloutForm{Strategy: rollout.Strategy{Canary: 1, Parallel: rollout.DefaultParallel, StopAfter: 1}}
	p := views.RolloutNewPage{Form: form}
	if id := r.URL.Query().Get("draft"); id != "" {
		d, err := s.Drafts.Draft(r.Context(), callerOf(r), id)
		if err != nil {
			return err
		}
		p.Draft, p.Form.Mode = new(draftOf(d)), d.Choices.Mode
	}
	return s.showNewRollout(w, r, http.StatusOK, p)
}

func (s *Server) showNewRollout(w http.ResponseWriter, r *http.Request, status int, p views.RolloutNewPage) error {
	nodes, err := s.Nodes.List(r.Context(), callerOf(r))
	if err != nil {
		return err
	}
	p.Layout = s.layout(r)
	for _, n := range nodes {
		p.Nodes = append(p.Nodes, views.NodeRow{Node: n, Health: s.Live.Health(n)})
	}
	s.show(w, r, status, p)
	return nil
}

// planRollout is POST /ui/rollouts: it begins to make the plans and leads to the board.
func (s *Server) planRollout(w http.ResponseWriter, r *http.Request) error {
	if err := s.parseUpload(w, r); err != nil {
		return err
	}
	if r.MultipartForm != nil {
		defer r.MultipartForm.RemoveAll()
	}
	p := views.RolloutNewPage{}
	req, err := s.readRollout(r, &p)
	if err == nil {
		var made rollout.Rollout
		if made, err = s.Rollouts.Plan(r.Context(), callerOf(r), req); err == nil {
			http.Redirect(w, r, views.RolloutPath(made.ID), http.StatusSeeOther)
			return nil
		}
	}
	if code := core.CodeOf(err); code != core.Invalid && code != core.NotFound {
		return err
	}
	p.Problem, p.Hint = err.Error(), core.HintOf(err)
	return s.showNewRollout(w, r, http.StatusBadRequest, p)
}

// readRollout reads the form of a new rollout, and keeps in the page what was typed.
func (s *Server) readRollout(r *http.Request, p *views.RolloutNewPage) (req rollout.Request, err error) {
	form := r.PostForm
	p.Form = views.RolloutForm{
		Nodes: map[string]bool{}, Labels: form.Get("labels"), Text: form.Get("text"), Note: strings.TrimSpace(form.Get("note")),
		Restart: form.Has("restart"), Strategy: rollout.Strategy{
			OnlyHealthy: form.Has("only_healthy"), RollbackOnError: form.Has("rollback_on_error"), Resume: form.Has("resume"),
		},
	}
	for _, name := range form["node"] {
		p.Form.Nodes[name] = true
	}
	if form.Get("mode") == plan.Full.String() {
		p.Form.Mode = plan.Full
	}
	h := &p.Form.Strategy
	for name, field := range map[string]*int{"canary": &h.Canary, "batch": &h.Batch, "parallel": &h.Parallel, "stop_after": &h.StopAfter, "pause_seconds": &h.PauseSeconds} {
		if *field, err = numberIn(form.Get(name)); err != nil {
			return req, err
		}
	}
	req = rollout.Request{Note: p.Form.Note, Mode: p.Form.Mode, Nodes: form["node"], Restart: p.Form.Restart, Strategy: *h, Format: transfer.Detect}
	if err := s.bundleOf(r, p, &req); err != nil {
		return req, err
	}
	req.Labels, err = pairsIn(p.Form.Labels)
	return req, err
}

// numberIn reads a field of a form; an empty one is 0.
func numberIn(text string) (int, error) {
	if text = strings.TrimSpace(text); text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, core.Errorf(core.Invalid, "%q is not a number", text)
	}
	return n, nil
}

// bundleOf reads what is to be rolled out: a draft, a file or a text.
func (s *Server) bundleOf(r *http.Request, p *views.RolloutNewPage, req *rollout.Request) error {
	if id := r.PostForm.Get("draft"); id != "" {
		d, err := s.Drafts.Draft(r.Context(), callerOf(r), id)
		if err != nil {
			return err
		}
		if d.Restores > 0 {
			return core.Errorf(core.Invalid, "a revision of one node cannot be rolled out: export it, and bring what comes")
		}
		p.Draft = new(draftOf(d))
		req.Name, req.Document, req.Files, req.Leave = d.Name, d.Body, d.Files, d.Choices.Leave
		return nil
	}
	docs, err := s.bringAll(r)
	switch {
	case err != nil:
		return err
	case len(docs) != 1 || len(bytes.TrimSpace(docs[0].Text)) == 0:
		return core.WithHint(core.Errorf(core.Invalid, "a rollout takes one bundle"), "choose one file, or paste its text")
	}
	req.Name, req.Document, req.Files = docs[0].name, docs[0].Text, docs[0].Files
	return nil
}

// shownTargets is how many nodes a page of the board lists.
const shownTargets = 50

// rolloutPage is GET /ui/rollouts/{id}.
func (s *Server) rolloutPage(w http.ResponseWriter, r *http.Request) error {
	return s.showRollout(w, r, http.StatusOK, views.RolloutPage{})
}

func (s *Server) showRollout(w http.ResponseWriter, r *http.Request, status int, p views.RolloutPage) error {
	v, err := s.wholeRollout(r)
	if err != nil {
		return err
	}
	p.Layout, p.Rollout, p.Groups = s.layout(r), v.Rollout, v.Groups
	p.Abandoned = v.State.Working() && s.Rollouts.Abandoned(r.Context(), v.ID)
	p.Waves, p.Others = waves(v.Targets)
	p.Others = max(0, p.Others-len(v.Groups))
	p.Deletes = deletes(v.Rollout, v.Groups, p.Others)
	p.Show = rollout.Standing(r.URL.Query().Get("show"))
	var found []rollout.Target
	for _, t := range v.Targets {
		if p.Show == "" || t.State == p.Show {
			found = append(found, t)
		}
	}
	page, _ := strconv.Atoi(r.URL.Query().Get("page")) // no number is the first page
	p.Pager = views.NewPager(page, len(found), shownTargets)
	from := p.Pager.Offset(shownTargets)
	p.Targets = found[from:min(from+shownTargets, len(found))]
	s.show(w, r, status, p)
	return nil
}

// waves counts where the nodes of each wave stand, and how many plans differ.
func waves(targets []rollout.Target) (all []views.RolloutWave, plans int) {
	groups := map[string]bool{}
	for i := range targets {
		t := &targets[i]
		if t.Group != "" {
			groups[t.Group] = true
		}
		for t.Wave > len(all) {
			all = append(all, views.RolloutWave{Number: len(all) + 1, Tally: rollout.Tally{}})
		}
		if t.Wave == 0 {
			continue
		}
		wave := &all[t.Wave-1]
		wave.Tally[t.State]++
		if t.Undoable() {
			wave.Undoable++
		}
	}
	return all, len(groups)
}

// deletes reports whether starting a rollout may delete entries.
func deletes(r rollout.Rollout, groups []rollout.Group, others int) bool {
	if r.Mode != plan.Full {
		return false
	}
	for _, g := range groups {
		if g.Deleted > 0 {
			return true
		}
	}
	return others > 0
}

// plansMoved is said to who starts a rollout whose plans are other than those of the page.
const plansMoved = "the plans were made anew since they were shown; look at them, and start it then"

// rolloutAct is POST /ui/rollouts/{id}: it does what was pressed, and leads to the board.
func (s *Server) rolloutAct(w http.ResponseWriter, r *http.Request) error {
	if err := parseSmall(w, r); err != nil {
		return err
	}
	do, err := s.actOf(r)
	if err != nil {
		return err
	}
	if r.PostForm.Get("action") == "start" {
		v, err := s.wholeRollout(r)
		if err != nil {
			return err
		}
		_, plans := waves(v.Targets)
		if seen := r.PostForm.Get("seen"); seen != "" && seen != views.RolloutSeen(v.Rollout) {
			return s.showRollout(w, r, http.StatusConflict, views.RolloutPage{Problem: plansMoved})
		}
		confirmed := strings.TrimSpace(r.PostForm.Get("confirm")) == fmt.Sprint(v.Tally[rollout.Waiting])
		if deletes(v.Rollout, v.Groups, plans-len(v.Groups)) && !confirmed {
			return s.showRollout(w, r, http.StatusBadRequest, views.RolloutPage{Error: views.RolloutNotConfirmed})
		}
	}
	_, err = do(r.Context(), callerOf(r), param(r, "id"))
	return s.didRollout(w, r, views.RolloutPath(param(r, "id")), err)
}

// actOf returns what a form asks for.
func (s *Server) actOf(r *http.Request) (act, error) {
	action := r.PostForm.Get("action")
	do, ok := map[string]act{
		"start": s.Rollouts.Start, "pause": s.Rollouts.Pause, "resume": s.Rollouts.Resume, "cancel": s.Rollouts.Cancel, "retry": s.Rollouts.Retry,
	}[action]
	if !ok {
		return nil, core.Errorf(core.Invalid, "%q is nothing that can be done with a rollout", action)
	}
	return do, nil
}

// rolloutEvents is GET /ui/rollouts/{id}/events: an event whenever the rollout has moved,
// and the last one, called over, when it rests.
func (s *Server) rolloutEvents(w http.ResponseWriter, r *http.Request) error {
	return s.watchRollout(w, r, func(out *events, one rollout.Rollout) error {
		name := "moved"
		if !one.State.Working() {
			name = "over"
		}
		return out.send(name, fmt.Sprintf("%s %d/%d %v", one.State, one.Wave, one.Waves, one.Tally))
	})
}
