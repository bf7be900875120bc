package wsapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/nsbox/nsbox/nsbox/daemon/internal/daemontest"
)

// message is one of the server's, of any shape.
type message struct {
	Type      string `json:"type"`
	ID        string `json:"id"`
	Execution string `json:"execution"`
	After     int64  `json:"after"`
	Event     struct {
		Seq    int64  `json:"seq"`
		Type   string `json:"type"`
		Data   string `json:"data"`
		Error  string `json:"error"`
		Code   string `json:"code"`
		Result struct {
			Verdict string `json:"verdict"`
			Stdout  string `json:"stdout"`
		} `json:"result"`
	} `json:"event"`
	Error json.RawMessage `json:"error"`

	SessionID string `json:"session_id"`
	Output    string `json:"output"`
	Status    string `json:"status"`
}

func (m message) problem(t *testing.T) (code, detail string) {
	t.Helper()
	var p struct{ Code, Detail string }
	if err := json.Unmarshal(m.Error, &p); err != nil {
		t.Fatalf("no problem: %s", m.Error)
	}
	return p.Code, p.Detail
}

type client struct {
	t  *testing.T
	ws *websocket.Conn
}

func dial(t *testing.T, s *daemontest.Server, as string, headers ...string) *client {
	t.Helper()
	h := http.Header{}
	if as != "" {
		h.Set("X-API-Key", s.Keys[as])
	}
	for i := 0; i+1 < len(headers); i += 2 {
		h.Set(headers[i], headers[i+1])
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	ws, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(s.URL, "http")+"/ws", &websocket.DialOptions{HTTPHeader: h})
	if err != nil {
		t.Fatal(err)
	}
	ws.SetReadLimit(64 << 20)
	t.Cleanup(func() { ws.CloseNow() })
	return &client{t, ws}
}

func (c *client) send(format string, args ...any) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := c.ws.Write(ctx, websocket.MessageText, fmt.Appendf(nil, format, args...)); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) receive() message {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	_, b, err := c.ws.Read(ctx)
	if err != nil {
		c.t.Fatal(err)
	}
	var m message
	if err := json.Unmarshal(b, &m); err != nil {
		// SoulBox's error is a string.
		c.t.Fatalf("%v: %s", err, b)
	}
	return m
}

// until reads messages until one fits, and returns all of them.
func (c *client) until(what string, fits func(message) bool) []message {
	c.t.Helper()
	var all []message
	for range 100000 {
		m := c.receive()
		all = append(all, m)
		if fits(m) {
			return all
		}
	}
	c.t.Fatalf("%s did not come", what)
	return nil
}

func exitOf(id string) func(message) bool {
	return func(m message) bool {
		return m.ID == id && (m.Event.Type == "exit" || m.Event.Type == "error" || m.Type == "error")
	}
}

func execute(id, code, more string) string {
	c, err := json.Marshal(code)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf(`{"type":"execute","id":%q,"request":{"language":"python","code":%s%s}}`, id, c, more)
}

func TestExecute(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{})
	c := dial(t, s, "")
	c.send("%s", execute("a", "print hello", ""))
	all := c.until("the end", exitOf("a"))
	if all[0].Type != "accepted" || all[0].Execution == "" {
		t.Errorf("first came %+v", all[0])
	}
	for i, m := range all[1:] {
		if m.Type != "event" || m.Event.Seq != int64(i+1) {
			t.Errorf("message %d is %+v", i, m)
		}
	}
	last := all[len(all)-1].Event
	if last.Result.Verdict != "ok" || last.Result.Stdout != "hello\n" {
		t.Errorf("result %+v", last.Result)
	}
	c.send(`{"type":"ping","id":"p"}`)
	if m := c.receive(); m.Type != "pong" || m.ID != "p" {
		t.Errorf("pong %+v", m)
	}
}

// nsbox's own failures have the code that REST answers with.
func TestTheHelperEnds(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{})
	c := dial(t, s, "")
	for code, want := range map[string]string{"lose": "unavailable", "fail EPERM": "internal"} {
		c.send("%s", execute("a", code, ""))
		all := c.until("the end", exitOf("a"))
		if ev := all[len(all)-1].Event; ev.Type != "error" || ev.Code != want || ev.Error == "" {
			t.Errorf("%s ended with %+v", code, ev)
		}
	}
}

// Several at once, none mixed up with another.
func TestManyAtOnce(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{})
	c := dial(t, s, "")
	const n = 20
	for i := range n {
		c.send("%s", execute(fmt.Sprint("id", i), fmt.Sprintf("print one %d\nsleep 20ms\nprint two %d", i, i), ""))
	}
	got, ended := map[string]string{}, 0
	c.until("all ends", func(m message) bool {
		if m.Event.Type == "stdout" {
			got[m.ID] += m.Event.Data
		}
		if m.Event.Type == "exit" {
			ended++
		}
		return ended == n
	})
	for i := range n {
		if want := fmt.Sprintf("one %d\ntwo %d\n", i, i); got[fmt.Sprint("id", i)] != want {
			t.Errorf("id%d: %q", i, got[fmt.Sprint("id", i)])
		}
	}
}

