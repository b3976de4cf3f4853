package handlers_test

import (
	"log/slog"
	"strings"
	"sync"

	"ekuiper-console/web/handlers"
)

// lockedBuilder is a log that may be read while it is written.
type lockedBuilder struct {
	mu sync.Mutex
	b  strings.Builder
}

// Write appends to the log.
func (l *lockedBuilder) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// String returns what was logged so far.
func (l *lockedBuilder) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (l *lockedBuilder) logger() *slog.Logger { return slog.New(slog.NewTextHandler(l, nil)) }

// structured is a logger that tells the ids of requests, as the program's own does.
func (l *lockedBuilder) structured() *slog.Logger {
	return slog.New(handlers.LogHandler(slog.NewTextHandler(l, nil)))
}
