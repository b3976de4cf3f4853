package handlers

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/task"
	"ekuiper-console/core/transfer"
	"ekuiper-console/web/views"
)

// taskDetails are what a task keeps for its page.
type taskDetails struct {
	*plan.Outcome
	Draft string `json:"draft,omitempty"` // the id of the draft that was imported
}

// importDraftBody sets a task to import a draft. A draft of which all was accepted is
// dropped; else it stays for another try.
func (s *Server) importDraftBody(r *http.Request, d plan.Draft, req transfer.Request) (task.Task, error) {
	by := callerOf(r)
	req.Document = d.Body
	it := importTask{
		title: d.Name, draft: d.ID, req: req,
		done: func(ctx context.Context, result *transfer.Result) {
			if result.Failed() {
				return
			}
			if err := s.Drafts.Drop(ctx, by, d.ID); err != nil {
				s.Log.WarnContext(ctx, "draft not dropped", "draft", d.ID, "error", err)
			}
		},
	}
	return s.claims.once(r.Context(), s.Tasks, d.ID, func() (task.Task, error) { return s.startImport(r, it) })
}

// taskRetry is POST /ui/tasks/{id}/retry: it imports again what a task was refused,
// this time without what is rejected. A full reset is looked at and confirmed anew,
// because the node may have moved.
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
	if details.Mode == plan.Full {
		http.Redirect(w, r, "/ui/import/"+d.ID+"?mode=full&strict=valid", http.StatusSeeOther)
		return nil
	}
	again, err := s.importDraftBody(r, d, transfer.Request{Node: d.Node})
	if err != nil {
		return err
	}
	s.toTask(w, r, again.ID)
	return nil
}

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
	s.show(w, r, http.StatusOK, views.TaskPage{Layout: s.layout(r), Task: t, Outcome: details.Outcome})
	return nil
}

// taskReport is GET /ui/tasks/{id}/report: the errors of the import in the shape of
// /data/import/status.
func (s *Server) taskReport(w http.ResponseWriter, r *http.Request) error {
	t, details, err := s.pageTask(r)
	if err != nil {
		return err
	}
	if details.Outcome == nil {
		return noReport(t.ID)
	}
	report := &bundle.Bundle{}
	for _, refused := range details.Rejected {
		for _, f := range refused.Findings {
			if _, told := report.Get(refused.Ref); f.Severity == core.Fault && !told {
				report.Set(refused.Ref, f.Message)
			}
		}
	}
	w.Header().Set("Content-Disposition", `attachment; filename="report-`+t.ID+`.json"`)
	return ok(w, report, nil)
}

// findings is all that an import had to say, as a download.
type findings struct {
	Mode     plan.Mode      `json:"mode"`
	Written  bool           `json:"written"`
	Revision int64          `json:"revision"`
	Sections []plan.Section `json:"sections"`
	Findings []core.Finding `json:"findings"` // those of rejected entries first
}

// taskFindings is GET /ui/tasks/{id}/findings: every finding with its entry, its place
// in the entry's text, its hint and what it follows from.
func (s *Server) taskFindings(w http.ResponseWriter, r *http.Request) error {
	t, details, err := s.pageTask(r)
	if err != nil {
		return err
	}
	o := details.Outcome
	if o == nil {
		return noReport(t.ID)
	}
	all := findings{o.Mode, o.Written, o.Revision, o.Sections, []core.Finding{}}
	for _, refused := range o.Rejected {
		all.Findings = append(all.Findings, refused.Findings...)
	}
	all.Findings = append(append(all.Findings, o.Warnings...), plan.UnknownSections(o.Unknown)...)
	w.Header().Set("Content-Disposition", `attachment; filename="findings-`+t.ID+`.json"`)
	return ok(w, all, nil)
}

func noReport(id string) error {
	return core.WithHint(core.Errorf(core.NotFound, "task %s has no report", id), "it did not come as far as checking entries")
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
