package cli

import (
	"bytes"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// start makes a command in the script's directory and environment.
func start(ts *testscript.TestScript, args []string) (*exec.Cmd, *bytes.Buffer, *bytes.Buffer) {
	path, err := exec.LookPath(args[0])
	if args[0] == "nsbox" { // testscript puts it into the script's PATH
		path, err = lookIn(ts.Getenv("PATH"), "nsbox")
	}
	ts.Check(err)
	cmd := exec.Command(path, args[1:]...)
	cmd.Dir = ts.Getenv("WORK")
	for _, name := range []string{"PATH", "HOME", "XDG_CONFIG_HOME", "NO_COLOR", "TERM", "NSBOX_HELPER", "WORK"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	if socket := ts.Getenv("NSBOX_SOCKET"); socket != "" {
		cmd.Env = append(cmd.Env, "NSBOX_SOCKET="+socket)
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	return cmd, &stdout, &stderr
}

func lookIn(path, name string) (string, error) {
	for dir := range strings.SplitSeq(path, ":") {
		if p, err := exec.LookPath(dir + "/" + name); err == nil {
			return p, nil
		}
	}
	return "", exec.ErrNotFound
}

// exits runs a command whose exit status must be the first argument: the status
// alone is compared, which testscript's own exec cannot.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND [ARG...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	cmd, stdout, stderr := start(ts, args[1:])
	err = cmd.Run()
	if cmd.ProcessState == nil {
		ts.Fatalf("run: %v", err)
	}
	write(ts, stdout, stderr)
	if got := cmd.ProcessState.ExitCode(); got != want {
		ts.Fatalf("exit status %d; want %d\nstdout: %s\nstderr: %s", got, want, stdout, stderr)
	}
}

// interrupt runs a command, waits until its output has a line "ready", sends it
// SIGINT, and compares its exit status with the first argument.
func interrupt(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: interrupt STATUS COMMAND [ARG...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	cmd, _, stderr := start(ts, args[1:])
	cmd.Stdout = nil
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	// A group of its own, as a shell gives it: the signal is for the group.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	ts.Check(cmd.Start())
	defer time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() }).Stop()
	buf := make([]byte, 64)
	n, err := out.Read(buf)
	if err != nil || !strings.HasPrefix(string(buf[:n]), "ready") {
		_ = cmd.Process.Kill()
		ts.Fatalf("no line \"ready\": %q, %v\nstderr: %s", buf[:n], err, stderr)
	}
	ts.Check(syscall.Kill(-cmd.Process.Pid, syscall.SIGINT))
	_ = cmd.Wait()
	write(ts, &bytes.Buffer{}, stderr)
	if got := cmd.ProcessState.ExitCode(); got != want {
		ts.Fatalf("exit status %d; want %d\nstderr: %s", got, want, stderr)
	}
}

// write leaves the streams as the files stdout and stderr for grep and cmp.
func write(ts *testscript.TestScript, stdout, stderr *bytes.Buffer) {
	for name, b := range map[string]*bytes.Buffer{"stdout.txt": stdout, "stderr.txt": stderr} {
		ts.Check(writeFile(ts.MkAbs(name), b.Bytes()))
	}
}

// settled fails unless no process has the word on its command line: whatever a
// run started is gone.
func settled(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: settled WORD")
	}
	deadline := time.Now().Add(10 * time.Second)
	for {
		left, err := processesWith(args[0])
		ts.Check(err)
		if len(left) == 0 {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("still running: %s", strings.Join(left, "; "))
		}
		time.Sleep(20 * time.Millisecond)
	}
}
