package policy

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/language"
)

func sandboxLanguage() *language.Language {
	return &language.Language{
		Name: "toy", Main: "main.toy", Image: "toy",
		Run:     language.Stage{Argv: []string{"toy", "{main}", "{args}"}, Env: []string{"MEM={memory_mb}"}},
		Session: &language.Session{Argv: []string{"toy", "{boot}"}, Boot: "loop"},
	}
}

func TestResolveSandbox(t *testing.T) {
	c := DefaultCeilings()
	sec := func(n float64) nsbox.Duration { return seconds(n) }
	for _, tc := range []struct {
		name string
		req  nsbox.SandboxRequest
		want string // in the error; "" is allowed
	}{
		{"nothing", nsbox.SandboxRequest{}, ""},
		{"all", nsbox.SandboxRequest{Name: "a-1_b.c", Volume: "v", TTL: sec(3600), IdleTimeout: sec(60), Env: []string{"A=b"}, Profile: "strict", Labels: map[string]string{"k": "v"}}, ""},
		{"name with a slash", nsbox.SandboxRequest{Name: "../x"}, `name is "../x"; allowed are`},
		{"name with a dash first", nsbox.SandboxRequest{Name: "-x"}, "letter or digit first"},
		{"name like an id", nsbox.SandboxRequest{Name: "01JD5Q0V3F8Y6T1R2C9X7B4M5N"}, "looks like an id"},
		{"long name", nsbox.SandboxRequest{Name: strings.Repeat("x", 65)}, "1 to 64"},
		{"volume", nsbox.SandboxRequest{Volume: "a/b"}, "the volume's name"},
		{"dots", nsbox.SandboxRequest{Volume: ".."}, "the volume's name"},
		{"ttl", nsbox.SandboxRequest{TTL: sec(100 * 3600)}, "--ttl is 100h; allowed are 1s to 24h"},
		{"negative ttl", nsbox.SandboxRequest{TTL: -sec(1)}, "--ttl is -1s"},
		{"idle", nsbox.SandboxRequest{IdleTimeout: sec(0.5)}, "--idle-timeout is 500ms"},
		{"env", nsbox.SandboxRequest{Env: []string{"1=2"}}, "--env"},
		{"profile", nsbox.SandboxRequest{Profile: "strct"}, `did you mean "strict"`},
		{"label", nsbox.SandboxRequest{Labels: map[string]string{"a": "b\n"}}, "label"},
		{"labels", nsbox.SandboxRequest{Labels: map[string]string{"a": strings.Repeat("x", 5000)}}, "1 labels with 5001 bytes"},
		{"limit", nsbox.SandboxRequest{Limits: nsbox.Limits{Memory: 3 * nsbox.GiB}}, "--memory is 3GiB"},
		{"disk of all memory", nsbox.SandboxRequest{Limits: nsbox.Limits{Memory: 128 * nsbox.MiB, Disk: 120 * nsbox.MiB}}, "needs 32MiB beyond them"},
	} {
		p, err := ResolveSandbox(tc.req, sandboxLanguage(), c)
		if tc.want == "" {
			if err != nil || p.TTL == 0 || p.Idle == 0 || p.Image != "toy" || p.Limits.Disk+spareMemory > p.Limits.Memory {
				t.Errorf("%s: %v %+v", tc.name, err, p)
			}
			continue
		}
		if !errors.Is(err, nsbox.ErrBadRequest) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v; want %q", tc.name, err, tc.want)
		}
	}
	// A disk limit that nobody stated gives way to the memory limit.
	p, err := ResolveSandbox(nsbox.SandboxRequest{Limits: nsbox.Limits{Memory: 64 * nsbox.MiB}}, sandboxLanguage(), c)
	if err != nil || p.Limits.Disk != 32*nsbox.MiB {
		t.Errorf("%v %+v", err, p.Limits)
	}
}

