package confine

import (
	"encoding/binary"
	"runtime"
	"syscall"
	"unsafe"
)

// program is a list of steps being put together, and the memory they refer to.
// It is relocatable: an address in it is an offset into data until link says
// where the data will lie.
type program struct {
	ops   []op
	names []string // of the steps, for reports
	data  []byte
	ptrs  []int // where data itself has addresses
	regs  int8  // registers given out
	jumps []jump
	// entry is where an interpreter's own process takes up the list, see forkLate.
	entry int
}

// reg is a register's number, used as an argument; addr an offset into the
// program's data.
type (
	reg  int8
	addr int
)

// jump is an op whose first argument is the index of a label.
type jump struct {
	op    int
	label *int
}

// call adds a system call. An argument is an int-like number, a reg, an addr, a
// string or a []byte (the address of a copy), or nil.
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
		case addr:
			o.refer(i, v)
		case string:
			o.refer(i, p.str(v))
		case []byte:
			if len(v) > 0 {
				o.refer(i, p.bytes(v))
			}
		default:
			// A programming error that every test of this package meets.
			panic("confine: unknown kind of argument for " + name)
		}
	}
	return p.add(name, o)
}

// refer makes argument i the address of a.
func (o *op) refer(i int, a addr) {
	o.args[i] = uintptr(a)
	o.rel |= 1 << i
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

// str puts s into the data as a C string.
func (p *program) str(s string) addr {
	a := p.align()
	p.data = append(append(p.data, s...), 0)
	return a
}

// bytes puts a copy of b into the data.
func (p *program) bytes(b []byte) addr {
	a := p.align()
	p.data = append(p.data, b...)
	return a
}

// align begins a new piece of data where every kind of value may lie.
func (p *program) align() addr {
	for len(p.data)%8 != 0 {
		p.data = append(p.data, 0)
	}
	return addr(len(p.data))
}

// ref puts a copy of *v, which holds no Go pointers, into the data.
func ref[T any](p *program, v *T) addr {
	return p.bytes(unsafe.Slice((*byte)(unsafe.Pointer(v)), unsafe.Sizeof(*v)))
}

// point makes the word at a the address of to.
func (p *program) point(a, to addr) {
	binary.NativeEndian.PutUint64(p.data[a:], uint64(to))
	p.ptrs = append(p.ptrs, int(a))
}

// vector puts a NULL-terminated array of C strings into the data.
func (p *program) vector(list []string) addr {
	v := p.bytes(make([]byte, 8*(len(list)+1)))
	for i, s := range list {
		p.point(v+addr(8*i), p.str(s))
	}
	return v
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

// goOn adds the step to a linked program at an address that is known.
func (p *program) goOn(at uintptr) {
	p.add("go on", op{kind: opGoOn, save: -1, args: [6]uintptr{at}})
}

// A linked program is one piece of memory: a header of four 32-bit numbers (how
// many ops, what to add to a step's number in a report, the entry, a zero), the
// ops, the data.
const (
	headerSize = 16
	entryPlace = 8
)

// size is what the linked program will have, in bytes.
func (p *program) size() int { return headerSize + len(p.ops)*opSize + len(p.data) }

// link lays the program out for the address base, a multiple of 16. first is
// what its steps' numbers begin with in reports.
func (p *program) link(base uintptr, first int) []byte {
	for _, j := range p.jumps {
		p.ops[j.op].args[0] = uintptr(*j.label)
	}
	b := make([]byte, p.size())
	binary.NativeEndian.PutUint32(b, uint32(len(p.ops)))
	binary.NativeEndian.PutUint32(b[4:], uint32(first))
	binary.NativeEndian.PutUint32(b[entryPlace:], uint32(p.entry))
	at := headerSize + len(p.ops)*opSize
	ops := unsafe.Slice((*op)(unsafe.Pointer(&b[headerSize])), len(p.ops))
	copy(ops, p.ops)
	for i := range ops {
		for j := range ops[i].args {
			if ops[i].rel&(1<<j) != 0 {
				ops[i].args[j] += base + uintptr(at)
			}
		}
	}
	copy(b[at:], p.data)
	for _, o := range p.ptrs {
		word := b[at+o:]
		binary.NativeEndian.PutUint64(word, binary.NativeEndian.Uint64(word)+uint64(base)+uint64(at))
	}
	return b
}

// step names a step of a Record.
func (p *program) step(i int) string {
	if i >= 0 && i < len(p.names) {
		return p.names[i]
	}
	return "end of the set-up"
}

// run starts the program by args in a child of the caller, which has the region
// and reports on the descriptor report.
func (p *program) run(args *cloneArgs, region uintptr, report, disk int) (pid int, errno syscall.Errno) {
	// Words, so that the whole begins at a multiple of eight; Go's heap does not move.
	words := make([]uint64, (p.size()+7)/8)
	base := unsafe.Pointer(unsafe.SliceData(words))
	copy(unsafe.Slice((*byte)(base), p.size()), p.link(uintptr(base), 0))
	c := &child{report: uintptr(report), disk: uintptr(disk), stack: region + longOffset}
	c.enter(base)
	syscall.ForkLock.Lock()
	defer syscall.ForkLock.Unlock()
	pid, errno = start(args, c)
	runtime.KeepAlive(words)
	runtime.KeepAlive(c)
	return pid, errno
}
