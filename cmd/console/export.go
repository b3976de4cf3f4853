package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"ekuiper-console/core/audit"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/bundlev2"
	"ekuiper-console/core/disk"
	"ekuiper-console/core/transfer"
)

type exportCmd struct {
	targetFlags
	Rules          []string `arg:"" optional:"" name:"rule" help:"Rules to export with everything they need; all there is where none is named."`
	Masked         bool     `help:"Put dots in place of secrets. Imported again, they keep what is there."`
	AllConnections bool     `help:"Export every connection, not only those that the rules use."`
	Format         string   `enum:"json,yaml" default:"json" help:"json, or yaml for eKuiper's v2 form."`
	SelfContained  bool     `help:"Export a zip with the files that entries name, which can be imported without a network."`
	Output         string   `short:"o" type:"path" placeholder:"FILE" help:"Write there instead of to standard output."`
}

// encoders write a bundle in a format.
var encoders = map[string]func(*bundle.Bundle, io.Writer) error{"json": (*bundle.Bundle).Encode, "yaml": bundlev2.Encode}

// exportRequest is an export as the command line asks for it.
type exportRequest struct {
	rules          []string // all there is where none is named
	masked         bool
	allConnections bool
	selfContained  bool
}

// Run writes the document. What the rules need and is missing is told on stderr.
func (c *exportCmd) Run(p *process) error {
	t, err := c.source(p)
	if err != nil {
		return err
	}
	defer t.close()
	req := exportRequest{c.Rules, c.Masked, c.AllConnections, c.SelfContained}
	if c.Output == "" {
		return c.write(p, t, req, p.stdout)
	}
	return writeFile(c.Output, func(w io.Writer) error { return c.write(p, t, req, w) })
}

// write writes what the export holds in its format.
func (c *exportCmd) write(p *process, t target, req exportRequest, w io.Writer) error {
	if c.SelfContained {
		return t.pack(p, req, w)
	}
	b, err := t.export(p, req)
	if err != nil {
		return err
	}
	var doc bytes.Buffer
	if err := encoders[c.Format](b, &doc); err != nil {
		return err
	}
	_, err = fmt.Fprintln(w, strings.TrimSuffix(doc.String(), "\n"))
	return err
}

// writeFile writes a file whole or not at all, for its owner only, since a bundle may
// hold passwords.
func writeFile(name string, write func(io.Writer) error) error {
	tmp, err := os.CreateTemp(filepath.Dir(name), ".export-*")
	if err != nil {
		return disk.Told("writing the export", err)
	}
	defer os.Remove(tmp.Name())
	err = write(tmp)
	if err == nil {
		err = tmp.Sync()
	}
	if closeErr := tmp.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(tmp.Name(), name)
	}
	return disk.Told("writing the export", err)
}

// event is what the audit log keeps of an export from the data folder.
func (req exportRequest) event(node string) audit.Event {
	action, detail := audit.ExportSecrets, "all"
	if req.masked {
		action = audit.Export
	}
	if n := len(req.rules); n > 0 {
		detail = fmt.Sprintf("%d rules", n)
	}
	return audit.New(time.Now(), caller(), action, node).Saying(detail)
}

// export reads the data folder, and writes down that it did.
func (l *local) export(p *process, req exportRequest) (*bundle.Bundle, error) {
	x, err := l.service.Compose(p.ctx, caller(), req.request(l.node))
	if err != nil {
		return nil, err
	}
	if err := l.audit.Record(p.ctx, req.event(l.node)); err != nil {
		return nil, err
	}
	for _, gap := range x.Missing {
		fmt.Fprintf(p.stderr, "warning: %v: missing %s %s\n", gap.From, gap.Why, gap.Name)
	}
	return x.Bundle, nil
}

// request returns the export of a node.
func (req exportRequest) request(node string) transfer.ExportRequest {
	return transfer.ExportRequest{
		Node: node, All: len(req.rules) == 0, Rules: req.rules, Masked: req.masked, AllConnections: req.allConnections,
	}
}

// pack reads the data folder, and writes down that it did.
func (l *local) pack(p *process, req exportRequest, w io.Writer) error {
	if err := l.audit.Record(p.ctx, req.event(l.node)); err != nil {
		return err
	}
	return l.service.Pack(p.ctx, caller(), req.request(l.node), w)
}
