package confine

import (
	_ "embed"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"runtime"
	"slices"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A template is an interpreter that has started and waits, in the zygote's
// container and with the zygote's rights, to clone itself into sandboxes. What it
// executes comes from the image and from this program, never from a user. It does
// what the zygote does for other sandboxes, by the same lists, which nsbox-init
// lays out for it and its copy of the list interpreter (native_amd64.s) runs:
//
//	nsbox-init                  template
//	  | exec, hello, code          imports, freezes its garbage collector
//	  |<------- ready -------------|
//	  | early list, descriptors    |
//	  |--------------------------->| clone into fresh namespaces
//	  |<------- pid, pidfd --------|   \
//	  | writes the id maps         |    pid 1: early list
//	                               |      | fork, by the interpreter
//	                               |      +- program: warms up, waits
//	                               |      |    gate, confinement, user's main file
//	                               |    gate, files, retires, waits, reports
//
// The children are nsbox-init's (CLONE_PARENT), so the template has none to wait
// for, and its end is not theirs.

// Template says which interpreter a sandbox is to be cloned from. Sandboxes with
// the same one share it.
type Template struct {
	// Kind is the interpreter's kind: "python".
	Kind string `json:"kind"`
	// Argv is the command up to the main file's path.
	Argv []string `json:"argv"`
	Env  []string `json:"env"`
	// Imports are loaded ahead. What can't be loaded is left out.
	Imports []string `json:"imports,omitempty"`
}

//go:embed templates/python.py
var pythonTemplate []byte

// templateKinds are how an interpreter is made to run the template's code.
var templateKinds = map[string]struct {
	file string
	code []byte
	env  string
	// trial is a program by which a template learns which of its memory programs
	// write to, and trialFile its name.
	trialFile, trial string
}{
	"python": {"usercustomize.py", pythonTemplate, "PYTHONPATH=" + templateDir, "trial/main.py", "print('hello')\n"},
}

const (
	// templateDir is where a template's code is while it starts.
	templateDir = "/.nsbox"
	// maxTemplates bounds how many a zygote keeps.
	maxTemplates = 4
	// templateStart bounds how long one may take to start, templateReply how long
	// to clone a sandbox.
	templateStart = 30 * time.Second
	templateReply = 10 * time.Second
	// earlySize is the memory for the interpreter's state, a page, and the early list.
	earlySize  = 64 << 10
	stateSize  = 4096
	pidfdPlace = 1024
	// templateFDs is the first number that descriptors get in a template.
	templateFDs = 4
	// maxJoins bounds the descriptors of a Spec.
	maxJoins = 8
)

// templateMounts are what is mounted while a template starts: its code, and a place
// to write for libraries that want one when they are loaded, as matplotlib does.
// Every image has both directories.
var templateMounts = []struct{ dir, options string }{
	{templateDir, "size=256k,nr_inodes=8,mode=0755"},
	{"/tmp", "size=4m,nr_inodes=64,mode=1777"},
}

// templateHello is the first packet to a template; native's machine code follows.
type templateHello struct {
	// Marker is the main file's path in the template's own argv, as long as those of
	// programs may be.
	Marker      string   `json:"marker"`
	Early       int      `json:"early"`  // bytes of memory to set aside for the early list
	Region      int      `json:"region"` // and after it for what comes through the gate
	Report      int      `json:"report"`
	Disk        int      `json:"disk"`
	Descriptors int      `json:"descriptors"` // at most, with one packet
	Trial       string   `json:"trial"`       // path of a program to learn from
	Imports     []string `json:"imports"`
}

// templateReady is its answer: it serves.
type templateReady struct {
	Early   uint64   `json:"early"`
	Region  uint64   `json:"region"`
	Missing []string `json:"missing"` // of the imports
}

// template is a running template. One goroutine, the zygote's, owns it.
type template struct {
	control int
	pidfd   *os.File
	ready   *templateReady // nil while it starts
	since   time.Time
	err     error // why it can't be used
}

// errStarting and what noUse makes say that no sandbox came of the template, because
// it is just starting or can't be used: the caller does without.
var errStarting = &Failure{Step: "template", Errno: int(unix.EAGAIN)}

func noUse(why string) error {
	return &Failure{Step: errStarting.Step, Errno: int(unix.ENOSYS), Why: why}
}

// IsTemplate tells whether err says that there is no template, just now or at all.
func IsTemplate(err error) bool {
	var f *Failure
	return errors.As(err, &f) && f.Step == errStarting.Step
}

// IsStarting tells whether err says that the template is just starting.
func IsStarting(err error) bool {
	var f *Failure
	return errors.As(err, &f) && *f == *errStarting
}

// template returns the template that t asks for, started first where there is none.
func (z *zygote) template(t *Template) (*template, error) {
	b, err := json.Marshal(t)
	if err != nil {
		return nil, err
	}
	key := string(b)
	tm := z.templates[key]
	if tm == nil {
		if len(z.templates) >= maxTemplates {
			return nil, noUse(fmt.Sprintf("there are %d already", maxTemplates))
		}
		// One starts at a time: another's mounts would lie over its own.
		for _, other := range z.templates {
			if other.starting() {
				z.awaitTemplate(other)
			}
			if other.starting() {
				return nil, errStarting
			}
		}
		tm = &template{control: -1, since: time.Now()}
		tm.err = z.startTemplate(tm, t)
		z.templates[key] = tm
	}
	if tm.starting() {
		z.awaitTemplate(tm)
	}
	switch {
	case tm.err != nil:
		return nil, noUse(tm.err.Error())
	case tm.starting():
		return nil, errStarting
	}
	return tm, nil
}

func (tm *template) starting() bool { return tm.err == nil && tm.ready == nil }

// awaitTemplate looks whether a template that starts has become ready.
func (z *zygote) awaitTemplate(tm *template) {
	buf := make([]byte, 64<<10)
	n, err := unix.Read(tm.control, buf)
	switch {
	case errors.Is(err, unix.EAGAIN) && time.Since(tm.since) < templateStart:
		return
	case errors.Is(err, unix.EAGAIN):
		tm.fail(fmt.Errorf("it has not started in %v", templateStart))
	case err != nil:
		tm.fail(err)
	case n == 0:
		tm.fail(errors.New("it ended while it started"))
	case n == RecordSize:
		// Its early list failed before the interpreter was there.
		tm.fail(fmt.Errorf("step %d: %w", binary.NativeEndian.Uint32(buf[4:]), unix.Errno(binary.NativeEndian.Uint32(buf[8:]))))
	default:
		var r templateReady
		if err := json.Unmarshal(buf[:n], &r); err != nil {
			tm.fail(err)
			break
		}
		tm.ready = &r
	}
	// Its code is in its memory now, or of no use any more.
	for _, m := range templateMounts {
		if err := unix.Unmount(m.dir, unix.MNT_DETACH); err != nil {
			tm.fail(fmt.Errorf("unmount %s: %w", m.dir, err))
		}
	}
	if tm.err == nil {
		tm.err = setBlocking(tm.control)
	}
}

// fail ends a template that can't be used; it is not tried again.
func (tm *template) fail(err error) {
	tm.err = err
	if tm.control >= 0 {
		unix.Close(tm.control)
		tm.control = -1
	}
	if tm.pidfd != nil {
		_ = unix.PidfdSendSignal(int(tm.pidfd.Fd()), unix.SIGKILL, nil, 0)
		tm.pidfd.Close()
		tm.pidfd = nil
	}
}

func setBlocking(fd int) error {
	if err := unix.SetNonblock(fd, false); err != nil {
		return err
	}
	limit := unix.NsecToTimeval(int64(templateReply))
	return errors.Join(unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &limit),
		unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_SNDTIMEO, &limit))
}

