// Command bench measures nsbox beside what else runs a program apart from the
// host: the bare command, bubblewrap, runc and nsjail.
//
// All contenders run the same programs and are measured in one run that
// alternates between them, round by round, so that whatever else the machine
// does at that moment meets all of them alike. What counts are the ratios; the
// times belong to the machine, which the output names. docs/performance.md
// tells how to read it.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

type options struct {
	rounds, warmup int
	bin            string
	json           string
	only           string
}

func run(ctx context.Context, args []string, out io.Writer) error {
	var o options
	fs := flag.NewFlagSet("bench", flag.ContinueOnError)
	fs.IntVar(&o.rounds, "rounds", 200, "measured rounds, each running every contender once")
	fs.IntVar(&o.warmup, "warmup", 10, "rounds before those, not measured")
	fs.StringVar(&o.bin, "bin", "bin", "directory of nsbox and nsbox-helper")
	fs.StringVar(&o.json, "json", "", "file to write the numbers to, as JSON")
	fs.StringVar(&o.only, "only", "", "measure only the workload of this name")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if o.rounds < 1 || o.warmup < 0 {
		return fmt.Errorf("-rounds must be at least 1 and -warmup at least 0")
	}
	if os.Geteuid() != 0 {
		return fmt.Errorf("needs root, which starting a sandbox without a helper does: sudo make bench")
	}
	dir, err := os.MkdirTemp("", "nsbox-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)

	b, err := prepare(ctx, o, dir)
	if err != nil {
		return err
	}
	defer b.close()
	report := Report{Machine: machine(), Rounds: o.rounds, Warmup: o.warmup, Missing: b.missing}
	printHead(out, report)
	for _, w := range b.workloads {
		if o.only != "" && o.only != w.name {
			continue
		}
		rows, err := measure(ctx, w, o)
		if err != nil {
			return err
		}
		report.Results = append(report.Results, rows...)
		printTable(out, w.name, w.what, rows)
	}
	if o.json == "" {
		return nil
	}
	j, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(o.json, append(j, '\n'), 0o644)
}
