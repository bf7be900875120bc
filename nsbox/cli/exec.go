package cli

import (
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

// healFlags are named by the contract and not available yet: they are refused,
// not ignored. --no-heal is what happens anyway.
func healFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "no-heal", Usage: "do not mend the program when it fails"},
		&cli.StringFlag{Name: "max-iterations", Usage: "how often to mend it at most", Hidden: true},
		&cli.StringFlag{Name: "healer", Usage: "who mends it", Hidden: true},
		&cli.BoolFlag{Name: "write", Usage: "store the mended source", Hidden: true},
		&cli.StringFlag{Name: "expect-stdout", Usage: "the output that it must have", Hidden: true},
	}
}

func refuseHealing(c *cli.Context, cfg *config.Config) error {
	for _, name := range []string{"max-iterations", "healer", "write", "expect-stdout"} {
		if c.IsSet(name) {
			return usagef("--%s is about healing, which this version of nsbox cannot do yet; leave it out", name)
		}
	}
	if cfg.Heal {
		return usagef("%s: this version of nsbox cannot heal programs yet; leave it out, or write --no-heal", cfg.From("heal"))
	}
	return nil
}

func (a *App) exec(c *cli.Context) error {
	cfg, err := a.settings(c)
	if err != nil {
		return err
	}
	if c.Bool("no-heal") {
		cfg.Heal = false
	}
	if err := refuseHealing(c, cfg); err != nil {
		return err
	}
	for _, pair := range [][2]string{{"json", "events"}, {"json", "tty"}, {"events", "tty"}, {"stdin", "tty"}} {
		if c.IsSet(pair[0]) && c.IsSet(pair[1]) {
			return usagef("--%s and --%s exclude each other: write one of them", pair[0], pair[1])
		}
	}
	req, err := a.request(c, cfg)
	if err != nil {
		return err
	}
	return a.execute(c, cfg, req)
}

// execute runs req and shows what came of it.
func (a *App) execute(c *cli.Context, cfg *config.Config, req nsbox.Request) error {
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
	res, err := a.runner(cfg)(ctx, req)
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
		}
	}
	if n := signals.status(); res.Verdict == nsbox.Cancelled && n != 0 {
		return quietly(n)
	}
	if n := resultStatus(res); n != exitOK {
		return quietly(n)
	}
	return nil
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
