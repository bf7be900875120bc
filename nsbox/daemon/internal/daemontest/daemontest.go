// Package daemontest starts the daemon's front for tests: a real service on a
// real store, served over a real socket. Programs run in the helper's sandboxes,
// or, where a test is about HTTP alone and shall need no root, by Fake.
package daemontest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/daemon/audit"
	"github.com/nsbox/nsbox/nsbox/daemon/auth"
	"github.com/nsbox/nsbox/nsbox/daemon/metrics"
	"github.com/nsbox/nsbox/nsbox/daemon/restapi"
	"github.com/nsbox/nsbox/nsbox/daemon/service"
	"github.com/nsbox/nsbox/nsbox/heal"
	"github.com/nsbox/nsbox/nsbox/internal/helperproc"
	"github.com/nsbox/nsbox/nsbox/internal/nstest"
	"github.com/nsbox/nsbox/nsbox/language"
	"github.com/nsbox/nsbox/nsbox/store/sqlite"
	"github.com/nsbox/nsbox/rootfs"
)

// Password is that of the user named user; the others have keys alone, because
// hashing one takes its time.
const Password = "correct horse battery staple"

// Config says how a Server differs from the usual one.
type Config struct {
	// Real runs programs in the helper's sandboxes; the test then needs root.
	Real bool
	// AuthRequired refuses callers without credentials.
	AuthRequired bool
	// Limits changes the limits.
	Limits func(*service.Limits)
	// Tracing makes the spans of executions; nil makes none.
	Tracing *metrics.Tracing
	// REST changes the options of the front.
	REST func(*restapi.Options)
}

// Server is a daemon's front that listens on loopback.
type Server struct {
	*httptest.Server
	Service *service.Service
	// Keys are API keys by the name of their role.
	Keys map[string]string
	// Log is what was logged.
	Log *Log
}

// Start starts a Server, which ends with the test. It has a user for each role,
// named after it.
func Start(t testing.TB, cfg Config) *Server {
	t.Helper()
	dir := t.TempDir()
	ctx := context.Background()
	db, err := sqlite.Open(ctx, filepath.Join(dir, "nsbox.db"))
	if err != nil {
		t.Fatal(err)
	}
	signer, err := auth.LoadSigner(filepath.Join(dir, "token.key"))
	if err != nil {
		t.Fatal(err)
	}
	healing, err := heal.Options()
	if err != nil {
		t.Fatal(err)
	}
	limits := service.DefaultLimits(2)
	if cfg.Limits != nil {
		cfg.Limits(&limits)
	}
	journal, err := audit.Open(ctx, audit.Options{Path: filepath.Join(dir, "audit.log"), Table: db})
	if err != nil {
		t.Fatal(err)
	}
	opts := service.Options{
		Audit: journal, Store: db, Run: Fake, Languages: Languages(t), Heal: healing, Signer: signer, AuthRequired: cfg.AuthRequired,
		Healers: func(string) ([]nsbox.Healer, error) { return healing.Healers, nil },
		Limits:  limits, Artifacts: filepath.Join(dir, "artifacts"), KeepCode: true, Tracing: cfg.Tracing,
	}
	if cfg.Real {
		client := Helper(t)
		opts.Run, opts.Client = client.Run, client
	}
	svc, err := service.New(ctx, opts)
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Service: svc, Keys: map[string]string{}, Log: &Log{}}
	s.makeUsers(t)
	life, stop := context.WithCancel(ctx)
	rest := restapi.Options{
		Version: "test", Log: slog.New(slog.NewTextHandler(s.Log, nil)), Analyzer: healing.Analyzer, Context: life,
	}
	if cfg.REST != nil {
		cfg.REST(&rest)
	}
	s.Server = httptest.NewServer(restapi.New(svc, rest))
	t.Cleanup(func() {
		stop()
		s.CloseClientConnections()
		s.Close()
		end, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		if err := svc.Close(end); err != nil {
			t.Error(err)
		}
		if err := journal.Close(); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("log of the daemon:\n%s", s.Log)
		}
	})
	return s
}

// makeUsers makes a user of each role with a password and a key.
func (s *Server) makeUsers(t testing.TB) {
	t.Helper()
	ctx := context.Background()
	root := service.Principal{ID: "test", Name: "test", Role: auth.Admin}
	for _, role := range auth.Roles() {
		name, password := string(role), Password
		req := service.UserRequest{Name: name, Role: &name}
		if role == auth.User {
			req.Password = &password
		}
		if _, err := s.Service.CreateUser(ctx, root, req); err != nil {
			t.Fatal(err)
		}
	}
	users, err := s.Service.ListUsers(ctx, root)
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range users {
		// Viewers make no keys; an administrator makes theirs.
		by := service.Principal{ID: u.ID, Name: u.Name, Role: u.Role}
		owner := ""
		if !u.Role.Can(auth.KeysOwn) {
			for _, a := range users {
				if a.Role == auth.Admin {
					by, owner = service.Principal{ID: a.ID, Name: a.Name, Role: a.Role}, u.Name
				}
			}
		}
		k, err := s.Service.CreateKey(ctx, by, service.KeyRequest{Name: "test", Owner: owner})
		if err != nil {
			t.Fatalf("key of %s: %v", u.Name, err)
		}
		s.Keys[u.Name] = k.Secret
	}
}

