package parts

import (
	"context"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nsbox/nsbox/nsbox/daemon/config"
	"github.com/nsbox/nsbox/nsbox/daemon/service"
)

// load makes a configuration with a state directory of the test's own.
func load(t *testing.T, flags ...config.Flag) *config.Config {
	t.Helper()
	flags = append([]config.Flag{{Name: "state-dir", Value: filepath.Join(t.TempDir(), "state")}}, flags...)
	cfg, err := config.Load(config.Sources{Environ: []string{"NSBOX_SOCKET=" + filepath.Join(t.TempDir(), "none.sock")}, Flags: flags})
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestPartsLiveAndComeBack(t *testing.T) {
	cfg := load(t)
	ctx := t.Context()
	p, err := New(ctx, cfg, Options{Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	key := p.AdminKey
	if key == "" {
		t.Fatal("the first start made no key")
	}
	who, err := p.Service.Authenticate(ctx, service.Credentials{APIKey: key}, netip.MustParseAddr("10.0.0.1"))
	if err != nil {
		t.Fatal(err)
	}
	if h := p.Service.Health(ctx); h.Ready || h.Checks["store"] != "ok" || h.Checks["helper"] == "ok" {
		t.Errorf("without a helper: %+v", h)
	}
	r, err := p.Service.Execute(ctx, who, service.ExecuteRequest{Language: "python", Code: "print(1)"})
	if err != nil {
		t.Fatal(err)
	}
	if e, err := r.Wait(ctx); err != nil || e.Err() == nil || e.Err().Code != service.CodeUnavailable {
		t.Errorf("%+v %v", e, err)
	}
	if err := p.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if err := p.Close(ctx); err != nil {
		t.Errorf("a second Close: %v", err)
	}
	rep, err := VerifyAudit(ctx, cfg)
	if err != nil || rep.Lines < 2 {
		t.Errorf("%+v %v", rep, err)
	}
	p, err = New(ctx, cfg, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close(context.Background())
	if p.AdminKey != "" {
		t.Error("a second start made a key")
	}
	if _, err := p.Service.Authenticate(ctx, service.Credentials{APIKey: key}, netip.MustParseAddr("10.0.0.1")); err != nil {
		t.Errorf("the key of the first start: %v", err)
	}
	err = filepath.WalkDir(cfg.StateDir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("others may see %s: %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// What SIGHUP reads again is in force at once, the rest is named.
func TestReload(t *testing.T) {
	cfg := load(t)
	ctx := t.Context()
	p, err := New(ctx, cfg, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close(context.Background())
	local := netip.MustParseAddr("127.0.0.1")
	who, err := p.Service.Authenticate(ctx, service.Credentials{}, local)
	if err != nil {
		t.Fatal(err)
	}
	next := func(flags ...config.Flag) *config.Config { // another state directory, too
		return load(t, flags...)
	}
	other := next(
		config.Flag{Name: "auth.required", Value: "true"}, config.Flag{Name: "api-heal", Value: "true"},
		config.Flag{Name: "limits.max-files", Value: "3"}, config.Flag{Name: "listen", Value: "127.0.0.1:9"})
	other.Base.Healer = "rules"
	restart, err := p.Reload(ctx, other)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(restart, " "); got != "listen state-dir audit.file socket" {
		t.Errorf("a restart is needed for %q", got)
	}
	if _, err := os.Stat(other.StateDir); err == nil {
		t.Error("the other state directory was made")
	}
	c, err := p.Service.Config(ctx, who)
	if err != nil || !c.AuthRequired || !c.HealDefault || c.Healer != "rules" || c.Limits.MaxFiles != 3 {
		t.Errorf("in force is %+v %v", c, err)
	}
	if _, err := p.Service.Authenticate(ctx, service.Credentials{}, local); err == nil {
		t.Error("nobody may still come in")
	}

	// That nobody need say who they are waits for a restart; a key of tokens that is
	// none changes nothing.
	restart, err = p.Reload(ctx, next(config.Flag{Name: "limits.max-files", Value: "4"}))
	if c, cerr := p.Service.Config(ctx, who); err != nil || cerr != nil || !c.AuthRequired || c.HealDefault || c.Limits.MaxFiles != 4 {
		t.Errorf("in force is %+v %v %v", c, err, cerr)
	}
	if len(restart) == 0 {
		t.Error("the state directory changed, and nothing is named")
	}
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Reload(ctx, next(config.Flag{Name: "auth.token-key", Value: file}, config.Flag{Name: "limits.max-files", Value: "5"})); err == nil || !strings.Contains(err.Error(), "token key") {
		t.Errorf("a wrong key: %v", err)
	}
	if c, err := p.Service.Config(ctx, who); err != nil || c.Limits.MaxFiles != 4 {
		t.Errorf("in force is %+v %v", c, err)
	}
	if err := os.WriteFile(file, []byte(strings.Repeat("k", 40)), 0o600); err != nil {
		t.Fatal(err)
	}
	admin := service.Principal{ID: "x", Name: "x", Role: "admin"}
	name, password := "user", "a long enough password"
	if _, err := p.Service.CreateUser(ctx, admin, service.UserRequest{Name: "ada", Role: &name, Password: &password}); err != nil {
		t.Fatal(err)
	}
	login, err := p.Service.Login(ctx, "ada", password, local)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Reload(ctx, next(config.Flag{Name: "auth.token-key", Value: file})); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Service.Authenticate(ctx, service.Credentials{Bearer: login.AccessToken}, local); err == nil {
		t.Error("a token of the key before is good")
	}
	if again, err := p.Service.Refresh(ctx, login.RefreshToken, local); err != nil {
		t.Error(err)
	} else if _, err := p.Service.Authenticate(ctx, service.Credentials{Bearer: again.AccessToken}, local); err != nil {
		t.Errorf("a token of the new key: %v", err)
	}
}

func TestWhatStopsTheStart(t *testing.T) {
	open := filepath.Join(t.TempDir(), "open")
	if err := os.Mkdir(open, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(open, 0o777); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		flag config.Flag
		want string
	}{
		"a directory that others write to": {config.Flag{Name: "state-dir", Value: open}, "others may write to " + open},
		"a file for a directory":           {config.Flag{Name: "state-dir", Value: file}, "state-dir: "},
		"a short key":                      {config.Flag{Name: "auth.token-key", Value: file}, "token key " + file + ": the key of HS256 has 5 bytes"},
		"an audit log that is none":        {config.Flag{Name: "audit.file", Value: filepath.Join(file, "x")}, "audit log: "},
		"a database that is not there":     {config.Flag{Name: "store", Value: "postgres://u:secret@/d?host=/nowhere"}, "store postgres://u:xxxxx@"},
	} {
		p, err := New(t.Context(), load(t, c.flag), Options{})
		if err == nil {
			p.Close(context.Background())
			t.Errorf("%s: it starts", name)
			continue
		}
		if !strings.HasPrefix(err.Error(), c.want) && !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: got %v; want %s", name, err, c.want)
		}
	}
}
