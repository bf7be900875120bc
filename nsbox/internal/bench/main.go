// Command bench measures nsbox beside what else runs a program apart from the
// host: the bare command, bubblewrap, nsjail, runc, and go-judge where the user
// has one.
//
// All contenders run the same programs by the same toolchains, those of nsbox's
// images, and are measured in one run that alternates between them, so that
// whatever else the machine does at that moment meets all of them alike. What
// counts are the ratios; the times belong to the machine, which the output
// names. docs/performance.md tells how to read it.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) { // the inner process has said what is wrong
			fmt.Fprintln(os.Stderr, "bench:", err)
		}
		os.Exit(1)
	}
}

type options struct {
	rounds, warmup int
	quick          bool
	bin, images    string
	json, svg      string
	only           []string
	goJudge        string
	// second is how long a step of the throughput takes.
	second time.Duration
	kept   []int
}

// parts are what -only can name beside the workloads.
const (
	partThroughput = "throughput"
	partMemory     = "memory"
	partKept       = "kept"
)

func parse(args []string) (options, error) {
	var o options
	var only string
	fs := flag.NewFlagSet("bench", flag.ContinueOnError)
	fs.IntVar(&o.rounds, "rounds", 100, "measured rounds of the quickest workloads, each running every contender once; slower workloads get fewer")
	fs.IntVar(&o.warmup, "warmup", 5, "rounds before those, not measured")
	fs.BoolVar(&o.quick, "quick", false, "a fifth of the rounds and of the time: enough to see whether something broke")
	fs.StringVar(&o.bin, "bin", "bin", "directory of nsbox and nsbox-helper")
	fs.StringVar(&o.images, "images", "/var/lib/nsbox/images", "directory of the images")
	fs.StringVar(&o.json, "json", "", "file to write the numbers to, as JSON")
	fs.StringVar(&o.svg, "svg", "", "file to write the picture to")
	fs.StringVar(&only, "only", "", "measure only these workloads and parts, with commas between: "+strings.Join(partNames(), " "))
	fs.StringVar(&o.goJudge, "go-judge", "", "path of a go-judge that you have built, to be measured, too")
	if err := fs.Parse(args); err != nil {
		return o, err
	}
	if fs.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q", fs.Arg(0))
	}
	if o.rounds < 1 || o.warmup < 0 {
		return o, errors.New("-rounds must be at least 1 and -warmup at least 0")
	}
	if only != "" {
		o.only = strings.Split(only, ",")
		for _, name := range o.only {
			if !slices.Contains(partNames(), name) {
				return o, fmt.Errorf("-only %q: there are %s", name, strings.Join(partNames(), " "))
			}
		}
	}
	o.second, o.kept = 3*time.Second, []int{10, 100, 500}
	if o.quick {
		o.rounds, o.warmup, o.second, o.kept = max(o.rounds/5, 1), min(o.warmup, 2), 600*time.Millisecond, []int{10, 50}
	}
	return o, nil
}

func partNames() []string {
	var names []string
	for _, j := range jobs {
		names = append(names, j.name)
	}
	return append(names, partThroughput, partMemory, partKept)
}

func (o options) wants(part string) bool { return len(o.only) == 0 || slices.Contains(o.only, part) }

// insideEnv marks the process that has mounts of its own, and names its
// directory.
const insideEnv = "NSBOX_BENCH_INSIDE"

func run(ctx context.Context, args []string, out io.Writer) error {
	o, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	if os.Geteuid() != 0 {
		return errors.New("needs root, which starting a sandbox without a helper does: sudo make bench")
	}
	dir := os.Getenv(insideEnv)
	if dir == "" {
		return again(args, out)
	}
	// Everything that this process makes is in memory and in its own mount
	// namespace: it goes when the last process does, and nothing is ever removed
	// by walking, which would walk into what is mounted there.
	if err := unix.Mount("bench", dir, "tmpfs", unix.MS_NOSUID, "mode=0755"); err != nil {
		return fmt.Errorf("mount tmpfs: %w", err)
	}
	b, err := prepare(ctx, o, dir)
	if err != nil {
		return err
	}
	defer b.close()
	report, err := b.measureAll(ctx, out)
	if err != nil {
		return err
	}
	return write(o, report)
}

// again runs this program in a mount namespace of its own, which ends with it:
// what is mounted there needs no unmounting and is seen by nobody else. Its
// directory is empty here, before and after.
func again(args []string, out io.Writer) error {
	dir, err := os.MkdirTemp("", "nsbox-bench-")
	if err != nil {
		return err
	}
	defer os.Remove(dir)
	cmd := exec.Command("/proc/self/exe", args...)
	cmd.Env = append(os.Environ(), insideEnv+"="+dir)
	cmd.Stdout, cmd.Stderr = out, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS, Pdeathsig: syscall.SIGTERM}
	// Ctrl-C reaches both; this one waits for the other to clean up.
	signal.Ignore(os.Interrupt)
	return cmd.Run()
}

// measureAll measures what was asked for, printing as it goes.
func (b *bench) measureAll(ctx context.Context, out io.Writer) (*Report, error) {
	r := &Report{Machine: machine(), Rounds: b.o.rounds, Warmup: b.o.warmup, Missing: b.missing, Toolchains: b.toolchains()}
	printHead(out, r)
	for _, j := range jobs {
		if !b.o.wants(j.name) {
			continue
		}
		w, err := b.workload(ctx, j)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", j.name, err)
		}
		rows, err := measure(ctx, w, max(b.o.rounds/j.slow, 3), b.o.warmup)
		if err != nil {
			return nil, err
		}
		r.Results = append(r.Results, rows...)
		printTable(out, w.name, w.what, rows)
	}
	for _, part := range []struct {
		name    string
		measure func(context.Context, io.Writer, *Report) error
	}{{partThroughput, b.throughput}, {partMemory, b.memory}, {partKept, b.keptSandboxes}} {
		if !b.o.wants(part.name) {
			continue
		}
		if err := part.measure(ctx, out, r); err != nil {
			return nil, fmt.Errorf("%s: %w", part.name, err)
		}
	}
	r.Targets = targets(r)
	printTargets(out, r.Targets)
	return r, nil
}

func write(o options, r *Report) error {
	if o.json != "" {
		j, err := json.MarshalIndent(r, "", "  ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(o.json, append(j, '\n'), 0o644); err != nil {
			return err
		}
	}
	if o.svg != "" {
		if err := os.MkdirAll(filepath.Dir(o.svg), 0o755); err != nil {
			return err
		}
		return os.WriteFile(o.svg, picture(r), 0o644)
	}
	return nil
}
