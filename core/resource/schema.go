package resource

import (
	"path/filepath"
	"strings"

	"ekuiper-console/core"
)

// Schema is a description of messages, by content or by file.
type Schema struct {
	Type    string `json:"type"`
	Name    string `json:"name"`
	Content string `json:"content"`
	File    string `json:"file"`
	SoFile  string `json:"soFile"`
	Version string `json:"version"`

	ref  core.Ref
	text string
}

var schemaTypes = set("protobuf", "custom")

func decodeSchema(ref core.Ref, text string) (*Schema, *problem) {
	s := &Schema{ref: ref, text: text}
	if p := unmarshal(text, s); p != nil {
		return nil, p
	}
	return s, nil
}

func (s *Schema) check(Scope) []core.Finding {
	var f core.Finding
	switch {
	case !schemaTypes[s.Type]:
		f = fault(s.ref, "schema type %s not found", s.Type)
		f.Hint = `"type" must be protobuf or custom`
	case s.Name == "" || !plainName(s.Name):
		f = fault(s.ref, "schema name %s is invalid", s.Name)
		f.Hint = "a name is no path"
	case !plainName(s.Version):
		f = fault(s.ref, "schema version %s is invalid", s.Version)
		f.Hint = "a version is no path"
	default:
		return s.notes()
	}
	return []core.Finding{f}
}

// notes warns of what an engine takes but makes little of.
func (s *Schema) notes() []core.Finding {
	if want := s.Type + "_" + s.Name; s.ref.Name != want {
		return []core.Finding{warning(s.ref, "name it "+want, "streams look for the schema under the name %s", want)}
	}
	if s.Content == "" && s.File == "" && s.SoFile == "" {
		return []core.Finding{warning(s.ref, `give it "content" or "file"`, "the schema is empty")}
	}
	return s.compiled()
}

// plainName reports whether a text can be part of a file name without leading elsewhere.
func plainName(text string) bool {
	return !strings.ContainsAny(text, `/\`) && text != "." && text != ".." && filepath.Base("x"+text) == "x"+text
}

// URI returns the address of the schema's file, or "" where the content stands in
// the entry.
func (s *Schema) URI() string {
	if s.Content != "" && !strings.HasSuffix(s.File, ".zip") {
		return ""
	}
	return s.File
}

// Stored returns the text as it was given.
func (s *Schema) Stored() string { return s.text }

// Needs returns nothing.
func (s *Schema) Needs() []Need { return nil }

// SchemaType reports whether the engine knows a type of schemas.
func SchemaType(name string) bool { return schemaTypes[name] }
