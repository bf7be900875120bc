package daemon

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/nsbox/nsbox/nsbox/daemon/config"
)

// Which names a daemon answers to follows from its configuration.
func TestHostsOfTheConfiguration(t *testing.T) {
	for _, c := range []struct {
		name     string
		required bool
		hosts    []string
		host     string
		want     int
	}{
		{"credentials needed, no names", true, nil, "any.example.com", 204},
		{"credentials needed, names: one of them", true, []string{"box.example.org"}, "box.example.org:8443", 204},
		{"credentials needed, names: another", true, []string{"box.example.org"}, "any.example.com", 403},
		{"credentials needed, names: an address", true, []string{"box.example.org"}, "192.0.2.7:8443", 204},
		{"no credentials needed", false, nil, "any.example.com", 403},
		{"no credentials needed, names", false, []string{"box.example.org"}, "box.example.org", 204},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Host = c.host
		w := httptest.NewRecorder()
		next := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
		guard(&config.Config{AuthRequired: c.required, Hosts: c.hosts}).Wrap(next).ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s: status %d, not %d", c.name, w.Code, c.want)
		}
	}
}
