package daemon_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/coder/websocket"

	"github.com/nsbox/nsbox/nsbox"
	pb "github.com/nsbox/nsbox/nsbox/daemon/grpcapi/nsboxv1"
	"github.com/nsbox/nsbox/nsbox/daemon/grpcapi/nsboxv1/nsboxv1connect"
	"github.com/nsbox/nsbox/nsbox/internal/nstest"
)

// What the load test takes of the environment: how many connections there are at
// a time, and how many programs they follow.
const (
	connectionsEnv = "NSBOX_LOAD_CONNECTIONS"
	programsEnv    = "NSBOX_LOAD_PROGRAMS"
)

func number(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s=%q: write a whole number above zero", name, text)
	}
	return n
}

const (
	linesEach = 20
	// mostMemory bounds the daemon's resident memory at its peak.
	mostMemory = 600 << 20
)

// talk is what program i prints.
func talk(i int) string {
	return fmt.Sprintf("for n in $(seq %d); do echo program %d line $n; sleep 0.01; done", linesEach, i)
}

func spoken(i int) string {
	var b strings.Builder
	for n := 1; n <= linesEach; n++ {
		fmt.Fprintf(&b, "program %d line %d\n", i, n)
	}
	return b.String()
}

// 1,000 connections at a time, a third of each kind, follow programs that print:
// each one's first starts it, the others follow it. Every connection must see all
// of its program's output, in order, and nothing of another's.
func TestThousandStreams(t *testing.T) {
	nstest.RequireImage(t, "base")
	connections, programs := number(t, connectionsEnv, 1000), number(t, programsEnv, 100)
	s := serve(t)
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	began := time.Now()

	// All are detached and wait for their turn, so that every follower is there
	// before most of them begin.
	ids := make([]string, programs)
	for i := range ids {
		ids[i] = s.detached(t, ctx, talk(i))
	}
	follow := []func(context.Context, string) (string, error){s.followSSE, s.followWS, s.followRPC(10)}
	type seen struct {
		i, kind int
		out     string
		err     error
	}
	got := make(chan seen, connections)
	for n := range connections {
		i, kind := n%programs, (n/programs)%len(follow)
		go func() {
			out, err := follow[kind](ctx, ids[i])
			got <- seen{i, kind, out, err}
		}()
	}
	wrong, peak := 0, 0
	for range connections {
		g := <-got
		if g.err != nil || g.out != spoken(g.i) {
			if wrong++; wrong <= 5 {
				t.Errorf("program %d, kind %d: %v, %.300q", g.i, g.kind, g.err, g.out)
			}
		}
	}
	if wrong > 0 {
		t.Errorf("%d of %d connections saw something else than their program's output", wrong, connections)
	}
	peak = memoryPeak(t, s.child(t, "nsboxd"))
	if peak > mostMemory {
		t.Errorf("the daemon had %d MiB at its peak; at most %d are allowed", peak>>20, mostMemory>>20)
	}
	t.Logf("%d connections on %d programs in %v; the daemon's peak is %d MiB", connections, programs, time.Since(began).Round(time.Millisecond), peak>>20)
}

// memoryPeak is VmHWM of proc_pid_status(5).
func memoryPeak(t *testing.T, pid int) int {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(b), "VmHWM:")
	var kib int
	fmt.Sscan(rest, &kib)
	return kib << 10
}

// detached starts a program that nobody has to wait for.
func (s *serving) detached(t *testing.T, ctx context.Context, code string) string {
	t.Helper()
	body, err := json.Marshal(map[string]any{"language": "bash", "code": code, "detach": true})
	if err != nil {
		t.Fatal(err)
	}
	status, b, err := s.do(ctx, "POST", "/api/v1/execute", string(body))
	var e struct{ ID string }
	if err != nil || status != 202 || json.Unmarshal(b, &e) != nil || e.ID == "" {
		t.Fatalf("detached: %d %s %v", status, b, err)
	}
	return e.ID
}

