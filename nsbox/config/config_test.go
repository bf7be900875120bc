package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox"
)

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "nsbox.toml")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLaterSourcesWin(t *testing.T) {
	system := write(t, "timeout = \"10s\"\nmemory = \"64MiB\"\npids = 10\nquiet = true\n")
	user := write(t, "memory = \"128MiB\"\npids = 20\n")
	c, err := Load(Sources{
		Files:   []string{system, filepath.Join(t.TempDir(), "absent.toml"), user},
		Environ: []string{"NSBOX_PIDS=30", "NSBOX_CPUS=", "HOME=/x"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := nsbox.Limits{Timeout: nsbox.Duration(10 * time.Second), Memory: 128 * nsbox.MiB, Pids: 30}
	if c.Limits != want {
		t.Errorf("limits = %+v; want %+v", c.Limits, want)
	}
	if !c.Quiet {
		t.Error("quiet is not set")
	}
	for name, from := range map[string]string{
		"timeout": system + ": timeout", "memory": user + ": memory", "pids": "NSBOX_PIDS", "cpus": "",
	} {
		if got := c.From(name); got != from {
			t.Errorf("From(%q) = %q; want %q", name, got, from)
		}
	}
}

func TestNumbersAndStringsMeanTheSame(t *testing.T) {
	a, err := Load(Sources{Files: []string{write(t, "timeout = 2.5\nmemory = 67108864\ncpus = 2\n")}})
	if err != nil {
		t.Fatal(err)
	}
	b, err := Load(Sources{Files: []string{write(t, "timeout = \"2500ms\"\nmemory = \"64MiB\"\ncpus = \"2\"\n")}})
	if err != nil {
		t.Fatal(err)
	}
	if a.Limits != b.Limits {
		t.Errorf("%+v and %+v differ", a.Limits, b.Limits)
	}
}

func TestMistakesInFiles(t *testing.T) {
	for text, want := range map[string]string{
		`timeout = "soon"`:           `PATH: timeout: "soon" is not a duration: write a number with ms, s, m or h, such as 60s`,
		`memory = -5`:                `PATH: memory: "-5" is not a size: write a number with KiB, MiB or GiB, such as 256MiB`,
		`memory = 0`:                 `PATH: memory: "0" is not allowed: the size must be more than zero, such as 256MiB`,
		`pids = "many"`:              `PATH: pids: "many" is not a count: write a whole number above zero, such as 64`,
		`cpus = inf`:                 `PATH: cpus: "+Inf" is not a number of processors: write a number above zero, such as 0.5 or 2`,
		`net = "host"`:               `PATH: net: "host" is not a network: write none or loopback`,
		`quiet = "maybe"`:            `PATH: quiet: "maybe" is neither true nor false`,
		`socket = "helper.sock"`:     `PATH: socket: "helper.sock" is not allowed: write an absolute path`,
		`tiemout = "1s"`:             `PATH: unknown option "tiemout"; did you mean "timeout"?`,
		`max_output = "1s"`:          `PATH: unknown option "max_output"; did you mean "max-output"?`,
		"[limits]\ntimeout = \"1s\"": `PATH: unknown option "limits"; known are timeout, cpu-time, `,
		`memory = [1]`:               `PATH: memory: write a string, a number or true or false`,
		"pids = 1\npids = ":          `PATH:2: `,
	} {
		path := write(t, text)
		_, err := Load(Sources{Files: []string{path}})
		if err == nil {
			t.Errorf("%s: accepted", text)
			continue
		}
		if got := strings.ReplaceAll(err.Error(), path, "PATH"); !strings.HasPrefix(got, want) {
			t.Errorf("%s:\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestMistakesInVariables(t *testing.T) {
	for entry, want := range map[string]string{
		"NSBOX_TIMEOUT=x":    `NSBOX_TIMEOUT: "x" is not a duration: write a number with ms, s, m or h, such as 60s`,
		"NSBOX_TIMOUT=1s":    "unknown variable NSBOX_TIMOUT; did you mean NSBOX_TIMEOUT?",
		"NSBOX_MAXOUTPUT=1s": "unknown variable NSBOX_MAXOUTPUT; did you mean NSBOX_MAX_OUTPUT?",
	} {
		_, err := Load(Sources{Environ: []string{entry}})
		if err == nil || err.Error() != want {
			t.Errorf("%s: got %v; want %s", entry, err, want)
		}
	}
	if _, err := Load(Sources{Environ: []string{"NSBOX_CI_NO_SKIP=1", "NSBOXD_ADDR=:80"}}); err != nil {
		t.Errorf("another program's variable: %v", err)
	}
}

func TestDefaultSources(t *testing.T) {
	for _, c := range []struct {
		environ []string
		want    string
	}{
		{[]string{"HOME=/home/u"}, "/home/u/.config/nsbox/nsbox.toml"},
		{[]string{"HOME=/home/u", "XDG_CONFIG_HOME=/x"}, "/x/nsbox/nsbox.toml"},
		{[]string{"HOME=/home/u", "XDG_CONFIG_HOME=x"}, "/home/u/.config/nsbox/nsbox.toml"},
		{nil, ""},
	} {
		files := DefaultSources(c.environ).Files
		if files[0] != SystemFile {
			t.Errorf("%v: first is %s", c.environ, files[0])
		}
		if got := strings.Join(files[1:], " "); got != c.want {
			t.Errorf("%v: got %q; want %q", c.environ, got, c.want)
		}
	}
}

func TestHugeFileIsRefused(t *testing.T) {
	path := write(t, strings.Repeat("#", maxFile+1))
	if _, err := Load(Sources{Files: []string{path}}); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("got %v", err)
	}
}

// The documentation must name every option and variable.
func TestDocumented(t *testing.T) {
	b, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range Options() {
		for _, want := range []string{"`" + o.Name + "`", "`" + o.Env() + "`"} {
			if !strings.Contains(string(b), want) {
				t.Errorf("docs/configuration.md does not name %s", want)
			}
		}
	}
}

func TestHostCacheAndPool(t *testing.T) {
	for text, want := range map[string]string{
		"[cache]\nsize = \"1GiB\"\nentries = 5\nshared = true\n": "",
		"[cache]\nsize = 0\n":                                       "",
		"[cache]\nentries = -1\n":                                   "cache.entries is -1",
		"[cache]\nentries = 10001\n":                                "cache.entries is 10001",
		"[cache]\nsise = 3\n":                                       "unknown key",
		"[pool]\nenabled = false\n":                                 "",
		"[pool]\nlow = 1\nhigh = 16\nstarted = 0\nidle = \"30s\"\n": "",
		"[pool]\nhigh = 0\n":                                        "pool.high is 0",
		"[pool]\nlow = 9\nhigh = 8\n":                               "pool.low is 9",
		"[pool]\nstarted = -1\n":                                    "pool.started is -1",
		"[pool]\nidle = 60\n":                                       "pool.idle is",
		"[pool]\nspares = 3\n":                                      "unknown key",
	} {
		path := filepath.Join(t.TempDir(), "helper.toml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		h := DefaultHost()
		err := LoadHost(path, &h)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	h := Host{Cache: DefaultCache()}
	if h.Cache.Size <= 0 || h.Cache.Entries <= 0 {
		t.Errorf("the default %+v keeps nothing", h.Cache)
	}
}
