package main

import (
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// newPair makes a certificate and its key.
func newPair(t *testing.T) (cert, key []byte) {
	t.Helper()
	cert, key, err := certificatePair()
	if err != nil {
		t.Fatal(err)
	}
	return cert, key
}

// TestCertificateIsReplaced serves https while the files change under it.
func TestCertificateIsReplaced(t *testing.T) {
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	age := time.Now().Add(-time.Hour)
	write := func(cert, key []byte) {
		t.Helper()
		age = age.Add(time.Minute) // files that were written within one tick of the clock differ too
		for name, data := range map[string][]byte{certFile: cert, keyFile: key} {
			if data == nil {
				continue
			}
			if err := os.WriteFile(name, data, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(name, age, age); err != nil {
				t.Fatal(err)
			}
		}
	}
	firstCert, firstKey := newPair(t)
	secondCert, secondKey := newPair(t)
	write(firstCert, firstKey)
	var log strings.Builder
	c, err := newServedPair(certFile, keyFile, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: http.NotFoundHandler(), TLSConfig: c.config(), ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0)}
	go func() { _ = srv.ServeTLS(listener, "", "") }() // ends with an error when it is closed
	defer srv.Close()
	serves := func(what string, cert []byte, accept bool) {
		t.Helper()
		c.mu.Lock()
		c.looked = time.Time{}
		c.mu.Unlock()
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(cert)
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true}}
		resp, err := client.Get("https://" + listener.Addr().String())
		if err == nil {
			resp.Body.Close()
		}
		if (err == nil) != accept {
			t.Errorf("%s: %v, want accepted %v", what, err, accept)
		}
	}
	serves("the first", firstCert, true)
	serves("another than is served", secondCert, false)
	write(secondCert, nil)
	serves("a certificate without its key, the one before", firstCert, true)
	serves("the same once more", firstCert, true)
	if n := strings.Count(log.String(), "cannot be used"); n != 1 {
		t.Errorf("the trouble is told %d times:\n%s", n, &log)
	}
	write(nil, secondKey)
	serves("the second", secondCert, true)
	write([]byte("rubbish"), nil)
	serves("the second after rubbish", secondCert, true)
	if err := os.Remove(keyFile); err != nil {
		t.Fatal(err)
	}
	serves("the second without a file", secondCert, true)
	write(firstCert, firstKey)
	serves("the first again", firstCert, true)
	if n := strings.Count(log.String(), "was replaced\""); n != 2 {
		t.Errorf("%d replacements are told:\n%s", n, &log)
	}
}
