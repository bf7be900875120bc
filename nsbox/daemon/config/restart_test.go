package config

import (
	"slices"
	"strings"
	"testing"
)

// reread are the options that SIGHUP reads again, beside the limits.
var reread = []string{
	"api-heal", "auth.required", "auth.token-key", "history.keep", "history.max", "history.code", "history.artifacts-keep",
	"history.artifacts-max", "audit.code", "audit.keep", "log.level",
}

// Of every option it is known whether it needs a restart.
func TestEveryOptionIsReadAgainOrNot(t *testing.T) {
	for _, o := range Options() {
		needs := slices.ContainsFunc(fixed, func(f struct {
			name  string
			value func(*Config) any
		}) bool {
			return f.name == o.Name
		})
		again := slices.Contains(reread, o.Name) || strings.HasPrefix(o.Name, "limits.")
		if needs == again {
			t.Errorf("%s: needs a restart: %t, is read again: %t", o.Name, needs, again)
		}
	}
}

func TestRestart(t *testing.T) {
	load := func(environ ...string) *Config {
		t.Helper()
		c, err := Load(Sources{Environ: environ})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	was := load("NSBOX_LISTEN=127.0.0.1:1", "NSBOX_HOSTS=a,b", "NSBOX_AUTH_REQUIRED=true")
	for _, c := range []struct {
		next []string
		want string
	}{
		{[]string{"NSBOX_LISTEN=127.0.0.1:1", "NSBOX_HOSTS=a,b", "NSBOX_AUTH_REQUIRED=true", "NSBOX_LOG_LEVEL=debug", "NSBOX_LIMITS_MAX_FILES=3", "NSBOX_API_HEAL=true"}, ""},
		{[]string{"NSBOX_LISTEN=127.0.0.1:2", "NSBOX_HOSTS=a", "NSBOX_AUTH_REQUIRED=true"}, "listen, hosts"},
		{[]string{"NSBOX_LISTEN=127.0.0.1:1", "NSBOX_HOSTS=a,b"}, "auth.required"},
		{[]string{"NSBOX_LISTEN=127.0.0.1:1", "NSBOX_HOSTS=a,b", "NSBOX_AUTH_REQUIRED=true", "NSBOX_SOCKET=/run/x", "NSBOX_STATE_DIR=/x"}, "state-dir, audit.file, socket"},
	} {
		if got := strings.Join(was.Restart(load(c.next...)), ", "); got != c.want {
			t.Errorf("%q: %q, not %q", c.next, got, c.want)
		}
	}
}
