package handlers

import (
	"fmt"
	"net/http"
	"strings"
)

// events writes server-sent events.
type events struct {
	w    http.ResponseWriter
	ctrl *http.ResponseController
}

// newEvents begins to answer with events.
func newEvents(w http.ResponseWriter) *events {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // a proxy before us is not to wait for more
	return &events{w, http.NewResponseController(w)}
}

// send writes one event, at once. Each line of the data goes in a field of its own.
func (e *events) send(name, data string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "event: %s\n", name)
	for line := range strings.Lines(data + "\n") {
		fmt.Fprintf(&b, "data: %s\n", strings.TrimRight(line, "\r\n"))
	}
	b.WriteByte('\n')
	if _, err := e.w.Write([]byte(b.String())); err != nil {
		return err
	}
	return e.ctrl.Flush()
}
