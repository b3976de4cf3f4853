package handlers_test

import (
	"strings"
	"testing"
	"time"

	"ekuiper-console/core/transfer"
	"ekuiper-console/web/handlers"
)

// TestWaitingDocuments: what tasks hold while they wait is bounded, and given back when
// they are over, also when they are cancelled.
func TestWaitingDocuments(t *testing.T) {
	gate := make(chan struct{})
	s := open(t, func(s *handlers.Server) {
		s.MaxDocument, s.Transfer.Room, s.MaxImports = 1000, transfer.NewRoom(1000, nil), 1
	})
	first := s.start(t, "?partial=1", content(`{"nativePlugins":{"functions_a":"{\"name\":\"a\",\"file\":\"`+s.slow(gate)+`\"}"}}`))
	large := content(`{"streams":{"s":"CREATE STREAM s () WITH ()"}}` + strings.Repeat(" ", 700))
	second := s.start(t, "?partial=1", large)
	third := s.post("/async/data/import?partial=1", large)
	third.want(t, 503, `{"error":1000,"message":"too many documents wait to be imported","hint":"try again in a moment"}`)
	if third.Header.Get("Retry-After") == "" {
		t.Error("there is no Retry-After")
	}
	s.post("/async/task/"+second+"/cancel", "").want(t, 200, "cancel success")
	close(gate)
	for _, id := range []string{first, second} {
		s.server.Tasks.Wait(ctx, id)
	}
	for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		a := s.post("/async/data/import?partial=1", large)
		if a.StatusCode == 200 {
			break
		}
		if time.Since(began) > 10*time.Second {
			t.Fatalf("there is still no room: %d %s", a.StatusCode, a.body)
		}
	}
}
