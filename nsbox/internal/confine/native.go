package confine

import (
	"bytes"
	"unsafe"
)

// native is the list interpreter as machine code that runs in processes of
// another language; see native_amd64.s. It is never called here.
func native() //nolint:unused // nativeStart takes its address in assembly

// nativeStart returns native's address.
func nativeStart() unsafe.Pointer

// nativeEnd stands behind native's last instruction.
var nativeEnd = []byte{0x0f, 0x0b, 'n', 's', 'b', 'o', 'x', '!'}

// nativeMax bounds the search for nativeEnd.
const nativeMax = 4096

// nativeCode is native's machine code, nil if its end can't be found.
func nativeCode() []byte {
	code := unsafe.Slice((*byte)(nativeStart()), nativeMax)
	n := bytes.Index(code, nativeEnd)
	if n < 0 {
		return nil
	}
	return bytes.Clone(code[:n])
}

// nativeState is what native works on, as a template lays it out in its own
// memory: the registers and the record of a child, the two descriptors, and what
// native leaves there at an opReturn: the program it was at and the op after it,
// then that op's arguments: where the parent of a fork goes on, and an address and
// a length.
type nativeState struct {
	regs                               [registers]uint64
	record                             [RecordSize]byte
	report, disk                       uint64
	base, next, parent, message, bytes uint64
}
