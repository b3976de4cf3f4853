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
	"ekuiper-console/core/fetch"
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
	files, err := c.fetcher(c.Data)
	if err != nil {
		return err
	}
	stopped, ending := make(chan struct{}), make(chan struct{})
	events := &audit.Log{Store: store, Late: func(e audit.Event, why error) {
		log.Warn("audit event waits for the disk", "caller", e.Caller, "from", e.Addr, "action", e.Action, "subject", e.Subject, "result", e.Result, "detail", e.Detail, "error", why)
	}}
	users := &account.Users{Store: store, Audit: events}
	setUp, secret := account.NewSetUp(users)
	tasks := &task.Runner{Store: store, Log: func(err error) { log.Error("task", "error", err) }}
	if err := tasks.Recover(p.ctx); err != nil {
		return err
	}
	artifacts, err := c.depot()
	if err != nil {
		return err
	}
	live, err := c.serving(store, c.PublicURL)
	if err != nil {
		return err
	}
	live.Log = log
	defer live.Close()
	service := &transfer.Service{
		Nodes: live, Live: live, Journal: store, Fetch: files, Depot: artifacts, Audit: events, MaxDocument: int64(c.MaxDocument) << 20,
		Memory: keepTo(),
	}
	files.MaxBytes = max(fetch.DefaultMaxBytes, service.MaxDocument) // a document may come by address
	defer service.Close()
	rollouts := rolloutsOf(service, live, store, events)
	rollouts.Log = func(err error) { log.Error("rollout", "error", err) }
	if err := rollouts.Recover(p.ctx); err != nil {
		return err
	}
	sweeping, stopSweeping := context.WithCancel(p.ctx)
	var sweeper sync.WaitGroup
	sweeper.Go(func() { sweep(sweeping, store, artifacts, log) })
	sweeper.Go(func() { live.Poll(sweeping) })
	keep := keepingOf(store, live, service)
	sweeper.Go(func() { keep.clock(store, log).Run(sweeping) })
	defer sweeper.Wait()
	defer stopSweeping()
	server := &handlers.Server{
		Transfer: service,
		Drafts:   &transfer.Drafts{Store: store, Choices: store, Transfer: service},
		Nodes:    live.Nodes,
		Live:     live,
		Rollouts: rollouts,
		Watch:    keep.watch,
		Vault:    keep.vault,
		Book:     keep.book,
		Tasks:    tasks,
		Users:    users,
		Tokens:   &account.Tokens{Store: store, Audit: events},
		Keys:     &account.Keys{Dir: filepath.Join(c.Data, "mgmt"), Role: c.JWTRole.Role, Audit: events},
		Sessions: handlers.NewSessions(store.Sessions()),
		SignedIn: &account.Sessions{Store: store},
		Audit:    events,
		SetUp:    setUp,
		Log:      log,
		Links:    live.Links.(handlers.Links),
		RESTAuth: c.RestAuth == "token",
		AnyHost:  c.InsecureRest && !loopback(listener.Addr()),
		Version:  version,
		Started:  time.Now(),
		Stop:     sync.OnceFunc(func() { close(stopped) }),
		Ending:   ending,

		Data:        c.Data,
		FileRoots:   files.Roots,
		StoreSize:   c.storeSize,
		MaxImports:  c.MaxImports,
		MaxDocument: service.MaxDocument,
		Memory:      service.Memory,
		Proxies:     prefixes(c.TrustedProxy),
		Probes:      c.probes(store),
	}
	server.Sessions.ErrorFunc = server.SessionFault
	c.measure(server, store, keep, loopback(listener.Addr()))
	if err := c.announce(p, listener, users, secret); err != nil {
		return err
	}
	end := c.answer(p, &running{
		listener: listener, handler: server.Handler(), tasks: tasks, rollouts: rollouts, log: log, stopped: stopped,
		ending: sync.OnceFunc(func() { close(ending) }),
	})
	return errors.Join(end, events.Flush(context.WithoutCancel(p.ctx)))
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
