package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox"
)

func TestExplain(t *testing.T) {
	const mib = 1 << 20
	for name, c := range map[string]struct {
		r    nsbox.Result
		want string
	}{
		"ok":      {nsbox.Result{Verdict: nsbox.OK}, ""},
		"nonzero": {nsbox.Result{Verdict: nsbox.NonZero, ExitCode: 3}, ""},
		"signal":  {nsbox.Result{Verdict: nsbox.Signal, Signal: "SIGSEGV"}, "ended by SIGSEGV"},
		"wall": {nsbox.Result{Verdict: nsbox.WallTimeout, Limit: &nsbox.LimitHit{Name: "timeout", Value: 2000, Observed: 2004}},
			"timeout: limit 2s, ran 2.004s"},
		"cpu": {nsbox.Result{Verdict: nsbox.CPUTimeout, Limit: &nsbox.LimitHit{Name: "cpu_time", Value: 1000, Observed: 1010}},
			"out of processor time: limit 1s, used 1.01s"},
		"oom": {nsbox.Result{Verdict: nsbox.OOM, Limit: &nsbox.LimitHit{Name: "memory", Value: 256 * mib, Observed: 256*mib - 4096}},
			"out of memory: limit 256MiB, used 256MiB"},
		"pids": {nsbox.Result{Verdict: nsbox.PidsLimit, Limit: &nsbox.LimitHit{Name: "pids", Value: 64, Observed: 64}},
			"too many processes: limit 64, used 64"},
		"output": {nsbox.Result{Verdict: nsbox.OutputLimit, Limit: &nsbox.LimitHit{Name: "max_output", Value: mib, Observed: 12*mib + mib/2}},
			"too much output: limit 1MiB, written 12.5MiB"},
		"inodes": {nsbox.Result{Verdict: nsbox.DiskFull, Limit: &nsbox.LimitHit{Name: "inodes", Value: 10000, Observed: 10000}},
			"disk full: limit 10000 files, used 10000 files"},
		"denied": {nsbox.Result{Verdict: nsbox.Denied, Denied: []nsbox.DeniedCall{{Syscall: "ptrace", Count: 1}, {Syscall: "bpf", Count: 3}}},
			"ended by a refused system call: ptrace, bpf (3 times)"},
		"refused on the way": {nsbox.Result{Verdict: nsbox.NonZero, Denied: []nsbox.DeniedCall{{Syscall: "unshare", Count: 1}}},
			"refused system calls: unshare"},
		"compile": {nsbox.Result{Verdict: nsbox.CompileError, Stage: nsbox.StageCompile, ExitCode: 1},
			"compiling failed with exit status 1"},
		"compile signal": {nsbox.Result{Verdict: nsbox.CompileError, Stage: nsbox.StageCompile, Signal: "SIGSEGV"},
			"compiling failed: the compiler was ended by SIGSEGV"},
		"compile oom": {nsbox.Result{Verdict: nsbox.OOM, Stage: nsbox.StageCompile,
			Limit: &nsbox.LimitHit{Name: "memory", Value: 512 * mib, Observed: 512 * mib}},
			"while compiling: out of memory: limit 512MiB, used 512MiB"},
		"cut": {nsbox.Result{Verdict: nsbox.OK, Truncated: nsbox.Truncated{Stdout: nsbox.Kept{TotalBytes: 3 * mib, KeptBytes: mib}}},
			"stdout is cut: 1MiB of 3MiB kept (see --max-output)"},
		"skipped": {nsbox.Result{Verdict: nsbox.OK, Skipped: []nsbox.Skipped{{Path: "a\x1b[2Jb", Reason: "symlink"}}},
			`a\x1b[2Jb not kept: symlink`},
	} {
		if got := strings.Join(Explain(c.r), "\n"); got != c.want {
			t.Errorf("%s:\n got %q\nwant %q", name, got, c.want)
		}
	}
}

func TestExplainBoundsSkipped(t *testing.T) {
	r := nsbox.Result{Verdict: nsbox.OK, Skipped: make([]nsbox.Skipped, 1000)}
	lines := Explain(r)
	if len(lines) != 11 || lines[10] != "990 more files not kept" {
		t.Errorf("got %d lines, the last %q", len(lines), lines[len(lines)-1])
	}
}

