package daemon

import (
	"bytes"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox/daemon/auth"
	"github.com/nsbox/nsbox/nsbox/daemon/config"
	"github.com/nsbox/nsbox/nsbox/daemon/parts"
	"github.com/nsbox/nsbox/nsbox/daemon/service"
	"github.com/nsbox/nsbox/nsbox/internal/nstest"
	"github.com/nsbox/nsbox/nsbox/store"
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

	// Each change is in the audit log, none of the secrets is.
	journal := auditLines(t, dir)
	root := `"actor":"root","actor_id":"uid:` + strconv.Itoa(os.Getuid())
	if os.Getuid() != 0 {
		root = `"actor_id":"uid:` + strconv.Itoa(os.Getuid())
	}
	for i, want := range []string{
		`"action":"user.create","target":"admin","outcome":"ok"`, `"action":"key.create","target":"` + id + `","outcome":"ok"`,
		`"action":"user.create","target":"ada"`, `"action":"user.create","target":"robot"`, `"owner":"ada","role":"viewer","ttl_seconds":86400`,
		`"action":"user.update","target":"ada"`, `"action":"key.revoke"`, `"action":"user.delete","target":"robot"`,
	} {
		if i >= len(journal) || !strings.Contains(journal[i], want) || !strings.Contains(journal[i], root) {
			t.Errorf("line %d of the audit log is not of %s by %s:\n%s", i+1, want, root, strings.Join(journal, "\n"))
		}
	}
	if all := strings.Join(journal, ""); strings.Contains(all, key) || strings.Contains(all, "long password") {
		t.Errorf("the audit log has a secret:\n%s", all)
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

	// Beside it, a command goes on with the chain, and the daemon with the command's.
	ok("", "user", "add", "--no-password", "late")
	if _, err := all.Service.Login(t.Context(), "ada", "wrong", loopback); err == nil {
		t.Error("a wrong password is good")
	}
	if status, stdout, stderr := call(t, "", "audit", "verify", "--state-dir", dir); status != 0 {
		t.Errorf("%s%s", stdout, stderr)
	}
	lines := auditLines(t, dir)
	if n := len(lines); n != len(journal)+4 || !strings.Contains(lines[n-2], `"target":"late"`) || !strings.Contains(lines[n-1], `"outcome":"failed"`) {
		t.Errorf("the audit log ends with\n%s", strings.Join(lines[len(journal):], "\n"))
	}
	found := func() bool {
		list, err := all.Store.Audit(t.Context(), store.AuditQuery{Target: "late", Limit: 10})
		return err == nil && len(list) == 1
	}
	for end := time.Now().Add(20 * time.Second); !found(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the table does not get the command's line")
		}
	}
}

// Nothing is changed that can't be recorded.
func TestNoChangeWithoutItsRecord(t *testing.T) {
	dir := t.TempDir()
	status, _, stderr := call(t, "", "user", "add", "--state-dir", dir, "--audit-file", dir+"/none/audit.jsonl", "--no-password", "eve")
	if status != 1 || !strings.Contains(stderr, "nothing is changed, as it could not be recorded") {
		t.Errorf("%d %s", status, stderr)
	}
	if _, stdout, _ := call(t, "", "user", "list", "--state-dir", dir); strings.Contains(stdout, "eve") {
		t.Errorf("the users are\n%s", stdout)
	}
}

// auditLines reads the audit log in a state directory.
func auditLines(t *testing.T, dir string) []string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "audit.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(b)), "\n")
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