// Do sends a request as the user of that role, or as nobody where it is empty,
// and returns the answer with its body read.
func (s *Server) Do(t testing.TB, as, method, path, body string, headers ...string) (*http.Response, []byte) {
	t.Helper()
	req, err := http.NewRequest(method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if as != "" {
		req.Header.Set("X-API-Key", s.Keys[as])
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			req.Host = headers[i+1]
			continue
		}
		req.Header.Set(headers[i], headers[i+1])
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, Timeout: time.Minute}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, b
}

// Languages are the languages that nsbox comes with.
func Languages(t testing.TB) *language.Registry {
	t.Helper()
	builtin, err := fs.Sub(rootfs.Languages, "languages")
	if err != nil {
		t.Fatal(err)
	}
	known, problems := language.Load(builtin)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return known
}

// Helper starts a helper of the test's own and returns a client of it.
func Helper(t testing.TB) *nsbox.Client {
	t.Helper()
	nstest.RequireRoot(t)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	h, err := helperproc.Start(ctx, helperproc.Config{
		Program: nstest.RequireHelper(t), Dir: t.TempDir(), Args: []string{"--images", nstest.Images()},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Stop(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("helper: %s", h.Log())
		}
	})
	return &nsbox.Client{Socket: h.Socket}
}

// Fake runs a program whose lines say what it does:
//
//	print TEXT      a line of output
//	warn TEXT       a line on stderr
//	flood N         N kilobytes of output
//	sleep DURATION
//	exit N
//	cat             what comes as input, as it comes
//	file NAME TEXT  an artifact
//	fail TEXT       nsbox's own failure
//	lose            the helper's end
//	panic
//
// Other lines do nothing.
func Fake(ctx context.Context, req nsbox.Request) (nsbox.Result, error) {
	f := &fake{req: req, res: nsbox.Result{
		ID: "inner", Language: req.Language, Verdict: nsbox.OK, Stage: nsbox.StageRun, Iterations: 1,
		Usage:     nsbox.Usage{WallMS: 1.5, CPUMS: 0.5, MemoryPeakBytes: 2 << 20, PidsPeak: 1},
		Isolation: nsbox.Isolation{Namespaces: []string{}, Seccomp: "none: a test's stand-in"},
	}}
	f.emit(nsbox.Event{Type: nsbox.EventStart, ID: "inner", Language: req.Language})
	f.emit(nsbox.Event{Type: nsbox.EventStage, Stage: nsbox.StageRun})
	for line := range strings.SplitSeq(string(req.Files[0].Data), "\n") {
		word, rest, _ := strings.Cut(line, " ")
		if err := f.do(ctx, word, rest); err != nil {
			return nsbox.Result{}, err
		}
		if f.res.Verdict == nsbox.Cancelled {
			break
		}
	}
	return f.res, nil
}

type fake struct {
	req nsbox.Request
	res nsbox.Result
}

func (f *fake) emit(ev nsbox.Event) {
	if f.req.OnEvent != nil {
		ev.Time = time.Now()
		f.req.OnEvent(ev)
	}
}

// out keeps the first MiB, as the real ones keep what max_output allows.
func (f *fake) out(b []byte) {
	kept := &f.res.Truncated.Stdout
	kept.TotalBytes += int64(len(b))
	f.res.Stdout = append(f.res.Stdout, b[:min(len(b), max(0, 1<<20-len(f.res.Stdout)))]...)
	kept.KeptBytes = int64(len(f.res.Stdout))
	f.emit(nsbox.Event{Type: nsbox.EventStdout, Stage: nsbox.StageRun, Data: bytes.Clone(b)})
}

func (f *fake) do(ctx context.Context, word, rest string) error {
	switch word {
	case "print":
		f.out([]byte(rest + "\n"))
	case "warn":
		f.res.Stderr = append(f.res.Stderr, rest+"\n"...)
		f.emit(nsbox.Event{Type: nsbox.EventStderr, Stage: nsbox.StageRun, Data: []byte(rest + "\n")})
	case "flood":
		n, _ := strconv.Atoi(rest)
		for range n {
			f.out(bytes.Repeat([]byte("x"), 1<<10))
		}
	case "sleep":
		d, err := time.ParseDuration(rest)
		if err != nil {
			return err
		}
		select {
		case <-time.After(d):
		case <-ctx.Done():
			f.res.Verdict = nsbox.Cancelled
		}
	case "exit":
		n, _ := strconv.Atoi(rest)
		f.res.ExitCode, f.res.Verdict = n, nsbox.NonZero
	case "cat":
		return f.cat()
	case "file":
		name, data, _ := strings.Cut(rest, " ")
		sum := sha256.Sum256([]byte(data))
		f.res.Artifacts = append(f.res.Artifacts, nsbox.Artifact{
			Path: name, MIMEType: "text/html", Size: int64(len(data)), SHA256: hex.EncodeToString(sum[:]), Data: []byte(data),
		})
	case "fail":
		return fmt.Errorf("%s", rest)
	case "lose":
		return fmt.Errorf("%w in the middle of the execution", nsbox.ErrHelperEnded)
	case "panic":
		panic("a test's panic")
	}
	return nil
}

func (f *fake) cat() error {
	if f.req.Stdin == nil {
		return nil
	}
	buf := make([]byte, 4096)
	for {
		n, err := f.req.Stdin.Read(buf)
		if n > 0 {
			f.out(buf[:n])
		}
		if err != nil {
			return nil
		}
	}
}
