package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"ekuiper-console/core/rollout"
	"ekuiper-console/core/task"
)

// How long may pass until the end: for all of it, for requests that are under way, and
// for what was interrupted to say so.
const (
	shutdownTimeout = 30 * time.Second
	requestTimeout  = 10 * time.Second
	interruptTime   = 3 * time.Second
)

// maxHeader bounds the header of a request, in bytes.
const maxHeader = 32 << 10

// running is a console that answers requests.
type running struct {
	listener net.Listener
	handler  http.Handler
	tasks    *task.Runner
	rollouts *rollout.Service
	log      *slog.Logger
	stopped  <-chan struct{} // closed when an import asks for the end
	ending   func()          // ends what would else go on for ever
}

// answer serves until the context ends, an import asks for a stop, or listening fails.
func (c *serveCmd) answer(p *process, r *running) error {
	requests, interrupt := context.WithCancel(context.WithoutCancel(p.ctx))
	defer interrupt()
	srv := &http.Server{
		Handler:           r.handler,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(r.log.Handler(), slog.LevelWarn),
		BaseContext:       func(net.Listener) context.Context { return requests },
	}
	srv.RegisterOnShutdown(r.ending)
	serve := func() error { return srv.Serve(r.listener) }
	if c.TLSCert != "" {
		cert, err := newServedPair(c.TLSCert, c.TLSKey, r.log)
		if err != nil {
			return err
		}
		srv.TLSConfig = cert.config()
		serve = func() error { return srv.ServeTLS(r.listener, "", "") }
	}
	failed := make(chan error, 1)
	go func() { failed <- serve() }()
	var end error
	select {
	case err := <-failed:
		return fmt.Errorf("serving: %w", err)
	case <-p.ctx.Done():
	case <-r.stopped:
		end = exit(exitStopped)
	}
	return errors.Join(end, r.shutDown(srv, interrupt))
}

// shutDown takes no more requests and lets those that are under way end. Tasks of which
// nothing is written yet are interrupted at once, requests after requestTimeout; what is
// being written is waited for. Rollouts begin with no further node.
func (r *running) shutDown(srv *http.Server, interrupt context.CancelFunc) error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	var over sync.WaitGroup
	over.Go(func() {
		if !drained(ctx, srv, requestTimeout) {
			interrupt()
			if !drained(ctx, srv, interruptTime) {
				_ = srv.Close() // the listener is closed already, the clients were given their time
			}
		}
	})
	err := errors.Join(r.tasks.Close(ctx), r.rollouts.Close(ctx))
	over.Wait()
	if err != nil {
		return fmt.Errorf("shutting down: %w", err)
	}
	return nil
}

// drained reports whether all requests end within a time.
func drained(ctx context.Context, srv *http.Server, within time.Duration) bool {
	patience, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	return srv.Shutdown(patience) == nil
}
