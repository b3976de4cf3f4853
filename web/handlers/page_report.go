package handlers

import (
	"net/http"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/plan"
)

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
