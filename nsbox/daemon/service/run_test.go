package service

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/daemon/audit"
	"github.com/nsbox/nsbox/nsbox/daemon/auth"
	"github.com/nsbox/nsbox/nsbox/daemon/metrics"
)

func TestRequestsThatAreRefused(t *testing.T) {
	s := newService(t, func(o *Options) {
		o.Limits.MaxFile, o.Limits.MaxBody, o.Limits.MaxFiles = 100, 150, 3
		o.Limits.MaxTimeout, o.Limits.MaxMemory, o.Limits.MaxCPUs = nsbox.Duration(10*time.Second), 128*nsbox.MiB, 2
	})
	file := func(name string) FileInput { return FileInput{Name: name, Content: "x"} }
	for name, c := range map[string]struct {
		req  ExecuteRequest
		code string
	}{
		"no program":              {ExecuteRequest{Language: "python"}, CodeBadRequest},
		"blanks":                  {ExecuteRequest{Code: " \n"}, CodeBadRequest},
		"unknown language":        {ExecuteRequest{Language: "pyhton", Code: "x"}, CodeUnprocessable},
		"an absolute name":        {ExecuteRequest{Files: []FileInput{file("/etc/passwd")}}, CodeBadRequest},
		"a name that climbs":      {ExecuteRequest{Files: []FileInput{file("../x")}}, CodeBadRequest},
		"a name that climbs far":  {ExecuteRequest{Files: []FileInput{file("a/../../x")}}, CodeBadRequest},
		"a name with a dot":       {ExecuteRequest{Files: []FileInput{file("./x")}}, CodeBadRequest},
		"no name":                 {ExecuteRequest{Files: []FileInput{file("")}}, CodeBadRequest},
		"a NUL in the name":       {ExecuteRequest{Files: []FileInput{file("a\x00b")}}, CodeBadRequest},
		"a line feed in the name": {ExecuteRequest{Files: []FileInput{file("a\nb")}}, CodeBadRequest},
		"not UTF-8":               {ExecuteRequest{Files: []FileInput{file("a\xff")}}, CodeBadRequest},
		"a long name":             {ExecuteRequest{Files: []FileInput{file(strings.Repeat("x", 300))}}, CodeBadRequest},
		"a name twice":            {ExecuteRequest{Files: []FileInput{file("a"), file("a")}}, CodeBadRequest},
		"the main name twice":     {ExecuteRequest{Language: "python", Code: "x", Files: []FileInput{file("main.py")}}, CodeBadRequest},
		"not base64":              {ExecuteRequest{Files: []FileInput{{Name: "a", Content: "%", Encoding: "base64"}}}, CodeBadRequest},
		"unknown encoding":        {ExecuteRequest{Files: []FileInput{{Name: "a", Content: "x", Encoding: "gzip"}}}, CodeBadRequest},
		"a large file":            {ExecuteRequest{Code: strings.Repeat("x", 101)}, CodeTooLarge},
		"large files together":    {ExecuteRequest{Code: strings.Repeat("x", 90), Files: []FileInput{{Name: "a", Content: strings.Repeat("x", 90)}}}, CodeTooLarge},
		"many files":              {ExecuteRequest{Files: []FileInput{file("a"), file("b"), file("c"), file("d")}}, CodeTooLarge},
		"large stdin":             {ExecuteRequest{Code: "x", Stdin: strings.Repeat("x", 151)}, CodeTooLarge},
		"stdin not base64":        {ExecuteRequest{Code: "x", Stdin: "%", StdinEncoding: "base64"}, CodeBadRequest},
		"many arguments":          {ExecuteRequest{Code: "x", Args: make([]string, maxArgs+1)}, CodeTooLarge},
		"long arguments":          {ExecuteRequest{Code: "x", Args: []string{strings.Repeat("x", maxWord)}}, CodeTooLarge},
		"a NUL in an argument":    {ExecuteRequest{Code: "x", Args: []string{"\x00"}}, CodeBadRequest},
		"env without a value":     {ExecuteRequest{Code: "x", Env: []string{"A"}}, CodeBadRequest},
		"env without a name":      {ExecuteRequest{Code: "x", Env: []string{"=A"}}, CodeBadRequest},
		"more time":               {ExecuteRequest{Code: "x", Timeout: nsbox.Duration(11 * time.Second)}, CodeUnprocessable},
		"negative time":           {ExecuteRequest{Code: "x", Timeout: -1}, CodeUnprocessable},
		"more memory":             {ExecuteRequest{Code: "x", Memory: 129 * nsbox.MiB}, CodeUnprocessable},
		"more processors":         {ExecuteRequest{Code: "x", CPUs: 2.5}, CodeUnprocessable},
		"negative pids":           {ExecuteRequest{Code: "x", Pids: -1}, CodeUnprocessable},
		"a network":               {ExecuteRequest{Code: "x", Net: "host"}, CodeUnprocessable},
		"many iterations":         {ExecuteRequest{Code: "x", MaxIterations: 11}, CodeUnprocessable},
		"unknown healer":          {ExecuteRequest{Code: "x", Healer: "magic"}, CodeUnprocessable},
		"a sandbox":               {ExecuteRequest{Code: "x", Sandbox: "none"}, CodeUnavailable}, // this service has none
	} {
		_, err := s.Execute(t.Context(), alice, c.req)
		want(t, name, err, c.code)
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: the message has several lines: %q", name, err)
		}
	}
	if page, err := s.Executions(t.Context(), alice, Query{}); err != nil || len(page.Executions) != 0 {
		t.Errorf("the history has refused requests: %v %v", page, err)
	}
	// A server's bound holds for programs that ask for nothing, too.
	prep, err := s.prepare(ExecuteRequest{Code: "x"})
	if err != nil || prep.nsreq.Limits.Timeout != nsbox.Duration(10*time.Second) || prep.nsreq.Limits.Memory != 128*nsbox.MiB {
		t.Errorf("%+v %v", prep, err)
	}
}

