package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/config"
	"github.com/nsbox/nsbox/nsbox/report"
)

// maxJobs bounds --jobs: each job is a sandbox with its limits in full.
const maxJobs = 256

func (a *App) batchCommand() *cli.Command {
	return &cli.Command{
		Name:      "batch",
		Usage:     "run many programs, several at a time, and report on all",
		UsageText: "nsbox batch [flags] FILE...",
		Description: "# every program, healed where it fails, with one table at the end\n" +
			"nsbox batch homework/*.py\n" +
			"# eight at a time, as they are, with a report for a CI system\n" +
			"nsbox batch --jobs 8 --no-heal --format junit --output report.xml src/*",
		ArgsUsage: "A directory is one program. The exit status is 0 where all ended well or were\n" +
			"healed, 1 where a program failed, 125 where nsbox did.",
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "lang", Aliases: []string{"l"}, Usage: "the language of all programs", DefaultText: "told for each from its name, its first line, its content"},
			&cli.StringFlag{Name: "jobs", Aliases: []string{"j"}, Usage: "how many run at a time", DefaultText: "the number of processors"},
			&cli.StringFlag{Name: "format", Usage: "the report: text, json or junit", DefaultText: "text"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write the report to this file", DefaultText: "stdout"},
			&cli.StringFlag{Name: "stdin", Usage: "the input of every program, from a file", DefaultText: "empty"},
			&cli.StringSliceFlag{Name: "env", Usage: "set a variable for the programs; without a value it has this command's own"},
			&cli.StringSliceFlag{Name: "file", Usage: "put a file beside every program, in /workspace"},
			&cli.BoolFlag{Name: "no-heal", Usage: "run each program once, whatever comes of it"},
			&cli.BoolFlag{Name: "write", Usage: "store the mended sources in their files"},
		}, optionFlags("images")...),
		Action: a.batch,
	}
}

// batch is one run of the command.
type batch struct {
	a     *App
	c     *cli.Context
	cfg   *config.Config
	opts  nsbox.Options
	input []byte
	out   report.Batch
	done  atomic.Int64
}

func (a *App) batch(c *cli.Context) error {
	cfg, err := a.settings(c)
	if err != nil {
		return err
	}
	if c.Bool("no-heal") {
		if c.IsSet("heal") || c.Bool("write") {
			return usagef("--no-heal excludes --heal and --write: leave it or them out")
		}
		cfg.Heal = false
	}
	if c.NArg() == 0 {
		return usagef("there is no program to run: name one or more files")
	}
	jobs, err := jobsOf(c.String("jobs"))
	if err != nil {
		return err
	}
	write, err := batchFormat(c.String("format"))
	if err != nil {
		return err
	}
	b := &batch{a: a, c: c, cfg: cfg}
	if b.opts, err = a.healOptions(c, cfg); err != nil {
		return err
	}
	if path := c.String("stdin"); path != "" {
		if b.input, err = readBounded(path, maxTotalBytes); err != nil {
			return err
		}
	}
	sink := a.Stdout
	if path := c.String("output"); path != "" {
		// Opened before anything runs: a report that can't be written is known early.
		f, err := os.Create(path)
		if err != nil {
			return openError(path, err, false)
		}
		defer f.Close()
		sink = f
	}
	ctx, signals := a.onSignals(c.Context)
	defer signals.stop()
	b.run(ctx, jobs)
	if err := write(&b.out, sink); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	if n := signals.status(); n != 0 {
		return quietly(n)
	}
	switch {
	case b.out.Counts[report.BatchError] > 0:
		return quietly(exitFailed)
	case b.out.Counts[report.BatchFailed] > 0:
		return quietly(exitNotReady)
	}
	return nil
}

func jobsOf(text string) (int, error) {
	if text == "" {
		return runtime.NumCPU(), nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxJobs {
		return 0, usagef("--jobs %q is not allowed: write a whole number from 1 to %d", text, maxJobs)
	}
	return n, nil
}

func batchFormat(name string) (func(*report.Batch, io.Writer) error, error) {
	switch name {
	case "", "text":
		return (*report.Batch).Text, nil
	case "json":
		return func(b *report.Batch, w io.Writer) error { return report.JSONLine(w, b) }, nil
	case "junit":
		return (*report.Batch).JUnit, nil
	}
	return nil, usagef("--format %q is not allowed: write text, json or junit", name)
}

// run runs all programs, jobs at a time.
func (b *batch) run(ctx context.Context, jobs int) {
	names := b.c.Args().Slice()
	b.out.Programs = make([]report.Program, len(names))
	began := time.Now()
	var bar *progress
	if b.a.out.errTTY && !b.cfg.Quiet {
		bar = b.a.newProgress("batch")
		defer bar.stop()
	}
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(jobs, len(names)) {
		wg.Go(func() {
			for i := range next {
				b.out.Programs[i] = b.one(ctx, names[i])
				n := int(b.done.Add(1))
				if bar != nil {
					bar.step("batch", barText(n, len(names)), -1)
				}
			}
		})
	}
	for i := range names {
		next <- i
	}
	close(next)
	wg.Wait()
	b.out.WallMS = float64(time.Since(began).Microseconds()) / 1000
	b.out.Count()
}

// barText is a bar of twenty characters and the numbers beside it.
func barText(n, of int) string {
	const width = 20
	bar := make([]byte, width)
	for i := range bar {
		bar[i] = '.'
		if i < n*width/of {
			bar[i] = '#'
		}
	}
	return fmt.Sprintf("[%s] %d of %d", bar, n, of)
}

// one runs one program. Its own mistakes are in what it returns.
func (b *batch) one(ctx context.Context, name string) report.Program {
	p := report.Program{Name: name, Status: report.BatchError}
	if ctx.Err() != nil {
		p.Status, p.Error = report.BatchSkipped, "interrupted"
		return p
	}
	src, err := b.a.readSource(name, b.c.StringSlice("file"))
	var req nsbox.Request
	if err == nil {
		req, err = b.a.programOf(b.c, b.cfg, src)
	}
	if err != nil {
		p.Error = trimClass(err)
		return p
	}
	if b.input != nil {
		req.Stdin = bytes.NewReader(b.input)
	}
	rep := nsbox.Report{}
	if b.cfg.Heal {
		h := &healing{a: b.a, cfg: b.cfg, opts: b.opts, paths: src.paths, write: b.c.Bool("write")}
		rep, err = h.runSilently(ctx, req)
	} else {
		rep.Result, err = b.opts.Run(ctx, req)
	}
	if err != nil {
		p.Error = trimClass(err)
		return p
	}
	p.Report, p.Result = &rep, &rep.Result
	switch {
	case rep.Result.Verdict == nsbox.Cancelled:
		p.Status, p.Error = report.BatchSkipped, "interrupted"
	case rep.Healed:
		p.Status = report.BatchHealed
	case rep.Result.Verdict == nsbox.OK:
		p.Status = report.BatchOK
	default:
		p.Status = report.BatchFailed
	}
	return p
}
