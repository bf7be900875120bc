package config

import (
	"fmt"
	"math"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
)

// Options lists everything that can be set, in the order of the documentation.
func Options() []Option {
	return append([]Option{
		{"listen", "addresses to listen on: HOST:PORT or unix:/PATH, with commas", "ADDR[,ADDR]", "127.0.0.1:8090", setListen},
		{"tls.cert", "certificate of TLS, in PEM, with those above it", "FILE", "no TLS", path(func(c *Config) *string { return &c.TLSCert })},
		{"tls.key", "its private key", "FILE", "no TLS", path(func(c *Config) *string { return &c.TLSKey })},
		{"hosts", "names under which it is reached, beside localhost and addresses", "NAME[,NAME]", "none", names(func(c *Config) *[]string { return &c.Hosts })},
		{"origins", "pages that may call it (CORS): scheme://host[:port], or * for all", "ORIGIN[,ORIGIN]", "its own", names(func(c *Config) *[]string { return &c.Origins })},
		{"proxies", "reverse proxies that say by X-Forwarded-For where requests come from", "ADDR[,ADDR]", "none", setProxies},
		{"state-dir", "directory of the store, keys, artifacts and the audit log", "DIR", "/var/lib/nsbox/daemon", path(func(c *Config) *string { return &c.StateDir })},
		{"store", "database: a postgres:// URL", "URL", "SQLite in state-dir", setStore},
		{"grace", "how long programs may go on when it is told to stop", "TIME", "30s", duration(func(c *Config) *nsbox.Duration { return &c.Grace }, true)},
		{"api-heal", "mend failing programs whose request does not say whether", "", "false", boolean(func(c *Config) *bool { return &c.Heal })},

		{"auth.required", "refuse requests without credentials on loopback, too", "", "false", boolean(func(c *Config) *bool { return &c.AuthRequired })},
		{"auth.token-key", "key that signs tokens: an Ed25519 key in PEM, or a secret", "FILE", "a secret made in state-dir", path(func(c *Config) *string { return &c.TokenKey })},

		{"history.keep", "how long executions stay in the history, 0 for ever", "TIME", "720h", duration(func(c *Config) *nsbox.Duration { return &c.HistoryKeep }, true)},
		{"history.max", "how many stay at most, 0 for all", "N", "1000000", count(func(c *Config) *int { return &c.HistoryMax }, true)},
		{"history.code", "keep the source of programs", "", "true", boolean(func(c *Config) *bool { return &c.HistoryCode })},
		{"history.artifacts-keep", "how long files that programs left are kept, 0 as long as the execution", "TIME", "168h", duration(func(c *Config) *nsbox.Duration { return &c.ArtifactsKeep }, true)},
		{"history.artifacts-max", "how much of them in all, 0 for no bound", "SIZE", "2GiB", size(func(c *Config) *nsbox.Size { return &c.ArtifactsMax }, true)},

		{"audit.file", "file of the audit log", "FILE", "audit.jsonl in state-dir", path(func(c *Config) *string { return &c.AuditFile })},
		{"audit.code", "put the source of programs into it, not only its hash", "", "false", boolean(func(c *Config) *bool { return &c.AuditCode })},
		{"audit.size", "size at which a new file begins", "SIZE", "64MiB", size(func(c *Config) *nsbox.Size { return &c.AuditSize }, false)},
		{"audit.files", "how many old files are kept, 0 for all", "N", "0", count(func(c *Config) *int { return &c.AuditFiles }, true)},
		{"audit.keep", "how long its lines stay in the store, where they are searched; 0 for ever", "TIME", "8760h", duration(func(c *Config) *nsbox.Duration { return &c.AuditKeep }, true)},

		{"log.level", "least important lines that are logged: debug, info, warn, error", "LEVEL", "info", func(c *Config, v string) error {
			return oneOf(&c.LogLevel, strings.ToLower(v), "debug", "info", "warn", "error")
		}},
		{"log.format", "form of the log: text or json", "FORM", "text", func(c *Config, v string) error { return oneOf(&c.LogFormat, v, "text", "json") }},
		{"metrics", "serve /metrics", "", "true", boolean(func(c *Config) *bool { return &c.Metrics })},
		{"tracing.endpoint", "where spans are sent by OTLP over HTTP", "URL", "nowhere", setEndpoint},
		{"tracing.sample", "part of the requests that is traced, 0 to 1", "N", "1", func(c *Config, v string) error { return number(&c.TraceSample, v, 1) }},
	}, limitOptions()...)
}

