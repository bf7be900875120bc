package confine

import (
	"runtime"
	"syscall"
	"unsafe"
)

// program is a list of steps being put together, and the memory they refer to.
type program struct {
	ops   []op
	names []string // of the steps, for reports
	keep  []any    // what the ops' addresses point to
	regs  int8     // registers given out
	jumps []jump
}

// reg is a register's number, used as an argument.
type reg int8

// jump is an op whose first argument is the index of a label.
type jump struct {
	op    int
	label *int
}

// call adds a system call. An argument is an int-like number, a reg, a string
// or a []byte (its address), a pointer from ref, or nil.
func (p *program) call(name string, nr uintptr, args ...any) *op {
	o := op{nr: nr, save: -1, kind: opCall}
	for i, a := range args {
		switch v := a.(type) {
		case nil:
		case int:
			o.args[i] = uintptr(v)
		case uint32:
			o.args[i] = uintptr(v)
		case int64:
			o.args[i] = uintptr(v)
		case uintptr:
			o.args[i] = v
		case reg:
			o.args[i] = uintptr(v)
			o.from |= 1 << i
		case string:
			o.args[i] = p.str(v)
		case []byte:
			o.args[i] = p.bytes(v)
		default:
			// A programming error that every test of this package meets.
			panic("confine: unknown kind of argument for " + name)
		}
	}
	return p.add(name, o)
}

func (p *program) add(name string, o op) *op {
	p.ops = append(p.ops, o)
	p.names = append(p.names, name)
	return &p.ops[len(p.ops)-1]
}

// ret keeps o's result in a new register.
func (p *program) ret(o *op) reg {
	o.save = p.regs
	p.regs++
	return reg(o.save)
}

// str returns the address of s as a C string.
func (p *program) str(s string) uintptr { return p.bytes(append([]byte(s), 0)) }

// bytes returns the address of b, which stays alive and in place: Go's heap
// does not move.
func (p *program) bytes(b []byte) uintptr {
	if len(b) == 0 {
		return 0
	}
	p.keep = append(p.keep, b)
	return uintptr(unsafe.Pointer(unsafe.SliceData(b)))
}

// ref returns the address of *v.
func ref[T any](p *program, v *T) uintptr {
	p.keep = append(p.keep, v)
	return uintptr(unsafe.Pointer(v))
}

// vector returns the address of a NULL-terminated array of C strings.
func (p *program) vector(list []string) uintptr {
	v := make([]uintptr, len(list)+1)
	for i, s := range list {
		v[i] = p.str(s)
	}
	p.keep = append(p.keep, v)
	return uintptr(unsafe.Pointer(unsafe.SliceData(v)))
}

// fork adds a clone with the given flags, whose parent goes on at the label.
func (p *program) fork(name string, flags int, parent *int) reg {
	p.jumps = append(p.jumps, jump{len(p.ops), parent})
	return p.ret(p.add(name, op{kind: opFork, save: -1, args: [6]uintptr{1: uintptr(flags)}}))
}

// wait adds the end of pid 1.
func (p *program) wait(name string, pid reg) {
	p.add(name, op{kind: opWait, save: int8(pid), args: [6]uintptr{uintptr(len(p.ops))}})
}

// child lays the program out for a run.
func (p *program) child(report, disk int) *child {
	for _, j := range p.jumps {
		p.ops[j.op].args[0] = uintptr(*j.label)
	}
	return &child{ops: p.ops, report: uintptr(report), disk: uintptr(disk)}
}

// step names a step of a Record.
func (p *program) step(i int) string {
	if i >= 0 && i < len(p.names) {
		return p.names[i]
	}
	return "end of the set-up"
}

// run starts the program by args in a child of the caller.
func (p *program) run(args *cloneArgs, c *child) (pid int, errno syscall.Errno) {
	syscall.ForkLock.Lock()
	defer syscall.ForkLock.Unlock()
	pid, errno = start(args, c)
	runtime.KeepAlive(p)
	runtime.KeepAlive(c)
	return pid, errno
}
