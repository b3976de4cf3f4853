package bundlev2

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
)

// Decode reads a document. Besides the bundle it returns the names of the sections
// that it does not know, in the order of the document. What is no such document is a
// *bundle.SyntaxError with its place.
//
// Section names are read in any case. A name that is there twice is an error, and so
// is what has no form in JSON. Anchors and merge keys are followed, as far as they do
// not make the document many times larger.
func Decode(data []byte) (b *bundle.Bundle, unknown []string, err error) {
	d := &decoder{data: data, bundle: &bundle.Bundle{}, writer: writer{budget: maxAliased}}
	if err := d.document(); err != nil {
		return nil, nil, err
	}
	return d.bundle, d.unknown, nil
}

// sectionAtLine finds the name of a section at the beginning of a line.
var sectionAtLine = func() *regexp.Regexp {
	var names []string
	for _, s := range sections {
		names = append(names, s.key)
	}
	return regexp.MustCompile(`(?mi)^(` + strings.Join(names, "|") + `)\s*:(\s|$)`)
}()

// Is reports whether a text is meant for such a document, whether it is one or not: it
// does not begin as JSON does, and a section begins in one of its lines.
func Is(data []byte) bool {
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
	return len(data) > 0 && !bytes.ContainsRune([]byte(`{["`), rune(data[0])) && sectionAtLine.Match(data)
}

// decoder is the state of reading one document.
type decoder struct {
	data    []byte
	bundle  *bundle.Bundle
	unknown []string
	writer  writer
	index   map[core.Ref][]mark // filled where it is not nil
}

// document reads the whole.
func (d *decoder) document() error {
	var root yaml.Node
	if err := yaml.Load(d.data, &root); err != nil {
		if len(bytes.TrimSpace(d.data)) == 0 || onlyComments(d.data) {
			return nil
		}
		return d.syntax(err)
	}
	top := &root
	if top.Kind == yaml.DocumentNode {
		top = top.Content[0]
	}
	if top.Kind == yaml.ScalarNode && top.ShortTag() == "!!null" {
		return nil
	}
	err := d.members(top, "the document", func(key string, name, value *yaml.Node) error {
		kind, ok := core.KindOf(key)
		if !ok {
			d.unknown = append(d.unknown, key)
			return nil
		}
		return d.section(sectionOf(kind), value)
	})
	return d.placed(err)
}

// onlyComments reports whether a document says nothing.
func onlyComments(data []byte) bool {
	for line := range bytes.Lines(data) {
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' {
			return false
		}
	}
	return true
}

// sectionOf returns the section of a kind.
func sectionOf(kind core.Kind) section {
	for _, s := range sections {
		if s.kind == kind {
			return s
		}
	}
	panic("bundlev2: no section for " + kind.Key())
}

// members calls visit for every member of a mapping, each name once, and with the
// aliases followed. Null has none.
func (d *decoder) members(n *yaml.Node, what string, visit func(key string, name, value *yaml.Node) error) error {
	n, err := d.writer.follow(n)
	if err != nil {
		return err
	}
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		return fail(n, "%s is no mapping of names to values", what)
	}
	pairs, err := d.writer.pairs(n)
	if err != nil {
		return err
	}
	for _, p := range pairs {
		if err := visit(p.key, p.name, p.value); err != nil {
			return err
		}
	}
	return nil
}

// section reads the entries of a section.
func (d *decoder) section(s section, n *yaml.Node) error {
	if d.bundle.Count(s.kind) > 0 {
		return fail(n, "the section %s is there already", s.key)
	}
	if s.prefix != "" {
		return d.configs(s, n)
	}
	return d.members(n, "the section "+s.key, func(key string, name, value *yaml.Node) error {
		text, err := d.entry(core.Ref{Kind: s.kind, Name: key}, value)
		if err == nil {
			d.bundle.Set(core.Ref{Kind: s.kind, Name: key}, text)
		}
		return err
	})
}

// entry returns the text of an entry.
func (d *decoder) entry(ref core.Ref, n *yaml.Node) (string, error) {
	n, err := d.writer.follow(n)
	if err != nil {
		return "", err
	}
	if n.Kind == yaml.ScalarNode {
		return d.verbatim(ref, n)
	}
	if ref.Kind != core.Stream && ref.Kind != core.Table {
		d.writer.reset()
		err := d.writer.value(n)
		d.note(ref, n)
		return string(d.writer.out), err
	}
	return d.statement(ref, n)
}

