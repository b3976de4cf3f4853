package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
	"ekuiper-console/core/task"
	"ekuiper-console/core/transfer"
)

// taskBody is a task as the engine shows it. Times are seconds since 1970.
type taskBody struct {
	ID      string     `json:"id"`
	Status  task.State `json:"status"`
	Message string     `json:"message"`
	Created int64      `json:"createdTimestamp"`
	Updated int64      `json:"updatedTimestamp"`
}

// importAsync is POST /async/data/import. As in the engine, everything but the body's
// form is looked at inside the task.
func (s *Server) importAsync(w http.ResponseWriter, r *http.Request) error {
	sw, err := readSwitches(r)
	if err != nil {
		return err
	}
	if sw.dryRun {
		return core.WithHint(core.Errorf(core.Invalid, "dry_run makes no task"), "send it to /data/import")
	}
	what, err := s.readBody(w, r)
	if err != nil {
		return err
	}
	t, err := s.startImport(r, importTask{title: what.address, req: what.request(nodeOf(r), sw), refused: what.checked(), stop: sw.stop})
	return ok(w, map[string]string{"id": t.ID}, err)
}

// importTask is an import to be done in the background.
type importTask struct {
	title   string      // what a person calls it
	about   taskDetails // what its page is told besides what became of it
	req     transfer.Request
	refused error                                   // why the request is not sound; may be nil
	done    func(context.Context, *transfer.Result) // told of the result; may be nil
	stop    bool                                    // success ends the program
}

// startImport sets a task to work. It is a Busy error when the documents of those that
// wait are too large already.
func (s *Server) startImport(r *http.Request, it importTask) (task.Task, error) {
	by := callerOf(r)
	t := task.Task{Node: it.req.Node, By: by.Name, Title: it.title}
	work := func(ctx context.Context, run *task.Run) task.Outcome {
		mine := it
		it.req.Document = nil // the import lets go of it before it is over
		out := s.room.turn(ctx, func() task.Outcome { return s.runImport(ctx, by, &mine, run) })
		if it.stop && out.Err == nil {
			s.Stop()
		}
		return out
	}
	return s.room.keep(s.Tasks, it.req.Document, func() (task.Task, error) { return s.Tasks.Start(r.Context(), t, work) })
}

// runImport does the import of a task, and words its end as the engine's clients read
// it.
func (s *Server) runImport(ctx context.Context, by core.Caller, it *importTask, run *task.Run) task.Outcome {
	if it.refused != nil {
		return taskFailed(it.refused, nil, nil)
	}
	it.req.Task, it.req.Hold = run.ID, run.Hold
	it.req.Progress = func(p transfer.Progress) {
		run.Report(task.Progress{Stage: string(p.Stage), Done: p.Done, Total: p.Total, Bytes: p.Read, TotalBytes: p.Size})
	}
	req := it.req
	it.req.Document = nil
	result, err := s.Transfer.Import(ctx, by, req)
	if err != nil {
		it.about.Moved = core.CodeOf(err) == core.Conflict && it.req.Plan != ""
		return taskFailed(err, nil, it.about.encode())
	}
	if it.done != nil {
		it.done(ctx, result)
	}
	it.about.Outcome = result.Outcome
	details := it.about.encode()
	answer, err := answerOf(result)
	if err != nil {
		return taskFailed(errors.New(answer.ErrorMsg), &answer, details)
	}
	text, err := json.Marshal(answer)
	if err != nil {
		return taskFailed(err, nil, details)
	}
	return task.Outcome{Message: string(text), Result: details}
}

// taskFailed is the end of an import that went wrong, in the engine's form
// "err:<text>, response:<JSON>".
func taskFailed(err error, answer *importAnswer, details json.RawMessage) task.Outcome {
	response, marshalErr := json.Marshal(answer)
	if marshalErr != nil {
		response = []byte("null")
	}
	return task.Outcome{Err: err, Message: "err:" + err.Error() + ", response:" + string(response), Result: details}
}

// taskStatus is GET /async/task/{id}.
func (s *Server) taskStatus(w http.ResponseWriter, r *http.Request) error {
	t, err := s.Tasks.Task(r.Context(), param(r, "id"))
	if err != nil {
		return noTask(param(r, "id"), err)
	}
	return ok(w, taskBody{t.ID, t.State, t.Message, t.Created.Unix(), t.Updated.Unix()}, nil)
}

// taskCancel is POST /async/task/{id}/cancel.
func (s *Server) taskCancel(w http.ResponseWriter, r *http.Request) error {
	if err := s.Tasks.Cancel(r.Context(), param(r, "id")); err != nil {
		return noTask(param(r, "id"), err)
	}
	if err := s.record(r, audit.Cancel, param(r, "id"), ""); err != nil {
		return err
	}
	return writeText(w, "cancel success")
}

// noTask words a NotFound error as the engine does, which answers it with 400.
func noTask(id string, err error) error {
	if core.CodeOf(err) != core.NotFound {
		return err
	}
	return &engineError{http.StatusBadRequest, numberUndefined, core.Errorf(core.NotFound, "async task: %s not found", id)}
}