func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		"plot.png":       "plot.png",
		"übung 名前":       "übung 名前",
		"\x1b]0;x\x07":   `\x1b]0;x\a`,
		"a\nb\tc\x7f":    `a\nb\tc\x7f`,
		"\xff\xfe":       `\xff\xfe`,
		"\u202egnp.exe":  `\u202egnp.exe`,
		"\u009b2J":       `\u009b2J`,
		"\U000e0041":     `\U000e0041`,
		"kept \ufffd so": "kept \ufffd so",
		`"quoted"\`:      `"quoted"\`,
	} {
		if got := Escape(in); got != want {
			t.Errorf("Escape(%q) = %q; want %q", in, got, want)
		}
	}
}

func TestJSONLeavesDataOut(t *testing.T) {
	r := nsbox.Result{ID: "01J", Verdict: nsbox.OK, Stdout: []byte("x"), Artifacts: []nsbox.Artifact{{Path: "a", Data: []byte("hi")}}}
	for _, data := range []bool{false, true} {
		var b bytes.Buffer
		if err := JSON(&b, r, data); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(b.String(), `"data":"aGk="`); got != data {
			t.Errorf("data %v: %s", data, b.String())
		}
		if strings.Count(b.String(), "\n") != 1 || !strings.Contains(b.String(), `"stdout":"x"`) {
			t.Errorf("not one line: %s", b.String())
		}
	}
	if r.Artifacts[0].Data == nil {
		t.Error("the caller's data is gone")
	}
}

func TestEvents(t *testing.T) {
	var b bytes.Buffer
	ev := NewEvents(&b)
	result := &nsbox.Result{Verdict: nsbox.OK, Artifacts: []nsbox.Artifact{{Path: "a", Data: []byte("hi")}}}
	for i, e := range []nsbox.Event{
		{Type: nsbox.EventStart, ID: "01J"},
		{Type: nsbox.EventStdout, Data: []byte("x\n")},
		{Type: nsbox.EventArtifact, Artifact: &result.Artifacts[0]},
		{Type: nsbox.EventExit, Result: result},
	} {
		e.Seq, e.Time = int64(i+1), time.Unix(0, 0)
		ev.Write(e)
	}
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	if len(lines) != 4 || ev.Seq() != 4 || ev.Err() != nil {
		t.Fatalf("%d lines, seq %d, err %v", len(lines), ev.Seq(), ev.Err())
	}
	for i, l := range lines {
		var v struct {
			Seq int `json:"seq"`
		}
		if err := json.Unmarshal([]byte(l), &v); err != nil || v.Seq != i+1 {
			t.Errorf("line %d: %v: %s", i, err, l)
		}
	}
	if strings.Contains(b.String(), "aGk=") {
		t.Error("artifact data is in the events")
	}
}

type broken struct{ writes int }

func (b *broken) Write([]byte) (int, error) { b.writes++; return 0, errors.New("closed") }

func TestEventsStopAtAnError(t *testing.T) {
	w := &broken{}
	ev := NewEvents(w)
	ev.Write(nsbox.Event{})
	ev.Write(nsbox.Event{})
	if ev.Err() == nil || w.writes != 1 {
		t.Errorf("err %v after %d writes", ev.Err(), w.writes)
	}
}

func TestJSONEscapesControls(t *testing.T) {
	want := nsbox.Result{Verdict: nsbox.OK, Stdout: []byte("a\x1b\x7f\u009b31m\u0085é\u00a0日🦀\n")}
	var out bytes.Buffer
	if err := JSON(&out, want, false); err != nil {
		t.Fatal(err)
	}
	for _, r := range strings.TrimSuffix(out.String(), "\n") {
		if r < ' ' || r >= 0x7f && r <= 0x9f {
			t.Errorf("%q stands in %s", r, &out)
		}
	}
	var got nsbox.Result
	if err := json.Unmarshal(out.Bytes(), &got); err != nil || !bytes.Equal(got.Stdout, want.Stdout) {
		t.Errorf("stdout %q comes back as %q (%v)", want.Stdout, got.Stdout, err)
	}
}
