package daemontest

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/nsbox/nsbox/nsbox/daemon/metrics"
)

// Log holds what a daemon logs; many write, and it is read while they do.
type Log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *Log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

// String returns what was logged until now.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// Traces starts a collector. It returns tracing that sends there, and what came.
func Traces(t testing.TB) (*metrics.Tracing, *Log) {
	t.Helper()
	sent := &Log{}
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(sent, r.Body)
	}))
	t.Cleanup(collector.Close)
	tracing, err := metrics.NewTracing(t.Context(), collector.URL, 0, "test")
	if err != nil {
		t.Fatal(err)
	}
	return tracing, sent
}
