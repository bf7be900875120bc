package web

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Guard decides which requests may come in at all, before anybody asks who sent
// them. It is a value: copy it, don't change it while it is used.
type Guard struct {
	// Hosts are names under which the daemon is reached, beside localhost and
	// every IP address. A page whose name was rebound to this host's address
	// sends its own name, which is none of them.
	Hosts []string
	// AnyHost leaves the name unchecked. It is for daemons that answer nobody
	// without credentials: a rebound page has none.
	AnyHost bool
	// Origins may call from their pages (CORS), each as scheme://host[:port], or
	// "*" for all of them. Empty: only the daemon's own pages.
	Origins []string
}

// exposed are the headers of answers that a page of another origin may read.
const exposed = "X-Request-ID, X-Execution-ID, Retry-After, Location, Idempotent-Replayed"

// Wrap puts the guard before next.
func (g Guard) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !g.AnyHost && !g.hostAllowed(r.Host) {
			StatusProblem(r.Context(), http.StatusForbidden,
				"the host name "+strconv.Quote(r.Host)+" is not this daemon's; use localhost, an address, or a name from the hosts setting").Write(w)
			return
		}
		origin := r.Header.Get("Origin")
		if origin != "" && !g.OriginAllowed(r) {
			StatusProblem(r.Context(), http.StatusForbidden,
				"pages of "+strconv.Quote(origin)+" may not call this daemon; the origins setting names those that may").Write(w)
			return
		}
		// Browsers leave Origin out of some requests, but not this one.
		if origin == "" && r.Header.Get("Sec-Fetch-Site") == "cross-site" && r.Method != http.MethodGet && r.Method != http.MethodHead {
			StatusProblem(r.Context(), http.StatusForbidden, "pages of another site may not call this daemon").Write(w)
			return
		}
		if origin != "" && !sameOrigin(origin, r.Host) {
			h := w.Header()
			h.Set("Access-Control-Allow-Origin", origin)
			h.Add("Vary", "Origin")
			h.Set("Access-Control-Expose-Headers", exposed)
			if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
				h.Set("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE, PATCH, OPTIONS")
				h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, X-API-Key, X-Request-ID, Idempotency-Key, Last-Event-ID, Accept")
				h.Set("Access-Control-Max-Age", "600")
				w.WriteHeader(http.StatusNoContent)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// OriginAllowed tells whether the page that made r, if a page did, may.
func (g Guard) OriginAllowed(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	return origin == "" || sameOrigin(origin, r.Host) ||
		slices.Contains(g.Origins, "*") || slices.ContainsFunc(g.Origins, func(o string) bool { return strings.EqualFold(o, origin) })
}

// sameOrigin compares host and port alone: behind a proxy that ends TLS the
// daemon can't know the scheme.
func sameOrigin(origin, host string) bool {
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, host)
}

func (g Guard) hostAllowed(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.TrimSuffix(strings.ToLower(strings.Trim(name, "[]")), ".")
	if _, err := netip.ParseAddr(name); err == nil {
		return true
	}
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return true
	}
	return slices.ContainsFunc(g.Hosts, func(h string) bool { return strings.EqualFold(h, name) || strings.EqualFold(h, host) })
}
