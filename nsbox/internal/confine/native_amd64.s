#include "textflag.h"

// The list interpreter of interp.go once more, as a function of the System V
// calling convention that depends on no address: template.go copies it into
// the memory of another language's interpreter.
//
//	long run(void *base, long index, struct native *state)
//
// It returns 0 at a step of the kind opReturn, in the parent of an opClone the
// child's pid or a negative errno. Anything else does not return.

// Offsets into an op and into struct native (native.go).
#define OP_NR 0
#define OP_ARGS 8
#define OP_FROM 56
#define OP_SAVE 57
#define OP_KIND 58
#define OP_FLAGS 59
#define HEADER 16
#define RECORD 64
#define REPORT 216
#define DISK 224
#define OUT_BASE 232
#define OUT_NEXT 240
#define OUT_PARENT 248
#define OUT_MESSAGE 256
#define OUT_SIZE 264

// A pointer to a register's value, or the value itself.
#define ARG(n, r) \
	MOVQ (OP_ARGS+8*n)(R14), r; \
	MOVQ r, CX; \
	ANDQ $7, CX; \
	MOVQ (R12)(CX*8), CX; \
	BTL  $n, R15; \
	CMOVQCS CX, r

TEXT ·native(SB), NOSPLIT|NOFRAME, $0-0
	PUSHQ BX
	PUSHQ BP
	PUSHQ R12
	PUSHQ R13
	PUSHQ R14
	PUSHQ R15
	MOVQ DI, BX // the linked program
	MOVQ SI, R13 // index of the op
	MOVQ DX, R12 // state

next:
	MOVL (BX), AX
	CMPQ R13, AX
	JCC  overrun
	MOVQ R13, R14
	SHLQ $6, R14
	LEAQ HEADER(BX)(R14*1), R14
	MOVBLZX OP_KIND(R14), AX
	CMPL AX, $0
	JEQ  call
	CMPL AX, $2
	JEQ  wait
	CMPL AX, $3
	JEQ  goon
	CMPL AX, $5
	JEQ  clone
	CMPL AX, $6
	JEQ  return

overrun:
	MOVL $8, BP // ENOEXEC
	JMP  fail

call:
	MOVBLZX OP_FROM(R14), R15
	ARG(0, DI)
	ARG(1, SI)
	ARG(2, DX)
	ARG(3, R10)
	ARG(4, R8)
	ARG(5, R9)
	MOVQ OP_NR(R14), AX
	SYSCALL
	MOVBLZX OP_FLAGS(R14), R15
	CMPQ AX, $0xfffffffffffff001
	JCC  error
	TESTL $2, R15
	JEQ  notpositive
	TESTQ AX, AX
	JNE  notpositive
	MOVL $32, BP // EPIPE
	JMP  failed

notpositive:
	TESTL $4, R15
	JEQ  done
	CMPQ AX, (OP_ARGS+24)(R14)
	JEQ  done
	MOVL $28, BP // ENOSPC
	JMP  failed

error:
	NEGQ AX
	MOVQ AX, BP
	CMPQ BP, $4 // EINTR
	JNE  failed
	TESTL $8, R15
	JNE  next

failed:
	TESTL $1, R15
	JEQ  fail
	MOVQ $-1, AX

done:
	MOVBQSX OP_SAVE(R14), CX
	TESTQ CX, CX
	JLT  step
	MOVQ AX, (R12)(CX*8)

step:
	INCQ R13
	JMP  next

goon:
	MOVQ OP_ARGS(R14), BX
	XORL R13, R13
	JMP  next

clone:
	MOVQ OP_ARGS(R14), DI
	MOVQ (OP_ARGS+8)(R14), SI
	MOVQ OP_NR(R14), AX
	SYSCALL
	TESTQ AX, AX
	JEQ  step
	JMP  leave

return:
	MOVQ BX, OUT_BASE(R12)
	INCQ R13
	MOVQ R13, OUT_NEXT(R12)
	MOVQ OP_ARGS(R14), AX
	MOVQ AX, OUT_PARENT(R12)
	MOVQ (OP_ARGS+8)(R14), AX
	MOVQ AX, OUT_MESSAGE(R12)
	MOVQ (OP_ARGS+16)(R14), AX
	MOVQ AX, OUT_SIZE(R12)
	XORL AX, AX

leave:
	POPQ R15
	POPQ R14
	POPQ R13
	POPQ R12
	POPQ BP
	POPQ BX
	RET

	// Reports the step and the errno in BP, and ends the process.
fail:
	MOVL $1, RECORD(R12)
	MOVL 4(BX), AX
	ADDL R13, AX
	MOVL AX, (RECORD+4)(R12)
	MOVL BP, (RECORD+8)(R12)
	MOVL $127, R13

report:
	MOVL $1, AX // write
	MOVQ REPORT(R12), DI
	LEAQ RECORD(R12), SI
	MOVL $152, DX
	SYSCALL

exit:
	MOVL $231, AX // exit_group
	MOVL R13, DI
	SYSCALL
	JMP  exit

wait:
	MOVL $61, AX // wait4
	MOVQ $-1, DI
	LEAQ (RECORD+12)(R12), SI
	XORL DX, DX
	XORL R10, R10
	SYSCALL
	CMPQ AX, $-4
	JEQ  wait
	CMPQ AX, $0xfffffffffffff001
	JCS  reaped
	NEGQ AX
	MOVQ AX, BP
	JMP  fail

reaped:
	MOVBQSX OP_SAVE(R14), CX
	CMPQ AX, (R12)(CX*8)
	JNE  wait
	MOVL $228, AX // clock_gettime, CLOCK_MONOTONIC
	MOVL $1, DI
	LEAQ (RECORD+136)(R12), SI
	SYSCALL
	MOVL $138, AX // fstatfs
	MOVQ DISK(R12), DI
	LEAQ (RECORD+16)(R12), SI
	SYSCALL
	MOVL $4, RECORD(R12)
	MOVL $0, (RECORD+4)(R12)
	MOVL (RECORD+12)(R12), AX
	MOVL AX, (RECORD+8)(R12)
	XORL R13, R13
	JMP  report

	// nativeEnd
	BYTE $0x0f; BYTE $0x0b; BYTE $0x6e; BYTE $0x73; BYTE $0x62; BYTE $0x6f; BYTE $0x78; BYTE $0x21

// func nativeStart() unsafe.Pointer
TEXT ·nativeStart(SB), NOSPLIT, $0-8
	LEAQ ·native(SB), AX
	MOVQ AX, ret+0(FP)
	RET
