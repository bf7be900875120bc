// Package config reads the defaults that a user or an administrator set for
// nsbox's command line.
//
// Later sources win: built-in defaults, /etc/nsbox/nsbox.toml, the user's
// ~/.config/nsbox/nsbox.toml, NSBOX_* variables, flags. All four spell an
// option the same way: max-output in a file is --max-output as a flag and
// NSBOX_MAX_OUTPUT in the environment, and all take the same values.
//
// A configuration asks, it grants nothing: what a program may have at most is
// decided by the helper from a file that only root writes.
package config

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/heal/settings"
	"github.com/nsbox/nsbox/nsbox/internal/suggest"
)

// Config is what the sources set. Limits that none of them set are zero, which
// leaves them to the language and the host.
type Config struct {
	Limits  nsbox.Limits
	Net     nsbox.Network
	Profile string // a seccomp profile's name or, with a slash or .json in it, its file
	Heal    bool
	// MaxIterations, Healer, HealTimeout, Vet and HealLimits are about healing;
	// Healer is a list of names with commas, HealTimeout 0 where nobody set it.
	MaxIterations int
	Healer        string
	HealTimeout   nsbox.Duration
	Vet           bool
	HealLimits    bool
	// Healers are the settings of those that ask a model or a command: the table
	// [healers], which has no flags and no variables.
	Healers settings.Config
	Quiet   bool
	Socket  string // the helper's socket; empty is the built-in place
	Images  string // directory of the images; empty is the built-in place

	from map[string]string // option -> the source that set it
}

// Option is one thing that can be set.
type Option struct {
	// Name is the flag without its dashes and the key in a file.
	Name string
	// Usage is one line for --help and the man page.
	Usage string
	// Value is a placeholder for the value, "" for a switch.
	Value string
	// Default is what stands when nobody sets it, in words.
	Default string

	set func(*Config, string) error
	get func(*Config) string
}

// Env is the name of the variable that sets o.
func (o Option) Env() string {
	return "NSBOX_" + strings.ToUpper(strings.ReplaceAll(o.Name, "-", "_"))
}

// Default returns what stands where nobody sets anything.
func Default() *Config {
	return &Config{Heal: true, MaxIterations: nsbox.DefaultIterations, Healer: "rules"}
}

