package e2e

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/nstest"
)

// compiled are the languages with a compile stage.
var compiled = []string{"c", "cpp", "go", "rust", "java", "wasm"}

// source is a request for one file.
func source(lang, name, text string) nsbox.Request {
	return nsbox.Request{Language: lang, Files: []nsbox.File{{Name: name, Data: []byte(text)}}}
}

func wantCached(t *testing.T, res nsbox.Result, want bool) {
	t.Helper()
	if res.Compile == nil {
		t.Fatalf("no compile stage: %s", show(res))
	}
	if res.Compile.Cached != want {
		t.Errorf("compile.cached is %v, want %v", res.Compile.Cached, want)
	}
	if used := res.Compile.Usage.WallMS > 0; used == want {
		t.Errorf("compile usage %+v with cached %v", res.Compile.Usage, want)
	}
}

// The same source again is not compiled again, in any language, and the program
// is run again all the same.
func TestCompileCache(t *testing.T) {
	inGroup(t, compilers)
	c := client(t)
	for _, lang := range compiled {
		t.Run(lang, func(t *testing.T) {
			nstest.RequireImage(t, images[lang])
			req := nsbox.Request{Language: lang, Files: []nsbox.File{file(t, programFile(t, lang, "args"))}, Args: []string{"one"}}
			res := run(t, c, req)
			wantCached(t, res, false)
			if res.Verdict != nsbox.OK || string(res.Stdout) != "one\n" {
				t.Fatalf("first run: %s", show(res))
			}
			// What the program alone gets is no part of what its compiler gets.
			req.Args, req.Env, req.Limits.Memory = []string{"two"}, []string{"A=b"}, 200*nsbox.MiB
			res = run(t, c, req)
			wantCached(t, res, true)
			if res.Verdict != nsbox.OK || string(res.Stdout) != "two\n" || res.Stage != nsbox.StageRun {
				t.Fatalf("second run: %s", show(res))
			}
		})
	}
}

// Whatever a compiler sees of a request tells it from another.
func TestCompileCacheTellsApart(t *testing.T) {
	inGroup(t, compilers)
	c := client(t)
	nstest.RequireImage(t, "gcc")
	const text = "#include <stdio.h>\nint main(void) { puts(\"hello\"); }\n"
	first := source("c", "main.c", text)
	wantCached(t, run(t, c, first), false)
	wantCached(t, run(t, c, first), true)

	other := source("c", "main.c", strings.Replace(text, "hello", "hellO", 1))
	res := run(t, c, other)
	wantCached(t, res, false)
	if string(res.Stdout) != "hellO\n" {
		t.Errorf("one changed byte: %s", show(res))
	}
	wantCached(t, run(t, c, source("c", "other.c", text)), false)
	wantCached(t, run(t, c, source("cpp", "main.c", text)), false)
	header := source("c", "main.c", text)
	header.Files = append(header.Files, nsbox.File{Name: "stdio.h", Data: []byte("int puts(const char *);\n")})
	wantCached(t, run(t, c, header), false)
	exec := source("c", "main.c", text)
	exec.Files[0].Executable = true
	wantCached(t, run(t, c, exec), false)
	scope := source("c", "main.c", text)
	scope.CacheScope = "somebody else"
	wantCached(t, run(t, c, scope), false)
	wantCached(t, run(t, c, scope), true)
	wantCached(t, run(t, c, first), true)
}

// A program cannot change what the next run of it starts from.
func TestCompileCacheCannotBeChangedByPrograms(t *testing.T) {
	inGroup(t, compilers)
	c := client(t)
	nstest.RequireImage(t, "gcc")
	req := source("c", "main.c", `
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static int attempt(const char *name, int r) {
	if (r >= 0) printf("%s worked\n", name);
	return r;
}

int main(void) {
	puts("first line");
	attempt("write", open("/build/main", O_WRONLY));
	attempt("write by link", open("/proc/self/exe", O_WRONLY));
	attempt("unlink", unlink("/build/main"));
	attempt("rename", rename("/build/main", "/build/other"));
	attempt("chmod", chmod("/build/main", 0777));
	attempt("create", open("/build/new", O_WRONLY | O_CREAT, 0644));
	int fd = open("/workspace/main.c", O_WRONLY | O_TRUNC);
	if (fd < 0 || write(fd, "no program", 10) != 10) puts("its own copy of the source should be its own");
}
`)
	for i := range 3 {
		res := run(t, c, req)
		wantCached(t, res, i > 0)
		if res.Verdict != nsbox.OK || string(res.Stdout) != "first line\n" {
			t.Fatalf("run %d: %s", i, show(res))
		}
	}
}

