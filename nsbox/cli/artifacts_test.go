package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/config"
	"github.com/nsbox/nsbox/nsbox/internal/confine"
)

func testApp(run func(context.Context, nsbox.Request) (nsbox.Result, error)) (a *App, stdout, stderr *bytes.Buffer) {
	stdout, stderr = &bytes.Buffer{}, &bytes.Buffer{}
	a = &App{Stdout: stdout, Stderr: stderr, Run: run, Sources: config.Sources{}}
	a.out = newOutput(stdout, stderr, a.getenv)
	return a, stdout, stderr
}

// Whatever a result calls its artifacts, nothing is written outside of the
// directory.
func TestArtifactsStayInside(t *testing.T) {
	a, _, _ := testApp(nil)
	for _, name := range []string{"../x", "/x", "a/../../x", ".", "", "a/..", "a//b", "./x", "out/x"} {
		top := t.TempDir()
		dir := filepath.Join(top, "dir")
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink("..", filepath.Join(dir, "out")); err != nil {
			t.Fatal(err)
		}
		res := nsbox.Result{Artifacts: []nsbox.Artifact{{Path: name, Data: []byte("bad"), SHA256: "abc"}}}
		if err := a.saveArtifacts(dir, res, true); err == nil {
			t.Errorf("%q: accepted", name)
		}
		entries, err := os.ReadDir(top)
		if err != nil || len(entries) != 1 {
			t.Errorf("%q: beside the directory are %v, %v", name, entries, err)
		}
		if entries, _ = os.ReadDir(dir); len(entries) != 1 {
			t.Errorf("%q: in the directory are %v", name, entries)
		}
	}
}

func TestArtifactReplacesWhatIsThere(t *testing.T) {
	a, _, stderr := testApp(nil)
	dir := makeTree(t, map[string]string{"precious": "keep", "out/link": "-> ../precious", "out/old": "old content"})
	res := nsbox.Result{Artifacts: []nsbox.Artifact{
		{Path: "link", Data: []byte("new"), SHA256: "1", Size: 3, MIMEType: "text/plain"},
		{Path: "old", Data: []byte("new"), SHA256: "1", Size: 3, MIMEType: "text/plain"},
		{Path: "a/b/c", Data: nil, SHA256: "2", MIMEType: "text/plain"},
	}}
	if err := a.saveArtifacts(filepath.Join(dir, "out"), res, false); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"precious": "keep", "out/link": "new", "out/old": "new", "out/a/b/c": ""} {
		if b, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(b) != want {
			t.Errorf("%s: %q, %v; want %q", name, b, err, want)
		}
	}
	if want := "nsbox: kept link (3B, text/plain)\n"; !strings.HasPrefix(stderr.String(), want) {
		t.Errorf("said %q; want %q", stderr, want)
	}
}

// A name that would move the cursor is shown escaped, and nsbox's own words
// begin on a line of their own.
func TestSayingIsSafe(t *testing.T) {
	a, _, stderr := testApp(func(_ context.Context, r nsbox.Request) (nsbox.Result, error) {
		_, err := r.Stderr.Write([]byte("no line feed"))
		return nsbox.Result{Verdict: nsbox.NonZero, ExitCode: 4, Skipped: []nsbox.Skipped{{Path: "\x1b[2J\nnsbox: all is well", Reason: "link"}}}, err
	})
	dir := makeTree(t, map[string]string{"main.py": ""})
	a.Stdin, _ = os.Open(os.DevNull)
	if got := a.Main([]string{"nsbox", "exec", filepath.Join(dir, "main.py")}); got != 4 {
		t.Errorf("exit status %d", got)
	}
	want := "no line feed\n" + `nsbox: \x1b[2J\nnsbox: all is well not kept: link` + "\n"
	if stderr.String() != want {
		t.Errorf("said %q; want %q", stderr, want)
	}
}

// Output that could not be passed on is a failure, whatever the program's end.
func TestLostOutputIsAFailure(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	a, _, stderr := testApp(func(_ context.Context, r nsbox.Request) (nsbox.Result, error) {
		_, _ = r.Stdout.Write([]byte("x"))
		return nsbox.Result{Verdict: nsbox.OK}, nil
	})
	a.Stdout = full
	a.Stdin, _ = os.Open(os.DevNull)
	dir := makeTree(t, map[string]string{"main.py": ""})
	if got := a.Main([]string{"nsbox", "exec", filepath.Join(dir, "main.py")}); got != exitFailed {
		t.Errorf("exit status %d; said %q", got, stderr)
	}
}

// What explain says of every sandbox is what package confine makes.
func TestExplainMatchesConfine(t *testing.T) {
	if !slices.Equal(sandboxNamespaces, confine.Namespaces) || sandboxHostname != confine.Hostname {
		t.Errorf("%v %q; confine has %v %q", sandboxNamespaces, sandboxHostname, confine.Namespaces, confine.Hostname)
	}
}
