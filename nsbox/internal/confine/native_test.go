package confine

import (
	"bytes"
	"testing"
	"unsafe"
)

func TestNativeCode(t *testing.T) {
	code := nativeCode()
	if len(code) < 100 || len(code) > 2048 {
		t.Fatalf("%d bytes of machine code", len(code))
	}
	if bytes.Contains(code, nativeEnd) {
		t.Error("the end is in the code")
	}
}

// The offsets that native_*.s, templates/python.py and interp.go must agree on.
func TestNativeLayout(t *testing.T) {
	var s nativeState
	var o op
	for _, c := range []struct {
		what      string
		got, want uintptr
	}{
		{"record", unsafe.Offsetof(s.record), 64},
		{"report", unsafe.Offsetof(s.report), 216},
		{"disk", unsafe.Offsetof(s.disk), 224},
		{"base", unsafe.Offsetof(s.base), 232},
		{"next", unsafe.Offsetof(s.next), 240},
		{"parent", unsafe.Offsetof(s.parent), 248},
		{"message", unsafe.Offsetof(s.message), 256},
		{"bytes", unsafe.Offsetof(s.bytes), 264},
		{"args", unsafe.Offsetof(o.args), 8},
		{"from", unsafe.Offsetof(o.from), 56},
		{"save", unsafe.Offsetof(o.save), 57},
		{"kind", unsafe.Offsetof(o.kind), 58},
		{"flags", unsafe.Offsetof(o.flags), 59},
		{"op", unsafe.Sizeof(o), opSize},
		{"record's size", RecordSize, 152},
		{"header", headerSize, 16},
		{"pid's register", uintptr(regPid), 7},
	} {
		if c.got != c.want {
			t.Errorf("%s: %d, but %d in the assembly", c.what, c.got, c.want)
		}
	}
	if opCall != 0 || opWait != 2 || opGoOn != 3 || opClone != 5 || opReturn != 6 {
		t.Error("the kinds of ops are others in the assembly")
	}
	if flagIgnore != 1 || flagPositive != 2 || flagExact != 4 || flagRetry != 8 {
		t.Error("the flags are others in the assembly")
	}
	if uintptr(pidfdPlace) < unsafe.Sizeof(s) || stateSize < pidfdPlace+4 {
		t.Error("the state and the pidfd overlap")
	}
}

func TestForkList(t *testing.T) {
	good := Late{Kind: LateFork, Argv: []string{"python3", "/workspace/main.py", "arg"}, Main: 1, Env: []string{"A=b"}, BPF: make([]byte, 8)}
	if got, want := string(forkMessage(&good)), "3\x001\x0031\x00python3\x00/workspace/main.py\x00arg\x00A=b\x00"; got != want {
		t.Errorf("message %q, want %q", got, want)
	}
	if _, err := good.Link(1<<20, 0); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*Late){
		"no main file":     func(l *Late) { l.Main = 0 },
		"main file beyond": func(l *Late) { l.Main = 3 },
		"terminal":         func(l *Late) { l.TTY = true },
		"no filter":        func(l *Late) { l.BPF = nil },
	} {
		bad := good
		change(&bad)
		if _, err := bad.Link(1<<20, 0); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
