package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"
	"golang.org/x/sys/unix"

	"github.com/nsbox/nsbox/nsbox/daemon/config"
)

// Version is the version of the build; the linker sets it.
var Version = "dev"

// defaultFile is shared with the command line.
const defaultFile = "/etc/nsbox/nsbox.toml"

// program is one call of nsboxd.
type program struct {
	stdin          *os.File
	stdout, stderr io.Writer
	environ        []string
}

// Main is the program nsboxd. It returns the exit status: 0, 1 where it failed, 2
// for a wrong call or configuration.
func Main(args []string) int {
	p := &program{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, environ: os.Environ()}
	return p.main(args)
}

// usageError is a mistake of the caller's, in the command line or the configuration.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// passedOn is the exit status of this program's other self, which has said why.
type passedOn int

func (p passedOn) Error() string { return fmt.Sprintf("exit status %d", int(p)) }

func (p *program) main(args []string) int {
	err := p.app().Run(args)
	var status passedOn
	var usage usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &status):
		return int(status)
	}
	fmt.Fprintln(p.stderr, "nsboxd:", err)
	if errors.As(err, &usage) {
		return 2
	}
	return 1
}

func (p *program) app() *cli.App {
	app := &cli.App{
		Name: "nsboxd", Usage: "run code that nobody trusts, as a service over HTTP, WebSocket and gRPC",
		HideVersion: true, HideHelpCommand: true, DisableSliceFlagSeparator: true,
		Writer: p.stdout, ErrWriter: p.stderr,
		ExitErrHandler: func(*cli.Context, error) {}, // main exits
		Commands:       []*cli.Command{p.serveCommand(), p.keyCommand(), p.userCommand(), p.auditCommand(), p.checkCommand(), p.versionCommand()},
		Action: func(c *cli.Context) error {
			if c.NArg() > 0 {
				return usagef("unknown command %q: there are serve, key, user, audit, check-config and version", c.Args().First())
			}
			return cli.ShowAppHelp(c)
		},
	}
	finish(app.Commands, app.Name)
	app.OnUsageError = onUsage
	return app
}

// finish gives every command what all have.
func finish(commands []*cli.Command, path string) {
	for _, c := range commands {
		name := path + " " + c.Name
		c.OnUsageError = onUsage
		c.HideHelpCommand = true
		if c.Action == nil {
			var names []string
			for _, s := range c.Subcommands {
				names = append(names, s.Name)
			}
			c.Action = func(*cli.Context) error {
				return usagef("%s: write one of %s after it", name, strings.Join(names, ", "))
			}
		}
		finish(c.Subcommands, name)
	}
}

func onUsage(_ *cli.Context, err error, _ bool) error { return usageError{err} }

// noArguments refuses arguments to a command that takes none.
func noArguments(c *cli.Context) error {
	if c.NArg() > 0 {
		return usagef("unexpected argument %q", c.Args().First())
	}
	return nil
}

// optionFlags are the flags of the configuration's options; without names it is all.
func optionFlags(names ...string) []cli.Flag {
	flags := []cli.Flag{&cli.StringFlag{Name: "config", Usage: "configuration `FILE`", DefaultText: defaultFile}}
	for _, o := range config.Options() {
		wanted := len(names) == 0
		for _, n := range names {
			wanted = wanted || n == o.Name
		}
		switch {
		case !wanted:
		case o.Value == "":
			flags = append(flags, &cli.BoolFlag{Name: o.Flag(), Usage: o.Usage, DefaultText: o.Default})
		default:
			flags = append(flags, &cli.StringFlag{Name: o.Flag(), Usage: o.Usage + " `" + o.Value + "`", DefaultText: o.Default})
		}
	}
	return flags
}

// load reads the configuration with c's flags over it.
func (p *program) load(c *cli.Context) (*config.Config, error) {
	src := config.Sources{File: defaultFile, Environ: p.environ}
	if c.IsSet("config") {
		src.File, src.MustExist = c.String("config"), true
	}
	for _, o := range config.Options() {
		if !c.IsSet(o.Flag()) {
			continue
		}
		value := c.String(o.Flag())
		if o.Value == "" {
			value = fmt.Sprint(c.Bool(o.Flag()))
		}
		src.Flags = append(src.Flags, config.Flag{Name: o.Flag(), Value: value})
	}
	cfg, err := config.Load(src)
	if err != nil {
		return nil, usageError{err}
	}
	return cfg, nil
}