// Options lists everything that can be set, in the order of the documentation.
func Options() []Option {
	return []Option{
		{"timeout", "wall time of the program", "TIME", "60s",
			func(c *Config, v string) error { return setDuration(&c.Limits.Timeout, v) },
			func(c *Config) string { return text(c.Limits.Timeout != 0, c.Limits.Timeout) }},
		{"cpu-time", "processor time of all its processes together", "TIME", "bounded by timeout and cpus",
			func(c *Config, v string) error { return setDuration(&c.Limits.CPUTime, v) },
			func(c *Config) string { return text(c.Limits.CPUTime != 0, c.Limits.CPUTime) }},
		{"memory", "memory of the sandbox, files it writes included", "SIZE", "256MiB",
			func(c *Config, v string) error { return setSize(&c.Limits.Memory, v) },
			func(c *Config) string { return text(c.Limits.Memory != 0, c.Limits.Memory) }},
		{"cpus", "processors' worth of time", "N", "1.0",
			func(c *Config, v string) error { return setCPUs(&c.Limits.CPUs, v) },
			func(c *Config) string { return text(c.Limits.CPUs != 0, c.Limits.CPUs) }},
		{"pids", "processes and threads", "N", "64",
			func(c *Config, v string) error { return setCount(&c.Limits.Pids, v) },
			func(c *Config) string { return text(c.Limits.Pids != 0, c.Limits.Pids) }},
		{"disk", "what it may write to /workspace, /tmp and /dev/shm in all", "SIZE", "100MiB",
			func(c *Config, v string) error { return setSize(&c.Limits.Disk, v) },
			func(c *Config) string { return text(c.Limits.Disk != 0, c.Limits.Disk) }},
		{"inodes", "files and directories it may make there", "N", "the host's",
			func(c *Config, v string) error { return setCount(&c.Limits.Inodes, v) },
			func(c *Config) string { return text(c.Limits.Inodes != 0, c.Limits.Inodes) }},
		{"open-files", "open files of each process", "N", "the host's",
			func(c *Config, v string) error { return setCount(&c.Limits.OpenFiles, v) },
			func(c *Config) string { return text(c.Limits.OpenFiles != 0, c.Limits.OpenFiles) }},
		{"max-output", "how much of stdout, and of stderr, is kept", "SIZE", "1MiB",
			func(c *Config, v string) error { return setSize(&c.Limits.MaxOutput, v) },
			func(c *Config) string { return text(c.Limits.MaxOutput != 0, c.Limits.MaxOutput) }},
		{"net", "what it can reach: none, or loopback where it counts on one", "none|loopback", "none",
			func(c *Config, v string) error { return setNet(&c.Net, v) },
			func(c *Config) string { return text(c.Net != "", c.Net) }},
		{"profile", "seccomp profile: a name, or a file (root only)", "NAME|FILE", "the language's",
			func(c *Config, v string) error { return setString(&c.Profile, v, "a profile's name or file") },
			func(c *Config) string { return c.Profile }},
		{"heal", "mend a failing program and run it again", "", "true",
			func(c *Config, v string) error { return setBool(&c.Heal, v) },
			func(c *Config) string { return strconv.FormatBool(c.Heal) }},
		{"max-iterations", "how often a program runs at most when it is mended, 1 to 10", "N", "5",
			func(c *Config, v string) error { return setIterations(&c.MaxIterations, v) },
			func(c *Config) string { return strconv.Itoa(c.MaxIterations) }},
		{"healer", "who mends it: rules, openai, anthropic, ollama, yuuki, command, one after another", "NAME[,NEXT]", "rules",
			func(c *Config, v string) error { return setString(&c.Healer, v, "names of healers with commas") },
			func(c *Config) string { return c.Healer }},
		{"heal-timeout", "time after which no further run begins", "TIME", "none",
			func(c *Config, v string) error { return setDuration(&c.HealTimeout, v) },
			func(c *Config) string { return text(c.HealTimeout != 0, c.HealTimeout) }},
		{"heal-limits", "ask the healers about a program that a limit ended, too", "", "false",
			func(c *Config, v string) error { return setBool(&c.HealLimits, v) },
			func(c *Config) string { return strconv.FormatBool(c.HealLimits) }},
		{"vet", "mend also what the language's checker finds in a program that ends well", "", "false",
			func(c *Config, v string) error { return setBool(&c.Vet, v) },
			func(c *Config) string { return strconv.FormatBool(c.Vet) }},
		{"quiet", "say nothing about how the program ended", "", "false",
			func(c *Config, v string) error { return setBool(&c.Quiet, v) },
			func(c *Config) string { return strconv.FormatBool(c.Quiet) }},
		{"socket", "socket of the helper", "PATH", "/run/nsbox/helper.sock",
			func(c *Config, v string) error { return setPath(&c.Socket, v) },
			func(c *Config) string { return c.Socket }},
		{"images", "directory of the language images", "DIR", "/var/lib/nsbox/images",
			func(c *Config, v string) error { return setPath(&c.Images, v) },
			func(c *Config) string { return c.Images }},
	}
}

// Set sets the option name to value. source is named by errors and by From: a
// file's path, a variable, a flag with its dashes.
func (c *Config) Set(name, value, source string) error {
	for _, o := range Options() {
		if o.Name == name {
			return c.set(o, value, source)
		}
	}
	return fmt.Errorf("%s: unknown option %q%s", source, name, didYouMean(name))
}

func (c *Config) set(o Option, value, source string) error {
	if err := o.set(c, value); err != nil {
		return fmt.Errorf("%s: %w", source, err)
	}
	if c.from == nil {
		c.from = map[string]string{}
	}
	c.from[o.Name] = source
	return nil
}

// From returns the source that set the option name, "" where none did.
func (c *Config) From(name string) string { return c.from[name] }

// Text returns the option's value as it could be written in a file, "" where
// it is not set.
func (c *Config) Text(o Option) string { return o.get(c) }

func didYouMean(name string) string {
	var names []string
	for _, o := range Options() {
		names = append(names, o.Name)
	}
	near := suggest.Nearest(strings.ReplaceAll(name, "_", "-"), names)
	if near == "" {
		return "; known are " + strings.Join(names, ", ")
	}
	return fmt.Sprintf("; did you mean %q?", near)
}

func text(isSet bool, v any) string {
	if !isSet {
		return ""
	}
	return fmt.Sprint(v)
}
