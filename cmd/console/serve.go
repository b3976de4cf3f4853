package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/account"
	"ekuiper-console/core/audit"
	"ekuiper-console/core/depot"
	"ekuiper-console/core/errand"
	"ekuiper-console/core/fetch"
	"ekuiper-console/core/node"
	"ekuiper-console/core/rollout"
	"ekuiper-console/core/task"
	"ekuiper-console/core/transfer"
	"ekuiper-console/db"
	"ekuiper-console/web/handlers"
)

type serveCmd struct {
	dataFlags
	fetchFlags
	Listen       string   `default:"127.0.0.1:9082" placeholder:"ADDR" help:"Address to listen on (${default})."`
	RestAuth     string   `enum:"token,off" default:"token" help:"Who may use the REST API: callers with a token, or (off) everybody who reaches it."`
	InsecureRest bool     `help:"Allow --rest-auth off on an address that other machines reach."`
	TLSCert      string   `name:"tls-cert" type:"existingfile" placeholder:"F" help:"Certificate file; makes the console speak https. It may be replaced while the console runs."`
	TLSKey       string   `name:"tls-key" type:"existingfile" placeholder:"F" help:"Key file of the certificate."`
	TrustedProxy []cidr   `placeholder:"CIDR" help:"Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed, such as 10.0.0.0/8."`
	JWTRole      roleFlag `name:"jwt-role" default:"operator" placeholder:"R" help:"Role of callers who sign their tokens with a key in <data>/mgmt: viewer, operator or admin (${default})."`
	MaxImports   int      `default:"16" placeholder:"N" help:"How many imports may be under way at once (${default})."`
	MaxDocument  int      `default:"64" placeholder:"MIB" help:"Size of the largest bundle that is taken, in MiB (${default})."`
	Metrics      string   `enum:"auto,open,token,off" default:"auto" help:"Who may read /metrics: everybody (open), who has the token of a viewer, or nobody (off); auto is open where only this machine reaches the console, else token."`
	LogFormat    string   `enum:"text,json" default:"text" help:"Form of the log on stderr: text or json (${default})."`
}

// maxDocument bounds --max-document, in MiB.
const maxDocument = 2048

// Run starts the console and serves until it is told to stop.
func (c *serveCmd) Run(p *process) error {
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return core.Errorf(core.Invalid, "--tls-cert and --tls-key go together")
	}
	if c.MaxDocument < 1 || c.MaxDocument > maxDocument {
		return core.Errorf(core.Invalid, "--max-document is a number from 1 to %d", maxDocument)
	}
	listener, err := new(net.ListenConfig).Listen(p.ctx, "tcp", c.Listen)
	if err != nil {
		return core.WithHint(fmt.Errorf("listening: %w", err), "give another address with --listen")
	}
	defer listener.Close()
	if err := c.allowed(listener.Addr()); err != nil {
		return err
	}
	store, err := c.open(p)
	if err != nil {
		return err
	}
	defer store.Close()
	unlock, err := lock(filepath.Join(c.Data, "serve.lock"))
	if core.CodeOf(err) == core.Unwritable {
		return err
	}
	if err != nil {
		return core.WithHint(core.Errorf(core.Conflict, "another console serves %s: %w", c.Data, err), "stop it, or give another folder with --data")
	}
	defer unlock()
	return c.serve(p, listener, store)
}

// allowed refuses a REST API that anybody on the network could use.
func (c *serveCmd) allowed(addr net.Addr) error {
	if c.RestAuth == "token" || c.InsecureRest || loopback(addr) {
		return nil
	}
	return core.WithHint(core.Errorf(core.Invalid, "--rest-auth off on %v would let every machine in reach change the configuration", addr),
		"listen on 127.0.0.1, or give --insecure-rest as well")
}

