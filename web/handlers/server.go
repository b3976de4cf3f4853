package handlers

import (
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/alexedwards/scs/v2"

	"ekuiper-console/core/account"
	"ekuiper-console/core/audit"
	"ekuiper-console/core/drift"
	"ekuiper-console/core/errand"
	"ekuiper-console/core/node"
	"ekuiper-console/core/rollout"
	"ekuiper-console/core/schedule"
	"ekuiper-console/core/task"
	"ekuiper-console/core/transfer"
	"ekuiper-console/core/vault"
	"ekuiper-console/web/metrics"
)

// Server answers HTTP requests. Its fields must not change once it is in use.
type Server struct {
	Transfer *transfer.Service
	Drafts   *transfer.Drafts
	Nodes    *node.Registry
	Rollouts *rollout.Service
	Live     *node.Live     // the nodes that run elsewhere; nil where there is only the embedded one
	Watch    *drift.Watch   // compares nodes with their baselines
	Vault    *vault.Vault   // keeps backups of nodes
	Book     *schedule.Book // says when either is done
	Tasks    *task.Runner
	Errands  *errand.Runner // does what pages ask of nodes
	Users    *account.Users
	Tokens   *account.Tokens
	Keys     *account.Keys       // of tokens that callers sign themselves; nil takes none
	Sessions *scs.SessionManager // cookies
	SignedIn *account.Sessions   // who is behind them
	Audit    *audit.Log
	SetUp    *account.SetUp
	Log      *slog.Logger

	Links Links // signs addresses of artifacts

	RESTAuth    bool // whether the REST API asks for a token
	AnyHost     bool // without tokens: whether requests may come under any host name
	Version     string
	Started     time.Time
	Stop        func()       // ends the program after an import with stop=1
	Data        string       // folder of the store, for the settings page
	FileRoots   []string     // where files are read from, for the settings page
	StoreSize   func() int64 // bytes of the store's files
	MaxDocument int64        // bytes of a request body; 0 means transfer.DefaultMaxDocument
	MaxImports  int          // that may be under way at once; 0 means DefaultMaxImports
	Pace        Pace         // the slowest that a client may be
	Proxies     []netip.Prefix
	Probes      []Probe          // what /readyz asks
	Metrics     *metrics.Metrics // nil keeps none
	MetricsDoor MetricsDoor      // who may read them
	Ending      <-chan struct{}  // closed when the program is about to end; may be nil

	claims   claims
	room     *room
	composed compositions
}

func (s *Server) maxDocument() int64 {
	if s.MaxDocument > 0 {
		return s.MaxDocument
	}
	return transfer.DefaultMaxDocument
}

// Handler returns the whole of the console behind one http.Handler.
func (s *Server) Handler() http.Handler {
	crossOrigin := http.NewCrossOriginProtection()
	crossOrigin.SetDenyHandler(s.told(func(w http.ResponseWriter, r *http.Request) error {
		return errCrossOrigin
	}))
	return s.Pace.next(s.logged(secured(crossOrigin.Handler(s.router()))))
}