// limitOptions are those of service.Limits.
func limitOptions() []Option {
	return []Option{
		{"limits.max-concurrent", "programs that run at a time", "N", "4 for each processor", count(func(c *Config) *int { return &c.Limits.MaxConcurrent }, false)},
		{"limits.max-concurrent-per-user", "programs of one user that run at a time", "N", "4 for each processor", count(func(c *Config) *int { return &c.Limits.MaxConcurrentPerUser }, false)},
		{"limits.max-queue", "programs that wait for their turn", "N", "2000", count(func(c *Config) *int { return &c.Limits.MaxQueue }, true)},
		{"limits.max-queue-per-user", "programs of one user that wait", "N", "2000", count(func(c *Config) *int { return &c.Limits.MaxQueuePerUser }, true)},
		{"limits.queue-timeout", "how long one waits", "TIME", "60s", duration(func(c *Config) *nsbox.Duration { return &c.Limits.QueueTimeout }, false)},
		{"limits.rate-per-minute", "programs that a user starts in a minute, 0 for no bound", "N", "6000", count(func(c *Config) *int { return &c.Limits.RatePerMinute }, true)},
		{"limits.rate-burst", "how many of them at once", "N", "2000", count(func(c *Config) *int { return &c.Limits.RateBurst }, true)},
		{"limits.addr-rate-per-minute", "programs that an address starts in a minute, 0 for no bound", "N", "6000", count(func(c *Config) *int { return &c.Limits.AddrRatePerMinute }, true)},
		{"limits.addr-rate-burst", "how many of them at once", "N", "2000", count(func(c *Config) *int { return &c.Limits.AddrRateBurst }, true)},
		{"limits.max-body", "a request's body, and a program's files together", "SIZE", "32MiB", size(func(c *Config) *nsbox.Size { return &c.Limits.MaxBody }, false)},
		{"limits.max-file", "one file", "SIZE", "16MiB", size(func(c *Config) *nsbox.Size { return &c.Limits.MaxFile }, false)},
		{"limits.max-files", "files of a program", "N", "256", count(func(c *Config) *int { return &c.Limits.MaxFiles }, false)},
		{"limits.max-batch", "programs of a batch", "N", "100", count(func(c *Config) *int { return &c.Limits.MaxBatch }, false)},
		{"limits.max-pending", "all programs that wait and run, together", "SIZE", "512MiB", size(func(c *Config) *nsbox.Size { return &c.Limits.MaxPending }, false)},
		{"limits.max-timeout", "time that a request may ask for, 0 for the helper's bound", "TIME", "0", duration(func(c *Config) *nsbox.Duration { return &c.Limits.MaxTimeout }, true)},
		{"limits.max-memory", "memory that a request may ask for, 0 for the helper's bound", "SIZE", "0", size(func(c *Config) *nsbox.Size { return &c.Limits.MaxMemory }, true)},
		{"limits.max-cpus", "processors that a request may ask for, 0 for the helper's bound", "N", "0", func(c *Config, v string) error { return number(&c.Limits.MaxCPUs, v, 1024) }},
		{"limits.max-pids", "processes that a request may ask for, 0 for the helper's bound", "N", "0", count(func(c *Config) *int { return &c.Limits.MaxPids }, true)},
		{"limits.max-disk", "disk that a request may ask for, 0 for the helper's bound", "SIZE", "0", size(func(c *Config) *nsbox.Size { return &c.Limits.MaxDisk }, true)},
		{"limits.max-output", "output that a request may ask for, 0 for the helper's bound", "SIZE", "0", size(func(c *Config) *nsbox.Size { return &c.Limits.MaxOutput }, true)},
		{"limits.default-timeout", "time of a program whose request names none, 0 for the language's", "TIME", "the option timeout, else 0", duration(func(c *Config) *nsbox.Duration { return &c.Limits.DefaultTimeout }, true)},
		{"limits.default-memory", "memory of a program whose request names none, 0 for the language's", "SIZE", "the option memory, else 0", size(func(c *Config) *nsbox.Size { return &c.Limits.DefaultMemory }, true)},
		{"limits.max-sandboxes", "sandboxes that live at a time, 0 for no bound", "N", "64", count(func(c *Config) *int { return &c.Limits.MaxSandboxes }, true)},
		{"limits.max-sandboxes-per-user", "sandboxes of one user", "N", "16", count(func(c *Config) *int { return &c.Limits.MaxSandboxesPerUser }, true)},
	}
}

