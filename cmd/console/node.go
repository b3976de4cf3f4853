package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/node"
)

type nodeCmd struct {
	Add    nodeAddCmd    `cmd:"" help:"Register a node. A bearer token is asked for, or read from standard input."`
	List   nodeListCmd   `cmd:"" help:"List the nodes, and how each is doing."`
	Show   nodeShowCmd   `cmd:"" help:"Show what is registered of a node, and how it is doing."`
	Pull   nodePullCmd   `cmd:"" help:"Read what a node holds now. Where that is something else than before, it becomes a revision of the node."`
	Remove nodeRemoveCmd `cmd:"" help:"Take a node out. Nothing is done to the node itself, and its history stays."`
}

// nodeLine is a node as it is printed.
type nodeLine struct {
	node.Node
	Health node.Health `json:"health"`
}

// pulledLine is what came of reading a node.
type pulledLine struct {
	Revision int64 `json:"revision"`
	Entries  int   `json:"entries"`
}

// nodeDesk is where nodes are registered: in the data folder, or by a console that runs
// elsewhere.
type nodeDesk interface {
	// nodes returns the nodes by name, or one of them.
	nodes(ctx context.Context, name string) ([]nodeLine, error)
	// add registers a node.
	add(ctx context.Context, n node.Node) error
	// pull reads a node.
	pull(ctx context.Context, name string) (pulledLine, error)
	// remove takes a node out.
	remove(ctx context.Context, name string) error
}

// withNodes runs a command on the nodes that the flags name.
func (f *whereFlags) withNodes(p *process, open opener, do func(nodeDesk) error) error {
	if f.Server != nil {
		r, err := newRemote(f.Server, f.Token, core.Local)
		if err != nil {
			return err
		}
		return do(remoteNodes{r, p})
	}
	store, err := open(p)
	if err != nil {
		return err
	}
	defer store.Close()
	live, err := f.serving(store, nil)
	if err != nil {
		return err
	}
	return do(localNodes{live})
}

type nodeAddCmd struct {
	whereFlags
	Name       string            `arg:"" help:"Name of the node."`
	URL        string            `arg:"" name:"url" help:"Address of its REST API, such as http://plant1:9081."`
	Label      map[string]string `mapsep:"none" placeholder:"K=V" help:"Label; may be given again."`
	Variable   map[string]string `mapsep:"none" placeholder:"K=V" help:"Variable; may be given again."`
	Auth       string            `enum:"none,bearer,jwt" default:"none" help:"Credentials: none, bearer, or jwt for a token that is signed with a private key (${default})."`
	Issuer     string            `placeholder:"NAME" help:"For jwt: name of the public key's file on the node."`
	KeyFile    string            `type:"existingfile" placeholder:"F" help:"For jwt: file of the private RSA key, in PEM."`
	Artifacts  string            `enum:"node,console" default:"node" help:"Who reads the files that entries name: the node, or the console, which keeps them for it (${default})."`
	ConsoleURL string            `name:"console-url" placeholder:"URL" help:"Address under which this node reaches the console, where it is not that of --public-url."`
	NodeCA     string            `name:"node-ca" type:"existingfile" placeholder:"F" help:"File of certificates that the node may show, besides the system's."`
}

// Run registers the node.
func (c *nodeAddCmd) Run(p *process) error {
	n := node.Node{Name: c.Name, URL: c.URL, Labels: c.Label, Variables: c.Variable, Auth: node.Auth{Kind: node.AuthKind(c.Auth), Issuer: c.Issuer},
		Artifacts: node.Artifacts(c.Artifacts), ConsoleURL: c.ConsoleURL}
	var err error
	if n.Auth.Key, err = contentOf(c.KeyFile); err != nil {
		return err
	}
	if n.CA, err = contentOf(c.NodeCA); err != nil {
		return err
	}
	if n.Auth.Kind == node.Bearer {
		if n.Auth.Token, err = readPassword(p); err != nil {
			return err
		}
	}
	return c.withNodes(p, c.open, func(d nodeDesk) error {
		if err := d.add(p.ctx, n); err != nil {
			return err
		}
		_, err := fmt.Fprintf(p.stdout, "added %s\n", c.Name)
		return err
	})
}

// contentOf reads a file; no name is no content.
func contentOf(name string) (string, error) {
	if name == "" {
		return "", nil
	}
	text, err := os.ReadFile(name)
	return string(text), err
}

type nodeListCmd struct {
	whereFlags
	JSON bool `name:"json" help:"Print as JSON."`
}

// Run lists the nodes by name.
func (c *nodeListCmd) Run(p *process) error {
	return c.withNodes(p, c.existing, func(d nodeDesk) error {
		all, err := d.nodes(p.ctx, "")
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(p, append([]nodeLine{}, all...))
		}
		w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
		for _, n := range all {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", n.Name, n.Health.State, n.URL, joined(n.Labels))
		}
		return w.Flush()
	})
}

// joined writes pairs on one line, by name.
func joined(pairs map[string]string) string {
	var all []string
	for _, key := range slices.Sorted(maps.Keys(pairs)) {
		all = append(all, key+"="+pairs[key])
	}
	return strings.Join(all, " ")
}