func TestStdin(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{})
	c := dial(t, s, "")
	c.send("%s", execute("a", "cat", `,"interactive":true`))
	c.until("the start", func(m message) bool { return m.Event.Type == "stage" })
	c.send(`{"type":"stdin","id":"a","data":"first\n"}`)
	c.until("the echo", func(m message) bool { return m.Event.Data == "first\n" })
	c.send(`{"type":"stdin","id":"a","data":"c2Vjb25k","encoding":"base64"}`)
	c.until("the echo", func(m message) bool { return m.Event.Data == "second" })
	c.send(`{"type":"stdin_close","id":"a"}`)
	all := c.until("the end", exitOf("a"))
	if got := all[len(all)-1].Event.Result.Stdout; got != "first\nsecond" {
		t.Errorf("stdout %q", got)
	}
}

// Input for a program that reads none is bounded, and holds nobody up.
func TestInputIsBounded(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{})
	c := dial(t, s, "")
	c.send("%s", execute("a", "sleep 30s", `,"interactive":true`))
	c.until("the start", func(m message) bool { return m.Event.Type == "stage" })
	for range 3 {
		c.send(`{"type":"stdin","id":"a","data":%q}`, strings.Repeat("x", 512<<10))
	}
	m := c.receive()
	if code, _ := m.problem(t); code != "too_large" {
		t.Errorf("code %s", code)
	}
	c.send(`{"type":"cancel","id":"a"}`)
	all := c.until("the end", exitOf("a"))
	if got := all[len(all)-1].Event.Result.Verdict; got != "cancelled" {
		t.Errorf("verdict %s", got)
	}
}

func TestRefusals(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{})
	c := dial(t, s, "")
	c.send("%s", execute("busy", "sleep 30s", ""))
	c.until("the start", func(m message) bool { return m.Event.Type == "stage" })
	for _, r := range []struct{ send, code, detail string }{
		{`hello`, "bad_request", "the body is not JSON"},
		{`{"typ":"ping"}`, "bad_request", `did you mean "type"?`},
		{`{}`, "bad_request", `"type" is missing`},
		{`{"type":"run","id":"x"}`, "bad_request", `no message of this "type"`},
		{`{"type":"execute","id":"x"}`, "bad_request", `execute needs "request"`},
		{`{"type":"execute","request":{"code":"x"}}`, "bad_request", `needs "id"`},
		{`{"type":"execute","id":"x","request":{"langage":"python"}}`, "bad_request", `did you mean "language"?`},
		{`{"type":"execute","id":"x","request":{"language":"none","code":"x"}}`, "unprocessable", "none"},
		{`{"type":"execute","id":"busy","request":{"language":"python","code":"x"}}`, "conflict", "in use"},
		{`{"type":"attach","id":"x"}`, "bad_request", `attach needs "execution"`},
		{`{"type":"attach","id":"x","execution":"none"}`, "not_found", "none"},
		{`{"type":"stdin","id":"none","data":"x"}`, "not_found", "follows no execution"},
		{`{"type":"stdin","id":"busy","data":"x"}`, "conflict", "interactive"},
		{`{"type":"stdin","id":"busy","data":"!","encoding":"base64"}`, "bad_request", "not base64"},
		{`{"type":"cancel","id":"none"}`, "not_found", "follows no execution"},
		{`{"type":"ping","id":"` + strings.Repeat("x", 200) + `"}`, "bad_request", "128 bytes"},
	} {
		c.send("%s", r.send)
		m := c.receive()
		if m.Type != "error" {
			t.Errorf("%s: %+v", r.send, m)
			continue
		}
		code, detail := m.problem(t)
		if code != r.code {
			t.Errorf("%s: code %s, not %s", r.send, code, r.code)
		}
		if !strings.Contains(detail, r.detail) {
			t.Errorf("%s: %q says nothing of %q", r.send, detail, r.detail)
		}
	}
}

