package confine

import (
	"syscall"
	"unsafe"
)

// opKind is how the child treats an op.
type opKind uint8

const (
	opCall opKind = iota // a system call
	opFork               // clone with flags args[1] and a place for the pidfd at args[2]; the child goes on, the parent jumps to args[0]
	opWait               // wait for the forked child, report, exit; never returns
	opGoOn               // go on with the linked program at args[0]
	opIdle               // sleep until killed; never returns
	// Of native alone, see template.go.
	opClone  // clone3; the parent returns with its result
	opReturn // return to the caller, who goes on in another process at args[0]
)

// Flags of an op.
const (
	flagIgnore   uint8 = 1 << iota // an error does not matter
	flagPositive                   // zero is a failure too (end of file)
	flagExact                      // the result must be args[3]
	flagRetry                      // try again on EINTR
)

// op is one step as the child runs it. It holds addresses as numbers.
type op struct {
	nr    uintptr
	args  [6]uintptr
	from  uint8 // bit i: args[i] is the number of a register
	save  int8  // register that takes the result, or -1
	kind  opKind
	flags uint8
	rel   uint8 // bit i: args[i] is an offset into the data, until linked
	_     [3]uint8
}

// opSize is that of an op in bytes.
const opSize = 64

const registers = 8

// clockMonotonic is CLOCK_MONOTONIC of linux/time.h.
const clockMonotonic = 1

// child is the state that the child works on. It lives on the heap of the
// zygote; the child sees its own copy after the clone.
type child struct {
	ops    *op // the first of n
	n      int
	first  uint32 // added to a step's number in a report
	regs   [registers]uintptr
	record [RecordSize]byte
	stack  uintptr // the end of the memory that a vfork's child has as its stack
	report uintptr // descriptor
	disk   uintptr // descriptor of the scratch file system, for the last record
}

//go:linkname runtimeBeforeFork syscall.runtime_BeforeFork
func runtimeBeforeFork()

//go:linkname runtimeAfterFork syscall.runtime_AfterFork
func runtimeAfterFork()

//go:linkname runtimeAfterForkInChild syscall.runtime_AfterForkInChild
func runtimeAfterForkInChild()

// cloneArgs is struct clone_args of clone3(2), version 0 and 1.
type cloneArgs struct {
	flags, pidfd, childTID, parentTID, exitSignal, stack, stackSize, tls uint64
	setTID, setTIDSize, cgroup                                           uint64
}

// start clones the caller by args and runs c in the new process. It returns
// the pid in the caller's pid namespace.
//
// The caller holds syscall.ForkLock. Between the runtime's before and after
// nothing may allocate, grow the stack or be preempted: the child has one
// thread, and every lock of the runtime stays as it was.
//
//go:norace
func start(args *cloneArgs, c *child) (int, syscall.Errno) {
	runtimeBeforeFork()
	pid, _, errno := syscall.RawSyscall(sysClone3, uintptr(unsafe.Pointer(args)), unsafe.Sizeof(*args), 0)
	if errno != 0 || pid != 0 {
		runtimeAfterFork()
		return int(pid), errno
	}
	runtimeAfterForkInChild()
	c.run()
	return 0, 0 // not reached
}

// enter takes up the linked program at base.
//
//go:nosplit
//go:norace
func (c *child) enter(base unsafe.Pointer) {
	c.n = int(*(*uint32)(base))
	c.first = *(*uint32)(unsafe.Add(base, 4))
	c.ops = (*op)(unsafe.Add(base, headerSize))
}

// run is the child's whole life. It must not split the stack, allocate or
// panic.
//
//go:nosplit
//go:norace
func (c *child) run() { goOn(c, 0) }

// vfork clones the caller with the given flags, CLONE_VM and CLONE_VFORK among
// them. The child has the memory in common with its parent, which sleeps until
// the child's execve, and a stack of its own, on which it goes on with step i. So
// no page has to be copied.
//
//go:noescape
func vfork(flags, stack uintptr, c *child, i int) (pid uintptr)

