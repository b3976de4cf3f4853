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
	"ekuiper-console/core/transfer"
)

type exportCmd struct {
	targetFlags
	Rules          []string `arg:"" optional:"" name:"rule" help:"Rules to export with everything they need; all there is where none is named."`
	Masked         bool     `help:"Put dots in place of secrets. Imported again, they keep what is there."`
	AllConnections bool     `help:"Export every connection, not only those that the rules use."`
	Format         string   `enum:"json,yaml" default:"json" help:"json, or yaml for eKuiper's v2 form."`
	Output         string   `short:"o" type:"path" placeholder:"FILE" help:"Write there instead of to standard output."`
}

// encoders write a bundle in a format.
var encoders = map[string]func(*bundle.Bundle, io.Writer) error{"json": (*bundle.Bundle).Encode, "yaml": bundlev2.Encode}

// exportRequest is an export as the command line asks for it.
type exportRequest struct {
	rules          []string // all there is where none is named
	masked         bool
	allConnections bool
}

// Run writes the document. What the rules need and is missing is told on stderr.
func (c *exportCmd) Run(p *process) error {
	t, err := c.source(p)
	if err != nil {
		return err
	}
	defer t.close()
	b, err := t.export(p, exportRequest{c.Rules, c.Masked, c.AllConnections})
	if err != nil {
		return err
	}
	var doc bytes.Buffer
	if err := encoders[c.Format](b, &doc); err != nil {
		return err
	}
	if c.Output == "" {
		_, err := fmt.Fprintln(p.stdout, strings.TrimSuffix(doc.String(), "\n"))
		return err
	}
	return writeFile(c.Output, doc.Bytes())
}

// writeFile writes a file whole or not at all, for its owner only, since a bundle may
// hold passwords.
func writeFile(name string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(name), ".export-*")
	if err != nil {
		return fmt.Errorf("writing the export: %w", err)
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(data)
	if err == nil {
		err = tmp.Sync()
	}
	if closeErr := tmp.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(tmp.Name(), name)
	}
	if err != nil {
		return fmt.Errorf("writing the export: %w", err)
	}
	return nil
}

// event is what the audit log keeps of an export from the data folder.
func (req exportRequest) event() audit.Event {
	action, detail := audit.ExportSecrets, "all"
	if req.masked {
		action = audit.Export
	}
	if n := len(req.rules); n > 0 {
		detail = fmt.Sprintf("%d rules", n)
	}
	return audit.New(time.Now(), caller(), action, transfer.Local).Saying(detail)
}

// export reads the data folder, and writes down that it did.
func (l *local) export(p *process, req exportRequest) (*bundle.Bundle, error) {
	x, err := l.service.Compose(p.ctx, caller(), transfer.ExportRequest{
		Node: transfer.Local, All: len(req.rules) == 0, Rules: req.rules, Masked: req.masked, AllConnections: req.allConnections,
	})
	if err != nil {
		return nil, err
	}
	if err := l.audit.Record(p.ctx, req.event()); err != nil {
		return nil, err
	}
	for _, gap := range x.Missing {
		fmt.Fprintf(p.stderr, "warning: %v: missing %s %s\n", gap.From, gap.Why, gap.Name)
	}
	return x.Bundle, nil
}
