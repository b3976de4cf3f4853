package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"
)

// internal are the networks that are nobody's on the internet, besides those that
// netip knows by a method.
var internal = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),       // this network
	netip.MustParsePrefix("100.64.0.0/10"),   // carrier-grade NAT
	netip.MustParsePrefix("192.0.0.0/24"),    // protocol assignments
	netip.MustParsePrefix("192.0.2.0/24"),    // documentation
	netip.MustParsePrefix("198.18.0.0/15"),   // benchmarks
	netip.MustParsePrefix("198.51.100.0/24"), // documentation
	netip.MustParsePrefix("203.0.113.0/24"),  // documentation
	netip.MustParsePrefix("240.0.0.0/4"),     // reserved, and broadcast
	netip.MustParsePrefix("192.88.99.0/24"),  // relays of 6to4
	netip.MustParsePrefix("::/96"),           // IPv4 in the oldest form
	netip.MustParsePrefix("64:ff9b::/96"),    // IPv4 behind NAT64
	netip.MustParsePrefix("64:ff9b:1::/48"),  // the same, local
	netip.MustParsePrefix("100::/64"),        // discard
	netip.MustParsePrefix("2001::/32"),       // Teredo, which embeds an IPv4 address
	netip.MustParsePrefix("2001:db8::/32"),   // documentation
	netip.MustParsePrefix("2002::/16"),       // 6to4, which embeds an IPv4 address
	netip.MustParsePrefix("3fff::/20"),       // documentation
	netip.MustParsePrefix("5f00::/16"),       // segments of a route
	netip.MustParsePrefix("fec0::/10"),       // site-local
}

// private reports whether an address lies in a private or special network.
func private(ip netip.Addr) bool {
	ip = ip.Unmap()
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() {
		return true
	}
	for _, p := range internal {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}

// guard refuses what leads into private networks.
type guard struct {
	open     bool // whether they may be reached
	private  func(netip.Addr) bool
	resolver *net.Resolver // nil means the system's
}

// refuseAddress is called with every address that is about to be dialled, also after a
// redirect. A name may resolve to one address now and to another a moment later: what is
// judged here is the very address that is connected to.
func (g *guard) refuseAddress(_ context.Context, _, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("reading the address %s: %w", address, err)
	}
	if !g.open && g.private(to.Addr()) {
		return privateError(to.Addr())
	}
	return nil
}

// refuseHost refuses a host that is, or leads to, a private address.
func (g *guard) refuseHost(ctx context.Context, host string) error {
	if g.open {
		return nil
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		if g.private(ip) {
			return privateError(ip)
		}
		return nil
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	switch {
	case host == "localhost" || strings.HasSuffix(host, ".localhost"):
		return privateError(netip.IPv6Loopback())
	case numeric(host):
		return fmt.Errorf("the host %s is an address in a form that is not read", host)
	}
	ips, err := g.resolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil // the proxy may know the name
	}
	for _, ip := range ips {
		if g.private(ip) {
			return privateError(ip.Unmap())
		}
	}
	return nil
}

// numeric reports whether a host, in lower case, ends in a number, decimal, octal or
// hexadecimal: some programs take that for an IPv4 address.
func numeric(host string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	if hex, ok := strings.CutPrefix(last, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return last != "" && strings.Trim(last, "0123456789") == ""
}

// errPrivate marks a refusal to reach a private network.
var errPrivate = errors.New("is in internal network")

// privateError is the error of an address in a private network.
func privateError(ip netip.Addr) error { return fmt.Errorf("ip %v %w", ip, errPrivate) }