// goOn runs down the list from step i on.
//
//go:nosplit
//go:norace
func goOn(c *child, i int) {
	for ; i < c.n; i++ {
		o := (*op)(unsafe.Add(unsafe.Pointer(c.ops), i*opSize))
		switch o.kind {
		case opWait:
			c.wait(o)
		case opIdle:
			for {
				_, _, _ = syscall.RawSyscall6(syscall.SYS_PPOLL, 0, 0, 0, 0, 0, 0)
			}
		case opGoOn:
			// The argument as a pointer: it is not Go's memory.
			c.enter(*(*unsafe.Pointer)(unsafe.Pointer(&o.args[0])))
			i = -1
		case opFork:
			if o.args[1]&syscall.CLONE_VM != 0 {
				pid := vfork(o.args[1], c.stack, c, i+1)
				if int(pid) < 0 {
					c.fail(i, syscall.Errno(-int(pid)))
				}
				c.regs[o.save] = pid
				i = int(o.args[0]) - 1
				continue
			}
			pid, _, errno := syscall.RawSyscall6(syscall.SYS_CLONE, o.args[1], 0, o.args[2], 0, 0, 0)
			if errno != 0 {
				c.fail(i, errno)
			}
			if pid != 0 {
				c.regs[o.save] = pid
				i = int(o.args[0]) - 1
			}
		default:
			r, errno := c.call(o)
			switch {
			case errno == syscall.EINTR && o.flags&flagRetry != 0:
				i--
				continue
			case errno == 0 && o.flags&flagPositive != 0 && r == 0:
				errno = syscall.EPIPE
			case errno == 0 && o.flags&flagExact != 0 && r != o.args[3]:
				errno = syscall.ENOSPC
			}
			if errno != 0 && o.flags&flagIgnore == 0 {
				c.fail(i, errno)
			}
			if o.save >= 0 {
				c.regs[o.save] = r
			}
		}
	}
	c.fail(c.n, syscall.ENOEXEC)
}

//go:nosplit
//go:norace
func (c *child) call(o *op) (uintptr, syscall.Errno) {
	a := &o.args
	if o.from == 0 {
		r, _, errno := syscall.RawSyscall6(o.nr, a[0], a[1], a[2], a[3], a[4], a[5])
		return r, errno
	}
	var v [6]uintptr
	for j := 0; j < 6; j++ {
		v[j] = a[j]
		if o.from&(1<<j) != 0 {
			v[j] = c.regs[a[j]&(registers-1)]
		}
	}
	r, _, errno := syscall.RawSyscall6(o.nr, v[0], v[1], v[2], v[3], v[4], v[5])
	return r, errno
}

// fail reports step and errno and ends the process.
//
//go:nosplit
//go:norace
func (c *child) fail(step int, errno syscall.Errno) {
	c.send(RecordFailed, c.first+uint32(step), uint32(errno))
	for {
		syscall.RawSyscall(syscall.SYS_EXIT_GROUP, 127, 0, 0)
	}
}

//go:nosplit
//go:norace
func (c *child) send(kind RecordKind, step, value uint32) {
	p := (*[3]uint32)(unsafe.Pointer(&c.record))
	p[0], p[1], p[2] = uint32(kind), step, value
	syscall.RawSyscall(syscall.SYS_WRITE, c.report, uintptr(unsafe.Pointer(&c.record)), RecordSize)
}

// wait reaps until the program is gone, then reports how it ended. Its return
// from main is the end of pid 1, upon which the kernel kills the others.
//
//go:nosplit
//go:norace
func (c *child) wait(o *op) {
	status := (*uint32)(unsafe.Pointer(&c.record[12]))
	for {
		pid, _, errno := syscall.RawSyscall6(syscall.SYS_WAIT4, ^uintptr(0), uintptr(unsafe.Pointer(status)), 0, 0, 0, 0)
		if errno == syscall.EINTR {
			continue
		}
		if errno != 0 {
			c.fail(int(o.args[0]), errno)
		}
		if pid != c.regs[o.save] {
			continue
		}
		syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clockMonotonic, uintptr(unsafe.Pointer(&c.record[timeOffset])), 0)
		syscall.RawSyscall(syscall.SYS_FSTATFS, c.disk, uintptr(unsafe.Pointer(&c.record[16])), 0)
		c.send(RecordExit, 0, *status)
		for {
			syscall.RawSyscall(syscall.SYS_EXIT_GROUP, 0, 0, 0)
		}
	}
}
