#include "textflag.h"

// See native_amd64.s: the same for the calling convention of 64-bit Arm.

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

#define ARG(n, r) \
	MOVD (OP_ARGS+8*n)(R22), r; \
	AND  $7, r, R9; \
	LSL  $3, R9, R9; \
	ADD  R20, R9, R9; \
	MOVD (R9), R9; \
	TST  $(1<<n), R23; \
	CSEL NE, R9, r, r

TEXT ·native(SB), NOSPLIT|NOFRAME, $0-0
	SUB  $64, RSP
	STP  (R19, R20), 0(RSP)
	STP  (R21, R22), 16(RSP)
	STP  (R23, R24), 32(RSP)
	MOVD R30, 48(RSP)
	MOVD R0, R19 // the linked program
	MOVD R1, R21 // index of the op
	MOVD R2, R20 // state

next:
	MOVWU (R19), R9
	CMP   R9, R21
	BHS   overrun
	LSL   $6, R21, R22
	ADD   R19, R22, R22
	ADD   $HEADER, R22, R22
	MOVBU OP_KIND(R22), R9
	CBZ   R9, call
	CMP   $2, R9
	BEQ   wait
	CMP   $3, R9
	BEQ   goon
	CMP   $5, R9
	BEQ   clone
	CMP   $6, R9
	BEQ   return

overrun:
	MOVD $8, R24 // ENOEXEC
	B    fail

call:
	MOVBU OP_FROM(R22), R23
	ARG(0, R0)
	ARG(1, R1)
	ARG(2, R2)
	ARG(3, R3)
	ARG(4, R4)
	ARG(5, R5)
	MOVD OP_NR(R22), R8
	SVC
	MOVBU OP_FLAGS(R22), R23
	CMN  $4095, R0
	BHS  error
	TST  $2, R23
	BEQ  notpositive
	CBNZ R0, notpositive
	MOVD $32, R24 // EPIPE
	B    failed

notpositive:
	TST  $4, R23
	BEQ  done
	MOVD (OP_ARGS+24)(R22), R9
	CMP  R9, R0
	BEQ  done
	MOVD $28, R24 // ENOSPC
	B    failed

error:
	NEG  R0, R24
	CMP  $4, R24 // EINTR
	BNE  failed
	TST  $8, R23
	BNE  next

failed:
	TST  $1, R23
	BEQ  fail
	MOVD $-1, R0

done:
	MOVB OP_SAVE(R22), R9
	CMP  $0, R9
	BLT  step
	LSL  $3, R9, R9
	ADD  R20, R9, R9
	MOVD R0, (R9)

step:
	ADD $1, R21, R21
	B   next

goon:
	MOVD OP_ARGS(R22), R19
	MOVD $0, R21
	B    next

clone:
	MOVD OP_ARGS(R22), R0
	MOVD (OP_ARGS+8)(R22), R1
	MOVD OP_NR(R22), R8
	SVC
	CBZ  R0, step
	B    leave

return:
	MOVD R19, OUT_BASE(R20)
	ADD  $1, R21, R21
	MOVD R21, OUT_NEXT(R20)
	MOVD OP_ARGS(R22), R9
	MOVD R9, OUT_PARENT(R20)
	MOVD (OP_ARGS+8)(R22), R9
	MOVD R9, OUT_MESSAGE(R20)
	MOVD (OP_ARGS+16)(R22), R9
	MOVD R9, OUT_SIZE(R20)
	MOVD $0, R0

leave:
	LDP  0(RSP), (R19, R20)
	LDP  16(RSP), (R21, R22)
	LDP  32(RSP), (R23, R24)
	MOVD 48(RSP), R30
	ADD  $64, RSP
	RET

fail:
	MOVD  $1, R9
	MOVW  R9, RECORD(R20)
	MOVWU 4(R19), R9
	ADD   R21, R9, R9
	MOVW  R9, (RECORD+4)(R20)
	MOVW  R24, (RECORD+8)(R20)
	MOVD  $127, R21

report:
	MOVD REPORT(R20), R0
	ADD  $RECORD, R20, R1
	MOVD $152, R2
	MOVD $64, R8 // write
	SVC

exit:
	MOVD R21, R0
	MOVD $94, R8 // exit_group
	SVC
	B    exit

wait:
	MOVD $-1, R0
	ADD  $(RECORD+12), R20, R1
	MOVD $0, R2
	MOVD $0, R3
	MOVD $260, R8 // wait4
	SVC
	CMN  $4, R0 // EINTR
	BEQ  wait
	CMN  $4095, R0
	BLO  reaped
	NEG  R0, R24
	B    fail

reaped:
	MOVB OP_SAVE(R22), R9
	LSL  $3, R9, R9
	ADD  R20, R9, R9
	MOVD (R9), R9
	CMP  R9, R0
	BNE  wait
	MOVD $1, R0
	ADD  $(RECORD+136), R20, R1
	MOVD $113, R8 // clock_gettime, CLOCK_MONOTONIC
	SVC
	MOVD DISK(R20), R0
	ADD  $(RECORD+16), R20, R1
	MOVD $44, R8 // fstatfs
	SVC
	MOVD  $4, R9
	MOVW  R9, RECORD(R20)
	MOVW  ZR, (RECORD+4)(R20)
	MOVWU (RECORD+12)(R20), R9
	MOVW  R9, (RECORD+8)(R20)
	MOVD  $0, R21
	B     report

	// nativeEnd
	WORD $0x736e0b0f
	WORD $0x21786f62

// func nativeStart() unsafe.Pointer
TEXT ·nativeStart(SB), NOSPLIT, $0-8
	MOVD $·native(SB), R0
	MOVD R0, ret+0(FP)
	RET
