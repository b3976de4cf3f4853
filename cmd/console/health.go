package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"ekuiper-console/core"
)

type healthCmd struct {
	Listen  string `default:"127.0.0.1:9082" placeholder:"ADDR" help:"Address that the console listens on (${default})."`
	TLSCert string `name:"tls-cert" type:"existingfile" placeholder:"F" help:"The certificate that the console speaks https with."`
}

// Run asks /readyz. It takes the flags, and the variables, that the console was started
// with.
func (c *healthCmd) Run(p *process) error {
	url, client, err := c.client()
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(p.ctx, http.MethodGet, url+"/readyz", nil)
	if err != nil {
		return core.Errorf(core.Invalid, "%s is no address to ask: %w", c.Listen, err)
	}
	resp, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("asking the console: %w", err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(p.stdout, io.LimitReader(resp.Body, 64<<10)); err != nil {
		return fmt.Errorf("asking the console: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return core.Errorf(core.Busy, "the console is not ready: %s", resp.Status)
	}
	return nil
}

// client returns the address of the console, and what asks it.
func (c *healthCmd) client() (string, *http.Client, error) {
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return "", nil, core.Errorf(core.Invalid, "%s is no address: %w", c.Listen, err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	client, scheme := &http.Client{Timeout: 10 * time.Second}, "http"
	if c.TLSCert != "" {
		config, err := pinned(c.TLSCert)
		if err != nil {
			return "", nil, err
		}
		client.Transport, scheme = &http.Transport{TLSClientConfig: config}, "https"
	}
	return scheme + "://" + net.JoinHostPort(host, port), client, nil
}

// pinned trusts the certificate in a file and no other, whoever has issued it, under the
// name that it has.
func pinned(file string) (*tls.Config, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading the certificate: %w", err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, core.Errorf(core.Invalid, "%s has no certificate in PEM", file)
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, core.Errorf(core.Invalid, "reading the certificate: %w", err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	config := &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots}
	switch {
	case len(cert.DNSNames) > 0:
		config.ServerName = strings.Replace(cert.DNSNames[0], "*", "any", 1)
	case len(cert.IPAddresses) > 0:
		config.ServerName = cert.IPAddresses[0].String()
	}
	return config, nil
}