func TestResolveExec(t *testing.T) {
	c := DefaultCeilings()
	lang := sandboxLanguage()
	sb, err := ResolveSandbox(nsbox.SandboxRequest{Env: []string{"A=sandbox", "B=sandbox"}, Profile: "strict"}, lang, c)
	if err != nil {
		t.Fatal(err)
	}
	main := []nsbox.FileSpec{{Name: "m.toy", Size: 1}}
	p, err := ResolveExec(nsbox.Spec{Files: main, Args: []string{"x"}, Env: []string{"B=own"}, Limits: nsbox.Limits{Timeout: seconds(5), Pids: 10}}, lang, sb, c)
	if err != nil {
		t.Fatal(err)
	}
	st := p.Stages[0]
	env := strings.Join(st.Env, " ")
	if len(p.Stages) != 1 || strings.Join(st.Argv, " ") != "toy /workspace/m.toy x" || st.Profile != "strict" || st.Limits.Timeout != seconds(5) ||
		st.Limits.Pids != 10 || st.Limits.Memory != sb.Limits.Memory || !strings.Contains(env, "A=sandbox B=own") || !strings.Contains(env, "MEM=256") {
		t.Errorf("%+v", st)
	}
	p, err = ResolveExec(nsbox.Spec{Command: []string{"ls", "-l"}}, lang, sb, c)
	if err != nil || len(p.Stages) != 1 || strings.Join(p.Stages[0].Argv, " ") != "ls -l" {
		t.Errorf("%v %+v", err, p)
	}
	other := sandboxLanguage()
	other.Name, other.Image = "other", "other"
	for want, call := range map[string]func() error{
		"in which other does not run": func() error { _, err := ResolveExec(nsbox.Spec{Files: main}, other, sb, c); return err },
		"artifacts are not collected": func() error { _, err := ResolveExec(nsbox.Spec{Files: main, Artifacts: true}, lang, sb, c); return err },
		"a profile is chosen when": func() error {
			_, err := ResolveExec(nsbox.Spec{Files: main, Profile: "strict"}, lang, sb, c)
			return err
		},
		"there is no file to run": func() error { _, err := ResolveExec(nsbox.Spec{}, lang, sb, c); return err },
		"--memory is 512MiB; allowed are": func() error {
			_, err := ResolveExec(nsbox.Spec{Files: main, Limits: nsbox.Limits{Memory: 512 * nsbox.MiB}}, lang, sb, c)
			return err
		},
		"--disk is 1MiB; the sandbox was": func() error {
			_, err := ResolveExec(nsbox.Spec{Files: main, Limits: nsbox.Limits{Disk: nsbox.MiB}}, lang, sb, c)
			return err
		},
		"--timeout is 1h; allowed are": func() error {
			_, err := ResolveExec(nsbox.Spec{Files: main, Limits: nsbox.Limits{Timeout: seconds(3600)}}, lang, sb, c)
			return err
		},
		"the command has no name": func() error { _, err := ResolveExec(nsbox.Spec{Command: []string{""}}, lang, sb, c); return err },
		"a command brings its own arguments": func() error {
			_, err := ResolveExec(nsbox.Spec{Command: []string{"x"}, Args: []string{"y"}}, lang, sb, c)
			return err
		},
		"argument 2 has a NUL": func() error {
			_, err := ResolveExec(nsbox.Spec{Command: []string{"x", "\x00"}}, lang, sb, c)
			return err
		},
		"is not allowed: names": func() error {
			_, err := ResolveExec(nsbox.Spec{Files: []nsbox.FileSpec{{Name: "../x"}}}, lang, sb, c)
			return err
		},
		"--pids is the sandbox's": func() error {
			_, err := ResolveEval(nsbox.EvalSpec{Limits: nsbox.Limits{Pids: 3}}, lang, sb, c)
			return err
		},
		"keeps no state": func() error {
			l := sandboxLanguage()
			l.Session = nil
			_, err := ResolveEval(nsbox.EvalSpec{}, l, sb, c)
			return err
		},
	} {
		if err := call(); !errors.Is(err, nsbox.ErrBadRequest) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %q", err, want)
		}
	}
	st, err = ResolveEval(nsbox.EvalSpec{Limits: nsbox.Limits{Timeout: seconds(2)}}, lang, sb, c)
	if err != nil || strings.Join(st.Argv, " ") != "toy /build/session" || st.Limits.Timeout.Std() != 2*time.Second || st.Profile != "strict" {
		t.Errorf("%v %+v", err, st)
	}
}

func TestSandboxCeilings(t *testing.T) {
	for want, change := range map[string]func(*SandboxCeilings){
		"sandboxes.ttl is 0s":               func(c *SandboxCeilings) { c.TTL = 0 },
		"sandboxes.max_ttl is 10ns":         func(c *SandboxCeilings) { c.MaxTTL = 10 },
		"more than sandboxes.max_ttl":       func(c *SandboxCeilings) { c.TTL = c.MaxTTL + 1 },
		"sandboxes.execs is 49; allowed":    func(c *SandboxCeilings) { c.Execs = 49 },
		"sandboxes.total is 0; allowed are": func(c *SandboxCeilings) { c.Total = 0 },
	} {
		c := DefaultCeilings()
		if err := c.Validate(); err != nil {
			t.Fatal(err)
		}
		change(&c.Sandboxes)
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %q", err, want)
		}
	}
}
