package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"ekuiper-console/core/bundle"
	"ekuiper-console/core/transfer"
)

type exportCmd struct {
	targetFlags
	Rules  []string `arg:"" optional:"" name:"rule" help:"Rules to export with everything they need; all there is where none is named."`
	Output string   `short:"o" type:"path" placeholder:"FILE" help:"Write there instead of to standard output."`
}

// Run writes the document. What the rules need and is missing is told on stderr.
func (c *exportCmd) Run(p *process) error {
	t, err := c.source(p)
	if err != nil {
		return err
	}
	defer t.close()
	doc, err := t.export(p, c.Rules)
	if err != nil {
		return err
	}
	if c.Output == "" {
		_, err := p.stdout.Write(append(doc, '\n'))
		return err
	}
	return writeFile(c.Output, doc)
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

// export reads the data folder.
func (l *local) export(p *process, rules []string) ([]byte, error) {
	var b *bundle.Bundle
	if len(rules) == 0 {
		snapshot, err := l.service.Export(p.ctx, caller(), transfer.Local)
		if err != nil {
			return nil, err
		}
		b = snapshot.Bundle
	} else {
		set, err := l.service.ExportRules(p.ctx, caller(), transfer.Local, rules)
		if err != nil {
			return nil, err
		}
		for _, gap := range set.Missing {
			fmt.Fprintf(p.stderr, "warning: %v: missing %s %s\n", gap.From, gap.Why, gap.Name)
		}
		b = set.Bundle
	}
	var doc bytes.Buffer
	err := b.Encode(&doc)
	return doc.Bytes(), err
}
