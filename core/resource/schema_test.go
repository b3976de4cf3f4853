package resource

import (
	"encoding/json"
	"strings"
	"testing"

	"ekuiper-console/core"
)

func TestSchemaContent(t *testing.T) {
	ref := core.Ref{Kind: core.Schema, Name: "protobuf_s"}
	tests := []struct{ content, want string }{
		{`syntax = "proto3"; message Book { string a = 1; }`, ""},
		{`message Book { required string a = 1; }`, ""},
		{`syntax = "proto3"; import "google/protobuf/timestamp.proto"; message M { google.protobuf.Timestamp t = 1; }`, ""},
		{"message A {}\nmessage B { optional Nope n = 1; }", "warning 1:48 the content is no protobuf schema: field B.n: unknown type Nope"},
		{`message A { import`, "warning 1:31 the content is no protobuf schema: syntax error: unexpected $end"},
		{`import "other.proto"; message A {}`, "warning 1:20 the content is no protobuf schema: could not resolve path \"other.proto\": file does not exist"},
		{strings.Repeat("message A {", 20_000), ""},
		{strings.Repeat("x", maxSchema+1), "warning 0:0 the schema is too long to be compiled here; it was not checked"},
	}
	for _, tt := range tests {
		text, err := json.Marshal(map[string]string{"name": "s", "type": "protobuf", "content": tt.content})
		if err != nil {
			t.Fatal(err)
		}
		_, findings := Check(ref, string(text), Scope{})
		if got := told(findings); got != tt.want && !(tt.want == "" && len(tt.content) > 1000 && len(findings) == 1 && findings[0].Severity == core.Warn) {
			t.Errorf("schema %.100s\n got %.300s\nwant %s", text, got, tt.want)
		}
	}
}
