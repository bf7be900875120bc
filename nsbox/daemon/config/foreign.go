package config

import (
	"fmt"
	"strconv"
	"strings"
)

// Foreign is a variable of a system that nsbox follows, and what it means here.
type Foreign struct {
	Name string
	// Option is the option that it sets, or what else it does.
	Option string
	// Usage says in what unit it is.
	Usage string
	set   func(c *Config, v, source string) error
}

// Foreigns lists the variables of other systems that have a meaning here.
func Foreigns() []Foreign {
	return []Foreign{
		{"MAX_EXECUTION_TIME", "limits.max-timeout", "seconds", asNumber("limits.max-timeout", "s", "seconds, such as 60")},
		{"MAX_MEMORY_MB", "limits.max-memory", "MiB", asNumber("limits.max-memory", "MiB", "MiB, such as 512")},
		{"MAX_CONCURRENT_EXECUTIONS", "limits.max-concurrent", "a count", asNumber("limits.max-concurrent", "", "executions, such as 8")},
		{"RATE_LIMIT_PER_MINUTE", "limits.rate-per-minute, limits.rate-burst", "a count; 0 is no bound", func(c *Config, v, source string) error {
			if err := asNumber("limits.rate-per-minute", "", "executions a minute, such as 60")(c, v, source); err != nil {
				return err
			}
			if c.Limits.RatePerMinute > 0 { // a whole minute's worth may come at once, as there
				c.Limits.RateBurst = c.Limits.RatePerMinute
			}
			return nil
		}},
		{"MAX_ITERATIONS", "max-iterations", "1 to 10", func(c *Config, v, source string) error { return c.Base.Set("max-iterations", v, source) }},
		{"YUUKI_API_URL", "url in [healers.yuuki]", "a URL", func(*Config, string, string) error { return nil }}, // the healer reads it
		{"YUUKI_API_KEY", "the key of [healers.yuuki]", "a key", func(*Config, string, string) error { return nil }},
		{"EXECUTOR_PORT", "listen", "a port of 127.0.0.1", func(c *Config, v, source string) error {
			n, err := strconv.ParseUint(v, 10, 16)
			if err != nil || n == 0 {
				return fmt.Errorf("%s: %q is not a port: write 1 to 65535", source, v)
			}
			return c.Set("listen", "127.0.0.1:"+v, source)
		}},
		{"JWT_SECRET", "in place of auth.token-key", "at least 32 bytes", func(c *Config, v, _ string) error {
			c.tokenSecret = v
			return nil
		}},
		{"DATABASE_URL", "store", "a postgres:// URL; others are passed over", func(c *Config, v, source string) error {
			if !strings.HasPrefix(v, "postgres://") && !strings.HasPrefix(v, "postgresql://") {
				return nil // another program's, or the embedded kind, which is what we have anyway
			}
			return c.Set("store", v, source)
		}},
		{"LOG_LEVEL", "log.level", "debug, info, warn, error", func(c *Config, v, source string) error {
			if strings.EqualFold(v, "warning") {
				v = "warn"
			}
			return c.Set("log.level", v, source)
		}},
	}
}

// asNumber sets an option to a whole number with a unit.
func asNumber(option, unit, allowed string) func(*Config, string, string) error {
	return func(c *Config, v, source string) error {
		if n, err := strconv.Atoi(v); err != nil || n < 0 {
			return fmt.Errorf("%s: %q is not a number: write %s", source, v, allowed)
		}
		return c.Set(option, v+unit, source)
	}
}

// loadForeign reads them.
func (c *Config) loadForeign(environ []string) error {
	for _, e := range environ {
		name, value, _ := strings.Cut(e, "=")
		if value == "" {
			continue
		}
		for _, f := range Foreigns() {
			if f.Name != name {
				continue
			}
			// What the command line's options have by their own name wins.
			if name == "MAX_ITERATIONS" && c.Base.From("max-iterations") == "NSBOX_MAX_ITERATIONS" {
				continue
			}
			if err := f.set(c, value, name); err != nil {
				return err
			}
		}
	}
	return nil
}
