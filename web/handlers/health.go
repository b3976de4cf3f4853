package handlers

import (
	"context"
	"net/http"
	"sync"
	"time"

	"ekuiper-console/core"
)

// Probe is one thing that must be well for the console to do its work.
type Probe struct {
	Name  string
	Check func(ctx context.Context) error // nil means well
}

// probeTime is how long a probe may take.
const probeTime = 3 * time.Second

// MetricsDoor is who may read the metrics.
type MetricsDoor uint8

// The doors of the metrics.
const (
	MetricsByToken MetricsDoor = iota // whoever has the token of a viewer
	MetricsOpen                       // everybody
	MetricsOff                        // nobody
)

// readiness is the body of GET /readyz.
type readiness struct {
	Ready  bool              `json:"ready"`
	Checks map[string]string `json:"checks"` // by probe: ok, or what is wrong
}

// healthz is GET /healthz: the process lives.
func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	return writeText(w, "ok\n")
}

// readyz is GET /readyz: whether the console can do its work, and if not, why. All
// probes are asked at once.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), probeTime)
	defer cancel()
	errs := make([]error, len(s.Probes))
	var all sync.WaitGroup
	for i, p := range s.Probes {
		all.Go(func() { errs[i] = p.Check(ctx) })
	}
	all.Wait()
	answer, status := readiness{Ready: true, Checks: map[string]string{}}, http.StatusOK
	for i, p := range s.Probes {
		answer.Checks[p.Name] = "ok"
		if errs[i] != nil {
			s.Log.WarnContext(ctx, "not ready", "probe", p.Name, "error", errs[i])
			answer.Ready, answer.Checks[p.Name], status = false, errs[i].Error(), http.StatusServiceUnavailable
		}
	}
	writeJSON(w, status, answer)
	return nil
}

// metricsRoute is the line of the route table that depends on who may read the metrics.
func (s *Server) metricsRoute() route {
	rt := route{"GET", "/metrics", api, core.Viewer, s.metrics}
	if s.MetricsDoor == MetricsOpen {
		rt.door, rt.role = open, core.Nobody
	}
	return rt
}

// metrics is GET /metrics, in the text format of Prometheus.
func (s *Server) metrics(w http.ResponseWriter, r *http.Request) error {
	if s.Metrics == nil || s.MetricsDoor == MetricsOff {
		return core.WithHint(core.Errorf(core.NotFound, "metrics are switched off"), "start the console with --metrics open or --metrics token")
	}
	s.Metrics.ServeHTTP(w, r)
	return nil
}
