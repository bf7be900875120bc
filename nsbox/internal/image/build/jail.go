package build

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// setup mounts the image being made and runs a command. It is the first process
// of its namespaces, so everything ends with it. Arguments: the directory to
// mount at, the overlay's options, a directory that the image sees at
// /tmp/cache; then the command.
//
// Manual pages are kept out of images, but update-alternatives, which links to
// those of the JDK, fails where there is no directory for them. clean removes it.
//
// The unmount at the end makes the kernel write nothing to the layer any more;
// where a process of the image is still there it fails, and the end of the
// namespaces does it.
const setup = `set -eu
root=$1 options=$2 cache=$3
shift 3
mount --make-rprivate /
mount -t proc -o nosuid,nodev,noexec proc /proc
mount -t overlay -o "$options" nsbox "$root"
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
mount -t tmpfs -o nosuid,nodev,mode=1777 tmp "$root/tmp"
mount -t tmpfs -o nosuid,nodev,mode=0755 run "$root/run"
mount -t tmpfs -o nosuid,mode=0755 dev "$root/dev"
for d in null zero full random urandom tty; do
	: >"$root/dev/$d"
	mount --bind "/dev/$d" "$root/dev/$d"
done
mkdir "$root/dev/shm" "$root/dev/pts" "$root/tmp/cache"
chmod 1777 "$root/dev/shm"
ln -s /proc/self/fd "$root/dev/fd"
ln -s /proc/self/fd/0 "$root/dev/stdin"
ln -s /proc/self/fd/1 "$root/dev/stdout"
ln -s /proc/self/fd/2 "$root/dev/stderr"
mount --bind "$cache" "$root/tmp/cache"
mkdir -p "$root/usr/share/man/man1" "$root/usr/share/man/man8"
rc=0
"$@" || rc=$?
umount -R "$root" 2>/dev/null || true
exit $rc
`

// jail is a layer being made: an overlay of upper over lower.
type jail struct {
	root  string   // where it is mounted, in the child's namespace only
	upper string   // the layer
	work  string   // overlayfs's own
	lower []string // top first
	cache string   // the host directory that is /tmp/cache inside
}

// options are the overlay's mount options. The features that leave notes in the
// layer about the host's inodes are off, so that a layer is just a tree.
func (j *jail) options() string {
	return "lowerdir=" + strings.Join(j.lower, ":") + ",upperdir=" + j.upper + ",workdir=" + j.work +
		",index=off,metacopy=off,redirect_dir=off,xino=off"
}

// command returns a command of the host that runs beside the mounted image, in
// namespaces of its own and without a network.
func (j *jail) command(ctx context.Context, argv ...string) *exec.Cmd {
	cmd := command(ctx, "/bin/sh", append([]string{"-c", setup, "setup", j.root, j.options(), j.cache}, argv...)...)
	cmd.SysProcAttr.Cloneflags = unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWNET | unix.CLONE_NEWIPC | unix.CLONE_NEWUTS
	return cmd
}

// shell returns a command that runs a script by the image's own shell, as its
// root, with a small clean environment.
func (j *jail) shell(ctx context.Context, script string) *exec.Cmd {
	return j.command(ctx, "chroot", j.root, "/usr/bin/env", "-i", "PATH="+imagePath, "HOME=/tmp", "TMPDIR=/tmp",
		"LANG=C.UTF-8", "DEBIAN_FRONTEND=noninteractive", "/bin/sh", "-euc", script)
}

const imagePath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// command returns a command of the host. It gets SIGKILL when ctx ends and when
// this process dies.
func command(ctx context.Context, name string, arg ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, arg...)
	if path, err := lookPath(name); err == nil && !filepath.IsAbs(name) {
		cmd.Path, cmd.Err = path, nil
	}
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), "PATH="+hostPath, "LC_ALL=C.UTF-8")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
	return cmd
}

// isolated gives a command of the host, and everything it starts, process and
// mount namespaces of its own: they all end with it, and so do its mounts.
func isolated(cmd *exec.Cmd) *exec.Cmd {
	const own = `set -eu
mount --make-rprivate /
mount -t proc -o nosuid,nodev,noexec proc /proc
"$@"
`
	cmd.Args = append([]string{"/bin/sh", "-c", own, "isolated", cmd.Path}, cmd.Args[1:]...)
	cmd.Path, cmd.Err = "/bin/sh", nil
	cmd.SysProcAttr.Cloneflags = unix.CLONE_NEWNS | unix.CLONE_NEWPID
	return cmd
}

// wait runs cmd. Pdeathsig is sent when the thread that started the command
// ends, so that thread is kept for as long as it runs.
func wait(cmd *exec.Cmd) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		done <- cmd.Run()
	}()
	return <-done
}

// aptStatus follows apt's status lines (APT::Status-Fd) from r and reports the
// percentages.
func aptStatus(r io.Reader, step string, say func(string, int)) {
	last := -1
	for sc := bufio.NewScanner(r); sc.Scan(); {
		// "pmstatus:python3.11:42.5000:Installing python3.11"
		f := strings.SplitN(sc.Text(), ":", 4)
		if len(f) != 4 || f[0] != "pmstatus" && f[0] != "dlstatus" {
			continue
		}
		if p, err := strconv.ParseFloat(f[2], 64); err == nil && int(p) != last && p >= 0 && p <= 100 {
			last = int(p)
			say(step, last)
		}
	}
	_, _ = io.Copy(io.Discard, r) // the writer must not block on a line too long
}

// runApt runs an apt-get command and reports its progress as step.
func runApt(cmd *exec.Cmd, step string, say func(string, int)) error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	cmd.ExtraFiles = []*os.File{w} // descriptor 3
	done := make(chan struct{})
	go func() {
		defer close(done)
		aptStatus(r, step, say)
	}()
	say(step, -1)
	_, err = run(cmd)
	w.Close()
	<-done
	r.Close()
	return err
}

// tail keeps the last bytes written to it.
type tail struct {
	b    []byte
	keep int
}

func (t *tail) Write(p []byte) (int, error) {
	keep := t.keep
	if keep == 0 {
		keep = 64 << 10
	}
	t.b = append(t.b, p...)
	if len(t.b) > 2*keep {
		t.b = append(t.b[:0], t.b[len(t.b)-keep:]...)
	}
	return len(p), nil
}

func (t *tail) String() string { return string(t.b) }

func lastLines(text string, n int) string {
	lines := strings.Split(text, "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// step names what failed, and gives the reason of a cancelled context in place
// of the "signal: killed" that follows from it.
func step(ctx context.Context, what string, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	var missing *exec.Error
	if errors.As(err, &missing) {
		err = missing.Err
	}
	return fmt.Errorf("%s: %w", what, err)
}
