package handlers

import (
	"context"
	"net/http"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
	"ekuiper-console/core/drift"
	"ekuiper-console/core/transfer"
)

// driftsV1 is GET /api/v1/drift: all nodes, as they were last compared.
func (s *Server) driftsV1(w http.ResponseWriter, r *http.Request) error {
	all, err := s.Watch.List(r.Context(), callerOf(r))
	return ok(w, all, err)
}

// driftV1 is GET /api/v1/nodes/{name}/drift: how the node stands to its baseline, with the
// entries that are not as it says.
func (s *Server) driftV1(w http.ResponseWriter, r *http.Request) error {
	report, err := s.Watch.Report(r.Context(), callerOf(r), param(r, "name"))
	return answerDrift(w, r, report, err)
}

// compareV1 is POST /api/v1/nodes/{name}/drift: the node is read and compared now.
func (s *Server) compareV1(w http.ResponseWriter, r *http.Request) error {
	var report drift.Report
	err := bounded(r, param(r, "name"), func(ctx context.Context) (err error) {
		report, err = s.Watch.Check(ctx, callerOf(r), param(r, "name"))
		return err
	})
	return answerDrift(w, r, report, err)
}

func answerDrift(w http.ResponseWriter, r *http.Request, report drift.Report, err error) error {
	if err != nil {
		return err
	}
	q, err := readQuery(r, "diff")
	return ok(w, struct {
		drift.Status
		Changes []changeV1 `json:"changes"`
	}{report.Status, changesV1(report.Changes, q["diff"] == "1")}, err)
}

// baselineV1 is GET /api/v1/nodes/{name}/baseline.
func (s *Server) baselineV1(w http.ResponseWriter, r *http.Request) error {
	b, err := s.baseline(r)
	return ok(w, b, err)
}

// baseline returns the baseline of the node in the path, or a NotFound error.
func (s *Server) baseline(r *http.Request) (*drift.Baseline, error) {
	report, err := s.Watch.Report(r.Context(), callerOf(r), param(r, "name"))
	if err == nil && report.Baseline == nil {
		err = core.Errorf(core.NotFound, "%s has no baseline", param(r, "name"))
	}
	return report.Baseline, err
}

// setBaselineV1 is PUT /api/v1/nodes/{name}/baseline. Without a revision it is what the
// node holds now.
func (s *Server) setBaselineV1(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Revision int64 `json:"revision"`
	}
	if err := s.readStrict(w, r, &body); err != nil {
		return err
	}
	if body.Revision < 0 {
		return core.Errorf(core.Invalid, "%d is not the number of a revision", body.Revision)
	}
	status, err := s.Watch.Set(r.Context(), callerOf(r), param(r, "name"), body.Revision)
	return ok(w, status, err)
}

// removeBaselineV1 is DELETE /api/v1/nodes/{name}/baseline.
func (s *Server) removeBaselineV1(w http.ResponseWriter, r *http.Request) error {
	return gone(w, s.Watch.Remove(r.Context(), callerOf(r), param(r, "name")))
}

// applyBaselineV1 is POST /api/v1/nodes/{name}/baseline/apply: the node is to hold again
// what its baseline says.
func (s *Server) applyBaselineV1(w http.ResponseWriter, r *http.Request) error {
	var body restoreBody
	if err := s.readStrict(w, r, &body); err != nil {
		return err
	}
	b, err := s.baseline(r)
	if err != nil {
		return err
	}
	r = withNode(r, param(r, "name"))
	if !body.DryRun {
		if err := s.record(r, audit.BaselineApply, nodeOf(r), revisionText(b.Revision)); err != nil {
			return err
		}
	}
	return s.answerRestore(w, r, body.over(transfer.Request{Node: nodeOf(r), Restores: b.Revision, Note: "re-applies the baseline"}), body)
}
