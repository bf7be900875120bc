package e2e

import (
	"bytes"
	"os"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/nstest"
	"github.com/rogpeppe/go-internal/txtar"
)

// program is one of testdata/conformance.
type program struct {
	name string
	req  nsbox.Request
}

// sameEitherWay reads an archive of programs: the first file of each directory that
// is not stdin, args or env is the main file.
func sameEitherWay(t *testing.T, language, archive string) []program {
	t.Helper()
	ar, err := txtar.ParseFile("testdata/conformance/" + archive + ".txtar")
	if err != nil {
		t.Fatal(err)
	}
	var list []program
	for _, f := range ar.Files {
		name, file, ok := strings.Cut(f.Name, "/")
		if !ok {
			t.Fatalf("%s: want NAME/FILE", f.Name)
		}
		if len(list) == 0 || list[len(list)-1].name != name {
			list = append(list, program{name: name, req: nsbox.Request{Language: language}})
		}
		r := &list[len(list)-1].req
		lines := strings.Split(strings.TrimSuffix(string(f.Data), "\n"), "\n")
		switch file {
		case "stdin":
			r.Stdin = bytes.NewReader(f.Data)
		case "args":
			r.Args = lines
		case "env":
			r.Env = lines
		default:
			r.Files = append(r.Files, nsbox.File{Name: path.Clean(file), Data: f.Data})
		}
	}
	return list
}

// awaitStart runs a program until it is started in the given way. What is to be
// there ahead is made once it was asked for.
func awaitStart(t *testing.T, c *nsbox.Client, start string, req func() nsbox.Request) nsbox.Result {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		res := run(t, c, req())
		if res.Isolation.Start == start {
			return res
		}
		if time.Now().After(end) {
			t.Fatalf("programs are still started by %s, not %s: %s", res.Isolation.Start, start, show(res))
		}
	}
}

// A program must not be able to tell how it was started: it prints the same and
// ends in the same way.
func conform(t *testing.T, language, image, start, archive string) {
	inGroup(t, conformance)
	nstest.RequireRoot(t)
	nstest.RequireImage(t, image)
	anew, ahead := client(t, "--templates=false"), client(t)
	for _, p := range sameEitherWay(t, language, archive) {
		t.Run(p.name, func(t *testing.T) {
			var in []byte
			if b, ok := p.req.Stdin.(*bytes.Reader); ok {
				in = make([]byte, b.Len())
				if _, err := b.ReadAt(in, 0); err != nil {
					t.Fatal(err)
				}
			}
			fresh := func() nsbox.Request {
				req := p.req
				if in != nil {
					req.Stdin = bytes.NewReader(in)
				}
				return req
			}
			want, got := awaitStart(t, anew, nsbox.StartExec, fresh), awaitStart(t, ahead, start, fresh)
			for _, d := range []struct {
				what      string
				want, got []byte
			}{
				{"verdict", []byte(want.Verdict), []byte(got.Verdict)},
				{"signal", []byte(want.Signal), []byte(got.Signal)},
				{"stdout", scrub(want.Stdout), scrub(got.Stdout)},
				{"stderr", scrub(want.Stderr), scrub(got.Stderr)},
			} {
				if !bytes.Equal(d.want, d.got) {
					t.Errorf("%s differs\nstarted anew: %.3000s\nstarted ahead: %.3000s", d.what, d.want, d.got)
				}
			}
			if want.ExitCode != got.ExitCode {
				t.Errorf("exit %d; started anew %d", got.ExitCode, want.ExitCode)
			}
			if os.Getenv("NSBOX_SHOW") != "" {
				t.Log(show(want))
			}
		})
	}
}

func TestConformancePython(t *testing.T) {
	conform(t, "python-slim", "python-slim", nsbox.StartForked, "python")
}

// The second interpreter, with what science needs.
func TestConformanceScience(t *testing.T) {
	conform(t, "python", "python", nsbox.StartForked, "science")
}

func TestConformanceJavaScript(t *testing.T) {
	conform(t, "javascript", "node", nsbox.StartStarted, "javascript")
}
func TestConformanceTypeScript(t *testing.T) {
	conform(t, "typescript", "node", nsbox.StartStarted, "typescript")
}
func TestConformanceJava(t *testing.T) { conform(t, "java", "java", nsbox.StartStarted, "java") }
