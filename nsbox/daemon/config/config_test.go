package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	base "github.com/nsbox/nsbox/nsbox/config"
)

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "nsbox.toml")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

const example = `
timeout = "20s"
healer = "rules"
[healers.yuuki]
url = "http://127.0.0.1:9000"
[daemon]
listen = ["127.0.0.1:9090", "unix:/run/nsbox/d.sock"]
hosts = ["box.example.org"]
[daemon.auth]
required = true
[daemon.limits]
max-concurrent = 3
rate-per-minute = 60
max-timeout = "2m"
`

func TestSourcesInTheirOrder(t *testing.T) {
	c, err := Load(Sources{
		File:    write(t, example),
		Environ: []string{"MAX_CONCURRENT_EXECUTIONS=5", "RATE_LIMIT_PER_MINUTE=30", "NSBOX_LIMITS_RATE_PER_MINUTE=40", "NSBOX_LIMITS_MAX_QUEUE=7", "NSBOX_MEMORY=128MiB", "PATH=/bin"},
		Flags:   []Flag{{"limits-max-queue", "8"}, {"log.level", "debug"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(c.Listen, " "); got != "127.0.0.1:9090 unix:/run/nsbox/d.sock" || !c.AuthRequired || c.Hosts[0] != "box.example.org" {
		t.Errorf("the file's: %s %v %v", got, c.AuthRequired, c.Hosts)
	}
	for name, c := range map[string]struct{ got, want any }{
		"foreign over file":     {c.Limits.MaxConcurrent, 5},
		"ours over foreign":     {c.Limits.RatePerMinute, 40},
		"foreign sets burst":    {c.Limits.RateBurst, 30},
		"flag over variable":    {c.Limits.MaxQueue, 8},
		"file":                  {c.Limits.MaxTimeout, nsbox.Duration(2 * time.Minute)},
		"the command line's":    {c.Limits.DefaultTimeout, nsbox.Duration(20 * time.Second)},
		"its variable":          {c.Limits.DefaultMemory, 128 * nsbox.MiB},
		"flag with a dot":       {c.LogLevel, "debug"},
		"the command line's []": {c.Base.Healers.Yuuki.URL, "http://127.0.0.1:9000"},
		"From":                  {c.From("limits.max-concurrent"), "MAX_CONCURRENT_EXECUTIONS"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v; want %v", name, c.got, c.want)
		}
	}
}

func TestForeignNames(t *testing.T) {
	c, err := Load(Sources{Environ: []string{
		"MAX_EXECUTION_TIME=90", "MAX_MEMORY_MB=512", "MAX_CONCURRENT_EXECUTIONS=2", "RATE_LIMIT_PER_MINUTE=0", "MAX_ITERATIONS=3", "EXECUTOR_PORT=8123",
		"DATABASE_URL=sqlite:///x.db", "LOG_LEVEL=WARNING", "JWT_SECRET=" + strings.Repeat("j", 32), "YUUKI_API_URL=http://127.0.0.1:1",
	}})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ got, want any }{
		"time": {c.Limits.MaxTimeout, nsbox.Duration(90 * time.Second)}, "memory": {c.Limits.MaxMemory, 512 * nsbox.MiB},
		"concurrent": {c.Limits.MaxConcurrent, 2}, "rate": {c.Limits.RatePerMinute, 0}, "iterations": {c.Base.MaxIterations, 3},
		"port": {c.Listen[0], "127.0.0.1:8123"}, "another's database": {c.Store, ""}, "log": {c.LogLevel, "warn"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v; want %v", name, c.got, c.want)
		}
	}
	if s, err := c.Signer(); err != nil || s.Algorithm() != "HS256" {
		t.Errorf("JWT_SECRET: %v", err)
	}
	c, err = Load(Sources{Environ: []string{"DATABASE_URL=postgres://u@h/d", "MAX_ITERATIONS=3", "NSBOX_MAX_ITERATIONS=4"}})
	if err != nil || c.Store != "postgres://u@h/d" || c.Base.MaxIterations != 4 {
		t.Errorf("%+v %v", c, err)
	}
}

func TestMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"[daemon]\nlisten = \"8090\"":                             `PATH: daemon.listen: "8090" is not an address: write HOST:PORT, such as 127.0.0.1:8090, or unix:/path`,
		"[daemon]\nlisten = \"0.0.0.0:8090\"":                     `PATH: daemon.listen: "0.0.0.0:8090" is reached by others than this host, who would need no credentials: set auth.required = true, or listen on 127.0.0.1`,
		"[daemon]\nlisten = \":8090\"":                            `PATH: daemon.listen: ":8090" is reached by others than this host`,
		"[daemon]\nlisten = \"unix:relative\"":                    `PATH: daemon.listen: "unix:relative" is not allowed: write unix: and an absolute path`,
		"[daemon]\nlisten = []":                                   `PATH: daemon.listen: "" is not an address`,
		"[daemon]\nlisten = [1]":                                  `PATH: daemon.listen: write a string, a number, true or false, or a list of strings`,
		"[daemon]\nstore = \"mysql://u:secret@h/d\"":              `PATH: daemon.store: "mysql://u:xxxxx@h/d" is not a store: write postgres://`,
		"[daemon]\nstate-dir = \"state\"":                         `PATH: daemon.state-dir: "state" is not allowed: write an absolute path`,
		"[daemon]\nlisen = \"x\"":                                 `PATH: daemon.lisen: unknown option "lisen"; did you mean "listen"?`,
		"[daemon.limit]\nmax-queue = 1":                           `PATH: unknown table "daemon.limit"`,
		"[daemon.limits]\nmax-queue = -1":                         `PATH: daemon.limits.max-queue: "-1" is not a count: write a whole number from zero, such as 64`,
		"[daemon.limits]\nmax-concurrent = 0":                     `PATH: daemon.limits.max-concurrent: "0" is not a count: write a whole number above zero, such as 64`,
		"[daemon.limits]\nmax-body = \"lots\"":                    `PATH: daemon.limits.max-body: "lots" is not a size`,
		"[daemon.limits]\nqueue-timeout = 0":                      `PATH: daemon.limits.queue-timeout: "0" is not allowed: the time must be more than zero`,
		"[daemon.limits]\nrate-burst = 0":                         `limits.rate-burst: it must be more than zero where rate-per-minute is`,
		"[daemon.limits]\nmax_queue = 1":                          `PATH: daemon.limits.max_queue: unknown option "limits.max_queue"; did you mean "limits.max-queue"?`,
		"[daemon.limits.max-queue]\na = 1":                        `PATH: unknown table "daemon.limits.max-queue"`,
		"[daemon.auth]\nrequired = \"maybe\"":                     `PATH: daemon.auth.required: "maybe" is neither true nor false`,
		"[daemon.log]\nlevel = \"loud\"":                          `PATH: daemon.log.level: "loud" is not allowed: write debug, info, warn, error`,
		"[daemon.tracing]\nsample = 2":                            `PATH: daemon.tracing.sample: "2" is not allowed: write a number from 0 to 1`,
		"[daemon.tracing]\nendpoint = \"collector\"":              `PATH: daemon.tracing.endpoint: "collector" is not an endpoint`,
		"[daemon.tls]\ncert = \"/a.pem\"":                         `tls.cert and tls.key belong together: set both or none`,
		"daemon = 3":                                              `PATH: daemon: write a table, such as [daemon]`,
		"tiemout = \"1s\"\n[daemon]\n":                            `PATH: unknown option "tiemout"; did you mean "timeout"?`,
		"timeout = \"3m\"\n[daemon.limits]\nmax-timeout = \"1m\"": `limits.default-timeout: 3m is more than max-timeout, which is 1m`,
	} {
		path := write(t, text)
		_, err := Load(Sources{File: path})
		if err == nil {
			t.Errorf("%s: accepted", text)
			continue
		}
		if got := strings.ReplaceAll(err.Error(), path, "PATH"); !strings.HasPrefix(got, want) || strings.Contains(got, "\n") || strings.Contains(got, "secret") {
			t.Errorf("%s:\n got %s\nwant %s", text, got, want)
		}
	}
	for entry, want := range map[string]string{
		"NSBOX_AUTH_REQUIRD=true":     "unknown variable NSBOX_AUTH_REQUIRD; did you mean NSBOX_AUTH_REQUIRED?",
		"NSBOX_LIMITS_MAX_QUEUE=many": `NSBOX_LIMITS_MAX_QUEUE: "many" is not a count: write a whole number from zero, such as 64`,
		"MAX_EXECUTION_TIME=1m":       `MAX_EXECUTION_TIME: "1m" is not a number: write seconds, such as 60`,
		"MAX_MEMORY_MB=-1":            `MAX_MEMORY_MB: "-1" is not a number: write MiB, such as 512`,
		"EXECUTOR_PORT=99999":         `EXECUTOR_PORT: "99999" is not a port: write 1 to 65535`,
		"JWT_SECRET=short":            `JWT_SECRET: it has 5 bytes: at least 32 are needed`,
		"MAX_ITERATIONS=99":           `MAX_ITERATIONS: "99" is not allowed: write a whole number from 1 to 10`,
		"NSBOX_TIMEOUT=x":             `NSBOX_TIMEOUT: "x" is not a duration: write a number with ms, s, m or h, such as 60s`,
	} {
		if _, err := Load(Sources{Environ: []string{entry}}); err == nil || err.Error() != want {
			t.Errorf("%s: got %v; want %s", entry, err, want)
		}
	}
	if _, err := Load(Sources{Flags: []Flag{{"grce", "1s"}}}); err == nil || err.Error() != `--grce: unknown option "grce"; did you mean "grace"?` {
		t.Errorf("got %v", err)
	}
	if _, err := Load(Sources{File: "/nowhere/nsbox.toml", MustExist: true}); err == nil {
		t.Error("a file that must exist does not, and nobody says so")
	}
	if _, err := Load(Sources{File: "/nowhere/nsbox.toml"}); err != nil {
		t.Error(err)
	}
}

func TestListenBeyondLoopbackNeedsAuth(t *testing.T) {
	for address, open := range map[string]bool{
		"127.0.0.1:8090": true, "127.8.9.10:1": true, "[::1]:8090": true, "localhost:8090": true, "unix:/run/x": true, "[::ffff:127.0.0.1]:1": true,
		"0.0.0.0:8090": false, "[::]:8090": false, ":8090": false, "192.168.1.2:80": false, "box.example.org:80": false, "[fe80::1%eth0]:80": false,
		"localhost.example.org:80": false,
	} {
		if err := CheckListen(address, false); (err == nil) != open {
			t.Errorf("%s without auth: %v", address, err)
		}
		if err := CheckListen(address, true); err != nil {
			t.Errorf("%s with auth: %v", address, err)
		}
	}
}

// One file serves the daemon and the command line, and so does one environment.
func TestTheCommandLineTakesTheDaemonsSettings(t *testing.T) {
	c, err := base.Load(base.Sources{Files: []string{write(t, example)}})
	if err != nil {
		t.Fatal(err)
	}
	if c.Limits.Timeout != nsbox.Duration(20*time.Second) {
		t.Errorf("%+v", c.Limits)
	}
	if _, err := base.Load(base.Sources{Files: []string{write(t, "daemon = true\n")}}); err == nil {
		t.Error("daemon need not be a table")
	}
	for _, o := range Options() {
		if _, err := base.Load(base.Sources{Environ: []string{o.Env() + "=x"}}); err != nil {
			t.Errorf("the command line objects to the daemon's variable: %v", err)
		}
	}
	for _, o := range base.Options() {
		if slices.ContainsFunc(Options(), func(d Option) bool { return d.Env() == o.Env() || d.Flag() == o.Name }) {
			t.Errorf("%s means one thing to nsbox and another to nsboxd", o.Env())
		}
	}
}

func TestEveryDefaultIsRight(t *testing.T) {
	if err := Default().Check(); err != nil {
		t.Error(err)
	}
	c, err := Load(Sources{Environ: []string{"STATE_DIRECTORY=/var/lib/x:/var/lib/y"}})
	if err != nil || c.StateDir != "/var/lib/x" {
		t.Errorf("%+v %v", c, err)
	}
}

func TestDocumented(t *testing.T) {
	b, err := os.ReadFile("../../../docs/daemon.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range Options() {
		for _, want := range []string{"`" + o.Name + "`", "`" + o.Env() + "`"} {
			if !strings.Contains(string(b), want) {
				t.Errorf("docs/daemon.md does not name %s", want)
			}
		}
	}
	for _, f := range Foreigns() {
		if !strings.Contains(string(b), "`"+f.Name+"`") {
			t.Errorf("docs/daemon.md does not name %s", f.Name)
		}
	}
}
