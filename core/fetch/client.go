package fetch

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"ekuiper-console/core"
)

// maxRedirects bounds how far an answer may lead.
const maxRedirects = 10

// maxHead bounds the head of an answer: 1 MiB.
const maxHead = 1 << 20

// Prepare reads the file of certificates. Every fetch over the network does so when it
// is the first; here a wrong file is told early. The error is Invalid.
func (f *Fetcher) Prepare() error {
	_, err := f.shared()
	return err
}

// shared returns the client that all fetches use.
func (f *Fetcher) shared() (*http.Client, error) {
	f.once.Do(func() { f.client, f.problem = f.newClient() })
	return f.client, f.problem
}

// newClient returns a client that verifies TLS, never falls back from https to http,
// and reaches private networks only when that is allowed.
func (f *Fetcher) newClient() (*http.Client, error) {
	roots, err := trusted(f.CAFile)
	if err != nil {
		return nil, err
	}
	r := &route{proxy: f.proxy, guard: guard{private: f.private, resolver: f.resolver, open: f.AllowPrivate}}
	if r.proxy == nil {
		r.proxy = http.ProxyFromEnvironment
	}
	if r.private == nil {
		r.private = private
	}
	wait := f.waits()
	dialer := net.Dialer{Timeout: wait.connect, Resolver: f.resolver}
	r.proxied = newTransport(wait, roots)
	r.proxied.DialContext = dialer.DialContext
	r.proxied.Proxy = r.proxy
	guarded := dialer
	guarded.ControlContext = r.refuseAddress
	r.direct = newTransport(wait, roots)
	r.direct.DialContext = guarded.DialContext
	return &http.Client{Transport: r, CheckRedirect: checkRedirect}, nil
}

func newTransport(wait patience, roots *x509.CertPool) *http.Transport {
	return &http.Transport{
		TLSClientConfig:        &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    wait.handshake,
		ResponseHeaderTimeout:  wait.answer,
		MaxResponseHeaderBytes: maxHead,
		MaxIdleConnsPerHost:    4,
		IdleConnTimeout:        30 * time.Second,
	}
}

func checkRedirect(req *http.Request, via []*http.Request) error {
	switch {
	case len(via) > maxRedirects:
		return fmt.Errorf("more than %d redirects", maxRedirects)
	case req.URL.Scheme != "https" && via[0].URL.Scheme == "https":
		return fmt.Errorf("a redirect from https to %s", req.URL.Scheme)
	}
	return nil
}

// trusted returns the certificates to trust, nil for those of the system alone.
func trusted(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, core.Errorf(core.Invalid, "reading the CA file: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool() // there is no such pool on this system
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, core.WithHint(core.Errorf(core.Invalid, "the CA file %s has no certificate", file), "give certificates in PEM, which begin with -----BEGIN CERTIFICATE-----")
	}
	return pool, nil
}

// route sends a request, and each one that a redirect makes of it, directly or through
// the proxy of the environment.
//
// A direct connection is judged by the address that is dialled. Through a proxy that
// is the proxy's, which the operator has chosen and which may well be private; where it
// goes from there the proxy decides. What can be known before is refused here: hosts
// that are written as private addresses, in whatever notation, and names that lead to
// one when they are looked up here. A name that only the proxy can look up is the
// proxy's to refuse.
type route struct {
	guard
	direct, proxied *http.Transport
	proxy           func(*http.Request) (*url.URL, error)
}

// RoundTrip sends one request.
func (r *route) RoundTrip(req *http.Request) (*http.Response, error) {
	via, err := r.proxy(req)
	if err != nil {
		return nil, fmt.Errorf("finding the proxy: %w", err)
	}
	if via == nil {
		return r.direct.RoundTrip(req)
	}
	if err := r.refuseHost(req.Context(), req.URL.Hostname()); err != nil {
		return nil, err
	}
	return r.proxied.RoundTrip(req)
}
