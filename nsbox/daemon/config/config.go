// Package config reads what the daemon is told: by /etc/nsbox/nsbox.toml, which
// it shares with the command line, by variables and by flags.
//
// The daemon's part of the file is the table [daemon] with those below it. What
// stands above, such as socket, images, healer and [healers], is the command
// line's and holds for the daemon too where it has a meaning there.
package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	base "github.com/nsbox/nsbox/nsbox/config"
	"github.com/nsbox/nsbox/nsbox/daemon/auth"
	"github.com/nsbox/nsbox/nsbox/daemon/service"
	"github.com/nsbox/nsbox/nsbox/internal/suggest"
)

// Config is what the daemon is told.
type Config struct {
	// Base is what it shares with the command line: the helper's socket, images,
	// healers.
	Base *base.Config

	// Listen are the addresses host:port and the sockets unix:/path.
	Listen []string
	// TLSCert and TLSKey are files in PEM; both or none.
	TLSCert, TLSKey string
	// Hosts are names under which the daemon is reached, beside localhost and
	// addresses; Origins may call it from their pages.
	Hosts, Origins []string
	// Proxies are addresses of reverse proxies that say where requests come from.
	Proxies []netip.Prefix
	// StateDir holds the store, keys, artifacts and the audit log.
	StateDir string
	// Store is a URL of PostgreSQL; empty is SQLite in StateDir.
	Store string
	// Grace is how long programs may go on when the daemon is told to stop.
	Grace nsbox.Duration

	// AuthRequired refuses requests without credentials on loopback, too.
	AuthRequired bool
	// TokenKey is the file of the key that signs tokens; empty is one in StateDir.
	TokenKey string
	// tokenSecret is a secret that came by a variable, in place of TokenKey.
	tokenSecret string

	// Heal mends programs whose request does not say whether.
	Heal   bool
	Limits service.Limits

	// HistoryKeep and HistoryMax bound the history by age and number; 0 is no
	// bound. HistoryCode keeps the source of programs.
	HistoryKeep nsbox.Duration
	HistoryMax  int
	HistoryCode bool
	// ArtifactsKeep and ArtifactsMax bound the files that programs left.
	ArtifactsKeep nsbox.Duration
	ArtifactsMax  nsbox.Size

	// AuditFile is the log's file; empty is one in StateDir. AuditCode puts the
	// source of programs into it. A file larger than AuditSize is followed by a new
	// one; AuditFiles is how many old ones are kept, 0 for all.
	AuditFile  string
	AuditCode  bool
	AuditSize  nsbox.Size
	AuditFiles int
	// AuditKeep is how long its lines stay in the store.
	AuditKeep nsbox.Duration

	LogLevel  string // debug, info, warn, error
	LogFormat string // text, json
	// Metrics serves /metrics.
	Metrics bool
	// TraceEndpoint is the URL that spans are sent to by OTLP over HTTP; empty
	// sends none. TraceSample is the part of requests that is traced, 0 to 1.
	TraceEndpoint string
	TraceSample   float64

	from map[string]string
}

// Default returns what stands where nobody sets anything.
func Default() *Config {
	return &Config{
		Base: base.Default(), Listen: []string{"127.0.0.1:8090"}, StateDir: "/var/lib/nsbox/daemon", Grace: nsbox.Duration(30 * time.Second),
		Limits: service.DefaultLimits(runtime.NumCPU()), HistoryKeep: nsbox.Duration(30 * 24 * time.Hour), HistoryMax: 1_000_000, HistoryCode: true,
		ArtifactsKeep: nsbox.Duration(7 * 24 * time.Hour), ArtifactsMax: 2 * nsbox.GiB,
		AuditSize: 64 * nsbox.MiB, AuditKeep: nsbox.Duration(365 * 24 * time.Hour), LogLevel: "info", LogFormat: "text", Metrics: true, TraceSample: 1,
		from: map[string]string{},
	}
}

// Option is one thing that can be set.
type Option struct {
	// Name is the key in the file, below [daemon]: auth.required is required in
	// [daemon.auth].
	Name string
	// Usage is one line, Value a placeholder for the value ("" for a switch),
	// Default what stands when nobody sets it.
	Usage, Value, Default string

	set func(*Config, string) error
}

// Env is the name of the variable that sets o.
func (o Option) Env() string {
	return "NSBOX_" + strings.ToUpper(strings.NewReplacer("-", "_", ".", "_").Replace(o.Name))
}

// Flag is the name of the flag that sets o, without dashes.
func (o Option) Flag() string { return strings.ReplaceAll(o.Name, ".", "-") }

