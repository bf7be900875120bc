package sandboxtest

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox"
)

// answer is what a snippet must come to.
type answer struct {
	code    string
	verdict nsbox.Verdict
	exit    int
	stdout  string
	stderr  string // in it
	value   string
	lost    bool
}

func (a answer) check(t *testing.T, sb *nsbox.Sandbox) {
	t.Helper()
	r := eval(t, sb, a.code)
	value := ""
	if r.Value != nil {
		value = r.Value.Text
	}
	if a.verdict == "" {
		a.verdict = nsbox.OK
	}
	if r.Verdict != a.verdict || r.ExitCode != a.exit || string(r.Stdout) != a.stdout || !strings.Contains(string(r.Stderr), a.stderr) ||
		a.stderr == "" && len(r.Stderr) > 0 || value != a.value || r.StateLost != a.lost {
		t.Errorf("%s\ngives %s\nwant %+v", a.code, show(r), a)
	}
}

func TestPython(t *testing.T) {
	sb := sandbox(t, client(t), nsbox.SandboxRequest{Limits: nsbox.Limits{Timeout: nsbox.Duration(20 * time.Second)}})
	for _, a := range []answer{
		{code: "import math\nx = 20\ndef f(n): return n * 2\nclass C: pass"},
		{code: "f(x) + 2", value: "42"},
		{code: "_ + 1", value: "43"},
		{code: "print('a'); x += 1\nx", stdout: "a\n", value: "21"},
		{code: "None"},
		{code: "for i in range(2): print(i)", stdout: "0\n1\n"},
		{code: "1 / 0", verdict: nsbox.NonZero, exit: 1, stderr: "line 1, in <module>\n    1 / 0\n"},
		{code: "def (", verdict: nsbox.NonZero, exit: 1, stderr: "SyntaxError"},
		{code: "x", value: "21"}, // survives both
		{code: "import sys; sys.exit(7)", verdict: nsbox.NonZero, exit: 7},
		{code: "exit()"},
		{code: "raise KeyboardInterrupt", verdict: nsbox.NonZero, exit: 1, stderr: "KeyboardInterrupt"},
		{code: "import subprocess; subprocess.run(['echo', 'child']); 5", stdout: "child\n", value: "5"},
		{code: "input()", verdict: nsbox.NonZero, exit: 1, stderr: "EOFError"},
		{code: "import os; os.listdir('/build')", value: "['session']"},
		{code: "open('/build/session', 'w')", verdict: nsbox.NonZero, exit: 1, stderr: "session"},
		{code: "import pickle; pickle.loads(pickle.dumps(C())).__class__ is C", value: "True"},
		{code: "if os.fork() == 0:\n  print('forked')\n  sys.exit(0)\nos.wait()[1]", stdout: "forked\n", value: "0"},
		{code: "class B:\n  def __repr__(self): raise ValueError('no repr')\nB()", verdict: nsbox.NonZero, exit: 1, stderr: "no repr"},
		{code: "x", value: "21"},
		{code: "import os; os._exit(9)", verdict: nsbox.NonZero, exit: 9, lost: true},
		{code: "x", verdict: nsbox.NonZero, exit: 1, stderr: "NameError: name 'x' is not defined"},
		{code: "x = 5"},
		{code: "os = __import__('os'); os.kill(os.getpid(), 11)", verdict: nsbox.Signal, exit: 139, lost: true},
		{code: "'é' * 2", value: "'éé'"},
	} {
		a.check(t, sb)
	}
	r := eval(t, sb, "{'a': [1, 2.5, None], 'b': 'x'}")
	if r.Value == nil || string(r.Value.JSON) != `{"a":[1,2.5,null],"b":"x"}` || r.Value.Type != "dict" {
		t.Error(show(r))
	}
	if r = eval(t, sb, "'x' * 10**7"); r.Value == nil || len(r.Value.Text) > 9000 || !strings.HasSuffix(r.Value.Text, "...") || r.Value.JSON != nil {
		t.Error(show(r))
	}
	res, err := sb.Eval(within(t), nsbox.EvalRequest{Code: "len(dir())", Reset: true})
	if err != nil || res.StateLost || res.Verdict != nsbox.OK {
		t.Errorf("%v %s", err, show(res))
	}
	if r = eval(t, sb, "'a' in globals()"); r.Value == nil || r.Value.Text != "False" {
		t.Error(show(r))
	}
	_, err = sb.Eval(within(t), nsbox.EvalRequest{Code: "1", Limits: nsbox.Limits{Memory: 64 * nsbox.MiB}})
	refused(t, err, nsbox.ErrBadRequest, "--memory is the sandbox's")
}

func TestJavaScript(t *testing.T) {
	sb := sandbox(t, client(t), nsbox.SandboxRequest{Language: "javascript"})
	for _, a := range []answer{
		{code: "let x = 20; const f = (n) => n * 2; class C {}; function g() { return 1 }"},
		{code: "f(x) + 2", value: "42"},
		{code: "console.log('a'); x += 1; x", stdout: "a\n", value: "21"},
		{code: "const y = await Promise.resolve(7)\ny * 6", value: "42"},
		{code: "y", value: "7"},
		{code: "await new Promise((r) => setTimeout(r, 20)); console.log('later')", stdout: "later\n"},
		{code: "Promise.resolve({ a: [1] })", value: "{ a: [ 1 ] }"},
		{code: "throw new Error('mine')", verdict: nsbox.NonZero, exit: 1, stderr: "Error: mine"},
		{code: "let = = 3", verdict: nsbox.NonZero, exit: 1, stderr: "SyntaxError"},
		{code: "await Promise.reject(new TypeError('late'))", verdict: nsbox.NonZero, exit: 1, stderr: "TypeError: late"},
		{code: "require('fs').writeFileSync('f', 'x'); require('fs').readdirSync('.')", value: "[ 'f' ]"},
		{code: "x", value: "21"},
		{code: "process.exit(4)", verdict: nsbox.NonZero, exit: 4, lost: true},
		{code: "typeof x", value: "'undefined'"},
	} {
		a.check(t, sb)
	}
	res, err := sb.Eval(within(t), nsbox.EvalRequest{Code: "for (;;);", Limits: nsbox.Limits{Timeout: nsbox.Duration(time.Second)}})
	if err != nil || res.Verdict != nsbox.WallTimeout || !res.StateLost {
		t.Errorf("%v %s", err, show(res))
	}
}

