package resource

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/bufbuild/protocompile"
	"github.com/bufbuild/protocompile/linker"
	"github.com/bufbuild/protocompile/reporter"
	"google.golang.org/protobuf/reflect/protoreflect"

	"ekuiper-console/core"
)

// maxSchema is how long a schema may be to be compiled.
const maxSchema = 256 << 10

// compiled warns of content that is no protobuf. The engine takes it, and finds out when a
// stream uses the schema. Only the imports that come with protobuf are known.
func (s *Schema) compiled() []core.Finding {
	if s.Type != "protobuf" || s.Content == "" || strings.HasSuffix(s.File, ".zip") {
		return nil
	}
	if len(s.Content) > maxSchema {
		return []core.Finding{warning(s.ref, "", "the schema is too long to be compiled here; it was not checked")}
	}
	_, err := compileSchema(s.Name+".proto", s.Content)
	if err == nil {
		return nil
	}
	f := warning(s.ref, "streams and actions that use the schema will not start", "the content is no protobuf schema: %v", err)
	offset := 0
	if e, ok := errors.AsType[reporter.ErrorWithPos](err); ok {
		offset = min(e.GetPosition().Offset, len(s.Content))
		f.Message = fmt.Sprintf("the content is no protobuf schema: %v", e.Unwrap())
	}
	return []core.Finding{f.At(s.text, inside(s.text, offset, "content"))}
}

// Columns returns the columns that streams have of a message of the schema, or what is wrong with it. Where the
// schema cannot be compiled here, because it is in a file or imports one, it returns nil and nothing wrong.
func (s *Schema) Columns(message string) (columns *Columns, fault string) {
	if s.Type != "protobuf" || s.Content == "" || s.URI() != "" || len(s.Content) > maxSchema {
		return nil, ""
	}
	file, err := compileSchema(s.Name+".proto", s.Content)
	switch {
	case err != nil && strings.Contains(s.Content, "import"):
		return nil, ""
	case err != nil:
		return nil, fmt.Sprintf("parse schema file %s.proto failed: %v", s.Name, err)
	}
	descriptor, _ := file.FindDescriptorByName(protoreflect.FullName(message)).(protoreflect.MessageDescriptor)
	if descriptor == nil {
		return nil, fmt.Sprintf("message type %s not found in schema file %s.proto", message, s.Name)
	}
	fields := descriptor.Fields()
	columns = &Columns{map[string]bool{}, map[string]bool{}}
	for i := range fields.Len() {
		columns.add(string(fields.Get(i).Name()))
	}
	return columns, ""
}

// compileSchema compiles a file that may import what comes with protobuf. It returns
// the first error.
func compileSchema(name, content string) (linker.File, error) {
	compiler := protocompile.Compiler{
		MaxParallelism: 1,
		Resolver: protocompile.WithStandardImports(&protocompile.SourceResolver{
			Accessor: protocompile.SourceAccessorFromMap(map[string]string{name: content}),
		}),
	}
	files, err := compiler.Compile(context.Background(), name)
	if err != nil {
		return nil, err
	}
	return files.FindFileByPath(name), nil
}
