// Package fetch reads files that a bundle names by address: file: inside allowed
// folders, http: and https: outside private networks.
package fetch

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"ekuiper-console/core"
)

// DefaultMaxBytes bounds a file unless a Fetcher says otherwise: 512 MiB.
const DefaultMaxBytes = 512 << 20

// Timeout bounds one fetch over the network, from the request to the last byte.
const Timeout = 5 * time.Minute

// Fetcher reads addresses. The zero value reads public http and https addresses only.
// It keeps connections for the next fetch, and must not be copied after the first.
type Fetcher struct {
	Roots        []string // absolute folders that file: addresses may lie under
	AllowPrivate bool     // whether http and https may reach private networks
	MaxBytes     int64    // of one file; 0 means DefaultMaxBytes
	CAFile       string   // certificates to trust besides the system's, in PEM; may be empty

	patience patience                              // zero means the usual
	proxy    func(*http.Request) (*url.URL, error) // nil means by the environment
	private  func(netip.Addr) bool                 // nil means private
	resolver *net.Resolver                         // nil means the system's

	once    sync.Once
	client  *http.Client // made once
	problem error        // why there is none
}

// Open returns the content of an address. Its errors are in the engine's words:
// Invalid for an address that is wrong, denied or missing. More than the size
// limit is a TooLarge error, here or when it is read, and an end before the announced one is Invalid. Where tell
// is given, it is called after every read with how much was read by then, and with the
// length of all, or -1 where nobody knows that.
func (f *Fetcher) Open(ctx context.Context, address string, tell func(read, total int64)) (io.ReadCloser, error) {
	u, err := url.ParseRequestURI(address)
	if err != nil {
		return nil, core.WithHint(core.Errorf(core.Invalid, "%v", err), "write file:///path or https://host/path")
	}
	var body io.ReadCloser
	var total int64
	switch u.Scheme {
	case "file":
		body, total, err = f.openFile(u)
	case "http", "https":
		body, total, err = f.openHTTP(ctx, u)
	default:
		return nil, core.WithHint(core.Errorf(core.Invalid, "unsupported url scheme %s", u.Scheme), "use file:, http: or https:")
	}
	if err != nil {
		return nil, err
	}
	if total > f.maxBytes() {
		body.Close()
		return nil, f.tooLarge()
	}
	if tell != nil {
		body = &watched{ReadCloser: body, total: total, tell: tell}
	}
	return &limited{ReadCloser: body, left: f.maxBytes(), over: f.tooLarge()}, nil
}

// tooLarge is the error of a file that has more bytes than may be.
func (f *Fetcher) tooLarge() error {
	return core.Errorf(core.TooLarge, "the file is over the limit of %d bytes", f.maxBytes())
}

func (f *Fetcher) maxBytes() int64 {
	if f.MaxBytes > 0 {
		return f.MaxBytes
	}
	return DefaultMaxBytes
}

// watched is a body that tells of what was read.
type watched struct {
	io.ReadCloser
	read, total int64
	tell        func(read, total int64)
}

// Read reads on, and tells.
func (w *watched) Read(p []byte) (int, error) {
	n, err := w.ReadCloser.Read(p)
	if n > 0 {
		w.read += int64(n)
		w.tell(w.read, w.total)
	}
	return n, err
}

// limited is a body that refuses to give more than some bytes.
type limited struct {
	io.ReadCloser
	left int64
	over error // what more is
}

// Read reads on, or fails once there is more than the limit.
func (l *limited) Read(p []byte) (int, error) {
	if l.left < 0 {
		return 0, l.over
	}
	if int64(len(p)) > l.left+1 {
		p = p[:l.left+1]
	}
	n, err := l.ReadCloser.Read(p)
	l.left -= int64(n)
	if l.left < 0 {
		return n - 1, l.over
	}
	return n, err
}

// denied is the error of a file: address outside the roots.
func (f *Fetcher) denied() error {
	err := core.Errorf(core.Invalid, "file access denied: path must be under %s", strings.Join(f.Roots, " or "))
	return core.WithHint(err, "copy the file there, or start the console with --file-root and its folder")
}
