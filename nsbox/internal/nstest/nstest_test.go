package nstest

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// recorder stands in for a test, to see what Skip does to it.
type recorder struct {
	testing.TB
	skipped, failed bool
}

func (r *recorder) Helper()               {}
func (r *recorder) Skip(...any)           { r.skipped = true; runtime.Goexit() }
func (r *recorder) Fatalf(string, ...any) { r.failed = true; runtime.Goexit() }

func record(f func(testing.TB)) *recorder {
	r := &recorder{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		f(r)
	}()
	<-done
	return r
}

func TestSkipFailsWhereForbidden(t *testing.T) {
	t.Setenv(NoSkipEnv, "1")
	r := record(func(t testing.TB) { Skip(t, "no kernel") })
	if !r.failed || r.skipped {
		t.Errorf("failed=%v skipped=%v, want a failure and no skip", r.failed, r.skipped)
	}
	t.Setenv(NoSkipEnv, "")
	r = record(func(t testing.TB) { Skip(t, "no kernel") })
	if r.failed || !r.skipped {
		t.Errorf("failed=%v skipped=%v, want a skip and no failure", r.failed, r.skipped)
	}
}

func TestDiffComparesCounts(t *testing.T) {
	before := Snapshot{"processes": {"1 a", "2 b"}, "files": {"/x"}}
	same := Snapshot{"processes": {"3 a", "4 b"}, "files": {"/y"}}
	if d := Diff(before, same); len(d) != 0 {
		t.Errorf("equal counts differ: %q", d)
	}
	more := Snapshot{"processes": {"1 a", "2 b", "9 leaked"}, "files": {}}
	d := Diff(before, more)
	if len(d) != 2 {
		t.Fatalf("got %q, want two lines", d)
	}
	if !strings.Contains(d[0], "files: 1 before, 0 after; gone: /x") {
		t.Errorf("files: %q", d[0])
	}
	if !strings.Contains(d[1], "processes: 2 before, 3 after; new: 9 leaked") {
		t.Errorf("processes: %q", d[1])
	}
}

func TestTakeSeesWhatIsLeft(t *testing.T) {
	dir := t.TempDir()
	scope := Scope{Root: os.Getpid(), Descriptors: map[string]int{"test": os.Getpid()}, Dirs: []string{dir}}
	before := Take(t, scope)

	child := exec.Command("sleep", "60")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = child.Process.Kill()
		_ = child.Wait()
	}()
	f, err := os.Create(filepath.Join(dir, "left"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()

	got := strings.Join(Diff(before, Take(t, scope)), "\n")
	for _, want := range []string{"processes:", "files:", "descriptors of test:"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not seen in\n%s", want, got)
		}
	}
	if strings.Contains(got, "mounts") {
		t.Errorf("mounts differ and should not:\n%s", got)
	}
}

func TestNamespacesAreCounted(t *testing.T) {
	RequireRoot(t)
	scope := Scope{Root: os.Getpid()}
	warm := exec.Command("sleep", "60")
	if err := warm.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = warm.Process.Kill(); _ = warm.Wait() }()
	before := Take(t, scope)
	child := exec.Command("unshare", "--uts", "--ipc", "sleep", "60")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = child.Process.Kill(); _ = child.Wait() }()
	// unshare becomes sleep once it has its namespaces.
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if n := len(Take(t, scope)["namespaces"]) - len(before["namespaces"]); n == 2 {
			return
		}
	}
	t.Errorf("two new namespaces are not counted: %q", Diff(before, Take(t, scope)))
}

func TestReapTakesOrphans(t *testing.T) {
	BecomeSubreaper(t)
	before := Take(t, Scope{Root: os.Getpid()})
	// The shell starts a process in the background and ends, so it is orphaned.
	shell := exec.Command("sh", "-c", "sleep 0.05 & exit 0")
	if err := shell.Run(); err != nil {
		t.Fatal(err)
	}
	RequireSame(t, before, 10*time.Second, func() Snapshot {
		Reap(t)
		return Take(t, Scope{Root: os.Getpid()})
	})
}