func TestCancel(t *testing.T) {
	s := newService(t, func(o *Options) { o.Limits.MaxConcurrent, o.Limits.MaxConcurrentPerUser = 1, 1 })
	running := start(t, s, alice, "print begun\nsleep 1m", func(r *ExecuteRequest) { r.Detach = true })
	waiting := start(t, s, alice, "print never")
	if st := waiting.Execution().State; st != "queued" {
		t.Errorf("the second one is %s", st)
	}
	waiting.Release() // its caller goes away
	e := wait(t, waiting)
	if e.Verdict != nsbox.Cancelled || e.Started != (time.Time{}) || e.Result == nil {
		t.Errorf("%+v", e)
	}
	running.Release() // it is detached
	if _, err := s.DeleteExecution(t.Context(), bob, running.ID()); code(err) != CodeNotFound {
		t.Errorf("another's: %v", err)
	}
	if st := running.Execution().State; st != "running" {
		t.Errorf("a detached program is %s when its caller has gone", st)
	}
	e, err := s.DeleteExecution(t.Context(), alice, running.ID())
	if err != nil || e.Verdict != nsbox.Cancelled || e.State != "done" {
		t.Errorf("%+v %v", e, err)
	}
	again, err := s.DeleteExecution(t.Context(), alice, running.ID())
	if err != nil || again.Verdict != nsbox.Cancelled {
		t.Errorf("cancel twice: %+v %v", again, err)
	}
	r, err := s.Attach(t.Context(), alice, waiting.ID())
	if err != nil {
		t.Fatal(err)
	}
	r.Release()
}

func TestInteractive(t *testing.T) {
	s := newService(t)
	r := start(t, s, alice, "cat", func(r *ExecuteRequest) { r.Interactive, r.Stdin = true, "first " })
	in, ok := r.Stdin()
	if !ok {
		t.Fatal("there is no input")
	}
	io.WriteString(in, "second")
	in.Close()
	if e := wait(t, r); string(e.Result.Stdout) != "first second" {
		t.Errorf("got %q", e.Result.Stdout)
	}
	if _, err := in.Write([]byte("late")); err == nil {
		t.Error("a program that ended takes input")
	}
	r = start(t, s, alice, "print x", func(r *ExecuteRequest) { r.Interactive = true })
	wait(t, r)
	in, _ = r.Stdin()
	if _, err := in.Write([]byte("late")); !errors.Is(err, errEnded) {
		t.Errorf("got %v", err)
	}
	r = start(t, s, alice, "print x")
	if _, ok := r.Stdin(); ok {
		t.Error("a program has input that nobody asked for")
	}
	wait(t, r)
}

