// Package metrics counts what happens in the console and tells it to Prometheus.
package metrics

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"ekuiper-console/core/audit"
	"ekuiper-console/core/transfer"
)

// Now is asked, whenever the metrics are read, for what there is at that moment. Each
// map has a number by name; a function that is nil is not asked.
type Now struct {
	Entries func(ctx context.Context) (map[string]int, error) // by section
	Tasks   func(ctx context.Context) (map[string]int, error) // by state
	Drift   func(ctx context.Context) (map[string]int, error) // nodes by how they stand to their baselines
	Backups func(ctx context.Context) (map[string]int, error) // of each node, how many seconds old its newest backup is
	Size    func() int64                                      // bytes of the store's files
}

// Metrics are the counters of one console. A nil *Metrics counts nothing.
type Metrics struct {
	http.Handler
	transfers *prometheus.HistogramVec
	requests  *prometheus.HistogramVec
	refusals  *prometheus.CounterVec
}

// The bounds of durations, in seconds: of requests, and of imports and exports, which
// may be large.
var (
	requestBounds  = []float64{.001, .005, .01, .05, .1, .5, 1, 5, 10, 60}
	transferBounds = []float64{.01, .05, .1, .5, 1, 5, 10, 30, 60, 300}
)

// New returns metrics with a registry of their own.
func New(version string, now Now) *Metrics {
	m := &Metrics{
		transfers: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "console_transfer_duration_seconds", Buckets: transferBounds,
			Help: "Imports, exports and restores by mode and result: applied, sent, unchanged, rejected (some entries) or failed.",
		}, []string{"what", "mode", "result"}),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "console_http_request_duration_seconds", Buckets: requestBounds,
			Help: "Requests by route, method and status.",
		}, []string{"method", "route", "status"}),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "console_refusals_total",
			Help: "What was refused, by action: sign-in-refused, token-refused or refused (a role or scope that does not suffice).",
		}, []string{"action"}),
	}
	for _, a := range []audit.Action{audit.SignInRefused, audit.TokenRefused, audit.Refused} {
		m.refusals.WithLabelValues(string(a)) // so that a rate can be told from the first one on
	}
	registry := prometheus.NewRegistry()
	build := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "console_build_info", Help: "Always 1."}, []string{"version"})
	build.WithLabelValues(version).Set(1)
	registry.MustRegister(m.transfers, m.requests, m.refusals, build, &gauges{now},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.Handler = promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
	return m
}

// Request counts an answered request. One that no route was found for is left out, since
// anybody may make up any number of those.
func (m *Metrics) Request(method, route string, status int, took time.Duration) {
	if m != nil && route != "" {
		m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Observe(took.Seconds())
	}
}

// Import counts an import that is over.
func (m *Metrics) Import(o transfer.Observed) {
	if m != nil {
		m.transfers.WithLabelValues(o.What, o.Mode, o.Result).Observe(o.Took.Seconds())
	}
}

// Export counts an export, of all there is or of some rules.
func (m *Metrics) Export(all bool, err error, took time.Duration) {
	if m == nil {
		return
	}
	mode, result := "rules", "sent"
	if all {
		mode = "all"
	}
	if err != nil {
		result = "failed"
	}
	m.transfers.WithLabelValues("export", mode, result).Observe(took.Seconds())
}

// Event counts what was refused.
func (m *Metrics) Event(e audit.Event) {
	if m != nil && e.Result == audit.Denied {
		m.refusals.WithLabelValues(string(e.Action)).Add(float64(e.Count))
	}
}

// gauges tell what there is when they are read.
type gauges struct{ now Now }

var (
	entriesDesc = prometheus.NewDesc("console_entries", "Entries that the node holds, by section.", []string{"section"}, nil)
	tasksDesc   = prometheus.NewDesc("console_tasks", "Tasks in the store, by state.", []string{"state"}, nil)
	driftDesc   = prometheus.NewDesc("console_nodes_drift", "Nodes by how they stand to their baselines: none (without one), in-sync, drifted or unknown.", []string{"state"}, nil)
	backupsDesc = prometheus.NewDesc("console_node_backup_age_seconds", "Age of the newest backup of each node that has one.", []string{"node"}, nil)
	sizeDesc    = prometheus.NewDesc("console_store_bytes", "Size of the store's files.", nil, nil)
)

// Describe names the gauges.
func (g *gauges) Describe(to chan<- *prometheus.Desc) {
	to <- entriesDesc
	to <- tasksDesc
	to <- driftDesc
	to <- backupsDesc
	to <- sizeDesc
}

// readTime is how long the store may take to answer.
const readTime = 5 * time.Second

// Collect reads the gauges.
func (g *gauges) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), readTime)
	defer cancel()
	for desc, count := range map[*prometheus.Desc]func(context.Context) (map[string]int, error){
		entriesDesc: g.now.Entries, tasksDesc: g.now.Tasks, driftDesc: g.now.Drift, backupsDesc: g.now.Backups,
	} {
		if count == nil {
			continue
		}
		numbers, err := count(ctx)
		if err != nil {
			to <- prometheus.NewInvalidMetric(desc, err)
		}
		for name, n := range numbers {
			to <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, float64(n), name)
		}
	}
	to <- prometheus.MustNewConstMetric(sizeDesc, prometheus.GaugeValue, float64(g.now.Size()))
}
