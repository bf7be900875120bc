package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/nstest"
)

// images are the images of the languages.
var images = map[string]string{
	"python": "python", "javascript": "node", "typescript": "node", "bash": "base", "go": "go", "rust": "rust",
	"java": "java", "ruby": "ruby", "c": "gcc", "cpp": "gcc", "wasm": "wasm",
}

// programs are the kinds of programs that every language has under
// testdata/languages, and how each must end.
var programs = []struct {
	name    string
	req     nsbox.Request
	verdict nsbox.Verdict // or Signal, where a language ends an uncaught error so
	code    int           // -1: any but 0
	stdout  string
	limit   string
}{
	{name: "hello", verdict: nsbox.OK, stdout: "hello\n"},
	{name: "echo", req: nsbox.Request{Stdin: strings.NewReader("one\ntwo\n")}, verdict: nsbox.OK, stdout: "one\ntwo\n"},
	{name: "args", req: nsbox.Request{Args: []string{"a", "b c", "ü"}}, verdict: nsbox.OK, stdout: "a\nb c\nü\n"},
	{name: "exit3", verdict: nsbox.NonZero, code: 3},
	{name: "uncaught", verdict: nsbox.NonZero, code: -1},
	{name: "loop", req: nsbox.Request{Limits: nsbox.Limits{Timeout: nsbox.Duration(1500 * time.Millisecond)}}, verdict: nsbox.WallTimeout, code: 137, limit: "timeout"},
	{name: "memory", req: nsbox.Request{Limits: nsbox.Limits{Timeout: nsbox.Duration(60 * time.Second)}}, verdict: nsbox.OOM, code: -1, limit: "memory"},
	{name: "forkbomb", req: nsbox.Request{Limits: nsbox.Limits{Timeout: nsbox.Duration(30 * time.Second)}}, verdict: nsbox.PidsLimit, code: -1, limit: "pids"},
	{name: "flood", verdict: nsbox.OutputLimit, code: -1, limit: "max_output"},
	{name: "artifact", req: nsbox.Request{Artifacts: true}, verdict: nsbox.OK},
}

func TestLanguages(t *testing.T) {
	c := client(t)
	for lang, image := range images {
		t.Run(lang, func(t *testing.T) {
			if only := strings.Fields(os.Getenv("NSBOX_TEST_LANGUAGES")); len(only) > 0 && !slices.Contains(only, lang) {
				nstest.Skip(t, "NSBOX_TEST_LANGUAGES leaves it out")
			}
			nstest.RequireImage(t, image)
			for _, p := range programs {
				t.Run(p.name, func(t *testing.T) {
					path := programFile(t, lang, p.name)
					if path == "" {
						return
					}
					req := p.req
					req.Language, req.Files = lang, []nsbox.File{file(t, path)}
					if s, ok := req.Stdin.(*strings.Reader); ok {
						_, _ = s.Seek(0, 0)
					}
					res := run(t, c, req)
					limit := ""
					if res.Limit != nil {
						limit = res.Limit.Name
					}
					verdict := p.verdict
					if p.name == "uncaught" && res.Verdict == nsbox.Signal {
						verdict = nsbox.Signal
					}
					if res.Verdict != verdict || limit != p.limit || p.code >= 0 && res.ExitCode != p.code || p.code < 0 && res.ExitCode == 0 {
						t.Errorf("want %s %d %q, got %s", p.verdict, p.code, p.limit, show(res))
					}
					if p.stdout != "" && string(res.Stdout) != p.stdout {
						t.Errorf("stdout %q, want %q", res.Stdout, p.stdout)
					}
					if p.name == "uncaught" && len(res.Stderr) == 0 {
						t.Error("nothing on stderr")
					}
					if p.name == "artifact" && (len(res.Artifacts) != 1 || res.Artifacts[0].Path != "out.txt" ||
						string(res.Artifacts[0].Data) != "artifact\n" || res.Artifacts[0].MIMEType != "text/plain") {
						t.Errorf("artifacts %+v, skipped %+v", res.Artifacts, res.Skipped)
					}
					checkUsage(t, res)
				})
			}
		})
	}
}

// cannot names the programs that a language can't express, and why.
var cannot = map[string]string{
	"wasm/forkbomb": "WASI has neither processes nor threads",
}

// programFile finds a program of testdata; every one must be there that the
// language can express.
func programFile(t *testing.T, lang, name string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join("..", "testdata", "languages", lang, name+".*"))
	if err != nil {
		t.Fatal(err)
	}
	if why := cannot[lang+"/"+name]; why != "" {
		if len(found) > 0 {
			t.Errorf("%v exists, but %s", found, why)
		}
		return ""
	}
	if len(found) != 1 {
		wd, _ := os.Getwd()
		t.Fatalf("%s: programs %v for %s/%s; want one", wd, found, lang, name)
	}
	return found[0]
}

func checkUsage(t *testing.T, res nsbox.Result) {
	t.Helper()
	u := res.Usage
	// User-mode Linux counts processor time in ticks, and sees nothing of a program
	// that is shorter than some of them.
	const ticks = 100
	noCPU := u.CPUMS <= 0
	if u.CPUMS == 0 && u.WallMS <= ticks {
		b, err := os.ReadFile("/proc/cpuinfo")
		noCPU = err != nil || !bytes.Contains(b, []byte("User Mode Linux"))
	}
	if u.WallMS <= 0 || u.SetupMS <= 0 || u.MemoryPeakBytes <= 0 || u.PidsPeak <= 0 || noCPU {
		t.Errorf("usage %+v", u)
	}
	if res.ID == "" || len(res.Isolation.Namespaces) != 7 || res.Isolation.Seccomp == "" || res.Isolation.Cgroup == "" {
		t.Errorf("id %q, isolation %+v", res.ID, res.Isolation)
	}
}