// A lost connection ends what it started, but not what was detached, whose
// events another connection follows from where this one was.
func TestDroppedConnection(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{})
	c := dial(t, s, "")
	c.send("%s", execute("gone", "sleep 30s", ""))
	c.send("%s", execute("stays", "print one\nsleep 500ms\nprint two", `,"detach":true`))
	ids := map[string]string{}
	var seq int64
	c.until("both", func(m message) bool {
		if m.Execution != "" {
			ids[m.ID] = m.Execution
		}
		if m.ID == "stays" {
			seq = max(seq, m.Event.Seq)
		}
		return len(ids) == 2 && seq >= 3
	})
	c.ws.CloseNow()

	d := dial(t, s, "")
	d.send(`{"type":"attach","id":"again","execution":%q,"after":%d}`, ids["stays"], seq)
	all := d.until("the end", exitOf("again"))
	if all[1].Event.Seq != seq+1 {
		t.Errorf("after %d came %d", seq, all[1].Event.Seq)
	}
	if got := all[len(all)-1].Event.Result.Stdout; got != "one\ntwo\n" {
		t.Errorf("the detached program wrote %q", got)
	}
	d.send(`{"type":"attach","id":"other","execution":%q}`, ids["gone"])
	all = d.until("the end", exitOf("other"))
	if got := all[len(all)-1].Event.Result.Verdict; got != "cancelled" {
		t.Errorf("the other program ended with %s", got)
	}
}

// A client that reads nothing does not hold up the program, and learns of the
// gap when it reads again.
func TestSlowReader(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{})
	c := dial(t, s, "")
	c.send("%s", execute("a", "flood 60000", `,"detach":true`))
	accepted := c.receive()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		_, b := s.Do(t, "", "GET", "/api/v1/executions/"+accepted.Execution, "")
		if strings.Contains(string(b), `"state":"done"`) {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the program waits for its reader")
		}
	}
	all := c.until("the gap", func(m message) bool { return m.Type == "error" || m.Event.Type == "exit" })
	last := all[len(all)-1]
	if last.Type != "error" {
		t.Fatalf("no gap after %d messages: it came %+v", len(all), last)
	}
	if code, _ := last.problem(t); code != "gap" || last.After == 0 {
		t.Errorf("code %s, after %d", code, last.After)
	}
	for range 3 {
		c.send(`{"type":"attach","id":"b","execution":%q,"after":%d}`, accepted.Execution, last.After)
		all = c.until("the end", exitOf("b"))
		if last = all[len(all)-1]; last.Event.Type == "exit" {
			return
		}
	}
	t.Errorf("behind the gap: %+v", last)
}

func TestSoulBox(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{})
	c := dial(t, s, "")
	c.send(`{"type":"execute","runtime":"python","code":"print 0\nprint 1","session_id":"unique-session-id"}`)
	all := c.until("the end", func(m message) bool { return m.Type == "complete" })
	out := ""
	for _, m := range all {
		if m.SessionID != "unique-session-id" {
			t.Errorf("session_id %q", m.SessionID)
		}
		out += m.Output
	}
	if out != "0\n1\n" {
		t.Errorf("output %q", out)
	}
	if last := all[len(all)-1]; last.Status != "completed" {
		t.Errorf("status %q", last.Status)
	}
	c.send(`{"type":"execute","runtime":"none","code":"x","session_id":"s"}`)
	m := c.receive()
	if m.Type != "error" || m.SessionID != "s" || !strings.Contains(string(m.Error), "none") {
		t.Errorf("%+v", m)
	}
}

func TestWhoMayConnect(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{AuthRequired: true})
	try := func(query string, headers ...string) int {
		resp, _ := s.Do(t, "", "GET", "/ws"+query, "", append(headers, "Connection", "Upgrade", "Upgrade", "websocket",
			"Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")...)
		return resp.StatusCode
	}
	if got := try(""); got != 401 {
		t.Errorf("nobody: %d", got)
	}
	if got := try("", "X-API-Key", s.Keys["user"], "Origin", "https://evil.example"); got != 403 {
		t.Errorf("a foreign page: %d", got)
	}
	if got := try("", "X-API-Key", s.Keys["user"], "Host", "evil.example"); got != 403 {
		t.Errorf("a rebound name: %d", got)
	}
	c := dial(t, s, "user")
	c.send(`{"type":"ping"}`)
	if m := c.receive(); m.Type != "pong" {
		t.Errorf("a user: %+v", m)
	}
	c = dial(t, s, "viewer")
	c.send("%s", execute("a", "print x", ""))
	m := c.receive()
	if code, _ := m.problem(t); code != "forbidden" {
		t.Errorf("a viewer's program: %+v", m)
	}
}

// A message that is larger than allowed ends the connection: reading on would
// mean reading all of it.
func TestReadLimit(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{})
	c := dial(t, s, "")
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	// The write may fail already, when the server closes in the middle of it.
	_ = c.ws.Write(ctx, websocket.MessageText, []byte(execute("a", strings.Repeat("x", 5<<20), "")))
	_, _, err := c.ws.Read(ctx)
	if websocket.CloseStatus(err) != websocket.StatusMessageTooBig && err == nil {
		t.Errorf("5 MiB were taken")
	}
}
