package restapi_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox/daemon/internal/daemontest"
)

// event is one Server-Sent Event.
type event struct {
	id, name string
	data     map[string]any
}

// readEvents reads events until the stream ends or each says false.
func readEvents(t *testing.T, r io.Reader, each func(event) bool) {
	t.Helper()
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 8<<20)
	var ev event
	for sc.Scan() {
		field, value, _ := strings.Cut(sc.Text(), ": ")
		switch field {
		case "id":
			ev.id = value
		case "event":
			ev.name = value
		case "data":
			if err := json.Unmarshal([]byte(value), &ev.data); err != nil {
				t.Fatalf("data %q: %v", value, err)
			}
		case "":
			if value == "" && ev.name != "" && !each(ev) {
				return
			}
			ev = event{}
		}
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
}

func openStream(t *testing.T, s *daemontest.Server, ctx context.Context, method, path, body string, headers ...string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/event-stream")
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "text/event-stream" {
		b, _ := io.ReadAll(resp.Body)
		t.Fatalf("%d %s: %s", resp.StatusCode, resp.Header.Get("Content-Type"), b)
	}
	return resp
}

func program(lines ...string) string {
	b, err := json.Marshal(map[string]any{"language": "python", "code": strings.Join(lines, "\n")})
	if err != nil {
		panic(err)
	}
	return string(b)
}

// Events come while the program runs, numbered without holes, the result last.
func TestExecuteStreams(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{})
	resp := openStream(t, s, t.Context(), "POST", "/api/v1/execute", program("print one", "sleep 30s"))
	var names []string
	readEvents(t, resp.Body, func(ev event) bool {
		names = append(names, ev.name)
		if ev.id != strconv.Itoa(len(names)) || ev.data["seq"] != float64(len(names)) {
			t.Errorf("event %d has the id %s and seq %v", len(names), ev.id, ev.data["seq"])
		}
		// The program sleeps on: what it printed is here before it ends.
		return ev.name != "stdout"
	})
	if got := strings.Join(names, " "); got != "start stage stdout" {
		t.Errorf("events: %s", got)
	}
	id := resp.Header.Get("X-Execution-ID")
	resp.Body.Close()
	// The reader is gone, so the program is ended.
	waitFor(t, "the end of the program", func() bool {
		_, body := s.Do(t, "", "GET", "/api/v1/executions/"+id, "")
		return strings.Contains(string(body), `"verdict":"cancelled"`)
	})
}

// A caller who waits for the result and goes away ends the program, too.
func TestGoneCallerEndsProgram(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{})
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, "POST", s.URL+"/api/v1/execute", strings.NewReader(program("sleep 30s")))
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			resp.Body.Close()
		}
		done <- err
	}()
	waitFor(t, "the start of the program", func() bool {
		_, body := s.Do(t, "", "GET", "/api/v1/executions?state=running", "")
		return strings.Contains(string(body), `"state":"running"`)
	})
	cancel()
	if err := <-done; err == nil {
		t.Error("the request was answered")
	}
	waitFor(t, "the end of the program", func() bool {
		_, body := s.Do(t, "", "GET", "/api/v1/executions?verdict=cancelled", "")
		return strings.Contains(string(body), `"verdict":"cancelled"`)
	})
}

// A client that lost its connection asks for what follows the last event it has.
func TestStreamResumes(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{})
	_, body := s.Do(t, "", "POST", "/api/v1/execute", `{"language":"python","detach":true,"code":"print a\nsleep 200ms\nprint b\nsleep 200ms\nprint c"}`)
	var e struct{ ID string }
	if err := json.Unmarshal(body, &e); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	seen, out := 0, ""
	for range 20 {
		resp := openStream(t, s, t.Context(), "GET", "/api/v1/executions/"+e.ID+"/events", "", "Last-Event-ID", strconv.Itoa(seen))
		end := false
		readEvents(t, resp.Body, func(ev event) bool {
			if ev.id != strconv.Itoa(seen+1) {
				t.Fatalf("event %s follows %d", ev.id, seen)
			}
			seen++
			if ev.name == "stdout" {
				out += ev.data["data"].(string)
			}
			end = ev.name == "exit"
			return false // one event a connection
		})
		resp.Body.Close()
		if end {
			break
		}
	}
	if out != "a\nb\nc\n" {
		t.Errorf("output %q", out)
	}
}

