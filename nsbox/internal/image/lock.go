package image

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// lockPoll is how often a busy store is tried again.
const lockPoll = 100 * time.Millisecond

// lock takes the store for this process alone, until the returned file is
// closed; the kernel gives it back if the process dies. what tells others who
// has it. While another has it, waiting (which may be nil) is told who that is,
// again whenever it changes.
func (s *Store) lock(ctx context.Context, what string, waiting func(holder string)) (*os.File, error) {
	path := filepath.Join(s.dir, lockFile)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|unix.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	for told := ""; ; {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil {
			break
		}
		if !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, unix.EINTR) {
			f.Close()
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
		if holder := holder(f); holder != told && waiting != nil {
			waiting(holder)
			told = holder
		}
		select {
		case <-ctx.Done():
			f.Close()
			return nil, fmt.Errorf("waiting for the image store: %w", ctx.Err())
		case <-time.After(lockPoll):
		}
	}
	// Only for people who wait; the lock holds without it.
	if err := f.Truncate(0); err == nil {
		_, err = f.WriteAt(fmt.Appendf(nil, "process %d (%s)\n", os.Getpid(), what), 0)
		if err != nil {
			f.Close()
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
	}
	return f, nil
}

func holder(f *os.File) string {
	b, err := io.ReadAll(io.NewSectionReader(f, 0, 200))
	if text := strings.TrimSpace(string(b)); err == nil && text != "" {
		return text
	}
	return "another process"
}

// Hold keeps the image's layers from being removed by GC until release is
// called or the process ends. It fails if they are gone already, as they can be
// when the image was replaced after Get.
func (img *Image) Hold() (release func(), err error) {
	var held []*os.File
	release = func() {
		for _, f := range held {
			f.Close()
		}
	}
	for _, dir := range img.Layers {
		f, err := os.OpenFile(dir, os.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW, 0)
		if err == nil {
			held = append(held, f)
			err = unix.Flock(int(f.Fd()), unix.LOCK_SH|unix.LOCK_NB)
		}
		if err == nil {
			err = samePlace(f, dir)
		}
		if err != nil {
			release()
			return nil, (&manifest{Name: img.Name}).damaged(fmt.Sprintf("layer %.12s: %v", filepath.Base(dir), err))
		}
	}
	return release, nil
}

// samePlace fails if f is no longer what is at path.
func samePlace(f *os.File, path string) error {
	a, err := f.Stat()
	if err != nil {
		return err
	}
	b, err := os.Lstat(path)
	if err == nil && !os.SameFile(a, b) {
		err = errors.New("it is being removed")
	}
	return err
}

// busy tells whether somebody holds the layer at dir.
func busy(dir string) bool {
	f, err := os.OpenFile(dir, os.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW, 0)
	if err != nil {
		return false
	}
	defer f.Close()
	return errors.Is(unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB), unix.EWOULDBLOCK)
}
