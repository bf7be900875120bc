package service

import (
	"context"
	"encoding/json"
	"io"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/daemon/metrics"
	"github.com/nsbox/nsbox/nsbox/heal"
	"github.com/nsbox/nsbox/nsbox/internal/helperproc"
	"github.com/nsbox/nsbox/nsbox/internal/nstest"
)

// withHelper makes a service whose programs run in real sandboxes.
func withHelper(t *testing.T) (*Service, *nsbox.Client, func() *helperproc.Proc) {
	t.Helper()
	nstest.RequireRoot(t)
	nstest.RequireImage(t, "python")
	program := nstest.RequireHelper(t)
	dir, err := os.MkdirTemp("/tmp", "nsbox-service-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	startHelper := func() *helperproc.Proc {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		p, err := helperproc.Start(ctx, helperproc.Config{Program: program, Dir: dir, Args: []string{"--images", nstest.Images()}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { p.Stop() })
		return p
	}
	healing, err := heal.Options()
	if err != nil {
		t.Fatal(err)
	}
	client := &nsbox.Client{Socket: dir + "/helper.sock"}
	s := newService(t, func(o *Options) {
		o.Client, o.Run, o.Heal = client, nil, healing
		o.Healers = func(string) ([]nsbox.Healer, error) { return healing.Healers, nil }
	})
	return s, client, startHelper
}

func TestRealPrograms(t *testing.T) {
	s, client, startHelper := withHelper(t)
	e := wait(t, start(t, s, alice, "print(1)"))
	if err := e.Err(); err == nil || err.Code != CodeUnavailable || err.RetryAfter == 0 {
		t.Errorf("without a helper: %+v", e)
	}
	startHelper()
	e = wait(t, start(t, s, alice, "import sys\nprint('hi', sys.stdin.read())\nopen('a.txt','w').write('left')", func(r *ExecuteRequest) {
		r.Stdin, r.Artifacts = "there", ArtifactsKept
	}))
	if e.Verdict != nsbox.OK || string(e.Result.Stdout) != "hi there\n" || len(e.Result.Artifacts) != 1 {
		t.Fatalf("%+v %+v", e, e.Result)
	}
	_, f, err := s.Artifact(t.Context(), alice, e.ID, "a.txt")
	if err != nil {
		t.Fatal(err)
	}
	b, _ := io.ReadAll(f)
	f.Close()
	if string(b) != "left" {
		t.Errorf("the artifact is %q", b)
	}
	e = wait(t, start(t, s, alice, "print(unknwon)\nunknown = 3\n", func(r *ExecuteRequest) { r.Heal = ptr(false) }))
	if e.Verdict != nsbox.NonZero || e.Healed {
		t.Errorf("%+v", e)
	}
	e = wait(t, start(t, s, alice, "value = 3\nprint(valeu)\n", func(r *ExecuteRequest) { r.Heal = ptr(true) }))
	if e.Verdict != nsbox.OK || !e.Healed || e.Iterations < 2 {
		t.Errorf("healing: %+v", e)
	}
	e = wait(t, start(t, s, alice, "x", func(r *ExecuteRequest) { r.Timeout = nsbox.Duration(9 * time.Hour) }))
	if err := e.Err(); err == nil || err.Code != CodeUnprocessable {
		t.Errorf("what the helper refuses: %+v", e)
	}
	r := start(t, s, alice, "import time\nprint('begun', flush=True)\ntime.sleep(60)")
	for ev, err := range r.Events(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(ev.Data), "begun") {
			r.Release() // as when a client goes away
		}
	}
	if e := wait(t, r); e.Verdict != nsbox.Cancelled {
		t.Errorf("%+v", e)
	}
	if testing.Verbose() {
		measure(t, s, client)
	}
}

