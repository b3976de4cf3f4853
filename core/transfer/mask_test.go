package transfer_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"ekuiper-console/core/plan"
	"ekuiper-console/core/transfer"
)

var modes = []plan.Mode{plan.Partial, plan.Full}

// maskedExport returns all that a node holds, as a document without secrets.
func maskedExport(t *testing.T, s *transfer.Service) []byte {
	t.Helper()
	x, err := s.Compose(ctx, viewer, transfer.ExportRequest{Node: transfer.Local, All: true, Masked: true})
	if err != nil {
		t.Fatal(err)
	}
	doc, err := x.Bundle.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// TestMaskedComesBack: a masked export brought back keeps the secrets that are there.
func TestMaskedComesBack(t *testing.T) {
	all := lines(
		`nativePlugins/sources_p = {"name":"p","file":"https://u:pw@h/a.zip"}`,
		`connectionConfig/mqtt = {"b":{"password":"p1","server":"tcp://u:pw@h:1883"}}`,
		`streams/demo = CREATE STREAM demo () WITH (DATASOURCE="d", CONF_KEY="k")`,
		`rules/r = {"id":"r","sql":"SELECT * FROM demo","actions":[{"rest":{"url":"http://h","body":"{\"token\":\"t\\\"1\"}","password":12345678901234567890}}]}`,
	)
	for _, mode := range modes {
		s := service(t)
		s.Fetch = shelf{"https://u:pw@h/a.zip": "zip"}
		run(t, s, plan.Full, all)
		before := held(t, s)
		doc := maskedExport(t, s)
		if got := string(doc); strings.Contains(got, "p1") || strings.Contains(got, "pw") || strings.Contains(got, "12345678901234567890") {
			t.Fatalf("the export has secrets: %s", got)
		}
		res, err := s.Import(ctx, operator, transfer.Request{Node: transfer.Local, Document: doc, Mode: mode})
		if err != nil || res.Failed() || res.Written {
			t.Errorf("%v: importing the masked export: %v, %s, written %v", mode, err, messages(res.Report), res.Written)
		}
		edited := strings.ReplaceAll(string(doc), "SELECT * FROM", "SELECT a FROM")
		if _, err := s.Import(ctx, operator, transfer.Request{Node: transfer.Local, Document: []byte(edited), Mode: mode}); err != nil {
			t.Fatal(err)
		}
		if got, want := held(t, s), strings.ReplaceAll(before, "SELECT * FROM", "SELECT a FROM"); got != want {
			t.Errorf("%v: after an edit it holds\n%s\nwant\n%s", mode, got, want)
		}
	}
}

// TestMaskedWithoutValue: where nothing is there to keep, the entry is refused, and the
// message says what is missing.
func TestMaskedWithoutValue(t *testing.T) {
	const before = `connectionConfig/mqtt = {"a":{"password":"p1"}}`
	tests := []struct{ doc, want, place string }{
		{`connectionConfig/mqtt = {"a":{"password":"••••••"},"b":{"password":"••••••","server":"x"}}`,
			"connectionConfig/mqtt: b.password is masked (••••••) and local has no value to keep", "[0:0]"},
		{`sinkConfig/rest = {"b":{"password":"••••••","headers":{"token":"••••••"}}}`,
			"sinkConfig/rest: b.password is masked (••••••) and local has no value to keep", "[1:19 1:47]"},
		{`sinkConfig/rest = {"b":{"password":"\u2022\u2022\u2022\u2022\u2022\u2022"}}`,
			"sinkConfig/rest: b.password is masked (••••••) and local has no value to keep", "[0:0]"},
	}
	for _, tt := range tests {
		for _, mode := range modes {
			s := service(t)
			run(t, s, plan.Full, before)
			res := run(t, s, mode, tt.doc)
			if got := messages(res.Report); got != tt.want {
				t.Errorf("%v import of %s\n got %s\nwant %s", mode, tt.doc, got, tt.want)
				continue
			}
			var places []string
			for _, f := range res.Rejected[0].Findings {
				places = append(places, fmt.Sprintf("%d:%d", f.Line, f.Column))
			}
			if got := fmt.Sprint(places); got != tt.place {
				t.Errorf("%v import of %s: places %s, want %s", mode, tt.doc, got, tt.place)
			}
			if outcome, _ := json.Marshal(res.Outcome); strings.Contains(string(outcome), "p1") {
				t.Errorf("the outcome tells a secret: %s", outcome)
			}
		}
	}
}

// TestStarredIntoConsole puts the secrets that the console holds in place of an engine's stars,
// and keeps stars of which it knows no secret, with a warning.
func TestStarredIntoConsole(t *testing.T) {
	for _, mode := range modes {
		s := service(t)
		run(t, s, plan.Full, `connectionConfig/mqtt = {"a":{"password":"p","server":"x"}}`)
		res, err := s.Import(ctx, operator, transfer.Request{Node: transfer.Local, Mode: mode, Document: []byte(`{"connectionConfig":{"mqtt":"{\"a\":{\"password\":\"******\",\"server\":\"y\"},\"b\":{\"token\":\"******\"}}"}}`)})
		if err != nil || res.Failed() {
			t.Fatalf("%v: %v, %v", mode, res, err)
		}
		if got := held(t, s); !strings.Contains(got, `"a":{"password":"p","server":"y"}`) || !strings.Contains(got, `"b":{"token":"******"}`) {
			t.Errorf("%v: it holds %s", mode, got)
		}
		if len(res.Warnings) != 1 || !strings.HasPrefix(res.Warnings[0].Message, "b.token of connectionConfig/mqtt is masked (******), and is kept so") {
			t.Errorf("%v: it warns %v", mode, res.Warnings)
		}
	}
}
