#include "textflag.h"

// func vfork(flags, stack uintptr, c *child, i int) (pid uintptr)
TEXT ·vfork(SB), NOSPLIT|NOFRAME, $0-40
	MOVD	flags+0(FP), R0
	MOVD	stack+8(FP), R1
	MOVD	c+16(FP), R20
	MOVD	i+24(FP), R21
	MOVD	ZR, R2
	MOVD	ZR, R3
	MOVD	ZR, R4
	MOVD	$220, R8 // clone
	SVC
	CBZ	R0, child
	MOVD	R0, pid+32(FP)
	RET
child:
	SUB	$48, RSP
	MOVD	R20, 8(RSP)
	MOVD	R21, 16(RSP)
	// By its address: the linker would see a recursion on one stack.
	MOVD	$·goOn(SB), R5
	BL	(R5)
	BRK