// output is what an event adds to a program's output, and whether it is the last.
func output(data []byte) (out string, last bool, err error) {
	var e struct{ Type, Data, Encoding, Error string }
	if err := json.Unmarshal(data, &e); err != nil {
		return "", true, err
	}
	switch e.Type {
	case "stdout":
		if e.Encoding == "base64" {
			b, err := base64.StdEncoding.DecodeString(e.Data)
			return string(b), err != nil, err
		}
		return e.Data, false, nil
	case "exit":
		return "", true, nil
	case "error":
		return "", true, fmt.Errorf("event error: %s", e.Error)
	}
	return "", false, nil
}

func (s *serving) followSSE(ctx context.Context, id string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, "GET", s.url+"/api/v1/executions/"+id+"/events", nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("X-API-Key", s.key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != 200 {
		return "", fmt.Errorf("SSE: %s", resp.Status)
	}
	var all strings.Builder
	var failure error
	ended := false
	err = sse(resp.Body, func(_ string, data []byte) {
		out, last, err := output(data)
		all.WriteString(out)
		ended = ended || last
		if err != nil {
			failure = err
		}
	})
	if failure == nil && !ended {
		failure = errors.Join(errors.New("the stream was cut"), err)
	}
	return all.String(), failure
}

func (s *serving) followWS(ctx context.Context, id string) (string, error) {
	c, _, err := websocket.Dial(ctx, s.url+"/ws", &websocket.DialOptions{HTTPHeader: http.Header{"X-API-Key": {s.key}}})
	if err != nil {
		return "", err
	}
	defer c.CloseNow()
	c.SetReadLimit(8 << 20)
	if err := c.Write(ctx, websocket.MessageText, fmt.Appendf(nil, `{"type":"attach","id":"x","execution":%q}`, id)); err != nil {
		return "", err
	}
	var all strings.Builder
	for {
		_, b, err := c.Read(ctx)
		if err != nil {
			return all.String(), err
		}
		var m struct {
			Type  string
			Event json.RawMessage
			Error json.RawMessage
		}
		if err := json.Unmarshal(b, &m); err != nil {
			return all.String(), err
		}
		switch m.Type {
		case "event":
			out, last, err := output(m.Event)
			all.WriteString(out)
			if last || err != nil {
				return all.String(), err
			}
		case "error":
			return all.String(), fmt.Errorf("WebSocket: %s", m.Error)
		}
	}
}

// followRPC follows over gRPC, by several connections of HTTP/2 that all share.
func (s *serving) followRPC(connections int) func(context.Context, string) (string, error) {
	var clients []nsboxv1connect.ExecutionServiceClient
	for range connections {
		h2 := &http.Protocols{}
		h2.SetUnencryptedHTTP2(true)
		clients = append(clients, nsboxv1connect.NewExecutionServiceClient(&http.Client{Transport: &http.Transport{Protocols: h2}}, s.url, connect.WithGRPC()))
	}
	var mu sync.Mutex
	next := 0
	return func(ctx context.Context, id string) (string, error) {
		mu.Lock()
		c := clients[next%len(clients)]
		next++
		mu.Unlock()
		req := connect.NewRequest(&pb.EventsRequest{ExecutionId: id})
		req.Header().Set("X-API-Key", s.key)
		stream, err := c.Events(ctx, req)
		if err != nil {
			return "", err
		}
		defer stream.Close()
		var all strings.Builder
		last := ""
		for stream.Receive() {
			e := stream.Msg().GetEvent()
			if last = e.GetType(); last == "stdout" {
				all.Write(e.GetData())
			}
		}
		if stream.Err() == nil && last != "exit" {
			return all.String(), fmt.Errorf("the last event is %q", last)
		}
		return all.String(), stream.Err()
	}
}

// More than the server takes is refused at once, with a time to come again, and
// what was taken is carried out.
func TestOverloadIsRefused(t *testing.T) {
	nstest.RequireImage(t, "base")
	s := serve(t, "NSBOX_LIMITS_MAX_CONCURRENT=2", "NSBOX_LIMITS_MAX_CONCURRENT_PER_USER=2", "NSBOX_LIMITS_MAX_QUEUE=10", "NSBOX_LIMITS_MAX_QUEUE_PER_USER=10",
		"NSBOX_LIMITS_RATE_PER_MINUTE=120", "NSBOX_LIMITS_RATE_BURST=60")
	const callers = 100
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	type reply struct {
		status int
		retry  string
		body   string
		err    error
	}
	replies := make(chan reply, callers)
	for range callers {
		go func() {
			req, err := http.NewRequestWithContext(ctx, "POST", s.url+"/api/v1/execute", strings.NewReader(bash("sleep 0.2; echo done")))
			if err != nil {
				replies <- reply{err: err}
				return
			}
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("X-API-Key", s.key)
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				replies <- reply{err: err}
				return
			}
			defer resp.Body.Close()
			var body struct{ Verdict, Code string }
			err = json.NewDecoder(resp.Body).Decode(&body)
			replies <- reply{resp.StatusCode, resp.Header.Get("Retry-After"), body.Verdict + body.Code, err}
		}()
	}
	counts := map[string]int{}
	for range callers {
		r := <-replies
		if r.err != nil {
			t.Errorf("no answer: %v", r.err)
			continue
		}
		counts[fmt.Sprintf("%d %s", r.status, r.body)]++
		if (r.status == 429 || r.status == 503) && r.retry == "" {
			t.Errorf("%d without Retry-After", r.status)
		}
	}
	t.Logf("answers: %v", counts)
	if counts["200 ok"] < 12 {
		t.Errorf("%d programs ran; 12 have room", counts["200 ok"])
	}
	if counts["503 overloaded"] == 0 || counts["429 rate_limited"] == 0 {
		t.Error("nobody was refused for the queue, or for the rate")
	}
	if counts["200 ok"]+counts["503 overloaded"]+counts["429 rate_limited"] != callers {
		t.Error("there are other answers")
	}
	if !s.health(ctx) {
		t.Error("the server does not answer afterwards")
	}
}

