package artifact

import (
	"io"
	"io/fs"
	"strings"

	"github.com/bufbuild/protocompile"
	"github.com/bufbuild/protocompile/linker"
)

// The limits of schemas.
const (
	maxProto  = 256 << 10 // bytes of one file
	maxProtos = 4 << 20   // bytes of a file with all that it imports
)

// compile compiles a file of the archive. What it imports lies in the same folder, comes
// with protobuf, or with the engine.
func (i *inspection) compile(folder, name string) (linker.File, error) {
	if i.zip.files[folder+name] == nil {
		_, err := nothing(folder + name)
		return nil, err
	}
	left := maxProtos
	return i.compileFrom(name, func(path string) (string, error) {
		text, err := i.zip.open(i.ctx, folder+path)
		if left -= len(text); err == nil && left < 0 {
			return "", tooLarge("the schema is longer than %d bytes with what it imports", maxProtos)
		}
		return text, err
	})
}

// compileFrom compiles a file, given what opens it and what it imports.
func (i *inspection) compileFrom(name string, open func(path string) (string, error)) (linker.File, error) {
	compiler := protocompile.Compiler{
		MaxParallelism: 1,
		Resolver: protocompile.WithStandardImports(&protocompile.SourceResolver{
			Accessor: func(path string) (io.ReadCloser, error) {
				text, err := open(path)
				if known, ok := engineProtos[path]; ok && err != nil {
					text, err = known, nil
				}
				return io.NopCloser(strings.NewReader(text)), err
			},
		}),
	}
	files, err := compiler.Compile(i.ctx, name)
	if err != nil {
		return nil, err
	}
	return files[0], nil
}

// nothing opens no imports.
func nothing(path string) (string, error) {
	return "", &fs.PathError{Op: "open", Path: path, Err: errNoFile}
}

// engineProtos are the files that an engine brings for the schemas of services: how a
// method is told over HTTP. They declare what the originals do, as far as it is used.
var engineProtos = map[string]string{
	"google/api/annotations.proto": `syntax = "proto3";
package google.api;
import "google/api/http.proto";
import "google/protobuf/descriptor.proto";
extend google.protobuf.MethodOptions { HttpRule http = 72295728; }
`,
	"google/api/http.proto": `syntax = "proto3";
package google.api;
message Http { repeated HttpRule rules = 1; bool fully_decode_reserved_expansion = 2; }
message HttpRule {
  string selector = 1;
  oneof pattern {
    string get = 2;
    string put = 3;
    string post = 4;
    string delete = 5;
    string patch = 6;
    CustomHttpPattern custom = 8;
  }
  string body = 7;
  repeated HttpRule additional_bindings = 11;
  string response_body = 12;
}
message CustomHttpPattern { string kind = 1; string path = 2; }
`,
}