// Warnings are shown again as they came.
func TestCompileCacheReplaysWarnings(t *testing.T) {
	inGroup(t, compilers)
	c := client(t)
	nstest.RequireImage(t, "rust")
	req := source("rust", "main.rs", "fn main() {\n    let unused = 3;\n    println!(\"hi\");\n}\n")
	first := run(t, c, req)
	wantCached(t, first, false)
	second := run(t, c, req)
	wantCached(t, second, true)
	if !strings.Contains(string(first.Compile.Stderr), "unused variable") {
		t.Fatalf("no warning: %q", first.Compile.Stderr)
	}
	if string(second.Compile.Stderr) != string(first.Compile.Stderr) {
		t.Errorf("second time %q, first %q", second.Compile.Stderr, first.Compile.Stderr)
	}
	if string(second.Stdout) != "hi\n" || len(second.Stderr) != 0 {
		t.Errorf("run: %s", show(second))
	}
}

// What fails is tried again; what says a lot is not kept.
func TestCompileCacheKeepsSuccessesOnly(t *testing.T) {
	inGroup(t, compilers)
	c := client(t)
	nstest.RequireImage(t, "gcc")
	bad := source("c", "main.c", "int main(void) { return x; }\n")
	var messages []string
	for range 2 {
		res := run(t, c, bad)
		wantCached(t, res, false)
		if res.Verdict != nsbox.CompileError {
			t.Fatalf("want a compile error: %s", show(res))
		}
		messages = append(messages, string(res.Stderr))
	}
	if messages[0] != messages[1] || !strings.Contains(messages[0], "undeclared") {
		t.Errorf("first %q, then %q", messages[0], messages[1])
	}
	var loud strings.Builder
	loud.WriteString("#include <stdio.h>\n")
	for range 400 {
		loud.WriteString("#warning this is a line that says something\n")
	}
	loud.WriteString("int main(void) { puts(\"loud\"); }\n")
	var said []int
	for range 2 {
		res := run(t, c, source("c", "main.c", loud.String()))
		wantCached(t, res, false)
		if res.Verdict != nsbox.OK || string(res.Stdout) != "loud\n" {
			t.Fatalf("loud: %s", show(res))
		}
		said = append(said, len(res.Compile.Stderr))
	}
	if said[0] != said[1] || said[0] < 16<<10 {
		t.Errorf("%v bytes of warnings; want the same twice, and many", said)
	}
}

func TestCompileCacheOff(t *testing.T) {
	inGroup(t, compilers)
	nstest.RequireRoot(t)
	conf := filepath.Join(t.TempDir(), "helper.toml")
	if err := os.WriteFile(conf, []byte("[cache]\nsize = 0\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	c := client(t, "--config", conf)
	nstest.RequireImage(t, "gcc")
	for range 2 {
		res := run(t, c, source("c", "main.c", "int main(void) { return 3; }\n"))
		wantCached(t, res, false)
		if res.ExitCode != 3 {
			t.Errorf("want exit status 3: %s", show(res))
		}
	}
}

// together runs req many times at once.
func together(t *testing.T, c *nsbox.Client, many int, req func() nsbox.Request) []nsbox.Result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	results, errs := make([]nsbox.Result, many), make([]error, many)
	var wg sync.WaitGroup
	for i := range many {
		wg.Go(func() { results[i], errs[i] = c.Run(ctx, req()) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	return results
}

// Of many that ask for the same at a time, one compiles.
func TestCompileCacheCompilesOnce(t *testing.T) {
	inGroup(t, compilers)
	c := client(t)
	nstest.RequireImage(t, "gcc")
	anew := 0
	for _, res := range together(t, c, 6, func() nsbox.Request {
		return source("c", "main.c", "#include <stdio.h>\nint main(void) { puts(\"once\"); }\n")
	}) {
		if res.Verdict != nsbox.OK || string(res.Stdout) != "once\n" {
			t.Fatalf("%s", show(res))
		}
		if !res.Compile.Cached {
			anew++
		}
	}
	if anew != 1 {
		t.Errorf("compiled %d times, want once", anew)
	}
}

// Those who waited for a compile stage that fails all get its error.
func TestCompileCacheFailsForAll(t *testing.T) {
	inGroup(t, compilers)
	c := client(t)
	nstest.RequireImage(t, "gcc")
	for _, res := range together(t, c, 4, func() nsbox.Request {
		return source("c", "main.c", "int main(void) { return y; }\n")
	}) {
		if res.Verdict != nsbox.CompileError || !strings.Contains(string(res.Stderr), "undeclared") {
			t.Errorf("%s", show(res))
		}
	}
}
