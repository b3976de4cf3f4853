package main

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"

	"ekuiper-console/core"
	"ekuiper-console/core/account"
	"ekuiper-console/core/audit"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/depot"
	"ekuiper-console/core/disk"
	"ekuiper-console/core/fetch"
	"ekuiper-console/core/node"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/transfer"
	"ekuiper-console/db"
	"ekuiper-console/web/handlers"
)

// dataFlags say where the console keeps its data.
type dataFlags struct {
	Data string `default:"./console-data" type:"path" placeholder:"DIR" help:"Folder of the store (${default})."`
}

// file returns the name of the store's file.
func (f *dataFlags) file() string { return filepath.Join(f.Data, "console.db") }

// storeSize returns how many bytes the files of the store have.
func (f *dataFlags) storeSize() (size int64) {
	for _, behind := range []string{"", "-wal"} {
		if info, err := os.Stat(f.file() + behind); err == nil {
			size += info.Size()
		}
	}
	return size
}

// open opens the store, and makes it where there is none.
func (f *dataFlags) open(p *process) (*db.DB, error) { return db.Open(p.ctx, f.file()) }

// existing opens a store that is there. In a wrong folder a command that only reads
// would else answer that there is nothing.
func (f *dataFlags) existing(p *process) (*db.DB, error) {
	if _, err := os.Stat(f.file()); errors.Is(err, os.ErrNotExist) {
		return nil, core.WithHint(core.Errorf(core.NotFound, "there is no console in %s", f.Data), "give its folder with --data")
	}
	return f.open(p)
}

// fetchFlags say which files a bundle may name.
type fetchFlags struct {
	FileRoot        []string `type:"path" placeholder:"DIR" help:"Folder that file: addresses may lie under, besides <data>/uploads."`
	AllowPrivateNet bool     `help:"Let http: addresses lead into private networks."`
	PublicURL       *url.URL `name:"public-url" placeholder:"URL" help:"Address under which nodes reach this console, to read the files that it keeps for them."`
	CAFile          string   `name:"ca-file" type:"existingfile" placeholder:"F" help:"File of certificates to trust in https: addresses, besides the system's."`
}

// depot opens the folder where the files of entries are kept.
func (f *dataFlags) depot() (*depot.Store, error) {
	return depot.New(filepath.Join(f.Data, "artifacts"))
}

// fetcher returns the reader of files. The folder <data>/uploads is made.
func (f *fetchFlags) fetcher(data string) (*fetch.Fetcher, error) {
	uploads, err := filepath.Abs(filepath.Join(data, "uploads"))
	if err != nil {
		return nil, fmt.Errorf("finding the uploads folder: %w", err)
	}
	if err := os.MkdirAll(uploads, 0o700); err != nil {
		return nil, disk.Told("making the uploads folder", err)
	}
	files := &fetch.Fetcher{Roots: append([]string{uploads}, f.FileRoot...), AllowPrivate: f.AllowPrivateNet, CAFile: f.CAFile}
	return files, files.Prepare()
}

// targetFlags say which console a command works on: the one whose data folder is
// here, or one that runs elsewhere.
type targetFlags struct {
	whereFlags
	fetchFlags
	Node string `default:"local" placeholder:"NAME" help:"Node that it is about; local is the one in the console (${default})."`
}

// whereFlags say the same of commands that read no files.
type whereFlags struct {
	dataFlags
	Server *url.URL `placeholder:"URL" help:"Work on the console that runs there, instead of on the data folder."`
	Token  string   `placeholder:"T" help:"API token for --server."`
}

// target is the console that a command works on.
type target interface {
	archive
	// importBundle brings a document in.
	importBundle(p *process, req importRequest) (*importReport, error)
	// previewBundle says what importing a document would do.
	previewBundle(p *process, req importRequest) (*plan.Listing, error)
	// export returns all, or some rules with what they need.
	export(p *process, req exportRequest) (*bundle.Bundle, error)
	// pack writes the same with the files that it names, as one archive.
	pack(p *process, req exportRequest, w io.Writer) error
	// close ends the connection.
	close() error
}

