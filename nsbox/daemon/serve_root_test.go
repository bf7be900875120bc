package daemon_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"connectrpc.com/connect"

	pb "github.com/nsbox/nsbox/nsbox/daemon/grpcapi/nsboxv1"
	"github.com/nsbox/nsbox/nsbox/daemon/grpcapi/nsboxv1/nsboxv1connect"
	"github.com/nsbox/nsbox/nsbox/internal/nstest"
)

func TestServeWithoutConfiguration(t *testing.T) {
	nstest.RequireImage(t, "base")
	s := serve(t)
	if !s.runs() {
		t.Fatal("no program runs")
	}
	pid := s.child(t, "nsboxd")
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	status := string(b)
	for _, want := range []string{
		`(?m)^Uid:\t([1-9]\d*)\t`, `(?m)^Gid:\t([1-9]\d*)\t`, `(?m)^NoNewPrivs:\t1$`,
		`(?m)^CapInh:\t0+$`, `(?m)^CapPrm:\t0+$`, `(?m)^CapEff:\t0+$`, `(?m)^CapAmb:\t0+$`,
	} {
		if !regexp.MustCompile(want).MatchString(status) {
			t.Errorf("%s is not in the daemon's status:\n%s", want, status)
		}
	}
	if m := regexp.MustCompile(`(?m)^Uid:\t(\d+)\t(\d+)\t(\d+)\t(\d+)$`).FindStringSubmatch(status); m == nil || m[1] != m[2] || m[1] != m[3] || m[1] != m[4] {
		t.Errorf("the daemon has several user ids: %q", m)
	}

	// What the daemon's user may do to the images: read, not write.
	st := &syscall.Stat_t{}
	if err := syscall.Stat(s.state, st); err != nil {
		t.Fatal(err)
	}
	as := func(script string) error {
		cmd := exec.Command("sh", "-c", script)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: st.Uid, Gid: st.Gid, Groups: groups(t)}}
		return cmd.Run()
	}
	store := nstest.Images()
	if err := as("test -r " + store); err != nil {
		t.Errorf("the daemon's user does not see the images: %v", err)
	}
	for _, path := range []string{store + "/x", store + "/images/x", store + "/layers/x", store + "/images/base.json", store + "/lock"} {
		if as(": >>"+path) == nil {
			t.Errorf("the daemon's user can write %s", path)
		}
	}

	// The key is the administrator's, and shown at the first start only.
	code, body, err := s.do(t.Context(), "GET", "/api/v1/auth/me", "")
	if err != nil || code != 200 || !strings.Contains(string(body), `"admin"`) {
		t.Errorf("the printed key is not an administrator's: %d %s %v", code, body, err)
	}
	s.stop(t)
	if _, err := os.Stat(s.socket); err == nil {
		if out, err := exec.Command("pgrep", "-f", s.dir).Output(); err == nil {
			t.Errorf("processes are left: %s", out)
		}
	}
	before := s.out.String()
	s.log = syncBuffer{}
	s.start(t)
	if s.out.String() != before {
		t.Errorf("the second start printed %q", strings.TrimPrefix(s.out.String(), before))
	}
	if !s.runs() {
		t.Error("the key does not outlive a restart")
	}
}

func groups(t *testing.T) []uint32 {
	t.Helper()
	out, err := exec.Command("id", "-G", "nsboxd").Output()
	if err != nil {
		t.Fatal(err)
	}
	var ids []uint32
	for _, f := range strings.Fields(string(out)) {
		var n uint32
		fmt.Sscan(f, &n)
		ids = append(ids, n)
	}
	return ids
}

func TestNobodyIsLeftOfAKilledServe(t *testing.T) {
	nstest.RequireImage(t, "base")
	s := serve(t)
	if !s.runs() {
		t.Fatal("no program runs")
	}
	helper, daemon := s.child(t, "nsbox-helper"), s.child(t, "nsboxd")
	if err := s.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-s.exited
	eventually(t, 40*time.Second, "helper and daemon end", func() bool { return !exists(helper) && !exists(daemon) })
}

func exists(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(b), ") Z ")
}

// answer is what a caller got: an execution's verdict, or a refusal.
type answer struct {
	how     string // rest, sse, grpc
	id      string
	verdict string
	err     string
}

// callers start n programs in three ways, and say what each caller got.
func (s *serving) callers(ctx context.Context, n int, code func(i int) string) <-chan answer {
	answers := make(chan answer, n)
	h2 := &http.Protocols{}
	h2.SetUnencryptedHTTP2(true)
	tr := &http.Transport{Protocols: h2}
	rpc := nsboxv1connect.NewExecutionServiceClient(&http.Client{Transport: tr}, s.url, connect.WithGRPC())
	var wg sync.WaitGroup
	for i := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			switch i % 3 {
			case 0:
				answers <- s.overREST(ctx, code(i))
			case 1:
				answers <- s.overSSE(ctx, code(i))
			default:
				answers <- s.overRPC(ctx, rpc, code(i))
			}
		}()
	}
	go func() {
		wg.Wait()
		tr.CloseIdleConnections()
		close(answers)
	}()
	return answers
}

func (s *serving) overREST(ctx context.Context, code string) answer {
	a := answer{how: "rest"}
	status, b, err := s.do(ctx, "POST", "/api/v1/execute", bash(code))
	var body struct{ ID, Verdict, Code, Detail string }
	switch {
	case err != nil:
		a.err = err.Error()
	case json.Unmarshal(b, &body) != nil:
		a.err = fmt.Sprintf("unreadable: %d %.200s", status, b)
	case status != 200:
		a.err = fmt.Sprintf("%d %s: %s", status, body.Code, body.Detail)
	default:
		a.id, a.verdict = body.ID, body.Verdict
	}
	return a
}

