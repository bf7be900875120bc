package confine

import (
	"errors"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// forkLate is the list of LateFork after the files: it hands over to the
// interpreter, which forks the program; the program's side is confined and handed
// over again, init's retires.
//
// There is no execve that would close descriptors or take the memory away, so
// the program's side closes all but 0 to 2 itself, and sends its listener itself,
// as init has a table of its own. Nothing but this list runs between the filter
// and that.
func forkLate(p *program, l *Late) error {
	if l.Main < 1 || l.Main >= len(l.Argv) || l.TTY {
		return errors.New("confine: a list for a template without a main file, or with a terminal")
	}
	message := forkMessage(l)
	var tail int
	p.jumps = append(p.jumps, jump{len(p.ops), &tail})
	p.giveBack("fork the program", p.bytes(message), len(message))
	if err := confineProgram(p, l, fdLate); err != nil {
		return err
	}
	sendListener(p, fdLate)
	p.call("close_range", unix.SYS_CLOSE_RANGE, fdLate, maxFD, 0)
	p.giveBack("run the program", 0, 0)

	tail = len(p.ops)
	// The interpreter's own were of use to the program only.
	defaultSignals(p)
	retireInit(p)
	p.wait("wait for the program", regPid)
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