// measure logs what the service adds to the helper's own time.
func measure(t *testing.T, s *Service, client *nsbox.Client) {
	median := func(run func()) time.Duration {
		var all []time.Duration
		for range 60 {
			begin := time.Now()
			run()
			all = append(all, time.Since(begin))
		}
		slices.Sort(all)
		return all[len(all)/2]
	}
	direct := median(func() {
		if _, err := client.Run(t.Context(), nsbox.Request{Language: "python", Files: []nsbox.File{{Name: "main.py", Data: []byte("print(1)")}}}); err != nil {
			t.Fatal(err)
		}
	})
	through := median(func() { wait(t, start(t, s, alice, "print(1)")) })
	t.Logf("median of 60: client %s, service %s", direct, through)
}

// The helper dies in the middle of many executions: each ends with a clean error,
// and the next helper runs the next program.
func TestTheHelperIsKilled(t *testing.T) {
	s, _, startHelper := withHelper(t)
	p := startHelper()
	var runs []*Run
	for range 6 {
		runs = append(runs, start(t, s, alice, "import time\nprint('begun', flush=True)\ntime.sleep(60)"))
	}
	var wg sync.WaitGroup
	for _, r := range runs {
		wg.Go(func() {
			for ev := range r.Events(t.Context(), 0) {
				if strings.Contains(string(ev.Data), "begun") {
					return
				}
			}
		})
	}
	wg.Wait()
	p.Kill()
	for _, r := range runs {
		e := wait(t, r)
		if err := e.Err(); err == nil || err.Code != CodeUnavailable || err.RetryAfter == 0 || e.Error != "the helper ended in the middle of the execution" {
			t.Errorf("%+v", e)
		}
		if h, err := s.store.Execution(t.Context(), e.ID); err != nil || h.State != "done" || h.Verdict != "internal" || h.Error == "" {
			t.Errorf("the history has %+v %v", h, err)
		}
	}
	startHelper()
	if e := wait(t, start(t, s, alice, "print('again')")); e.Verdict != nsbox.OK {
		t.Errorf("the next program: %+v", e)
	}
}

// Who may see all statistics sees what the helper keeps ready.
func TestPoolInStatistics(t *testing.T) {
	s, client, startHelper := withHelper(t)
	startHelper()
	for range 3 {
		wait(t, start(t, s, alice, "print(1)"))
	}
	st, err := s.Stats(t.Context(), user("op", "operator"), Query{})
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string]int64{}
	for _, p := range st.Pool {
		asked[p.Image] += p.Taken + p.Missed
	}
	if asked["python"]+asked["python-slim"] < 3 { // the smaller image where there is one
		t.Errorf("the pool is %+v", st.Pool)
	}
	if st, err := s.Stats(t.Context(), alice, Query{}); err != nil || st.Pool != nil {
		t.Errorf("a user sees %+v %v", st.Pool, err)
	}
	m := metrics.New("test")
	if err := m.Register(metrics.Pool{Ask: client.Pool}); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	for _, want := range []string{`nsbox_pool_ready{image="python`, `nsbox_pool_missed_total{image="python`} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("no %s in /metrics", want)
		}
	}
}

