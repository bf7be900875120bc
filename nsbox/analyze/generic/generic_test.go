package generic_test

import (
	"strings"
	"testing"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/analyze/generic"
)

func TestAnalyze(t *testing.T) {
	for _, c := range []struct {
		name          string
		e             nsbox.Evidence
		typ, message  string
		phase         nsbox.Phase
		endedByUs     bool
		withoutAnswer bool
	}{
		{name: "ok", e: nsbox.Evidence{Verdict: nsbox.OK}, withoutAnswer: true},
		{name: "segfault", e: nsbox.Evidence{Verdict: nsbox.Signal, Signal: "SIGSEGV"}, typ: "SIGSEGV", message: "SIGSEGV: memory", phase: nsbox.PhaseRun},
		{name: "abort", e: nsbox.Evidence{Verdict: nsbox.Signal, Signal: "SIGABRT"}, typ: "SIGABRT", message: "gave up", phase: nsbox.PhaseRun},
		{name: "unknown signal", e: nsbox.Evidence{Verdict: nsbox.Signal, Signal: "SIGUSR1"}, typ: "SIGUSR1", message: "SIGUSR1", phase: nsbox.PhaseRun},
		{name: "status", e: nsbox.Evidence{Verdict: nsbox.NonZero, ExitCode: 3}, typ: "ExitStatus", message: "exit status 3", phase: nsbox.PhaseRun},
		{name: "status with words", e: nsbox.Evidence{Verdict: nsbox.NonZero, ExitCode: 3, Stderr: []byte("a\nlast words\n\n")}, typ: "ExitStatus", message: "last words", phase: nsbox.PhaseRun},
		{name: "compiler", e: nsbox.Evidence{Verdict: nsbox.CompileError, Stage: nsbox.StageCompile, ExitCode: 1}, typ: "CompileError", message: "exit status 1", phase: nsbox.PhaseCompile},
		{name: "denied", e: nsbox.Evidence{Verdict: nsbox.Denied, Denied: []nsbox.DeniedCall{{Syscall: "ptrace", Count: 1}, {Syscall: "mount", Count: 2}}}, typ: "Denied", message: "ptrace, mount", phase: nsbox.PhaseRun, endedByUs: true},
		{name: "memory", e: nsbox.Evidence{Verdict: nsbox.OOM, Limit: &nsbox.LimitHit{Name: "memory", Value: 64, Observed: 65}}, typ: "OutOfMemory", message: "memory: limit 64, reached 65", phase: nsbox.PhaseRun, endedByUs: true},
		{name: "timeout", e: nsbox.Evidence{Verdict: nsbox.WallTimeout}, typ: "Timeout", message: "wall timeout", phase: nsbox.PhaseRun, endedByUs: true},
		{name: "cancelled", e: nsbox.Evidence{Verdict: nsbox.Cancelled}, typ: "Cancelled", message: "cancelled", phase: nsbox.PhaseRun, endedByUs: true},
		{name: "a verdict of tomorrow", e: nsbox.Evidence{Verdict: "new_limit"}, typ: "new_limit", message: "new limit", phase: nsbox.PhaseRun, endedByUs: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := generic.Analyze(c.e)
			if c.withoutAnswer {
				if len(found) > 0 {
					t.Errorf("diagnosed %+v", found)
				}
				return
			}
			if len(found) != 1 {
				t.Fatalf("%d diagnoses", len(found))
			}
			d := found[0]
			if d.Type != c.typ {
				t.Errorf("type %q, want %q", d.Type, c.typ)
			}
			if !strings.Contains(d.Message, c.message) {
				t.Errorf("message %q lacks %q", d.Message, c.message)
			}
			if d.Phase != c.phase {
				t.Errorf("phase %q, want %q", d.Phase, c.phase)
			}
			if generic.Ended(c.e) != c.endedByUs {
				t.Errorf("Ended is %v", !c.endedByUs)
			}
		})
	}
}

// A message is bounded and valid text, whatever a program writes.
func FuzzAnalyze(f *testing.F) {
	f.Add([]byte("x\n"), 1)
	f.Add([]byte(strings.Repeat("\xff", 2000)), 255)
	f.Fuzz(func(t *testing.T, stderr []byte, code int) {
		for _, d := range generic.Analyze(nsbox.Evidence{Verdict: nsbox.NonZero, ExitCode: code, Stderr: stderr}) {
			if d.Type == "" || d.Message == "" || len(d.Message) > 600 {
				t.Errorf("%+v", d)
			}
		}
	})
}
