package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/nsbox/nsbox/nsbox/daemon/web"
)

func TestProxies(t *testing.T) {
	proxies := web.Proxies{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("127.0.0.1/32")}
	for _, c := range []struct {
		name    string
		proxies web.Proxies
		peer    string
		header  string
		values  []string
		want    string
	}{
		{"no proxy", nil, "192.0.2.1:5", "", nil, "192.0.2.1"},
		{"no proxy, from this host", nil, "127.0.0.1:5", "", nil, "127.0.0.1"},
		{"a stranger's claim", nil, "192.0.2.1:5", "X-Forwarded-For", []string{"127.0.0.1"}, "192.0.2.1"},
		{"an unknown proxy on this host", nil, "127.0.0.1:5", "X-Forwarded-For", []string{"127.0.0.1"}, "::"},
		{"an unknown proxy on this host, other header", nil, "[::1]:5", "Forwarded", []string{"for=127.0.0.1"}, "::"},
		{"an unknown proxy over a unix socket", nil, "@", "X-Real-Ip", []string{"127.0.0.1"}, "::"},
		{"a unix socket", nil, "@", "", nil, ""},
		{"a known proxy", proxies, "127.0.0.1:5", "X-Forwarded-For", []string{"192.0.2.9"}, "192.0.2.9"},
		{"a claim before it", proxies, "127.0.0.1:5", "X-Forwarded-For", []string{"127.0.0.1, 192.0.2.9"}, "192.0.2.9"},
		{"two proxies", proxies, "10.1.1.1:5", "X-Forwarded-For", []string{"1.2.3.4, 192.0.2.9", "10.2.2.2"}, "192.0.2.9"},
		{"with a port", proxies, "10.1.1.1:5", "X-Forwarded-For", []string{"[2001:db8::1]:77"}, "2001:db8::1"},
		{"nonsense", proxies, "127.0.0.1:5", "X-Forwarded-For", []string{"127.0.0.1, unknown"}, "::"},
		{"only proxies", proxies, "127.0.0.1:5", "X-Forwarded-For", []string{"10.3.3.3"}, "::"},
		{"a header of which the proxy knows nothing", proxies, "127.0.0.1:5", "Forwarded", []string{"for=1.2.3.4"}, "::"},
		{"the proxy's own", proxies, "10.1.1.1:5", "", nil, "10.1.1.1"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = c.peer
		if c.header != "" {
			r.Header[c.header] = c.values
		}
		got := ""
		c.proxies.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if a := web.AddrOf(r); a.IsValid() {
				got = a.String()
			}
		})).ServeHTTP(httptest.NewRecorder(), r)
		if got != c.want {
			t.Errorf("%s: %q, not %q", c.name, got, c.want)
		}
		if r.RemoteAddr != c.peer {
			t.Errorf("%s: the caller's request was changed", c.name)
		}
	}
}
