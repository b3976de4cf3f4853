package views

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/node"
)

// NodesPage lists the nodes that run elsewhere, and registers one. It posts the fields of
// NodeForm to /ui/nodes, and node to /ui/node, which is the node that pages are about from
// then on.
type NodesPage struct {
	Layout
	Nodes []NodeRow
	Own   Kept // of the node in the console
	Form  NodeForm
}

// NodeRow is a node with how it is doing.
type NodeRow struct {
	node.Node
	Health node.Health
	Kept   Kept
}

// NodePage tells of one node. Beside what DriftPage posts, and node and note to /ui/backups,
// it posts node to /ui/node, nothing to /ui/nodes/{name}/pull,
// the fields of NodeForm to /ui/nodes/{name}, and links to /ui/nodes/{name}/remove.
type NodePage struct {
	Layout
	NodeRow
	Form NodeForm
	Done Key // empty, NodePulled or NodeChanged

	Waiting Waiting // for what is read
}

// What was done to a node.
const (
	NodePulled  Key = "node.pulled"
	NodeChanged Key = "node.changed"
)

// NodeForm is what was typed about a node: name, url, labels, auth, token, issuer, key, ca,
// variables, artifacts and console_url. Pairs are written NAME=VALUE, one a line.
type NodeForm struct {
	Name, URL, Labels, Auth, Issuer, CA, Variables string
	Artifacts, ConsoleURL                          string
	Version                                        string // of what it was filled in from
	Problem, Hint                                  string // why it cannot be; empty for no trouble
}

// FormOf returns the form in which a node is changed. It has no secrets.
func FormOf(n node.Node) NodeForm {
	return NodeForm{
		Name: n.Name, URL: n.URL, Labels: pairLines(n.Labels), Auth: string(n.Auth.Kind), Issuer: n.Auth.Issuer, CA: n.CA, Variables: pairLines(n.Variables),
		Artifacts: string(n.Artifacts), ConsoleURL: n.ConsoleURL, Version: n.Version,
	}
}

// Render writes the page.
func (p NodesPage) Render(ctx context.Context, w io.Writer) error { return p.view().Render(ctx, w) }

// Render writes the page.
func (p NodePage) Render(ctx context.Context, w io.Writer) error { return p.view().Render(ctx, w) }

// nodePath is the address of a node's page, with something behind it.
func nodePath(name, behind string) string { return "/ui/nodes/" + url.PathEscape(name) + behind }

// NodePath is the address of a node's page.
func NodePath(name string) string { return nodePath(name, "") }

// pairLines writes pairs, one a line, by name. A value that would not be read so is written
// as a string of JSON.
func pairLines(pairs map[string]string) string {
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(pairs)) {
		value := pairs[key]
		if strings.TrimSpace(value) != value || strings.ContainsAny(value, "\r\n") || strings.HasPrefix(value, `"`) {
			value = inQuotes(value)
		}
		b.WriteString(key + "=" + value + "\n")
	}
	return b.String()
}

// inQuotes writes a text as a string of JSON.
func inQuotes(text string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // a string always encodes
	return strings.TrimSpace(b.String())
}

// pairWords returns pairs, by name.
func pairWords(pairs map[string]string) []string {
	return strings.Fields(strings.ReplaceAll(pairLines(pairs), " ", "\u00a0"))
}

// states are how a node is doing, with their marks.
var states = map[node.State]struct {
	mark string
	text Key
}{
	node.Unknown: {"queued", "node.state.unknown"}, node.Online: {"ok", "node.state.online"}, node.Unauthorised: {"failed", "node.state.unauthorised"},
	node.Unreachable: {"failed", "node.state.unreachable"}, node.Incompatible: {"failed", "node.state.incompatible"},
}

// stateMark is the mark of a state; the embedded node, which has none, is well.
func stateMark(s node.State) string {
	if known, ok := states[s]; ok {
		return known.mark
	}
	return "ok"
}

// stateText says how a node is doing.
func stateText(ctx context.Context, s node.State) string { return t(ctx, states[s].text) }

// authKinds are the choices of credentials.
var authKinds = []struct {
	kind node.AuthKind
	text Key
}{{node.None, "node.auth.none"}, {node.Bearer, "node.auth.bearer"}, {node.JWT, "node.auth.jwt"}}

// authText names a kind of credentials.
func authText(ctx context.Context, k node.AuthKind) string {
	for _, known := range authKinds {
		if known.kind == k {
			return t(ctx, known.text)
		}
	}
	return string(k)
}

// readers are the choices of who reads the files that entries name.
var readers = []struct {
	who  node.Artifacts
	text Key
}{{node.ByNode, "node.artifacts.node"}, {node.ByConsole, "node.artifacts.console"}}

// exampleConsole is what the address of a console looks like.
const exampleConsole = "https://console:9082"

// exampleURL is what an address of a node looks like.
const exampleURL = "http://plant1:9081"

// span writes how long something lasts, to a second.
func span(seconds int64) string { return (time.Duration(seconds) * time.Second).String() }

// answersIn writes how long a node takes to answer.
func answersIn(ctx context.Context, h node.Health) string {
	return took(ctx, time.Duration(h.Latency)*time.Millisecond)
}

// elsewhere reports whether the page is about a node that runs elsewhere.
func (l Layout) elsewhere() bool { return l.Node != core.Local }
