package restapi_test

import (
	"net/netip"
	"testing"

	"github.com/nsbox/nsbox/nsbox/daemon/internal/daemontest"
	"github.com/nsbox/nsbox/nsbox/daemon/restapi"
	"github.com/nsbox/nsbox/nsbox/daemon/web"
)

// Who needs no credentials is a caller on this host, not one who came here by a proxy
// on this host.
func TestCallersBehindAProxy(t *testing.T) {
	unknown := daemontest.Start(t, daemontest.Config{})
	known := daemontest.Start(t, daemontest.Config{REST: func(o *restapi.Options) {
		o.Proxies = web.Proxies{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	}})
	for _, c := range []struct {
		name, as string
		s        *daemontest.Server
		from     string
		status   int
	}{
		{"no proxy", "", unknown, "", 200},
		{"one that nobody named", "", unknown, "192.0.2.1", 401},
		{"one that nobody named, and a claim", "", unknown, "127.0.0.1", 401},
		{"with a key", "user", unknown, "192.0.2.1", 200},
		{"one that is named", "", known, "192.0.2.1", 401},
		{"one that is named, with a key", "user", known, "192.0.2.1", 200},
	} {
		headers := []string{}
		if c.from != "" {
			headers = append(headers, "X-Forwarded-For", c.from)
		}
		if resp, b := c.s.Do(t, c.as, "GET", "/api/v1/auth/me", "", headers...); resp.StatusCode != c.status {
			t.Errorf("%s: %d, not %d: %s", c.name, resp.StatusCode, c.status, b)
		}
	}
}
