package confine

import (
	"errors"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// forkEarly ends the early list of a sandbox that a template clones. The
// interpreter forks the program's process ahead, too; that one reports that the
// sandbox waits once it is as warm as can be. What comes through the gate then
// is for both: pid 1 looks at it and leaves it there, writes the files, and only
// then lets the program's process take it.
func forkEarly(p *program, region uintptr) {
	files := p.ret(p.call("eventfd", unix.SYS_EVENTFD2, 0, unix.EFD_CLOEXEC))
	p.call("dup3", unix.SYS_DUP3, files, fdFiles, unix.O_CLOEXEC)
	p.call("close", unix.SYS_CLOSE, files)
	var initGoesOn int
	p.jumps = append(p.jumps, jump{len(p.ops), &initGoesOn})
	p.giveBack("fork the program", 0, 0)
	reportNow(p, RecordWaiting)
	p.call("wait for the files", unix.SYS_READ, fdFiles, make([]byte, 8), 8).flags = flagRetry | flagPositive
	receive(p, region, 0)
	p.giveList(region)

	initGoesOn = len(p.ops)
	receive(p, region, unix.MSG_PEEK)
	p.goOn(region)
}

// forkLate is the list of LateFork after the files: init's side retires, the
// program's, which begins at the entry, is confined and handed over to the
// interpreter.
//
// There is no execve that would close descriptors or take the memory away, so
// the program's side closes all but 0 to 2 itself, and sends its listener itself,
// as init has a table of its own. Nothing but this list runs between the filter
// and that.
func forkLate(p *program, l *Late) error {
	if l.Main < 1 || l.Main >= len(l.Argv) || l.TTY {
		return errors.New("confine: a list for a template without a main file, or with a terminal")
	}
	p.call("tell of the files", unix.SYS_WRITE, fdFiles, []byte{1, 0, 0, 0, 0, 0, 0, 0}, 8)
	p.call("close", unix.SYS_CLOSE, fdFiles)
	// The interpreter's own were of use to the program only.
	defaultSignals(p)
	retireInit(p)
	p.wait("wait for the program", regPid)

	p.entry = len(p.ops)
	message := forkMessage(l)
	p.giveBack("take the command", p.bytes(message), len(message))
	if err := confineProgram(p, l, fdLate); err != nil {
		return err
	}
	sendListener(p, fdLate)
	p.call("close_range", unix.SYS_CLOSE_RANGE, fdLate, maxFD, 0)
	p.giveBack("run the program", 0, 0)
	return nil
}

// forkMessage tells the interpreter what to run: the number of words, which of
// them is the main file, how many bytes they have, the words, the environment,
// each with a NUL behind it.
func forkMessage(l *Late) []byte {
	bytes := 0
	for _, s := range l.Argv {
		bytes += len(s) + 1
	}
	var b strings.Builder
	for _, list := range [][]string{{strconv.Itoa(len(l.Argv)), strconv.Itoa(l.Main), strconv.Itoa(bytes)}, l.Argv, l.Env} {
		for _, s := range list {
			b.WriteString(s)
			b.WriteByte(0)
		}
	}
	return []byte(b.String())
}

// giveBack adds the return to the interpreter, with a piece of the data for it.
func (p *program) giveBack(name string, message addr, size int) {
	o := op{kind: opReturn, save: -1, args: [6]uintptr{2: uintptr(size)}}
	o.refer(1, message)
	p.add(name, o)
}

// giveList returns to the interpreter, which goes on with the entry of the list
// at an address that is known.
func (p *program) giveList(at uintptr) {
	p.add("take the list", op{kind: opReturn, save: -1, args: [6]uintptr{1: at}})
}
