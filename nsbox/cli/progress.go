package cli

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/nsbox/nsbox/nsbox/report"
)

// progress shows how far something is: a line that is rewritten on a terminal,
// a line for each step elsewhere.
type progress struct {
	o    *output
	mu   sync.Mutex
	text string // the step under way
	last string // the last one that was said
	turn int
	quit chan struct{}
	done chan struct{}
}

func (a *App) newProgress(name string) *progress {
	p := &progress{o: a.out, quit: make(chan struct{}), done: make(chan struct{})}
	p.step(name, "begin", -1)
	if !p.o.errTTY {
		close(p.done)
		return p
	}
	go func() {
		defer close(p.done)
		tick := time.NewTicker(120 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				p.draw()
			case <-p.quit:
				return
			}
		}
	}()
	return p
}

// step says what is being done. percent is -1 where nobody knows.
func (p *progress) step(name, what string, percent int) {
	p.mu.Lock()
	said := fmt.Sprintf("%s: %s", report.Escape(name), report.Escape(what))
	fresh := said != p.last
	p.last, p.text = said, said
	if percent >= 0 {
		p.text += fmt.Sprintf(" %d%%", percent)
	}
	p.mu.Unlock()
	if !p.o.errTTY && fresh && what != "begin" {
		p.o.say("%s", said)
	}
}

// draw rewrites the terminal's line.
func (p *progress) draw() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.turn++
	fmt.Fprintf(p.o.err, "\r\x1b[Knsbox: %c %s", `|/-\`[p.turn%4], p.text)
}

// stop wipes the line. It may be called more than once.
func (p *progress) stop() {
	p.mu.Lock()
	select {
	case <-p.quit:
		p.mu.Unlock()
		return
	default:
		close(p.quit)
	}
	p.mu.Unlock()
	<-p.done
	if p.o.errTTY {
		io.WriteString(p.o.err, "\r\x1b[K")
	}
}