// templateMarker is the main file's path that a template is started with.
var templateMarker = "/workspace/" + strings.Repeat("nsbox", 60)

// startTemplate starts an interpreter and tells it what it needs. It does not
// wait for it.
func (z *zygote) startTemplate(tm *template, t *Template) (err error) {
	kind, known := templateKinds[t.Kind]
	code := nativeCode()
	switch {
	case !known:
		return fmt.Errorf("unknown kind %q", t.Kind)
	case code == nil:
		return errors.New("the list interpreter has no end")
	case len(t.Argv) == 0:
		return errors.New("no command")
	}
	for _, m := range templateMounts {
		const safe = unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC
		if err := unix.Mount("tmpfs", m.dir, "tmpfs", safe, m.options); err != nil {
			return fmt.Errorf("mount %s: %w", m.dir, err)
		}
		defer func() {
			if err != nil {
				err = errors.Join(err, unix.Unmount(m.dir, unix.MNT_DETACH))
			}
		}()
	}
	for name, code := range map[string][]byte{kind.file: kind.code, kind.trialFile: []byte(kind.trial)} {
		name = templateDir + "/" + name
		if err := errors.Join(os.MkdirAll(path.Dir(name), 0o755), os.WriteFile(name, code, 0o444)); err != nil {
			return err
		}
	}
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("socketpair: %w", err)
	}
	defer unix.Close(fds[1])
	tm.control = fds[0]
	hello, err := json.Marshal(templateHello{
		Marker: templateMarker, Early: earlySize, Region: regionSize, Report: fdReport, Disk: fdDisk,
		Descriptors: templateFDs + 2 + maxJoins, Trial: templateDir + "/" + kind.trialFile, Imports: slices.Concat([]string{}, t.Imports),
	})
	if err != nil {
		return err
	}
	for _, b := range [][]byte{hello, code} {
		if _, err := unix.Write(tm.control, b); err != nil {
			return fmt.Errorf("hello: %w", err)
		}
	}
	if err := unix.SetNonblock(tm.control, true); err != nil {
		return err
	}
	p := &program{}
	defaultSignals(p)
	p.call("dup3", unix.SYS_DUP3, fds[1], fdReport, unix.O_CLOEXEC)
	p.call("dup3", unix.SYS_DUP3, fds[1], 3, 0)
	p.call("close_range", unix.SYS_CLOSE_RANGE, 4, fdReport-1, 0)
	p.call("close_range", unix.SYS_CLOSE_RANGE, fdReport+1, maxFD, 0)
	p.call("setsid", unix.SYS_SETSID)
	// Threads' stacks are as large as this is when the interpreter starts.
	p.call("rlimit stack", unix.SYS_PRLIMIT64, 0, unix.RLIMIT_STACK, ref(p, &unix.Rlimit{Cur: 8 << 20, Max: 64 << 20}), nil)
	argv := p.vector(append(slices.Clone(t.Argv), templateMarker))
	envp := p.vector(append(slices.Clone(t.Env), kind.env))
	for i, file := range lookPaths(t.Argv[0], t.Env) {
		o := p.call("execve "+file, unix.SYS_EXECVE, file, argv, envp)
		if i < len(lookPaths(t.Argv[0], t.Env))-1 {
			o.flags = flagIgnore
		}
	}
	b, _, err := z.clone(p, 0)
	if err != nil {
		return err
	}
	tm.pidfd = b.files[0]
	return nil
}

