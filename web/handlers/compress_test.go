package handlers_test

import (
	"compress/gzip"
	"io"
	"net/netip"
	"strings"
	"testing"

	"ekuiper-console/web/handlers"
)

// TestCompressed: scripts elsewhere are sent fewer bytes where they ask for it, and nobody
// else is.
func TestCompressed(t *testing.T) {
	s := open(t, func(s *handlers.Server) { s.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	s.send("POST", "/data/import", `{"content":"{\"streams\":{\"demo\":\"CREATE STREAM demo () WITH (DATASOURCE=\\\"x\\\")\"}}"}`)
	plain := s.send("GET", "/data/export", "").body
	const far = "192.0.2.7"
	tests := []struct {
		path, from, accept, part, want string
	}{
		{"/data/export", far, "gzip", "", "gzip"},
		{"/data/export", far, "br;q=0, gzip", "", "gzip"},
		{"/data/export", far, "identity", "", ""},
		{"/data/export", far, "gzip;q=0", "", ""},
		{"/data/export", "127.0.0.1", "gzip", "", ""},
		{"/data/export", far, "gzip", "bytes=0-3", ""},
		{"/rules", far, "gzip", "", "gzip"},
		{"/ui/sign-in", far, "gzip", "", ""},
	}
	for _, tt := range tests {
		a := s.send("GET", tt.path, "", "X-Forwarded-For", tt.from, "Accept-Encoding", tt.accept, "Range", tt.part)
		if got := a.Header.Get("Content-Encoding"); got != tt.want {
			t.Errorf("%s asked by %s with %q %q has the encoding %q, want %q", tt.path, tt.from, tt.accept, tt.part, got, tt.want)
			continue
		}
		if tt.want == "" || tt.path != "/data/export" {
			continue
		}
		z, err := gzip.NewReader(strings.NewReader(a.body))
		if err != nil {
			t.Fatal(err)
		}
		if body, err := io.ReadAll(z); err != nil || string(body) != plain {
			t.Errorf("%s unpacks to %q, %v, want %q", tt.path, body, err, plain)
		}
	}
}