func TestFailuresOfNsbox(t *testing.T) {
	s := newService(t)
	for program, want := range map[string]string{"break": CodeUnavailable, "fail EPERM": CodeInternal, "refuse": CodeUnprocessable} {
		r := start(t, s, alice, program)
		e := wait(t, r)
		if e.State != "done" || e.Verdict != nsbox.Internal || e.Result != nil || e.Err() == nil || e.Err().Code != want {
			t.Errorf("%s: %+v", program, e)
		}
		var last nsbox.Event
		for ev, err := range r.Events(t.Context(), 0) {
			if err != nil {
				t.Fatal(err)
			}
			last = ev
		}
		if last.Type != nsbox.EventError || last.Error != e.Error || last.Code != want {
			t.Errorf("%s: the last event is %+v", program, last)
		}
	}
	if e := wait(t, start(t, s, alice, "print fine")); e.Verdict != nsbox.OK {
		t.Errorf("the next program: %+v", e)
	}
	page, err := s.Executions(t.Context(), alice, Query{Text: "in the middle of the execution"})
	if err != nil || len(page.Executions) != 0 && page.Executions[0].Error == "" {
		t.Errorf("%+v %v", page, err)
	}
}

func TestQueueTimeout(t *testing.T) {
	s := newService(t, func(o *Options) {
		o.Limits.MaxConcurrent, o.Limits.MaxConcurrentPerUser, o.Limits.QueueTimeout = 1, 1, nsbox.Duration(50*time.Millisecond)
	})
	running := start(t, s, alice, "sleep 1m")
	defer running.Release()
	e := wait(t, start(t, s, alice, "print x"))
	if err := e.Err(); err == nil || err.Code != CodeOverloaded || err.RetryAfter == 0 {
		t.Errorf("%+v", e)
	}
}

