package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/config"
	"github.com/nsbox/nsbox/nsbox/internal/suggest"
	"github.com/nsbox/nsbox/nsbox/report"
)

// limitFlags are the options that a sandbox has for all that runs in it, and
// those of them that an execution can have for itself.
var (
	limitFlags     = []string{"timeout", "cpu-time", "memory", "cpus", "pids", "disk", "max-output", "profile"}
	executionFlags = []string{"timeout", "cpu-time", "memory", "cpus", "pids", "max-output"}
	snippetFlags   = []string{"timeout", "cpu-time", "max-output"}
)

func jsonFlag() cli.Flag { return &cli.BoolFlag{Name: "json", Usage: "print JSON"} }

// sessionFlags are flags of configuration options by name, with the helper's
// socket and --json, which all have.
func sessionFlags(own []cli.Flag, options ...string) []cli.Flag {
	return append(append(own, only(optionFlags(), append(options, "socket")...)...), jsonFlag())
}

func (a *App) sessionCommand() *cli.Command {
	return &cli.Command{
		Name: "session", Usage: "a sandbox that lives on, for many programs",
		Description: "# make one, run programs in it, read what they left\n" +
			"nsbox session create --lang python --name work\n" +
			"nsbox session exec work main.py\n" +
			"nsbox session exec work -- ls -l\n" +
			"nsbox session files get work out.csv\n" +
			"# snippets that keep their state\n" +
			"nsbox session eval work 'x = 6'\n" +
			"nsbox session eval work 'x * 7'\n" +
			"nsbox session rm work",
		ArgsUsage: "SESSION is a sandbox's id, or its name. A helper must run: sudo nsbox-helper serve.",
		Subcommands: []*cli.Command{
			a.sessionCreateCommand(), a.sessionExecCommand(), a.sessionEvalCommand(), a.sessionFilesCommand(),
			{
				Name: "list", Aliases: []string{"ls"}, Usage: "list your sessions, and those that ended a short while ago",
				Flags: sessionFlags(nil), Action: a.sessionList,
			},
			a.sessionAction("info", "show a session: its state, limits and usage", func(ctx context.Context, sb *nsbox.Sandbox) (nsbox.SandboxInfo, error) {
				return sb.Info(ctx)
			}),
			a.sessionAction("pause", "stop everything in a session until it is resumed", func(ctx context.Context, sb *nsbox.Sandbox) (nsbox.SandboxInfo, error) {
				return sb.Pause(ctx)
			}),
			a.sessionAction("resume", "let a paused session go on", func(ctx context.Context, sb *nsbox.Sandbox) (nsbox.SandboxInfo, error) {
				return sb.Resume(ctx)
			}),
			a.sessionAction("save", "write a session's files to its volume now", func(ctx context.Context, sb *nsbox.Sandbox) (nsbox.SandboxInfo, error) {
				return sb.Save(ctx)
			}),
			{
				Name: "extend", Usage: "let a session live for some time from now",
				UsageText: "nsbox session extend [flags] SESSION DURATION", Description: "nsbox session extend work 2h",
				Flags: sessionFlags(nil), Action: a.sessionExtend,
			},
			{
				Name: "rm", Usage: "end sessions and everything in them",
				UsageText: "nsbox session rm [flags] SESSION...", Description: "nsbox session rm work",
				Flags: sessionFlags(nil), Action: a.sessionRemove,
			},
			{
				Name: "volume", Usage: "storage that outlives sessions",
				Subcommands: []*cli.Command{
					{Name: "list", Aliases: []string{"ls"}, Usage: "list your volumes", Flags: sessionFlags(nil), Action: a.volumeList},
					{
						Name: "rm", Usage: "delete volumes that no session has", UsageText: "nsbox session volume rm [flags] NAME...",
						Flags: sessionFlags(nil), Action: a.volumeRemove,
					},
				},
			},
		},
	}
}

