package node_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"ekuiper-console/core"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/node"
	"ekuiper-console/core/node/nodetest"
)

var ctx = context.Background()

// quick are times in which a test is over; hurried are for what never answers.
var (
	quick   = node.Times{Ask: 20 * time.Second, Export: 20 * time.Second, Import: time.Second, Settle: 300 * time.Millisecond, Return: time.Second}
	hurried = node.Times{Ask: 100 * time.Millisecond, Export: 100 * time.Millisecond, Import: 100 * time.Millisecond}
)

const holds = `{"streams":{"s":"CREATE STREAM s () WITH (DATASOURCE=\"a\")"},"rules":{"r":"{\"id\":\"r\",\"sql\":\"SELECT * FROM s\",\"actions\":[{\"log\":{}}]}"}}`

func client(e *nodetest.Engine) *node.Client {
	return node.NewClient(node.Node{Name: "site1", URL: e.URL}, quick)
}

func TestAbout(t *testing.T) {
	e := nodetest.Open(t, holds)
	about, err := client(e).About(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if about.Version != "2.4.0" || about.UpTime != 7*time.Second || about.Latency <= 0 || about.Clock.Abs() > 2*time.Second {
		t.Errorf("About() = %+v", about)
	}
}

// TestStates asks nodes with a fault, in every way, and wants to hear of it as one state.
func TestStates(t *testing.T) {
	ask := map[string]func(*node.Client) error{
		"GET /": func(c *node.Client) error { _, err := c.About(ctx); return err },
		"GET /data/export": func(c *node.Client) error {
			_, err := c.Export(ctx)
			return err
		},
		"POST /data/import": func(c *node.Client) error {
			_, err := c.Import(ctx, node.Reset, &bundle.Bundle{})
			return err
		},
		"GET /rules": func(c *node.Client) error { _, err := c.Rules(ctx); return err },
	}
	want := map[nodetest.Fault]node.State{
		nodetest.Hang: node.Unreachable, nodetest.Die: node.Unreachable, nodetest.Broken: node.Unreachable,
		nodetest.Garbage: node.Incompatible, nodetest.Moved: node.Incompatible, nodetest.Denied: node.Unauthorised,
	}
	for call, do := range ask {
		for fault, want := range want {
			e := nodetest.Open(t, holds)
			e.Faults[call] = fault
			c := client(e)
			if fault == nodetest.Hang {
				c = node.NewClient(node.Node{Name: "site1", URL: e.URL}, hurried)
			}
			err := do(c)
			got, reason := node.StateOf(err)
			if got != want || reason == "" || core.CodeOf(err) != core.Unreachable {
				t.Errorf("%s with %s: %s %q (%v), want %s", call, fault, got, reason, err, want)
			}
			if strings.Contains(reason, e.URL) {
				t.Errorf("%s with %s: the reason %q has the address", call, fault, reason)
			}
		}
	}
}

func TestVersions(t *testing.T) {
	for version, want := range map[string]node.State{
		"2.4.0": node.Online, "1.9.0": node.Online, "v1.14.7-3-gabc": node.Online, "dev": node.Online, "10.0": node.Online,
		"1.8.1": node.Incompatible, "": node.Incompatible, "0.9": node.Incompatible,
	} {
		e := nodetest.Open(t, holds)
		e.Version = version
		_, err := client(e).About(ctx)
		if got, reason := node.StateOf(err); got != want {
			t.Errorf("version %q: %s %s, want %s", version, got, reason, want)
		}
	}
}

func TestCancelled(t *testing.T) {
	e := nodetest.Open(t, holds)
	e.Faults["GET /data/export"] = nodetest.Hang
	done, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	if _, err := client(e).Export(done); core.CodeOf(err) != core.Cancelled {
		t.Errorf("Export = %v, want it cancelled", err)
	}
}

func TestImportAnswers(t *testing.T) {
	for body, want := range map[string]string{
		`{"error":1000,"message":"{\"streams\":{\"a\":\"no \\\"good\\\"\"},\"rules\":{\"r\":\"\"}}"}`: `no "good"`,
		`{"error":1000,"message":"{\"streams\":{\"a\":\"tag \U000e0001\"}}"}` + "\n":                  "tag \U000e0001", // a Go string, and no JSON
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, body, 400) }))
		defer s.Close()
		report, err := node.NewClient(node.Node{Name: "n", URL: s.URL}, quick).Import(ctx, node.Over, &bundle.Bundle{})
		if err != nil {
			t.Errorf("%s: %v", body, err)
			continue
		}
		if got, _ := report.Get(core.Ref{Kind: core.Stream, Name: "a"}); got != want || report.Len() != 1 {
			t.Errorf("%s: %q of %d, want %q", body, got, report.Len(), want)
		}
	}
}

