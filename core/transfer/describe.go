package transfer

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/resource"
	"ekuiper-console/core/streamsql"
)

// The shapes below are those of the engine's read routes.

// StreamDescription describes a stream or table.
type StreamDescription struct {
	Name         string
	StreamFields []FieldDescription
	Options      map[string]any
	StreamType   int // 0 for a stream, 1 for a table
	Statement    *struct{}
}

// FieldDescription describes a field of a stream.
type FieldDescription struct {
	Name      string
	FieldType TypeDescription
}

// TypeDescription is the type of a field: the number the engine gives it and, where
// it is made of others, these.
type TypeDescription struct {
	Type         int
	FieldType    *TypeDescription   `json:",omitempty"` // what an array holds
	StreamFields []FieldDescription `json:",omitempty"` // what a struct holds
}

// StreamDetail is a line of the list of streams.
type StreamDetail struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Format string `json:"format"`
}

// RuleSummary is a line of the list of rules.
type RuleSummary struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Status  string   `json:"status"`
	Tags    []string `json:"tags"`
	Trace   bool     `json:"trace"`
	Version string   `json:"version"`
}

// ConnectionSummary is a line of the list of connections.
type ConnectionSummary struct {
	ID     string         `json:"id"`
	Type   string         `json:"typ"`
	Props  map[string]any `json:"props"`
	Status string         `json:"status"`
}

// Stopped is the status of every rule and connection of the embedded node, which
// keeps them and does not run them.
const Stopped = "stopped"

// fieldTypes are the engine's numbers of the types of fields.
var fieldTypes = map[string]int{"BIGINT": 1, "FLOAT": 2, "STRING": 3, "BYTEA": 4, "DATETIME": 5, "BOOLEAN": 6, "ARRAY": 7, "STRUCT": 8}

// Names returns the names of a node's entries of one kind, sorted.
func (s *Service) Names(ctx context.Context, by core.Caller, node string, kind core.Kind) ([]string, error) {
	snapshot, err := s.Export(ctx, by, node)
	if err != nil {
		return nil, err
	}
	return append([]string{}, snapshot.Bundle.Names(kind)...), nil
}

// Text returns the text of an entry as it is stored, or a NotFound error.
func (s *Service) Text(ctx context.Context, by core.Caller, node string, ref core.Ref) (string, error) {
	snapshot, err := s.Export(ctx, by, node)
	if err != nil {
		return "", err
	}
	text, ok := snapshot.Bundle.Get(ref)
	if !ok {
		return "", core.Errorf(core.NotFound, "%s %s is not found", ref.Kind.Noun(), ref.Name)
	}
	return text, nil
}

// each calls visit with every entry of a kind that can be read, by name.
func each[R resource.Resource](b *bundle.Bundle, kind core.Kind, visit func(name string, r R)) {
	for _, name := range b.Names(kind) {
		ref := core.Ref{Kind: kind, Name: name}
		text, _ := b.Get(ref)
		if r, _ := resource.Decode(ref, text); r != nil {
			visit(name, r.(R))
		}
	}
}

// StreamNames returns the names of streams, or of tables of one kind: "scan",
// "lookup", or any where it is empty.
func (s *Service) StreamNames(ctx context.Context, by core.Caller, node string, kind core.Kind, only string) ([]string, error) {
	if only == "" {
		return s.Names(ctx, by, node, kind)
	}
	snapshot, err := s.Export(ctx, by, node)
	if err != nil {
		return nil, err
	}
	names := []string{}
	each(snapshot.Bundle, kind, func(name string, r *resource.Stream) {
		if lookup := r.Create.Options.Kind == "lookup"; lookup == (only == "lookup") {
			names = append(names, name)
		}
	})
	return names, nil
}

// Describe returns the definition of a stream or table, or a NotFound error.
func (s *Service) Describe(ctx context.Context, by core.Caller, node string, ref core.Ref) (*StreamDescription, error) {
	text, err := s.Text(ctx, by, node, ref)
	if err != nil {
		return nil, err
	}
	r, findings := resource.Decode(ref, text)
	if r == nil {
		return nil, core.Errorf(core.Internal, "reading %v: %s", ref, findings[0].Message)
	}
	create := r.(*resource.Stream).Create
	d := &StreamDescription{Name: create.Name, StreamFields: fields(create.Fields), Options: options(&create.Options)}
	if create.Table {
		d.StreamType = 1
	}
	return d, nil
}

func fields(columns []*streamsql.Column) []FieldDescription {
	var all []FieldDescription
	for _, c := range columns {
		all = append(all, FieldDescription{Name: c.Name, FieldType: fieldType(&c.Type)})
	}
	return all
}

func fieldType(t *streamsql.Type) TypeDescription {
	d := TypeDescription{Type: fieldTypes[t.Name], StreamFields: fields(t.Fields)}
	if t.Elem != nil {
		elem := fieldType(t.Elem)
		d.FieldType = &elem
	}
	return d
}

// optionNames are the engine's JSON names of the options of a stream.
var optionNames = map[string]string{
	"DATASOURCE": "datasource", "FORMAT": "format", "KEY": "key", "CONF_KEY": "confKey", "SHARED": "shared",
	"STRICT_VALIDATION": "strictValidation", "TYPE": "type", "TIMESTAMP": "timestamp", "TIMESTAMP_FORMAT": "timestampFormat",
	"RETAIN_SIZE": "retainSize", "SCHEMAID": "schemaId", "EXTRA": "extra", "VERSION": "version", "TEMP": "temp",
	"KIND": "kind", "DELIMITER": "delimiter",
}

