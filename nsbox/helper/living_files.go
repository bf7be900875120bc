package helper

import (
	"archive/tar"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/cgroup"
	"github.com/nsbox/nsbox/nsbox/internal/cleanup"
	"github.com/nsbox/nsbox/nsbox/internal/confine"
	"github.com/nsbox/nsbox/nsbox/internal/wire"
	"github.com/nsbox/nsbox/nsbox/internal/zygote"
	"golang.org/x/sys/unix"
)

// filesProfile is the seccomp profile of workers.
const filesProfile = "files"

// Bounds of a worker's time: for its next answer, for a whole stream, and what is
// left to tidy up once the client is gone.
const (
	answerTimeout = 60 * time.Second
	streamTimeout = 10 * time.Minute
	goneTimeout   = 2 * time.Second
)

// fileFailure is an operation that did not work out, in the worker's words.
type fileFailure struct{ said wire.Error }

func (f *fileFailure) Error() string { return f.said.Message }

// worker is a process on the files of a sandbox.
type worker struct {
	proc    *zygote.Process
	report  *net.UnixConn
	out     *os.File
	answers *json.Decoder
	undo    cleanup.Stack
}

// work starts a worker. bytes is its end of the pipe for bytes, or any file where
// the operation has none. apart keeps it out of the sandbox's cgroup, for when
// that is frozen or everything in it has been killed.
func (lv *living) work(spec confine.FilesSpec, bytes *os.File, apart bool) (w *worker, err error) {
	w = &worker{}
	defer func() {
		if err != nil {
			w.undo.Run(&err)
			w = nil
		}
	}()
	if !apart {
		select {
		case lv.workers <- struct{}{}:
			w.undo.AddFunc(func() { <-lv.workers })
		case <-lv.ending:
			return w, fmt.Errorf("%w: the sandbox has ended: %s", nsbox.ErrNoSandbox, lv.why())
		case <-time.After(answerTimeout):
			return w, fmt.Errorf("%w: %d operations on the sandbox's files are under way, which is the most at once", nsbox.ErrBusy, maxWorkers)
		}
	}
	profile, err := lv.h.profiles.program(filesProfile)
	if err != nil {
		return w, err
	}
	if err := lv.z.LoadProfile(profile.id, profile.bpf); err != nil {
		return w, err
	}
	spec.Profile = profile.id
	var group *cgroup.Group
	if apart {
		group, err = lv.h.tree.Create("live-"+lv.id+"-save", collectLimits)
	} else {
		// What it writes is the sandbox's to pay for.
		group, err = lv.child(lv.group, "files", nsbox.Limits{Pids: 16})
	}
	if err != nil {
		return w, err
	}
	w.undo.Add(group.Delete)
	joins, err := group.Join(false)
	if err != nil {
		return w, err
	}
	defer closeAll(joins)
	spec.Joins = len(joins)
	var child *os.File
	if w.report, child, err = reportSocket(); err != nil {
		return w, err
	}
	defer child.Close()
	w.undo.Add(w.report.Close)
	r, out, err := pipe()
	if err != nil {
		return w, err
	}
	defer out.Close()
	if w.out, err = pollFile(r); err != nil {
		return w, err
	}
	w.undo.Add(w.out.Close)
	w.answers = json.NewDecoder(io.LimitReader(w.out, 64<<10))
	w.proc, err = lv.z.Work(&spec, append([]*os.File{lv.proc.UserNS, lv.proc.MountNS, out, bytes, child}, joins...)...)
	if err != nil {
		return w, err
	}
	w.undo.AddFunc(w.proc.Close)
	w.undo.Add(func() error {
		if err := w.proc.Kill(); err != nil {
			return err
		}
		return waitDead(w.proc, deathTimeout)
	})
	return w, nil
}

// pollFile makes f one that Go's poller waits for. It takes f over.
func pollFile(f *os.File) (*os.File, error) {
	defer f.Close()
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err == nil {
		err = unix.SetNonblock(fd, true)
	}
	if err != nil {
		return nil, os.NewSyscallError("fcntl", err)
	}
	return os.NewFile(uintptr(fd), f.Name()), nil
}

