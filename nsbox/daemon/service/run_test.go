package service

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
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
	for program, want := range map[string]string{"break": CodeInternal, "refuse": CodeUnprocessable} {
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
		if last.Type != nsbox.EventError || last.Error != e.Error {
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

func TestHistory(t *testing.T) {
	s := newService(t)
	ctx := t.Context()
	var ids []string
	for i := range 12 {
		p := alice
		if i%3 == 0 {
			p = bob
		}
		e := wait(t, start(t, s, p, fmt.Sprintf("print needle-%d\nexit %d", i, i%2)))
		ids = append(ids, e.ID)
	}
	var got []string
	q := Query{Limit: 3}
	for {
		page, err := s.Executions(ctx, alice, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Executions {
			if e.OwnerID != alice.ID || e.Result != nil || e.Code != "" {
				t.Errorf("%+v", e)
			}
			got = append(got, e.ID)
		}
		if page.Next == "" {
			break
		}
		q.Cursor = page.Next
	}
	if len(got) != 8 || got[0] != ids[11] {
		t.Errorf("alice's are %v of %v", got, ids)
	}
	op := user("op", auth.Operator)
	for _, c := range []struct {
		q    Query
		want int
	}{
		{Query{}, 12}, {Query{Owner: bob.ID}, 4}, {Query{Text: "NEEDLE-1"}, 3}, {Query{Language: "py"}, 12}, {Query{Language: "go"}, 0}, {Query{Owner: "me"}, 0},
		{Query{From: time.Now().Add(time.Hour)}, 0},
	} {
		page, err := s.Executions(ctx, op, c.q)
		if err != nil || len(page.Executions) != c.want {
			t.Errorf("%+v: %d %v", c.q, len(page.Executions), err)
		}
	}
	for name, q := range map[string]Query{"cursor": {Cursor: "nonsense"}, "limit": {Limit: 501}, "negative limit": {Limit: -1}} {
		if _, err := s.Executions(ctx, alice, q); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	st, err := s.Stats(ctx, alice, Query{})
	if err != nil || st.Executions != 8 {
		t.Errorf("%+v %v", st, err)
	}
}

// What is no longer in memory is answered by the history.
func TestAttachAfterwards(t *testing.T) {
	s := newService(t)
	r := start(t, s, alice, "print a\nprint b\nexit 4")
	e := wait(t, r)
	s.mu.Lock()
	clear(s.runs)
	s.mu.Unlock()
	again, err := s.Attach(t.Context(), alice, r.ID())
	if err != nil {
		t.Fatal(err)
	}
	read := func(after int64) string {
		var out []string
		for ev, err := range again.Events(t.Context(), after) {
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, fmt.Sprintf("%d:%s:%s", ev.Seq, ev.Type, ev.Data))
		}
		return strings.Join(out, " ")
	}
	if got := read(0); got != "1:start: 2:stdout:a\nb\n 3:exit:" {
		t.Errorf("from the beginning: %q", got)
	}
	if got, want := read(1), fmt.Sprintf("%d:exit:", e.EventSeq); got != want {
		t.Errorf("behind the first: %q; want %q", got, want)
	}
	if got := read(e.EventSeq); got != "" {
		t.Errorf("behind the last: %q", got)
	}
	got, err := again.Wait(t.Context())
	if err != nil || *got.ExitCode != 4 || string(got.Result.Stdout) != "a\nb\n" || got.Code == "" {
		t.Errorf("%+v %v", got, err)
	}
}

func TestArtifacts(t *testing.T) {
	s := newService(t, func(o *Options) { o.Retention.ArtifactsMax = 10 })
	ctx := t.Context()
	e := wait(t, start(t, s, alice, "file out/a.txt data", func(r *ExecuteRequest) { r.Artifacts = ArtifactsKept }))
	if len(e.Result.Artifacts) != 1 || e.Result.Artifacts[0].Data != nil {
		t.Errorf("%+v", e.Result.Artifacts)
	}
	a, f, err := s.Artifact(ctx, alice, e.ID, "out/a.txt")
	if err != nil {
		t.Fatal(err)
	}
	b, _ := io.ReadAll(f)
	f.Close()
	if string(b) != "data" || a.Size != 4 {
		t.Errorf("%q %+v", b, a)
	}
	for _, path := range []string{"out", "../../token.key", "/etc/passwd", ""} {
		_, _, err := s.Artifact(ctx, alice, e.ID, path)
		want(t, "artifact "+path, err, CodeNotFound)
	}
	d := wait(t, start(t, s, alice, "file b.txt datadata", func(r *ExecuteRequest) { r.Artifacts = ArtifactsData }))
	if string(d.Result.Artifacts[0].Data) != "datadata" {
		t.Errorf("%+v", d.Result.Artifacts)
	}
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(s.artifactDir(e.ID), old, old); err != nil {
		t.Fatal(err)
	}
	if err := s.Prune(ctx); err != nil {
		t.Fatal(err)
	}
	_, _, err = s.Artifact(ctx, alice, e.ID, "out/a.txt")
	want(t, "the oldest of too much", err, CodeNotFound)
	_, f, err = s.Artifact(ctx, alice, d.ID, "b.txt")
	want(t, "the newest", err, "")
	f.Close()
}

func TestBatch(t *testing.T) {
	s := newService(t)
	ctx := t.Context()
	reqs := []ExecuteRequest{{Language: "python", Code: "print 0"}, {Language: "python", Code: "print 1\nexit 2"}, {Language: "python", Code: "break"}}
	b, err := s.Batch(ctx, alice, reqs)
	if err != nil || len(b.Executions) != 3 {
		t.Fatalf("%+v %v", b, err)
	}
	_, err = s.BatchStatus(ctx, bob, b.ID)
	want(t, "another's", err, CodeNotFound)
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		st, err := s.BatchStatus(ctx, alice, b.ID)
		if err != nil {
			t.Fatal(err)
		}
		if st.Done {
			for i, want := range []nsbox.Verdict{nsbox.OK, nsbox.NonZero, nsbox.Internal} {
				if st.Executions[i].Verdict != want || st.Executions[i].ID != b.Executions[i].ID {
					t.Errorf("%d: %+v", i, st.Executions[i])
				}
			}
			break
		}
		if time.Now().After(end) {
			t.Fatal("it does not end")
		}
	}
	_, err = s.Batch(ctx, alice, nil)
	want(t, "nothing", err, CodeBadRequest)
	_, err = s.Batch(ctx, alice, make([]ExecuteRequest, 101))
	want(t, "too many", err, CodeTooLarge)
	reqs[1].Code = ""
	_, err = s.Batch(ctx, alice, reqs)
	want(t, "one that is wrong", err, CodeBadRequest)
	if err != nil && !strings.HasPrefix(err.Error(), "executions[1]: ") {
		t.Errorf("%v does not say which", err)
	}
	_, err = s.BatchStatus(ctx, alice, "none")
	want(t, "a batch that there is not", err, CodeNotFound)
}

func TestIdempotency(t *testing.T) {
	s := newService(t)
	ctx := t.Context()
	var n atomic.Int64
	fn := func() ([]byte, error) { return fmt.Appendf(nil, "answer %d", n.Add(1)), nil }
	slow := func() ([]byte, error) {
		time.Sleep(30 * time.Millisecond)
		return fn()
	}
	// Of many at once one does it, and all have its answer.
	var wg sync.WaitGroup
	var fresh atomic.Int64
	for range 10 {
		wg.Go(func() {
			b, replayed, err := s.Idempotent(ctx, alice, "k", "h", slow)
			if err != nil || string(b) != "answer 1" {
				t.Errorf("%s %v", b, err)
			}
			if !replayed {
				fresh.Add(1)
			}
		})
	}
	wg.Wait()
	if fresh.Load() != 1 || n.Load() != 1 {
		t.Errorf("%d did it, %d times", fresh.Load(), n.Load())
	}
	_, _, err := s.Idempotent(ctx, alice, "k", "other", fn)
	want(t, "another body", err, CodeConflict)
	if b, _, err := s.Idempotent(ctx, bob, "k", "other", fn); err != nil || string(b) != "answer 2" {
		t.Errorf("another's key of the same name: %s %v", b, err)
	}
	for range 2 { // without a key nothing is kept
		if _, replayed, err := s.Idempotent(ctx, alice, "", "h", fn); replayed || err != nil {
			t.Error("replayed without a key")
		}
	}
	failing := errf(CodeOverloaded, "later")
	_, _, err = s.Idempotent(ctx, alice, "f", "h", func() ([]byte, error) { return nil, failing })
	want(t, "a failure", err, CodeOverloaded)
	if b, replayed, err := s.Idempotent(ctx, alice, "f", "h", fn); err != nil || replayed || len(b) == 0 {
		t.Errorf("a failure is kept: %v", err)
	}
	_, _, err = s.Idempotent(ctx, alice, strings.Repeat("k", 256), "h", fn)
	want(t, "a long key", err, CodeBadRequest)
	if len(s.busyKeys) != 0 {
		t.Error("keys are left")
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
	wait(t, start(t, s, a, "print secret-of-the-program"))
	_, _ = s.Execute(ctx, user("v", auth.Viewer), ExecuteRequest{Code: "x"})
	log.Close()
	_, err = s.Execute(ctx, a, ExecuteRequest{Language: "python", Code: "print x"})
	want(t, "without an audit log", err, CodeUnavailable)

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
		`"action":"login","target":"","outcome":"ok"`, `"action":"refresh","target":"","outcome":"reused"`, `"outcome":"admitted"`, `"action":"execute.end"`,
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