// Set sets the option of that name or flag. source is named by errors.
func (c *Config) Set(name, value, source string) error {
	for _, o := range Options() {
		if o.Name == name || o.Flag() == name {
			return c.set(o, value, source)
		}
	}
	return fmt.Errorf("%s: unknown option %q%s", source, name, near(name))
}

func (c *Config) set(o Option, value, source string) error {
	if err := o.set(c, value); err != nil {
		return fmt.Errorf("%s: %w", source, err)
	}
	c.from[o.Name] = source
	return nil
}

// From returns the source that set the option name, "" where none did.
func (c *Config) From(name string) string { return c.from[name] }

func near(name string) string {
	var names []string
	for _, o := range Options() {
		names = append(names, o.Name)
	}
	if n := suggest.Nearest(strings.ReplaceAll(name, "_", "-"), names); n != "" {
		return fmt.Sprintf("; did you mean %q?", n)
	}
	return "; known are " + strings.Join(names, ", ")
}

// Check says what is wrong with options that are right each for itself.
func (c *Config) Check() error {
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return errors.New("tls.cert and tls.key belong together: set both or none")
	}
	if err := c.Limits.Check(); err != nil {
		return fmt.Errorf("limits.%s", strings.ReplaceAll(err.Error(), "_", "-")) // in JSON they have underscores
	}
	for _, a := range c.Listen {
		if err := CheckListen(a, c.AuthRequired); err != nil {
			return fmt.Errorf("%s: %w", c.source("listen"), err)
		}
	}
	if c.tokenSecret != "" && len(c.tokenSecret) < auth.MinSecret {
		return fmt.Errorf("JWT_SECRET: it has %d bytes: at least %d are needed", len(c.tokenSecret), auth.MinSecret)
	}
	return nil
}

// source names where the option came from, for a message.
func (c *Config) source(name string) string {
	if s := c.from[name]; s != "" {
		return s
	}
	return name
}

// CheckListen refuses an address that others than this host reach while nobody
// has to say who they are.
func CheckListen(address string, authRequired bool) error {
	if path, ok := strings.CutPrefix(address, "unix:"); ok {
		if !filepath.IsAbs(path) {
			return fmt.Errorf("%q is not allowed: write unix: and an absolute path", address)
		}
		return nil
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("%q is not an address: write HOST:PORT, such as 127.0.0.1:8090, or unix:/path", address)
	}
	if authRequired {
		return nil
	}
	ip, err := netip.ParseAddr(host)
	if host == "localhost" || err == nil && ip.Unmap().IsLoopback() {
		return nil
	}
	return fmt.Errorf("%q is reached by others than this host, who would need no credentials: set auth.required = true, or listen on 127.0.0.1", address)
}

// Signer returns what signs tokens: by the key in its file, made where there is
// none.
func (c *Config) Signer() (*auth.Signer, error) {
	if c.tokenSecret != "" {
		return auth.ParseSigner([]byte(c.tokenSecret))
	}
	path := c.TokenKey
	if path == "" {
		path = filepath.Join(c.StateDir, "token.key")
	}
	return auth.LoadSigner(path)
}

// AuditPath is the file of the audit log.
func (c *Config) AuditPath() string {
	if c.AuditFile != "" {
		return c.AuditFile
	}
	return filepath.Join(c.StateDir, "audit.jsonl")
}

// The setters check what a value is.

func setProxies(c *Config, v string) error {
	c.Proxies = nil
	for _, s := range list(v) {
		p, err := netip.ParsePrefix(s)
		if a, aerr := netip.ParseAddr(s); aerr == nil {
			p, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil {
			return fmt.Errorf("%q is no address: write those of the proxies, such as 127.0.0.1 or 10.1.0.0/16", s)
		}
		c.Proxies = append(c.Proxies, p.Masked())
	}
	return nil
}

func setStore(c *Config, v string) error {
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return fmt.Errorf("%q is not a store: write postgres://USER:PASSWORD@HOST/DATABASE, or leave it out for SQLite", redact(v))
	}
	c.Store = v
	return nil
}

// redact takes the password out of a URL that may be one.
func redact(v string) string {
	if u, err := url.Parse(v); err == nil {
		return u.Redacted()
	}
	return "the value"
}

func setEndpoint(c *Config, v string) error {
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("%q is not an endpoint: write http://HOST:4318 or https://HOST", redact(v))
	}
	c.TraceEndpoint = v
	return nil
}

// list splits names with commas.
func list(v string) []string {
	var out []string
	for part := range strings.SplitSeq(v, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func oneOf(to *string, v string, allowed ...string) error {
	if !slices.Contains(allowed, v) {
		return fmt.Errorf("%q is not allowed: write %s", v, strings.Join(allowed, ", "))
	}
	*to = v
	return nil
}
