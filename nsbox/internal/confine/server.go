package confine

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"unsafe"

	"github.com/nsbox/nsbox/nsbox/internal/wire"
	"golang.org/x/sys/unix"
)

// ControlFD is the descriptor on which the zygote talks to its helper.
const ControlFD = 3

// Main is nsbox-init. As "nsbox-init zygote" it serves Specs until the helper
// closes its end; the end of the zygote, pid 1 of its own pid namespace, is the
// end of every sandbox below it. As "nsbox-init collect ..." it lists files, as
// "nsbox-init files ..." it works on those of a sandbox that lives on.
func Main(args []string) int {
	var err error
	switch {
	case len(args) == 2 && args[1] == "zygote":
		err = serveZygote()
	case len(args) == 6 && args[1] == "collect":
		err = collectMain(args[2:])
	case len(args) == 6 && args[1] == "files":
		err = filesMain(args[2:])
	default:
		err = errors.New("this program is started by nsbox-helper, not by hand")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "nsbox-init:", err)
		return 1
	}
	return 0
}

// zygote is the server's state. One goroutine owns it.
type zygote struct {
	conn     *wire.Conn
	self     *os.File // this program, for the collector
	profiles map[string][]byte
	region   uintptr
	// templates by what they were asked for with, those included that can't be used.
	templates map[string]*template
	// made counts the children; names keeps the steps of the latest.
	made  uint64
	names [keptNames][]string
}

// keptNames is of how many children the zygote can still name a step. A
// child's failure is asked about at once, so a few would do.
const keptNames = 64

func serveZygote() error {
	// All clones are made by one thread, and serially: a child then holds the
	// descriptors of its own sandbox alone.
	runtime.LockOSThread()
	// The zygote stays dumpable: the id maps of a child are its owner's to write
	// only while the child is (proc(5), /proc/pid). Init gives that up before it
	// forks the program, which has another uid anyway.
	if err := hideInit(); err != nil {
		return err
	}
	self, err := os.Open("/proc/self/exe")
	if err != nil {
		return err
	}
	conn, err := wire.NewConn(os.NewFile(ControlFD, "control"))
	if err != nil {
		return err
	}
	// The children are watched through their pidfds; the kernel may reap them.
	reapAll()
	region, err := openRegion()
	if err != nil {
		return err
	}
	z := &zygote{conn: conn, self: self, profiles: map[string][]byte{}, region: region, templates: map[string]*template{}}
	if err := conn.Send(KindReady, Ready{Region: uint64(region)}); err != nil {
		return err
	}
	for {
		p, err := conn.Receive()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		err = z.handle(p)
		p.Close()
		if err != nil {
			return err
		}
	}
}

// openRegion sets aside the memory into which children receive what they do
// after their gate. The zygote never touches it.
func openRegion() (uintptr, error) {
	p, err := unix.MmapPtr(-1, 0, nil, regionSize, unix.PROT_READ|unix.PROT_WRITE,
		unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_NORESERVE)
	if err != nil {
		return 0, fmt.Errorf("region: %w", err)
	}
	return uintptr(p), nil
}

// hideInit takes the bind mount of this program out of the root that the
// sandboxes inherit.
func hideInit() error {
	if err := unix.Unmount(InitPath, unix.MNT_DETACH); err != nil {
		return fmt.Errorf("unmount %s: %w", InitPath, err)
	}
	return nil
}

// InitPath is where the image has an empty file for nsbox-init to be bound to.
const InitPath = "/.nsbox/init"

// saNoCldWait is SA_NOCLDWAIT of asm-generic/signal-defs.h.
const saNoCldWait = 2

// reapAll makes the kernel reap this process's children (sigaction(2),
// SA_NOCLDWAIT): nobody here waits for them.
func reapAll() {
	// struct kernel_sigaction: handler, flags, restorer, mask. SIG_IGN is 1.
	act := [4]uint64{1, saNoCldWait, 0, 0}
	unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(unix.SIGCHLD), uintptr(unsafe.Pointer(&act)), 0, 8, 0, 0)
}

// handle answers one packet. An error is one of the zygote itself; a sandbox
// that can't be made is reported to the helper.
func (z *zygote) handle(p *wire.Packet) error {
	switch p.Kind {
	case KindProfile:
		var f Profile
		if err := p.Decode(&f); err != nil {
			return err
		}
		z.profiles[f.ID] = f.BPF
		return nil
	case KindSpawn:
		var s Spec
		if err := p.Decode(&s); err != nil {
			return err
		}
		return z.reply(z.spawn(&s, p.Files))
	case KindKeep:
		var s Spec
		if err := p.Decode(&s); err != nil {
			return err
		}
		return z.reply(z.keep(&s, p.Files))
	case KindEnter:
		var s Spec
		if err := p.Decode(&s); err != nil {
			return err
		}
		return z.reply(z.enter(&s, p.Files))
	case KindFiles:
		var s FilesSpec
		if err := p.Decode(&s); err != nil {
			return err
		}
		return z.reply(z.work(&s, p.Files))
	case KindCollect:
		var s CollectSpec
		if err := p.Decode(&s); err != nil {
			return err
		}
		return z.reply(z.collect(&s, p.Files))
	case KindStep:
		var q StepQuery
		if err := p.Decode(&q); err != nil {
			return err
		}
		steps := program{names: z.names[q.Child%keptNames]}
		return z.conn.Send(KindStep, StepName{Name: steps.step(q.Step)})
	}
	return fmt.Errorf("unknown message %q", p.Kind)
}

