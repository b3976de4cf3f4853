package handlers

import (
	"net/http"

	"ekuiper-console/core/plan"
	"ekuiper-console/core/task"
	"ekuiper-console/web/views"
)

// recentTasks is how many tasks are looked through for those that run, and for the names
// of what revisions imported.
const recentTasks = 200

// home is GET /ui.
func (s *Server) home(w http.ResponseWriter, r *http.Request) error {
	http.Redirect(w, r, "/ui/", http.StatusSeeOther)
	return nil
}

// overviewPage is GET /ui/.
func (s *Server) overviewPage(w http.ResponseWriter, r *http.Request) error {
	o, err := s.Transfer.Overview(r.Context(), callerOf(r), nodeOf(r))
	if err != nil {
		return err
	}
	tasks, err := s.Tasks.List(r.Context(), callerOf(r), nodeOf(r), recentTasks)
	if err != nil {
		return err
	}
	p := views.OverviewPage{
		Layout: s.layout(r), Runs: s.runs(r), Counts: o.Counts, Lacking: o.Lacking, Recent: named(o.Recent, tasks), Report: o.Report,
		Broken: o.Broken, Gaps: o.Gaps, Pending: o.Pending,
	}
	for _, t := range tasks {
		if !t.State.Final() {
			p.Running = append(p.Running, t)
		}
	}
	s.show(w, r, http.StatusOK, p)
	return nil
}

// named puts the titles of tasks to the revisions that they made.
func named(revisions []plan.Revision, tasks []task.Task) []views.Entered {
	titles := make(map[string]string, len(tasks))
	for _, t := range tasks {
		titles[t.ID] = t.Title
	}
	all := make([]views.Entered, len(revisions))
	for i, r := range revisions {
		all[i] = views.Entered{Revision: r}
		if r.Task != "" {
			all[i].Name = titles[r.Task]
		}
	}
	return all
}
