package handlers

import (
	"context"
	"encoding/json"
	"net/http"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
	"ekuiper-console/core/compare"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/task"
	"ekuiper-console/core/transfer"
)

// importBody is what POST /api/v1/plan, /api/v1/import and …/restore take. A field that is
// not known is refused, since it may be a misspelt safeguard.
type importBody struct {
	Content  string          `json:"content"`           // the document
	File     string          `json:"file"`              // or its address
	Format   transfer.Format `json:"format"`            // of the document; JSON unless it is said
	Mode     *plan.Mode      `json:"mode"`              // has no default: whoever deletes must say so
	Leave    []core.Ref      `json:"leave"`             // entries that stay as they are
	Atomic   bool            `json:"atomic"`            // apply nothing unless all is accepted
	Plan     string          `json:"plan"`              // the hash of the plan that was looked at
	Rollback bool            `json:"rollback_on_error"` // bring back what was there, where a node does not do all as planned
	Restart  bool            `json:"restart"`           // restart the node where something comes into use only then
	Note     string          `json:"note"`              // for the history
	Async    bool            `json:"async"`             // answer with a task
	Diff     bool            `json:"diff"`              // of a plan: what changes in the texts
}

// readStrict reads a JSON body of known fields.
func (s *Server) readStrict(w http.ResponseWriter, r *http.Request, v any) error {
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, s.maxDocument()))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return badBody(err)
	}
	return nil
}

// errNoMode is the error of an import that does not say what becomes of what is there.
var errNoMode = core.WithHint(core.Errorf(core.Invalid, "the mode is missing"), `write "mode":"partial" or "mode":"full"`)

// readImport reads the body of a request, and the import that it asks for.
func (s *Server) readImport(w http.ResponseWriter, r *http.Request) (b importBody, req transfer.Request, err error) {
	var files map[string]string
	if isMultipart(r) {
		var brought transfer.Brought
		brought, err = s.readForm(w, r, &b)
		b.Content, files = string(brought.Text), brought.Files
	} else {
		err = s.readStrict(w, r, &b)
	}
	if err != nil {
		return b, req, err
	}
	if b.Mode == nil {
		return b, req, errNoMode
	}
	what := given{[]byte(b.Content), b.File, files}
	return b, transfer.Request{
		Node: nodeOf(r), Document: what.document, Address: b.File, Files: files, Format: b.Format, Mode: *b.Mode,
		Leave: b.Leave, Atomic: b.Atomic, Plan: b.Plan, Note: b.Note, Rollback: b.Rollback, Restart: b.Restart,
	}, what.checked()
}

// planAnswer is a plan as a program reads it.
type planAnswer struct {
	*plan.Listing
	Diffs map[string]string `json:"diffs,omitempty"` // of replaced entries, unified, secrets masked
}

func answerPlan(p *plan.Plan, diff bool) planAnswer {
	a := planAnswer{Listing: p.Listing()}
	if !diff {
		return a
	}
	a.Diffs = map[string]string{}
	for i := range p.Steps {
		if st := &p.Steps[i]; st.Action == plan.Replace {
			a.Diffs[st.Ref.String()] = compare.Unified(st.Ref.Kind, st.Old, st.New)
		}
	}
	return a
}

// planV1 is POST /api/v1/plan.
func (s *Server) planV1(w http.ResponseWriter, r *http.Request) error {
	body, req, err := s.readImport(w, r)
	if err != nil {
		return err
	}
	return s.answerPreview(w, r, req, body.Diff)
}

func (s *Server) answerPreview(w http.ResponseWriter, r *http.Request, req transfer.Request, diff bool) error {
	p, err := s.Transfer.Preview(r.Context(), callerOf(r), req)
	if err != nil {
		return err
	}
	return ok(w, answerPlan(p, diff), nil)
}

// importV1 is POST /api/v1/import.
func (s *Server) importV1(w http.ResponseWriter, r *http.Request) error {
	body, req, err := s.readImport(w, r)
	if err != nil {
		return err
	}
	return s.answerImport(w, r, req, body.Async)
}

