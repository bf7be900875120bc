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
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/helperproc"
)

// bench is what the contenders need while they run.
type bench struct {
	workloads []workload
	missing   []string
	helper    *helperproc.Proc
}

func (b *bench) close() {
	if b.helper == nil {
		return
	}
	if err := b.helper.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
	}
}

// A program is what every contender runs: by argv on the host's own files, or
// as a file by nsbox.
type program struct {
	name, what string
	argv       []string // {} stands for the file
	file       string
	source     string
	language   string
	expect     string
}

var programs = []program{
	{"sh", "a shell script that does nothing", []string{"/bin/bash", "{}"}, "main.sh", "exit 0\n", "bash", ""},
	{"python", "Python's hello", []string{"/usr/bin/python3", "{}"}, "main.py", "print('hello')\n", "python-slim", "hello\n"},
}

// prepare starts a helper for the warm contenders and lists who takes part.
func prepare(ctx context.Context, o options, dir string) (*bench, error) {
	b := &bench{}
	bin, err := filepath.Abs(o.bin)
	if err != nil {
		return nil, err
	}
	cli := filepath.Join(bin, "nsbox")
	if b.helper, err = helperproc.Start(ctx, helperproc.Config{Program: filepath.Join(bin, "nsbox-helper"), Dir: dir}); err != nil {
		return nil, err
	}
	cold := true
	if _, err := os.Stat(nsbox.DefaultSocket); err == nil {
		cold = false
		b.missing = append(b.missing, "nsbox cold: a helper listens on "+nsbox.DefaultSocket)
	}
	bundle, err := b.ociBundle(dir)
	if err != nil {
		return nil, err
	}
	for _, tool := range []struct{ command, name string }{{"bwrap", bubblewrap}, {"nsjail", "nsjail"}, {"runc", "runc"}} {
		if _, err := exec.LookPath(tool.command); err != nil {
			b.missing = append(b.missing, tool.name+": not installed")
		}
	}
	for _, p := range programs {
		file := filepath.Join(dir, p.file)
		if err := os.WriteFile(file, []byte(p.source), 0o644); err != nil {
			return nil, err
		}
		argv := make([]string, len(p.argv))
		for i, a := range p.argv {
			argv[i] = strings.ReplaceAll(a, "{}", file)
		}
		if _, err := os.Stat(argv[0]); err != nil {
			b.missing = append(b.missing, p.name+": "+argv[0]+" is not installed, so there is nothing to compare with")
			continue
		}
		w := workload{name: p.name, what: p.what}
		add := func(name string, run func(context.Context) (string, error)) {
			w.contenders = append(w.contenders, contender{name, run, p.expect})
		}
		add(bare, command(nil, argv...))
		if path, err := exec.LookPath("bwrap"); err == nil {
			add(bubblewrap, command(nil, append([]string{path, "--unshare-all", "--die-with-parent", "--ro-bind", "/", "/",
				"--proc", "/proc", "--dev", "/dev", "--tmpfs", "/var/tmp"}, argv...)...))
		}
		if path, err := exec.LookPath("nsjail"); err == nil {
			add("nsjail", command(nil, append([]string{path, "-Mo", "--quiet", "--chroot", "/", "--"}, argv...)...))
		}
		if path, err := exec.LookPath("runc"); err == nil {
			run, err := bundle.run(path, argv)
			if err != nil {
				return nil, err
			}
			add("runc", run)
		}
		if cold {
			add("nsbox exec, cold", command([]string{"NSBOX_SOCKET="}, cli, "exec", "--lang", p.language, file))
		}
		add("nsbox exec, warm", command([]string{"NSBOX_SOCKET=" + b.helper.Socket}, cli, "exec", "--lang", p.language, file))
		add("nsbox.Run, warm", b.fromGo(p))
		b.workloads = append(b.workloads, w)
	}
	return b, nil
}

// command runs argv with env beside its own environment.
func command(env []string, argv ...string) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
		cmd.Env = append(os.Environ(), env...)
		out, err := cmd.Output()
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return "", fmt.Errorf("%w: %s", err, bytes.TrimSpace(exit.Stderr))
		}
		return string(out), err
	}
}

// fromGo runs p by the Go API on the running helper.
func (b *bench) fromGo(p program) func(context.Context) (string, error) {
	client := &nsbox.Client{Socket: b.helper.Socket}
	return func(ctx context.Context) (string, error) {
		res, err := client.Run(ctx, nsbox.Request{
			Language: p.language,
			Files:    []nsbox.File{{Name: p.file, Data: []byte(p.source)}},
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

// bundle is an OCI bundle whose root is made of the host's own directories.
type bundle struct{ dir string }

// hostDirs are bound into the bundle's root where the host has them.
var hostDirs = []string{"/usr", "/bin", "/lib", "/lib64", "/etc"}

func (b *bench) ociBundle(dir string) (bundle, error) {
	d := filepath.Join(dir, "bundle")
	for _, sub := range append([]string{"/proc", "/dev", "/tmp", dir}, hostDirs...) {
		if err := os.MkdirAll(filepath.Join(d, "rootfs", sub), 0o755); err != nil {
			return bundle{}, err
		}
	}
	return bundle{d}, nil
}

// run returns a contender that makes, runs and removes a container.
func (b bundle) run(runc string, argv []string) (func(context.Context) (string, error), error) {
	type object = map[string]any
	mount := func(kind, source, target string, options ...string) object {
		return object{"type": kind, "source": source, "destination": target, "options": options}
	}
	mounts := []object{
		mount("proc", "proc", "/proc"),
		mount("tmpfs", "tmpfs", "/dev", "nosuid", "mode=755"),
		mount("bind", filepath.Dir(b.dir), filepath.Dir(b.dir), "bind", "ro"),
	}
	for _, d := range hostDirs {
		if _, err := os.Stat(d); err == nil {
			mounts = append(mounts, mount("bind", d, d, "rbind", "ro"))
		}
	}
	var namespaces []object
	for _, ns := range []string{"pid", "network", "ipc", "uts", "mount", "cgroup"} {
		namespaces = append(namespaces, object{"type": ns})
	}
	config := object{
		"ociVersion": "1.0.2",
		"process": object{
			"args": argv, "cwd": "/", "env": []string{"PATH=/usr/bin:/bin"},
			"user": object{"uid": 0, "gid": 0}, "noNewPrivileges": true,
		},
		"root":     object{"path": filepath.Join(b.dir, "rootfs"), "readonly": true},
		"hostname": "bench",
		"mounts":   mounts,
		"linux":    object{"namespaces": namespaces},
	}
	j, err := json.Marshal(config)
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(b.dir, filepath.Base(argv[0]))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, "config.json"), j, 0o644); err != nil {
		return nil, err
	}
	n := 0
	return func(ctx context.Context) (string, error) {
		n++
		id := fmt.Sprintf("nsbox-bench-%d-%s-%d", os.Getpid(), filepath.Base(argv[0]), n)
		return command(nil, runc, "run", "--bundle", dir, id)(ctx)
	}, nil
}
