package service

import (
	"context"
	"fmt"
	"io/fs"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/daemon/auth"
	"github.com/nsbox/nsbox/nsbox/language"
	"github.com/nsbox/nsbox/nsbox/store"
	"github.com/nsbox/nsbox/nsbox/store/sqlite"
	"github.com/nsbox/nsbox/rootfs"
)

var loopback = netip.MustParseAddr("127.0.0.1")

// user is a principal of the role.
func user(name string, role Role) Principal {
	return Principal{ID: "id-" + name, Name: name, Role: role, Addr: loopback}
}

var alice, bob = user("alice", auth.User), user("bob", auth.User)

// fake runs programs without a sandbox: their source says what they do, a word a
// line. The service's own work, which is what these tests are about, is real;
// the helper is in e2e's.
func fake(ctx context.Context, req nsbox.Request) (nsbox.Result, error) {
	res := nsbox.Result{ID: "inner", Language: "python", Verdict: nsbox.OK, Stage: nsbox.StageRun, Iterations: 1}
	emit := func(e nsbox.Event) {
		if req.OnEvent != nil {
			req.OnEvent(e)
		}
	}
	emit(nsbox.Event{Type: nsbox.EventStart, ID: res.ID, Language: res.Language})
	for line := range strings.SplitSeq(string(req.Files[0].Data), "\n") {
		word, rest, _ := strings.Cut(line, " ")
		switch word {
		case "print":
			res.Stdout = append(res.Stdout, rest+"\n"...)
			emit(nsbox.Event{Type: nsbox.EventStdout, Stage: nsbox.StageRun, Data: []byte(rest + "\n")})
		case "exit":
			fmt.Sscan(rest, &res.ExitCode)
			res.Verdict = nsbox.NonZero
		case "sleep":
			d, _ := time.ParseDuration(rest)
			select {
			case <-time.After(d):
			case <-ctx.Done():
				res.Verdict = nsbox.Cancelled
				return res, nil
			}
		case "cat":
			b := make([]byte, 64)
			for {
				n, err := req.Stdin.Read(b)
				res.Stdout = append(res.Stdout, b[:n]...)
				if n > 0 {
					emit(nsbox.Event{Type: nsbox.EventStdout, Stage: nsbox.StageRun, Data: append([]byte(nil), b[:n]...)})
				}
				if err != nil {
					break
				}
			}
		case "file":
			name, data, _ := strings.Cut(rest, " ")
			res.Artifacts = append(res.Artifacts, nsbox.Artifact{Path: name, Size: int64(len(data)), SHA256: hashHex([]byte(data)), Data: []byte(data)})
		case "break":
			return nsbox.Result{}, fmt.Errorf("%w in the middle of the execution", nsbox.ErrHelperEnded)
		case "fail":
			return nsbox.Result{}, fmt.Errorf("pivot_root: %s", rest)
		case "refuse":
			return nsbox.Result{}, fmt.Errorf("%w: timeout 9h: at most 5m", nsbox.ErrBadRequest)
		}
	}
	return res, nil
}

func testLimits() Limits {
	l := DefaultLimits(2)
	return l
}

func languages(t testing.TB) *language.Registry {
	t.Helper()
	builtin, err := fs.Sub(rootfs.Languages, "languages")
	if err != nil {
		t.Fatal(err)
	}
	reg, problems := language.Load(builtin)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return reg
}

// options are those of a service in dir.
func options(t testing.TB, dir string, db store.Store) Options {
	t.Helper()
	signer, err := auth.LoadSigner(filepath.Join(dir, "token.key"))
	if err != nil {
		t.Fatal(err)
	}
	return Options{
		Store: db, Run: fake, Languages: languages(t), Signer: signer, Limits: testLimits(),
		Artifacts: filepath.Join(dir, "artifacts"), KeepCode: true,
		PasswordCost: auth.Cost{Passes: 1, Memory: 64, Threads: 1},
	}
}

func openStore(t testing.TB, dir string) store.Store {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(dir, "nsbox.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// newService makes a service; change may change its options.
func newService(t testing.TB, change ...func(*Options)) *Service {
	t.Helper()
	dir := t.TempDir()
	opts := options(t, dir, openStore(t, dir))
	for _, c := range change {
		c(&opts)
	}
	s, err := New(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		s.Close(ctx)
	})
	return s
}

// start executes a program of the words that fake knows.
func start(t testing.TB, s *Service, p Principal, code string, change ...func(*ExecuteRequest)) *Run {
	t.Helper()
	req := ExecuteRequest{Language: "python", Code: code}
	for _, c := range change {
		c(&req)
	}
	r, err := s.Execute(t.Context(), p, req)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func wait(t testing.TB, r *Run) Execution {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	e, err := r.Wait(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// code is the code of err, "" where it is nil.
func code(err error) string {
	if err == nil {
		return ""
	}
	return AsError(err).Code
}

func TestExecute(t *testing.T) {
	s := newService(t)
	r := start(t, s, alice, "print hello\nexit 3\nfile out.txt data")
	e := wait(t, r)
	if e.State != "done" || e.Verdict != nsbox.NonZero || e.ExitCode == nil || *e.ExitCode != 3 || e.Result == nil {
		t.Fatalf("%+v", e)
	}
	if e.Result.ID != r.ID() || e.OwnerName != "alice" || string(e.Result.Stdout) != "hello\n" {
		t.Errorf("%+v %q", e, e.Result.Stdout)
	}
	var types []string
	var seqs []int64
	for ev, err := range r.Events(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		types, seqs = append(types, string(ev.Type)), append(seqs, ev.Seq)
	}
	if got := strings.Join(types, " "); got != "start stdout exit" {
		t.Errorf("events are %s", got)
	}
	if fmt.Sprint(seqs) != "[1 2 3]" || e.EventSeq != 3 {
		t.Errorf("sequence numbers are %v, the last is said to be %d", seqs, e.EventSeq)
	}
	page, err := s.Executions(t.Context(), alice, Query{})
	if err != nil || len(page.Executions) != 1 || page.Executions[0].ID != r.ID() {
		t.Errorf("history: %v %v", page, err)
	}
}
