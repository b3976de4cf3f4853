package node

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
)

// Stored is a node as it is kept.
type Stored struct {
	Name   string
	URL    string
	Labels map[string]string
	CA     string

	Artifacts  Artifacts
	ConsoleURL string

	Sealed  []byte // the credentials and the variables
	Created time.Time
	Pulled  time.Time
}

// Store keeps nodes. Each change is one transaction with the event that tells of it.
type Store interface {
	// PutNode stores a node in place of what was registered of it, the zero Stored for
	// nothing. Where it is something else that is registered it is a Conflict error.
	PutNode(ctx context.Context, n, was Stored, did audit.Event) error
	// Node returns a node, or a NotFound error.
	Node(ctx context.Context, name string) (Stored, error)
	// Nodes returns all nodes by name.
	Nodes(ctx context.Context) ([]Stored, error)
	// DeleteNode takes a node out, with its baseline and its schedule, or returns a NotFound
	// error.
	DeleteNode(ctx context.Context, name string, did audit.Event) error
}

// Registry knows the nodes that run elsewhere.
type Registry struct {
	Store Store
	Seal  Seal
	Now   func() time.Time // nil means time.Now
}

// secrets are what is sealed.
type secrets struct {
	Auth      Auth              `json:"auth"`
	Variables map[string]string `json:"variables"`
}

// version tells what is registered of a node from what was registered before.
func (s Stored) version() string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q %x %q %q", s.URL, s.Labels, s.CA, s.Sealed, s.Artifacts, s.ConsoleURL) // maps are written in the order of their keys
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// with is what the secrets of a node are sealed together with: they are good for this
// name and this address only.
func (s Stored) with() string { return s.Name + "\n" + s.URL }

// Add registers a node. Only an admin may. A name that is taken is a Conflict error.
func (g *Registry) Add(ctx context.Context, by core.Caller, n Node) (Node, error) {
	if err := by.Require(core.Admin); err != nil {
		return Node{}, err
	}
	if _, err := g.Store.Node(ctx, n.Name); err == nil {
		return Node{}, core.WithHint(core.Errorf(core.Conflict, "there is a node %s already", n.Name), "change that one, or choose another name")
	} else if core.CodeOf(err) != core.NotFound {
		return Node{}, err
	}
	n.Created = g.now()
	return g.put(ctx, n, Stored{}, audit.New(n.Created, by, audit.NodeAdd, n.Name))
}

// Change is what is to be other about a node. What is nil stays.
type Change struct {
	Version *string `json:"version"` // of what it was made from; nil for whatever is there

	URL       *string            `json:"url"`
	Labels    *map[string]string `json:"labels"`
	Auth      *Auth              `json:"auth"` // a secret that is empty stays, where the kind does
	CA        *string            `json:"ca"`
	Variables *map[string]string `json:"variables"` // of one that comes back as it was shown the value stays

	Artifacts  *Artifacts `json:"artifacts"`
	ConsoleURL *string    `json:"console_url"`
}

// Change changes a node. Only an admin may. Credentials that nobody can see do not go to
// another machine: with such an address they are to be given anew, else it is an Invalid
// error. A change that was made from another version than that of now is a Conflict error.
func (g *Registry) Change(ctx context.Context, by core.Caller, name string, c Change) (Node, error) {
	if err := by.Require(core.Admin); err != nil {
		return Node{}, err
	}
	for attempt := 1; ; attempt++ {
		n, err := g.change(ctx, by, name, c)
		if core.CodeOf(err) != core.Conflict || c.Version != nil || attempt == maxAttempts {
			return n, err
		}
	}
}

// Changed is the Conflict error of a node of which something else is registered by now.
func Changed(name string) error {
	return core.WithHint(core.Errorf(core.Conflict, "node %s was changed meanwhile", name), "look at what is registered of it now, and change that")
}

// change is one attempt at Change, which somebody else may be quicker with.
func (g *Registry) change(ctx context.Context, by core.Caller, name string, c Change) (Node, error) {
	was, err := g.Store.Node(ctx, name)
	if err != nil {
		return Node{}, err
	}
	if c.Version != nil && *c.Version != was.version() {
		return Node{}, Changed(name)
	}
	n, err := g.unseal(was)
	if err != nil {
		return Node{}, err
	}
	if c.URL != nil && n.Auth.Kind != None && !sameHost(n.URL, *c.URL) && !c.given() {
		return Node{}, core.WithHint(core.Errorf(core.Invalid, "the address leads to another machine, which does not get the credentials of this one"), "give the credentials anew")
	}
	return g.put(ctx, c.over(n), was, audit.New(g.now(), by, audit.NodeChange, name).Saying(c.says()))
}

// given reports whether the change has credentials of its own: what the kind does not
// take counts for nothing.
func (c Change) given() bool {
	return c.Auth != nil && c.Auth.whole()
}

// sameHost reports whether two addresses lead to the same machine, in the same way.
func sameHost(a, b string) bool {
	one, err := url.Parse(a)
	if err != nil {
		return false
	}
	two, err := url.Parse(strings.TrimSpace(b))
	return err == nil && one.Scheme == two.Scheme && one.Host == two.Host
}

