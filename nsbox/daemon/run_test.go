package daemon

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox/daemon/config"
	"github.com/nsbox/nsbox/nsbox/daemon/internal/daemontest"
)

// Which names a daemon answers to follows from its configuration.
func TestHostsOfTheConfiguration(t *testing.T) {
	for _, c := range []struct {
		name     string
		required bool
		hosts    []string
		host     string
		want     int
	}{
		{"credentials needed, no names", true, nil, "any.example.com", 204},
		{"credentials needed, names: one of them", true, []string{"box.example.org"}, "box.example.org:8443", 204},
		{"credentials needed, names: another", true, []string{"box.example.org"}, "any.example.com", 403},
		{"credentials needed, names: an address", true, []string{"box.example.org"}, "192.0.2.7:8443", 204},
		{"no credentials needed", false, nil, "any.example.com", 403},
		{"no credentials needed, names", false, []string{"box.example.org"}, "box.example.org", 204},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Host = c.host
		w := httptest.NewRecorder()
		next := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
		guard(&config.Config{AuthRequired: c.required, Hosts: c.hosts}).Wrap(next).ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s: status %d, not %d", c.name, w.Code, c.want)
		}
	}
}

// SIGHUP says in one sentence what it could not put in force.
func TestReloadNamesWhatNeedsARestart(t *testing.T) {
	dir := t.TempDir()
	load := func(environ ...string) *config.Config {
		cfg, err := config.Load(config.Sources{Environ: append(environ, "NSBOX_STATE_DIR="+filepath.Join(dir, "state"), "NSBOX_LISTEN=unix:"+filepath.Join(dir, "s"), "NSBOX_GRACE=1s")})
		if err != nil {
			t.Error(err)
		}
		return cfg
	}
	log := &daemontest.Log{}
	var out bytes.Buffer
	p := &program{stdin: os.Stdin, stdout: &out, stderr: log}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() {
		ended <- p.serve(ctx, load(), true, func() (*config.Config, error) {
			return load("NSBOX_HOSTS=box.example.org", "NSBOX_METRICS=false", "NSBOX_LOG_LEVEL=warn"), nil
		})
	}()
	await := func(want string) {
		t.Helper()
		for end := time.Now().Add(20 * time.Second); !strings.Contains(log.String(), want); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("the log has no %q:\n%s", want, log)
			}
		}
	}
	await("listening")
	if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	await(`msg="reload: these settings have changed and need a restart: hosts, metrics"`)
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