type nodeShowCmd struct {
	whereFlags
	Name string `arg:"" help:"Name of the node."`
	JSON bool   `name:"json" help:"Print as JSON."`
}

// Run shows the node.
func (c *nodeShowCmd) Run(p *process) error {
	return c.withNodes(p, c.existing, func(d nodeDesk) error {
		found, err := d.nodes(p.ctx, c.Name)
		if err != nil {
			return err
		}
		n := found[0]
		if c.JSON {
			return printJSON(p, n)
		}
		w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
		for _, line := range [][2]string{
			{"name", n.Name}, {"address", n.URL}, {"labels", joined(n.Labels)}, {"variables", joined(n.Variables)}, {"credentials", string(n.Auth.Kind)},
			{"files", string(n.Artifacts)}, {"console", n.ConsoleURL},
			{"state", string(n.Health.State)}, {"reason", onLine(n.Health.Reason)}, {"version", n.Health.Version}, {"last read", moment(n.Pulled)},
		} {
			if line[1] != "" {
				fmt.Fprintf(w, "%s\t%s\n", line[0], line[1])
			}
		}
		return w.Flush()
	})
}

// moment writes a time; nothing for none.
func moment(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}

type nodePullCmd struct {
	whereFlags
	Name string `arg:"" help:"Name of the node."`
}

// Run reads the node.
func (c *nodePullCmd) Run(p *process) error {
	return c.withNodes(p, c.existing, func(d nodeDesk) error {
		read, err := d.pull(p.ctx, c.Name)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.stdout, "revision %d: %d entries\n", read.Revision, read.Entries)
		return err
	})
}

type nodeRemoveCmd struct {
	whereFlags
	Name string `arg:"" help:"Name of the node."`
}

// Run takes the node out.
func (c *nodeRemoveCmd) Run(p *process) error {
	return c.withNodes(p, c.existing, func(d nodeDesk) error {
		if err := d.remove(p.ctx, c.Name); err != nil {
			return err
		}
		_, err := fmt.Fprintf(p.stdout, "removed %s\n", c.Name)
		return err
	})
}

// localNodes are the nodes of a data folder.
type localNodes struct{ live *node.Live }

// asked is how many nodes are asked at once: most of the time they are waited for.
const asked = 16

// nodes asks each of them how it is doing.
func (l localNodes) nodes(ctx context.Context, name string) ([]nodeLine, error) {
	all, err := l.live.Nodes.List(ctx, caller())
	if name != "" {
		var one node.Node
		one, err = l.live.Nodes.Node(ctx, caller(), name)
		all = []node.Node{one}
	}
	if err != nil {
		return nil, err
	}
	lines := make([]nodeLine, len(all))
	slots := make(chan struct{}, asked)
	var asking sync.WaitGroup
	for i, n := range all {
		slots <- struct{}{}
		asking.Go(func() {
			lines[i] = nodeLine{n, l.live.Ask(ctx, n.Name)}
			<-slots
		})
	}
	asking.Wait()
	return lines, nil
}

func (l localNodes) add(ctx context.Context, n node.Node) error {
	_, err := l.live.Nodes.Add(ctx, caller(), n)
	return err
}

func (l localNodes) pull(ctx context.Context, name string) (pulledLine, error) {
	snapshot, err := l.live.Pull(ctx, caller(), name)
	if err != nil {
		return pulledLine{}, err
	}
	return pulledLine{snapshot.Revision, snapshot.Bundle.Len()}, nil
}

func (l localNodes) remove(ctx context.Context, name string) error {
	return l.live.Nodes.Remove(ctx, caller(), name)
}

// remoteNodes are the nodes of a console that runs elsewhere.
type remoteNodes struct {
	console *remote
	p       *process
}

func (r remoteNodes) nodes(_ context.Context, name string) ([]nodeLine, error) {
	if name == "" {
		all, err := ask[[]nodeLine](r.console, r.p, "nodes", nil)
		if err != nil {
			return nil, err
		}
		return *all, nil
	}
	one, err := ask[nodeLine](r.console, r.p, "nodes/"+url.PathEscape(name), nil)
	if err != nil {
		return nil, err
	}
	return []nodeLine{*one}, nil
}

func (r remoteNodes) add(_ context.Context, n node.Node) error {
	_, err := r.console.call(r.p, "/api/v1/nodes", map[string]any{
		"name": n.Name, "url": n.URL, "labels": n.Labels, "variables": n.Variables, "auth": n.Auth, "ca": n.CA,
		"artifacts": n.Artifacts, "console_url": n.ConsoleURL,
	})
	return err
}

func (r remoteNodes) pull(_ context.Context, name string) (read pulledLine, err error) {
	data, err := r.console.call(r.p, "/api/v1/nodes/"+url.PathEscape(name)+"/pull", struct{}{})
	if err != nil {
		return read, err
	}
	return read, json.Unmarshal(data, &read)
}

func (r remoteNodes) remove(_ context.Context, name string) error {
	_, err := r.console.call(r.p, "/api/v1/nodes/"+url.PathEscape(name), deleting{})
	return err
}
