package metrics

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox"
)

// scrape reads what Prometheus would.
func scrape(t *testing.T, m *Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("%d: %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func TestMetrics(t *testing.T) {
	m := New("1.2.3")
	m.Watch(func() Load { return Load{Running: 2, Queued: 3, Kept: 4, Sandboxes: 5} })
	m.Queued("go", time.Millisecond)
	m.Ended(nsbox.Result{
		Language: "go", Verdict: nsbox.OOM, Stage: nsbox.StageRun, Compile: &nsbox.StageResult{Usage: nsbox.Usage{WallMS: 20}},
		Usage: nsbox.Usage{WallMS: 3, SetupMS: 1}, StopReason: nsbox.StopSuccess, Iterations: 2, Isolation: nsbox.Isolation{Warm: true},
		Truncated: nsbox.Truncated{Stdout: nsbox.Kept{TotalBytes: 100}},
	}, time.Second)
	m.Failed("go")
	m.Refused("rate_limited")
	m.Login("failed")
	m.Request("/api/v1/execute", "POST", "200", time.Millisecond)
	done := m.Stream("sse")
	text := scrape(t, m)
	for _, line := range []string{
		`nsbox_build_info{go_version="go`, `version="1.2.3"} 1`, "nsbox_running 2", "nsbox_queued 3", "nsbox_kept 4", "nsbox_sandboxes 5",
		`nsbox_executions_total{language="go",verdict="oom"} 1`, `nsbox_executions_total{language="go",verdict="internal"} 1`,
		`nsbox_execution_seconds_bucket{language="go",stage="queue",le="0.001"} 1`, `nsbox_execution_seconds_sum{language="go",stage="compile"} 0.02`,
		`nsbox_execution_seconds_count{language="go",stage="run"} 1`, `nsbox_execution_seconds_count{language="go",stage="setup"} 1`,
		`nsbox_execution_seconds_count{language="go",stage="total"} 1`,
		`nsbox_heals_total{language="go",reason="success"} 1`, "nsbox_heal_iterations_sum 2", `nsbox_starts_total{warm="yes"} 1`,
		`nsbox_output_bytes_total{stream="stdout"} 100`, `nsbox_refused_total{code="rate_limited"} 1`, `nsbox_logins_total{outcome="failed"} 1`,
		`nsbox_http_request_seconds_count{method="POST",route="/api/v1/execute",status="200"} 1`, `nsbox_streams{kind="sse"} 1`,
		"go_goroutines ", "process_resident_memory_bytes ",
	} {
		if !strings.Contains(text, line) {
			t.Errorf("there is no %s", line)
		}
	}
	done()
	if !strings.Contains(scrape(t, m), `nsbox_streams{kind="sse"} 0`) {
		t.Error("a closed stream counts")
	}
}

// Where metrics are off there is nobody to count.
func TestNilCountsNothing(t *testing.T) {
	var m *Metrics
	m.Watch(nil)
	m.Queued("go", 0)
	m.Ended(nsbox.Result{}, 0)
	m.Failed("go")
	m.Refused("x")
	m.Login("ok")
	m.Request("/", "GET", "200", 0)
	m.Stream("sse")()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusNotFound {
		t.Errorf("got %d", w.Code)
	}
}

func TestPool(t *testing.T) {
	m := New("x")
	var err error
	pool := Pool{Ask: func(context.Context) ([]nsbox.PoolStats, error) {
		return []nsbox.PoolStats{{Image: "go", Start: "exec", Stage: "compile", Ready: 2, Making: 1, Target: 3, Taken: 40, Missed: 5}}, err
	}}
	if err := m.Register(pool); err != nil {
		t.Fatal(err)
	}
	scrape := func() string {
		w := httptest.NewRecorder()
		m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		if w.Code != http.StatusOK {
			t.Errorf("status %d", w.Code)
		}
		return w.Body.String()
	}
	got := scrape()
	for name, n := range map[string]string{"ready": "2", "making": "1", "target": "3", "taken_total": "40", "missed_total": "5"} {
		if want := "nsbox_pool_" + name + `{image="go",stage="compile",start="exec"} ` + n + "\n"; !strings.Contains(got, want) {
			t.Errorf("no %s", want)
		}
	}
	// A helper that is down takes no other metric with it.
	err = errors.New("down")
	if got := scrape(); strings.Contains(got, "nsbox_pool_") || !strings.Contains(got, "nsbox_build_info") {
		t.Error("a helper that is down is told wrongly")
	}
}

func TestSpansAreSent(t *testing.T) {
	var sent atomic.Int64
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		if r.URL.Path == "/v1/traces" && strings.Contains(string(b), "execution") && strings.Contains(string(b), "nsboxd") {
			sent.Add(1)
		}
	}))
	defer collector.Close()
	tr, err := NewTracing(t.Context(), collector.URL+"/v1/traces", 1, "1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	_, span := tr.Tracer().Start(t.Context(), "execution")
	if !span.SpanContext().IsSampled() {
		t.Error("the span is not sampled")
	}
	span.End()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := tr.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if sent.Load() != 1 {
		t.Errorf("the collector got %d requests", sent.Load())
	}
}

func TestTracingIsOff(t *testing.T) {
	for _, tr := range []*Tracing{nil, {}} {
		_, span := tr.Tracer().Start(t.Context(), "x")
		if span.IsRecording() {
			t.Error("it records")
		}
		span.End()
		if err := tr.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if tr, err := NewTracing(t.Context(), "", 1, ""); err != nil || tr.Tracer() == nil {
		t.Error(err)
	}
}
