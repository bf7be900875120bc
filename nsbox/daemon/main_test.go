package daemon

import (
	"bytes"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nsbox/nsbox/nsbox/daemon/auth"
	"github.com/nsbox/nsbox/nsbox/daemon/config"
	"github.com/nsbox/nsbox/nsbox/daemon/parts"
	"github.com/nsbox/nsbox/nsbox/daemon/service"
	"github.com/nsbox/nsbox/nsbox/internal/nstest"
)

// call runs nsboxd with a configuration file that is not there, and standard input.
func call(t *testing.T, input string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	go func() {
		io.WriteString(w, input)
		w.Close()
	}()
	var out, errs bytes.Buffer
	p := &program{stdin: r, stdout: &out, stderr: &errs, environ: []string{"NSBOX_LOG_LEVEL=warn"}}
	status = p.main(append([]string{"nsboxd"}, args...))
	return status, out.String(), errs.String()
}

func TestKeysAndUsers(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	if status, _, stderr := call(t, "", "key", "create", "--state-dir", dir); status != 1 || !strings.Contains(stderr, "no such file") {
		t.Errorf("a state directory that is not there: %d %s", status, stderr)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	ok := func(input string, args ...string) string {
		t.Helper()
		status, stdout, stderr := call(t, input, append(args[:2:2], append([]string{"--state-dir", dir}, args[2:]...)...)...)
		if status != 0 {
			t.Fatalf("%q: status %d: %s", args, status, stderr)
		}
		return stdout
	}
	key := strings.TrimSpace(ok("", "key", "create"))
	id, valid := auth.KeyID(key)
	if !valid {
		t.Fatalf("%q is no key", key)
	}
	ok("a long enough password\n", "user", "add", "--role", "operator", "ada")
	ok("", "user", "add", "--no-password", "robot")
	other := strings.TrimSpace(ok("", "key", "create", "--user", "ada", "--role", "viewer", "--name", "of ada", "--ttl", "24h"))
	list := ok("", "key", "list")
	if !strings.Contains(list, id) || strings.Contains(list, key) || !strings.Contains(list, "viewer") || !strings.Contains(list, "until ") {
		t.Errorf("the keys are\n%s", list)
	}
	users := ok("", "user", "list")
	for _, want := range []string{"admin", "operator", "robot"} {
		if !strings.Contains(users, want) {
			t.Errorf("%s is not in\n%s", want, users)
		}
	}
	ok("another long password", "user", "passwd", "ada")
	ok("", "key", "revoke", other)
	ok("", "user", "rm", "robot")
	if list := ok("", "key", "list"); !strings.Contains(list, "revoked") {
		t.Errorf("no key is revoked:\n%s", list)
	}

	// A daemon on the same store takes the key and the password.
	cfg, err := config.Load(config.Sources{Flags: []config.Flag{{Name: "state-dir", Value: dir}}})
	if err != nil {
		t.Fatal(err)
	}
	all, err := parts.New(t.Context(), cfg, parts.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer all.Close(t.Context())
	if all.AdminKey != "" {
		t.Error("the daemon made another administrator")
	}
	authenticates(t, all, key, true)
	authenticates(t, all, other, false)
	if _, err := all.Service.Login(t.Context(), "ada", "another long password", loopback); err != nil {
		t.Error(err)
	}
	if _, err := all.Service.Login(t.Context(), "ada", "a long enough password", loopback); err == nil {
		t.Error("the old password is still good")
	}
}

func TestMistakes(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"sreve"}, `unknown command "sreve": there are serve, key, user, audit, check-config and version`},
		{[]string{"key"}, "nsboxd key: write one of create, list, revoke after it"},
		{[]string{"key", "create", "--role", "king"}, `--role: "king" is not a role`},
		{[]string{"key", "create", "--user", "nobody"}, `there is no user "nobody"`},
		{[]string{"key", "create", "--ttl", "soon"}, `--ttl: "soon" is not allowed`},
		{[]string{"key", "revoke"}, "write the ID of one key"},
		{[]string{"key", "revoke", "none"}, `there is no key "none"`},
		{[]string{"user", "add"}, "write one NAME"},
		{[]string{"user", "add", "two words"}, "without blanks"},
		{[]string{"user", "add", "eve"}, "password: "},
		{[]string{"user", "rm", "nobody"}, `there is no user "nobody"`},
		{[]string{"user", "list", "x"}, `unexpected argument "x"`},
		{[]string{"check-config", "--listen", "0.0.0.0:80"}, "who would need no credentials"},
		{[]string{"check-config", "--tls-cert", "/x"}, "tls.cert and tls.key belong together"},
		{[]string{"check-config", "--grace", "soon"}, `--grace: "soon" is not a duration`},
		{[]string{"check-config", "--nonsense"}, "flag provided but not defined: -nonsense"},
		{[]string{"check-config", "--config", dir + "/none.toml"}, "no such file"},
	} {
		args := c.args
		if len(args) > 1 && (args[0] == "key" || args[0] == "user") {
			args = append(args[:2:2], append([]string{"--state-dir", dir}, args[2:]...)...)
		}
		status, stdout, stderr := call(t, "", args...)
		if status != 2 || !strings.HasPrefix(stderr, "nsboxd: ") || !strings.Contains(stderr, c.want) {
			t.Errorf("%q: status %d, %q; want %s", c.args, status, stderr, c.want)
		}
		if strings.Count(stderr, "\n") != 1 || stdout != "" {
			t.Errorf("%q says more than a sentence: %q, %q", c.args, stderr, stdout)
		}
	}
	if status, stdout, _ := call(t, "", "check-config", "--listen", "127.0.0.1:1,unix:/run/x"); status != 0 || !strings.Contains(stdout, "127.0.0.1:1, unix:/run/x") {
		t.Errorf("a right configuration: %d %q", status, stdout)
	}
	if status, stdout, _ := call(t, "", "version"); status != 0 || !strings.HasPrefix(stdout, "nsboxd dev go") {
		t.Errorf("version: %d %q", status, stdout)
	}
}