// target opens what the flags name.
func (f *targetFlags) target(p *process) (target, error) {
	if f.Server != nil {
		return newRemote(f.Server, f.Token, f.Node)
	}
	store, err := f.open(p)
	if err != nil {
		return nil, err
	}
	return f.local(p, store)
}

// source opens what the flags name, for reading.
func (f *targetFlags) source(p *process) (target, error) {
	if f.Server != nil {
		return newRemote(f.Server, f.Token, f.Node)
	}
	store, err := f.existing(p)
	if err != nil {
		return nil, err
	}
	return f.local(p, store)
}

// local returns the console on a store, which it owns from now on.
func (f *targetFlags) local(p *process, store *db.DB) (target, error) {
	files, err := f.fetcher(f.Data)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	artifacts, err := f.depot()
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	events := &audit.Log{Store: store, Late: p.untold}
	live, err := f.serving(store, f.PublicURL)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	service := &transfer.Service{Nodes: live, Live: live, Journal: store, Fetch: files, Depot: artifacts, Audit: events}
	if err := f.fresh(p, live); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return &local{node: f.Node, db: store, live: live, service: service, audit: events}, nil
}

// fresh reads the node that a command works on, where it runs elsewhere. One that is away
// is known as it was when it was last read.
func (f *targetFlags) fresh(p *process, live *node.Live) error {
	if f.Node == core.Local {
		return nil
	}
	_, err := live.Pull(p.ctx, caller(), f.Node)
	if core.CodeOf(err) != core.Unreachable {
		return err
	}
	fmt.Fprintf(p.stderr, "warning: %v; this is what it held when it was last read\n", err)
	return nil
}

// serving returns the nodes of a store, which may read files that the console keeps.
func (f *dataFlags) serving(store *db.DB, public *url.URL) (*node.Live, error) {
	live := f.live(store)
	if public != nil {
		var err error
		if live.PublicURL, err = node.CheckConsoleURL(public.String()); err != nil {
			return nil, err
		}
	}
	key, err := f.linkKey()
	live.Links = handlers.Links{Key: key}
	return live, err
}

// live returns the nodes of a store.
func (f *dataFlags) live(store *db.DB) *node.Live {
	nodes := &node.Registry{Store: store, Seal: node.Seal{File: filepath.Join(f.Data, "nodes.key")}}
	return &node.Live{Mirror: store, Nodes: nodes, Noter: store, Lock: func(name string) (func(), error) {
		folder := filepath.Join(f.Data, "locks")
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, err
		}
		return lock(filepath.Join(folder, name+".lock"))
	}}
}

// local is the console whose data folder is here.
type local struct {
	node    string
	db      *db.DB
	live    *node.Live
	service *transfer.Service
	audit   *audit.Log
}

func (l *local) close() error {
	l.service.Close()
	return l.db.Close()
}

// untold says that the audit log could not be written. A command that only reads does its
// work all the same.
func (p *process) untold(e audit.Event, why error) {
	fmt.Fprintf(p.stderr, "warning: the audit log does not tell of this %s: %v\n", e.Action, why)
}

// opener opens a store: dataFlags.open or dataFlags.existing.
type opener func(*process) (*db.DB, error)

// withUsers runs a command on the users of a store.
func withUsers(p *process, open opener, do func(*account.Users) error) error {
	store, err := open(p)
	if err != nil {
		return err
	}
	defer store.Close()
	return do(&account.Users{Store: store})
}

// withTokens runs a command on the tokens of a store.
func withTokens(p *process, open opener, do func(*account.Tokens) error) error {
	store, err := open(p)
	if err != nil {
		return err
	}
	defer store.Close()
	return do(&account.Tokens{Store: store})
}

// roleFlag is a role as the command line takes it.
type roleFlag struct{ core.Role }

// UnmarshalText reads a role.
func (r *roleFlag) UnmarshalText(text []byte) (err error) {
	r.Role, err = core.ParseRole(string(text))
	return err
}
