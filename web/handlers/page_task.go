package handlers

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/task"
	"ekuiper-console/web/views"
)

// taskDetails are what a task keeps for its page.
type taskDetails struct {
	*plan.Outcome
	Draft    string `json:"draft,omitempty"`    // the id of the draft that was imported
	Moved    bool   `json:"moved,omitempty"`    // its plan was another one by then, and nothing was applied
	Since    int64  `json:"since,omitempty"`    // the revision that its plan was made from
	Restores int64  `json:"restores,omitempty"` // the revision that it brought back
	Note     string `json:"note,omitempty"`     // the reason for that
}

// encode returns the details as they are stored.
func (d taskDetails) encode() json.RawMessage {
	data, err := json.Marshal(d)
	if err != nil {
		panic(err) // nothing in it fails to marshal
	}
	return data
}

// taskRetry is POST /ui/tasks/{id}/retry: it goes back to the review of what a task was
// refused, this time without what is rejected.
func (s *Server) taskRetry(w http.ResponseWriter, r *http.Request) error {
	t, details, err := s.pageTask(r)
	if err != nil {
		return err
	}
	if details.Outcome == nil || details.Draft == "" {
		return core.Errorf(core.Conflict, "task %s cannot be tried again", t.ID)
	}
	d, err := s.Drafts.Draft(r.Context(), callerOf(r), details.Draft)
	if err != nil {
		return core.WithHint(err, "bring the bundle again")
	}
	d.Choices.Valid = true
	if err := s.Drafts.Choose(r.Context(), callerOf(r), d.ID, d.Choices); err != nil {
		return err
	}
	http.Redirect(w, r, reviewPath(d.ID), http.StatusSeeOther)
	return nil
}

// taskFix is POST /ui/tasks/{id}/fix: it makes a draft of what a task was refused, and
// leads to where it is mended.
func (s *Server) taskFix(w http.ResponseWriter, r *http.Request) error {
	t, details, err := s.pageTask(r)
	if err != nil {
		return err
	}
	if details.Outcome == nil {
		return noReport(t.ID)
	}
	name := "fix-" + strings.TrimPrefix(t.Title, "fix-")
	id, missing, err := s.Drafts.Rework(r.Context(), callerOf(r), details.Outcome, t.Node, name, details.Draft)
	if err != nil {
		return err
	}
	query := url.Values{"edit": {"1"}}
	for _, ref := range missing[:min(len(missing), maxMissing)] {
		query.Add("missing", ref.String())
	}
	http.Redirect(w, r, draftPath(id)+"?"+query.Encode(), http.StatusSeeOther)
	return nil
}

// maxMissing bounds the entries that an address names.
const maxMissing = 12

// patience is how long a page waits for a task before it shows it as running.
const patience = 1500 * time.Millisecond

// toTask leads to the page of a task. Most imports are over by then.
func (s *Server) toTask(w http.ResponseWriter, r *http.Request, id string) {
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	s.Tasks.Wait(ctx, id)
	http.Redirect(w, r, "/ui/tasks/"+url.PathEscape(id), http.StatusSeeOther)
}

// pageTask returns a task and what became of it.
func (s *Server) pageTask(r *http.Request) (t task.Task, details taskDetails, err error) {
	t, err = s.Tasks.Task(r.Context(), param(r, "id"))
	if err != nil || len(t.Result) == 0 {
		return t, details, err
	}
	if err := json.Unmarshal(t.Result, &details); err != nil {
		return t, details, core.Errorf(core.Internal, "reading the result of task %s: %w", t.ID, err)
	}
	return t, details, nil
}

// taskPage is GET /ui/tasks/{id}.
func (s *Server) taskPage(w http.ResponseWriter, r *http.Request) error {
	t, details, err := s.pageTask(r)
	if err != nil {
		return err
	}
	p := views.TaskPage{Layout: s.layout(r), Task: t, Outcome: details.Outcome, Restores: details.Restores, Note: details.Note}
	if details.Moved {
		p.Again = reviewPath(details.Draft) + "?since=" + strconv.FormatInt(details.Since, 10)
	}
	s.show(w, r, http.StatusOK, p)
	return nil
}

// taskPageCancel is POST /ui/tasks/{id}/cancel.
func (s *Server) taskPageCancel(w http.ResponseWriter, r *http.Request) error {
	id := param(r, "id")
	err := s.Tasks.Cancel(r.Context(), id)
	if err == nil {
		err = s.record(r, audit.Cancel, id, "")
	}
	if err != nil && core.CodeOf(err) != core.Conflict {
		return err
	}
	http.Redirect(w, r, "/ui/tasks/"+url.PathEscape(id), http.StatusSeeOther)
	return nil
}
