// Package metrics counts and times what the daemon does, for Prometheus, and sends
// spans by OTLP where that is configured.
package metrics

import (
	"net/http"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/nsbox/nsbox/nsbox"
)

// Metrics are the daemon's. A nil *Metrics counts nothing. It is safe for
// concurrent use.
type Metrics struct {
	reg *prometheus.Registry

	stage      *prometheus.HistogramVec
	verdicts   *prometheus.CounterVec
	heals      *prometheus.CounterVec
	iterations prometheus.Histogram
	refused    *prometheus.CounterVec
	logins     *prometheus.CounterVec
	warm       *prometheus.CounterVec
	output     *prometheus.CounterVec
	requests   *prometheus.HistogramVec
	streams    *prometheus.GaugeVec
}

// buckets are of seconds: from a warm program's setup to a long run.
var buckets = []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300}

// New makes the metrics of a daemon of that version.
func New(version string) *Metrics {
	m := &Metrics{reg: prometheus.NewRegistry()}
	histogram := func(name, help string, labels ...string) *prometheus.HistogramVec {
		h := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
		m.reg.MustRegister(h)
		return h
	}
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
		m.reg.MustRegister(c)
		return c
	}
	m.stage = histogram("nsbox_execution_seconds", "Time of the stages of executions: queue, setup, compile, run, total.", "stage", "language")
	m.verdicts = counter("nsbox_executions_total", "Executions by how they ended.", "language", "verdict")
	m.heals = counter("nsbox_heals_total", "Executions with healing by why it stopped.", "language", "reason")
	m.refused = counter("nsbox_refused_total", "Requests that were not carried out, by why.", "code")
	m.logins = counter("nsbox_logins_total", "Logins by outcome.", "outcome")
	m.warm = counter("nsbox_starts_total", "Executions by whether a warm zygote took them.", "warm")
	m.output = counter("nsbox_output_bytes_total", "Output of programs.", "stream")
	m.requests = histogram("nsbox_http_request_seconds", "Time of HTTP requests by the class of their status, and of gRPC calls by code. Streams are not among them.", "route", "method", "status")
	m.streams = prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "nsbox_streams", Help: "Open streams of events."}, []string{"kind"})
	m.iterations = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "nsbox_heal_iterations", Help: "Runs of a program that was to be mended.", Buckets: prometheus.LinearBuckets(1, 1, nsbox.MaxIterations),
	})
	info := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "nsbox_build_info", Help: "The daemon's version."}, []string{"version", "go_version"})
	info.WithLabelValues(version, runtime.Version()).Set(1)
	m.reg.MustRegister(m.iterations, m.streams, info, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Load is how busy the service is.
type Load struct {
	Running, Queued int
	// Kept are executions that are in memory, running or not.
	Kept int
	// Sandboxes live.
	Sandboxes int
}

// Watch registers gauges that ask load when they are read.
func (m *Metrics) Watch(load func() Load) {
	if m == nil {
		return
	}
	gauge := func(name, help string, get func(Load) int) {
		m.reg.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return float64(get(load())) }))
	}
	gauge("nsbox_running", "Programs that run.", func(l Load) int { return l.Running })
	gauge("nsbox_queued", "Programs that wait for their turn.", func(l Load) int { return l.Queued })
	gauge("nsbox_kept", "Executions in memory, with those that ended a short while ago.", func(l Load) int { return l.Kept })
	gauge("nsbox_sandboxes", "Sandboxes that live on.", func(l Load) int { return l.Sandboxes })
}

// Register adds a collector of another part, such as the helper's pool.
func (m *Metrics) Register(c prometheus.Collector) error {
	if m == nil {
		return nil
	}
	return m.reg.Register(c)
}

// Handler serves what was counted, in Prometheus' format.
func (m *Metrics) Handler() http.Handler {
	if m == nil {
		return http.NotFoundHandler()
	}
	return promhttp.HandlerFor(m.reg, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: 10 * time.Second})
}

// Queued times how long a program waited for its turn.
func (m *Metrics) Queued(language string, d time.Duration) {
	if m != nil {
		m.stage.WithLabelValues("queue", language).Observe(d.Seconds())
	}
}

// Ended counts an execution that a program's end ended. total is from the request
// to the recorded end.
func (m *Metrics) Ended(r nsbox.Result, total time.Duration) {
	if m == nil {
		return
	}
	ms := func(stage string, n float64) { m.stage.WithLabelValues(stage, r.Language).Observe(n / 1e3) }
	m.verdicts.WithLabelValues(r.Language, string(r.Verdict)).Inc()
	m.stage.WithLabelValues("total", r.Language).Observe(total.Seconds())
	ms("setup", r.Usage.SetupMS)
	if r.Compile != nil {
		ms("compile", r.Compile.Usage.WallMS)
	}
	if r.Stage == nsbox.StageRun {
		ms("run", r.Usage.WallMS)
	}
	m.output.WithLabelValues("stdout").Add(float64(r.Truncated.Stdout.TotalBytes))
	m.output.WithLabelValues("stderr").Add(float64(r.Truncated.Stderr.TotalBytes))
	warm := "no"
	if r.Isolation.Warm {
		warm = "yes"
	}
	m.warm.WithLabelValues(warm).Inc()
	if r.StopReason != "" {
		m.heals.WithLabelValues(r.Language, string(r.StopReason)).Inc()
		m.iterations.Observe(float64(r.Iterations))
	}
}

// Failed counts an execution that nsbox failed at.
func (m *Metrics) Failed(language string) {
	if m != nil {
		m.verdicts.WithLabelValues(language, string(nsbox.Internal)).Inc()
	}
}

// Refused counts a request that was not carried out; code is a service.Error's.
func (m *Metrics) Refused(code string) {
	if m != nil {
		m.refused.WithLabelValues(code).Inc()
	}
}

// Login counts a login: ok, failed, throttled.
func (m *Metrics) Login(outcome string) {
	if m != nil {
		m.logins.WithLabelValues(outcome).Inc()
	}
}

// Request times an HTTP request or a gRPC call. route is a pattern or a procedure, not
// a path, and status a class such as 2xx, or gRPC's code: there must not be as many as
// callers like.
func (m *Metrics) Request(route, method, status string, d time.Duration) {
	if m != nil {
		m.requests.WithLabelValues(route, method, status).Observe(d.Seconds())
	}
}

// Stream counts an open stream of that kind (sse, websocket, grpc) until done is
// called.
func (m *Metrics) Stream(kind string) (done func()) {
	if m == nil {
		return func() {}
	}
	g := m.streams.WithLabelValues(kind)
	g.Inc()
	return g.Dec
}
