package cli

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/nsbox/nsbox/nsbox/internal/suggest"
)

// arrange finds the command that args (without the program's name) mean and
// returns them with that command's flags first: flags may stand before and
// after FILE, and package flag stops at the first argument that is none. What
// follows "--" stays as it is. Mistakes come back as one sentence each, so that
// none is left for the libraries to word. Where help is asked for, help says about
// what, and nothing is to be run.
func arrange(root *cli.App, args []string) (out []string, help *topic, err error) {
	var command *cli.Command // nil is root
	commands, flags, path := root.Commands, root.Flags, root.Name
	for {
		i := 0
		for i < len(args) && isFlag(args[i]) {
			i++ // the flags above commands are switches
		}
		if i == len(args) || args[i] == "--" || len(commands) == 0 {
			break
		}
		name := args[i]
		next := find(commands, name)
		if next == nil {
			return nil, nil, unknownCommand(path, name, commands)
		}
		// A switch of the level above counts for it alone.
		own, err := splitFlags(path, flags, args[:i])
		if err != nil {
			return nil, nil, err
		}
		if own.help {
			return nil, &topic{path, command}, nil
		}
		out = append(append(out, own.flags...), name)
		command, args, commands, flags, path = next, args[i+1:], next.Subcommands, next.Flags, path+" "+next.Name
	}
	s, err := splitFlags(path, flags, args)
	if err != nil {
		return nil, nil, err
	}
	if s.help {
		return nil, &topic{path, command}, nil
	}
	out = append(out, s.flags...)
	if len(s.rest)+len(s.after) > 0 || s.dashes {
		out = append(append(out, "--"), s.rest...)
	}
	if s.dashes {
		out = append(append(out, "--"), s.after...)
	}
	return out, nil, nil
}

// topic is what help is asked about: a command by its path, or nsbox itself,
// which is no command.
type topic struct {
	path    string
	command *cli.Command
}

func isFlag(arg string) bool { return len(arg) > 1 && arg[0] == '-' && arg != "--" }

func find(commands []*cli.Command, name string) *cli.Command {
	for _, c := range commands {
		if c.HasName(name) {
			return c
		}
	}
	return nil
}

// split is a command's arguments by kind.
type split struct {
	flags  []string // flags with their values
	rest   []string // what stands alone
	dashes bool     // "--" was there
	after  []string // what follows it
	help   bool     // help was asked for
}

func splitFlags(path string, flags []cli.Flag, args []string) (split, error) {
	var s split
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if arg == "--" {
			s.dashes, s.after = true, args[i+1:]
			return s, nil
		}
		if !isFlag(arg) {
			s.rest = append(s.rest, arg)
			continue
		}
		name, value, hasValue := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		f := findFlag(flags, name)
		switch {
		case f == nil:
			return s, unknownFlag(path, arg, name, flags)
		case isSwitch(f) && hasValue && value != "true" && value != "false":
			return s, usagef("%s is a switch: write it alone, or with =true or =false", flagName(name))
		case name == "help" || name == "h":
			s.help = true
		case isSwitch(f) || hasValue:
			s.flags = append(s.flags, arg)
		case i+1 == len(args) || args[i+1] == "--":
			return s, usagef("%s needs a value: %s %s", flagName(name), flagName(name), placeholder(f))
		default:
			i++
			// As one word, so that a value that begins with a dash is no flag.
			s.flags = append(s.flags, arg+"="+args[i])
		}
	}
	return s, nil
}

func findFlag(flags []cli.Flag, name string) cli.Flag {
	for _, f := range flags {
		if slices.Contains(f.Names(), name) {
			return f
		}
	}
	return nil
}

func isSwitch(f cli.Flag) bool {
	_, ok := f.(*cli.BoolFlag)
	return ok
}

// flagName writes a name as it is given: -t, --timeout.
func flagName(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

func unknownFlag(path, arg, name string, flags []cli.Flag) error {
	var names []string
	for _, f := range flags {
		for _, n := range f.Names() {
			if len(n) > 1 {
				names = append(names, n)
			}
		}
	}
	word, _, _ := strings.Cut(arg, "=")
	if near := suggest.Nearest(name, names); near != "" {
		return hint(usagef("%s has no flag %s", path, word), "did you mean %s?", flagName(near))
	}
	return hint(usagef("%s has no flag %s", path, word), "%s --help lists them", path)
}

func unknownCommand(path, name string, commands []*cli.Command) error {
	var names []string
	for _, c := range commands {
		if !c.Hidden {
			names = append(names, c.Name)
		}
	}
	if near := suggest.Nearest(name, names); near != "" {
		return hint(usagef("unknown command %q", path+" "+name), "did you mean %q?", path+" "+near)
	}
	return hint(usagef("unknown command %q", path+" "+name), "%s --help lists the commands", path)
}