func TestRefusedWhole(t *testing.T) {
	e := nodetest.Open(t, holds)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, `{"error":1000,"message":"process error"}`, 400)
	}))
	defer s.Close()
	_, err := node.NewClient(node.Node{Name: "n", URL: s.URL}, quick).Import(ctx, node.Reset, e.Holds)
	if r, ok := errors.AsType[*node.Refusal](err); !ok || r.Message != "process error" || core.CodeOf(err) != core.Invalid {
		t.Errorf("Import = %v, want a refusal", err)
	}
}

func TestCredentials(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	text := string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
	for name, c := range map[string]struct {
		auth  node.Auth
		taken func(header string) bool
	}{
		"none":   {node.Auth{}, func(h string) bool { return h == "" }},
		"bearer": {node.Auth{Kind: node.Bearer, Token: "abc"}, func(h string) bool { return h == "Bearer abc" }},
		"jwt": {node.Auth{Kind: node.JWT, Issuer: "console", Key: text}, func(h string) bool {
			_, err := jwt.Parse(h, func(*jwt.Token) (any, error) { return &key.PublicKey, nil },
				jwt.WithValidMethods([]string{"RS256"}), jwt.WithAudience("eKuiper"), jwt.WithIssuer("console"), jwt.WithExpirationRequired(), jwt.WithIssuedAt())
			return err == nil
		}},
	} {
		var header string
		s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { header = r.Header.Get("Authorization") }))
		n := node.Node{Name: "n", URL: s.URL, Auth: c.auth}
		if err := n.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		_, _ = node.NewClient(n, quick).Export(ctx) // only the header counts
		if !c.taken(header) {
			t.Errorf("%s: the header is %q", name, header)
		}
		s.Close()
	}
}

func TestCA(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"streams":{},"tables":{},"rules":{}}`))
	}))
	defer s.Close()
	n := node.Node{Name: "n", URL: s.URL}
	_, err := node.NewClient(n, quick).Export(ctx)
	if state, reason := node.StateOf(err); state != node.Unreachable || !strings.Contains(reason, "certificate") {
		t.Errorf("an unknown certificate: %s %s", state, reason)
	}
	n.CA = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}))
	if err := n.Check(); err != nil {
		t.Fatal(err)
	}
	if _, err := node.NewClient(n, quick).Export(ctx); err != nil {
		t.Errorf("with the CA file: %v", err)
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		node node.Node
		want string // part of the error; empty for none
	}{
		{node.Node{Name: "a", URL: "http://h:9081/"}, ""},
		{node.Node{Name: "a", URL: "https://h/nodes/b"}, ""},
		{node.Node{Name: "", URL: "http://h"}, "not a name"},
		{node.Node{Name: "a/b", URL: "http://h"}, "not a name"},
		{node.Node{Name: "local", URL: "http://h"}, "in the console itself"},
		{node.Node{Name: "a", URL: "h:9081"}, "no address"},
		{node.Node{Name: "a", URL: "ftp://h"}, "no address"},
		{node.Node{Name: "a", URL: "http://u:p@h"}, "holds no password"},
		{node.Node{Name: "a", URL: "http://h?x=1"}, "more than an address"},
		{node.Node{Name: "a", URL: "http://h", CA: "nonsense"}, "no certificate"},
		{node.Node{Name: "a", URL: "http://h", Labels: map[string]string{"a b": "x"}}, "label"},
		{node.Node{Name: "a", URL: "http://h", Auth: node.Auth{Kind: "basic"}}, "kind of credentials"},
		{node.Node{Name: "a", URL: "http://h", Auth: node.Auth{Kind: node.Bearer}}, "token is missing"},
		{node.Node{Name: "a", URL: "http://h", Auth: node.Auth{Kind: node.JWT, Issuer: "x", Key: "y"}}, "no RSA key"},
		{node.Node{Name: "a", URL: "http://h", Auth: node.Auth{Kind: node.JWT, Issuer: "../x"}}, "not a name of a key"},
	} {
		err := c.node.Check()
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("Check(%+v) = %v, want %q", c.node, err, c.want)
		}
		if err == nil && strings.HasSuffix(c.node.URL, "/") {
			t.Errorf("the address %s ends in a slash", c.node.URL)
		}
	}
}
