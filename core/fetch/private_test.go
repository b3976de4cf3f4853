package fetch

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// The addresses of this machine that the tests take for one of the internet and one of a
// private network.
const (
	outside = "127.0.0.1"
	inside  = "127.0.0.2"
)

// onlyInside takes one address for private.
func onlyInside(ip netip.Addr) bool { return ip == netip.MustParseAddr(inside) }

// twoNets has a server outside, which answers as it is told, and on the same port of the
// inside one that counts the connections that are made to it.
func twoNets(t *testing.T, answer http.HandlerFunc) (port string, reached *atomic.Int32) {
	t.Helper()
	srv := httptest.NewServer(answer)
	t.Cleanup(srv.Close)
	_, port, err := net.SplitHostPort(srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", net.JoinHostPort(inside, port))
	if err != nil {
		t.Skipf("this machine has no second address: %v", err)
	}
	t.Cleanup(func() { l.Close() })
	reached = new(atomic.Int32)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			reached.Add(1)
			conn.Read(make([]byte, 4096))
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret")
			conn.Close()
		}
	}()
	return port, reached
}

// TestRedirectInside has a public server lead into a private network.
func TestRedirectInside(t *testing.T) {
	var port string
	port, reached := twoNets(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/in":
			http.Redirect(w, r, "http://"+inside+":"+port+"/secret", http.StatusFound)
		case "/later":
			http.Redirect(w, r, "/in", http.StatusTemporaryRedirect)
		default:
			io.WriteString(w, "content")
		}
	})
	refused := fmt.Sprintf(`Get "http://%s:%s/secret": dial tcp %[1]s:%[2]s: ip %[1]s is in internal network`, inside, port)
	for path, want := range map[string]string{"/out": "", "/in": refused, "/later": refused} {
		content, problem := read(&Fetcher{private: onlyInside}, "http://"+outside+":"+port+path)
		if problem != want || (content == "content") != (want == "") {
			t.Errorf("%s: %q, %q\nwant %q", path, content, problem, want)
		}
	}
	if n := reached.Load(); n > 0 {
		t.Errorf("%d connections went inside", n)
	}
	if content, problem := read(&Fetcher{AllowPrivate: true}, "http://"+outside+":"+port+"/in"); content != "secret" || reached.Load() != 1 {
		t.Errorf("where it is allowed: %q, %q", content, problem)
	}
}

// TestRebinding has a name that leads outside when it is first looked up, and inside from
// then on.
func TestRebinding(t *testing.T) {
	port, reached := twoNets(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "close") // so that the next fetch looks the name up anew
		io.WriteString(w, "content")
	})
	names := &nameServer{answers: [][]string{{outside}, {inside}}}
	f := &Fetcher{private: onlyInside, resolver: names.resolver(t)}
	address := "http://plugins.example:" + port + "/a.zip"
	refused := fmt.Sprintf(`Get %q: dial tcp %s:%s: ip %[2]s is in internal network`, address, inside, port)
	for i, want := range []string{"", refused, refused} {
		content, problem := read(f, address)
		if problem != want || (content == "content") != (want == "") {
			t.Errorf("fetch %d: %q, %q\nwant %q", i+1, content, problem, want)
		}
	}
	both := &Fetcher{private: onlyInside, resolver: (&nameServer{answers: [][]string{{inside, outside}}}).resolver(t)}
	if content, problem := read(both, address); content != "content" {
		t.Errorf("a name that leads to both: %q, %q", content, problem)
	}
	if n := reached.Load(); n > 0 {
		t.Errorf("%d connections went inside", n)
	}
	if names.asked.Load() < 3 {
		t.Errorf("the name was looked up %d times only", names.asked.Load())
	}
}

// TestProxyRebinding has a name that leads inside, which a proxy would have to resolve.
func TestProxyRebinding(t *testing.T) {
	var asked atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer proxy.Close()
	f := &Fetcher{
		proxy:    func(*http.Request) (*url.URL, error) { return url.Parse(proxy.URL) },
		resolver: (&nameServer{answers: [][]string{{"10.0.0.1"}}}).resolver(t),
	}
	if _, problem := read(f, "http://plugins.example/a.zip"); problem != `Get "http://plugins.example/a.zip": ip 10.0.0.1 is in internal network` {
		t.Errorf("a name that leads inside: %q", problem)
	}
	if n := asked.Load(); n > 0 {
		t.Errorf("the proxy was asked %d times", n)
	}
}

// nameServer answers every question for an IPv4 address with the next of its answers, the
// last one for ever.
type nameServer struct {
	answers [][]string
	asked   atomic.Int32
}

// resolver starts the server and returns a resolver that asks it.
func (s *nameServer) resolver(t *testing.T) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go func() {
		buf := make([]byte, 4096)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			if answer, err := s.answer(buf[:n]); err == nil {
				conn.WriteTo(answer, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

func (s *nameServer) answer(question []byte) ([]byte, error) {
	var m dnsmessage.Message
	if err := m.Unpack(question); err != nil || len(m.Questions) != 1 {
		return nil, fmt.Errorf("no question: %w", err)
	}
	m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
	if q := m.Questions[0]; q.Type == dnsmessage.TypeA && strings.HasPrefix(q.Name.String(), "plugins.example.") {
		n := int(s.asked.Add(1))
		for _, ip := range s.answers[min(n, len(s.answers))-1] {
			m.Answers = append(m.Answers, dnsmessage.Resource{
				Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
				Body:   &dnsmessage.AResource{A: netip.MustParseAddr(ip).As4()},
			})
		}
	}
	return m.Pack()
}