func TestServeRefusesRoot(t *testing.T) {
	nstest.RequireRoot(t)
	status, _, stderr := call(t, "", "serve", "--state-dir", t.TempDir())
	if status != 2 || !strings.Contains(stderr, "serve does not run as root") {
		t.Errorf("%d %s", status, stderr)
	}
}

func TestAuditVerify(t *testing.T) {
	dir := t.TempDir()
	cfg, err := config.Load(config.Sources{Flags: []config.Flag{{Name: "state-dir", Value: dir}}})
	if err != nil {
		t.Fatal(err)
	}
	all, err := parts.New(t.Context(), cfg, parts.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		_, _ = all.Service.Login(t.Context(), "nobody", "wrong password here", loopback)
	}
	if err := all.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if status, stdout, stderr := call(t, "", "audit", "verify", "--state-dir", dir); status != 0 || !strings.Contains(stdout, "the audit log is whole") {
		t.Fatalf("%d %q %q", status, stdout, stderr)
	}
	b, err := os.ReadFile(cfg.AuditPath())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(cfg.AuditPath(), bytes.Replace(b, []byte("login"), []byte("logim"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if status, _, stderr := call(t, "", "audit", "verify", "--state-dir", dir); status != 1 {
		t.Errorf("a changed log: %d %q", status, stderr)
	}
}

var loopback = netip.MustParseAddr("127.0.0.1")

func authenticates(t *testing.T, all *parts.Parts, key string, want bool) {
	t.Helper()
	_, err := all.Service.Authenticate(t.Context(), service.Credentials{APIKey: key}, loopback)
	if (err == nil) != want {
		t.Errorf("the key authenticates: %v; want %v", err, want)
	}
}
