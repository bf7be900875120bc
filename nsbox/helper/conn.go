package helper

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/confine"
	"github.com/nsbox/nsbox/nsbox/internal/wire"
	"github.com/nsbox/nsbox/nsbox/policy"
	"github.com/oklog/ulid/v2"
	"golang.org/x/sys/unix"
)

// requestTimeout bounds how long a client may take to send its request.
const requestTimeout = 30 * time.Second

// session is one connection and the one execution on it.
type session struct {
	h     *Helper
	conn  *wire.Conn
	id    string
	plan  policy.Plan
	uid   uint32 // the peer's
	scope string // what the request names for the compile cache
	began int64  // CLOCK_MONOTONIC
	// files are the contents of the request's files, and what they are.
	files   *os.File
	head    []byte // the main file's beginning
	entries []confine.FileEntry
	// stop takes why a client wants the end; the stage under way listens.
	stop chan cause
	warm bool
	// value and lost are what a snippet gave, and that the interpreter's state is.
	value json.RawMessage
	lost  bool
	// start is how the stage under way came to run: nsbox.StartExec and so on.
	start string
	// later takes down what is not needed any more, once the client has its answer.
	later []func()
}

// Serve runs the execution that the peer asks for, and closes the connection.
func (h *Helper) Serve(conn *wire.Conn) {
	defer conn.Close()
	s := &session{h: h, conn: conn, stop: make(chan cause, 1)}
	err := h.begin()
	if err == nil {
		defer h.running.Done()
		defer func() {
			for _, f := range s.later {
				f()
			}
		}()
		err = s.serve()
	}
	if err == nil {
		return
	}
	// A peer that is gone wants no answer.
	_ = conn.Send(wire.KindError, wire.Error{Class: classOf(err), Message: message(err)})
	h.cfg.Log.Info("execution refused or failed", "id", s.id, "uid", s.uid, "error", err)
}

// message is err as the user reads it, without the words that only mark its class.
func message(err error) string {
	text := err.Error()
	for _, class := range []error{nsbox.ErrBadRequest, nsbox.ErrLanguage, nsbox.ErrUnsupported, nsbox.ErrNoSandbox, nsbox.ErrBusy, nsbox.ErrPaused, nsbox.ErrQuota, nsbox.ErrHelperEnded} {
		text = strings.TrimPrefix(text, class.Error()+": ")
	}
	return text
}

// classOf is the one place that maps errors to the protocol's classes.
func classOf(err error) string {
	var file *fileFailure
	switch {
	case errors.As(err, &file):
		return file.said.Class
	case errors.Is(err, nsbox.ErrNoSandbox):
		return wire.ClassNoSandbox
	case errors.Is(err, nsbox.ErrBusy):
		return wire.ClassBusy
	case errors.Is(err, nsbox.ErrPaused):
		return wire.ClassPaused
	case errors.Is(err, nsbox.ErrQuota):
		return wire.ClassQuota
	case errors.Is(err, nsbox.ErrHelperEnded):
		return wire.ClassStopping
	case errors.Is(err, errNoVolume):
		return wire.ClassNotExist
	case errors.Is(err, nsbox.ErrBadRequest):
		return wire.ClassRequest
	case errors.Is(err, nsbox.ErrLanguage):
		return wire.ClassLanguage
	case errors.Is(err, nsbox.ErrUnsupported):
		return wire.ClassUnsupported
	}
	return wire.ClassInternal
}

func (s *session) serve() error {
	p, err := s.first()
	if err != nil {
		return err
	}
	defer p.Close()
	if isLiving(p.Kind) {
		return s.serveLiving(p)
	}
	if err := s.admit(p); err != nil {
		return err
	}
	defer s.files.Close()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go s.listen(cancel)

	img, err := s.h.images.Get(s.plan.Image)
	if err != nil {
		return err
	}
	// libseccomp takes milliseconds for a profile's first use: meanwhile the
	// zygote is built. An error is met again by the stage that needs it.
	for _, st := range s.plan.Stages {
		go func() { _, _ = s.h.profiles.program(st.Profile) }()
	}
	in := input{files: s.files, entries: s.entries}
	for i, st := range s.plan.Stages {
		if st.Build {
			built, failed, err := s.build(ctx, img, st, in)
			if err != nil {
				return err
			}
			if failed != nil {
				return s.done(failed)
			}
			defer built.files.Close()
			in = built
			continue
		}
		last := i == len(s.plan.Stages)-1
		out, err := s.stage(ctx, img, st, in, last && s.plan.Artifacts)
		if err != nil {
			return err
		}
		if last || out.result.Verdict != nsbox.OK {
			return s.done(out)
		}
	}
	return errors.New("the plan has no stage")
}

// first takes the connection's first message, and asks the kernel whose it is.
func (s *session) first() (*wire.Packet, error) {
	s.began = monotonic()
	cred, err := peer(s.conn)
	if err != nil {
		return nil, err
	}
	s.uid = cred.Uid
	if err := s.conn.Unix().SetReadDeadline(time.Now().Add(requestTimeout)); err != nil {
		return nil, err
	}
	p, err := s.conn.Receive()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", nsbox.ErrBadRequest, err)
	}
	return p, nil
}

