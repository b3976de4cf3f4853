package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/transfer"
	"ekuiper-console/web/views"
)

// reviewPath is the address of the review of a draft.
func reviewPath(id string) string { return draftPath(id) + "/review" }

// Bounds of a review: rows of a page, and revisions that it names.
const (
	stepsPerPage   = 100
	revisionsNamed = 10
)

// reviewPage is GET /ui/import/{id}/review.
func (s *Server) reviewPage(w http.ResponseWriter, r *http.Request) error {
	p := views.ReviewPage{Note: r.URL.Query().Get("note")}
	if r.URL.Query().Get("ticked") != "" {
		p.Error = views.Ticked
	}
	return s.showReview(w, r, http.StatusOK, p)
}

// review plans the draft of a request.
func (s *Server) review(r *http.Request) (*transfer.Review, error) {
	return s.Drafts.Review(r.Context(), callerOf(r), nodeOf(r), param(r, "id"))
}

// showReview draws the plan of a draft as it is now. A text that cannot be read leads
// back to where it is mended.
func (s *Server) showReview(w http.ResponseWriter, r *http.Request, status int, p views.ReviewPage) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	review, err := s.review(r)
	if _, ok := errors.AsType[*bundle.SyntaxError](err); ok {
		http.Redirect(w, r, draftPath(param(r, "id")), http.StatusSeeOther)
		return nil
	}
	if err != nil {
		return s.whereItWent(w, r, err)
	}
	p.Layout, p.Draft, p.Plan, p.Choices, p.Files = s.layout(r), draftOf(review.Draft), review.Plan, review.Draft.Choices, review.Files
	pick(&p, r.Form)
	if p.Disturbs, err = s.Transfer.Disturbs(r.Context(), callerOf(r), nodeOf(r), p.Plan, p.Steps); err != nil {
		return err
	}
	if err := s.tellMoved(r, &p); err != nil {
		return err
	}
	s.show(w, r, status, p)
	return nil
}

// pick finds the steps that a chip, a search and a page ask for.
func pick(p *views.ReviewPage, form url.Values) {
	p.Show, p.Query = views.ParseShow(form.Get("show")), strings.TrimSpace(form.Get("q"))
	page, _ := strconv.Atoi(form.Get("page"))
	q := transfer.StepQuery{Actions: p.Show.Actions(p.Plan.Mode, p.Query != ""), Text: p.Query, Limit: stepsPerPage, Offset: (max(page, 1) - 1) * stepsPerPage}
	found := transfer.FindSteps(p.Plan, q)
	p.Pages = max(1, (found.Total+stepsPerPage-1)/stepsPerPage)
	if page = max(page, 1); page > p.Pages {
		page, q.Offset = p.Pages, (p.Pages-1)*stepsPerPage
		found = transfer.FindSteps(p.Plan, q)
	}
	p.Page, p.Found, p.Steps = page, found.Total, found.Steps
}

// tellMoved fills in what came in since somebody looked, and what a restore takes back.
func (s *Server) tellMoved(r *http.Request, p *views.ReviewPage) error {
	since, err := strconv.ParseInt(r.Form.Get("since"), 10, 64)
	if base := p.Plan.Base.Revision; err == nil && since >= 0 && since < base {
		p.Since, p.Anew = since, true
		if p.Moved, err = s.Transfer.Moved(r.Context(), callerOf(r), nodeOf(r), since); err != nil {
			return err
		}
		if p.Came, err = s.after(r, since); err != nil {
			return err
		}
	}
	if p.Draft.Restores > 0 {
		p.Undone, err = s.after(r, p.Draft.Restores)
		return err
	}
	return nil
}

// after returns the newest revisions after one.
func (s *Server) after(r *http.Request, revision int64) ([]plan.Revision, error) {
	all, err := s.Transfer.History(r.Context(), callerOf(r), nodeOf(r), 0, revisionsNamed)
	for i, found := range all {
		if found.Number <= revision {
			return all[:i], err
		}
	}
	return all, err
}

// diffPage is GET /ui/import/{id}/review/diff: what a review does to one entry.
func (s *Server) diffPage(w http.ResponseWriter, r *http.Request) error {
	ref, err := core.ParseRef(r.URL.Query().Get("ref"))
	if err != nil {
		return err
	}
	review, err := s.review(r)
	if err != nil {
		return err
	}
	for i := range review.Plan.Steps {
		if step := &review.Plan.Steps[i]; step.Ref == ref {
			return s.showStep(w, r, review, step)
		}
	}
	return core.Errorf(core.NotFound, "%v is not in the plan", ref)
}

// showStep draws what a review does to one entry, and whom that disturbs.
func (s *Server) showStep(w http.ResponseWriter, r *http.Request, review *transfer.Review, step *plan.Step) error {
	found, err := s.Transfer.Disturbs(r.Context(), callerOf(r), nodeOf(r), review.Plan, []*plan.Step{step})
	if err != nil {
		return err
	}
	s.show(w, r, http.StatusOK, views.DiffPage{Layout: s.layout(r), Draft: draftOf(review.Draft), Step: step, Disturbs: found[step.Ref]})
	return nil
}

// restore is POST /ui/history/{revision}/restore: it prepares to bring a revision back,
// and leads to the review of that.
func (s *Server) restore(w http.ResponseWriter, r *http.Request) error {
	revision, err := strconv.ParseInt(param(r, "revision"), 10, 64)
	if err != nil {
		return core.Errorf(core.NotFound, "there is no revision %s", param(r, "revision"))
	}
	id, err := s.Drafts.Revert(r.Context(), callerOf(r), nodeOf(r), revision)
	if err != nil {
		return err
	}
	http.Redirect(w, r, reviewPath(id), http.StatusSeeOther)
	return nil
}
