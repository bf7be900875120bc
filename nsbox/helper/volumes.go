package helper

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/cleanup"
	"github.com/nsbox/nsbox/nsbox/internal/confine"
	"github.com/nsbox/nsbox/nsbox/policy"
	"golang.org/x/sys/unix"
)

// volumes are what outlives sandboxes: for each an archive of its last sandbox's
// /workspace, written and read by workers inside sandboxes. To this process an
// archive is bytes of which there may be so many. No file system that a program
// could have written is ever mounted.
//
//	DIR/<uid>/<name>.tar    the archive, replaced as a whole
//	DIR/<uid>/<name>.lock   locked by the helper in which a sandbox has the volume
type volumes struct {
	dir string
	h   *Helper
}

var errNoVolume = errors.New("you have no volume")

const (
	volumeSuffix = ".tar"
	lockSuffix   = ".lock"
)

// volume is one that a sandbox of this helper has.
type volume struct {
	path string
	lock *os.File
}

// hold takes the volume for a sandbox; it is made where there is none, unless its
// owner has as many as there may be.
func (vs *volumes) hold(owner uint32, name string, most int) (*volume, error) {
	dir := filepath.Join(vs.dir, strconv.Itoa(int(owner)))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("volumes: %w", err)
	}
	lock := filepath.Join(dir, name+lockSuffix)
	if _, err := os.Lstat(lock); errors.Is(err, fs.ErrNotExist) {
		locks, err := filepath.Glob(filepath.Join(dir, "*"+lockSuffix))
		if err != nil {
			return nil, fmt.Errorf("volumes: %w", err)
		}
		if len(locks) >= most {
			return nil, fmt.Errorf("%w: you have %d volumes, which is the most; remove one", nsbox.ErrQuota, len(locks))
		}
	}
	f, err := os.OpenFile(lock, os.O_RDWR|os.O_CREATE|unix.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, fmt.Errorf("volumes: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, fmt.Errorf("%w: volume %q belongs to a sandbox that lives", nsbox.ErrBusy, name)
		}
		return nil, fmt.Errorf("volumes: lock: %w", err)
	}
	v := &volume{path: filepath.Join(dir, name+volumeSuffix), lock: f}
	// What a helper that was killed had half written.
	if err := os.Remove(v.path + ".new"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		f.Close()
		return nil, fmt.Errorf("volumes: %w", err)
	}
	return v, nil
}

func (v *volume) release() { v.lock.Close() }

// list lists the volumes of uid, root's list those of all.
func (vs *volumes) list(uid uint32) ([]nsbox.VolumeInfo, error) {
	pattern := strconv.Itoa(int(uid))
	if uid == 0 {
		pattern = "*"
	}
	paths, err := filepath.Glob(filepath.Join(vs.dir, pattern, "*"+lockSuffix))
	if err != nil {
		return nil, fmt.Errorf("volumes: %w", err)
	}
	var out []nsbox.VolumeInfo
	for _, p := range paths {
		owner, err := strconv.ParseUint(filepath.Base(filepath.Dir(p)), 10, 32)
		if err != nil {
			continue
		}
		i := nsbox.VolumeInfo{Name: strings.TrimSuffix(filepath.Base(p), lockSuffix), Owner: uint32(owner)}
		if st, err := os.Lstat(strings.TrimSuffix(p, lockSuffix) + volumeSuffix); err == nil {
			i.Size, i.Saved = st.Size(), st.ModTime()
		}
		i.Sandbox = vs.h.living.holder(i.Owner, i.Name)
		out = append(out, i)
	}
	return out, nil
}

// remove deletes a volume that no sandbox has.
func (vs *volumes) remove(owner uint32, name string) error {
	if err := policy.CheckVolumeName(name); err != nil {
		return err
	}
	lock := filepath.Join(vs.dir, strconv.Itoa(int(owner)), name+lockSuffix)
	if _, err := os.Lstat(lock); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w named %q", errNoVolume, name)
	}
	v, err := vs.hold(owner, name, 1<<30)
	if err != nil {
		return err
	}
	defer v.release()
	if err := os.Remove(v.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("volumes: %w", err)
	}
	if err := os.Remove(lock); err != nil {
		return fmt.Errorf("volumes: %w", err)
	}
	return nil
}