func TestSandboxes(t *testing.T) {
	s, _, startHelper := withHelper(t)
	startHelper()
	ctx := t.Context()
	b, err := s.CreateSandbox(ctx, alice, SandboxRequest{Name: "mine", Language: "python", Volume: "data"})
	if err != nil {
		t.Fatal(err)
	}
	if b.State != nsbox.SandboxRunning || b.OwnerName != "alice" || b.Volume != "data" {
		t.Errorf("%+v", b)
	}
	if _, err := s.WriteSandboxFile(ctx, alice, b.ID, "in.txt", strings.NewReader("content"), 0); err != nil {
		t.Fatal(err)
	}
	e := wait(t, start(t, s, alice, "print(open('in.txt').read())", func(r *ExecuteRequest) { r.Sandbox, r.Language = b.ID, "" }))
	if e.Verdict != nsbox.OK || string(e.Result.Stdout) != "content\n" || e.Sandbox != b.ID {
		t.Errorf("%+v %+v", e, e.Result)
	}
	files, err := s.SandboxFiles(ctx, alice, b.ID, "", true)
	if err != nil || len(files) != 1 || files[0].Path != "in.txt" {
		t.Errorf("files are %+v %v", files, err)
	}
	// It is hers alone.
	for name, do := range map[string]func() error{
		"see":    func() error { return second(s.Sandbox(ctx, bob, b.ID)) },
		"run in": func() error { return second(s.Execute(ctx, bob, ExecuteRequest{Code: "x", Sandbox: b.ID})) },
		"read":   func() error { _, _, err := s.ReadSandboxFile(ctx, bob, b.ID, "in.txt"); return err },
		"write":  func() error { return second(s.WriteSandboxFile(ctx, bob, b.ID, "x", strings.NewReader(""), 0)) },
		"pause":  func() error { return second(s.PauseSandbox(ctx, bob, b.ID)) },
		"end":    func() error { return s.DeleteSandbox(ctx, bob, b.ID) },
	} {
		want(t, name+" another's", do(), CodeNotFound)
	}
	if list, err := s.ListSandboxes(ctx, bob, false); err != nil || len(list) != 0 {
		t.Errorf("bob sees %+v %v", list, err)
	}
	if list, err := s.ListSandboxes(ctx, user("op", "operator"), false); err != nil || len(list) != 1 {
		t.Errorf("an operator sees %+v %v", list, err)
	}
	if v, err := s.PauseSandbox(ctx, alice, b.ID); err != nil || v.State != nsbox.SandboxPaused {
		t.Errorf("%+v %v", v, err)
	}
	e = wait(t, start(t, s, alice, "print(1)", func(r *ExecuteRequest) { r.Sandbox = b.ID }))
	if err := e.Err(); err == nil || err.Code != CodeConflict {
		t.Errorf("in a paused one: %+v", e)
	}
	want(t, "extend", second(s.ExtendSandbox(ctx, alice, b.ID, time.Minute)), "")
	want(t, "make a directory in a paused one", s.MakeSandboxDir(ctx, alice, b.ID, "d"), CodeConflict)
	if v, err := s.ResumeSandbox(ctx, alice, b.ID); err != nil || v.State != nsbox.SandboxRunning {
		t.Errorf("%+v %v", v, err)
	}
	_, err = s.WriteSandboxFile(ctx, alice, b.ID, "../x", strings.NewReader(""), 0)
	if err == nil {
		t.Error("a name that climbs is taken")
	}
	_, _, err = s.ReadSandboxFile(ctx, alice, b.ID, "none")
	want(t, "a file that there is not", err, CodeNotFound)
	want(t, "end", s.DeleteSandbox(ctx, alice, b.ID), "")
	if v, err := s.Sandbox(ctx, alice, b.ID); err != nil || v.State != nsbox.SandboxTerminated {
		t.Errorf("afterwards: %+v %v", v, err)
	}
	_, err = s.Execute(ctx, alice, ExecuteRequest{Code: "x", Sandbox: b.ID})
	want(t, "run in one that ended", err, CodeNotFound)
	if v, err := s.ListVolumes(ctx, alice); err != nil || len(v) != 1 || v[0].Name != "data" {
		t.Errorf("volumes: %+v %v", v, err)
	}
	if v, err := s.ListVolumes(ctx, bob); err != nil || len(v) != 0 {
		t.Errorf("bob's volumes: %+v %v", v, err)
	}
	want(t, "remove the volume", s.RemoveVolume(ctx, alice, "data"), "")
}

func TestSessions(t *testing.T) {
	s, _, startHelper := withHelper(t)
	startHelper()
	eval := func(p Principal, session, code string) Execution {
		return wait(t, start(t, s, p, code, func(r *ExecuteRequest) { r.Session = session }))
	}
	eval(alice, "a", "x = 20")
	e := eval(alice, "a", "x += 1\nx * 2")
	if e.Verdict != nsbox.OK || e.Result.Value == nil || e.Result.Value.Text != "42" {
		b, _ := json.Marshal(e)
		t.Errorf("%s", b)
	}
	for name, other := range map[string]Execution{"another session": eval(alice, "b", "x"), "another's session": eval(bob, "a", "x")} {
		if other.Verdict != nsbox.NonZero || !strings.Contains(string(other.Result.Stderr), "NameError") {
			t.Errorf("%s knows x: %+v", name, other.Result)
		}
	}
}