func (a *App) sessionCreateCommand() *cli.Command {
	return &cli.Command{
		Name: "create", Usage: "make a session and print its id",
		UsageText: "nsbox session create --lang NAME [flags]",
		Description: "# an hour, or what --ttl says\nnsbox session create --lang python --name work --ttl 8h\n" +
			"# files that are there again next time\nnsbox session create --lang javascript --volume notes",
		Flags: sessionFlags([]cli.Flag{
			&cli.StringFlag{Name: "lang", Aliases: []string{"l"}, Usage: "the language, which decides what is in the sandbox"},
			&cli.StringFlag{Name: "name", Usage: "a name to use in place of the id"},
			&cli.StringFlag{Name: "ttl", Usage: "how long it lives", DefaultText: "the host's, 1h"},
			&cli.StringFlag{Name: "idle-timeout", Usage: "end it when nothing was done in it for so long", DefaultText: "the host's, 30m"},
			&cli.StringFlag{Name: "volume", Usage: "keep the files of /workspace in this volume, and begin with those in it"},
			&cli.StringSliceFlag{Name: "env", Usage: "set a variable for every program; without a value it has this command's own"},
			&cli.StringSliceFlag{Name: "label", Usage: "a note to keep with the session"},
		}, limitFlags...),
		Action: a.sessionCreate,
	}
}

func (a *App) sessionCreate(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	cfg, err := a.settings(c)
	if err != nil {
		return err
	}
	if c.String("lang") == "" {
		return usagef("a session needs a language: nsbox session create --lang python")
	}
	known, err := a.languages()
	if err != nil {
		return err
	}
	lang, err := known.Lookup(c.String("lang"))
	if err != nil {
		return languageError(err)
	}
	if strings.ContainsAny(cfg.Profile, "/.") {
		return usagef("--profile %s: a session takes the name of a profile, not a file", cfg.Profile)
	}
	req := nsbox.SandboxRequest{
		Name: c.String("name"), Language: lang.Name, Limits: cfg.Limits, Profile: cfg.Profile, Volume: c.String("volume"), Labels: map[string]string{},
	}
	for name, d := range map[string]*nsbox.Duration{"ttl": &req.TTL, "idle-timeout": &req.IdleTimeout} {
		if !c.IsSet(name) {
			continue
		}
		if *d, err = nsbox.ParseDuration(c.String(name)); err != nil {
			return usagef("--%s: %v", name, err)
		}
	}
	if req.Env, err = a.environment(c.StringSlice("env")); err != nil {
		return err
	}
	for _, l := range c.StringSlice("label") {
		name, value, ok := strings.Cut(l, "=")
		if !ok || name == "" {
			return usagef("--label %q: write NAME=VALUE", l)
		}
		req.Labels[name] = value
	}
	ctx, signals := a.onSignals(c.Context)
	defer signals.stop()
	sb, err := a.sandboxes(cfg).CreateSandbox(ctx, req)
	if err != nil {
		return sessionError(err)
	}
	if c.Bool("json") {
		return a.printJSON(sb.Created())
	}
	_, err = fmt.Fprintln(a.Stdout, sb.ID())
	return err
}

// sandboxes is the client of sandboxes that live on.
func (a *App) sandboxes(cfg *config.Config) *nsbox.Client { return &nsbox.Client{Socket: cfg.Socket} }

// sessionError words what the helper or the client says.
func sessionError(err error) error {
	if err == nil {
		return nil
	}
	return &userError{message: trimClass(err), class: err}
}

