package handlers

import (
	"math"
	"net/http"

	"ekuiper-console/core"
	"ekuiper-console/core/compare"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/secret"
	"ekuiper-console/core/transfer"
)

// revisionsV1 is GET /api/v1/revisions: the newest first, a page of which ends before
// the revision that the next one is asked for with.
func (s *Server) revisionsV1(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, "before", "limit")
	if err != nil {
		return err
	}
	limit, err := q.number("limit", 50, 1, 1000)
	if err != nil {
		return err
	}
	before, err := q.number("before", 0, 1, math.MaxInt)
	if err != nil {
		return err
	}
	all, err := s.Transfer.History(r.Context(), callerOf(r), nodeOf(r), int64(before), limit)
	return ok(w, append([]plan.Revision{}, all...), err)
}

// changeV1 is what happened to one entry.
type changeV1 struct {
	Action plan.Action `json:"action"`
	Ref    core.Ref    `json:"ref"`
	Diff   string      `json:"diff,omitempty"` // unified, secrets masked; only where it was asked for
	Same   bool        `json:"same,omitempty"` // the texts differ and mean the same
}

func changesV1(changes []plan.Change, diff bool) []changeV1 {
	all := make([]changeV1, 0, len(changes))
	for _, c := range changes {
		v := changeV1{Action: c.Action, Ref: c.Ref}
		if diff {
			v.Diff = compare.Unified(c.Ref.Kind, c.Old, c.New)
			v.Same = c.Action == plan.Replace && compare.Same(c.Ref.Kind, c.Old, c.New)
		}
		all = append(all, v)
	}
	return all
}

// revisionV1 is GET /api/v1/revisions/{n}: the revision and what it did.
func (s *Server) revisionV1(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, "diff")
	if err != nil {
		return err
	}
	n, err := revision(param(r, "n"))
	if err != nil {
		return err
	}
	rev, err := s.Transfer.Revision(r.Context(), callerOf(r), nodeOf(r), n)
	if err != nil {
		return err
	}
	changes, err := s.Transfer.Changes(r.Context(), callerOf(r), nodeOf(r), n, plan.Window{})
	return ok(w, struct {
		plan.Revision
		Changes []changeV1 `json:"changes"`
	}{rev, changesV1(changes, q["diff"] == "1")}, err)
}

// bundleV1 is GET /api/v1/revisions/{n}/bundle: what the node held then.
func (s *Server) bundleV1(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, "secrets")
	if err != nil {
		return err
	}
	masked, err := q.flag("secrets", "masked")
	if err != nil {
		return err
	}
	n, err := revision(param(r, "n"))
	if err != nil {
		return err
	}
	b, err := s.Transfer.At(r.Context(), callerOf(r), nodeOf(r), n)
	if err != nil {
		return err
	}
	if err := s.recordExport(r, transfer.ExportRequest{Masked: masked}, "revision "+param(r, "n")); err != nil {
		return err
	}
	if masked {
		b = secret.MaskBundle(b)
	}
	doc, err := b.MarshalJSON()
	if err != nil {
		return err
	}
	s.download(w, r, doc, asJSON, "revision-"+param(r, "n"))
	return nil
}

// restoreBody is what the routes take that make a node hold what was there before.
type restoreBody struct {
	Leave   []core.Ref `json:"leave"`
	Plan    string     `json:"plan"`
	Note    string     `json:"note"`
	Restart bool       `json:"restart"` // restart the node where something comes into use only then
	Async   bool       `json:"async"`
	DryRun  bool       `json:"dry_run"` // answer with the plan
	Diff    bool       `json:"diff"`
}

// over puts what the body says over a request.
func (b restoreBody) over(req transfer.Request) transfer.Request {
	req.Mode, req.Leave, req.Plan, req.Restart = plan.Full, b.Leave, b.Plan, b.Restart
	if b.Note != "" {
		req.Note = b.Note
	}
	return req
}

// restoreV1 is POST /api/v1/revisions/{n}/restore. Revision 0 is the empty node.
func (s *Server) restoreV1(w http.ResponseWriter, r *http.Request) error {
	var body restoreBody
	if err := s.readStrict(w, r, &body); err != nil {
		return err
	}
	n, err := revision(param(r, "n"))
	if err != nil {
		return err
	}
	req := body.over(transfer.Request{Node: nodeOf(r), Restores: n})
	if n == 0 {
		req.Document = []byte("{}")
	} else if _, err := s.Transfer.Revision(r.Context(), callerOf(r), nodeOf(r), n); err != nil {
		return err
	}
	return s.answerRestore(w, r, req, body)
}

// answerRestore answers with the plan of a restore, or does it.
func (s *Server) answerRestore(w http.ResponseWriter, r *http.Request, req transfer.Request, body restoreBody) error {
	if body.DryRun {
		return s.answerPreview(w, r, req, body.Diff)
	}
	return s.answerImport(w, r, req, body.Async)
}

// diffV1 is GET /api/v1/diff?from=&to=: what leads from one revision to another. Without
// to it is the newest.
func (s *Server) diffV1(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, "from", "to", "diff")
	if err != nil {
		return err
	}
	snapshot, err := s.Transfer.Export(r.Context(), callerOf(r), nodeOf(r))
	if err != nil {
		return err
	}
	from, err := revision(q["from"])
	if err != nil {
		return core.WithHint(err, "write ?from=41&to=44")
	}
	to := snapshot.Revision
	if q["to"] != "" {
		if to, err = revision(q["to"]); err != nil {
			return err
		}
	}
	changes, err := s.Transfer.Diff(r.Context(), callerOf(r), nodeOf(r), from, to)
	return ok(w, struct {
		From    int64      `json:"from"`
		To      int64      `json:"to"`
		Changes []changeV1 `json:"changes"`
	}{from, to, changesV1(changes, q["diff"] == "1")}, err)
}
