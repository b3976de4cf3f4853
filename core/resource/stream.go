package resource

import (
	"fmt"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/streamsql"
)

// Stream is a stream or a table.
type Stream struct {
	Ref    core.Ref
	Text   string
	Create *streamsql.Create

	columns *Columns // nil where any may be there, and where a schema has them
	twice   string   // a column that is declared more than once
}

// Columns are the names of columns, letter by letter and in lower case: the engine compares them in both ways.
type Columns struct{ exact, lower map[string]bool }

// add adds a column and reports whether it was there already.
func (c *Columns) add(name string) bool {
	again := c.exact[name]
	c.exact[name], c.lower[strings.ToLower(name)] = true, true
	return again
}

// decodeStream reads the statement of a stream or table.
func decodeStream(ref core.Ref, text string) (*Stream, *problem) {
	stmt, err := streamsql.ParseStatement(text)
	if err != nil {
		return nil, sqlProblem(err, err.Error(), 0)
	}
	create, ok := stmt.(*streamsql.Create)
	if !ok {
		p := problemf("Invalid %s statement: %s", ref.Kind.Noun(), text)
		p.hint = fmt.Sprintf("write CREATE %s name (…) WITH (…)", strings.ToUpper(ref.Kind.Noun()))
		return nil, p
	}
	s := &Stream{Ref: ref, Text: text, Create: create}
	s.declare()
	return s, nil
}

// declare notes the declared columns. With a schema its fields are the columns, whatever else is
// declared.
func (s *Stream) declare() {
	if len(s.Create.Fields) == 0 {
		return
	}
	n := len(s.Create.Fields)
	s.columns = &Columns{make(map[string]bool, n), make(map[string]bool, n)}
	for _, c := range s.Create.Fields {
		if s.columns.add(c.Name) && s.twice == "" {
			s.twice = c.Name
		}
	}
}

// sqlProblem places an error of the SQL parser; shift is added to its offset.
func sqlProblem(err error, msg string, shift int) *problem {
	p := problemf("%s", msg)
	if e, ok := err.(*streamsql.Error); ok {
		p.offset, p.hint = e.Pos+shift, e.Hint
	}
	return p
}

// check judges the statement as the engine's replace routine does.
func (s *Stream) check(scope Scope) []core.Finding {
	noun := s.Ref.Kind.Noun()
	switch {
	case s.Create.Table != (s.Ref.Kind == core.Table):
		f := fault(s.Ref, "%s %s is not found", noun, s.Create.Name)
		f.Hint = fmt.Sprintf("the statement creates a %s; move it to the other section", other(noun))
		return []core.Finding{f}
	case s.Create.Name != s.Ref.Name:
		f := fault(s.Ref, "Replace %s fails: the sql statement must update the %s source.", s.Ref.Name, s.Ref.Name)
		f.Hint = fmt.Sprintf("the statement creates %q; the names must be the same, in the same case", s.Create.Name)
		return []core.Finding{f}
	case s.Ref.Name == "":
		f := fault(s.Ref, "the %s has no name", noun)
		f.Hint = "an entry without a name cannot be spoken of afterwards"
		return []core.Finding{f}
	case s.Create.Options.Temp:
		f := fault(s.Ref, "Replace %s fails: cannot replace with temp option.", s.Ref.Name)
		f.Hint = `leave out TEMP="true": a temporary source cannot be imported`
		return []core.Finding{f}
	case s.lookup() && !lookupSources[s.Type()] && !scope.source(s.Type()):
		f := fault(s.Ref, "Replace table fails: lookup source type %s not found.", s.Type())
		f.Hint = "use one of " + strings.Join(names(lookupSources), ", ") + ", or bring the plugin that serves it"
		return []core.Finding{f}
	}
	return s.addressable()
}

func other(noun string) string {
	if noun == core.Table.Noun() {
		return core.Stream.Noun()
	}
	return core.Table.Noun()
}

// addressable warns of a name that the engine stores but cannot be asked for.
func (s *Stream) addressable() []core.Finding {
	if msg := checkID(s.Ref.Name); msg != "" {
		return []core.Finding{warning(s.Ref, "the engine takes it from a bundle, but its REST API cannot address it", "%s", msg)}
	}
	return nil
}

func (s *Stream) lookup() bool { return s.Create.Table && s.Create.Options.Kind == "lookup" }

// Type returns the source type: as written, else mqtt for streams and file for tables.
func (s *Stream) Type() string {
	switch typ := s.Create.Options.Type; {
	case typ != "":
		return typ
	case s.Create.Table:
		return "file"
	}
	return "mqtt"
}

// Format returns the name of the format in lower case; json where none is written.
func (s *Stream) Format() string {
	if format := s.Create.Options.Format; format != "" {
		return strings.ToLower(format)
	}
	return "json"
}

// Stored returns the statement as it was given.
func (s *Stream) Stored() string { return s.Text }

// Needs returns the plugin of the source type, the configuration key, the schema,
// the memory topic and the uploaded file that the stream refers to.
func (s *Stream) Needs() []Need {
	o := &s.Create.Options
	key := o.ConfKey
	if key == "" {
		key = "default"
	}
	needs := []Need{{SourceType, s.Type(), ""}, {SourceKey, s.Type(), key}}
	if id := o.SchemaID; id != "" {
		needs = append(needs, schemaNeed(s.Format(), id))
	}
	switch source := o.DataSource; {
	case s.Type() == "memory":
		needs = append(needs, Need{Fed, source, ""})
	case source != "":
		needs = append(needs, Need{Mentions, source, ""})
	}
	return needs
}

// schemaNeed returns the need for the schema that a format takes its message from.
// The id is "schema.message".
func schemaNeed(format, id string) Need {
	name, _, _ := strings.Cut(id, ".")
	return Need{Decodes, strings.ToLower(format) + "_" + name, ""}
}
