package daemon_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox/internal/nstest"
)

// serving is a running `nsbox serve` with the programs of bin/, in directories of
// its own.
type serving struct {
	dir, socket, state string
	addr, url          string
	key                string // the administrator's
	cmd                *exec.Cmd
	exited             chan struct{}
	out, log           syncBuffer
}

// serve starts helper and daemon by `nsbox serve`, with NAME=value in addition to
// the environment, and ends them with the test.
func serve(t *testing.T, env ...string) *serving {
	t.Helper()
	nstest.RequireRoot(t)
	if _, err := user.Lookup("nsboxd"); err != nil {
		nstest.Skip(t, "there is no user nsboxd: run scripts/setup-host --run")
	}
	bin := filepath.Dir(nstest.RequireHelper(t))
	nstest.RequireFile(t, filepath.Join(bin, "nsboxd"), "run make build")
	// The daemon's user has to reach its program, so this is not the test's own
	// directory, which is root's alone.
	dir, err := os.MkdirTemp("", "nsbox-serve-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"nsbox", "nsboxd", "nsbox-helper", "nsbox-init"} {
		b, err := os.ReadFile(filepath.Join(bin, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), b, 0o755)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	s := &serving{dir: dir, socket: filepath.Join(dir, "run", "helper.sock"), state: filepath.Join(dir, "state"), addr: freeAddr(t)}
	s.url = "http://" + s.addr
	s.start(t, env...)
	t.Cleanup(func() {
		s.stop(t)
		if t.Failed() {
			t.Logf("nsbox serve said:\n%s", tail(s.log.String(), 60))
		}
	})
	_, rest, ok := strings.Cut(s.out.String(), "administrator's key, shown this once: ")
	if !ok {
		t.Fatalf("no key was printed: %q", s.out.String())
	}
	s.key = strings.TrimSpace(rest)
	return s
}

func (s *serving) start(t *testing.T, env ...string) {
	t.Helper()
	s.cmd = exec.Command(filepath.Join(s.dir, "nsbox"), "serve", "--socket", s.socket, "--state-dir", s.state, "--listen", s.addr, "--images", nstest.Images())
	s.cmd.Env = append([]string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "NSBOX_GRACE=10s"}, env...)
	s.cmd.Stdout, s.cmd.Stderr = &s.out, &s.log
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan struct{})
	s.exited = exited
	go func() {
		_ = s.cmd.Wait()
		close(exited)
	}()
	eventually(t, 60*time.Second, "nsbox serve is ready", func() bool {
		select {
		case <-exited:
			t.Fatalf("nsbox serve ended at its start (%s): %s", s.cmd.ProcessState, s.log.String())
		default:
		}
		return strings.Contains(s.log.String(), "nsbox: ready;")
	})
}

// stop ends it as Ctrl-C does.
func (s *serving) stop(t *testing.T) {
	t.Helper()
	_ = s.cmd.Process.Signal(syscall.SIGINT)
	select {
	case <-s.exited:
	case <-time.After(60 * time.Second):
		_ = s.cmd.Process.Kill()
		t.Error("nsbox serve did not end")
	}
}

// child is the pid of the child that runs the program of that name.
func (s *serving) child(t *testing.T, name string) int {
	t.Helper()
	pid := 0
	eventually(t, 30*time.Second, name+" runs", func() bool {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", s.cmd.Process.Pid, s.cmd.Process.Pid))
		pids := strings.Fields(string(b))
		// Children are those of the thread that made them.
		if tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", s.cmd.Process.Pid)); err == nil {
			for _, f := range tasks {
				b, _ := os.ReadFile(f)
				pids = append(pids, strings.Fields(string(b))...)
			}
		}
		for _, p := range pids {
			if exe, err := os.Readlink("/proc/" + p + "/exe"); err == nil && filepath.Base(exe) == name {
				pid, _ = strconv.Atoi(p)
				return true
			}
		}
		return false
	})
	return pid
}

// do sends a request and returns status and body; the error is the connection's.
func (s *serving) do(ctx context.Context, method, path, body string) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, s.url+path, strings.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-API-Key", s.key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, b, err
}

// runs tells whether a program runs over REST.
func (s *serving) runs() bool {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	status, b, err := s.do(ctx, "POST", "/api/v1/execute", bash("echo alive"))
	return err == nil && status == 200 && bytes.Contains(b, []byte(`alive\n`))
}

// bash is a request's body.
func bash(code string) string {
	b, _ := json.Marshal(map[string]string{"language": "bash", "code": code})
	return string(b)
}

// sse reads the events of a stream until it ends, and gives each one's type and
// data to f.
func sse(r io.Reader, f func(event string, data []byte)) error {
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 8<<20)
	event := ""
	for sc.Scan() {
		if v, ok := strings.CutPrefix(sc.Text(), "event: "); ok {
			event = v
		}
		if v, ok := strings.CutPrefix(sc.Text(), "data: "); ok {
			f(event, []byte(v))
		}
	}
	return sc.Err()
}

func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func eventually(t *testing.T, within time.Duration, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(within); !f(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", within, what)
		}
	}
}

func tail(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