// loopback reports whether only this machine reaches an address.
func loopback(addr net.Addr) bool {
	tcp, ok := addr.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// serve wires everything, in order, and answers requests until the end.
func (c *serveCmd) serve(p *process, listener net.Listener, store *db.DB) error {
	log := c.logger(p)
	parts, err := c.parts(store, log)
	if err != nil {
		return err
	}
	defer parts.live.Close()
	defer parts.service.Close()
	defer parts.errands.Close()
	for _, takeUp := range []func(context.Context) error{parts.tasks.Recover, parts.rollouts.Recover} {
		if err := takeUp(p.ctx); err != nil {
			return err
		}
	}
	defer parts.background(p.ctx)()
	stopped, ending := make(chan struct{}), make(chan struct{})
	setUp, secret := account.NewSetUp(parts.users)
	server := c.server(parts, listener)
	server.SetUp, server.Ending = setUp, ending
	server.Stop = sync.OnceFunc(func() { close(stopped) })
	if err := c.announce(p, listener, parts.users, secret); err != nil {
		return err
	}
	end := c.answer(p, &running{
		listener: listener, handler: server.Handler(), tasks: parts.tasks, rollouts: parts.rollouts, log: log, stopped: stopped,
		ending: sync.OnceFunc(func() { close(ending) }),
	})
	return errors.Join(end, parts.events.Flush(context.WithoutCancel(p.ctx)))
}

// parts are what a console is made of, but for what answers requests.
type parts struct {
	store     *db.DB
	log       *slog.Logger
	files     *fetch.Fetcher
	artifacts *depot.Store
	events    *audit.Log
	users     *account.Users
	tasks     *task.Runner
	errands   errand.Runner
	live      *node.Live
	service   *transfer.Service
	rollouts  *rollout.Service
	keep      keeping
}

// parts makes the parts of a console.
func (c *serveCmd) parts(store *db.DB, log *slog.Logger) (*parts, error) {
	s := &parts{store: store, log: log, tasks: &task.Runner{Store: store, Log: func(err error) { log.Error("task", "error", err) }}}
	s.errands.Log = func(fault error, stack string) { log.Error("errand", "error", fault, "stack", stack) }
	s.events = &audit.Log{Store: store, Late: func(e audit.Event, why error) {
		log.Warn("audit event waits for the disk", "caller", e.Caller, "from", e.Addr, "action", e.Action, "subject", e.Subject, "result", e.Result, "detail", e.Detail, "error", why)
	}}
	s.users = &account.Users{Store: store, Audit: s.events}
	var err error
	if s.files, err = c.fetcher(c.Data); err != nil {
		return nil, err
	}
	if s.artifacts, err = c.depot(); err != nil {
		return nil, err
	}
	if s.live, err = c.serving(store, c.PublicURL); err != nil {
		return nil, err
	}
	s.live.Log = log
	s.service = &transfer.Service{
		Nodes: s.live, Live: s.live, Journal: store, Fetch: s.files, Depot: s.artifacts, Audit: s.events,
		MaxDocument: int64(c.MaxDocument) << 20, Room: transfer.NewRoom(int64(c.MaxDocument)<<20, keepTo()),
	}
	s.files.MaxBytes = max(fetch.DefaultMaxBytes, s.service.MaxDocument) // a document may come by address
	s.rollouts = rolloutsOf(s.service, s.live, store, s.events)
	s.rollouts.Log = func(err error) { log.Error("rollout", "error", err) }
	s.keep = keepingOf(store, s.live, s.service)
	return s, nil
}

// background begins what a console does by itself. The function that it returns ends that.
func (s *parts) background(ctx context.Context) (end func()) {
	ctx, stop := context.WithCancel(ctx)
	var work sync.WaitGroup
	work.Go(func() { sweep(ctx, s.store, s.artifacts, s.log) })
	work.Go(func() { s.live.Poll(ctx) })
	work.Go(func() { s.keep.clock(s.log).Run(ctx) })
	return func() {
		stop()
		work.Wait()
	}
}

// server returns what answers requests.
func (c *serveCmd) server(s *parts, listener net.Listener) *handlers.Server {
	server := &handlers.Server{
		Transfer: s.service,
		Drafts:   &transfer.Drafts{Store: s.store, Choices: s.store, Transfer: s.service},
		Nodes:    s.live.Nodes,
		Live:     s.live,
		Rollouts: s.rollouts,
		Watch:    s.keep.watch,
		Vault:    s.keep.vault,
		Book:     s.keep.book,
		Tasks:    s.tasks,
		Errands:  &s.errands,
		Users:    s.users,
		Tokens:   &account.Tokens{Store: s.store, Audit: s.events},
		Keys:     &account.Keys{Dir: filepath.Join(c.Data, "mgmt"), Role: c.JWTRole.Role, Audit: s.events},
		Sessions: handlers.NewSessions(s.store.Sessions()),
		SignedIn: &account.Sessions{Store: s.store},
		Audit:    s.events,
		Log:      s.log,
		Links:    s.live.Links.(handlers.Links),
		RESTAuth: c.RestAuth == "token",
		AnyHost:  c.InsecureRest && !loopback(listener.Addr()),
		Version:  version,
		Started:  time.Now(),

		Data:        c.Data,
		FileRoots:   s.files.Roots,
		StoreSize:   c.storeSize,
		MaxImports:  c.MaxImports,
		MaxDocument: s.service.MaxDocument,
		Proxies:     prefixes(c.TrustedProxy),
		Probes:      c.probes(s.store),
	}
	server.Sessions.ErrorFunc = server.SessionFault
	c.measure(server, s.store, s.keep, loopback(listener.Addr()))
	return server
}

// logger returns the log, whose records tell the request that they are about.
func (c *serveCmd) logger(p *process) *slog.Logger {
	var h slog.Handler = slog.NewTextHandler(p.stderr, nil)
	if c.LogFormat == "json" {
		h = slog.NewJSONHandler(p.stderr, nil)
	}
	return slog.New(handlers.LogHandler(h))
}

// adminPassword is the environment variable that makes the first user without a link.
const adminPassword = "CONSOLE_ADMIN_PASSWORD"

// announce says where to click. While there is no user it prints the one-time link,
// or makes the user admin with the password from the environment.
func (c *serveCmd) announce(p *process, listener net.Listener, users *account.Users, secret string) error {
	scheme := "http"
	if c.TLSCert != "" {
		scheme = "https"
	}
	base := scheme + "://" + clickable(listener.Addr())
	fmt.Fprintf(p.stdout, "eKuiper Console %s, data in %s\n", version, c.Data)
	any, err := users.Any(p.ctx)
	if err != nil {
		return err
	}
	password := os.Getenv(adminPassword)
	if !any && password != "" {
		if _, err := users.SetUp(p.ctx, caller(), "admin", password); err != nil {
			return core.WithHint(err, "it comes from "+adminPassword)
		}
		any = true
	}
	if !any {
		fmt.Fprintf(p.stdout, "Set it up:  %s/ui/setup?token=%s\n", base, secret)
		return nil
	}
	fmt.Fprintf(p.stdout, "Open:       %s/ui/\n", base)
	return nil
}

// clickable returns an address that a browser on this machine can open: one that
// stands for all addresses becomes localhost.
func clickable(addr net.Addr) string {
	if tcp, ok := addr.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return fmt.Sprintf("localhost:%d", tcp.Port)
	}
	return addr.String()
}
