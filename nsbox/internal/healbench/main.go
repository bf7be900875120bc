// Command healbench measures the rules that mend programs: it damages programs
// that work, each at one place, runs them with healing, and counts how many come
// back with their own output. `make heal-bench` runs it; docs/healing.md has what
// came of it.
//
// A damaged program that ends well with the output that it had before is no
// broken one and is not counted. One that ends well with another output counts
// as wrong where a rule made that of it: that is worse than a failure.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/heal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "healbench:", err)
		os.Exit(1)
	}
}

type options struct {
	programs string
	only     string
	seeds    []uint64
	each     int
	jobs     int
	keep     string
	samples  string
	socket   string
	helper   string
}

func parse(args []string) (options, error) {
	var o options
	var seeds string
	fs := flag.NewFlagSet("healbench", flag.ContinueOnError)
	fs.StringVar(&o.programs, "programs", "", "directory with one directory of programs for each language (default: its own)")
	fs.StringVar(&o.only, "lang", "", "measure only these languages, separated by commas")
	fs.StringVar(&seeds, "seeds", "1,2,3,4,5", "one corpus is made of each seed")
	fs.IntVar(&o.each, "n", 40, "damaged programs of each language and seed")
	fs.IntVar(&o.jobs, "jobs", 2, "how many are mended at a time")
	fs.StringVar(&o.keep, "keep", "", "directory to put what was not mended in")
	fs.StringVar(&o.samples, "samples", "", "directory to write what was mended in one step to, for the tests of rules (see analyzetest)")
	fs.StringVar(&o.socket, "socket", "", "socket of the helper (default: NSBOX_SOCKET)")
	fs.StringVar(&o.helper, "helper", "bin/nsbox-helper", "helper that is started where none listens")
	if err := fs.Parse(args); err != nil {
		return o, err
	}
	for s := range strings.SplitSeq(seeds, ",") {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			return o, fmt.Errorf("-seeds: %q is no number", s)
		}
		o.seeds = append(o.seeds, n)
	}
	if o.each < 1 || o.jobs < 1 {
		return o, errors.New("-n and -jobs must be at least 1")
	}
	return o, nil
}

func run(ctx context.Context, args []string, out io.Writer) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	programs, err := load(o)
	if err != nil {
		return err
	}
	opts, err := heal.Options()
	if err != nil {
		return err
	}
	client := &nsbox.Client{Socket: o.socket, Helper: o.helper}
	opts.Run = client.Run
	if err := expectations(ctx, opts, programs); err != nil {
		return err
	}
	t := newTable()
	err = measure(ctx, o, opts, programs, t)
	// What was measured before an interruption is still worth a look.
	return errors.Join(t.print(out), err)
}

func measure(ctx context.Context, o options, opts nsbox.Options, programs map[string][]*program, t *table) error {
	for _, seed := range o.seeds {
		for _, l := range languages(programs) {
			cases := corpus(seed, programs[l], o.each)
			if err := each(ctx, o.jobs, cases, func(c *mutant) error {
				r, err := mend(ctx, opts, c)
				if err != nil {
					return fmt.Errorf("%s: %w", c.id(), err)
				}
				if ctx.Err() == nil {
					t.add(r)
				}
				return o.save(r)
			}); err != nil {
				return err
			}
		}
	}
	return nil
}

// each calls do for all cases, jobs at a time.
func each(ctx context.Context, jobs int, cases []*mutant, do func(*mutant) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	work := make(chan *mutant)
	var wg sync.WaitGroup
	for range jobs {
		wg.Go(func() {
			for c := range work {
				if err := do(c); err != nil {
					cancel(err)
				}
			}
		})
	}
	for _, c := range cases {
		select {
		case work <- c:
		case <-ctx.Done():
		}
	}
	close(work)
	wg.Wait()
	return context.Cause(ctx)
}