// statement returns the text of a stream or table.
func (d *decoder) statement(ref core.Ref, n *yaml.Node) (text string, err error) {
	found := false
	err = d.members(n, ref.String(), func(key string, _, value *yaml.Node) error {
		if key != "sql" {
			return nil
		}
		found = true
		value, err := d.writer.follow(value)
		if err == nil {
			text, err = d.verbatim(ref, value)
		}
		return err
	})
	if err == nil && !found {
		err = fail(n, "the %s %s has no sql", ref.Kind.Noun(), ref.Name)
	}
	return text, err
}

// verbatim reads an entry that is written as its text. Null is the empty text.
func (d *decoder) verbatim(ref core.Ref, n *yaml.Node) (string, error) {
	d.writer.reset()
	d.note(ref, n)
	switch n.ShortTag() {
	case "!!null":
		return "", nil
	case "!!str", "!!timestamp":
		return n.Value, nil
	}
	return "", fail(n, "%v is neither an object nor a text", ref)
}

// configs reads a section of configurations, each key of which has a name of its own.
func (d *decoder) configs(s section, n *yaml.Node) error {
	whole := map[string]bool{} // types that stand under one name
	objects := map[string]*object{}
	err := d.members(n, "the section "+s.key, func(key string, name, value *yaml.Node) error {
		parts := strings.SplitN(key, ".", 3)
		if parts[0] != s.prefix || len(parts) < 2 {
			return fail(name, "%s isn't valid conf key", key)
		}
		ref := core.Ref{Kind: s.kind, Name: typeUnescapes.Replace(parts[1])}
		if whole[ref.Name] || len(parts) == 2 && objects[ref.Name] != nil {
			return fail(name, "the configuration of %s is there already", ref.Name)
		}
		if len(parts) == 2 {
			whole[ref.Name] = true
			text, err := d.entry(ref, value)
			d.bundle.Set(ref, text)
			return err
		}
		if objects[ref.Name] == nil {
			objects[ref.Name] = &object{}
		}
		d.writer.reset()
		err := d.writer.value(value)
		objects[ref.Name].add(parts[2], d.writer)
		return err
	})
	for typ, o := range objects {
		ref := core.Ref{Kind: s.kind, Name: typ}
		d.bundle.Set(ref, o.text+"}")
		if d.index != nil {
			d.index[ref] = o.marks
		}
	}
	return err
}

// object is a JSON object that is put together member by member.
type object struct {
	text  string // without the brace at the end
	marks []mark
}

// add adds what was written last.
func (o *object) add(name string, w writer) {
	sep := ","
	if o.text == "" {
		sep = "{"
	}
	o.text += sep + string(appendString(nil, name)) + ":"
	for _, m := range w.marks {
		m.offset += len(o.text)
		o.marks = append(o.marks, m)
	}
	o.text += string(w.out)
}

// typeUnescapes undo typeEscapes.
var typeUnescapes = strings.NewReplacer("%25", "%", "%2E", ".")

// placeError is an error at a node.
type placeError struct {
	line, column int
	msg          string
}

// Error returns the message.
func (e *placeError) Error() string { return e.msg }

// fail makes the error of a node.
func fail(n *yaml.Node, format string, args ...any) error {
	return &placeError{n.Line, n.Column, fmt.Sprintf(format, args...)}
}

// placed makes a SyntaxError of an error at a node.
func (d *decoder) placed(err error) error {
	if e, ok := errors.AsType[*placeError](err); ok {
		return d.syntaxError(e.msg, e.line, e.column)
	}
	return err
}

// syntax makes a SyntaxError of what the YAML library says.
func (d *decoder) syntax(err error) error {
	if e, ok := errors.AsType[*yaml.LoadError](err); ok {
		return d.syntaxError("yaml: "+e.Message, e.Mark.Line, e.Mark.Column)
	}
	return d.syntaxError(err.Error(), 1, 1)
}

// syntaxError makes the error of a place, which it finds in the document.
func (d *decoder) syntaxError(msg string, line, column int) error {
	e := &bundle.SyntaxError{Msg: msg, Line: max(line, 1), Column: max(column, 1)}
	at := 1
	for l := range bytes.Lines(d.data) {
		if at == e.Line {
			runes := []rune(string(l))
			e.Offset += len(string(runes[:min(e.Column-1, len(runes))]))
			break
		}
		e.Offset += len(l)
		at++
	}
	return e
}
