package transfer_test

import (
	"bytes"
	"strings"
	"testing"

	"ekuiper-console/core"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/transfer"
)

// FuzzTake reads whatever somebody brings, in any form: it is read, or refused as a fault
// of who brought it, and looking at it changes nothing.
func FuzzTake(f *testing.F) {
	for _, seed := range []string{
		"{}", "", "null", "[]", `{"streams":{"s":"CREATE STREAM s () WITH ()"}}`, `{"streams":{"s":null}}`, "\xef\xbb\xbf{}", "\xff\xfe{\x00}\x00",
		"rules:\n  r: {id: r}", "rules: &a\n  r: *a", "--- {}\n--- {}", "%YAML 9.9\n---", strings.Repeat("[", 20_000), `{"a":` + strings.Repeat(`{"a":`, 20_000),
		zipped(f, "bundle.json", "{}", "manifest.json", `{"format":1}`), zipped(f, "bundle.json", "{}"), zipped(f, "../x", ""), "PK\x03\x04", "PK\x03\x04PK\x05\x06" + strings.Repeat("\xff", 18),
	} {
		f.Add([]byte(seed))
	}
	s := keeper(f, shelf{})
	f.Fuzz(func(t *testing.T, data []byte) {
		brought, err := s.Take(t.Context(), operator, bytes.NewReader(data), int64(len(data)))
		if err == nil {
			req := transfer.Request{Node: transfer.Local, Document: brought.Text, Files: brought.Files, Format: transfer.Detect, Mode: plan.Full}
			_, err = s.Preview(t.Context(), operator, req)
		}
		if code := core.CodeOf(err); err != nil && code != core.Invalid && code != core.TooLarge {
			t.Errorf("%.200q: %v", data, err)
		}
		if got := held(t, s); got != "" {
			t.Errorf("%.200q: now there is %s", data, got)
		}
	})
}
