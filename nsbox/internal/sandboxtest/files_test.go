package sandboxtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox"
)

func TestFiles(t *testing.T) {
	sb := sandbox(t, client(t), nsbox.SandboxRequest{Limits: nsbox.Limits{Disk: 32 * nsbox.MiB}})
	ctx := within(t)
	big := make([]byte, 5<<20)
	if _, err := rand.Read(big); err != nil {
		t.Fatal(err)
	}
	if err := sb.WriteFile(ctx, "a/b/big.bin", big, 0); err != nil {
		t.Fatal(err)
	}
	if got, err := sb.ReadFile(ctx, "a/b/big.bin"); err != nil || !bytes.Equal(got, big) {
		t.Errorf("%d bytes of %d came back: %v", len(got), len(big), err)
	}
	if err := sb.WriteFile(ctx, "run.sh", []byte("#!/bin/sh\necho ok\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if r, err := sb.Exec(ctx, nsbox.Request{Command: []string{"./run.sh"}}); err != nil || string(r.Stdout) != "ok\n" {
		t.Errorf("%v %s", err, show(r))
	}
	// The program's own: it may change what was written for it.
	prints(t, sb, "open('run.sh', 'a').write('x'); open('a/b/new', 'w').write('y'); print(1)", "1\n")
	if err := sb.WriteFile(ctx, "empty", nil, 0o600); err != nil {
		t.Error(err)
	}
	if got, err := sb.ReadFile(ctx, "empty"); err != nil || len(got) != 0 {
		t.Errorf("%q %v", got, err)
	}
	if err := sb.Mkdir(ctx, "d/e/f"); err != nil {
		t.Error(err)
	}
	if err := sb.Mkdir(ctx, "d/e/f"); err != nil {
		t.Errorf("made again: %v", err)
	}
	list, err := sb.ListFiles(ctx, "", true)
	var names []string
	for _, f := range list {
		names = append(names, f.Path+" "+f.Type+" "+f.Mode.String())
	}
	want := "a dir -rwxr-xr-x,a/b dir -rwxr-xr-x,a/b/big.bin file -rw-r--r--,a/b/new file -rw-r--r--,d dir -rwxr-xr-x," +
		"d/e dir -rwxr-xr-x,d/e/f dir -rwxr-xr-x,empty file -rw-------,run.sh file -rwxr-xr-x"
	if err != nil || strings.Join(names, ",") != want {
		t.Errorf("%v\n%s\nwant\n%s", err, strings.Join(names, ","), want)
	}
	if list, err = sb.ListFiles(ctx, "a/b", false); err != nil || len(list) != 2 || list[0].Path != "a/b/big.bin" || list[0].Size != 5<<20 {
		t.Errorf("%v %+v", err, list)
	}
	if f, err := sb.Stat(ctx, "run.sh"); err != nil || f.Size != 20-1 || time.Since(f.ModTime) > time.Hour {
		t.Errorf("%v %+v", err, f)
	}

	_, err = sb.ReadFile(ctx, "absent")
	refused(t, err, fs.ErrNotExist, "absent: no such file or directory")
	_, err = sb.ReadFile(ctx, "a")
	refused(t, err, nsbox.ErrBadRequest, "a: it is a directory")
	_, err = sb.ListFiles(ctx, "run.sh", false)
	refused(t, err, nsbox.ErrBadRequest, "run.sh: not a directory")
	refused(t, sb.WriteFile(ctx, "a", nil, 0), nsbox.ErrBadRequest, "a: it is a directory")
	refused(t, sb.Mkdir(ctx, "run.sh/x"), nsbox.ErrBadRequest, "not a directory")
	refused(t, sb.Remove(ctx, "a", false), fs.ErrExist, "a: the directory is not empty")
	refused(t, sb.Remove(ctx, ".", false), nsbox.ErrBadRequest, "/workspace itself")
	for _, name := range []string{"../x", "/etc/passwd", "a/../../x", "..", "a//b", "./a"} {
		refused(t, sb.WriteFile(ctx, name, nil, 0), nsbox.ErrBadRequest, "is not allowed")
		_, err := sb.ReadFile(ctx, name)
		refused(t, err, nsbox.ErrBadRequest, "is not allowed")
	}
	refused(t, sb.WriteFile(ctx, "large", make([]byte, 40<<20), 0), nsbox.ErrQuota, "large: the sandbox's disk or inode limit")
	if err := sb.Remove(ctx, "a", true); err != nil {
		t.Error(err)
	}
	if err := sb.Remove(ctx, ".", true); err != nil {
		t.Error(err)
	}
	if list, err = sb.ListFiles(ctx, ".", true); err != nil || len(list) != 0 {
		t.Errorf("%v %+v", err, list)
	}
}

// An upload that breaks off leaves nothing, and the old file as it was.
func TestUploadBroken(t *testing.T) {
	sb := sandbox(t, client(t), nsbox.SandboxRequest{})
	if err := sb.WriteFile(within(t), "f", []byte("old"), 0); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("the source broke")
	_, err := sb.Upload(within(t), "f", io.MultiReader(strings.NewReader(strings.Repeat("x", 1<<20)), &failing{broken}), 0)
	if !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(within(t))
	_, err = sb.Upload(ctx, "f", io.MultiReader(strings.NewReader("x"), &cancelling{cancel}), 0)
	if err == nil {
		t.Error("an upload that was cancelled went well")
	}
	eventually(t, "nothing is left of them", func() bool {
		list, err := sb.ListFiles(within(t), "", true)
		return err == nil && len(list) == 1
	})
	if got, err := sb.ReadFile(within(t), "f"); err != nil || string(got) != "old" {
		t.Errorf("%q %v", got, err)
	}
}

type failing struct{ err error }

func (f *failing) Read([]byte) (int, error) { return 0, f.err }

type cancelling struct{ cancel func() }

func (c *cancelling) Read([]byte) (int, error) { c.cancel(); return 0, context.Canceled }

// What programs put among the files leads a worker nowhere and holds it nowhere.
func TestHostileFiles(t *testing.T) {
	sb := sandbox(t, client(t), nsbox.SandboxRequest{})
	ctx := within(t)
	prints(t, sb, `
import os, socket
os.symlink('/etc/passwd', 'passwd')
os.symlink('/', 'root')
os.symlink('/tmp', 'dir')
os.symlink('loop', 'loop')
os.mkfifo('fifo')
s = socket.socket(socket.AF_UNIX); s.bind('sock')
os.mkdir('shut'); open('shut/in', 'w').close(); os.chmod('shut', 0)
open('secret', 'w').write('x'); os.chmod('secret', 0)
os.mkdir(b'\xff\xfe')
open('a\nb', 'w').close()
d = '.'
for i in range(600):
    d += '/d'
    try: os.mkdir(d)
    except OSError: break
fd = os.open('.', os.O_RDONLY)
for i in range(1500):
    os.mkdir('e', dir_fd=fd); n = os.open('e', os.O_RDONLY, dir_fd=fd); os.close(fd); fd = n
open('/tmp/out', 'w').write('outside')
print(1)`, "1\n")
	for _, name := range []string{"passwd", "root/etc/passwd", "dir/out", "loop"} {
		_, err := sb.ReadFile(ctx, name)
		refused(t, err, nsbox.ErrBadRequest, "a symbolic link is on the way")
	}
	refused(t, sb.WriteFile(ctx, "dir/new", []byte("x"), 0), nsbox.ErrBadRequest, "not a directory")
	refused(t, sb.Mkdir(ctx, "root/tmp/x"), nsbox.ErrBadRequest, "not a directory")
	refused(t, sb.Remove(ctx, "dir/out", false), nsbox.ErrBadRequest, "not a directory")
	for _, name := range []string{"fifo", "sock"} {
		_, err := sb.ReadFile(ctx, name)
		refused(t, err, nsbox.ErrBadRequest, name+": not a regular file")
	}
	_, err := sb.ReadFile(ctx, "secret")
	refused(t, err, nsbox.ErrBadRequest, "permission denied")
	// Written in place of a link, not through it.
	if err := sb.WriteFile(ctx, "passwd", []byte("mine"), 0); err != nil {
		t.Error(err)
	}
	if got, err := sb.ReadFile(ctx, "passwd"); err != nil || string(got) != "mine" {
		t.Errorf("%q %v", got, err)
	}
	prints(t, sb, "print(open('/etc/passwd').read()[:5], open('/tmp/out').read())", "root: outside\n")
	if f, err := sb.Stat(ctx, "loop"); err != nil || f.Type != nsbox.TypeSymlink {
		t.Errorf("%v %+v", err, f)
	}
	if _, err := sb.ListFiles(ctx, "", true); err != nil {
		t.Error(err)
	}
	// All of it can be removed, and nothing that links lead to is.
	if err := sb.Remove(ctx, ".", true); err != nil {
		t.Error(err)
	}
	if list, err := sb.ListFiles(ctx, "", true); err != nil || len(list) != 0 {
		t.Errorf("%v %+v", err, list)
	}
	prints(t, sb, "print(open('/tmp/out').read())", "outside\n")
}

// A program that exchanges a directory for a link while it is worked on gets
// nothing out of it.
func TestRace(t *testing.T) {
	sb := sandbox(t, client(t), nsbox.SandboxRequest{})
	ctx, cancel := context.WithCancel(within(t))
	done := make(chan error, 1)
	go func() {
		_, err := sb.Exec(ctx, nsbox.Request{Files: []nsbox.File{{Data: []byte(`
import os
os.makedirs('/tmp/t/x'); open('/tmp/t/x/f', 'w').write('outside')
os.makedirs('real/x'); open('real/x/f', 'w').write('inside')
os.symlink('/tmp/t', 'link')
print(1, flush=True)
while True:
    try:
        os.rename('real', 'r2'); os.rename('link', 'real'); os.rename('real', 'link'); os.rename('r2', 'real')
    except OSError: pass`)}}})
		done <- err
	}()
	inside := 0
	for range 60 {
		got, err := sb.ReadFile(within(t), "real/x/f")
		switch {
		case err == nil && string(got) == "inside":
			inside++
		case err == nil:
			t.Fatalf("read %q through a link", got)
		}
		if err := sb.WriteFile(within(t), "real/x/w", []byte("x"), 0); err != nil && !errors.Is(err, nsbox.ErrBadRequest) && !errors.Is(err, fs.ErrNotExist) {
			t.Error(err)
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if r := exec(t, sb, "import os; print(os.listdir('/tmp/t/x'))"); string(r.Stdout) != "['f']\n" {
		t.Errorf("written through a link: %s", show(r))
	}
	t.Logf("%d of 60 reads met the directory", inside)
}