// answer waits for what the worker says next.
func (w *worker) answer(limit time.Duration) (confine.FilesAnswer, error) {
	var a confine.FilesAnswer
	if err := w.out.SetReadDeadline(time.Now().Add(limit)); err != nil {
		return a, err
	}
	err := w.answers.Decode(&a)
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return a, fmt.Errorf("files: no answer within %v", limit)
	case err != nil:
		// It ended without a word: it could not be set up, or it was killed.
		if r, _, rerr := nextReport(w.report, time.Second); rerr == nil && r.Kind == confine.RecordFailed {
			return a, fmt.Errorf("files: %s: %w", w.proc.StepName(r.Step), unix.Errno(r.Value))
		}
		return a, &fileFailure{wire.Error{Class: wire.ClassQuota, Message: "the sandbox has no memory left for work on its files"}}
	case a.Error != nil:
		return a, &fileFailure{*a.Error}
	}
	return a, nil
}

// close ends the worker and removes what was made for it.
func (w *worker) close(err *error) { w.undo.Run(err) }

// put writes the files of a request to /workspace, over what is there.
func (lv *living) put(files *os.File, entries []confine.FileEntry) (err error) {
	r, send, err := pipe()
	if err != nil {
		return err
	}
	defer r.Close()
	if send, err = pollFile(send); err != nil {
		return err
	}
	defer send.Close()
	own, err := reopen(files)
	if err != nil {
		return err
	}
	defer own.Close()
	var sum int64
	for _, e := range entries {
		sum += e.Size
	}
	w, err := lv.work(confine.FilesSpec{Op: confine.FilesPut, MaxBytes: sum}, r, false)
	if err != nil {
		return err
	}
	defer w.close(&err)
	r.Close()
	if _, err := w.answer(answerTimeout); err != nil {
		return err
	}
	if err := send.SetWriteDeadline(time.Now().Add(answerTimeout)); err != nil {
		return err
	}
	// A write that fails has its reason in the worker's answer.
	_ = pack(send, own, entries)
	send.Close()
	_, err = w.answer(answerTimeout)
	return err
}

// pack writes entries, whose bytes follow one another in files, as an archive.
func pack(to io.Writer, files io.Reader, entries []confine.FileEntry) error {
	out := tar.NewWriter(to)
	for _, e := range entries {
		h := &tar.Header{Typeflag: tar.TypeReg, Name: e.Name, Size: e.Size, Mode: 0o644, ModTime: time.Now(), Format: tar.FormatGNU}
		if e.Exec {
			h.Mode = 0o755
		}
		if err := out.WriteHeader(h); err != nil {
			return err
		}
		if _, err := io.CopyN(out, files, e.Size); err != nil {
			return err
		}
	}
	return out.Close()
}

// serveFile answers one operation on a file.
func (s *session) serveFile(ctx context.Context, lv *living, m wire.FileOp) (err error) {
	leave, err := lv.enter(false)
	if err != nil {
		return err
	}
	defer leave()
	spec := confine.FilesSpec{Op: m.Op, Path: m.Path, Mode: m.Mode, Recursive: m.Recursive}
	var theirs, client *os.File
	switch m.Op {
	case wire.FileRead, wire.FileList:
		client, theirs, err = pipe()
	case wire.FileWrite:
		theirs, client, err = pipe()
	case wire.FileStat, wire.FileMkdir, wire.FileRemove:
		theirs, err = os.OpenFile(os.DevNull, os.O_RDWR, 0)
	default:
		err = fmt.Errorf("%w: unknown operation on a file %q", nsbox.ErrBadRequest, m.Op)
	}
	if err != nil {
		return err
	}
	defer theirs.Close()
	if client != nil {
		defer client.Close()
	}
	w, err := lv.work(spec, theirs, false)
	if err != nil {
		return err
	}
	defer w.close(&err)
	theirs.Close()
	a, err := w.answer(answerTimeout)
	if err != nil {
		return err
	}
	if client != nil && !a.End {
		if err := s.conn.Send(wire.KindStream, a.File, client); err != nil {
			return err
		}
		client.Close()
		// A client that is gone has closed the pipe: the worker tidies up and ends.
		stop := context.AfterFunc(ctx, func() { _ = w.out.SetReadDeadline(time.Now().Add(goneTimeout)) })
		defer stop()
		if a, err = w.answer(streamTimeout); err != nil {
			return err
		}
	}
	if a.File != nil {
		if err := s.conn.Send(wire.KindInfo, a.File); err != nil {
			return err
		}
	}
	return s.conn.Send(wire.KindOK, struct{}{})
}
