package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"

	base "github.com/nsbox/nsbox/nsbox/config"
	"github.com/nsbox/nsbox/nsbox/internal/suggest"
)

// Sources say where Load reads. Later ones win: the defaults, File, the variables
// of other systems, those of nsbox, Flags.
type Sources struct {
	// File may be missing, unless MustExist.
	File      string
	MustExist bool
	Environ   []string
	// Flags are options by name or flag, with their values.
	Flags []Flag
}

// Flag is an option that was given on the command line.
type Flag struct{ Name, Value string }

// Load reads all sources and checks that they go together. An error is one
// sentence that names the file, variable or flag, the value and what is allowed.
func Load(s Sources) (*Config, error) {
	c := Default()
	for _, e := range s.Environ { // systemd tells a service its directory
		if dir, ok := strings.CutPrefix(e, "STATE_DIRECTORY="); ok && filepath.IsAbs(dir) {
			dir, _, _ = strings.Cut(dir, ":")
			c.StateDir = filepath.Clean(dir)
		}
	}
	var files []string
	if s.File != "" {
		if _, err := os.Stat(s.File); err != nil && (s.MustExist || !errors.Is(err, fs.ErrNotExist)) {
			return nil, fmt.Errorf("configuration: %w", err)
		}
		files = []string{s.File}
	}
	// The command line's options are read first: what is wrong there is wrong here.
	b, err := base.Load(base.Sources{Files: files, Environ: withoutOurs(s.Environ)})
	if err != nil {
		return nil, err
	}
	c.Base = b
	c.Limits.DefaultTimeout, c.Limits.DefaultMemory = b.Limits.Timeout, b.Limits.Memory
	for _, f := range files {
		if err := c.loadFile(f); err != nil {
			return nil, err
		}
	}
	if err := c.loadForeign(s.Environ); err != nil {
		return nil, err
	}
	if err := c.loadEnv(s.Environ); err != nil {
		return nil, err
	}
	for _, f := range s.Flags {
		if err := c.Set(f.Name, f.Value, "--"+f.Name); err != nil {
			return nil, err
		}
	}
	return c, c.Check()
}

// table is the daemon's part of a file.
const table = base.DaemonTable

func (c *Config) loadFile(path string) error {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	file := map[string]any{}
	if err := toml.NewDecoder(bytes.NewReader(b)).Decode(&file); err != nil {
		return fmt.Errorf("%s: %s", path, strings.TrimPrefix(err.Error(), "toml: "))
	}
	ours, ok := file[table]
	if !ok {
		return nil
	}
	values, ok := ours.(map[string]any)
	if !ok {
		return fmt.Errorf("%s: %s: write a table, such as [daemon]", path, table)
	}
	return c.loadTable(path, "", values)
}

// loadTable sets what is in a table; prefix is the table's own name with a dot.
func (c *Config) loadTable(path, prefix string, values map[string]any) error {
	keys := make([]string, 0, len(values))
	for k := range values {
		keys = append(keys, k)
	}
	slices.Sort(keys) // the same mistake is reported every time
	for _, k := range keys {
		name := prefix + k
		source := path + ": " + table + "." + name
		if sub, ok := values[k].(map[string]any); ok {
			if prefix != "" || !isTable(name) {
				return fmt.Errorf("%s: unknown table %q%s", path, table+"."+name, near(name))
			}
			if err := c.loadTable(path, name+".", sub); err != nil {
				return err
			}
			continue
		}
		v, ok := valueText(values[k])
		if !ok {
			return fmt.Errorf("%s: write a string, a number, true or false, or a list of strings", source)
		}
		if err := c.Set(name, v, source); err != nil {
			return err
		}
	}
	return nil
}

// isTable tells whether options are in the table of that name.
func isTable(name string) bool {
	return slices.ContainsFunc(Options(), func(o Option) bool { return strings.HasPrefix(o.Name, name+".") })
}

// valueText writes a value as a variable would have it.
func valueText(v any) (string, bool) {
	switch x := v.(type) {
	case string:
		return x, true
	case int64:
		return strconv.FormatInt(x, 10), true
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64), true
	case bool:
		return strconv.FormatBool(x), true
	case []any:
		var parts []string
		for _, e := range x {
			s, ok := e.(string)
			if !ok || strings.Contains(s, ",") {
				return "", false
			}
			parts = append(parts, s)
		}
		return strings.Join(parts, ","), true
	}
	return "", false
}

// withoutOurs leaves the daemon's variables out: the command line's options do
// not know them.
func withoutOurs(environ []string) []string {
	var out []string
	for _, e := range environ {
		name, _, _ := strings.Cut(e, "=")
		if !slices.ContainsFunc(Options(), func(o Option) bool { return o.Env() == name }) {
			out = append(out, e)
		}
	}
	return out
}

// loadEnv reads NSBOX_ variables. One that is unknown may belong to another
// program of nsbox and is passed over, unless it looks like a slip.
func (c *Config) loadEnv(environ []string) error {
	options := Options()
	var short []string
	for _, o := range options {
		short = append(short, strings.TrimPrefix(o.Env(), "NSBOX_"))
	}
next:
	for _, e := range environ {
		name, value, _ := strings.Cut(e, "=")
		rest, ok := strings.CutPrefix(name, "NSBOX_")
		if !ok || value == "" || base.KnownVariable(name) {
			continue
		}
		for _, o := range options {
			if o.Env() == name {
				if err := c.set(o, value, name); err != nil {
					return err
				}
				continue next
			}
		}
		if n := suggest.Nearest(rest, short); n != "" {
			return fmt.Errorf("unknown variable %s; did you mean NSBOX_%s?", name, n)
		}
	}
	return nil
}
