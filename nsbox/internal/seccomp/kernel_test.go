package seccomp

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox/internal/nstest"
)

// build compiles a C program of testdata.
func buildC(t *testing.T, name string) string {
	t.Helper()
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		nstest.Skip(t, "needs gcc: "+err.Error())
	}
	bin := filepath.Join(t.TempDir(), name)
	if out, err := exec.Command(gcc, "-O1", "-Wall", "-o", bin, filepath.Join("testdata", name+".c")).CombinedOutput(); err != nil {
		t.Fatalf("gcc %s.c: %v\n%s", name, err, out)
	}
	return bin
}

// filterFile writes a compiled profile where launch can read it.
func filterFile(t *testing.T, name string, o Options) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, compiled(t, name, o).Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestKernel asks a real kernel what default does: an error number for each
// call that probe.c makes, 0 for success.
func TestKernel(t *testing.T) {
	launch, probe := buildC(t, "launch"), buildC(t, "probe")
	out, err := exec.Command(launch, filterFile(t, "default", Options{}), probe).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	got := map[string]string{}
	for line := range strings.Lines(string(out)) {
		name, errno, _ := strings.Cut(strings.TrimSpace(line), " ")
		got[name] = errno
	}
	want := map[string]string{
		"socket-unix": "0", "socket-inet": "0", "socket-inet6-udp": "0", "socket-unix-high": "0",
		"clone": "0", "personality-read": "0", "prctl-name": "0", "mknod-fifo": "0",
		"clone3": "38", "io_uring_setup": "38", "past-the-table": "38", "minus-one": "38", "splice": "22",
		"socket-mptcp": "93", "socket-netlink": "97",
	}
	for name, errno := range got {
		expect, ok := want[name]
		if !ok {
			expect = "1"
		}
		if errno != expect && name != "socket-inet6-udp" { // a host may be without IPv6
			t.Errorf("%s: errno %s, want %s", name, errno, expect)
		}
	}
	if len(got) < 45 {
		t.Errorf("only %d calls were tried:\n%s", len(got), out)
	}
}

// TestKernelKills: calls of another ABI end the process.
func TestKernelKills(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		nstest.Skip(t, "int 0x80 and x32 are of x86-64")
	}
	launch, probe := buildC(t, "launch"), buildC(t, "probe")
	for _, profile := range []string{"default", "strict", "compile"} {
		file := filterFile(t, profile, Options{})
		for _, what := range []string{"int80", "x32"} {
			cmd := exec.Command(launch, file, probe, what)
			out, err := cmd.CombinedOutput()
			if cmd.ProcessState == nil {
				t.Fatal(err)
			}
			if ws, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || ws.Signal() != syscall.SIGSYS {
				t.Errorf("%s: %s: %v, want SIGSYS; %s", profile, what, err, out)
			}
		}
	}
	out, err := exec.Command(launch, filterFile(t, "default-kill", Options{}), probe).CombinedOutput()
	if err == nil || !strings.Contains(err.Error(), "bad system call") {
		t.Errorf("default-kill: %v; %s", err, out)
	}
}

// TestKernelNotify: a listener hears the number of a call that no rule
// mentions, and its answer is what the caller gets.
func TestKernelNotify(t *testing.T) {
	out, err := exec.Command(buildC(t, "launch"), "-notify", filterFile(t, "default", Options{NotifyDenied: true})).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if want := fmt.Sprintf("%d\n", nr(t, "swapoff")); string(out) != want {
		t.Errorf("the listener heard %q, want %q (swapoff)", out, want)
	}
}

// TestPrograms runs programs of the host under the profiles: those that a
// profile is for must not notice it.
func TestPrograms(t *testing.T) {
	launch := buildC(t, "launch")
	filters := map[string]string{}
	for _, name := range []string{"default", "strict", "compile"} {
		filters[name] = filterFile(t, name, Options{})
	}
	for _, tc := range programs {
		// The tests of the languages run all of them, from their images; this one
		// takes what the host happens to have.
		if _, err := exec.LookPath(tc.tool()); err != nil {
			t.Logf("%s is not on this host", tc.tool())
			continue
		}
		t.Run(tc.profile+"/"+tc.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for name, content := range tc.files {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			argv := append([]string{filters[tc.profile]}, tc.argv...)
			if tc.argv[0] == "python3" { // past a version manager's shell script
				path, err := exec.Command("python3", "-c", "import sys; print(sys.executable)").Output()
				if err != nil {
					t.Fatal(err)
				}
				argv[1] = string(bytes.TrimSpace(path))
			}
			cmd := exec.Command(launch, argv...)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "GO111MODULE=off", "GOMAXPROCS=2")
			cmd.WaitDelay = time.Second
			timer := time.AfterFunc(2*time.Minute, func() { cmd.Process.Kill() })
			defer timer.Stop()
			out, err := cmd.CombinedOutput()
			if err != nil || !bytes.Contains(out, []byte(tc.want)) {
				t.Errorf("%v; output:\n%s", err, out)
			}
		})
	}
}
