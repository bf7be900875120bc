package restapi_test

import (
	"context"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/nsbox/nsbox/nsbox/daemon/internal/daemontest"
	"github.com/nsbox/nsbox/nsbox/daemon/metrics"
	"github.com/nsbox/nsbox/nsbox/daemon/restapi"
)

// Requests are counted by what they ask for and how that ended, and callers can't
// make as many series as they like.
func TestRequestsAreCounted(t *testing.T) {
	counters := metrics.New("test")
	s := daemontest.Start(t, daemontest.Config{AuthRequired: true, REST: func(o *restapi.Options) {
		o.Counters, o.Metrics = counters, counters.Handler()
	}})
	s.Do(t, "user", "POST", "/api/v1/execute", hello)
	for _, path := range []string{"/api/v1/executions/one", "/api/v1/executions/two", "/made/up/1", "/made/up/2"} {
		s.Do(t, "user", "GET", path, "")
	}
	s.Do(t, "", "GET", "/api/v1/executions", "")
	s.Do(t, "user", "GET", "/api/v1/health", "", "Host", "evil.example.com")
	s.Do(t, "user", "BREW", "/api/v1/execute", "")
	s.Do(t, "user", "POST", "/api/v1/execute", `{"language":"python","code":"panic"}`)
	scrape := func() string {
		_, body := s.Do(t, "operator", "GET", "/metrics", "")
		return string(body)
	}
	got := scrape()
	for _, want := range []string{
		`{method="POST",route="/api/v1/execute",status="2xx"} 1`,
		`{method="POST",route="/api/v1/execute",status="5xx"} 1`,
		`{method="GET",route="/api/v1/executions/{id}",status="4xx"} 2`,
		`{method="GET",route="/api/v1/executions",status="4xx"} 1`,
		`{method="GET",route="/api/v1/health",status="4xx"} 1`,
		`{method="GET",route="none",status="4xx"} 2`,
		`{method="OTHER",route="none",status="4xx"} 1`,
	} {
		if !strings.Contains(got, "nsbox_http_request_seconds_count"+want) {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(got, "made/up") || strings.Contains(got, "BREW") {
		t.Error("what a caller made up is a label")
	}
	if t.Failed() {
		for line := range strings.Lines(got) {
			if strings.HasPrefix(line, "nsbox_http_request_seconds_count") {
				t.Log(line)
			}
		}
	}

	// Streams are counted while they are open, and are no slow requests.
	stream := openStream(t, s, t.Context(), "POST", "/api/v1/execute", `{"language":"python","code":"sleep 30s"}`, "X-API-Key", s.Keys["user"])
	ws, _, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(s.URL, "http")+"/ws", &websocket.DialOptions{HTTPHeader: http.Header{"X-Api-Key": {s.Keys["user"]}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`nsbox_streams{kind="sse"} 1`, `nsbox_streams{kind="websocket"} 1`} {
		if got := scrape(); !strings.Contains(got, want) {
			t.Errorf("no %s", want)
		}
	}
	stream.Body.Close()
	ws.CloseNow()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		got := scrape()
		if strings.Contains(got, `nsbox_streams{kind="sse"} 0`) && strings.Contains(got, `nsbox_streams{kind="websocket"} 0`) {
			break
		}
		if time.Now().After(end) {
			t.Fatal("streams that ended are counted as open")
		}
	}
	if got := scrape(); !strings.Contains(got, `nsbox_http_request_seconds_count{method="POST",route="/api/v1/execute",status="2xx"} 1`) || strings.Contains(got, `route="/ws"`) {
		t.Error("a stream is counted as a request")
	}
}

// A request's span has the execution's below it, and is itself below the caller's.
func TestRequestsAreTraced(t *testing.T) {
	tracing, sent := daemontest.Traces(t)
	s := daemontest.Start(t, daemontest.Config{Tracing: tracing, REST: func(o *restapi.Options) { o.Tracing = tracing }})
	const trace, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
	s.Do(t, "user", "POST", "/api/v1/execute", hello, "Traceparent", "00-"+trace+"-"+parent+"-01")
	s.Do(t, "user", "GET", "/api/v1/languages", "") // of which nobody asked for a trace
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	// Spans end behind the answers.
	s.Server.Close()
	if err := s.Service.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if err := tracing.Close(ctx); err != nil {
		t.Fatal(err)
	}
	got := sent.String()
	id, err := hex.DecodeString(trace)
	if err != nil {
		t.Fatal(err)
	}
	above, err := hex.DecodeString(parent)
	if err != nil {
		t.Fatal(err)
	}
	// The request, the execution, its wait and its run.
	if n := strings.Count(got, string(id)); n != 4 {
		t.Errorf("the caller's trace has %d spans", n)
	}
	if n := strings.Count(got, string(above)); n != 1 {
		t.Errorf("%d spans are below the caller's", n)
	}
	if !strings.Contains(got, "POST /api/v1/execute") || strings.Contains(got, "languages") {
		t.Errorf("the collector got %q", got)
	}
}
