package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/nsbox/nsbox/nsbox/config"
)

// A command's texts are in three fields: Usage is one line, UsageText the
// synopsis (one line each way), Description the examples as alternating lines:
// a comment that begins with "# ", then the command.

func (a *App) helpRoot(root *cli.App) error {
	w := &strings.Builder{}
	fmt.Fprintf(w, "%s: %s\n\nUsage:\n  nsbox COMMAND [flags] [arguments]\n\nCommands:\n", root.Name, root.Usage)
	for _, c := range root.Commands {
		if !c.Hidden {
			fmt.Fprintf(w, "  %-12s %s\n", c.Name, c.Usage)
		}
	}
	io.WriteString(w, "\nExamples:\n  nsbox exec main.go\n  nsbox exec --lang python - < script.txt\n  nsbox doctor\n\n"+
		"nsbox COMMAND --help says more about a command.\n")
	_, err := io.WriteString(a.Stdout, w.String())
	return err
}

func (a *App) help(path string, c *cli.Command) error {
	w := &strings.Builder{}
	fmt.Fprintf(w, "%s: %s\n\nUsage:\n", path, c.Usage)
	for _, line := range synopsis(path, c) {
		fmt.Fprintf(w, "  %s\n", line)
	}
	if len(c.Subcommands) > 0 {
		io.WriteString(w, "\nCommands:\n")
		for _, sub := range c.Subcommands {
			fmt.Fprintf(w, "  %-12s %s\n", sub.Name, sub.Usage)
		}
	}
	io.WriteString(w, "\nFlags:\n")
	for _, f := range visible(c.Flags) {
		usage := f.usage
		if f.deflt != "" {
			usage += " (default: " + f.deflt + ")"
		}
		if left := "  " + f.spelling(); len(left) > 24 {
			fmt.Fprintf(w, "%s\n%26s%s\n", left, "", usage)
		} else {
			fmt.Fprintf(w, "%-26s%s\n", left, usage)
		}
	}
	if c.Description != "" {
		io.WriteString(w, "\nExamples:\n")
		for line := range strings.SplitSeq(c.Description, "\n") {
			fmt.Fprintf(w, "  %s\n", line)
		}
	}
	if c.ArgsUsage != "" { // what stands after the examples
		fmt.Fprintf(w, "\n%s\n", c.ArgsUsage)
	}
	_, err := io.WriteString(a.Stdout, w.String())
	return err
}

func synopsis(path string, c *cli.Command) []string {
	switch {
	case c.UsageText != "":
		return strings.Split(c.UsageText, "\n")
	case len(c.Subcommands) > 0:
		return []string{path + " COMMAND [flags] [arguments]"}
	}
	return []string{path + " [flags]"}
}

// shown is a flag as help, the man page and completions show it.
type shown struct {
	names  []string // the long one first
	value  string   // placeholder, "" for a switch
	usage  string
	deflt  string
	hidden bool
}

func (s shown) spelling() string {
	var b strings.Builder
	if len(s.names) > 1 && len(s.names[1]) == 1 {
		b.WriteString("-" + s.names[1] + ", ")
	}
	b.WriteString("--" + s.names[0])
	if s.value != "" {
		b.WriteString(" " + s.value)
	}
	return b.String()
}

func visible(flags []cli.Flag) []shown {
	var all []shown
	for _, f := range flags {
		s := shown{names: f.Names()}
		switch f := f.(type) {
		case *cli.BoolFlag:
			s.usage, s.hidden = f.Usage, f.Hidden
		case *cli.StringFlag:
			s.usage, s.deflt, s.hidden = f.Usage, f.DefaultText, f.Hidden
			s.value = placeholder(f)
		case *cli.StringSliceFlag:
			s.usage, s.hidden = f.Usage+"; may be repeated", f.Hidden
			s.value = placeholder(f)
		}
		if !s.hidden {
			all = append(all, s)
		}
	}
	return all
}

// placeholder stands for a flag's value in help and in errors.
func placeholder(f cli.Flag) string {
	for _, o := range config.Options() {
		if o.Name == f.Names()[0] {
			return o.Value
		}
	}
	for _, v := range placeholders {
		if v.flag == f.Names()[0] {
			return v.value
		}
	}
	return "VALUE"
}

var placeholders = []struct{ flag, value string }{
	{"lang", "NAME"}, {"stdin", "FILE|-"}, {"env", "NAME[=VALUE]"}, {"file", "[NAME=]PATH"}, {"artifacts", "DIR"},
	{"max-iterations", "N"}, {"healer", "NAME[,NEXT]"}, {"expect-stdout", "FILE"}, {"name", "NAME"},
	{"ttl", "DURATION"}, {"idle-timeout", "DURATION"}, {"volume", "NAME"}, {"label", "NAME=VALUE"},
	{"jobs", "N"}, {"format", "text|json|junit"}, {"output", "FILE"}, {"source", "FILE"},
}
