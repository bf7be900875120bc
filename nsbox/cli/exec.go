package cli

import (
	"bytes"
	"context"
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/config"
	"github.com/nsbox/nsbox/nsbox/report"
)

func (a *App) execCommand() *cli.Command {
	return &cli.Command{
		Name:  "exec",
		Usage: "run one program in a sandbox",
		UsageText: "nsbox exec [flags] FILE [-- ARG...]\n" +
			"nsbox exec [flags] DIRECTORY [-- ARG...]\n" +
			"nsbox exec [flags] - [-- ARG...]           the program comes on stdin\n" +
			"nsbox exec [flags] --file [NAME=]PATH... [-- ARG...]",
		Description: "# one file; its language is told from its name\n" +
			"nsbox exec main.py\n" +
			"# arguments for the program, and its input from a file\n" +
			"nsbox exec --stdin words.txt count.go -- -n 10\n" +
			"# a program from stdin\n" +
			"echo 'print(6 * 7)' | nsbox exec --lang python -\n" +
			"# less memory and time, and the result as JSON\n" +
			"nsbox exec --memory 64MiB --timeout 2s --json main.c\n" +
			"# keep the files that it leaves in its directory\n" +
			"nsbox exec --artifacts out plot.py\n" +
			"# a project with data beside it, on a terminal\n" +
			"nsbox exec --tty --file data.csv=/srv/data.csv project/",
		ArgsUsage: "The exit status is the program's own, 128+N where signal N ended it; 124 timeout;\n" +
			"137 out of memory; 125 nsbox failed or was called wrongly; 126 the language or its\n" +
			"image is not available; 127 FILE not found.",
		Flags: append(append(sourceFlags(), []cli.Flag{
			&cli.StringFlag{Name: "artifacts", Usage: "write the files that the program left in /workspace to this directory"},
			&cli.BoolFlag{Name: "artifact-data", Usage: "put the content of these files into the JSON"},
			&cli.BoolFlag{Name: "json", Usage: "print the result as one JSON object instead of the output"},
			&cli.BoolFlag{Name: "events", Usage: "print what happens as it happens, one JSON object a line"},
			&cli.BoolFlag{Name: "tty", Aliases: []string{"t"}, Usage: "connect the program to this terminal"},
		}...), append(optionFlags("images"), healFlags()...)...),
		Action: a.exec,
	}
}

func (a *App) exec(c *cli.Context) error {
	cfg, err := a.settings(c)
	if err != nil {
		return err
	}
	if c.Bool("no-heal") {
		cfg.Heal = false
	}
	for _, pair := range [][2]string{
		{"json", "events"}, {"json", "tty"}, {"events", "tty"}, {"stdin", "tty"},
		{"heal", "no-heal"}, {"write", "no-heal"}, {"heal", "tty"}, {"write", "tty"},
	} {
		if c.IsSet(pair[0]) && c.IsSet(pair[1]) {
			return usagef("--%s and --%s exclude each other: write one of them", pair[0], pair[1])
		}
	}
	req, paths, err := a.request(c, cfg)
	if err != nil {
		return err
	}
	if c.Bool("write") && paths[req.Files[0].Name] == "" {
		return usagef("--write has nowhere to store the source that came on stdin: give it as a file, or leave --write out")
	}
	opts, err := a.healOptions(c, cfg)
	if err != nil {
		return err
	}
	return a.execute(c, cfg, req, &healing{a: a, cfg: cfg, opts: opts, paths: paths, write: c.Bool("write")})
}

// execute runs req and shows what came of it.
func (a *App) execute(c *cli.Context, cfg *config.Config, req nsbox.Request, h *healing) error {
	dir := c.String("artifacts")
	asJSON, asEvents := c.Bool("json"), c.Bool("events")
	req.Artifacts = dir != "" || asJSON || asEvents

	ctx, signals := a.onSignals(c.Context)
	defer signals.stop()
	var events *report.Events
	var stdout, stderr *pass
	switch {
	case asEvents:
		events = report.NewEvents(a.Stdout)
		events.Data = c.Bool("artifact-data")
		req.OnEvent = events.Write
	case !asJSON:
		stdout, stderr = a.out.passStdout(), a.out.passStderr()
		req.Stdout, req.Stderr = stdout, stderr
	}
	if c.Bool("tty") {
		restore, err := a.connectTerminal(&req)
		if err != nil {
			return err
		}
		signals.onExit(restore)
		defer restore()
	}
	rep, err := a.runOrHeal(ctx, cfg, req, h, stdout)
	res := rep.Result
	signals.restore()
	if err != nil {
		return &userError{message: trimClass(err), class: err}
	}
	if dir != "" {
		if err := a.saveArtifacts(dir, res, cfg.Quiet || asJSON || asEvents); err != nil {
			return err
		}
	}
	switch {
	case asJSON:
		if err := report.JSON(a.Stdout, res, c.Bool("artifact-data")); err != nil {
			return fmt.Errorf("write the result: %w", err)
		}
	case asEvents:
		if err := events.Err(); err != nil {
			return fmt.Errorf("write the events: %w", err)
		}
	default:
		if err := firstError(stdout, stderr); err != nil {
			return err
		}
		if !cfg.Quiet {
			for _, line := range report.Explain(res) {
				a.out.say("%s", line)
			}
			h.show(rep)
		}
	}
	if n := signals.status(); n != 0 && (res.Verdict == nsbox.Cancelled || rep.StopReason == nsbox.StopCancelled) {
		return quietly(n)
	}
	if n := resultStatus(res); n != exitOK {
		return quietly(n)
	}
	if h.opts.ExpectStdout != nil && !bytes.Equal(res.Stdout, h.opts.ExpectStdout) {
		return quietly(exitWrongOutput)
	}
	return nil
}

// runOrHeal runs req, with healing unless that is off or impossible.
func (a *App) runOrHeal(ctx context.Context, cfg *config.Config, req nsbox.Request, h *healing, stdout *pass) (nsbox.Report, error) {
	if cfg.Heal && req.TTY == nil {
		return h.run(ctx, req, stdout)
	}
	res, err := a.runner(cfg)(ctx, req)
	return nsbox.Report{Result: res, Original: res, Files: req.Files}, err
}

// runner is what runs requests.
func (a *App) runner(cfg *config.Config) func(context.Context, nsbox.Request) (nsbox.Result, error) {
	if a.Run != nil {
		return a.Run
	}
	return (&nsbox.Client{Socket: cfg.Socket}).Run
}

// firstError is the first write of the program's output that failed: what was
// lost must not look like success.
func firstError(streams ...*pass) error {
	for _, s := range streams {
		if err := s.failure(); err != nil {
			return fmt.Errorf("pass the program's output on: %w", err)
		}
	}
	return nil
}