// admit takes the request and resolves it. Nothing has been made for it yet but
// the memfd of its files.
func (s *session) admit(p *wire.Packet) (err error) {
	var run wire.Run
	var spec nsbox.Spec
	if p.Kind != wire.KindRun {
		return fmt.Errorf("%w: the first message is %q; want %q", nsbox.ErrBadRequest, p.Kind, wire.KindRun)
	}
	if err = p.Decode(&run); err == nil {
		err = (&wire.Packet{Kind: p.Kind, Body: run.Spec}).Decode(&spec)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", nsbox.ErrBadRequest, err)
	}
	s.scope = spec.CacheScope
	s.id = ulid.MustNew(ulid.Now(), rand.Reader).String()
	lang, err := s.h.cfg.Languages.Lookup(spec.Language)
	if err != nil {
		return err
	}
	if len(spec.ProfileJSON) > 0 && s.uid != 0 {
		return fmt.Errorf("%w: a seccomp profile of one's own needs root; name one of: %s", nsbox.ErrBadRequest, strings.Join(s.h.cfg.Ceilings.Profiles, ", "))
	}
	if s.plan, err = policy.Resolve(spec, lang, s.h.cfg.Ceilings); err != nil {
		return err
	}
	if len(spec.ProfileJSON) > 0 && !spec.Check {
		s.plan.Stages[len(s.plan.Stages)-1].Profile = customProfile + string(spec.ProfileJSON)
	}
	if err := s.takeFiles(spec, run.Size); err != nil {
		return err
	}
	return s.conn.Unix().SetReadDeadline(time.Time{})
}

// maxHead bounds how much of the main file is looked through for what it imports.
const maxHead = 16 << 10

// takeFiles copies the files' bytes into a memfd. Their number was checked by
// policy with the sizes that the spec states.
func (s *session) takeFiles(spec nsbox.Spec, size int64) error {
	var sum int64
	for _, f := range spec.Files {
		s.entries = append(s.entries, confine.FileEntry{Name: f.Name, Size: f.Size, Exec: f.Executable})
		sum += f.Size
	}
	if sum != size {
		return fmt.Errorf("%w: %d bytes announced, but the files have %d", nsbox.ErrBadRequest, size, sum)
	}
	mem, err := memfd("files")
	if err != nil {
		return err
	}
	for left := size; left > 0; {
		p, err := s.conn.Receive()
		if err != nil {
			mem.Close()
			return fmt.Errorf("%w: the files broke off: %w", nsbox.ErrBadRequest, err)
		}
		p.Close()
		if p.Kind != wire.KindData || int64(len(p.Body)) > left || len(p.Body) == 0 {
			mem.Close()
			return fmt.Errorf("%w: message %q of %d bytes among the files", nsbox.ErrBadRequest, p.Kind, len(p.Body))
		}
		if room := int(min(spec.Files[0].Size, maxHead)) - len(s.head); room > 0 {
			s.head = append(s.head, p.Body[:min(room, len(p.Body))]...)
		}
		if _, err := mem.Write(p.Body); err != nil {
			mem.Close()
			return fmt.Errorf("files: %w", err)
		}
		left -= int64(len(p.Body))
	}
	// What compile stages are known by is computed of these bytes, so nobody may
	// change them from here on.
	if err := seal(mem); err != nil {
		mem.Close()
		return err
	}
	s.files = mem
	return nil
}

// listen serves the client's messages until it closes the connection, which
// cancels the execution.
func (s *session) listen(cancel context.CancelFunc) {
	defer cancel()
	for {
		p, err := s.conn.Receive()
		if err != nil {
			return
		}
		p.Close()
		var kill wire.Kill
		if p.Kind != wire.KindKill || p.Decode(&kill) != nil {
			return
		}
		c := causeCancel
		if kill.Reason == wire.KillOutput {
			c = causeOutput
		}
		select {
		case s.stop <- c:
		default: // one reason is enough
		}
	}
}

// done sends the end of the execution.
func (s *session) done(out *output) error {
	cg := string(s.h.tree.Layout())
	iso, err := json.Marshal(nsbox.Isolation{
		Namespaces: confine.Namespaces, Cgroup: cg, Seccomp: shown(s.plan.Stages[len(s.plan.Stages)-1].Profile),
		Landlock: s.h.landlock > 0, Warm: s.warm, Start: s.start,
	})
	if err != nil {
		return err
	}
	m := wire.Done{Isolation: iso, Problem: out.problem, Value: s.value, StateLost: s.lost}
	var files []*os.File
	if out.listing != nil {
		m.Collected = true
		files = []*os.File{out.listing, out.bytes}
	}
	err = s.conn.Send(wire.KindDone, m, files...)
	for _, f := range files {
		f.Close()
	}
	return err
}

// peer asks the kernel who connected.
func peer(c *wire.Conn) (*unix.Ucred, error) {
	rc, err := c.Unix().SyscallConn()
	if err != nil {
		return nil, err
	}
	var cred *unix.Ucred
	var cerr error
	err = rc.Control(func(fd uintptr) { cred, cerr = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED) })
	if err = errors.Join(err, cerr); err != nil {
		return nil, fmt.Errorf("peer credentials: %w", err)
	}
	return cred, nil
}

func memfd(name string) (*os.File, error) {
	fd, err := unix.MemfdCreate(name, unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	return os.NewFile(uintptr(fd), name), nil
}