// A reader that takes nothing while the program writes more than is kept learns
// of the gap, and where to go on; the program is not held up.
func TestSlowReaderLearnsOfGap(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{})
	// A small receive buffer, so that the kernel does not read for the reader.
	d := net.Dialer{Control: smallBuffer}
	client := &http.Client{Transport: &http.Transport{DialContext: d.DialContext}}
	defer client.CloseIdleConnections()
	body := fmt.Sprintf(`{"language":"python","detach":true,"code":%q}`, "print first\nflood 60000")
	req, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+"/api/v1/execute", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/event-stream")
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	id := resp.Header.Get("X-Execution-ID")
	waitFor(t, "the end of the program, whose reader sleeps", func() bool {
		_, b := s.Do(t, "", "GET", "/api/v1/executions?state=done", "")
		return strings.Contains(string(b), id)
	})
	var last event
	readEvents(t, resp.Body, func(ev event) bool { last = ev; return true })
	if last.name != "error" || last.data["code"] != "gap" {
		t.Fatalf("the stream ended with %s %v", last.name, last.data["code"])
	}
	if last.id == "" {
		t.Fatal("the gap does not say where to go on")
	}
	// From there the rest is to be had. The program wrote on after the gap was
	// found, so that a second one can follow, but no third: by now it has ended.
	for range 2 {
		rest := openStream(t, s, t.Context(), "GET", "/api/v1/executions/"+id+"/events", "", "Last-Event-ID", last.id)
		readEvents(t, rest.Body, func(ev event) bool { last = ev; return true })
	}
	if last.name != "exit" {
		t.Errorf("behind the gap the stream ended with %s %v", last.name, last.data["error"])
	}
}

func TestIdempotencyKey(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{})
	run := func(key, body string) (*http.Response, string) {
		resp, b := s.Do(t, "", "POST", "/api/v1/execute", body, "Idempotency-Key", key)
		var a struct{ ID string }
		_ = json.Unmarshal(b, &a)
		return resp, a.ID
	}
	first, id := run("k1", program("print x"))
	if first.Header.Get("Idempotent-Replayed") != "" {
		t.Error("the first answer says that it is a replay")
	}
	again, sameID := run("k1", program("print x"))
	if sameID != id || id == "" {
		t.Errorf("executions %q and %q under one key", id, sameID)
	}
	if again.Header.Get("Idempotent-Replayed") != "true" {
		t.Error("the replay does not say that it is one")
	}
	if other, _ := run("k1", program("print y")); other.StatusCode != 409 {
		t.Errorf("another request under the same key: %d", other.StatusCode)
	}
	if _, otherID := run("k2", program("print x")); otherID == id {
		t.Error("another key has the same execution")
	}
	if resp, _ := s.Do(t, "", "POST", "/api/v1/batches", `{"executions":[`+hello+`]}`, "Idempotency-Key", "k1"); resp.StatusCode != 409 {
		t.Errorf("the key of an execution, used for a batch: %d", resp.StatusCode)
	}
	if resp, _ := s.Do(t, "", "POST", "/api/v1/execute", program("x"), "Idempotency-Key", strings.Repeat("k", 256)); resp.StatusCode != 422 {
		t.Errorf("a key of 256 bytes: %d", resp.StatusCode)
	}
}

// A replay is the first answer with all that was in it, also when the execution is
// in the history alone.
func TestReplayHasTheFiles(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{})
	run := func() (*http.Response, string) {
		resp, b := s.Do(t, "", "POST", "/api/v1/execute", `{"language":"python","code":"print x\nfile a.html data","artifacts":"data"}`, "Idempotency-Key", "k")
		return resp, string(b)
	}
	const data = `"data":"ZGF0YQ=="`
	first, body := run()
	if first.StatusCode != 200 || !strings.Contains(body, data) {
		t.Fatalf("%d %s", first.StatusCode, body)
	}
	// As many others until it is no longer in memory.
	others := `{"executions":[` + strings.TrimSuffix(strings.Repeat(hello+",", 100), ",") + `]}`
	for range 6 {
		if resp, b := s.Do(t, "", "POST", "/api/v1/batches", others); resp.StatusCode >= 400 {
			t.Fatalf("%d %s", resp.StatusCode, b)
		}
	}
	waitFor(t, "the end of the others", func() bool {
		_, b := s.Do(t, "viewer", "GET", "/api/v1/executions?state=done&limit=500", "")
		return strings.Count(string(b), `"state":"done"`) == 500 && strings.Contains(string(b), `"next"`)
	})
	again, replay := run()
	if again.Header.Get("Idempotent-Replayed") != "true" || again.Header.Get("X-Execution-ID") != first.Header.Get("X-Execution-ID") {
		t.Errorf("no replay: %v", again.Header)
	}
	if !strings.Contains(replay, data) || !strings.Contains(replay, `"stdout":"x\n"`) {
		t.Errorf("the replay is %s", replay)
	}
}

// What nsbox did not carry out is not replayed: the answer said to come again.
func TestUnfinishedIsNotReplayed(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{})
	for code, replayed := range map[string]bool{"lose": false, "fail EPERM": true, "exit 3": true} {
		var ids []string
		var last *http.Response
		for range 2 {
			last, _ = s.Do(t, "", "POST", "/api/v1/execute", program(code), "Idempotency-Key", "of "+code)
			ids = append(ids, last.Header.Get("X-Execution-ID"))
		}
		if (ids[0] == ids[1]) != replayed || (last.Header.Get("Idempotent-Replayed") == "true") != replayed || ids[0] == "" {
			t.Errorf("%s: executions %q, replayed: %q", code, ids, last.Header.Get("Idempotent-Replayed"))
		}
	}
}

// waitFor waits until cond holds; it is generous, because the machine may be busy.
func waitFor(t *testing.T, what string, cond func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if cond() {
			return
		}
	}
	t.Fatalf("%s did not come", what)
}
