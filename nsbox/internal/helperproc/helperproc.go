// Package helperproc starts a helper of one's own, as benchmarks and tests need
// it: on a socket of its own, beside whatever helper the machine runs. Both use
// the same state directory, whose leases keep their ids and cgroups apart.
package helperproc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// Config says which helper to start, and where.
type Config struct {
	// Program is the path of nsbox-helper.
	Program string
	// Dir is the helper's own: the socket is made in it.
	Dir string
	// Args are further arguments.
	Args []string
}

// Proc is a running helper. Its methods may be called from one goroutine.
type Proc struct {
	Socket string
	cmd    *exec.Cmd
	log    *tail
	exited chan struct{}
}

// Start starts a helper and waits until it takes connections, or until ctx is
// done.
func Start(ctx context.Context, cfg Config) (*Proc, error) {
	p := &Proc{Socket: filepath.Join(cfg.Dir, "helper.sock"), log: &tail{}, exited: make(chan struct{})}
	args := append([]string{"serve", "--socket", p.Socket}, cfg.Args...)
	p.cmd = exec.Command(cfg.Program, args...)
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	// It is not to get the terminal's Ctrl-C, which its starter turns into Stop.
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the helper: %w", err)
	}
	go func() {
		_ = p.cmd.Wait() // how it ended shows in ProcessState
		close(p.exited)
	}()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		c, err := net.DialUnix("unixpacket", nil, &net.UnixAddr{Name: p.Socket, Net: "unixpacket"})
		if err == nil {
			_ = c.Close()
			return p, nil
		}
		select {
		case <-p.exited:
			return nil, fmt.Errorf("the helper ended at its start (%s): %s", p.cmd.ProcessState, p.Log())
		case <-ctx.Done():
			_ = p.Kill()
			return nil, fmt.Errorf("the helper does not listen on %s: %w: %s", p.Socket, ctx.Err(), p.Log())
		case <-tick.C:
		}
	}
}

// Pid returns the helper's process id.
func (p *Proc) Pid() int { return p.cmd.Process.Pid }

// Running tells whether the helper has not ended yet.
func (p *Proc) Running() bool {
	select {
	case <-p.exited:
		return false
	default:
		return true
	}
}

// Log returns the end of what the helper has written.
func (p *Proc) Log() string { return p.log.String() }

// Stop asks the helper to end and waits for it.
func (p *Proc) Stop() error { return p.end(syscall.SIGTERM) }

// Kill ends the helper without a chance to clean up, and waits for it.
func (p *Proc) Kill() error { return p.end(syscall.SIGKILL) }

func (p *Proc) end(sig os.Signal) error {
	if err := p.cmd.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("signal the helper: %w", err)
	}
	const patience = 30 * time.Second
	select {
	case <-p.exited:
		return nil
	case <-time.After(patience):
		_ = p.cmd.Process.Kill()
		<-p.exited
		return fmt.Errorf("the helper did not end within %v of %v: %s", patience, sig, p.Log())
	}
}

// tail keeps the end of what is written to it.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

func (t *tail) Write(b []byte) (int, error) {
	const most = 16 << 10
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, b...)
	if len(t.buf) > most {
		t.buf = append([]byte(nil), t.buf[len(t.buf)-most:]...)
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(bytes.TrimSpace(t.buf))
}
