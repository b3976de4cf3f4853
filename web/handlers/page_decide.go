package handlers

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/task"
	"ekuiper-console/core/transfer"
	"ekuiper-console/web/views"
)

// maxTicks bounds the form of a review, in bytes.
const maxTicks = 1 << 20

// decide is POST /ui/import/{id}/review: it keeps what was decided, and applies the plan
// where that is asked for.
func (s *Server) decide(w http.ResponseWriter, r *http.Request) error {
	if err := parseForm(w, r, maxTicks); err != nil {
		return err
	}
	if t, ok := s.claims.current(r.Context(), s.Tasks, param(r, "id")); ok {
		s.toTask(w, r, t.ID)
		return nil
	}
	review, err := s.review(r)
	if err != nil {
		return s.whereItWent(w, r, err)
	}
	choices := review.Draft.Choices
	choices.Valid = r.PostForm.Get("strict") == "valid"
	if choices.Leave, err = left(review, r.PostForm); err != nil {
		return err
	}
	ticked := !slices.Equal(choices.Leave, review.Draft.Choices.Leave)
	if ticked || choices.Valid != review.Draft.Choices.Valid {
		if err := s.Drafts.Choose(r.Context(), callerOf(r), review.Draft.ID, choices); err != nil {
			return err
		}
	}
	if r.PostForm.Get("action") != "apply" {
		http.Redirect(w, r, backTo(review.Draft.ID, r.PostForm), http.StatusSeeOther)
		return nil
	}
	return s.apply(w, r, review, ticked)
}

// left returns what is left out after what a form asks for.
func left(review *transfer.Review, form url.Values) ([]core.Ref, error) {
	out := make(map[core.Ref]bool, len(review.Draft.Choices.Leave))
	for _, ref := range review.Draft.Choices.Leave {
		out[ref] = true
	}
	for _, ref := range refsOf(form["shown"]) {
		out[ref] = true
	}
	for _, ref := range refsOf(form["take"]) {
		delete(out, ref)
	}
	switch action := form.Get("action"); action {
	case "", "tick", "apply":
	case "all":
		clear(out)
	case "rejected":
		leave(out, review.Plan, transfer.StepQuery{Actions: []plan.Action{plan.Rejected}})
	case "found":
		text := strings.TrimSpace(form.Get("q"))
		leave(out, review.Plan, transfer.StepQuery{Actions: views.ParseShow(form.Get("show")).Actions(review.Plan.Mode, text != ""), Text: text})
	default:
		return nil, core.Errorf(core.Invalid, "%q is nothing that can be done with a plan", action)
	}
	return slices.SortedFunc(maps.Keys(out), core.Ref.Compare), nil
}

// leave adds the steps that a query finds to what is left out. What stays as it is anyway
// is none of it.
func leave(out map[core.Ref]bool, p *plan.Plan, q transfer.StepQuery) {
	for _, s := range transfer.FindSteps(p, q).Steps {
		if s.Action.Changes() || s.Action == plan.Rejected {
			out[s.Ref] = true
		}
	}
}

// backTo is the address of a review with what the form was sent from.
func backTo(id string, form url.Values, more ...string) string {
	v := url.Values{}
	for _, name := range []string{"show", "q", "page", "since"} {
		if value := form.Get(name); value != "" && !(name == "page" && value == "1") {
			v.Set(name, value)
		}
	}
	for i := 0; i+1 < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	if len(v) == 0 {
		return reviewPath(id)
	}
	return reviewPath(id) + "?" + v.Encode()
}

// apply begins the import that was looked at, and leads to its task. When it is another
// one by now, since the node has moved or something else is ticked, it leads to the
// review of that.
func (s *Server) apply(w http.ResponseWriter, r *http.Request, review *transfer.Review, ticked bool) error {
	form := r.PostForm
	if seen := form.Get("plan"); seen != review.Plan.Hash {
		base := review.Plan.Base.Revision
		if since, err := strconv.ParseInt(form.Get("base"), 10, 64); err == nil {
			base = since
		}
		http.Redirect(w, r, backTo(review.Draft.ID, form, "since", strconv.FormatInt(base, 10)), http.StatusSeeOther)
		return nil
	}
	if ticked {
		http.Redirect(w, r, backTo(review.Draft.ID, form, "ticked", "1"), http.StatusSeeOther)
		return nil
	}
	if why := refusal(review, form); why != "" {
		return s.showReview(w, r, http.StatusBadRequest, views.ReviewPage{Error: why, Note: form.Get("note")})
	}
	t, err := s.importDraft(r, review)
	if err != nil {
		return err
	}
	s.toTask(w, r, t.ID)
	return nil
}

// refusal returns why a plan is not applied, or nothing.
func refusal(review *transfer.Review, form url.Values) views.Key {
	n := review.Plan.Counts()
	restores := review.Draft.Restores > 0
	switch {
	case restores && strings.TrimSpace(form.Get("note")) == "":
		return views.NoReason
	case !restores && n[plan.Delete] > 0 && strings.TrimSpace(form.Get("confirm")) != review.Draft.Node:
		return views.NotConfirmed
	case n[plan.Rejected] > 0 && form.Get("strict") != "valid":
		return views.Blocked
	}
	return ""
}

// maxNote bounds the reason of a restore, in characters.
const maxNote = 500

// importDraft sets a task to import a draft by the plan that was looked at. A draft that
// is done with is dropped; one that can be tried again, or has texts that nobody else
// keeps, stays.
func (s *Server) importDraft(r *http.Request, review *transfer.Review) (task.Task, error) {
	by := callerOf(r)
	d, req, err := s.Drafts.Request(r.Context(), by, review.Draft.ID)
	if err != nil {
		return task.Task{}, err
	}
	req.Plan, req.NoDelete = review.Plan.Hash, review.Plan.Count(plan.Delete) == 0
	note := []rune(strings.TrimSpace(r.PostForm.Get("note")))
	req.Note = string(note[:min(len(note), maxNote)])
	it := importTask{
		title: d.Name, req: req,
		about: taskDetails{Draft: d.ID, Since: review.Plan.Base.Revision, Restores: d.Restores, Note: req.Note},
		done: func(ctx context.Context, result *transfer.Result) {
			if result.Failed() && (!result.Written || anyCut(result.Outcome)) {
				return
			}
			if err := s.Drafts.Drop(ctx, by, d.ID); err != nil {
				s.Log.WarnContext(ctx, "draft not dropped", "draft", d.ID, "error", err)
			}
		},
	}
	return s.claims.once(r.Context(), s.Tasks, d.ID, func() (task.Task, error) { return s.startImport(r, it) })
}

// anyCut reports whether a rejected entry's text was not kept whole.
func anyCut(o *plan.Outcome) bool {
	return slices.ContainsFunc(o.Rejected, func(r plan.Refused) bool { return r.Cut })
}
