package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"
)

func (a *App) completionCommand() *cli.Command {
	return &cli.Command{
		Name: "completion", Usage: "print a shell's completion script",
		UsageText: "nsbox completion bash|zsh|fish",
		Description: "# for bash, in ~/.bashrc\nsource <(nsbox completion bash)\n" +
			"# for zsh, into a directory of $fpath\nnsbox completion zsh > \"${fpath[1]}/_nsbox\"\n" +
			"# for fish\nnsbox completion fish > ~/.config/fish/completions/nsbox.fish",
		Action: func(c *cli.Context) error {
			scripts := map[string]func([]node) string{"bash": bashScript, "zsh": zshScript, "fish": fishScript}
			script, ok := scripts[c.Args().First()]
			if !ok || c.NArg() > 1 {
				return usagef("name one shell: nsbox completion bash, zsh or fish")
			}
			_, err := io.WriteString(a.Stdout, script(nodes(a.tree())))
			return err
		},
	}
}

// node is a command as completions need it.
type node struct {
	path     string // "rootfs build", "" for nsbox itself
	usage    string
	commands []*cli.Command
	flags    []shown
	files    bool // it takes files
}

func nodes(root *cli.App) []node {
	all := []node{{commands: root.Commands, flags: visible(root.Flags)}}
	var add func(path string, c *cli.Command)
	add = func(path string, c *cli.Command) {
		path = strings.TrimSpace(path + " " + c.Name)
		all = append(all, node{
			path: path, usage: c.Usage, commands: c.Subcommands, flags: visible(c.Flags),
			files: c.Name == "exec" || c.Name == "explain" || c.Name == "import",
		})
		for _, sub := range c.Subcommands {
			add(path, sub)
		}
	}
	for _, c := range root.Commands {
		add("", c)
	}
	return all
}

func (n node) words() string {
	var words []string
	for _, c := range n.commands {
		words = append(words, c.Name)
	}
	for _, f := range n.flags {
		words = append(words, "--"+f.names[0])
	}
	if n.path == "completion" {
		words = append(words, "bash", "zsh", "fish")
	}
	return strings.Join(words, " ")
}

// The languages are asked for when they are needed: users add their own.
const languageNames = "nsbox languages --names 2>/dev/null"

func bashScript(all []node) string {
	w := &strings.Builder{}
	io.WriteString(w, `# bash completion of nsbox
_nsbox() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} at="" i
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        --) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        -*) ;;
        *) case "$at ${COMP_WORDS[i]}" in
`)
	for _, n := range all[1:] {
		fmt.Fprintf(w, "           \" %s\") at=\" %s\" ;;\n", n.path, n.path)
	}
	fmt.Fprintf(w, `           esac ;;
        esac
    done
    case $prev in
    --lang|-l) COMPREPLY=($(compgen -W "$(%s)" -- "$cur")); return ;;
    --net) COMPREPLY=($(compgen -W "none loopback" -- "$cur")); return ;;
    --stdin|--file|--artifacts|--profile) COMPREPLY=($(compgen -f -- "$cur")); return ;;
    esac
    case $at in
`, languageNames)
	for _, n := range all {
		path := n.path
		if path != "" {
			path = " " + path
		}
		reply := fmt.Sprintf(`COMPREPLY=($(compgen -W "%s" -- "$cur"))`, n.words())
		if n.files {
			reply = fmt.Sprintf(`if [[ $cur == -* ]]; then %s; else COMPREPLY=($(compgen -f -- "$cur")); fi`, reply)
		}
		fmt.Fprintf(w, "    \"%s\") %s ;;\n", path, reply)
	}
	io.WriteString(w, "    esac\n}\ncomplete -o filenames -F _nsbox nsbox\n")
	return w.String()
}

func zshScript(all []node) string {
	w := &strings.Builder{}
	io.WriteString(w, "#compdef nsbox\n_nsbox() {\n    local at=\"\" word\n    for word in ${words[2,CURRENT-1]}; do\n        case \"$at $word\" in\n")
	for _, n := range all[1:] {
		fmt.Fprintf(w, "        \" %s\") at=\" %s\" ;;\n", n.path, n.path)
	}
	fmt.Fprintf(w, `        esac
    done
    case ${words[CURRENT-1]} in
    --lang|-l) compadd -- $(%s); return ;;
    --net) compadd none loopback; return ;;
    --stdin|--file|--artifacts|--profile) _files; return ;;
    esac
    case $at in
`, languageNames)
	for _, n := range all {
		path := n.path
		if path != "" {
			path = " " + path
		}
		files := ""
		if n.files {
			files = "; _files"
		}
		fmt.Fprintf(w, "    \"%s\") compadd -- %s%s ;;\n", path, n.words(), files)
	}
	io.WriteString(w, "    esac\n}\n_nsbox \"$@\"\n")
	return w.String()
}

func fishScript(all []node) string {
	w := &strings.Builder{}
	io.WriteString(w, "# fish completion of nsbox\ncomplete -c nsbox -f\n")
	quote := func(s string) string { return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'" }
	for _, n := range all {
		condition := "__fish_use_subcommand"
		if n.path != "" {
			words := strings.Fields(n.path)
			condition = "__fish_seen_subcommand_from " + strings.Join(words, "; and __fish_seen_subcommand_from ")
		}
		for _, c := range n.commands {
			fmt.Fprintf(w, "complete -c nsbox -n %s -a %s -d %s\n", quote(condition), c.Name, quote(c.Usage))
		}
		for _, f := range n.flags {
			fmt.Fprintf(w, "complete -c nsbox -n %s -l %s -d %s", quote(condition), f.names[0], quote(f.usage))
			if len(f.names) > 1 {
				fmt.Fprintf(w, " -s %s", f.names[1])
			}
			switch {
			case f.names[0] == "lang":
				fmt.Fprintf(w, " -x -a '(%s)'", languageNames)
			case f.names[0] == "net":
				io.WriteString(w, " -x -a 'none loopback'")
			case f.value != "":
				io.WriteString(w, " -r -F")
			}
			io.WriteString(w, "\n")
		}
		if n.files {
			fmt.Fprintf(w, "complete -c nsbox -n %s -F\n", quote(condition))
		}
		if n.path == "completion" {
			fmt.Fprintf(w, "complete -c nsbox -n %s -a 'bash zsh fish'\n", quote(condition))
		}
	}
	return w.String()
}
