// Package cli is the command line of nsbox: what it takes, what it says and how
// it exits. It decides nothing about confinement; it makes requests of what the
// user wrote and shows what came of them.
package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/config"
)

// Version is the version of the build; the linker sets it.
var Version = "dev"

// App is the command nsbox and what it stands on. Fields may be replaced before
// Main is called. An App runs one command.
type App struct {
	Stdin          *os.File
	Stdout, Stderr io.Writer
	// Environ is the environment as os.Environ gives it.
	Environ []string
	// Sources are where the configuration is read.
	Sources config.Sources
	// Run runs a request. Nil means by the helper that the configuration names.
	Run func(context.Context, nsbox.Request) (nsbox.Result, error)

	out *output
}

// New returns an App on the process's own streams and environment.
func New() *App {
	environ := os.Environ()
	return &App{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Environ: environ, Sources: config.DefaultSources(environ),
	}
}

// Main runs the command that args, with the program's name first, mean, and
// returns its exit status.
func (a *App) Main(args []string) int {
	a.out = newOutput(a.Stdout, a.Stderr, a.getenv)
	err := a.main(args)
	if err == nil {
		return exitOK
	}
	if status := (quietly)(0); !errors.As(err, &status) {
		for _, line := range wording(err) {
			a.out.say("%s", line)
		}
	}
	return exitStatus(err)
}

func (a *App) main(args []string) error {
	root := a.tree()
	arranged, help, err := arrange(root, args[min(1, len(args)):])
	switch {
	case err != nil:
		return err
	case help != nil && help.command == nil:
		return a.helpRoot(root)
	case help != nil:
		return a.help(help.path, help.command)
	}
	return root.RunContext(context.Background(), append([]string{root.Name}, arranged...))
}

func (a *App) getenv(name string) string {
	v, _ := a.lookupEnv(name)
	return v
}

func (a *App) lookupEnv(name string) (string, bool) {
	// As the C library does: the first entry counts.
	for _, e := range a.Environ {
		if len(e) > len(name) && e[len(name)] == '=' && e[:len(name)] == name {
			return e[len(name)+1:], true
		}
	}
	return "", false
}

// tree is all commands. Parsing is left to urfave/cli; help and errors are
// worded here, so its own are switched off.
func (a *App) tree() *cli.App {
	root := &cli.App{
		Name:                      "nsbox",
		Usage:                     "run code that nobody trusts, each program in a sandbox of its own",
		HideHelp:                  true,
		HideVersion:               true,
		DisableSliceFlagSeparator: true, // a comma in --env A=1,2 is part of the value
		Writer:                    a.Stdout,
		ErrWriter:                 a.Stderr,
		ExitErrHandler:            func(*cli.Context, error) {}, // Main exits
		Flags: []cli.Flag{
			helpFlag(),
			&cli.BoolFlag{Name: "version", Usage: "print the version"},
		},
		Commands: []*cli.Command{
			a.execCommand(), a.sessionCommand(), a.batchCommand(), a.analyzeCommand(), a.languagesCommand(), a.rootfsCommand(), a.explainCommand(),
			a.doctorCommand(), a.serveCommand(), a.versionCommand(), a.completionCommand(), a.manCommand(),
		},
	}
	root.Action = func(c *cli.Context) error {
		if c.Bool("version") {
			return a.version(false)
		}
		return a.helpRoot(root)
	}
	for _, c := range root.Commands {
		a.finish("nsbox", c)
	}
	return root
}

// finish gives c and its subcommands what all have.
func (a *App) finish(path string, c *cli.Command) {
	path += " " + c.Name
	c.HideHelp = true
	c.Flags = append(c.Flags, helpFlag())
	action := c.Action
	c.Action = func(ctx *cli.Context) error {
		if action == nil {
			return a.help(path, c)
		}
		return action(ctx)
	}
	for _, sub := range c.Subcommands {
		a.finish(path, sub)
	}
}

func helpFlag() cli.Flag {
	return &cli.BoolFlag{Name: "help", Aliases: []string{"h"}, Usage: "show this help"}
}

// noArguments refuses arguments to a command that takes none.
func noArguments(c *cli.Context) error {
	if c.NArg() > 0 {
		return usagef("%s takes no arguments, so not %q", c.Command.HelpName, c.Args().First())
	}
	return nil
}

// optionFlags makes flags of configuration options, but for those named.
func optionFlags(without ...string) []cli.Flag {
	var flags []cli.Flag
	for _, o := range config.Options() {
		if slices.Contains(without, o.Name) {
			continue
		}
		if o.Value == "" {
			flags = append(flags, &cli.BoolFlag{Name: o.Name, Usage: o.Usage})
			continue
		}
		flags = append(flags, &cli.StringFlag{Name: o.Name, Usage: o.Usage, DefaultText: o.Default})
	}
	return flags
}

// settings reads the configuration and lets c's flags win over it.
func (a *App) settings(c *cli.Context) (*config.Config, error) {
	cfg, err := config.Load(a.Sources)
	if err != nil {
		return nil, &userError{message: err.Error()}
	}
	for _, o := range config.Options() {
		if !c.IsSet(o.Name) {
			continue
		}
		value := c.String(o.Name)
		if o.Value == "" {
			value = "false"
			if c.Bool(o.Name) {
				value = "true"
			}
		}
		if err := cfg.Set(o.Name, value, "--"+o.Name); err != nil {
			return nil, &userError{message: err.Error()}
		}
	}
	return cfg, nil
}