func (p *program) serveCommand() *cli.Command {
	return &cli.Command{
		Name: "serve", Usage: "serve until SIGTERM or SIGINT; SIGHUP reads certificate and configuration again",
		Flags: append(optionFlags(), &cli.BoolFlag{Name: "first-key", Usage: "where there is no user yet, make an administrator's key and print it"}),
		Action: func(c *cli.Context) error {
			if err := noArguments(c); err != nil {
				return err
			}
			cfg, err := p.load(c)
			if err != nil {
				return err
			}
			if os.Geteuid() == 0 {
				return usagef("serve does not run as root: start it by `nsbox serve`, by its unit, or as a user of the group nsbox")
			}
			if err := noNewPrivileges(); err != nil {
				return err
			}
			ctx, stop := signal.NotifyContext(context.Background(), unix.SIGTERM, unix.SIGINT)
			defer stop()
			return p.serve(ctx, cfg, c.Bool("first-key"), func() (*config.Config, error) { return p.load(c) })
		},
	}
}

// noNewPrivileges gives up what a program with a set-user-ID bit could give, for
// this process and all that it starts. In a build with cgo the standard library
// can't do it for all threads; nsboxd is built without.
func noNewPrivileges() error {
	_, _, errno := syscall.AllThreadsSyscall6(unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0)
	if errno != 0 && errno != unix.ENOTSUP {
		return fmt.Errorf("no new privileges: %w", errno)
	}
	return nil
}

func (p *program) checkCommand() *cli.Command {
	return &cli.Command{
		Name: "check-config", Usage: "say what is wrong with the configuration, and where", Flags: optionFlags(),
		Action: func(c *cli.Context) error {
			if err := noArguments(c); err != nil {
				return err
			}
			cfg, err := p.load(c)
			if err != nil {
				return err
			}
			fmt.Fprintf(p.stdout, "the configuration is in order; nsboxd listens on %s\n", strings.Join(cfg.Listen, ", "))
			return nil
		},
	}
}

func (p *program) versionCommand() *cli.Command {
	return &cli.Command{
		Name: "version", Usage: "print the version",
		Action: func(c *cli.Context) error {
			if err := noArguments(c); err != nil {
				return err
			}
			goVersion := ""
			if info, ok := debug.ReadBuildInfo(); ok {
				goVersion = " " + info.GoVersion
			}
			fmt.Fprintf(p.stdout, "nsboxd %s%s\n", Version, goVersion)
			return nil
		},
	}
}

// newLog makes the daemon's log; level can be changed while it is used.
func (p *program) newLog(cfg *config.Config, level *slog.LevelVar) *slog.Logger {
	level.Set(logLevel(cfg))
	opts := &slog.HandlerOptions{Level: level}
	if cfg.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(p.stderr, opts))
	}
	return slog.New(slog.NewTextHandler(p.stderr, opts))
}

func logLevel(cfg *config.Config) slog.Level {
	var l slog.Level
	_ = l.UnmarshalText([]byte(cfg.LogLevel)) // the configuration has checked it
	return l
}

// asOwner runs this program again as the user who owns the state directory, where
// root calls it: what root writes there the daemon could not change any more.
// done tells that it did.
func (p *program) asOwner(cfg *config.Config, args []string) (done bool, err error) {
	if os.Geteuid() != 0 {
		return false, nil
	}
	var st unix.Stat_t
	if err := unix.Stat(cfg.StateDir, &st); err != nil || st.Uid == 0 {
		return false, nil
	}
	self, err := os.Executable()
	if err != nil {
		return false, err
	}
	cmd := exec.Command(self, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.Env, cmd.Dir = p.stdin, p.stdout, p.stderr, append(slices.Clip(p.environ), callerVariable+"=root"), "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: st.Uid, Gid: st.Gid}}
	if err := cmd.Run(); err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return true, passedOn(max(exit.ExitCode(), 1))
		}
		return true, err
	}
	return true, nil
}
