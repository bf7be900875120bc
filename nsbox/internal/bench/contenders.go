package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/helperproc"
	"github.com/nsbox/nsbox/nsbox/internal/image"
)

// The names that others are compared with.
const (
	bare       = "bare command"
	bubblewrap = "bubblewrap"
	goJudge    = "go-judge"
	nsboxCold  = "nsbox exec, cold"
	nsboxExec  = "nsbox exec, warm"
	nsboxRun   = "nsbox.Run, warm"
)

type runner = func(ctx context.Context, n int) (stdout string, err error)

// bench is what the contenders need while they run.
type bench struct {
	o         options
	dir, cli  string
	store     *image.Store
	made      map[string]*toolchain
	missing   []string
	helper    *helperproc.Proc
	cold      bool // whether nsbox can be measured without a helper
	sandboxes []sandbox
	judge     *judge
}

// A sandbox is another tool that runs a command apart from the host.
type sandbox struct {
	name string
	// every is how many rounds pass between two of its runs.
	every int
	// jobs are those that it can run; nil means all.
	jobs      []string
	contender func(b *bench, t *toolchain, argv []string) (runner, error)
}

// prepare starts what listens and finds out who takes part.
func prepare(ctx context.Context, o options, dir string) (b *bench, err error) {
	b = &bench{o: o, dir: dir, made: map[string]*toolchain{}, cold: true}
	defer func() {
		if err != nil {
			b.close()
		}
	}()
	bin, err := filepath.Abs(o.bin)
	if err != nil {
		return b, err
	}
	b.cli = filepath.Join(bin, "nsbox")
	if b.store, err = image.Open(o.images); err != nil {
		return b, err
	}
	if err := b.restart(ctx); err != nil {
		return b, err
	}
	if _, err := os.Stat(nsbox.DefaultSocket); err == nil {
		b.cold = false
		b.missing = append(b.missing, nsboxCold+": a helper listens on "+nsbox.DefaultSocket)
	}
	for _, s := range []struct {
		command string
		sandbox
	}{
		{"bwrap", sandbox{name: bubblewrap, every: 1, contender: bwrapRun}},
		{"nsjail", sandbox{name: "nsjail", every: 1, contender: nsjailRun}},
		{"runc", sandbox{name: "runc", every: 5, contender: runcRun}},
	} {
		if _, err := exec.LookPath(s.command); err != nil {
			b.missing = append(b.missing, s.name+": not installed")
			continue
		}
		b.sandboxes = append(b.sandboxes, s.sandbox)
	}
	if o.goJudge == "" {
		b.missing = append(b.missing, goJudge+": name one that you have built by -go-judge")
		return b, nil
	}
	t, err := b.toolchain("python")
	if err != nil {
		return b, err
	}
	if b.judge, err = startJudge(ctx, o.goJudge, t.root, dir); err != nil {
		return b, err
	}
	b.sandboxes = append(b.sandboxes, sandbox{name: goJudge, every: 1, jobs: []string{jobShell, jobPython}, contender: judgeRun})
	return b, nil
}

// restart starts the helper of the warm contenders, in place of one that runs.
func (b *bench) restart(ctx context.Context) error {
	if b.helper != nil {
		if err := b.helper.Stop(); err != nil {
			return err
		}
	}
	var err error
	b.helper, err = helperproc.Start(ctx, helperproc.Config{
		Program: filepath.Join(filepath.Dir(b.cli), "nsbox-helper"), Dir: b.dir, Args: []string{"--images", b.o.images},
	})
	return err
}

func (b *bench) close() {
	if b.judge != nil {
		b.judge.stop()
	}
	if b.helper == nil {
		return
	}
	if err := b.helper.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
	}
}

// toolchain returns that of an image, mounted when first asked for.
func (b *bench) toolchain(name string) (*toolchain, error) {
	if t := b.made[name]; t != nil {
		return t, nil
	}
	t, err := mountToolchain(b.store, name, b.dir)
	if err != nil {
		return nil, err
	}
	b.made[name] = t
	return t, nil
}

