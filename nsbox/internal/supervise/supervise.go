package supervise

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// Child is a program that is to run.
type Child struct {
	// Name is how messages call it.
	Name string
	// Command makes the command of one start; SysProcAttr may hold a credential.
	Command func() *exec.Cmd
	// Grace is how long it may take to end after SIGTERM. It is killed then.
	Grace time.Duration
}

// Group is a set of children. Its fields may not change once Run is called.
type Group struct {
	Children []Child
	// Say tells people what happens; it is called from several goroutines.
	Say func(format string, args ...any)
	// StartTimeout bounds the time from a start to the child's readiness.
	StartTimeout time.Duration
	// MinPause and MaxPause bound the pause before a child is started again.
	MinPause, MaxPause time.Duration
	// Ready, when set, is called once, when all children are ready.
	Ready func()
}

// calm is how long a child has to run for its failures to be forgotten.
const calm = 30 * time.Second

// Run starts the children and keeps them running until ctx is done; then it
// ends them and returns nil. It fails where a child does not become ready at its
// first start: what is wrong then is wrong at every start.
func (g *Group) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var started []*keeper
	for _, c := range g.Children {
		k := &keeper{child: c, group: g, ready: make(chan struct{}), done: make(chan struct{}), stop: make(chan struct{})}
		started = append(started, k)
		go k.run()
		select {
		case <-k.ready:
			continue
		case <-k.done:
			cancel(k.err)
		case <-ctx.Done():
		}
		break
	}
	if ctx.Err() == nil && g.Ready != nil {
		g.Ready()
	}
	<-ctx.Done()
	for i := len(started) - 1; i >= 0; i-- {
		close(started[i].stop)
		<-started[i].done
	}
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

// keeper keeps one child running.
type keeper struct {
	child Child
	group *Group
	ready chan struct{} // closed when it is ready for the first time
	stop  chan struct{} // closed to end it
	done  chan struct{} // closed when it has ended for good
	err   error         // why it never became ready; read after done
}

func (k *keeper) run() {
	defer close(k.done)
	// The parent-death signal comes when the thread that started the child ends,
	// so that thread is kept for this alone.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	pause := k.group.MinPause
	for first := true; ; first = false {
		began := time.Now()
		how, ready, err := k.once(first)
		if k.stopped() {
			return
		}
		if first && !ready {
			if err == nil {
				err = fmt.Errorf("%s ended at its start: %s", k.child.Name, how)
			}
			k.err = err
			return
		}
		if time.Since(began) > calm {
			pause = k.group.MinPause
		}
		if err != nil {
			how = err.Error()
		}
		k.group.Say("%s ended (%s); it is started again in %v", k.child.Name, how, pause)
		select {
		case <-time.After(pause):
		case <-k.stop:
			return
		}
		pause = min(2*pause, k.group.MaxPause)
	}
}

func (k *keeper) stopped() bool {
	select {
	case <-k.stop:
		return true
	default:
		return false
	}
}

// once starts the child and waits for its end. how says how it ended, ready
// whether it had become ready.
func (k *keeper) once(first bool) (how string, ready bool, err error) {
	socket, err := listenNotify()
	if err != nil {
		return "", false, err
	}
	defer socket.close()
	cmd := k.child.Command()
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	// A terminal's Ctrl-C is for the supervisor, who ends the children in order.
	cmd.SysProcAttr.Setpgid = true
	cmd.SysProcAttr.Pdeathsig = syscall.SIGTERM
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	cmd.Env = append(cmd.Env, "NOTIFY_SOCKET="+socket.name)
	if err := cmd.Start(); err != nil {
		return "", false, fmt.Errorf("start %s: %w", k.child.Name, err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // how it ended is in ProcessState
		close(ended)
	}()
	became := make(chan struct{})
	go socket.waitReady(cmd.Process.Pid, became)

	patience := time.NewTimer(k.group.StartTimeout)
	defer patience.Stop()
	for {
		select {
		case <-became:
			patience.Stop()
			became, ready = nil, true
			if first {
				close(k.ready)
			} else {
				k.group.Say("%s is back", k.child.Name)
			}
		case <-ended:
			return cmd.ProcessState.String(), ready, nil
		case <-patience.C:
			k.end(cmd, ended)
			return "", false, fmt.Errorf("%s was not ready within %v", k.child.Name, k.group.StartTimeout)
		case <-k.stop:
			k.end(cmd, ended)
			return cmd.ProcessState.String(), ready, nil
		}
	}
}

// end asks the child to end, and kills it where it does not.
func (k *keeper) end(cmd *exec.Cmd, ended <-chan struct{}) {
	_ = cmd.Process.Signal(syscall.SIGTERM) // one that has ended needs none
	select {
	case <-ended:
	case <-time.After(k.child.Grace):
		k.group.Say("%s did not end within %v and is killed", k.child.Name, k.child.Grace)
		_ = cmd.Process.Kill()
		<-ended
	}
}
