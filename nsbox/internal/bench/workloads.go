package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// A job is one program in one language. In argv and setup, {} stands for the
// source's path.
type job struct {
	name, what string
	image      string
	language   string
	file       string
	// source makes the program of a run's number, or is the same for all.
	source func(n int) string
	expect func(n int) string
	// bare runs the program by the image's toolchain.
	bare []string
	// setup runs once before that, unmeasured.
	setup []string
	// slow divides the rounds.
	slow int
	// apart says that other sandboxes can run the bare command as it is: it writes
	// nothing.
	apart bool
	// cold says that nsbox is measured without a running helper, too.
	cold bool
}

// The workloads that targets name.
const (
	jobShell    = "shell"
	jobCompiled = "compiled"
	jobPython   = "python"
	jobNode     = "node"
	jobJava     = "java"
	jobGo       = "go-new"
	jobRust     = "rust-new"
	jobSame     = "go-same"
)

func same(text string) func(int) string { return func(int) string { return text } }

// numbered puts a run's number in place of N.
func numbered(text string) func(int) string {
	return func(n int) string { return strings.ReplaceAll(text, "NUMBER", fmt.Sprint(n)) }
}

const goHello = `package main

import "fmt"

func main() { fmt.Println("hello", NUMBER) }
`

const rustHello = `fn main() {
    println!("hello {}", NUMBER);
}
`

const javaHello = `public class Main {
    public static void main(String[] args) { System.out.println("hello NUMBER"); }
}
`

var jobs = []job{
	{
		name: jobShell, what: "a shell script that does nothing", image: "base", language: "bash", file: "main.sh",
		source: same("exit 0\n"), expect: same(""), bare: []string{"/bin/bash", "{}"}, slow: 1, apart: true, cold: true,
	},
	{
		name: jobCompiled, what: "a C program that does nothing, compiled before (nsbox: by its cache)", image: "gcc", language: "c", file: "main.c",
		source: same("int main(void) { return 0; }\n"), expect: same(""),
		setup: []string{"/usr/bin/gcc", "-O1", "-o", "/workspace/main", "{}"}, bare: []string{"/workspace/main"}, slow: 1, apart: true,
	},
	{
		name: jobPython, what: "Python's hello", image: "python", language: "python", file: "main.py",
		source: same("print('hello')\n"), expect: same("hello\n"), bare: []string{"/usr/bin/python3", "{}"}, slow: 1, apart: true, cold: true,
	},
	{
		name: jobNode, what: "Node's hello", image: "node", language: "javascript", file: "main.js",
		source: same("console.log('hello')\n"), expect: same("hello\n"), bare: []string{"/usr/local/bin/node", "{}"}, slow: 3, apart: true,
	},
	{
		name: jobJava, what: "Java's hello from a source never seen before", image: "java", language: "java", file: "Main.java",
		source: numbered(javaHello), expect: numbered("hello NUMBER\n"), bare: []string{"/usr/bin/java", "{}"}, slow: 8, apart: true,
	},
	{
		name: jobGo, what: "a Go program never seen before, against go run", image: "go", language: "go", file: "main.go",
		source: numbered(goHello), expect: numbered("hello NUMBER\n"),
		setup: []string{"/bin/cp", "-r", "/usr/local/go/cache", "/tmp/go-cache"}, bare: []string{"/usr/local/go/bin/go", "run", "{}"}, slow: 6,
	},
	{
		name: jobRust, what: "a Rust program never seen before, against rustc and running it", image: "rust", language: "rust", file: "main.rs",
		source: numbered(rustHello), expect: numbered("hello NUMBER\n"),
		bare: []string{"/bin/sh", "-c", `rustc -o /tmp/main "$0" && exec /tmp/main`, "{}"}, slow: 6,
	},
	{
		name: jobSame, what: "the same Go program again, against running what was built", image: "go", language: "go", file: "same.go",
		source: func(int) string { return numbered(goHello)(0) }, expect: same("hello 0\n"),
		setup: []string{"/usr/local/go/bin/go", "build", "-o", "/workspace/same", "{}"}, bare: []string{"/workspace/same"}, slow: 1,
	},
}

// jobNamed returns a job of the list.
func jobNamed(name string) job {
	return jobs[slices.IndexFunc(jobs, func(j job) bool { return j.name == name })]
}

// workload lists who takes part in a job.
func (b *bench) workload(ctx context.Context, j job) (workload, error) {
	w := workload{name: j.name, what: j.what}
	t, err := b.toolchain(j.image)
	if err != nil {
		return w, err
	}
	path := "/workspace/" + j.file
	fill := func(argv []string) []string {
		filled := make([]string, len(argv))
		for i, a := range argv {
			filled[i] = strings.ReplaceAll(a, "{}", path)
		}
		return filled
	}
	ready := func(n int) error { return t.put(j.file, j.source(n)) }
	if err := ready(0); err != nil {
		return w, err
	}
	if len(j.setup) > 0 {
		if _, err := t.bare(fill(j.setup))(ctx, 0); err != nil {
			return w, fmt.Errorf("set-up: %w", err)
		}
	}
	add := func(name string, every int, run runner) {
		w.contenders = append(w.contenders, contender{name: name, ready: ready, run: run, expect: j.expect, every: every})
	}
	argv := fill(j.bare)
	add(bare, 1, t.bare(argv))
	if j.apart {
		for _, s := range b.sandboxes {
			if s.jobs != nil && !slices.Contains(s.jobs, j.name) {
				continue
			}
			run, err := s.contender(b, t, argv)
			if err != nil {
				return w, err
			}
			add(s.name, s.every, run)
		}
	}
	if j.cold && b.cold {
		add(nsboxCold, 10, b.command(j, ""))
	}
	add(nsboxExec, 1, b.command(j, b.helper.Socket))
	add(nsboxRun, 1, b.fromGo(j))
	return w, nil
}
