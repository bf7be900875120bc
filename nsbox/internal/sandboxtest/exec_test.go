package sandboxtest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox"
)

func TestLives(t *testing.T) {
	c := client(t)
	sb := sandbox(t, c, nsbox.SandboxRequest{Name: "lives", Env: []string{"A=sandbox", "B=sandbox"}, Labels: map[string]string{"user": "u1"}})
	prints(t, sb, "open('state', 'w').write('kept')\nprint('hi')", "hi\n")
	prints(t, sb, "print(open('state').read())", "kept\n")

	res, err := sb.Exec(within(t), nsbox.Request{
		Files: []nsbox.File{{Name: "d/main.py", Data: []byte("import os, sys\nprint(sys.argv, os.environ['A'], os.environ['B'], input())\nsys.exit(3)")}},
		Args:  []string{"x y"}, Env: []string{"B=own"}, Stdin: strings.NewReader("in\n"),
	})
	if err != nil || res.Verdict != nsbox.NonZero || res.ExitCode != 3 || string(res.Stdout) != "['/workspace/d/main.py', 'x y'] sandbox own in\n" {
		t.Errorf("%v %s", err, show(res))
	}
	again, err := c.OpenSandbox(within(t), "lives")
	if err != nil || again.ID() != sb.ID() {
		t.Fatalf("open by name: %v", err)
	}
	info, err := again.Info(within(t))
	if err != nil {
		t.Fatal(err)
	}
	if info.Executions != 3 || info.Running != 0 || info.State != nsbox.SandboxRunning || info.Labels["user"] != "u1" ||
		info.Usage.MemoryBytes == 0 || info.Usage.CPUMS == 0 || info.Usage.Inodes != 3 || info.Usage.DiskBytes == 0 {
		t.Errorf("%+v", info)
	}
	_, err = c.CreateSandbox(within(t), nsbox.SandboxRequest{Name: "lives", Language: "python-slim"})
	refused(t, err, nsbox.ErrBadRequest, `you have a sandbox named "lives" already`)
	if err := sb.Close(within(t)); err != nil {
		t.Fatal(err)
	}
	_, err = again.Exec(within(t), nsbox.Request{Files: []nsbox.File{{Data: []byte("1")}}})
	refused(t, err, nsbox.ErrNoSandbox, "it was closed")
	info, err = again.Info(within(t))
	if err != nil || info.State != nsbox.SandboxTerminated || info.Reason != "it was closed" || info.Ended == nil {
		t.Errorf("%v %+v", err, info)
	}
	_, err = c.OpenSandbox(within(t), "never-there")
	refused(t, err, nsbox.ErrNoSandbox, "never-there")
}

func TestCommand(t *testing.T) {
	sb := sandbox(t, client(t), nsbox.SandboxRequest{})
	command := func(argv ...string) (nsbox.Result, error) {
		return sb.Exec(within(t), nsbox.Request{Command: argv})
	}
	if r, err := command("sh", "-c", "echo '#!/bin/sh\necho ran $1' > run.sh; chmod +x run.sh; pwd"); err != nil || string(r.Stdout) != "/workspace\n" {
		t.Errorf("%v %s", err, show(r))
	}
	if r, err := command("./run.sh", "it"); err != nil || string(r.Stdout) != "ran it\n" {
		t.Errorf("%v %s", err, show(r))
	}
	_, err := command("no-such-command")
	refused(t, err, nsbox.ErrBadRequest, "find command no-such-command: no such file")
	_, err = command("/workspace/absent")
	refused(t, err, nsbox.ErrBadRequest, "execve /workspace/absent: no such file")
	_, err = sb.Exec(within(t), nsbox.Request{Command: []string{"true"}, Artifacts: true})
	refused(t, err, nsbox.ErrBadRequest, "artifacts are not collected")
	_, err = sb.Exec(within(t), nsbox.Request{Language: "c", Files: []nsbox.File{{Data: []byte("int main;")}}})
	refused(t, err, nsbox.ErrBadRequest, "in which c does not run")
	_, err = sb.Exec(within(t), nsbox.Request{Command: []string{"true"}, Limits: nsbox.Limits{Memory: nsbox.GiB}})
	refused(t, err, nsbox.ErrBadRequest, "--memory is 1GiB; allowed are 64MiB to 256MiB")
	// None of that has hurt it.
	prints(t, sb, "print(1)", "1\n")
}

