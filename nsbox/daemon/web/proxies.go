package web

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Proxies are the addresses of reverse proxies, whose word counts on where a request
// came from.
type Proxies []netip.Prefix

// elsewhere is the address of who is known to be on another host, and no more. It is
// none that a connection can come from.
var elsewhere = netip.IPv6Unspecified()

// Wrap gives requests that came by a proxy the address of who sent them. What came
// by one that is not known is from elsewhere, though its connection is from this host:
// nobody gets in without credentials because a proxy stands before the daemon.
func (p Proxies) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		peer := AddrOf(r)
		via := slices.ContainsFunc([]string{"X-Forwarded-For", "Forwarded", "X-Real-Ip"}, func(name string) bool { return r.Header[name] != nil })
		addr := peer
		switch {
		case p.has(peer):
			if addr = p.sender(r.Header.Values("X-Forwarded-For")); !addr.IsValid() && !via {
				addr = peer // the proxy's own, such as a look at its health
			} else if !addr.IsValid() {
				addr = elsewhere
			}
		case via && (!peer.IsValid() || peer.IsLoopback()):
			addr = elsewhere
		}
		if addr != peer {
			r = r.WithContext(r.Context()) // the copy is ours to change
			r.RemoteAddr = net.JoinHostPort(addr.String(), "0")
		}
		next.ServeHTTP(w, r)
	})
}

func (p Proxies) has(a netip.Addr) bool {
	return a.IsValid() && slices.ContainsFunc(p, func(n netip.Prefix) bool { return n.Contains(a) })
}

// sender is the last address that is no proxy's: each proxy appends who it got the
// request from, and what stands before is the sender's own claim.
func (p Proxies) sender(headers []string) netip.Addr {
	hops := strings.Split(strings.Join(headers, ","), ",")
	for _, hop := range slices.Backward(hops) {
		hop = strings.TrimSpace(hop)
		a, err := netip.ParseAddr(strings.Trim(hop, "[]"))
		if err != nil {
			withPort, perr := netip.ParseAddrPort(hop)
			if perr != nil {
				return netip.Addr{}
			}
			a = withPort.Addr()
		}
		if a = a.Unmap().WithZone(""); !p.has(a) {
			return a
		}
	}
	return netip.Addr{}
}
