package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// judge is a running go-judge, a service that keeps containers and runs programs
// in them for whoever asks over HTTP.
type judge struct {
	cmd  *exec.Cmd
	url  string
	root string
	log  bytes.Buffer
}

// startJudge starts the go-judge at path, whose containers have the directories
// of the toolchain at root.
func startJudge(ctx context.Context, path, root, dir string) (*judge, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	var conf strings.Builder
	conf.WriteString("mount:\n")
	bind := func(from, to string) {
		fmt.Fprintf(&conf, "  - {type: bind, source: %q, target: %s, readonly: true}\n", from, to)
	}
	bind(filepath.Join(root, "usr"), "/usr")
	bind(filepath.Join(root, "etc"), "/etc")
	for _, dev := range []string{"/dev/null", "/dev/urandom"} {
		bind(dev, dev)
	}
	conf.WriteString("  - {type: tmpfs, target: /w, data: 'size=64m,nr_inodes=4k'}\n  - {type: tmpfs, target: /tmp, data: 'size=64m,nr_inodes=4k'}\n")
	conf.WriteString("symLink:\n")
	for _, l := range []string{"bin", "lib", "lib64", "sbin"} {
		fmt.Fprintf(&conf, "  - {linkPath: /%s, target: usr/%s}\n", l, l)
	}
	conf.WriteString("workDir: /w\nhostName: bench\nuid: 1536\ngid: 1536\nproc: true\n")
	file := filepath.Join(dir, "go-judge.yaml")
	if err := os.WriteFile(file, []byte(conf.String()), 0o644); err != nil {
		return nil, err
	}
	// A port that is free now; nobody else is to take it in the moment between.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		return nil, err
	}
	j := &judge{url: "http://" + addr, root: root}
	j.cmd = exec.Command(path, "-http-addr", addr, "-mount-conf", file, "-pre-fork", "8", "-parallelism", "16", "-silent")
	j.cmd.Stdout, j.cmd.Stderr = &j.log, &j.log
	j.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setsid: true}
	if err := j.cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s: %w", goJudge, err)
	}
	for range 100 {
		if c, err := net.Dial("tcp", addr); err == nil {
			return j, c.Close()
		}
		select {
		case <-ctx.Done():
			j.stop()
			return nil, ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	j.stop()
	return nil, fmt.Errorf("%s does not listen on %s: %s", goJudge, addr, j.log.String())
}

func (j *judge) stop() {
	_ = j.cmd.Process.Signal(syscall.SIGTERM)
	done := make(chan struct{})
	go func() {
		_ = j.cmd.Wait() // it ends by the signal
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		_ = j.cmd.Process.Kill()
		<-done
	}
}

// judgeRun sends one command with its source. Only what is in the Python image's
// directories can be run by it.
func judgeRun(b *bench, t *toolchain, argv []string) (runner, error) {
	source := argv[len(argv)-1]
	name := filepath.Base(source)
	type object = map[string]any
	return func(ctx context.Context, _ int) (string, error) {
		text, err := os.ReadFile(filepath.Join(t.root, source))
		if err != nil {
			return "", err
		}
		files := object{name: object{"content": string(text)}}
		args := append(append([]string(nil), argv[:len(argv)-1]...), name)
		body, err := json.Marshal(object{"cmd": []object{{
			"args": args, "env": environment,
			"files":    []object{{"content": ""}, {"name": "stdout", "max": 1 << 20}, {"name": "stderr", "max": 1 << 20}},
			"cpuLimit": 10_000_000_000, "clockLimit": 20_000_000_000, "memoryLimit": 256 << 20, "procLimit": 64,
			"copyIn": files,
		}}})
		if err != nil {
			return "", err
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, b.judge.url+"/run", bytes.NewReader(body))
		if err != nil {
			return "", err
		}
		req.Header.Set("Content-Type", "application/json")
		res, err := judgeClient.Do(req)
		if err != nil {
			return "", err
		}
		defer res.Body.Close()
		answer, err := io.ReadAll(res.Body)
		if err != nil {
			return "", err
		}
		var results []struct {
			Status string            `json:"status"`
			Error  string            `json:"error"`
			Files  map[string]string `json:"files"`
		}
		if err := json.Unmarshal(answer, &results); err != nil || len(results) != 1 || results[0].Status != "Accepted" {
			return "", fmt.Errorf("answer %.500s", answer)
		}
		return results[0].Files["stdout"], nil
	}, nil
}

var judgeClient = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