func TestCompiled(t *testing.T) {
	sb := sandbox(t, client(t), nsbox.SandboxRequest{Language: "c"})
	code := `#include <stdio.h>
int main(void) { char b[9]; FILE *f = fopen("data", "r"); fgets(b, 9, f); puts(b); return remove("/build/main") == 0; }`
	if err := sb.WriteFile(within(t), "data", []byte("there"), 0); err != nil {
		t.Fatal(err)
	}
	prints(t, sb, code, "there\n")
	prints(t, sb, code, "there\n") // the program of the first is not in the way
	r := exec(t, sb, "int main(void) { return x; }")
	if r.Verdict != nsbox.CompileError || !strings.Contains(string(r.Stderr), "undeclared") {
		t.Error(show(r))
	}
}

// Several at once: each has its own streams and its own main file.
func TestAtOnce(t *testing.T) {
	sb := sandbox(t, client(t), nsbox.SandboxRequest{})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			r := exec(t, sb, fmt.Sprintf("import time\nfor _ in range(20): print(%d); time.sleep(0.01)", i))
			if want := strings.Repeat(fmt.Sprintln(i), 20); string(r.Stdout) != want {
				t.Errorf("%d: %s", i, show(r))
			}
		})
	}
	wg.Wait()
	files, err := sb.ListFiles(within(t), "", true)
	if err != nil || len(files) != 0 {
		t.Errorf("left in /workspace: %v %v", files, err)
	}
}

func TestBusy(t *testing.T) {
	sb := sandbox(t, client(t), nsbox.SandboxRequest{})
	ctx, cancel := context.WithCancel(within(t))
	var wg sync.WaitGroup
	running := make(chan bool, 8)
	for i := range 8 {
		wg.Go(func() {
			res, err := sb.Exec(ctx, nsbox.Request{
				Files:   []nsbox.File{{Name: fmt.Sprintf("%d.py", i), Data: []byte("import time; print(1); time.sleep(60)")}},
				OnEvent: func(e nsbox.Event) { running <- e.Type == nsbox.EventStdout },
			})
			if err != nil || res.Verdict != nsbox.Cancelled {
				t.Errorf("%v %s", err, show(res))
			}
		})
	}
	for n := 0; n < 8; {
		if <-running {
			n++
		}
	}
	_, err := sb.Exec(within(t), nsbox.Request{Command: []string{"true"}})
	refused(t, err, nsbox.ErrBusy, "8 executions run in the sandbox already")
	cancel()
	go func() {
		for range running {
		}
	}()
	wg.Wait()
	close(running)
	prints(t, sb, "print(1)", "1\n")
}

