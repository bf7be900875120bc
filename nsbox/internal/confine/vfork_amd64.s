#include "textflag.h"

// func vfork(flags, stack uintptr, c *child, i int) (pid uintptr)
TEXT ·vfork(SB), NOSPLIT, $0-40
	MOVQ	flags+0(FP), DI
	MOVQ	stack+8(FP), SI
	MOVQ	c+16(FP), R12
	MOVQ	i+24(FP), R13
	XORQ	DX, DX
	XORQ	R10, R10
	XORQ	R8, R8
	MOVQ	$56, AX // clone
	SYSCALL
	TESTQ	AX, AX
	JEQ	child
	MOVQ	AX, pid+32(FP)
	RET
child:
	SUBQ	$32, SP
	MOVQ	R12, 0(SP)
	MOVQ	R13, 8(SP)
	// By its address: the linker would see a recursion on one stack.
	MOVQ	$·goOn(SB), AX
	CALL	AX
	INT	$3