// archiveLimit is how large the archive of a sandbox's files may be: their bytes,
// and for each a header, padding, and a long name with a long target.
func (lv *living) archiveLimit() int64 {
	return int64(lv.plan.Limits.Disk) + int64(lv.plan.Limits.Inodes)*2048 + 64<<10
}

// save writes the sandbox's files to its volume. Its processes stand still
// meanwhile, or are dead.
func (lv *living) save(ctx context.Context) (err error) {
	lv.saving.Lock()
	defer lv.saving.Unlock()
	if lv.volume == nil {
		return fmt.Errorf("%w: the sandbox has no volume; name one when it is made", nsbox.ErrBadRequest)
	}
	lv.mu.Lock()
	frozen := lv.state == nsbox.SandboxPaused || lv.reason != ""
	lv.mu.Unlock()
	if !frozen {
		if err := lv.freeze(); err != nil {
			return fmt.Errorf("stop its processes: %w", err)
		}
		defer func() { err = errors.Join(err, lv.group.Thaw()) }()
	}
	lv.mu.Lock()
	lv.dirty = false
	lv.mu.Unlock()
	if err := lv.archive(ctx); err != nil {
		return err
	}
	lv.mu.Lock()
	lv.saved = time.Now()
	lv.mu.Unlock()
	return nil
}

func (lv *living) archive(ctx context.Context) (err error) {
	r, send, err := pipe()
	if err != nil {
		return err
	}
	defer send.Close()
	if r, err = pollFile(r); err != nil {
		return err
	}
	defer r.Close()
	w, err := lv.work(confine.FilesSpec{Op: confine.FilesSave, MaxBytes: int64(lv.plan.Limits.Disk)}, send, true)
	if err != nil {
		return err
	}
	defer w.close(&err)
	send.Close()
	if _, err := w.answer(answerTimeout); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { r.Close() })
	defer stop()

	var undo cleanup.Stack
	defer undo.Run(&err)
	path := lv.volume.path + ".new"
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC|unix.O_NOFOLLOW, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	undo.Add(func() error { return os.Remove(path) })
	if err := r.SetReadDeadline(time.Now().Add(streamTimeout)); err != nil {
		return err
	}
	limit := lv.archiveLimit()
	n, err := io.Copy(f, io.LimitReader(r, limit+1))
	if err != nil {
		return err
	}
	if n > limit {
		return fmt.Errorf("%w: the files have more bytes than the volume may hold; holes count", nsbox.ErrQuota)
	}
	// Only the worker knows whether that was all.
	if a, err := w.answer(answerTimeout); err != nil {
		return err
	} else if !a.End {
		return errors.New("files: the worker goes on")
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := os.Rename(path, lv.volume.path); err != nil {
		return err
	}
	undo.Release()
	return nil
}

// restore unpacks the volume into the new sandbox.
func (lv *living) restore(ctx context.Context) (err error) {
	f, err := os.OpenFile(lv.volume.path, os.O_RDONLY|unix.O_NOFOLLOW, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // a new one
	}
	if err != nil {
		return err
	}
	defer f.Close()
	r, send, err := pipe()
	if err != nil {
		return err
	}
	defer r.Close()
	if send, err = pollFile(send); err != nil {
		return err
	}
	defer send.Close()
	w, err := lv.work(confine.FilesSpec{Op: confine.FilesRestore, MaxBytes: int64(lv.plan.Limits.Disk)}, r, false)
	if err != nil {
		return err
	}
	defer w.close(&err)
	r.Close()
	if _, err := w.answer(answerTimeout); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { send.Close() })
	defer stop()
	if err := send.SetWriteDeadline(time.Now().Add(streamTimeout)); err != nil {
		return err
	}
	// A write that fails has its reason in the worker's answer.
	_, _ = io.Copy(send, f)
	send.Close()
	_, err = w.answer(answerTimeout)
	return err
}