func TestLimitsAtRunTime(t *testing.T) {
	dir := t.TempDir()
	db := openStore(t, dir)
	opts := options(t, dir, db)
	s, err := New(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	a := user("root", auth.Admin)
	ctx := t.Context()
	if l, err := s.SetLimits(ctx, a, []byte(`{"max_concurrent": 7, "max_timeout": "5s"}`)); err != nil || l.MaxConcurrent != 7 {
		t.Fatal(err)
	}
	_, err = s.Execute(ctx, alice, ExecuteRequest{Language: "python", Code: "x", Timeout: nsbox.Duration(6 * time.Second)})
	want(t, "the new limit", err, CodeUnprocessable)
	for patch, code := range map[string]string{
		`{"max_concurrent": 0}`: CodeUnprocessable, `{"max_files": -1}`: CodeUnprocessable, `{"max_memory": "lots"}`: CodeUnprocessable,
		`{"nothing": 1}`: CodeUnprocessable, `[]`: CodeBadRequest, `{`: CodeBadRequest, `{"rate_burst": 0}`: CodeUnprocessable,
	} {
		_, err := s.SetLimits(ctx, a, []byte(patch))
		want(t, patch, err, code)
	}
	if _, err := s.SetLimits(ctx, a, []byte(`{"max_timeout": null}`)); err != nil {
		t.Fatal(err)
	}
	s.Close(ctx)
	opts.Limits.MaxFiles = 9 // the file was changed meanwhile
	s, err = New(ctx, opts)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(ctx)
	if l := s.Limits(); l.MaxConcurrent != 7 || l.MaxFiles != 9 || l.MaxTimeout != 0 {
		t.Errorf("after a restart: %+v", l)
	}
}

// A daemon that was killed left executions open, and perhaps a request.
func TestWhatADeadDaemonLeft(t *testing.T) {
	dir := t.TempDir()
	db := openStore(t, dir)
	opts := options(t, dir, db)
	log, err := audit.Open(t.Context(), audit.Options{Path: filepath.Join(dir, "audit.jsonl"), Table: db})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	opts.Audit = log
	dead, err := New(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	r := start(t, dead, alice, "print begun\nsleep 10m")
	defer r.Cancel()
	s, err := New(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(t.Context())
	e, err := s.Execution(t.Context(), alice, r.ID())
	if err != nil || e.State != "lost" || e.Err() == nil || e.Err().Code != CodeInternal {
		t.Errorf("%+v %v", e, err)
	}
	log.Close()
	page, err := s.AuditLog(t.Context(), user("root", auth.Admin), AuditQuery{Action: "execute.end", Target: r.ID()})
	if err != nil || len(page.Records) != 1 || page.Records[0].Outcome != "lost" {
		t.Errorf("%+v %v", page, err)
	}
}

func TestAudit(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "audit.jsonl")
	db := openStore(t, dir)
	log, err := audit.Open(t.Context(), audit.Options{Path: path, Table: db})
	if err != nil {
		t.Fatal(err)
	}
	s := newService(t, func(o *Options) { o.Audit, o.Metrics = log, metrics.New("test") })
	ctx := t.Context()
	a := admin(t, s)
	newUser(t, s, a, "alice", auth.User, "correct horse")
	k, err := s.CreateKey(ctx, a, KeyRequest{Name: "ci"})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = s.Login(ctx, "alice", "wrong horse!", loopback)
	tok, err := s.Login(ctx, "alice", "correct horse", loopback)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = s.Refresh(ctx, tok.RefreshToken, loopback)
	_, _ = s.Refresh(ctx, tok.RefreshToken, loopback)
	want(t, "logout", s.Logout(ctx, tok.RefreshToken), "")
	if _, err := s.Authenticate(ctx, Credentials{APIKey: "nsb_wrong"}, loopback); err == nil {
		t.Error("a wrong key is good")
	}
	counted := httptest.NewRecorder()
	s.opts.Metrics.Handler().ServeHTTP(counted, httptest.NewRequest("GET", "/metrics", nil))
	if want := `nsbox_refused_total{code="unauthenticated"} 1`; !strings.Contains(counted.Body.String(), want) {
		t.Errorf("no %s", want)
	}
	wait(t, start(t, s, a, "print secret-of-the-program"))
	_, _ = s.Execute(ctx, user("v", auth.Viewer), ExecuteRequest{Code: "x"})
	log.Close()
	_, err = s.Execute(ctx, a, ExecuteRequest{Language: "python", Code: "print x"})
	want(t, "without an audit log", err, CodeUnavailable)
	if h := s.Health(ctx); h.Ready || h.Checks["audit"] == "ok" || h.Checks["audit"] == "" {
		t.Errorf("without an audit log: %+v", h)
	}

	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for _, secret := range []string{k.Secret, "horse", tok.AccessToken, tok.RefreshToken, "secret-of-the-program"} {
		if strings.Contains(text, secret) {
			t.Errorf("the log holds %.20s", secret)
		}
	}
	for _, line := range []string{
		`"action":"user.create","target":"alice"`, `"action":"key.create","target":"` + k.ID, `"action":"login","target":"","outcome":"failed"`,
		`"action":"login","target":"","outcome":"ok"`, `"action":"refresh","target":"","outcome":"reused"`, `"action":"logout","target":"","outcome":"ok"`, `"outcome":"admitted"`, `"action":"execute.end"`,
		`"action":"execute","target":"","outcome":"denied"`, `"code_sha256":"` + hashHex([]byte("print secret-of-the-program")), `"addr":"127.0.0.1"`,
		`"key_id":"`,
	} {
		if !strings.Contains(text, line) {
			t.Errorf("the log does not hold %s:\n%s", line, text)
		}
	}
	if _, err := audit.Verify(path, nil); err != nil {
		t.Error(err)
	}
}

func TestCloseLetsProgramsEnd(t *testing.T) {
	s := newService(t)
	short := start(t, s, alice, "sleep 50ms\nprint done")
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := s.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if e := wait(t, short); e.Verdict != nsbox.OK {
		t.Errorf("%+v", e)
	}
	_, err := s.Execute(t.Context(), alice, ExecuteRequest{Language: "python", Code: "print x"})
	want(t, "after Close", err, CodeUnavailable)

	s = newService(t)
	long := start(t, s, alice, "sleep 10m")
	now, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Close(now); err != nil {
		t.Fatal(err)
	}
	if e := wait(t, long); e.Verdict != nsbox.Cancelled {
		t.Errorf("%+v", e)
	}
}

// Many who stream at once: each has its own, whole, and nothing is left.
func TestManyStreams(t *testing.T) {
	s := newService(t, func(o *Options) {
		o.Limits.MaxConcurrent, o.Limits.MaxConcurrentPerUser, o.Limits.RateBurst, o.Limits.AddrRateBurst = 100, 100, 5000, 5000
	})
	var wg sync.WaitGroup
	for i := range 300 {
		wg.Go(func() {
			var program strings.Builder
			var want strings.Builder
			for j := range 20 {
				fmt.Fprintf(&program, "print %d-%d\n", i, j)
				fmt.Fprintf(&want, "%d-%d\n", i, j)
			}
			r, err := s.Execute(t.Context(), alice, ExecuteRequest{Language: "python", Code: program.String()})
			if err != nil {
				t.Error(err)
				return
			}
			defer r.Release()
			var got strings.Builder
			for e, err := range r.Events(t.Context(), 0) {
				if err != nil {
					t.Error(err)
				}
				got.Write(e.Data)
			}
			if got.String() != want.String() {
				t.Errorf("%d: got %q", i, got.String())
			}
		})
	}
	wg.Wait()
	if a, q := s.queue.load(); a != 0 || q != 0 {
		t.Errorf("left are %d running, %d waiting", a, q)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.runs) > keepRuns+100 {
		t.Errorf("%d runs are kept", len(s.runs))
	}
}

// The memory of what waits is bounded, and all of it is given back.
func TestPendingBytes(t *testing.T) {
	s := newService(t, func(o *Options) {
		o.Limits.MaxConcurrent, o.Limits.MaxConcurrentPerUser, o.Limits.MaxBody, o.Limits.MaxPending = 1, 1, 1000, 2500
	})
	large := "sleep 1m\n" + strings.Repeat("#", 990)
	a, b := start(t, s, alice, large), start(t, s, alice, large)
	_, err := s.Execute(t.Context(), bob, ExecuteRequest{Language: "python", Code: large})
	want(t, "one too many", err, CodeOverloaded)
	if AsError(err).RetryAfter == 0 {
		t.Error("it does not say when to come again")
	}
	small := start(t, s, bob, "print x")
	a.Release()
	b.Release()
	for _, r := range []*Run{a, b, small} {
		wait(t, r)
	}
	s.wg.Wait()
	if n := s.pending.Load(); n != 0 {
		t.Errorf("%d bytes are still counted", n)
	}
	_, err = s.Batch(t.Context(), alice, []ExecuteRequest{{Language: "python", Code: "print x"}, {Language: "python"}})
	want(t, "a wrong batch", err, CodeBadRequest)
	if n := s.pending.Load(); n != 0 {
		t.Errorf("%d bytes of a refused batch are counted", n)
	}
}

func BenchmarkExecute(b *testing.B) {
	dir := b.TempDir()
	log, err := audit.Open(b.Context(), audit.Options{Path: filepath.Join(dir, "audit.jsonl"), Table: openStore(b, dir)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { log.Close() })
	s := newService(b, func(o *Options) {
		o.Audit, o.Limits.RatePerMinute, o.Limits.AddrRatePerMinute = log, 0, 0
	})
	for b.Loop() {
		r, err := s.Execute(b.Context(), alice, ExecuteRequest{Language: "python", Code: "print x"})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := r.Wait(b.Context()); err != nil {
			b.Fatal(err)
		}
		r.Release()
	}
}