// spawn has the template clone a sandbox. The descriptors are those of d, in the
// zygote; the maps' read end is not among files.
func (z *zygote) fork(tm *template, s *Spec, d descriptors) (*born, int, error) {
	fds := slices.Concat([]int{d.stdin, d.stdout, d.stderr, d.report, d.gate, d.maps}, d.joins)
	at := descriptors{stdin: templateFDs, stdout: templateFDs + 1, stderr: templateFDs + 2, report: templateFDs + 3,
		gate: templateFDs + 4, maps: templateFDs + 5}
	for i := range d.joins {
		at.joins = append(at.joins, templateFDs+6+i)
	}
	p := &program{}
	args := ref(p, &cloneArgs{
		flags: cloneNamespaces | unix.CLONE_PIDFD | unix.CLONE_PARENT,
		pidfd: tm.ready.Early + pidfdPlace,
	})
	o := p.add("clone", op{kind: opClone, nr: sysClone3, save: -1, args: [6]uintptr{1: unsafe.Sizeof(cloneArgs{})}})
	o.refer(0, args)
	earlySteps(p, s, at)
	forkEarly(p, uintptr(tm.ready.Region))
	list := p.link(uintptr(tm.ready.Early)+stateSize, 0)
	if len(list) > earlySize-stateSize {
		return nil, 0, &Failure{Step: "template's list", Errno: int(unix.E2BIG)}
	}
	pidfd, pid, err := askTemplate(tm.control, list, fds)
	runtime.KeepAlive(list)
	if err != nil {
		tm.fail(err)
		return nil, 0, noUse(tm.err.Error())
	}
	if pid < 0 {
		return nil, 0, &Failure{Step: "clone", Errno: -pid}
	}
	z.made++
	z.names[z.made%keptNames] = p.names
	return &born{files: []*os.File{os.NewFile(uintptr(pidfd), "pidfd")}, number: z.made, region: tm.ready.Region}, pid, nil
}

// askTemplate sends the early list with its descriptors and receives the child's
// pidfd and pid, or a negative errno for the pid.
func askTemplate(control int, list []byte, fds []int) (pidfd, pid int, err error) {
	if err := unix.Sendmsg(control, list, unix.UnixRights(fds...), nil, unix.MSG_NOSIGNAL); err != nil {
		return -1, 0, fmt.Errorf("send: %w", err)
	}
	buf, oob := make([]byte, 16), make([]byte, unix.CmsgSpace(4))
	n, oobn, _, _, err := unix.Recvmsg(control, buf, oob, unix.MSG_CMSG_CLOEXEC)
	if err != nil || n != 4 {
		return -1, 0, fmt.Errorf("answer of %d bytes: %w", n, errors.Join(err, unix.EPROTO))
	}
	pid = int(int32(binary.NativeEndian.Uint32(buf)))
	if pid < 0 {
		return -1, pid, nil
	}
	msgs, err := unix.ParseSocketControlMessage(oob[:oobn])
	if err == nil && len(msgs) == 1 {
		var got []int
		if got, err = unix.ParseUnixRights(&msgs[0]); err == nil && len(got) == 1 {
			return got[0], pid, nil
		}
	}
	return -1, 0, fmt.Errorf("answer without a pidfd: %w", errors.Join(err, unix.EPROTO))
}