func setListen(c *Config, v string) error {
	got := list(v)
	if len(got) == 0 {
		return fmt.Errorf("%q is not an address: write HOST:PORT, such as 127.0.0.1:8090, or unix:/path", v)
	}
	for _, a := range got {
		if err := CheckListen(a, true); err != nil {
			return err
		}
	}
	c.Listen = got
	return nil
}

func path(field func(*Config) *string) func(*Config, string) error {
	return func(c *Config, v string) error {
		if !filepath.IsAbs(v) || strings.ContainsRune(v, 0) {
			return fmt.Errorf("%q is not allowed: write an absolute path", v)
		}
		*field(c) = filepath.Clean(v)
		return nil
	}
}

func names(field func(*Config) *[]string) func(*Config, string) error {
	return func(c *Config, v string) error {
		*field(c) = list(v)
		return nil
	}
}

func boolean(field func(*Config) *bool) func(*Config, string) error {
	return func(c *Config, v string) error {
		switch v {
		case "true", "1", "yes":
			*field(c) = true
		case "false", "0", "no":
			*field(c) = false
		default:
			return fmt.Errorf("%q is neither true nor false", v)
		}
		return nil
	}
}

func duration(field func(*Config) *nsbox.Duration, zero bool) func(*Config, string) error {
	return func(c *Config, v string) error {
		d, err := nsbox.ParseDuration(v)
		if err != nil {
			return err
		}
		if d < 0 || d == 0 && !zero {
			return fmt.Errorf("%q is not allowed: the time must be more than zero, such as 60s", v)
		}
		*field(c) = d
		return nil
	}
}

func size(field func(*Config) *nsbox.Size, zero bool) func(*Config, string) error {
	return func(c *Config, v string) error {
		n, err := nsbox.ParseSize(v)
		if err != nil {
			return err
		}
		if n == 0 && !zero {
			return fmt.Errorf("%q is not allowed: the size must be more than zero, such as 16MiB", v)
		}
		*field(c) = n
		return nil
	}
}

func count(field func(*Config) *int, zero bool) func(*Config, string) error {
	return func(c *Config, v string) error {
		n, err := strconv.Atoi(v)
		if err != nil || n < 0 || n > math.MaxInt32 || n == 0 && !zero {
			least := "above zero"
			if zero {
				least = "from zero"
			}
			return fmt.Errorf("%q is not a count: write a whole number %s, such as 64", v, least)
		}
		*field(c) = n
		return nil
	}
}

func number(to *float64, v string, most float64) error {
	n, err := strconv.ParseFloat(v, 64)
	// ParseFloat takes "inf", "nan" and hexadecimal too.
	if err != nil || strings.Trim(v, "0123456789.") != "" || n > most {
		return fmt.Errorf("%q is not allowed: write a number from 0 to %g", v, most)
	}
	*to = n
	return nil
}
