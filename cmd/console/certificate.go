package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// servedPair is a certificate and its key in two files, which are read again when
// they are replaced. While the new ones cannot be used, the old ones are.
type servedPair struct {
	certFile, keyFile string
	log               *slog.Logger

	mu     sync.Mutex
	pair   *tls.Certificate
	stamp  [2]stamp
	looked time.Time
	told   string // the error that the log has already
}

// stamp tells one content of a file from another.
type stamp struct {
	at   time.Time
	size int64
}

// lookAgain is how long files count as unchanged.
const lookAgain = time.Second

// newServedPair reads the files.
func newServedPair(certFile, keyFile string, log *slog.Logger) (*servedPair, error) {
	c := &servedPair{certFile: certFile, keyFile: keyFile, log: log}
	if err := c.read(); err != nil {
		return nil, fmt.Errorf("reading the certificate: %w", err)
	}
	return c, nil
}

// config returns how to speak https with the certificate of now.
func (c *servedPair) config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		return c.now(time.Now()), nil
	}}
}

// now returns the certificate at a time.
func (c *servedPair) now(at time.Time) *tls.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at.Sub(c.looked) < lookAgain {
		return c.pair
	}
	c.looked = at
	switch err := c.read(); {
	case err == nil:
		c.told = ""
	case err.Error() != c.told:
		c.told = err.Error()
		c.log.Error("the certificate was replaced and cannot be used; the one before it serves on", "error", err)
	}
	return c.pair
}

// read reads the files unless they are those of the last time.
func (c *servedPair) read() error {
	cert, err := stampOf(c.certFile)
	key, err2 := stampOf(c.keyFile)
	if err := errors.Join(err, err2); err != nil {
		return err
	}
	if stamps := [2]stamp{cert, key}; c.pair == nil || stamps != c.stamp {
		pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
		if err != nil {
			return err
		}
		if c.pair != nil {
			c.log.Info("the certificate was replaced", "file", c.certFile, "expires", pair.Leaf.NotAfter)
		}
		c.pair, c.stamp = &pair, stamps
	}
	return nil
}

func stampOf(name string) (stamp, error) {
	info, err := os.Stat(name)
	if err != nil {
		return stamp{}, err
	}
	return stamp{info.ModTime(), info.Size()}, nil
}