// output runs cmd and returns what it prints; an error has what it says.
func output(cmd *exec.Cmd) (string, error) {
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return "", fmt.Errorf("%w: %s", err, bytes.TrimSpace(exit.Stderr))
	}
	return string(out), err
}

// bare runs argv in the toolchain with nothing around it.
func (t *toolchain) bare(argv []string) runner {
	return func(ctx context.Context, _ int) (string, error) {
		cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
		cmd.Env, cmd.Dir = environment, "/workspace"
		cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: t.root}
		return output(cmd)
	}
}

// plain runs a command of the host.
func plain(argv ...string) runner {
	return func(ctx context.Context, _ int) (string, error) {
		cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
		cmd.Env = append(os.Environ(), environment...)
		return output(cmd)
	}
}

func bwrapRun(_ *bench, t *toolchain, argv []string) (runner, error) {
	return plain(append([]string{
		"bwrap", "--unshare-all", "--die-with-parent", "--ro-bind", t.root, "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp",
		"--chdir", "/workspace",
	}, argv...)...), nil
}

func nsjailRun(_ *bench, t *toolchain, argv []string) (runner, error) {
	return plain(append([]string{"nsjail", "-Mo", "--quiet", "--rlimit_as", "max", "--chroot", t.root, "--cwd", "/workspace", "--"}, argv...)...), nil
}

func runcRun(b *bench, t *toolchain, argv []string) (runner, error) {
	type object = map[string]any
	mount := func(kind, target string, options ...string) object {
		return object{"type": kind, "source": kind, "destination": target, "options": options}
	}
	var namespaces []object
	for _, ns := range []string{"pid", "network", "ipc", "uts", "mount", "cgroup"} {
		namespaces = append(namespaces, object{"type": ns})
	}
	config := object{
		"ociVersion": "1.0.2",
		"process": object{
			"args": argv, "cwd": "/workspace", "env": environment,
			"user": object{"uid": 0, "gid": 0}, "noNewPrivileges": true,
		},
		"root": object{"path": t.root, "readonly": true}, "hostname": "bench",
		"mounts": []object{mount("proc", "/proc"), mount("tmpfs", "/dev", "nosuid", "mode=755"), mount("tmpfs", "/tmp", "nosuid")},
		"linux":  object{"namespaces": namespaces},
	}
	j, err := json.Marshal(config)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(b.dir, "bundle-")
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, "config.json"), j, 0o644); err != nil {
		return nil, err
	}
	return func(ctx context.Context, n int) (string, error) {
		return plain("runc", "run", "--bundle", dir, fmt.Sprintf("nsbox-bench-%d-%d", os.Getpid(), n))(ctx, n)
	}, nil
}

// command is the whole `nsbox exec`, with a helper on socket or, where that is
// empty, with one that it starts itself.
func (b *bench) command(j job, socket string) runner {
	t := b.made[j.image]
	file := filepath.Join(t.root, "workspace", j.file)
	return func(ctx context.Context, _ int) (string, error) {
		cmd := exec.CommandContext(ctx, b.cli, "exec", "--no-heal", "--lang", j.language, file)
		cmd.Env = append(os.Environ(), "NSBOX_SOCKET="+socket)
		return output(cmd)
	}
}

// fromGo runs j by the Go API on the running helper.
func (b *bench) fromGo(j job) runner {
	client := &nsbox.Client{Socket: b.helper.Socket}
	return func(ctx context.Context, n int) (string, error) {
		res, err := client.Run(ctx, nsbox.Request{
			Language: j.language,
			Files:    []nsbox.File{{Name: j.file, Data: []byte(j.source(n))}},
		})
		if err != nil {
			return "", err
		}
		if res.Verdict != nsbox.OK {
			return "", fmt.Errorf("verdict %s: %s", res.Verdict, res.Stderr)
		}
		return string(res.Stdout), nil
	}
}
