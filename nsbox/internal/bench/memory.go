package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nsbox/nsbox/nsbox"
)

// Memory is what a sandbox takes, as proportional set size: pages that several
// processes share count for each in part (proc(5), smaps_rollup).
type Memory struct {
	Language string `json:"language"`
	// Spares is how many sandboxes waited for a program; SpareMB is the median of
	// what one takes, 0 where there was none.
	Spares  int     `json:"spares"`
	SpareMB float64 `json:"spare_mb"`
	// RunningMB is what one more sandbox takes in which a program runs, everything
	// that it makes the helper and its zygotes take counted in.
	RunningMB float64 `json:"running_mb"`
}

// Kept is the cost of one more run while others go on.
type Kept struct {
	Sandboxes int     `json:"sandboxes"`
	P50       float64 `json:"p50_ms"`
	P99       float64 `json:"p99_ms"`
	HelperMB  float64 `json:"helper_mb"`
}

// settle is how long pools get to fill.
const settle = 2 * time.Second

// memory measures spares and running sandboxes without and with an interpreter.
func (b *bench) memory(ctx context.Context, out io.Writer, r *Report) error {
	for _, m := range []struct{ job, source string }{
		{jobShell, "read line\n"},
		{jobPython, "input()\n"},
	} {
		j := jobNamed(m.job)
		if _, err := b.toolchain(j.image); err != nil {
			return err
		}
		// A helper of its own: what another language left ready is not counted. Runs
		// make it keep spares of this one.
		if err := b.restart(ctx); err != nil {
			return err
		}
		for range 5 {
			if _, err := b.fromGo(j)(ctx, 0); err != nil {
				return err
			}
		}
		if err := sleep(ctx, settle); err != nil {
			return err
		}
		idle, spares, err := b.footprint()
		if err != nil {
			return err
		}
		found := Memory{Language: j.language, Spares: len(spares)}
		if len(spares) > 0 {
			slices.Sort(spares)
			found.SpareMB = spares[len(spares)/2]
		}
		const many = 10
		k, err := b.keep(ctx, j, m.source, many)
		if err != nil {
			return err
		}
		err = sleep(ctx, settle)
		var busy float64
		if err == nil {
			busy, _, err = b.footprint()
		}
		if err = errors.Join(err, k.end()); err != nil {
			return err
		}
		found.RunningMB = (busy - idle) / many
		r.Memory = append(r.Memory, found)
	}
	printMemory(out, r.Memory)
	return nil
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// keptSandboxes measures a small run while many sandboxes are kept.
func (b *bench) keptSandboxes(ctx context.Context, out io.Writer, r *Report) error {
	j := jobNamed(jobShell)
	if _, err := b.toolchain(j.image); err != nil {
		return err
	}
	c := contender{name: nsboxRun, run: b.fromGo(j), expect: j.expect}
	for _, n := range append([]int{0}, b.o.kept...) {
		k, err := b.keep(ctx, j, "read line\n", n)
		if err != nil {
			return fmt.Errorf("keep %d: %w", n, err)
		}
		rows, err := measure(ctx, workload{name: partKept, contenders: []contender{c}}, max(b.o.rounds, 20), b.o.warmup)
		mb, perr := pss(b.helper.Pid())
		if err = errors.Join(err, perr, k.end()); err != nil {
			return err
		}
		r.Kept = append(r.Kept, Kept{Sandboxes: n, P50: rows[0].P50, P99: rows[0].P99, HelperMB: mb})
	}
	printKept(out, r.Kept)
	return nil
}

// kept are programs that wait for their input.
type kept struct {
	inputs []*io.PipeWriter
	wg     sync.WaitGroup
	errs   []error
}

// keep starts n programs that run until their input ends, and returns when all
// of them run.
func (b *bench) keep(ctx context.Context, j job, source string, n int) (*kept, error) {
	k := &kept{errs: make([]error, n)}
	client := &nsbox.Client{Socket: b.helper.Socket}
	running := make(chan struct{}, n)
	for i := range n {
		r, w := io.Pipe()
		k.inputs = append(k.inputs, w)
		k.wg.Go(func() {
			started := false
			_, k.errs[i] = client.Run(ctx, nsbox.Request{
				Language: j.language, Files: []nsbox.File{{Name: j.file, Data: []byte(source)}}, Stdin: r,
				Limits: nsbox.Limits{Timeout: nsbox.Duration(5 * time.Minute)},
				OnEvent: func(e nsbox.Event) {
					if e.Type == nsbox.EventStage && !started {
						started = true
						running <- struct{}{}
					}
				},
			})
			if !started {
				running <- struct{}{}
			}
		})
	}
	for range n {
		<-running
	}
	// One that failed has ended by now; the others go on.
	return k, errors.Join(k.errs...)
}

func (k *kept) end() error {
	for _, w := range k.inputs {
		_ = w.Close() // a pipe in memory has nothing to fail
	}
	k.wg.Wait()
	return errors.Join(k.errs...)
}

// process is what /proc tells of one.
type process struct {
	pid, parent int
	// ns are its ids in its pid namespaces, the host's first.
	ns []string
}

// footprint returns what the helper's descendants take in MB, and what each
// sandbox that nobody uses takes. Sandboxes are told by being process 1 of a pid
// namespace below the zygote's; all of them are taken for spares, so no program
// may run meanwhile where these count.
func (b *bench) footprint() (total float64, spares []float64, err error) {
	all, err := processes()
	if err != nil {
		return 0, nil, err
	}
	below := map[int][]process{}
	for _, p := range all {
		below[p.parent] = append(below[p.parent], p)
	}
	var tree func(pid int) float64
	tree = func(pid int) float64 {
		mb, perr := pss(pid)
		if perr != nil && !errors.Is(perr, os.ErrNotExist) {
			err = errors.Join(err, perr)
		}
		for _, p := range below[pid] {
			mb += tree(p.pid)
		}
		return mb
	}
	total = tree(b.helper.Pid())
	var find func(pid int)
	find = func(pid int) {
		for _, p := range below[pid] {
			if len(p.ns) > 2 && p.ns[len(p.ns)-1] == "1" {
				spares = append(spares, tree(p.pid))
			} else {
				find(p.pid)
			}
		}
	}
	find(b.helper.Pid())
	return total, spares, err
}

func processes() ([]process, error) {
	dirs, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil, err
	}
	var all []process
	for _, d := range dirs {
		text, err := os.ReadFile(filepath.Join(d, "status"))
		if err != nil {
			continue // it has ended
		}
		p := process{}
		p.pid, _ = strconv.Atoi(filepath.Base(d)) // the pattern says that it is a number
		for line := range strings.Lines(string(text)) {
			name, value, _ := strings.Cut(line, ":")
			switch name {
			case "PPid":
				p.parent, _ = strconv.Atoi(strings.TrimSpace(value))
			case "NSpid":
				p.ns = strings.Fields(value)
			}
		}
		all = append(all, p)
	}
	return all, nil
}

// pss returns the proportional set size of a process in MB.
func pss(pid int) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0, err
	}
	for _, line := range bytes.Split(text, []byte("\n")) {
		if value, ok := bytes.CutPrefix(line, []byte("Pss:")); ok {
			kb, err := strconv.ParseFloat(string(bytes.Fields(value)[0]), 64)
			return kb / 1000 * 1.024, err
		}
	}
	return 0, nil // a process without memory of its own: it is ending
}
