// Package fetch reads files that a bundle names by address: file: inside allowed
// folders, http: and https: outside private networks.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"ekuiper-console/core"
)

// DefaultMaxBytes bounds a file unless a Fetcher says otherwise: 512 MiB.
const DefaultMaxBytes = 512 << 20

// Timeout bounds one fetch over the network, from the request to the last byte.
const Timeout = 5 * time.Minute

// Fetcher reads addresses. The zero value reads public http and https addresses only.
type Fetcher struct {
	Roots        []string // absolute folders that file: addresses may lie under
	AllowPrivate bool     // whether http and https may reach private networks
	MaxBytes     int64    // of one file; 0 means DefaultMaxBytes

	client *http.Client // for tests; nil means one made for each fetch
}

// Open returns the content of an address. Its errors are in the engine's words:
// Invalid for an address that is wrong, denied or missing. Reading past the size
// limit is a TooLarge error.
func (f *Fetcher) Open(ctx context.Context, address string) (io.ReadCloser, error) {
	u, err := url.ParseRequestURI(address)
	if err != nil {
		return nil, core.WithHint(core.Errorf(core.Invalid, "%v", err), "write file:///path or https://host/path")
	}
	var body io.ReadCloser
	switch u.Scheme {
	case "file":
		body, err = f.openFile(u)
	case "http", "https":
		body, err = f.openHTTP(ctx, u)
	default:
		return nil, core.WithHint(core.Errorf(core.Invalid, "unsupported url scheme %s", u.Scheme), "use file:, http: or https:")
	}
	if err != nil {
		return nil, err
	}
	return &limited{ReadCloser: body, left: f.maxBytes(), max: f.maxBytes()}, nil
}

func (f *Fetcher) maxBytes() int64 {
	if f.MaxBytes > 0 {
		return f.MaxBytes
	}
	return DefaultMaxBytes
}

// openHTTP sends the request. The answer must be 200.
func (f *Fetcher) openHTTP(ctx context.Context, u *url.URL) (io.ReadCloser, error) {
	ctx, cancel := context.WithTimeout(ctx, Timeout)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		cancel()
		return nil, core.Errorf(core.Invalid, "%v", err)
	}
	client := f.client
	if client == nil {
		client = newClient(f.AllowPrivate)
	}
	resp, err := client.Do(req)
	if err != nil {
		cancel()
		return nil, hinted(core.Errorf(core.Invalid, "%w", err))
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		cancel()
		return nil, core.Errorf(core.Invalid, "cannot download the file with status: %s", resp.Status)
	}
	return &answer{resp.Body, cancel}, nil
}

// hinted adds the remedy to an error that is one of our refusals.
func hinted(err error) error {
	if errors.Is(err, errPrivate) {
		return core.WithHint(err, "the console reads from private networks only with --allow-private-net")
	}
	return err
}

// answer is a body that ends its request when it is closed.
type answer struct {
	io.ReadCloser
	cancel context.CancelFunc
}

// Close ends the request.
func (a *answer) Close() error {
	defer a.cancel()
	return a.ReadCloser.Close()
}

// limited is a body that refuses to give more than some bytes.
type limited struct {
	io.ReadCloser
	left, max int64
}

// Read reads on, or fails once there is more than the limit.
func (l *limited) Read(p []byte) (int, error) {
	if l.left < 0 {
		return 0, core.Errorf(core.TooLarge, "the file is over the limit of %d bytes", l.max)
	}
	if int64(len(p)) > l.left+1 {
		p = p[:l.left+1]
	}
	n, err := l.ReadCloser.Read(p)
	l.left -= int64(n)
	if l.left < 0 {
		return n - 1, core.Errorf(core.TooLarge, "the file is over the limit of %d bytes", l.max)
	}
	return n, err
}

// denied is the error of a file: address outside the roots.
func (f *Fetcher) denied() error {
	err := core.Errorf(core.Invalid, "file access denied: path must be under %s", strings.Join(f.Roots, " or "))
	return core.WithHint(err, "copy the file there, or start the console with --file-root and its folder")
}

// errPrivate marks a refusal to reach a private network.
var errPrivate = errors.New("is in internal network")

// privateError is the error of an address in a private network.
func privateError(ip fmt.Stringer) error { return fmt.Errorf("ip %v %w", ip, errPrivate) }
