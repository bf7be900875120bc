package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/nsbox/nsbox/nsbox/internal/suggest"
)

// SystemFile is the administrator's file.
const SystemFile = "/etc/nsbox/nsbox.toml"

// maxFile is the most bytes that a configuration file may have.
const maxFile = 64 << 10

// Sources say where Load reads.
type Sources struct {
	// Files in the order in which they count; one that does not exist is passed over.
	Files []string
	// Environ is the environment as os.Environ gives it.
	Environ []string
}

// DefaultSources are the system's file, the user's, and environ.
func DefaultSources(environ []string) Sources {
	s := Sources{Files: []string{SystemFile}, Environ: environ}
	if dir := userDir(environ); dir != "" {
		s.Files = append(s.Files, filepath.Join(dir, "nsbox", "nsbox.toml"))
	}
	return s
}

// userDir is where the XDG base directory specification puts configuration.
func userDir(environ []string) string {
	var home, xdg string
	for _, e := range environ {
		if v, ok := strings.CutPrefix(e, "HOME="); ok {
			home = v
		}
		if v, ok := strings.CutPrefix(e, "XDG_CONFIG_HOME="); ok {
			xdg = v
		}
	}
	switch {
	case filepath.IsAbs(xdg): // the specification says to ignore a relative one
		return xdg
	case filepath.IsAbs(home):
		return filepath.Join(home, ".config")
	}
	return ""
}

// Load reads all sources. An error names the file or variable, the value and
// what is allowed.
func Load(s Sources) (*Config, error) {
	c := Default()
	for _, path := range s.Files {
		if err := c.loadFile(path); err != nil {
			return nil, err
		}
	}
	if err := c.loadEnv(s.Environ); err != nil {
		return nil, err
	}
	// A command has arguments, which a variable holds with blanks between.
	for _, e := range s.Environ {
		if v, ok := strings.CutPrefix(e, "NSBOX_HEALER_COMMAND="); ok && v != "" {
			c.Healers.Command.Argv = strings.Fields(v)
		}
	}
	return c, nil
}

