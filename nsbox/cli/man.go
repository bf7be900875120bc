package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/nsbox/nsbox/nsbox/config"
)

func (a *App) manCommand() *cli.Command {
	return &cli.Command{
		Name: "man", Usage: "print the manual page",
		Description: "# read it\nnsbox man | man -l -\n# install it\nnsbox man > /usr/local/share/man/man1/nsbox.1",
		Action: func(c *cli.Context) error {
			if err := noArguments(c); err != nil {
				return err
			}
			_, err := io.WriteString(a.Stdout, a.manual())
			return err
		},
	}
}

// manual renders the command tree as man(7).
func (a *App) manual() string {
	root := a.tree()
	w := &strings.Builder{}
	fmt.Fprintf(w, ".TH NSBOX 1 \"\" \"nsbox %s\" \"User Commands\"\n", roff(Version))
	fmt.Fprintf(w, ".SH NAME\nnsbox \\- %s\n", roff(root.Usage))
	io.WriteString(w, ".SH SYNOPSIS\n")
	for _, c := range root.Commands {
		for _, line := range synopsis("nsbox "+c.Name, c) {
			fmt.Fprintf(w, ".br\n%s\n", roff(line))
		}
	}
	io.WriteString(w, ".SH DESCRIPTION\n"+
		"nsbox runs a program in a sandbox of its own: fresh namespaces, a read\\-only root, no network but a loopback, "+
		"no capabilities, a list of allowed system calls, and limits on memory, time, processes, disk and output. "+
		"What the program writes to its standard streams passes through; what nsbox itself says goes to standard error and begins with \"nsbox: \".\n")
	io.WriteString(w, ".SH COMMANDS\n")
	for _, c := range root.Commands {
		manCommand(w, "nsbox "+c.Name, c)
	}
	io.WriteString(w, ".SH CONFIGURATION\nEach option can be set in a file, by a variable and by a flag; later ones win.\n")
	for _, o := range config.Options() {
		fmt.Fprintf(w, ".TP\n\\fB%s\\fR, \\fB%s\\fR\n%s (default: %s)\n", roff(o.Name), roff(o.Env()), roff(o.Usage), roff(o.Default))
	}
	fmt.Fprintf(w, ".SH FILES\n.TP\n%s\n.TQ\n~/.config/nsbox/nsbox.toml\nThe configuration.\n", roff(config.SystemFile))
	io.WriteString(w, ".TP\n/etc/nsbox/helper.toml\nWhat programs may have at most; root's.\n"+
		".TP\n/etc/nsbox/languages.d\nFurther languages.\n.TP\n/var/lib/nsbox/images\nThe images.\n")
	io.WriteString(w, ".SH ENVIRONMENT\n.TP\n\\fBNO_COLOR\\fR\nWhen set, nothing is coloured.\n")
	io.WriteString(w, ".SH EXIT STATUS\n")
	for _, s := range [][2]string{
		{"0..255", "that of the program; 128+N where signal N ended it"},
		{"124", "the program ran out of wall or processor time"},
		{"125", "nsbox failed or was called wrongly"},
		{"126", "the language or its image is not available"},
		{"127", "FILE was not found"},
		{"130", "interrupted by Ctrl-C"},
		{"137", "the program ran out of memory"},
	} {
		fmt.Fprintf(w, ".TP\n\\fB%s\\fR\n%s\n", roff(s[0]), roff(s[1]))
	}
	return w.String()
}

func manCommand(w io.Writer, path string, c *cli.Command) {
	fmt.Fprintf(w, ".SS \"%s\"\n%s.\n", roff(path), roff(upperFirst(c.Usage)))
	for _, f := range visible(c.Flags) {
		if f.names[0] == "help" {
			continue
		}
		usage := f.usage
		if f.deflt != "" {
			usage += " (default: " + f.deflt + ")"
		}
		fmt.Fprintf(w, ".TP\n\\fB%s\\fR\n%s\n", roff(f.spelling()), roff(usage))
	}
	if c.Description != "" {
		io.WriteString(w, ".PP\nExamples:\n.PP\n.nf\n.RS\n")
		for line := range strings.SplitSeq(c.Description, "\n") {
			io.WriteString(w, roff(line)+"\n")
		}
		io.WriteString(w, ".RE\n.fi\n")
	}
	for _, sub := range c.Subcommands {
		manCommand(w, path+" "+sub.Name, sub)
	}
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// roff escapes what man(7) would take for its own: backslashes, hyphens (which
// it may print as another character), and a dot or quote that begins a line.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(s)
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	return s
}