// over returns a node with what is other.
func (c Change) over(n Node) Node {
	if c.URL != nil {
		n.URL = *c.URL
	}
	if c.Labels != nil {
		n.Labels = *c.Labels
	}
	if c.CA != nil {
		n.CA = *c.CA
	}
	if c.Variables != nil {
		n.Variables = revealed(*c.Variables, n.Variables)
	}
	if c.Artifacts != nil {
		n.Artifacts = *c.Artifacts
	}
	if c.ConsoleURL != nil {
		n.ConsoleURL = *c.ConsoleURL
	}
	if c.Auth == nil {
		return n
	}
	auth := *c.Auth
	if auth.Kind == n.Auth.Kind && auth.Token == "" {
		auth.Token = n.Auth.Token
	}
	if auth.Kind == n.Auth.Kind && auth.Key == "" {
		auth.Key = n.Auth.Key
	}
	n.Auth = auth
	return n
}

// says names what is other.
func (c Change) says() string {
	given := map[string]bool{"url": c.URL != nil, "labels": c.Labels != nil, "auth": c.Auth != nil, "ca": c.CA != nil, "variables": c.Variables != nil,
		"artifacts": c.Artifacts != nil, "console_url": c.ConsoleURL != nil}
	maps.DeleteFunc(given, func(_ string, is bool) bool { return !is })
	return strings.Join(slices.Sorted(maps.Keys(given)), ", ")
}

// put checks, seals and stores a node, and returns it without its secrets. Secrets that are
// those of before stay sealed as they were, so that it is still the same node.
func (g *Registry) put(ctx context.Context, n Node, was Stored, did audit.Event) (Node, error) {
	if err := n.Check(); err != nil {
		return Node{}, err
	}
	n.Labels, n.Variables = orEmpty(n.Labels), orEmpty(n.Variables)
	text, err := json.Marshal(secrets{n.Auth, n.Variables})
	if err != nil {
		return Node{}, fmt.Errorf("writing the credentials: %w", err)
	}
	s := Stored{Name: n.Name, URL: n.URL, Labels: n.Labels, CA: n.CA, Created: n.Created, Artifacts: n.Artifacts, ConsoleURL: n.ConsoleURL}
	if held, err := g.Seal.open(was.Sealed, s.with()); err == nil && bytes.Equal(held, text) {
		s.Sealed = was.Sealed
	} else if s.Sealed, err = g.Seal.close(text, s.with()); err != nil {
		return Node{}, err
	}
	if err := g.Store.PutNode(ctx, s, was, did); err != nil {
		return Node{}, err
	}
	n.identity, n.Version = s.identity(), s.version()
	return n.public(), nil
}

func orEmpty(pairs map[string]string) map[string]string {
	if pairs == nil {
		return map[string]string{}
	}
	return pairs
}

// Remove takes a node out. Only an admin may. Its history and its backups stay, and a node
// that is registered later under the same name continues them. It may be another machine:
// what was said of this one, its baseline and its schedule, goes.
func (g *Registry) Remove(ctx context.Context, by core.Caller, name string) error {
	if err := by.Require(core.Admin); err != nil {
		return err
	}
	return g.Store.DeleteNode(ctx, name, audit.New(g.now(), by, audit.NodeRemove, name))
}

// Node returns a node without its secrets, or a NotFound error.
func (g *Registry) Node(ctx context.Context, by core.Caller, name string) (Node, error) {
	if err := by.Require(core.Viewer); err != nil {
		return Node{}, err
	}
	n, err := g.open(ctx, name)
	return n.public(), err
}

// List returns all nodes by name, without their secrets. One whose secrets cannot be
// opened comes without credentials and variables.
func (g *Registry) List(ctx context.Context, by core.Caller) ([]Node, error) {
	if err := by.Require(core.Viewer); err != nil {
		return nil, err
	}
	all, err := g.Store.Nodes(ctx)
	if err != nil {
		return nil, err
	}
	nodes := make([]Node, 0, len(all))
	for _, s := range all {
		n, err := g.unseal(s)
		if err != nil {
			n = s.node(secrets{})
		}
		nodes = append(nodes, n.public())
	}
	return nodes, nil
}

// Known returns a NotFound error for a node that is not registered.
func (g *Registry) Known(ctx context.Context, name string) error {
	_, err := g.Store.Node(ctx, name)
	return err
}

// open returns a node with its secrets.
func (g *Registry) open(ctx context.Context, name string) (Node, error) {
	s, err := g.Store.Node(ctx, name)
	if err != nil {
		return Node{}, err
	}
	return g.unseal(s)
}

func (g *Registry) unseal(s Stored) (Node, error) {
	text, err := g.Seal.open(s.Sealed, s.with())
	if err != nil {
		return Node{}, fmt.Errorf("reading node %s: %w", s.Name, err)
	}
	var hidden secrets
	if err := json.Unmarshal(text, &hidden); err != nil {
		return Node{}, fmt.Errorf("reading node %s: %w", s.Name, err)
	}
	return s.node(hidden), nil
}

// node returns the node with its secrets.
func (s Stored) node(hidden secrets) Node {
	return Node{
		Name: s.Name, URL: s.URL, Labels: s.Labels, Auth: hidden.Auth, CA: s.CA, Variables: hidden.Variables,
		Artifacts: s.Artifacts, ConsoleURL: s.ConsoleURL, Created: s.Created, Pulled: s.Pulled, identity: s.identity(), Version: s.version(),
	}
}

func (g *Registry) now() time.Time {
	if g.Now == nil {
		return time.Now()
	}
	return g.Now()
}