func (s *serving) overSSE(ctx context.Context, code string) answer {
	a := answer{how: "sse"}
	req, err := http.NewRequestWithContext(ctx, "POST", s.url+"/api/v1/execute", strings.NewReader(bash(code)))
	if err != nil {
		a.err = err.Error()
		return a
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "text/event-stream")
	req.Header.Set("X-API-Key", s.key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		a.err = err.Error()
		return a
	}
	defer resp.Body.Close()
	if resp.StatusCode != 200 {
		a.err = resp.Status
		return a
	}
	a.id = resp.Header.Get("X-Execution-ID")
	err = sse(resp.Body, func(event string, data []byte) {
		var e struct {
			Error  string
			Result struct{ Verdict string }
		}
		_ = json.Unmarshal(data, &e)
		a.verdict, a.err = e.Result.Verdict, e.Error
	})
	if a.verdict == "" && a.err == "" {
		a.err = fmt.Sprintf("the stream was cut: %v", err)
	}
	return a
}

func (s *serving) overRPC(ctx context.Context, c nsboxv1connect.ExecutionServiceClient, code string) answer {
	a := answer{how: "grpc"}
	req := connect.NewRequest(&pb.ExecuteStreamRequest{Program: &pb.Program{Language: "bash", Code: code}})
	req.Header().Set("X-API-Key", s.key)
	stream, err := c.ExecuteStream(ctx, req)
	if err != nil {
		a.err = err.Error()
		return a
	}
	defer stream.Close()
	for stream.Receive() {
		a.id = stream.Msg().GetExecutionId()
		switch e := stream.Msg().GetEvent(); e.GetType() {
		case "exit":
			a.verdict = e.GetResult().GetVerdict()
		case "error":
			a.err = e.GetError()
		}
	}
	if err := stream.Err(); err != nil && a.verdict == "" && a.err == "" {
		a.err = err.Error()
	}
	return a
}

// inFlight is how many programs run or wait when somebody is killed.
const inFlight = 50

func TestDaemonKilledInTheMiddle(t *testing.T) {
	testKill(t, "nsboxd")
}

func TestHelperKilledInTheMiddle(t *testing.T) {
	testKill(t, "nsbox-helper")
}

func testKill(t *testing.T, victim string) {
	nstest.RequireImage(t, "base")
	nstest.BecomeSubreaper(t)
	s := serve(t, "NSBOX_LIMITS_MAX_CONCURRENT=50", "NSBOX_LIMITS_MAX_CONCURRENT_PER_USER=50")
	if !s.runs() {
		t.Fatal("no program runs")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	answers := s.callers(ctx, inFlight, func(i int) string { return fmt.Sprintf("echo begin %d; sleep 3; echo end", i) })
	eventually(t, 60*time.Second, "half of the programs run", func() bool {
		return s.count(t, "running") >= inFlight/2
	})
	pid := s.child(t, victim)
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	ended := 0
	known := map[string]answer{}
	for a := range answers {
		ended++
		switch {
		case a.verdict == "" && a.err == "":
			t.Errorf("a caller over %s got nothing", a.how)
		case strings.Contains(a.err, "unreadable"):
			t.Errorf("a caller over %s: %s", a.how, a.err)
		}
		if a.id != "" {
			known[a.id] = a
		}
	}
	if ctx.Err() != nil || ended != inFlight {
		t.Errorf("%d of %d callers got an answer in time", ended, inFlight)
	}
	eventually(t, 60*time.Second, "programs run again", s.runs)
	if n := s.count(t, "running") + s.count(t, "queued"); n != 0 {
		t.Errorf("the history has %d executions that are not over", n)
	}
	// Every execution that a caller knew of is in the history, with the same end.
	states := map[string]int{}
	for id, a := range known {
		status, b, err := s.do(ctx, "GET", "/api/v1/executions/"+id, "")
		var e struct{ State, Verdict, Error string }
		if err != nil || status != 200 || json.Unmarshal(b, &e) != nil {
			t.Errorf("execution %s: %d %s %v", id, status, b, err)
			continue
		}
		states[e.State+" "+e.Verdict]++
		switch {
		case e.State != "done" && e.State != "lost":
			t.Errorf("execution %s is %s", id, e.State)
		case a.verdict != "" && e.Verdict != a.verdict:
			t.Errorf("execution %s: the caller was told %q, the history says %q", id, a.verdict, e.Verdict)
		case a.verdict == "" && e.Error == "" && e.Verdict == "":
			t.Errorf("execution %s: nothing says what became of it", id)
		}
	}
	t.Logf("%s killed: %d callers had an id; the history says %v", victim, len(known), states)
	if victim == "nsboxd" && states["lost internal"]+states["lost "] == 0 {
		t.Error("no execution is lost, so the kill came too late to prove anything")
	}
	s.stop(t)
	// Nothing of this helper's is left: its sandboxes would have ended with it.
	eventually(t, 30*time.Second, "all processes end", func() bool {
		nstest.Reap(t, s.cmd.Process.Pid)
		left, _ := filepath.Glob("/proc/[0-9]*/exe")
		for _, l := range left {
			if exe, err := os.Readlink(l); err == nil && strings.HasPrefix(exe, s.dir+"/") {
				return false
			}
		}
		return true
	})
}

// count is how many executions of the history have the state.
func (s *serving) count(t *testing.T, state string) int {
	t.Helper()
	status, b, err := s.do(t.Context(), "GET", "/api/v1/executions?limit=500&state="+state, "")
	var page struct{ Executions []json.RawMessage }
	if err != nil || status != 200 {
		return -1
	}
	if err := json.Unmarshal(b, &page); err != nil {
		t.Fatal(err)
	}
	return len(page.Executions)
}
