package cli

import (
	"fmt"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/term"

	"github.com/nsbox/nsbox/nsbox"
)

// connectTerminal puts the terminal into raw mode and gives req what it takes
// to be the program's. restore brings the terminal back; it may be called more
// than once.
func (a *App) connectTerminal(req *nsbox.Request) (restore func(), err error) {
	if !isTerminal(a.Stdin) || !isTerminal(a.Stdout) {
		return nil, usagef("--tty needs a terminal, and stdin or stdout is none: leave --tty out")
	}
	fd := int(a.Stdin.Fd())
	cols, rows, err := term.GetSize(fd)
	if err != nil {
		return nil, fmt.Errorf("size of the terminal: %w", err)
	}
	state, err := term.MakeRaw(fd)
	if err != nil {
		return nil, fmt.Errorf("raw mode of the terminal: %w", err)
	}
	winch := make(chan os.Signal, 1)
	signal.Notify(winch, syscall.SIGWINCH)
	sizes := make(chan nsbox.TTYSize, 1)
	go func() {
		for range winch {
			if cols, rows, err := term.GetSize(fd); err == nil {
				replace(sizes, ttySize(rows, cols))
			}
		}
	}()
	size := ttySize(rows, cols)
	req.TTY = &nsbox.TTY{Rows: size.Rows, Cols: size.Cols, Resize: sizes}
	req.Stdin = a.Stdin
	if t := a.getenv("TERM"); t != "" && !sets(req.Env, "TERM") {
		req.Env = append(req.Env, "TERM="+t)
	}
	return sync.OnceFunc(func() {
		signal.Stop(winch)
		close(winch)
		// Nothing is left to do where the terminal is gone.
		_ = term.Restore(fd, state)
	}), nil
}

// ttySize keeps what the kernel can hold.
func ttySize(rows, cols int) nsbox.TTYSize {
	const most = 1<<16 - 1
	return nsbox.TTYSize{Rows: uint16(min(rows, most)), Cols: uint16(min(cols, most))}
}

// replace puts size in, in place of one that nobody has taken yet: only the
// last size counts.
func replace(sizes chan nsbox.TTYSize, size nsbox.TTYSize) {
	select {
	case <-sizes:
	default:
	}
	sizes <- size
}

func sets(env []string, name string) bool {
	for _, e := range env {
		if strings.HasPrefix(e, name+"=") {
			return true
		}
	}
	return false
}