// answerImport does an import and answers with its outcome, or starts a task for it.
// Entries that are rejected are no error here: the outcome names them.
func (s *Server) answerImport(w http.ResponseWriter, r *http.Request, req transfer.Request, async bool) error {
	if async {
		t, err := s.startImport(r, importTask{title: req.Address, req: req})
		if err != nil {
			return err
		}
		w.Header().Set("Location", "/api/v1/tasks/"+t.ID)
		writeJSON(w, http.StatusAccepted, taskV1{ID: t.ID, State: t.State})
		return nil
	}
	result, err := s.Transfer.Import(r.Context(), callerOf(r), req)
	if err != nil {
		return err
	}
	return ok(w, result.Outcome, nil)
}

// taskV1 is a task as a program reads it.
type taskV1 struct {
	ID       string         `json:"id"`
	Node     string         `json:"node,omitempty"`
	By       string         `json:"by,omitempty"`
	Title    string         `json:"title,omitempty"`
	State    task.State     `json:"state"`
	Progress *task.Progress `json:"progress,omitempty"` // while it runs
	Message  string         `json:"message,omitempty"`  // as the engine's clients read it
	Outcome  *plan.Outcome  `json:"outcome,omitempty"`  // once it is over and came as far
	Created  int64          `json:"created,omitempty"`  // seconds since 1970
	Updated  int64          `json:"updated,omitempty"`
}

// newTaskV1 returns a task with what became of it, as a caller may look at it.
func newTaskV1(by core.Caller, t task.Task) (taskV1, error) {
	v := taskV1{t.ID, t.Node, t.By, t.Title, t.State, nil, t.Message, nil, t.Created.Unix(), t.Updated.Unix()}
	if !t.State.Final() {
		v.Progress = &t.Progress
	}
	if len(t.Result) > 0 {
		var details taskDetails
		if err := json.Unmarshal(t.Result, &details); err != nil {
			return v, core.Errorf(core.Internal, "reading the result of task %s: %w", t.ID, err)
		}
		v.Outcome = details.Outcome
	}
	if v.Outcome != nil {
		for i, e := range v.Outcome.Rejected {
			v.Outcome.Rejected[i].Text = textFor(by, e.Ref, e.Text)
		}
	}
	return v, nil
}

// tasksV1 is GET /api/v1/tasks.
func (s *Server) tasksV1(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, "limit")
	if err != nil {
		return err
	}
	limit, err := q.number("limit", 50, 1, 1000)
	if err != nil {
		return err
	}
	tasks, err := s.Tasks.List(r.Context(), callerOf(r), nodeOf(r), limit)
	all := make([]taskV1, 0, len(tasks))
	for _, t := range tasks {
		v, err := newTaskV1(callerOf(r), t)
		if err != nil {
			return err
		}
		all = append(all, v)
	}
	return ok(w, all, err)
}

// oneTaskV1 is GET /api/v1/tasks/{id}.
func (s *Server) oneTaskV1(w http.ResponseWriter, r *http.Request) error {
	t, err := s.Tasks.Task(r.Context(), param(r, "id"))
	if err != nil {
		return err
	}
	v, err := newTaskV1(callerOf(r), t)
	return ok(w, v, err)
}

// cancelTaskV1 is POST /api/v1/tasks/{id}/cancel.
func (s *Server) cancelTaskV1(w http.ResponseWriter, r *http.Request) error {
	if err := s.Tasks.Cancel(r.Context(), param(r, "id")); err != nil {
		return err
	}
	if err := s.record(r, audit.Cancel, param(r, "id"), ""); err != nil {
		return err
	}
	return s.oneTaskV1(w, r)
}

// taskEventsV1 is GET /api/v1/tasks/{id}/events: the task as server-sent events named
// task, one whenever it moves, the last in a final state.
func (s *Server) taskEventsV1(w http.ResponseWriter, r *http.Request) error {
	id := param(r, "id")
	if _, err := s.Tasks.Task(r.Context(), id); err != nil {
		return err
	}
	stream := newEvents(w)
	err := s.Tasks.Watch(r.Context(), id, func(t task.Task) error {
		v, err := newTaskV1(callerOf(r), t)
		if err != nil {
			return err
		}
		text, err := json.Marshal(v)
		if err != nil {
			return err
		}
		return stream.send("task", string(text))
	})
	if err != nil && r.Context().Err() == nil {
		s.Log.WarnContext(context.WithoutCancel(r.Context()), "events not sent", "task", id, "error", err)
	}
	return nil
}