// reply sends the new process's descriptors, or why there is none, and closes them.
func (z *zygote) reply(b *born, err error) error {
	var f *Failure
	switch {
	case errors.As(err, &f):
		return z.conn.Send(KindFailed, f)
	case err != nil:
		return err
	}
	defer b.close()
	return z.conn.Send(KindChild, Child{Number: b.number, Region: b.region}, b.files...)
}

// born is a process just cloned.
type born struct {
	files  []*os.File // pidfd; for a sandbox also its user and mount namespaces
	number uint64
	region uint64 // of a template's child
}

func (b *born) close() {
	for _, f := range b.files {
		f.Close()
	}
}

func fail(step string, err error) error {
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		errno = unix.EIO
	}
	return &Failure{Step: step, Errno: int(errno)}
}

func (z *zygote) spawn(s *Spec, files []*os.File) (*born, error) {
	if s.Joins < 0 || len(files) != 5+s.Joins {
		return nil, &Failure{Step: "read the spec", Errno: int(unix.EINVAL)}
	}
	n := numbers(files)
	var tm *template
	if s.Template != nil {
		var err error
		if tm, err = z.template(s.Template); err != nil {
			return nil, err
		}
		if s.TTY || s.Joins > maxJoins {
			return nil, noUse("this kind of sandbox has none")
		}
	}
	maps, err := openMaps()
	if err != nil {
		return nil, err
	}
	defer maps.close()
	d := descriptors{stdin: n[0], stdout: n[1], stderr: n[2], report: n[3], gate: n[4], maps: maps.read, joins: n[5:]}
	var b *born
	var pid int
	if tm != nil {
		b, pid, err = z.fork(tm, s, d)
	} else {
		b, pid, err = z.clone(buildEarly(s, d, z.region), cloneNamespaces)
	}
	if err != nil {
		return nil, err
	}
	return z.admit(b, pid, s, maps)
}

// admit writes the id maps of a child that waits for them.
func (z *zygote) admit(b *born, pid int, s *Spec, maps *maps) (*born, error) {
	// The child waits for its maps meanwhile; on an error it finds the pipe closed
	// and ends by itself.
	if err := mapIDs(pid, s.InitID, s.ProgramID); err != nil {
		b.close()
		return nil, err
	}
	for _, ns := range []string{"user", "mnt"} {
		f, err := os.Open(fmt.Sprintf("/proc/%d/ns/%s", pid, ns))
		if err != nil {
			b.close()
			return nil, fail("open the namespace "+ns, err)
		}
		b.files = append(b.files, f)
	}
	if err := maps.tell(); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

func numbers(files []*os.File) []int {
	n := make([]int, len(files))
	for i, f := range files {
		n[i] = int(f.Fd())
	}
	return n
}

// maps is a pipe by which a child learns that its id maps are written. Plain
// descriptors: the child's end must block.
type maps struct{ read, write int }

func openMaps() (*maps, error) {
	var p [2]int
	if err := unix.Pipe2(p[:], unix.O_CLOEXEC); err != nil {
		return nil, fail("pipe of the id maps", err)
	}
	return &maps{p[0], p[1]}, nil
}

func (m *maps) tell() error {
	if _, err := unix.Write(m.write, []byte{1}); err != nil {
		return fail("tell of the id maps", err)
	}
	return nil
}

func (m *maps) close() {
	unix.Close(m.read)
	unix.Close(m.write)
}

// clone starts prog in a child with the given clone flags.
func (z *zygote) clone(prog *program, flags uint64) (*born, int, error) {
	// On the heap: a number does not follow a variable of a stack that grows.
	pidfd := new(int32)
	args := &cloneArgs{
		flags:      flags | unix.CLONE_PIDFD | unix.CLONE_CLEAR_SIGHAND,
		pidfd:      uint64(uintptr(unsafe.Pointer(pidfd))),
		exitSignal: uint64(unix.SIGCHLD),
	}
	pid, errno := prog.run(args, z.region, fdReport, fdDisk)
	runtime.KeepAlive(pidfd)
	if errno != 0 {
		return nil, 0, &Failure{Step: "clone", Errno: int(errno)}
	}
	z.made++
	z.names[z.made%keptNames] = prog.names
	return &born{files: []*os.File{os.NewFile(uintptr(*pidfd), "pidfd")}, number: z.made}, pid, nil
}

// mapIDs gives pid's user namespace its two ids. The zygote may do so, as it has
// CAP_SETUID and CAP_SETGID over the namespace above (user_namespaces(7)).
func mapIDs(pid int, initID, programID uint32) error {
	text := fmt.Sprintf("%d %d 1\n%d %d 1\n", initUID, initID, programUID, programID)
	for _, name := range []string{"gid_map", "uid_map"} {
		f, err := os.OpenFile("/proc/"+strconv.Itoa(pid)+"/"+name, os.O_WRONLY, 0)
		if err == nil {
			_, err = f.WriteString(text)
			f.Close()
		}
		if err != nil {
			return fail("write "+name, err)
		}
	}
	return nil
}