func TestSameName(t *testing.T) {
	sb := sandbox(t, client(t), nsbox.SandboxRequest{})
	ctx, cancel := context.WithCancel(within(t))
	started := make(chan bool, 1)
	done := make(chan error, 1)
	go func() {
		_, err := sb.Exec(ctx, nsbox.Request{
			Files: []nsbox.File{{Name: "main.py", Data: []byte("import time; print(1); time.sleep(60)")}},
			OnEvent: func(e nsbox.Event) {
				if e.Type == nsbox.EventStdout {
					started <- true
				}
			},
		})
		done <- err
	}()
	<-started
	_, err := sb.Exec(within(t), nsbox.Request{Files: []nsbox.File{{Name: "main.py", Data: []byte("print(2)")}}})
	refused(t, err, nsbox.ErrBusy, `has brought a file named "main.py" as well`)
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// Limits end the execution, and what it started, and not the sandbox.
func TestLimits(t *testing.T) {
	sb := sandbox(t, client(t), nsbox.SandboxRequest{Limits: nsbox.Limits{Timeout: nsbox.Duration(30 * time.Second), Memory: 128 * nsbox.MiB, Disk: 16 * nsbox.MiB, Pids: 20}})
	if r := eval(t, sb, "kept = 1"); r.Verdict != nsbox.OK {
		t.Fatal(show(r))
	}
	for _, c := range []struct {
		name, code string
		want       nsbox.Verdict
	}{
		{"wall", "import subprocess, time\nsubprocess.Popen(['sleep', '1000'])\ntime.sleep(100)", nsbox.WallTimeout},
		{"memory", "b = bytearray(200 << 20)\nprint(len(b))", nsbox.OOM},
		{"fork bomb", "import os\nwhile True: os.fork()", nsbox.PidsLimit},
		{"output", "import sys\nwhile True: sys.stdout.write('x' * 65536)", nsbox.OutputLimit},
		{"disk", "f = open('big', 'wb')\nwhile True: f.write(b'x' * 65536)", nsbox.DiskFull},
		{"signal", "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)", nsbox.Signal},
	} {
		req := nsbox.Request{Files: []nsbox.File{{Data: []byte(c.code)}}}
		if c.want == nsbox.WallTimeout {
			req.Limits.Timeout = nsbox.Duration(time.Second)
		}
		if r, err := sb.Exec(within(t), req); err != nil || r.Verdict != c.want {
			t.Errorf("%s: %v %s", c.name, err, show(r))
		}
		if c.name == "disk" {
			// Nothing is written any more, but files can be removed.
			err := sb.WriteFile(within(t), "more", make([]byte, 1<<20), 0)
			refused(t, err, nsbox.ErrQuota, "disk or inode limit")
			if err := sb.Remove(within(t), "big", false); err != nil {
				t.Error(err)
			}
		}
	}
	res, err := sb.Exec(within(t), nsbox.Request{Command: []string{"python3", "-c", "while True: pass"}, Limits: nsbox.Limits{CPUTime: nsbox.Duration(200 * time.Millisecond), Timeout: nsbox.Duration(30 * time.Second)}})
	if err != nil || res.Verdict != nsbox.CPUTimeout {
		t.Errorf("cpu: %v %s", err, show(res))
	}
	// The interpreter beside them has kept its state, and nothing else is left.
	if r := eval(t, sb, "kept"); r.Value == nil || r.Value.Text != "1" {
		t.Error(show(r))
	}
	eventually(t, "only the interpreter is left", func() bool {
		info, err := sb.Info(within(t))
		return err == nil && info.Usage.Pids == 2
	})
}

func TestPause(t *testing.T) {
	sb := sandbox(t, client(t), nsbox.SandboxRequest{Limits: nsbox.Limits{Timeout: nsbox.Duration(3 * time.Second)}})
	lines := make(chan string, 100)
	done := make(chan nsbox.Result, 1)
	go func() {
		res, err := sb.Exec(within(t), nsbox.Request{
			Files: []nsbox.File{{Data: []byte("import time\nfor i in range(20): print(i); time.sleep(0.1)")}},
			OnEvent: func(e nsbox.Event) {
				if e.Type == nsbox.EventStdout {
					lines <- string(e.Data)
				}
			},
		})
		if err != nil {
			t.Error(err)
		}
		done <- res
	}()
	<-lines
	info, err := sb.Pause(within(t))
	if err != nil || info.State != nsbox.SandboxPaused {
		t.Fatalf("%v %+v", err, info)
	}
	for len(lines) > 0 {
		<-lines
	}
	_, err = sb.Exec(within(t), nsbox.Request{Command: []string{"true"}})
	refused(t, err, nsbox.ErrPaused, "the sandbox is paused; resume it first")
	refused(t, sb.WriteFile(within(t), "x", nil, 0), nsbox.ErrPaused, "paused")
	_, err = sb.Eval(within(t), nsbox.EvalRequest{Code: "1"})
	refused(t, err, nsbox.ErrPaused, "paused")
	// Longer than the timeout, which stands still.
	time.Sleep(3200 * time.Millisecond)
	if n := len(lines); n > 0 {
		t.Errorf("%d lines while it was paused", n)
	}
	if info, err = sb.Resume(within(t)); err != nil || info.State != nsbox.SandboxRunning {
		t.Fatalf("%v %+v", err, info)
	}
	if r := <-done; r.Verdict != nsbox.OK || !strings.HasSuffix(string(r.Stdout), "19\n") {
		t.Error(show(r))
	}
	// A paused sandbox can be ended, with what runs in it.
	go func() {
		r, err := sb.Exec(within(t), nsbox.Request{Command: []string{"sleep", "60"}})
		if err == nil && r.Verdict != nsbox.Cancelled {
			t.Error(show(r))
		}
		done <- r
	}()
	eventually(t, "it runs", func() bool { i, err := sb.Info(within(t)); return err == nil && i.Usage.Pids >= 2 })
	if _, err := sb.Pause(within(t)); err != nil {
		t.Fatal(err)
	}
	if err := sb.Close(within(t)); err != nil {
		t.Fatal(err)
	}
	<-done
}

func TestTimeToLive(t *testing.T) {
	c := client(t)
	ends := func(req nsbox.SandboxRequest, reason string) {
		sb := sandbox(t, c, req)
		eventually(t, reason, func() bool {
			i, err := sb.Info(within(t))
			return err == nil && i.State == nsbox.SandboxTerminated
		})
		i, err := sb.Info(within(t))
		if err != nil || !strings.Contains(i.Reason, reason) {
			t.Errorf("%v %q", err, i.Reason)
		}
		_, err = sb.Exec(within(t), nsbox.Request{Command: []string{"true"}})
		refused(t, err, nsbox.ErrNoSandbox, reason)
	}
	ends(nsbox.SandboxRequest{TTL: nsbox.Duration(time.Second)}, "its time to live is over")
	ends(nsbox.SandboxRequest{IdleTimeout: nsbox.Duration(time.Second)}, "nothing was done in it for 1s")

	sb := sandbox(t, c, nsbox.SandboxRequest{TTL: nsbox.Duration(time.Second), IdleTimeout: nsbox.Duration(time.Second)})
	if i, err := sb.Extend(within(t), time.Minute); err != nil || time.Until(i.Expires) < 50*time.Second {
		t.Fatalf("%v %+v", err, i)
	}
	// What runs is not idle.
	if r, err := sb.Exec(within(t), nsbox.Request{Command: []string{"sleep", "2"}}); err != nil || r.Verdict != nsbox.OK {
		t.Errorf("%v %s", err, show(r))
	}
	_, err := sb.Extend(within(t), 1000*time.Hour)
	refused(t, err, nsbox.ErrBadRequest, "--ttl is 1000h; allowed are 1s to 24h")
}

func TestCancel(t *testing.T) {
	sb := sandbox(t, client(t), nsbox.SandboxRequest{})
	ctx, cancel := context.WithTimeout(within(t), 500*time.Millisecond)
	defer cancel()
	r, err := sb.Exec(ctx, nsbox.Request{Files: []nsbox.File{{Data: []byte("import os, time\nif os.fork() == 0: os.setsid()\ntime.sleep(100)")}}})
	if err != nil || r.Verdict != nsbox.Cancelled {
		t.Errorf("%v %s", err, show(r))
	}
	eventually(t, "nothing of it is left", func() bool { i, err := sb.Info(within(t)); return err == nil && i.Usage.Pids == 0 })
	if _, err := sb.Exec(ctx, nsbox.Request{Command: []string{"true"}}); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("with a context that is over: %v", err)
	}
}
