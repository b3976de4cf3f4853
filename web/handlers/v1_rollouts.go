package handlers

import (
	"context"
	"encoding/json"
	"net/http"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/rollout"
	"ekuiper-console/core/transfer"
)

// rolloutBody is what POST /api/v1/rollouts takes.
type rolloutBody struct {
	Content string            `json:"content"` // the bundle as a text
	Bundle  json.RawMessage   `json:"bundle"`  // or as it is
	Format  transfer.Format   `json:"format"`  // of the text; JSON unless it is said
	Mode    *plan.Mode        `json:"mode"`    // has no default: whoever deletes must say so
	Leave   []core.Ref        `json:"leave"`   // entries that stay as they are
	Restart bool              `json:"restart"` // restart nodes where the bundle needs it
	Nodes   []string          `json:"nodes"`
	Labels  map[string]string `json:"labels"`
	Name    string            `json:"name"`
	Note    string            `json:"note"`
	Start   bool              `json:"start"` // without anybody looking at the plans
	rollout.Strategy
}

// readRolloutV1 reads a rollout: JSON, or a form with the bundle as a file.
func (s *Server) readRolloutV1(w http.ResponseWriter, r *http.Request) (rollout.Request, error) {
	var body rolloutBody
	if !isMultipart(r) {
		if err := s.readStrict(w, r, &body); err != nil {
			return rollout.Request{}, err
		}
		return body.request()
	}
	brought, err := s.readForm(w, r, &body)
	if err != nil {
		return rollout.Request{}, err
	}
	if body.Content == "" && len(body.Bundle) == 0 {
		body.Content = string(brought.Text)
	} else {
		body.Content, body.Bundle = "", nil // there are two
	}
	req, err := body.request()
	req.Files = brought.Files
	return req, err
}

// request returns the rollout that a body asks for.
func (b *rolloutBody) request() (rollout.Request, error) {
	document := []byte(b.Content)
	if len(b.Bundle) > 0 {
		document = b.Bundle
	}
	switch {
	case b.Mode == nil:
		return rollout.Request{}, errNoMode
	case (len(b.Bundle) > 0) == (b.Content != ""):
		return rollout.Request{}, core.WithHint(core.Errorf(core.Invalid, "a rollout takes one bundle"), `write it as a text in "content", or as it is in "bundle"`)
	}
	return rollout.Request{
		Name: b.Name, Note: b.Note, Document: document, Format: b.Format, Mode: *b.Mode, Leave: b.Leave, Restart: b.Restart,
		Nodes: b.Nodes, Labels: b.Labels, Strategy: b.Strategy, Start: b.Start,
	}, nil
}

// planRolloutV1 is POST /api/v1/rollouts: the plans are made in the background.
func (s *Server) planRolloutV1(w http.ResponseWriter, r *http.Request) error {
	req, err := s.readRolloutV1(w, r)
	if err != nil {
		return err
	}
	one, err := s.Rollouts.Plan(r.Context(), callerOf(r), req)
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/api/v1/rollouts/"+one.ID)
	writeJSON(w, http.StatusAccepted, one)
	return nil
}

// rolloutsV1 is GET /api/v1/rollouts.
func (s *Server) rolloutsV1(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, "limit")
	if err != nil {
		return err
	}
	limit, err := q.number("limit", 50, 1, 1000)
	if err != nil {
		return err
	}
	all, err := s.Rollouts.List(r.Context(), callerOf(r), limit)
	return ok(w, append([]rollout.Rollout{}, all...), err)
}

// rolloutV1 is a rollout with its nodes and what it does to them.
type rolloutV1 struct {
	rollout.Rollout
	Groups  []rollout.Group  `json:"groups"` // the largest
	Targets []rollout.Target `json:"targets"`
}

// maxGroups bounds the groups that an answer or a page has.
const maxGroups = 20

// oneRolloutV1 is GET /api/v1/rollouts/{id}.
func (s *Server) oneRolloutV1(w http.ResponseWriter, r *http.Request) error {
	v, err := s.wholeRollout(r)
	return ok(w, v, err)
}

func (s *Server) wholeRollout(r *http.Request) (v rolloutV1, err error) {
	ctx, by, id := r.Context(), callerOf(r), param(r, "id")
	if v.Rollout, err = s.Rollouts.Rollout(ctx, by, id); err != nil {
		return v, err
	}
	if v.Targets, err = s.Rollouts.Targets(ctx, by, id); err != nil {
		return v, err
	}
	v.Groups, err = s.Rollouts.Groups(ctx, by, id, maxGroups)
	v.Groups = append([]rollout.Group{}, v.Groups...)
	return v, err
}

// act is what somebody does with a rollout.
type act func(ctx context.Context, by core.Caller, id string) (rollout.Rollout, error)

// rolloutActV1 makes the handler of POST /api/v1/rollouts/{id}/start, and of its like.
func (s *Server) rolloutActV1(do act) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		one, err := do(r.Context(), callerOf(r), param(r, "id"))
		if err != nil {
			return err
		}
		writeJSON(w, http.StatusAccepted, one)
		return nil
	}
}

// rollbackV1 is POST /api/v1/rollouts/{id}/rollback.
func (s *Server) rollbackV1(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Wave *int `json:"wave"` // 0 for all
	}
	if err := s.readStrict(w, r, &body); err != nil {
		return err
	}
	if body.Wave == nil {
		return core.WithHint(core.Errorf(core.Invalid, "the wave is missing"), `write "wave":1, or "wave":0 for all waves`)
	}
	one, err := s.Rollouts.Rollback(r.Context(), callerOf(r), param(r, "id"), *body.Wave)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusAccepted, one)
	return nil
}

// removeRolloutV1 is DELETE /api/v1/rollouts/{id}.
func (s *Server) removeRolloutV1(w http.ResponseWriter, r *http.Request) error {
	return gone(w, s.Rollouts.Remove(r.Context(), callerOf(r), param(r, "id")))
}

// rolloutEventsV1 is GET /api/v1/rollouts/{id}/events: the rollout as server-sent events
// named rollout, at least one a second while it works, the last when it rests.
func (s *Server) rolloutEventsV1(w http.ResponseWriter, r *http.Request) error {
	return s.watchRollout(w, r, func(out *events, one rollout.Rollout) error {
		text, err := json.Marshal(one)
		if err != nil {
			return err
		}
		return out.send("rollout", string(text))
	})
}

// watchRollout tells of a rollout by events.
func (s *Server) watchRollout(w http.ResponseWriter, r *http.Request, tell func(*events, rollout.Rollout) error) error {
	var out *events
	err := s.Rollouts.Watch(r.Context(), callerOf(r), param(r, "id"), func(one rollout.Rollout) error {
		if out == nil {
			out = newEvents(w)
		}
		return tell(out, one)
	})
	if out != nil {
		return nil // it was told, or the client has gone
	}
	return err
}
