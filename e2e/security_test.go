package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/playwright-community/playwright-go"
)

// nothingInline checks that the page has no style, handler or script of its own, so
// that the policy of the pages never stands in the way of the pages. The editor sets
// its styles by a script, as the policy lets it.
func (v *visitor) nothingInline() {
	v.t.Helper()
	found, _ := v.eval(`() => [...document.querySelectorAll('*')].filter(e =>
		e.hasAttribute('style') && !e.closest('.cm-editor') || e.matches('style') && !e.nonce || e.matches('script:not([src])') || [...e.attributes].some(a => a.name.startsWith('on') || /^javascript:/i.test(a.value))
	).map(e => e.outerHTML.slice(0, 200))`).([]any)
	for _, f := range found {
		v.t.Errorf("%s has something inline: %v", v.page.URL(), f)
	}
}

// TestOtherOrigins: a form on a page of another site changes nothing here.
func TestOtherOrigins(t *testing.T) {
	t.Parallel()
	s := serve(t)
	v := s.signedIn()
	trap := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<!DOCTYPE html><html lang="en"><link rel="icon" href="data:,"><title>A trap</title><main>
			<form method="post" action="%[1]s/ui/import" enctype="multipart/form-data"><button name="sample" value="1">A present</button></form>
			<form method="post" action="%[1]s/ui/sign-out"><button>A game</button></form></main>`, s.url)
	}))
	t.Cleanup(trap.Close)
	for _, origin := range []string{trap.URL, strings.Replace(trap.URL, "127.0.0.1", "localhost", 1)} {
		v.friends = append(v.friends, origin)
		for _, button := range []string{"A present", "A game"} {
			v.open(origin + "/")
			v.press(button)
			v.see("a page of another origin sent this request")
			v.refused(403)
			v.accessible()
		}
	}
	v.open("/ui/import")
	v.heading("Import a bundle")
	v.unseen("link", "sample.json")
}

// TestSession: the cookie of a session is out of reach for scripts and other sites,
// is another one after signing in, and is worth nothing after signing out.
func TestSession(t *testing.T) {
	t.Parallel()
	s := serve(t)
	v := s.visit()
	v.open("/ui/sign-in")
	v.signIn("admin", "a wrong one to begin with")
	v.refused(401)
	before := v.cookie("console_session")
	v.signIn("admin", admin)
	v.heading("Nothing here yet")
	after := v.cookie("console_session")
	if !after.HttpOnly || after.SameSite == nil || *after.SameSite != *playwright.SameSiteAttributeLax {
		t.Errorf("the cookie is %+v", after)
	}
	if before.Value != "" && before.Value == after.Value {
		t.Error("signing in keeps the session of before")
	}
	if got := v.eval("() => document.cookie"); got != "" {
		t.Errorf("scripts see the cookies %q", got)
	}

	v.open("/ui/import")
	v.press("Sign out")
	v.heading("Sign in")
	v.must2(v.page.GoBack())
	v.heading("Sign in")
	v.open("/ui/import")
	v.heading("Sign in")
	req, err := http.NewRequestWithContext(t.Context(), "GET", s.url+"/ui/import", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.AddCookie(&http.Cookie{Name: "console_session", Value: after.Value})
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusSeeOther {
		t.Errorf("the cookie of a session that is over gives %s", resp.Status)
	}
}

// cookie returns a cookie of the browser; the zero one where there is none.
func (v *visitor) cookie(name string) playwright.Cookie {
	v.t.Helper()
	all, err := v.context.Cookies()
	v.must(err, "reading the cookies")
	for _, c := range all {
		if c.Name == name {
			return c
		}
	}
	return playwright.Cookie{}
}

// TestTLS: with a certificate the cookie travels over https alone.
func TestTLS(t *testing.T) {
	t.Parallel()
	cert, key := certificate(t)
	s := serve(t, "--tls-cert", cert, "--tls-key", key)
	v := s.signedIn(playwright.BrowserNewContextOptions{IgnoreHttpsErrors: new(true)})
	if c := v.cookie("__Host-console_session"); !c.Secure || !c.HttpOnly {
		t.Errorf("the cookie is %+v", c)
	}
	v.press("Sign out")
	v.heading("Sign in")
}

// certificate makes a certificate for this machine and returns the paths of it and of
// its key.
func certificate(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	save := func(name, kind string, data []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	return save("cert.pem", "CERTIFICATE", der), save("key.pem", "PRIVATE KEY", secret)
}
