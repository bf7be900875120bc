package zygote

/*
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>

// The program's own mount namespace, made before the Go runtime has threads, as
// unshare(2) moves the calling thread alone. Whatever the program mounts is gone
// with it, however it ends. libcontainer's init children keep out of this.
static int private_mounts_errno = -1;

__attribute__((constructor)) static void private_mounts(void)
{
	if (getenv("_LIBCONTAINER_INITPIPE"))
		return;
	private_mounts_errno = 0;
	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_SLAVE, NULL))
		private_mounts_errno = errno;
}

static int private_mounts_result(void) { return private_mounts_errno; }
*/
import "C"

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// PrivateMounts returns nil when this process has a mount namespace of its own,
// from which no mount gets out.
func PrivateMounts() error {
	if errno := C.private_mounts_result(); errno != 0 {
		return fmt.Errorf("mount namespace: %w", syscall.Errno(errno))
	}
	return nil
}

// MountImage mounts an image's layers, top first, read-only at dir, in this
// process's mount namespace.
func MountImage(dir string, layers []string) error {
	if err := PrivateMounts(); err != nil {
		return err
	}
	if len(layers) == 0 {
		return fmt.Errorf("mount image: it has no layer")
	}
	if err := os.MkdirAll(dir, 0o711); err != nil {
		return fmt.Errorf("mount image: %w", err)
	}
	const safe = unix.MS_RDONLY | unix.MS_NOSUID | unix.MS_NODEV
	if len(layers) == 1 {
		if err := unix.Mount(layers[0], dir, "", unix.MS_BIND, ""); err != nil {
			return fmt.Errorf("mount image: bind: %w", err)
		}
		if err := unix.Mount("", dir, "", unix.MS_BIND|unix.MS_REMOUNT|safe, ""); err != nil {
			return fmt.Errorf("mount image: read-only: %w", err)
		}
		return nil
	}
	for _, l := range layers {
		if strings.ContainsAny(l, ":,\\") || !filepath.IsAbs(l) {
			return fmt.Errorf("mount image: path %q", l)
		}
	}
	// The source and the options are seen in the sandbox's mountinfo; the name of
	// the first says no more than needed.
	if err := unix.Mount("image", dir, "overlay", safe, "lowerdir="+strings.Join(layers, ":")); err != nil {
		return fmt.Errorf("mount image: overlay: %w", err)
	}
	return nil
}

// UnmountImage undoes MountImage.
func UnmountImage(dir string) error {
	if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
		return fmt.Errorf("unmount image: %w", err)
	}
	return os.Remove(dir)
}
