package handlers

import (
	"fmt"
	"net/http"

	"ekuiper-console/core/task"
)

// taskEvents is GET /ui/tasks/{id}/events: it sends an event whenever the task has
// moved, and the last one, called over, when it has ended. What an event says is for
// people who look at the stream; a page takes it as the sign to load itself again. The
// stream ends with the task, which the end of the console interrupts too, and with the
// browser. No event keeps it awake meanwhile: a browser whose stream was cut off opens it
// again by itself.
func (s *Server) taskEvents(w http.ResponseWriter, r *http.Request) error {
	var out *events
	err := s.Tasks.Watch(r.Context(), param(r, "id"), func(t task.Task) error {
		if out == nil {
			out = newEvents(w)
		}
		name, p := "moved", t.Progress
		if t.State.Final() {
			name = "over"
		}
		return out.send(name, fmt.Sprintf("%s %s %d/%d %d/%d", t.State, p.Stage, p.Done, p.Total, p.Bytes, p.TotalBytes))
	})
	if out != nil {
		return nil // it was told, or the browser has gone
	}
	return err
}
