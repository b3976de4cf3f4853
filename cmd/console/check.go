package main

import (
	"errors"
	"fmt"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/bundlev2"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/transfer"
)

type checkCmd struct {
	formatFlag
	Files []string `arg:"" name:"file" help:"Bundles; - for standard input."`
	JSON  bool     `name:"json" help:"Print the findings as JSON."`
}

// fileFinding is a finding with its place in a file.
type fileFinding struct {
	File   string `json:"file"`
	Line   int    `json:"file_line"`   // 1-based; 0 where the file has no such place
	Column int    `json:"file_column"` // 1-based, in characters
	core.Finding
	text string // of the entry
}

// Run checks every file by itself, without a store and without reading the files that
// entries name.
func (c *checkCmd) Run(p *process) error {
	all := []fileFinding{}
	var unread []error
	for _, name := range c.Files {
		doc, err := readInput(p, name)
		if err == nil {
			var found []fileFinding
			found, err = check(name, c.of(name, doc), doc)
			all = append(all, found...)
		}
		unread = append(unread, err)
	}
	if c.JSON {
		if err := printJSON(p, all); err != nil {
			return err
		}
	} else {
		tellFileFindings(p, all)
	}
	if err := errors.Join(unread...); err != nil || len(all) == 0 {
		return err
	}
	return exit(exitTrouble)
}

// tellFileFindings writes findings as compilers do.
func tellFileFindings(p *process, all []fileFinding) {
	for _, f := range all {
		where := fmt.Sprintf("%s:%d:%d", f.File, f.Line, f.Column)
		if (f.Ref != core.Ref{}) {
			where += ": " + f.Ref.String()
		}
		fmt.Fprintf(p.stdout, "%s: %v: %s\n", where, f.Severity, oneLine(f.Message))
		for _, line := range excerpt(f.text, f.Finding.Line, f.Finding.Column) {
			fmt.Fprintf(p.stdout, "    %s\n", line)
		}
		if f.Hint != "" {
			fmt.Fprintf(p.stdout, "    hint: %s\n", oneLine(f.Hint))
		}
	}
}

// places tells where in a document its entries stand.
type places interface {
	Position(ref core.Ref, offset int) (line, column int)
}

// reading is how documents of one format are read.
type reading struct {
	decode func([]byte) (*bundle.Bundle, []string, error)
	index  func([]byte) places
}

// readings are those of the formats.
var readings = map[transfer.Format]reading{
	transfer.JSON: {bundle.Decode, func(doc []byte) places { return bundle.NewIndex(doc) }},
	transfer.V2:   {bundlev2.Decode, func(doc []byte) places { return bundlev2.NewIndex(doc) }},
}

// check returns what is to be said of one document.
func check(name string, format transfer.Format, doc []byte) ([]fileFinding, error) {
	b, unknown, err := readings[format].decode(doc)
	if syntax, ok := errors.AsType[*bundle.SyntaxError](err); ok {
		f := core.Finding{Severity: core.Fault, Message: syntax.Msg}
		f.Line, f.Column = syntax.Line, syntax.Column
		return []fileFinding{{name, syntax.Line, syntax.Column, f, string(doc)}}, nil
	}
	if err != nil {
		return nil, err
	}
	var all []fileFinding
	for _, w := range plan.UnknownSections(unknown) {
		all = append(all, fileFinding{name, 1, 1, w, ""})
	}
	var index places
	for _, f := range transfer.Check(b) {
		if index == nil {
			index = readings[format].index(doc)
		}
		line, column := index.Position(f.Ref, f.Offset)
		text, _ := b.Get(f.Ref)
		all = append(all, fileFinding{name, line, column, f, text})
	}
	return all, nil
}
