package resource

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/bufbuild/protocompile"
	"github.com/bufbuild/protocompile/reporter"

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
	err := compileSchema(s.Name+".proto", s.Content)
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

// compileSchema compiles a file that may import what comes with protobuf. It returns
// the first error.
func compileSchema(name, content string) error {
	compiler := protocompile.Compiler{
		MaxParallelism: 1,
		Resolver: protocompile.WithStandardImports(&protocompile.SourceResolver{
			Accessor: protocompile.SourceAccessorFromMap(map[string]string{name: content}),
		}),
	}
	_, err := compiler.Compile(context.Background(), name)
	return err
}
