package web_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/nsbox/nsbox/nsbox/daemon/web"
)

func ok(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }

func TestGuard(t *testing.T) {
	guard := web.Guard{Hosts: []string{"box.example.org"}, Origins: []string{"https://app.example.org"}}
	for _, c := range []struct {
		name    string
		guard   web.Guard
		method  string
		host    string
		headers map[string]string
		want    int
	}{
		{"localhost", guard, "GET", "localhost:8090", nil, 204},
		{"localhost with a dot", guard, "GET", "localhost.:8090", nil, 204},
		{"a name below localhost", guard, "GET", "nsbox.localhost:8090", nil, 204},
		{"IPv4", guard, "GET", "127.0.0.1:8090", nil, 204},
		{"IPv6", guard, "GET", "[::1]:8090", nil, 204},
		{"IPv6 without a port", guard, "GET", "[::1]", nil, 204},
		{"a configured name", guard, "GET", "box.example.org:8090", nil, 204},
		{"a rebound name", guard, "GET", "evil.example.com:8090", nil, 403},
		{"a name that ends the same", guard, "GET", "evil-localhost:8090", nil, 403},
		{"a name with an address in it", guard, "GET", "127.0.0.1.evil.example.com", nil, 403},
		{"no name", guard, "GET", "", nil, 403},
		{"any name where credentials are needed", web.Guard{AnyHost: true}, "GET", "evil.example.com", nil, 204},
		{"own page", guard, "POST", "localhost:8090", map[string]string{"Origin": "http://localhost:8090"}, 204},
		{"page of another port", guard, "POST", "localhost:8090", map[string]string{"Origin": "http://localhost:3000"}, 403},
		{"foreign page", guard, "POST", "localhost:8090", map[string]string{"Origin": "https://evil.example.com"}, 403},
		{"foreign page that reads", guard, "GET", "localhost:8090", map[string]string{"Origin": "https://evil.example.com"}, 403},
		{"page without an origin of its own", guard, "POST", "localhost:8090", map[string]string{"Origin": "null"}, 403},
		{"form without Origin", guard, "POST", "localhost:8090", map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
		{"link from elsewhere", guard, "GET", "localhost:8090", map[string]string{"Sec-Fetch-Site": "cross-site"}, 204},
		{"allowed page", guard, "POST", "localhost:8090", map[string]string{"Origin": "https://app.example.org"}, 204},
		{"every page", web.Guard{Origins: []string{"*"}}, "POST", "localhost:8090", map[string]string{"Origin": "https://x.example"}, 204},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(c.method, "/api/v1/execute", nil)
			r.Host = c.host
			for k, v := range c.headers {
				r.Header.Set(k, v)
			}
			w := httptest.NewRecorder()
			c.guard.Wrap(http.HandlerFunc(ok)).ServeHTTP(w, r)
			if w.Code != c.want {
				t.Errorf("status %d, not %d: %s", w.Code, c.want, w.Body)
			}
			if c.want == 403 && w.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("a refusal of type %q", w.Header().Get("Content-Type"))
			}
		})
	}
}

func TestCORS(t *testing.T) {
	guard := web.Guard{Origins: []string{"https://app.example.org"}}
	preflight := func(origin string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("OPTIONS", "/api/v1/execute", nil)
		r.Host = "localhost"
		r.Header.Set("Origin", origin)
		r.Header.Set("Access-Control-Request-Method", "POST")
		w := httptest.NewRecorder()
		guard.Wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a preflight came through") })).ServeHTTP(w, r)
		return w
	}
	w := preflight("https://app.example.org")
	if w.Code != 204 {
		t.Errorf("status %d", w.Code)
	}
	if got := w.Header().Get("Access-Control-Allow-Origin"); got != "https://app.example.org" {
		t.Errorf("allowed origin %q", got)
	}
	w = preflight("https://evil.example.com")
	if w.Code != 403 {
		t.Errorf("a foreign page's preflight got %d", w.Code)
	}
	if got := w.Header().Get("Access-Control-Allow-Origin"); got != "" {
		t.Errorf("a foreign page got the origin %q", got)
	}
}

func TestRequestID(t *testing.T) {
	for _, c := range []struct {
		sent string
		kept bool
	}{
		{"abc-123", true}, {"", false}, {"line\nbreak", false}, {strings.Repeat("x", 200), false}, {`quote"`, false},
	} {
		var log strings.Builder
		h := web.RequestID(slog.New(slog.NewJSONHandler(&log, nil)), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			web.StatusProblem(r.Context(), 404, "nothing here").Write(w)
		}))
		r := httptest.NewRequest("GET", "/", nil)
		r.Header["X-Request-Id"] = []string{c.sent}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		id := w.Header().Get("X-Request-ID")
		if id == "" || (id == c.sent) != c.kept {
			t.Errorf("sent %q, got %q", c.sent, id)
		}
		var p web.Problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || p.RequestID != id {
			t.Errorf("the problem has the request_id %q, the header %q (%v)", p.RequestID, id, err)
		}
		var line struct {
			RequestID string `json:"request_id"`
			Status    int    `json:"status"`
		}
		if err := json.Unmarshal([]byte(log.String()), &line); err != nil || line.RequestID != id || line.Status != 404 {
			t.Errorf("log line %s (%v)", log.String(), err)
		}
	}
}

func TestPanicBecomes500(t *testing.T) {
	var log strings.Builder
	h := web.RequestID(slog.New(slog.NewTextHandler(&log, nil)), http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("secret") }))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != 500 {
		t.Errorf("status %d", w.Code)
	}
	if strings.Contains(w.Body.String(), "secret") {
		t.Errorf("the answer tells the panic: %s", w.Body)
	}
	if !strings.Contains(log.String(), "secret") {
		t.Error("the log does not tell the panic")
	}
}

// An answer that has begun can't become a 500: it is cut.
func TestPanicInTheMiddleCuts(t *testing.T) {
	srv := httptest.NewServer(web.RequestID(slog.New(slog.DiscardHandler), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = w.Write([]byte("half"))
		panic("now")
	})))
	defer srv.Close()
	resp, err := http.Get(srv.URL)
	if err != nil {
		return // cut before the headers were out
	}
	defer resp.Body.Close()
	buf := make([]byte, 2000)
	n := 0
	for err == nil {
		var k int
		k, err = resp.Body.Read(buf[n:])
		n += k
	}
	if n == 1000 {
		t.Error("a cut answer arrived whole")
	}
	if err.Error() == "EOF" {
		t.Error("a cut answer ended well")
	}
}
