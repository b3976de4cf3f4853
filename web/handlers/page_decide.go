package handlers

import (
	"context"
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
	draft, err := s.draftHead(r)
	if err != nil {
		return s.whereItWent(w, r, err)
	}
	if r.PostForm.Get("action") == "apply" {
		return s.apply(w, r)
	}
	if _, err := s.decided(r, draft); err != nil {
		return s.whereItWent(w, r, err)
	}
	http.Redirect(w, r, backTo(draft.ID, r.PostForm), http.StatusSeeOther)
	return nil
}

// decided keeps what a form decides about a draft, and reports whether other entries are
// left out then.
func (s *Server) decided(r *http.Request, draft plan.Draft) (ticked bool, err error) {
	choices := draft.Choices
	choices.Valid = r.PostForm.Get("strict") == "valid"
	choices.Restart, choices.Rollback = r.PostForm.Has("restart"), r.PostForm.Has("rollback")
	if choices.Leave, err = s.left(r, draft); err != nil {
		return false, err
	}
	ticked = !slices.Equal(choices.Leave, draft.Choices.Leave)
	if was := draft.Choices; !ticked && choices.Valid == was.Valid && choices.Restart == was.Restart && choices.Rollback == was.Rollback {
		return false, nil
	}
	return ticked, s.Drafts.Choose(r.Context(), callerOf(r), draft.ID, choices)
}

// left returns what is left out after what a form asks for, sorted. The plan is looked at
// only where that counts, since a tick of a box must be quick.
func (s *Server) left(r *http.Request, draft plan.Draft) ([]core.Ref, error) {
	form := r.PostForm
	ticked := without(with(draft.Choices.Leave, refsOf(form["shown"])), refsOf(form["take"]))
	var q transfer.StepQuery
	switch action := form.Get("action"); action {
	case "", "tick", "apply":
		return ticked, nil
	case "all":
		return nil, nil
	case "rejected":
		q.Actions = []plan.Action{plan.Rejected}
	case "found":
		q.Text = strings.TrimSpace(form.Get("q"))
		q.Actions = views.ParseShow(form.Get("show")).Actions(draft.Choices.Mode, q.Text != "")
	default:
		return nil, core.Errorf(core.Invalid, "%q is nothing that can be done with a plan", action)
	}
	review, err := s.review(r)
	if err != nil {
		return nil, err
	}
	return with(ticked, leavable(review.Plan, q)), nil
}

// leavable returns the steps that a query finds. What stays as it is anyway is none of them.
func leavable(p *plan.Plan, q transfer.StepQuery) []core.Ref {
	var refs []core.Ref
	for _, s := range transfer.FindSteps(p, q).Steps {
		if s.Action.Changes() || s.Action == plan.Rejected {
			refs = append(refs, s.Ref)
		}
	}
	return refs
}

// with adds refs to sorted ones. These may be very many, and are not sorted again.
func with(sorted, more []core.Ref) []core.Ref {
	slices.SortFunc(more, core.Ref.Compare)
	all := make([]core.Ref, 0, len(sorted)+len(more))
	for _, ref := range more {
		n, found := slices.BinarySearchFunc(sorted, ref, core.Ref.Compare)
		all, sorted = append(all, sorted[:n]...), sorted[n:]
		if !found {
			all = append(all, ref)
		}
	}
	return slices.Compact(append(all, sorted...))
}

// without takes refs out of sorted ones.
func without(sorted, gone []core.Ref) []core.Ref {
	taken := make(map[core.Ref]bool, len(gone))
	for _, ref := range gone {
		taken[ref] = true
	}
	return slices.DeleteFunc(slices.Clone(sorted), func(ref core.Ref) bool { return taken[ref] })
}

// backTo is the address of a review with what the form was sent from.
func backTo(id string, form url.Values, more ...string) string {
	v := url.Values{}
	for _, name := range []string{"show", "q", "page", "since", "note"} {
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
func (s *Server) apply(w http.ResponseWriter, r *http.Request) error {
	form := r.PostForm
	review, err := s.review(r)
	if err != nil {
		return s.whereItWent(w, r, err)
	}
	ticked, err := s.decided(r, review.Draft)
	if err != nil {
		return err
	}
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