func (s *serving) health(ctx context.Context) bool {
	status, _, err := s.do(ctx, "GET", "/api/v1/health", "")
	return err == nil && status == 200
}

// What REST adds to the helper's own time, for the log: a machine that tests share
// is no place to assert it.
func TestLatencyOverREST(t *testing.T) {
	nstest.RequireImage(t, "python")
	s := serve(t)
	client := &nsbox.Client{Socket: s.socket}
	const code = "print(1)"
	direct := func() error {
		res, err := client.Run(t.Context(), nsbox.Request{Language: "python", Files: []nsbox.File{{Name: "main.py", Data: []byte(code)}}})
		if err == nil && res.Verdict != nsbox.OK {
			err = fmt.Errorf("verdict %s: %s", res.Verdict, res.Stderr)
		}
		return err
	}
	rest := func() error {
		status, b, err := s.do(t.Context(), "POST", "/api/v1/execute", `{"language":"python","code":"print(1)"}`)
		if err == nil && (status != 200 || !strings.Contains(string(b), `"verdict":"ok"`)) {
			err = fmt.Errorf("%d %s", status, b)
		}
		return err
	}
	times := map[string][]time.Duration{}
	for i := range 40 {
		for name, run := range map[string]func() error{"helper": direct, "REST": rest} {
			began := time.Now()
			if err := run(); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if i >= 10 { // warm by now
				times[name] = append(times[name], time.Since(began))
			}
		}
	}
	p50 := func(name string) time.Duration {
		slices.Sort(times[name])
		return times[name][len(times[name])/2]
	}
	t.Logf("p50 of a warm Python program: %v by the helper, %v over REST: %v more", p50("helper"), p50("REST"), p50("REST")-p50("helper"))
	if _, err := os.Stat(filepath.Join(s.state, "nsbox.db")); err != nil {
		t.Error("the history is not where it should be")
	}
}
