package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"ekuiper-console/core/rollout"
	"ekuiper-console/core/task"
)

// TestShutDownInterrupts: a request that does not end by itself is interrupted, and can
// still say so.
func TestShutDownInterrupts(t *testing.T) {
	t.Parallel()
	requests, interrupt := context.WithCancel(t.Context())
	began := make(chan struct{})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{
		BaseContext: func(net.Listener) context.Context { return requests },
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			close(began)
			<-r.Context().Done()
			w.WriteHeader(http.StatusConflict)
			_, _ = io.WriteString(w, "interrupted")
		}),
	}
	go func() { _ = srv.Serve(listener) }() // ends when it is shut down
	answer := make(chan string, 1)
	go func() {
		resp, err := http.Get("http://" + listener.Addr().String())
		if err != nil {
			answer <- err.Error()
			return
		}
		defer resp.Body.Close()
		text, _ := io.ReadAll(resp.Body)
		answer <- resp.Status + " " + string(text)
	}()
	<-began
	start := time.Now()
	r := &running{tasks: &task.Runner{}, rollouts: &rollout.Service{}}
	if err := r.shutDown(srv, interrupt); err != nil {
		t.Error(err)
	}
	if took := time.Since(start); took < requestTimeout || took > shutdownTimeout {
		t.Errorf("it took %v", took)
	}
	if got := <-answer; got != "409 Conflict interrupted" {
		t.Errorf("the client was told %q", got)
	}
}
