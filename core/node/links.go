package node

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/jsonscan"
	"ekuiper-console/core/plan"
)

// Artifacts says who reads the files that entries name.
type Artifacts string

// Who reads them. The empty one is ByNode.
const (
	ByNode    Artifacts = "node"    // the node, at the address in the entry
	ByConsole Artifacts = "console" // the console, which keeps them; the node reads them there
)

// Links makes addresses under which nodes read the files that the console keeps.
type Links interface {
	// Link returns the path under which a file can be read until a time. It holds the
	// address that the file came from.
	Link(sha256, address string, until time.Time) string
	// Original returns the address that a link was made of, also when its time is over, and
	// whether it is a link of ours at all.
	Original(link string) (address string, ours bool)
}

// linkLife is how long a node may read a file: for as long as an import and a restart take,
// and for a day, since what starts a node anew may be a person.
const linkLife = 24 * time.Hour

// withFiles are the kinds whose entries may name a file.
var withFiles = []core.Kind{core.NativePlugin, core.PortablePlugin, core.Service, core.Schema, core.Upload}

// refile returns the text of an entry with another address of its file, where change has
// one. All else stays as it is.
func refile(text string, change func(address string) (string, bool)) string {
	if !json.Valid([]byte(text)) {
		return text
	}
	at, ok := jsonscan.Find(text, "file")
	scan := jsonscan.Scanner{Data: []byte(text), Pos: at}
	if !ok || scan.Type() != "string" {
		return text
	}
	address, known := change(scan.String())
	if !known {
		return text
	}
	return text[:at] + quoted(address) + text[scan.Pos:]
}

// fileOf returns the address of the file that an entry names; empty for none.
func fileOf(text string) (address string) {
	refile(text, func(found string) (string, bool) {
		address = found
		return "", false
	})
	return address
}

// quoted writes a text as a string of JSON.
func quoted(text string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // a string always encodes
	return strings.TrimSuffix(b.String(), "\n")
}

// plain puts the original addresses in place of our links into what a node exports.
func plain(b *bundle.Bundle, links Links) *bundle.Bundle {
	if links == nil {
		return b
	}
	for _, kind := range withFiles {
		for _, name := range b.Names(kind) {
			ref := core.Ref{Kind: kind, Name: name}
			text, _ := b.Get(ref)
			if original := refile(text, links.Original); original != text {
				b.Set(ref, original)
			}
		}
	}
	return b
}

// linking puts links in place of the addresses of files that the console keeps.
type linking struct {
	links     Links // nil where the node reads them itself
	base      string
	artifacts map[core.Ref]plan.Artifact
	until     time.Time
	said      []string // what stands in place of a link in a message: pairs of both
}

// newLinking returns the links for one import.
func (l *Live) newLinking(n Node, now plan.Snapshot, p *plan.Plan) *linking {
	made := &linking{artifacts: artifactsOf(now, p)}
	if n.Artifacts == ByConsole {
		made.links, made.base, made.until = l.Links, l.baseFor(n), l.now().Add(linkLife)
	}
	return made
}

// artifactsOf returns the files that are kept of what is there once a plan was applied.
func artifactsOf(now plan.Snapshot, p *plan.Plan) map[core.Ref]plan.Artifact {
	all := map[core.Ref]plan.Artifact{}
	for ref, a := range now.Artifacts {
		all[ref] = a
	}
	for i := range p.Steps {
		if s := &p.Steps[i]; s.Artifact != nil {
			all[s.Ref] = *s.Artifact
		}
	}
	return all
}

// put returns a bundle as the node gets it.
func (k *linking) put(b *bundle.Bundle) *bundle.Bundle {
	if k.links == nil {
		return b
	}
	sent := b.Clone()
	for _, kind := range withFiles {
		for _, name := range b.Names(kind) {
			ref := core.Ref{Kind: kind, Name: name}
			text, _ := b.Get(ref)
			sent.Set(ref, refile(text, func(address string) (string, bool) { return k.link(ref, address) }))
		}
	}
	return sent
}

// link returns the link for the file of an entry, where it is kept.
func (k *linking) link(ref core.Ref, address string) (string, bool) {
	a, kept := k.artifacts[ref]
	if !kept || a.Address != address {
		return "", false
	}
	link := k.base + k.links.Link(a.SHA256, address, k.until)
	k.said = append(k.said, link, address)
	return link, true
}

// plain returns a report with the original addresses in place of links.
func (k *linking) plain(report *bundle.Bundle) *bundle.Bundle {
	if len(k.said) == 0 {
		return report
	}
	told, clear := strings.NewReplacer(k.said...), &bundle.Bundle{}
	for ref, text := range report.All() {
		clear.Set(ref, told.Replace(text))
	}
	return clear
}

// keptFor returns the file that is kept of an entry, where it is that which the entry names.
func keptFor(kept map[core.Ref]plan.Artifact, s *plan.Step) *plan.Artifact {
	if a, ok := kept[s.Ref]; ok && s.Action != plan.Delete && fileOf(s.New) == a.Address {
		return &a
	}
	return nil
}

// baseFor returns the address under which a node reaches the console, without a slash at
// the end; empty where nobody knows it.
func (l *Live) baseFor(n Node) string {
	if n.ConsoleURL != "" {
		return n.ConsoleURL
	}
	return strings.TrimRight(l.PublicURL, "/")
}

// Terms returns what an import into a node is made with: the values of its variables, and
// of its labels where no variable has the same name; and whether the console reads the files
// that entries name. It is an Invalid error where the node could not read them from it.
func (l *Live) Terms(ctx context.Context, name string) (variables map[string]string, reads bool, err error) {
	n, err := l.Nodes.open(ctx, name)
	if err != nil {
		return nil, false, err
	}
	if n.Artifacts == ByConsole && (l.Links == nil || l.baseFor(n) == "") {
		return nil, false, core.WithHint(core.Errorf(core.Invalid, "nobody has said under which address %s reaches this console, of which it is to read files", name),
			"give --public-url, or the node an address of the console")
	}
	return n.values(), n.Artifacts == ByConsole, nil
}
