package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/urfave/cli/v2"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/report"
)

func (a *App) sessionExecCommand() *cli.Command {
	return &cli.Command{
		Name: "exec", Usage: "run a program, or a command, in a session",
		UsageText: "nsbox session exec [flags] SESSION FILE [-- ARG...]\n" +
			"nsbox session exec [flags] SESSION - [-- ARG...]        the program comes on stdin\n" +
			"nsbox session exec [flags] SESSION -- COMMAND [ARG...]  a command of the sandbox",
		Description: "nsbox session exec work main.py -- -v\nnsbox session exec work -- ls -l\nnsbox session exec --tty work -- sh",
		ArgsUsage:   "FILE is written to /workspace first, and stays there. The exit status is that of nsbox exec.",
		Flags: sessionFlags(append(sourceFlags(),
			&cli.BoolFlag{Name: "events", Usage: "print what happens as it happens, one JSON object a line"},
			&cli.BoolFlag{Name: "tty", Aliases: []string{"t"}, Usage: "connect the program to this terminal"},
		), append(executionFlags, "quiet")...),
		Action: a.sessionExec,
	}
}

func (a *App) sessionExec(c *cli.Context) error {
	for _, pair := range [][2]string{{"json", "events"}, {"json", "tty"}, {"events", "tty"}, {"stdin", "tty"}} {
		if c.IsSet(pair[0]) && c.IsSet(pair[1]) {
			return usagef("--%s and --%s exclude each other: write one of them", pair[0], pair[1])
		}
	}
	sb, cfg, rest, after, err := a.session(c, 0, 1, " FILE, or SESSION -- COMMAND")
	if err != nil {
		return err
	}
	req := nsbox.Request{Limits: cfg.Limits, Network: cfg.Net}
	target := ""
	switch {
	case len(rest) == 1:
		target = rest[0]
	case len(after) > 0:
		req.Command, after = after, nil
	default:
		return usagef("nothing to run: write %s SESSION FILE, or SESSION -- COMMAND", c.Command.HelpName)
	}
	if target != "" {
		src, err := a.readSource(target, c.StringSlice("file"))
		if err != nil {
			return err
		}
		lang := c.String("lang")
		if lang == "" {
			lang = sb.Created().Language
		}
		if req.Language, req.Files, err = a.decideLanguage(lang, src); err != nil {
			return err
		}
		if src.nameless {
			req.Files[0].Name = "" // one of its own
		}
		req.Args = after
	} else if files := c.StringSlice("file"); len(files) > 0 {
		src, err := a.readSource("", files)
		if err != nil {
			return err
		}
		req.Files = src.files
	}
	if req.Env, err = a.environment(c.StringSlice("env")); err != nil {
		return err
	}
	if req.Stdin, err = a.input(c, target == "-"); err != nil {
		return err
	}
	cfg.Heal = false
	a.Run = func(ctx context.Context, r nsbox.Request) (nsbox.Result, error) {
		r.Artifacts = false // they stay where they are
		return sb.Exec(ctx, r)
	}
	return a.execute(c, cfg, req, &healing{a: a, cfg: cfg})
}

func (a *App) sessionEvalCommand() *cli.Command {
	return &cli.Command{
		Name: "eval", Usage: "run a snippet in a session's interpreter, which keeps its state",
		UsageText:   "nsbox session eval [flags] SESSION CODE\nnsbox session eval [flags] SESSION -          the code comes on stdin",
		Description: "nsbox session eval work 'import math; r = 2'\n# the value of the last expression is printed\nnsbox session eval work 'math.pi * r ** 2'",
		Flags: sessionFlags([]cli.Flag{
			&cli.BoolFlag{Name: "reset", Usage: "begin with a fresh interpreter"},
		}, append(snippetFlags, "quiet")...),
		Action: a.sessionEval,
	}
}

func (a *App) sessionEval(c *cli.Context) error {
	sb, cfg, rest, after, err := a.session(c, 0, 1, " CODE")
	if err != nil {
		return err
	}
	// Code that begins with a dash may stand after "--".
	if rest = append(rest, after...); len(rest) != 1 {
		return usagef("which code? write %s SESSION CODE", c.Command.HelpName)
	}
	// Limits that come from files are about programs; flags alone are meant here.
	req := nsbox.EvalRequest{Code: rest[0], Reset: c.Bool("reset")}
	if c.IsSet("timeout") {
		req.Limits.Timeout = cfg.Limits.Timeout
	}
	if c.IsSet("cpu-time") {
		req.Limits.CPUTime = cfg.Limits.CPUTime
	}
	if c.IsSet("max-output") {
		req.Limits.MaxOutput = cfg.Limits.MaxOutput
	}
	if req.Code == "-" {
		code, err := io.ReadAll(io.LimitReader(a.Stdin, maxTotalBytes))
		if err != nil {
			return usagef("stdin: %v", err)
		}
		req.Code = string(code)
	}
	stdout, stderr := a.out.passStdout(), a.out.passStderr()
	if !c.Bool("json") {
		req.Stdout, req.Stderr = stdout, stderr
	}
	ctx, signals := a.onSignals(c.Context)
	defer signals.stop()
	res, err := sb.Eval(ctx, req)
	if err != nil {
		return sessionError(err)
	}
	if c.Bool("json") {
		if err := report.JSON(a.Stdout, res, false); err != nil {
			return fmt.Errorf("write the result: %w", err)
		}
	} else {
		if res.Value != nil {
			fmt.Fprintln(stdout, res.Value.Text)
		}
		if err := firstError(stdout, stderr); err != nil {
			return err
		}
		if !cfg.Quiet {
			for _, line := range report.Explain(res) {
				a.out.say("%s", line)
			}
			if res.StateLost {
				a.out.say("the interpreter's state is lost; the next snippet has a fresh one")
			}
		}
	}
	if n := signals.status(); n != 0 && res.Verdict == nsbox.Cancelled {
		return quietly(n)
	}
	if n := resultStatus(res); n != exitOK {
		return quietly(n)
	}
	return nil
}
