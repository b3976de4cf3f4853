package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"

	"ekuiper-console/core"
	"ekuiper-console/core/account"
	"ekuiper-console/core/task"
	"ekuiper-console/core/transfer"
	"ekuiper-console/db"
	"ekuiper-console/web/handlers"
)

type serveCmd struct {
	dataFlags
	fetchFlags
	Listen       string `default:"127.0.0.1:9082" placeholder:"ADDR" help:"Address to listen on (${default})."`
	RestAuth     string `enum:"token,off" default:"token" help:"Who may use the REST API: callers with a token, or (off) everybody who reaches it."`
	InsecureRest bool   `help:"Allow --rest-auth off on an address that other machines reach."`
	TLSCert      string `name:"tls-cert" type:"existingfile" placeholder:"F" help:"Certificate file; makes the console speak https."`
	TLSKey       string `name:"tls-key" type:"existingfile" placeholder:"F" help:"Key file of the certificate."`
	LogFormat    string `enum:"text,json" default:"text" help:"Form of the log on stderr: text or json (${default})."`
}

// shutdownTimeout bounds how long requests and tasks may take to end.
const shutdownTimeout = 30 * time.Second

// Run starts the console and serves until it is told to stop.
func (c *serveCmd) Run(p *process) error {
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return core.Errorf(core.Invalid, "--tls-cert and --tls-key go together")
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
	return c.serve(p, listener, store)
}

// allowed refuses a REST API that anybody on the network could use.
func (c *serveCmd) allowed(addr net.Addr) error {
	tcp, ok := addr.(*net.TCPAddr)
	if c.RestAuth == "token" || c.InsecureRest || ok && tcp.IP.IsLoopback() {
		return nil
	}
	return core.WithHint(core.Errorf(core.Invalid, "--rest-auth off on %v would let every machine in reach change the configuration", addr),
		"listen on 127.0.0.1, or give --insecure-rest as well")
}

// serve wires everything, in order, and answers requests until the end.
func (c *serveCmd) serve(p *process, listener net.Listener, store *db.DB) error {
	log := c.logger(p)
	files, err := c.fetcher(c.Data)
	if err != nil {
		return err
	}
	stopped := make(chan struct{})
	users := &account.Users{Store: store}
	setUp, secret := account.NewSetUp(users)
	tasks := &task.Runner{Store: store, Log: func(err error) { log.Error("task", "error", err) }}
	if err := tasks.Recover(p.ctx); err != nil {
		return err
	}
	server := &handlers.Server{
		Transfer: &transfer.Service{Nodes: store, Journal: store, Fetch: files},
		Drafts:   &transfer.Drafts{Store: store},
		Tasks:    tasks,
		Users:    users,
		Tokens:   &account.Tokens{Store: store},
		Fetch:    files,
		Sessions: c.sessions(store),
		SetUp:    setUp,
		Log:      log,
		RESTAuth: c.RestAuth == "token",
		AnyHost:  c.InsecureRest,
		Version:  version,
		Started:  time.Now(),
		Stop:     sync.OnceFunc(func() { close(stopped) }),
	}
	if err := c.announce(p, listener, users, secret); err != nil {
		return err
	}
	return c.answer(p, listener, &http.Server{
		Handler:           server.Handler(),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}, tasks, stopped)
}

func (c *serveCmd) logger(p *process) *slog.Logger {
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(p.stderr, nil))
	}
	return slog.New(slog.NewTextHandler(p.stderr, nil))
}

// sessions keeps people signed in for a day, or until two hours pass without a request.
func (c *serveCmd) sessions(store *db.DB) *scs.SessionManager {
	m := scs.New()
	m.Store = store.Sessions()
	m.Lifetime, m.IdleTimeout = 24*time.Hour, 2*time.Hour
	m.Cookie.Name, m.Cookie.HttpOnly, m.Cookie.SameSite = "console_session", true, http.SameSiteLaxMode
	if c.TLSCert != "" {
		m.Cookie.Name, m.Cookie.Secure = "__Host-console_session", true
	}
	return m
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
		if err := users.SetUp(p.ctx, "admin", password); err != nil {
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

// answer serves until the context ends, an import asks for a stop, or listening fails.
func (c *serveCmd) answer(p *process, listener net.Listener, srv *http.Server, tasks *task.Runner, stopped <-chan struct{}) error {
	failed := make(chan error, 1)
	go func() {
		if c.TLSCert != "" {
			failed <- srv.ServeTLS(listener, c.TLSCert, c.TLSKey)
		} else {
			failed <- srv.Serve(listener)
		}
	}()
	var end error
	select {
	case err := <-failed:
		return fmt.Errorf("serving: %w", err)
	case <-p.ctx.Done():
	case <-stopped:
		end = exit(exitStopped)
	}
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	if err := errors.Join(srv.Shutdown(ctx), tasks.Close(ctx)); err != nil {
		return errors.Join(end, fmt.Errorf("shutting down: %w", err))
	}
	return end
}