// A snippet that goes beyond a limit loses the state, says so, and the next one
// has a fresh interpreter.
func TestStateLost(t *testing.T) {
	sb := sandbox(t, client(t), nsbox.SandboxRequest{Limits: nsbox.Limits{Memory: 128 * nsbox.MiB, Disk: 16 * nsbox.MiB, MaxOutput: 64 * nsbox.KiB}})
	for _, c := range []struct {
		code string
		lim  nsbox.Limits
		want nsbox.Verdict
	}{
		{"while True: pass", nsbox.Limits{Timeout: nsbox.Duration(time.Second)}, nsbox.WallTimeout},
		{"while True: pass", nsbox.Limits{CPUTime: nsbox.Duration(200 * time.Millisecond)}, nsbox.CPUTimeout},
		{"b = bytearray(300 << 20)\nfor i in range(0, len(b), 4096): b[i] = 1", nsbox.Limits{}, nsbox.OOM},
		{"while True: print('x' * 10000)", nsbox.Limits{}, nsbox.OutputLimit},
	} {
		if r := eval(t, sb, "x = 1"); r.Verdict != nsbox.OK || r.StateLost {
			t.Fatal(show(r))
		}
		r, err := sb.Eval(within(t), nsbox.EvalRequest{Code: c.code, Limits: c.lim})
		if err != nil || r.Verdict != c.want || !r.StateLost {
			t.Errorf("%s: %v want %s lost\n%.600s", c.code, err, c.want, show(r))
		}
		answer{code: "'x' in globals()", value: "False"}.check(t, sb)
	}
	// A snippet that was printed more than is kept, but ended, keeps its state.
	r := eval(t, sb, "x = 2\nprint('y' * 100000)")
	if r.Verdict != nsbox.OutputLimit || r.StateLost || r.Truncated.Stdout.TotalBytes != 100001 {
		t.Errorf("%.300s", show(r))
	}
	answer{code: "x", value: "2"}.check(t, sb)
}

// Snippets that get at their interpreter's socket fool nobody but themselves.
func TestForgedReplies(t *testing.T) {
	sb := sandbox(t, client(t), nsbox.SandboxRequest{})
	for _, forged := range []string{`b'{"id": 77, "exit_code": 0}\n'`, `b'nonsense\n'`, `b'x' * 100000`, `b'{"id": 1, "exit_code": 0, "value": "text"}\n'`} {
		r, err := sb.Eval(within(t), nsbox.EvalRequest{Code: fmt.Sprintf("control.sendall(%s)", forged)})
		if err == nil && r.Verdict == nsbox.OK {
			continue // it could not: its scope has no such name
		}
		// By hand: the descriptor is there for whoever looks for it.
		code := fmt.Sprintf("import os, stat\nfor fd in range(3, 20):\n  try:\n    if stat.S_ISSOCK(os.fstat(fd).st_mode): os.write(fd, %s)\n  except OSError: pass\nimport time; time.sleep(1)", forged)
		r, err = sb.Eval(within(t), nsbox.EvalRequest{Code: code})
		if err != nil || r.Verdict == nsbox.OK && r.Value != nil {
			t.Errorf("%s: %v %s", forged, err, show(r))
		}
	}
	_, err := sb.Eval(within(t), nsbox.EvalRequest{Code: "1", Reset: true})
	if err != nil {
		t.Error(err)
	}
	answer{code: "1 + 1", value: "2"}.check(t, sb)
}

// Snippets come one after the other, whoever sends them.
func TestEvalAtOnce(t *testing.T) {
	sb := sandbox(t, client(t), nsbox.SandboxRequest{})
	eval(t, sb, "n = 0")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			r := eval(t, sb, fmt.Sprintf("v = n\nimport time; time.sleep(0.01)\nn = v + 1\nprint(%d)", i))
			if string(r.Stdout) != fmt.Sprintln(i) {
				t.Error(show(r))
			}
		})
	}
	wg.Wait()
	answer{code: "n", value: "8"}.check(t, sb)
}

// A pause and a broken kernel between two snippets.
func TestEvalBetween(t *testing.T) {
	sb := sandbox(t, client(t), nsbox.SandboxRequest{})
	eval(t, sb, "import threading, os, time\nx = 1")
	if _, err := sb.Pause(within(t)); err != nil {
		t.Fatal(err)
	}
	if _, err := sb.Resume(within(t)); err != nil {
		t.Fatal(err)
	}
	answer{code: "x", value: "1"}.check(t, sb)
	eval(t, sb, "threading.Timer(0.2, lambda: os._exit(1)).start()")
	time.Sleep(time.Second)
	// The state was lost while nobody looked, and whoever comes next learns of it.
	answer{code: "'x' in globals()", value: "False", lost: true}.check(t, sb)
	// What runs in the background prints into the snippet that is at hand.
	eval(t, sb, "import threading, time\nthreading.Thread(target=lambda: (time.sleep(0.3), print('late')), daemon=True).start()")
	answer{code: "time.sleep(0.8)", stdout: "late\n"}.check(t, sb)
}