// session opens the sandbox that the first argument names; the others are rest,
// of which there must be from least to most. after is what follows "--".
func (a *App) session(c *cli.Context, least, most int, what string) (sb *nsbox.Sandbox, cfg *config.Config, rest, after []string, err error) {
	own := c.Args().Slice()
	if i := slices.Index(own, "--"); i >= 0 {
		own, after = own[:i], own[i+1:]
	}
	switch {
	case len(own) == 0:
		return nil, nil, nil, nil, usagef("which session? write %s SESSION%s", c.Command.HelpName, what)
	case len(own)-1 < least:
		return nil, nil, nil, nil, usagef("something is missing: write %s SESSION%s", c.Command.HelpName, what)
	case most >= 0 && len(own)-1 > most:
		return nil, nil, nil, nil, usagef("%q is one argument too many: write %s SESSION%s", own[most+1], c.Command.HelpName, what)
	}
	if cfg, err = a.settings(c); err != nil {
		return nil, nil, nil, nil, err
	}
	sb, err = a.openSession(c.Context, cfg, own[0])
	return sb, cfg, own[1:], after, err
}

func (a *App) openSession(ctx context.Context, cfg *config.Config, name string) (*nsbox.Sandbox, error) {
	client := a.sandboxes(cfg)
	sb, err := client.OpenSandbox(ctx, name)
	if err == nil || !errors.Is(err, nsbox.ErrNoSandbox) {
		return sb, sessionError(err)
	}
	e := &userError{message: trimClass(err), class: err}
	list, lerr := client.ListSandboxes(ctx)
	if lerr != nil {
		return nil, e
	}
	var names []string
	for _, i := range list {
		if i.State != nsbox.SandboxTerminated {
			names = append(names, i.ID)
			if i.Name != "" {
				names = append(names, i.Name)
			}
		}
	}
	if near := suggest.Nearest(name, names); near != "" && near != name {
		return nil, hint(e, "did you mean %q?", near)
	}
	return nil, hint(e, "nsbox session list shows them")
}

// sessionAction is a command that does one thing with a session and shows it.
func (a *App) sessionAction(name, usage string, do func(context.Context, *nsbox.Sandbox) (nsbox.SandboxInfo, error)) *cli.Command {
	return &cli.Command{
		Name: name, Usage: usage, UsageText: "nsbox session " + name + " [flags] SESSION", Flags: sessionFlags(nil),
		Action: func(c *cli.Context) error {
			sb, _, _, _, err := a.session(c, 0, 0, "")
			if err != nil {
				return err
			}
			ctx, signals := a.onSignals(c.Context)
			defer signals.stop()
			info, err := do(ctx, sb)
			if err != nil {
				return sessionError(err)
			}
			return a.showSession(c, name, info)
		},
	}
}

// showSession prints a session whole as JSON or for info, else its state.
func (a *App) showSession(c *cli.Context, command string, i nsbox.SandboxInfo) error {
	if c.Bool("json") {
		return a.printJSON(i)
	}
	if command != "info" {
		_, err := fmt.Fprintln(a.Stdout, i.State)
		return err
	}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
	line := func(name, format string, args ...any) {
		fmt.Fprintf(w, "%s\t%s\n", name, report.Escape(fmt.Sprintf(format, args...)))
	}
	line("id", "%s", i.ID)
	if i.Name != "" {
		line("name", "%s", i.Name)
	}
	line("language", "%s", i.Language)
	line("state", "%s", i.State)
	line("created", "%s", i.Created.Local().Format(time.DateTime))
	line("expires", "%s, or when idle for %s", i.Expires.Local().Format(time.DateTime), i.IdleTimeout)
	line("executions", "%d, %d running", i.Executions, i.Running)
	line("memory", "%s of %s, at most %s so far", mib(i.Usage.MemoryBytes), i.Limits.Memory, mib(i.Usage.MemoryPeakBytes))
	line("disk", "%s of %s, %d files", mib(i.Usage.DiskBytes), i.Limits.Disk, i.Usage.Inodes)
	line("processes", "%d of %d", i.Usage.Pids, i.Limits.Pids)
	line("cpu", "%.0f ms, %g processors", i.Usage.CPUMS, i.Limits.CPUs)
	line("timeout", "%s", i.Limits.Timeout)
	if i.Volume != "" {
		saved := "not saved yet"
		if i.Saved != nil {
			saved = "saved " + i.Saved.Local().Format(time.DateTime)
		}
		line("volume", "%s, %s", i.Volume, saved)
	}
	for _, k := range slices.Sorted(maps.Keys(i.Labels)) {
		line("label", "%s=%s", k, i.Labels[k])
	}
	_ = w.Flush() // to memory
	_, err := fmt.Fprint(a.Stdout, b.String())
	return err
}