// options returns the options that are given and not empty.
func options(o *streamsql.Options) map[string]any {
	all := map[string]any{}
	for _, given := range o.Given {
		name := optionNames[given.Name]
		switch given.Name {
		case "SHARED":
			setTrue(all, name, o.Shared)
		case "STRICT_VALIDATION":
			setTrue(all, name, o.StrictValidation)
		case "TEMP":
			setTrue(all, name, o.Temp)
		case "RETAIN_SIZE":
			all[name] = o.RetainSize
		case "VERSION":
			all[name] = o.Version
		case "KIND":
			all[name] = o.Kind
		default:
			if given.Value != "" {
				all[name] = given.Value
			}
		}
	}
	return all
}

func setTrue(all map[string]any, name string, on bool) {
	if on {
		all[name] = true
	}
}

// StreamDetails returns name, type and format of every stream or table.
func (s *Service) StreamDetails(ctx context.Context, by core.Caller, node string, kind core.Kind) ([]StreamDetail, error) {
	snapshot, err := s.Export(ctx, by, node)
	if err != nil {
		return nil, err
	}
	details := []StreamDetail{}
	each(snapshot.Bundle, kind, func(name string, r *resource.Stream) {
		details = append(details, StreamDetail{name, strings.ToLower(r.Type()), r.Format()})
	})
	return details, nil
}

// Rules returns a summary of every rule, by id. A rule that cannot be read shows its
// error as its status.
func (s *Service) Rules(ctx context.Context, by core.Caller, node string) ([]RuleSummary, error) {
	snapshot, err := s.Export(ctx, by, node)
	if err != nil {
		return nil, err
	}
	rules := []RuleSummary{}
	for _, id := range snapshot.Bundle.Names(core.Rule) {
		ref := core.Ref{Kind: core.Rule, Name: id}
		text, _ := snapshot.Bundle.Get(ref)
		rules = append(rules, summary(ref, text))
	}
	return rules, nil
}

// summary reads what a list shows of a rule, and no more: its SQL is not parsed.
func summary(ref core.Ref, text string) RuleSummary {
	head := RuleSummary{Tags: []string{}}
	if err := json.Unmarshal([]byte(text), &head); err != nil {
		return RuleSummary{ID: ref.Name, Status: "error: " + err.Error(), Tags: []string{}}
	}
	if head.Tags == nil {
		head.Tags = []string{}
	}
	head.ID, head.Status, head.Trace = ref.Name, Stopped, false
	return head
}

// ConfigKeys returns the stored configuration keys of a source or sink type with
// their properties. A type without any is an empty map.
func (s *Service) ConfigKeys(ctx context.Context, by core.Caller, node string, ref core.Ref) (map[string]map[string]any, error) {
	text, err := s.Text(ctx, by, node, ref)
	if core.CodeOf(err) == core.NotFound && err != nil && node == Local {
		return map[string]map[string]any{}, nil
	}
	if err != nil {
		return nil, err
	}
	r, findings := resource.Decode(ref, text)
	if r == nil {
		return nil, core.Errorf(core.Internal, "reading %v: %s", ref, findings[0].Message)
	}
	return r.(*resource.Config).Keys, nil
}

// Connections returns every stored connection, by id.
func (s *Service) Connections(ctx context.Context, by core.Caller, node string) ([]ConnectionSummary, error) {
	snapshot, err := s.Export(ctx, by, node)
	if err != nil {
		return nil, err
	}
	all := []ConnectionSummary{}
	each(snapshot.Bundle, core.Connection, func(typ string, c *resource.Config) {
		for id, props := range c.Keys {
			all = append(all, ConnectionSummary{ID: id, Type: typ, Props: props, Status: Stopped})
		}
	})
	slices.SortFunc(all, func(a, b ConnectionSummary) int {
		return strings.Compare(a.ID+"\x00"+a.Type, b.ID+"\x00"+b.Type)
	})
	return all, nil
}

// Schemas returns the names of the schemas of one type, or an Invalid error for a type
// that there is not.
func (s *Service) Schemas(ctx context.Context, by core.Caller, node, typ string) ([]string, error) {
	if !resource.SchemaType(typ) {
		return nil, core.Errorf(core.Invalid, "unsupported schema type %s", typ)
	}
	snapshot, err := s.Export(ctx, by, node)
	if err != nil {
		return nil, err
	}
	names := []string{}
	each(snapshot.Bundle, core.Schema, func(_ string, r *resource.Schema) {
		if r.Type == typ {
			names = append(names, r.Name)
		}
	})
	slices.Sort(names)
	return slices.Compact(names), nil
}

// NativePlugins returns the names of the native plugins of one kind: sources, sinks
// or functions.
func (s *Service) NativePlugins(ctx context.Context, by core.Caller, node, kind string) ([]string, error) {
	keys, err := s.Names(ctx, by, node, core.NativePlugin)
	if err != nil {
		return nil, err
	}
	names := []string{}
	for _, key := range keys {
		if name, ok := strings.CutPrefix(key, kind+"_"); ok {
			names = append(names, name)
		}
	}
	return names, nil
}

// Installs returns the install texts of the entries of a kind, by name.
func (s *Service) Installs(ctx context.Context, by core.Caller, node string, kind core.Kind) ([]json.RawMessage, error) {
	snapshot, err := s.Export(ctx, by, node)
	if err != nil {
		return nil, err
	}
	all := []json.RawMessage{}
	for _, name := range snapshot.Bundle.Names(kind) {
		text, _ := snapshot.Bundle.Get(core.Ref{Kind: kind, Name: name})
		all = append(all, json.RawMessage(text))
	}
	return all, nil
}