func (c *Config) loadFile(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if errors.Is(err, fs.ErrPermission) {
		// Where not even the directory can be entered it is another user's, left in
		// HOME by sudo or su, and nobody knows whether there is a file.
		if _, serr := os.Stat(path); errors.Is(serr, fs.ErrPermission) {
			return nil
		}
	}
	if err != nil {
		return err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	if len(b) > maxFile {
		return fmt.Errorf("%s has more than the %d bytes that are allowed", path, maxFile)
	}
	return c.parse(path, b)
}

// parse takes the values as text, so that a file and a variable with the same
// value do the same.
func (c *Config) parse(path string, b []byte) error {
	values := map[string]any{}
	if err := toml.Unmarshal(b, &values); err != nil {
		var at *toml.DecodeError
		if errors.As(err, &at) {
			line, _ := at.Position()
			return fmt.Errorf("%s:%d: %s", path, line, strings.TrimPrefix(at.Error(), "toml: "))
		}
		return fmt.Errorf("%s: %w", path, err)
	}
	if table, ok := values[healersTable]; ok {
		if err := c.parseHealers(path, table); err != nil {
			return err
		}
		delete(values, healersTable)
	}
	// The daemon's part is its own to read, so that it can be changed without this
	// program's knowing.
	if table, ok := values[DaemonTable]; ok {
		if _, ok := table.(map[string]any); !ok {
			return fmt.Errorf("%s: %s: write a table, such as [daemon]", path, DaemonTable)
		}
		delete(values, DaemonTable)
	}
	keys := make([]string, 0, len(values))
	for k := range values {
		keys = append(keys, k)
	}
	sort.Strings(keys) // the same mistake is reported every time
	for _, k := range keys {
		var v string
		switch x := values[k].(type) {
		case string:
			v = x
		case int64:
			v = strconv.FormatInt(x, 10)
		case float64:
			v = strconv.FormatFloat(x, 'f', -1, 64)
		case bool:
			v = strconv.FormatBool(x)
		default:
			if !known(k) {
				return fmt.Errorf("%s: unknown option %q%s", path, k, didYouMean(k))
			}
			return fmt.Errorf("%s: %s: write a string, a number or true or false", path, k)
		}
		if !known(k) {
			return fmt.Errorf("%s: unknown option %q%s", path, k, didYouMean(k))
		}
		if err := c.Set(k, v, path+": "+k); err != nil {
			return err
		}
	}
	return nil
}

// DaemonTable is the table of a file that the daemon reads.
const DaemonTable = "daemon"

// healersTable is the one table of a file that is read here.
const healersTable = "healers"

func (c *Config) parseHealers(path string, table any) error {
	if _, ok := table.(map[string]any); !ok {
		return fmt.Errorf("%s: %s: write a table, such as [healers.openai]", path, healersTable)
	}
	b, err := toml.Marshal(table)
	if err != nil {
		return fmt.Errorf("%s: %s: %w", path, healersTable, err)
	}
	d := toml.NewDecoder(bytes.NewReader(b)).DisallowUnknownFields()
	if err := d.Decode(&c.Healers); err != nil {
		var strict *toml.StrictMissingError
		if errors.As(err, &strict) && len(strict.Errors) > 0 {
			return fmt.Errorf("%s: %s: unknown key %q", path, healersTable, strings.Join(strict.Errors[0].Key(), "."))
		}
		return fmt.Errorf("%s: %s: %s", path, healersTable, strings.TrimPrefix(err.Error(), "toml: "))
	}
	return nil
}

func known(name string) bool {
	for _, o := range Options() {
		if o.Name == name {
			return true
		}
	}
	return false
}

// loadEnv reads NSBOX_ variables. One that is unknown may belong to another
// program of nsbox and is passed over, unless it looks like a slip in one of
// these.
func (c *Config) loadEnv(environ []string) error {
	var names []string
	options := Options()
	for _, o := range options {
		names = append(names, o.Env())
	}
next:
	for _, e := range environ {
		name, value, _ := strings.Cut(e, "=")
		if !strings.HasPrefix(name, "NSBOX_") || value == "" || slices.Contains(otherEnv, name) || daemonEnv(name) {
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
		if near := slip(name, names); near != "" {
			return fmt.Errorf("unknown variable %s; did you mean %s?", name, near)
		}
	}
	return nil
}

// otherEnv are variables of nsbox that set no option. They are near to some that
// do.
var otherEnv = []string{"NSBOX_HELPER", "NSBOX_HEALER_COMMAND", "NSBOX_HEALER_CONFIG"}

// daemonNames and daemonPrefixes are the daemon's variables, and how those of
// its tables begin. Who sets them for the daemon may well run nsbox, too.
var (
	daemonNames = []string{
		"NSBOX_LISTEN", "NSBOX_HOSTS", "NSBOX_ORIGINS", "NSBOX_STATE_DIR", "NSBOX_STORE", "NSBOX_GRACE", "NSBOX_API_HEAL", "NSBOX_METRICS",
	}
	daemonPrefixes = []string{
		"NSBOX_TLS_", "NSBOX_AUTH_", "NSBOX_LIMITS_", "NSBOX_HISTORY_", "NSBOX_AUDIT_", "NSBOX_LOG_", "NSBOX_TRACING_",
	}
)

// daemonEnv tells whether the variable is the daemon's.
func daemonEnv(name string) bool {
	return slices.Contains(daemonNames, name) ||
		slices.ContainsFunc(daemonPrefixes, func(p string) bool { return strings.HasPrefix(name, p) })
}

// KnownVariable tells whether the variable is one of the command line's.
func KnownVariable(name string) bool {
	return slices.Contains(otherEnv, name) || slices.ContainsFunc(Options(), func(o Option) bool { return o.Env() == name })
}

// slip compares what follows NSBOX_ only: the prefix would make all names near.
func slip(name string, names []string) string {
	short := make([]string, len(names))
	for i, n := range names {
		short[i] = strings.TrimPrefix(n, "NSBOX_")
	}
	if near := suggest.Nearest(strings.TrimPrefix(name, "NSBOX_"), short); near != "" {
		return "NSBOX_" + near
	}
	return ""
}