func mib(bytes int64) string { return fmt.Sprintf("%.1fMiB", float64(bytes)/float64(nsbox.MiB)) }

func (a *App) sessionList(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	cfg, err := a.settings(c)
	if err != nil {
		return err
	}
	list, err := a.sandboxes(cfg).ListSandboxes(c.Context)
	if err != nil {
		return sessionError(err)
	}
	if c.Bool("json") {
		return a.printJSON(list)
	}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tNAME\tLANGUAGE\tSTATE\tEXPIRES\tMEMORY")
	for _, i := range list {
		expires, memory := i.Expires.Local().Format(time.DateTime), mib(i.Usage.MemoryBytes)
		if i.State == nsbox.SandboxTerminated {
			expires, memory = i.Reason, "-"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", i.ID, i.Name, i.Language, i.State, report.Escape(expires), memory)
	}
	_ = w.Flush() // to memory
	_, err = fmt.Fprint(a.Stdout, b.String())
	return err
}

func (a *App) sessionExtend(c *cli.Context) error {
	sb, _, rest, _, err := a.session(c, 1, 1, " DURATION")
	if err != nil {
		return err
	}
	ttl, err := nsbox.ParseDuration(rest[0])
	if err != nil {
		return usagef("%v", err)
	}
	info, err := sb.Extend(c.Context, ttl.Std())
	if err != nil {
		return sessionError(err)
	}
	if c.Bool("json") {
		return a.printJSON(info)
	}
	_, err = fmt.Fprintln(a.Stdout, info.Expires.Local().Format(time.DateTime))
	return err
}

func (a *App) sessionRemove(c *cli.Context) error {
	cfg, err := a.settings(c)
	if err != nil {
		return err
	}
	if c.NArg() == 0 {
		return usagef("which session? write nsbox session rm SESSION...")
	}
	for _, name := range c.Args().Slice() {
		sb, err := a.openSession(c.Context, cfg, name)
		if err != nil {
			return err
		}
		if err := sb.Close(c.Context); err != nil {
			return sessionError(err)
		}
		if info, err := sb.Info(c.Context); err == nil && strings.Contains(info.Reason, "could not be saved") {
			a.out.say("%s: %s", name, info.Reason)
		}
	}
	return nil
}

func (a *App) volumeList(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	cfg, err := a.settings(c)
	if err != nil {
		return err
	}
	list, err := a.sandboxes(cfg).ListVolumes(c.Context)
	if err != nil {
		return sessionError(err)
	}
	if c.Bool("json") {
		return a.printJSON(list)
	}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tSIZE\tSAVED\tSESSION")
	for _, v := range list {
		saved := "never"
		if !v.Saved.IsZero() {
			saved = v.Saved.Local().Format(time.DateTime)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", v.Name, mib(v.Size), saved, v.Sandbox)
	}
	_ = w.Flush() // to memory
	_, err = fmt.Fprint(a.Stdout, b.String())
	return err
}

func (a *App) volumeRemove(c *cli.Context) error {
	cfg, err := a.settings(c)
	if err != nil {
		return err
	}
	if c.NArg() == 0 {
		return usagef("which volume? write nsbox session volume rm NAME...")
	}
	for _, name := range c.Args().Slice() {
		if err := a.sandboxes(cfg).RemoveVolume(c.Context, name); err != nil {
			return sessionError(err)
		}
	}
	return nil
}
